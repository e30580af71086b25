"""The test server's control endpoints, which tests of other processes rely on."""

import httpx
import pytest

from tests.support.groq_behaviours import smallest_object
from tests.support.groq_server import GroqServer
from tests.support.language_models import PET_SCHEMA

CHAT = {"model": "test-model", "messages": [{"role": "user", "content": "Hi"}]}
FORM = {"response_format": {"type": "json_schema", "json_schema": {"name": "pet", "schema": {}}}}


@pytest.fixture
async def client():
    with GroqServer() as server:
        headers = {"authorization": f"Bearer {server.key}"}
        async with httpx.AsyncClient(base_url=server.groq_url, headers=headers) as client:
            yield client


async def ask(client: httpx.AsyncClient, **more: object) -> str:
    answer = await client.post("/openai/v1/chat/completions", json=CHAT | more)
    return answer.json()["choices"][0]["message"]["content"]


async def test_behaviours_go_to_the_requests_they_are_meant_for(client):
    queued = [{"chunks": ['{"a": 1}'], "on": "pet"}, {"chunks": ["Hel", "lo"], "on": "chat"}]
    assert (await client.post("/control/behaviours", json=queued)).json() == {"queued": 2}
    assert await ask(client) == "Hello"
    assert await ask(client, **FORM) == '{"a": 1}'
    assert await ask(client) == "You said: Hi"


async def test_objects_and_requests(client):
    await client.post("/control/objects", json={"pet": {"name": "Biscuit"}})
    assert await ask(client, **FORM) == '{"name": "Biscuit"}'
    requests = (await client.get("/control/requests")).json()
    assert [request["body"]["model"] for request in requests] == ["test-model"]


async def test_a_release_kept_for_later_lets_a_held_chunk_go(client):
    await client.post("/control/behaviours", json=[{"chunks": ["late"], "wait_before": [0]}])
    await client.post("/control/release", json={"permits": 1})
    assert await ask(client) == "late"


async def test_an_unknown_field_of_a_behaviour_is_an_error(client):
    answer = await client.post("/control/behaviours", json=[{"chunk": ["typo"]}])
    assert answer.status_code == 500


def test_the_smallest_object_of_a_schema():
    schema = {
        "properties": {
            "pet": PET_SCHEMA,
            "kind": {"enum": ["dog", "cat"]},
            "tags": {"type": "array"},
            "vet": {"anyOf": [{"type": "null"}, {"type": "string"}]},
            "chip": {"type": ["string", "null"]},
        }
    }
    assert smallest_object(schema) == {
        "pet": {"name": "", "age": 0},
        "kind": "dog",
        "tags": [],
        "vet": None,
        "chip": None,
    }
