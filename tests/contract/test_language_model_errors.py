"""What people are told when a hosted model can't answer, and what `check` finds out."""

import socket

import pytest

from backend.errors import (
    ModelError,
    ModelKeyRejected,
    ModelNotFound,
    ModelRequestRejected,
    ModelUnreachable,
)
from backend.ports import LanguageModel
from tests.support.groq_behaviours import fails, says
from tests.support.language_models import hosted_model, prompt, reply_of

SECRET = "the-dog-is-called-biscuit"


async def failure_of(model: LanguageModel) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await reply_of(model)
    return caught.value


async def test_a_bad_key_says_which_setting_to_change(server, sleep):
    error = await failure_of(hosted_model("groq", server, sleep, api_key="wrong"))
    assert isinstance(error, ModelKeyRejected)
    assert str(error) == (
        "Groq rejected the API key. Set GROQ_API_KEY to a valid key from console.groq.com, "
        "then restart."
    )


async def test_a_retired_model_says_what_to_set(server, sleep):
    error = await failure_of(hosted_model("groq", server, sleep, model="llama-3.3-70b-versatile"))
    assert isinstance(error, ModelNotFound)
    assert str(error) == (
        "Groq has no model 'llama-3.3-70b-versatile' (it may have been retired). "
        "Set GROQ_MODEL to a current one, such as openai/gpt-oss-120b."
    )


async def test_an_unknown_model_elsewhere_names_its_setting(server, sleep):
    error = await failure_of(hosted_model("openai", server, sleep, model="gone"))
    assert isinstance(error, ModelNotFound)
    assert "LLM_MODEL" in str(error)


async def test_an_unreachable_server_is_named_without_its_password(provider, server, sleep):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    url = f"http://ada:hunter2@127.0.0.1:{port}"
    error = await failure_of(hosted_model(provider, server, sleep, base_url=url))
    assert isinstance(error, ModelUnreachable)
    assert f"127.0.0.1:{port}" in str(error)
    assert "hunter2" not in str(error)


async def test_a_base_url_without_a_chat_api_says_so(server, sleep):
    url = f"{server.openai_url}/nowhere"
    model = hosted_model("openai", server, sleep, base_url=url)
    for error in (await failure_of(model), await check_failure(model)):
        assert isinstance(error, ModelRequestRejected)
        assert "LLM_BASE_URL" in str(error)


async def test_groq_takes_a_base_url_with_the_api_path(server, sleep):
    model = hosted_model("groq", server, sleep, base_url=f"{server.groq_url}/openai/v1/")
    text, _ = await reply_of(model)
    assert text == "You said: How is my dog called?"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422, 429, 500])
async def test_no_error_quotes_what_people_said_or_the_key(make, server, status):
    quoting = fails(status, f"can't process '{SECRET}' with test-key")
    server.queue(*[quoting] * 3)
    error = await failure_of(make())
    assert SECRET not in str(error)
    assert server.key not in str(error)


async def test_nothing_people_said_is_logged(make, server, capsys, caplog):
    server.queue(fails(503), says(SECRET))
    await reply_of(make(), prompt(message=SECRET))
    logged = "".join(capsys.readouterr()) + caplog.text
    assert "model_retry" in logged
    assert SECRET not in logged
    assert server.key not in logged


# --- check --------------------------------------------------------------------------------------


async def check_failure(model: LanguageModel) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await model.check()
    return caught.value


async def test_check_passes_without_generating(make, server):
    await make(memory_model="openai/gpt-oss-20b").check()
    assert server.requests == []


async def test_check_finds_a_bad_key(make):
    assert isinstance(await check_failure(make(api_key="wrong")), ModelKeyRejected)


async def test_check_finds_a_missing_model_and_names_what_there_is(make):
    error = await check_failure(make(model="retired"))
    assert isinstance(error, ModelNotFound)
    assert "openai/gpt-oss-120b" in str(error)


async def test_check_finds_a_missing_memory_model(server, sleep):
    model = hosted_model("groq", server, sleep, memory_model="retired")
    error = await check_failure(model)
    assert isinstance(error, ModelNotFound)
    assert "GROQ_MEMORY_MODEL" in str(error)


async def test_closing_twice_is_fine(make):
    model = make()
    await model.close()
    await model.close()
