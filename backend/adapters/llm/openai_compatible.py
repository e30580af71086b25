"""OpenAI, or any server with its API (Ollama, vLLM, llama.cpp), through the official client."""

import asyncio
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import openai

from backend.adapters.llm.attempts import Sleep
from backend.adapters.llm.chat_completions import ChatCompletionsModel
from backend.adapters.llm.messages import messages_with_one_system_message
from backend.adapters.llm.model_families import openai_family
from backend.adapters.llm.options import ModelOptions, Provider, shown_address
from backend.adapters.llm.provider_client import Dialect
from backend.adapters.llm.provider_failure import VendorErrors

VENDOR = VendorErrors(
    every=(openai.APIError,),
    timeout=(openai.APITimeoutError,),
    connection=(openai.APIConnectionError,),
)
OPENAI_ADDRESS = "https://api.openai.com/v1"


class OpenAICompatibleModel(ChatCompletionsModel):
    """`LanguageModel` on OpenAI's API at `options.base_url`. An empty key is fine where none is
    needed."""

    def __init__(self, options: ModelOptions, *, sleep: Sleep = asyncio.sleep) -> None:
        address = options.base_url or OPENAI_ADDRESS
        client = openai.AsyncOpenAI(
            # The client insists on a key; servers without keys ignore it.
            api_key=options.api_key or "none",
            base_url=address,
            # Only for connecting: every other wait is bounded where it is awaited.
            timeout=openai.Timeout(None, connect=options.timeouts.connect),
            max_retries=0,
        )
        at_openai = urlsplit(address).hostname == urlsplit(OPENAI_ADDRESS).hostname
        dialect = Dialect(
            provider=_provider(options, address, at_openai),
            vendor=VENDOR,
            family_of=partial(openai_family, at_openai=at_openai),
            messages_of=messages_with_one_system_message,
            chat_path="/chat/completions",
            stream_class=openai.AsyncStream,
            serves=serves,
        )
        super().__init__(client, options, dialect, sleep)


def _provider(options: ModelOptions, address: str, at_openai: bool) -> Provider:
    return Provider(
        name="OpenAI" if at_openai else "The model server",
        base_url=shown_address(address),
        key_setting="LLM_API_KEY",
        key_source="platform.openai.com" if at_openai else "the server's operator",
        model_settings={options.model: "LLM_MODEL"},
        model_example="gpt-4o-mini" if at_openai else "one that the server lists at /models",
        base_url_setting="LLM_BASE_URL",
        base_url_example="http://localhost:11434/v1",
    )


def serves(model: str, listed: list[Any]) -> bool:
    """Ollama lists `name:latest` for `name`; llama.cpp serves its one model under any name."""
    names = {entry.id for entry in listed}
    any_name_will_do = any(getattr(entry, "owned_by", "") == "llamacpp" for entry in listed)
    return model in names or f"{model}:latest" in names or any_name_will_do
