"""Groq, through its official client."""

import asyncio
from urllib.parse import urlsplit, urlunsplit

import groq
import httpx

from backend.adapters.llm.attempts import Sleep
from backend.adapters.llm.chat_completions import ChatCompletionsModel
from backend.adapters.llm.messages import messages_with_late_situation
from backend.adapters.llm.model_families import groq_family
from backend.adapters.llm.options import ModelOptions, Provider, shown_address
from backend.adapters.llm.provider_client import Dialect
from backend.adapters.llm.provider_failure import VendorErrors

# A streamed error reaches us as httpx raised it: the Groq SDK wraps only those of the request.
VENDOR = VendorErrors(
    every=(groq.APIError, httpx.HTTPError),
    timeout=(groq.APITimeoutError, httpx.TimeoutException),
    connection=(groq.APIConnectionError, httpx.TransportError),
)
API_PATH = "/openai/v1"


class GroqModel(ChatCompletionsModel):
    """`LanguageModel` on Groq, or on a server that speaks Groq's API at `options.base_url`."""

    def __init__(self, options: ModelOptions, *, sleep: Sleep = asyncio.sleep) -> None:
        client = groq.AsyncGroq(
            api_key=options.api_key,
            base_url=_without_api_path(options.base_url),
            # Only for connecting: every other wait is bounded where it is awaited.
            timeout=groq.Timeout(None, connect=options.timeouts.connect),
            max_retries=0,
            http_client=groq.DefaultAsyncHttpxClient(
                # One connection per running reply; the SDK's own limit is 100.
                limits=httpx.Limits(max_connections=1000, max_keepalive_connections=100)
            ),
        )
        dialect = Dialect(
            provider=_provider(options, str(client.base_url)),
            vendor=VENDOR,
            family_of=groq_family,
            messages_of=messages_with_late_situation,
            chat_path=f"{API_PATH}/chat/completions",
            stream_class=groq.AsyncStream,
            serves=lambda model, listed: any(entry.id == model for entry in listed),
        )
        super().__init__(client, options, dialect, sleep)


def _provider(options: ModelOptions, base_url: str) -> Provider:
    settings = {options.model: "GROQ_MODEL"}
    if options.memory_model is not None:
        settings.setdefault(options.memory_model, "GROQ_MEMORY_MODEL")
    return Provider(
        name="Groq",
        base_url=shown_address(base_url),
        key_setting="GROQ_API_KEY",
        key_source="console.groq.com",
        model_settings=settings,
        model_example="openai/gpt-oss-120b",
        base_url_setting="GROQ_BASE_URL",
        base_url_example="https://api.groq.com",
    )


def _without_api_path(base_url: str | None) -> str | None:
    """The client adds `/openai/v1` itself; an address that has it already would get it twice."""
    if base_url is None:
        return None
    parts = urlsplit(base_url)
    path = parts.path.rstrip("/").removesuffix(API_PATH)
    return urlunsplit(parts._replace(path=path))
