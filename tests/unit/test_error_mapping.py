"""Which error each failure of a provider becomes; `tests/contract` has the sentences."""

import pytest

from backend.adapters.llm.error_mapping import map_failure
from backend.adapters.llm.options import Provider, shown_address
from backend.adapters.llm.provider_failure import ProviderFailure, VendorErrors, read_failure

PROVIDER = Provider(
    name="Groq",
    base_url="https://api.groq.com",
    key_setting="GROQ_API_KEY",
    key_source="console.groq.com",
    model_settings={"m": "GROQ_MODEL"},
    model_example="openai/gpt-oss-120b",
    base_url_setting="GROQ_BASE_URL",
    base_url_example="https://api.groq.com",
)
VENDOR = VendorErrors(every=(RuntimeError,), timeout=(), connection=(ConnectionError,))


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (ProviderFailure("timeout"), "model_timeout"),
        (ProviderFailure("connection"), "model_unreachable"),
        (ProviderFailure("garbled"), "model_output_invalid"),
        (ProviderFailure("answered", 400), "model_request_rejected"),
        (ProviderFailure("answered", 400, "model_decommissioned"), "model_not_found"),
        (ProviderFailure("answered", 400, "context_length_exceeded"), "model_request_rejected"),
        (ProviderFailure("answered", 400, "content_filter"), "model_refused"),
        (ProviderFailure("answered", 400, "json_validate_failed"), "model_output_invalid"),
        (ProviderFailure("answered", 401), "model_key_rejected"),
        (ProviderFailure("answered", 402), "model_key_rejected"),
        (ProviderFailure("answered", 403), "model_key_rejected"),
        (ProviderFailure("answered", 404, "", "model 'x' not found"), "model_not_found"),
        (ProviderFailure("answered", 404, "", "Not Found"), "model_request_rejected"),
        (ProviderFailure("answered", 408), "model_timeout"),
        (ProviderFailure("answered", 413), "model_request_rejected"),
        (ProviderFailure("answered", 422), "model_request_rejected"),
        (ProviderFailure("answered", 429), "model_rate_limited"),
        (ProviderFailure("answered", 429, "insufficient_quota"), "model_key_rejected"),
        (ProviderFailure("answered", 498), "model_overloaded"),
        (ProviderFailure("answered", 500), "model_overloaded"),
        (ProviderFailure("answered", 503), "model_overloaded"),
        (ProviderFailure("answered", 504), "model_timeout"),
        (ProviderFailure("answered", 529), "model_overloaded"),
        (ProviderFailure("answered", 0), "model_overloaded"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_map_failure(failure, code):
    assert map_failure(failure, PROVIDER, "m").code == code


class AnsweredError(RuntimeError):
    """An SDK's error for an HTTP answer."""

    status_code = 400

    def __init__(self, body: object) -> None:
        super().__init__()
        self.body = body


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"error": {"message": "no", "code": "c", "param": "top_p"}}, "c", "no top_p"),  # Groq SDK
        ({"message": "no", "type": "t", "code": None}, "t", "no"),  # OpenAI SDK
        ({"code": "c", "error": "no"}, "c", "no"),  # xAI
        ({"message": "no", "type": "NotFoundError", "code": 404}, "NotFoundError", "no"),  # vLLM
        ("<html>no</html>", "", "<html>no</html>"),
        ({"message": "no", "code": "not a code, but words"}, "", "no"),
        (None, "", ""),
    ],
)
def test_read_failure(body, code, message):
    failure = read_failure(AnsweredError(body), VENDOR)
    assert (failure.kind, failure.status) == ("answered", 400)
    assert (failure.code, failure.message) == (code, message)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TimeoutError(), "timeout"),
        (ConnectionError(), "connection"),
        (ValueError("not JSON"), "garbled"),
        (RuntimeError("no answer"), "garbled"),
    ],
)
def test_read_failure_without_an_answer(error, kind):
    assert read_failure(error, VENDOR).kind == kind


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://api.groq.com/", "https://api.groq.com"),
        ("http://ada:hunter2@host:8000/v1?key=x", "http://host:8000/v1"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
    ],
)
def test_shown_address(url, shown):
    assert shown_address(url) == shown
