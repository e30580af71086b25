"""The language model that the settings name."""

from backend.adapters.llm.offline import OfflineCompanion
from backend.adapters.llm.options import ModelOptions
from backend.ports import LanguageModel
from backend.settings import Provider, Settings


def build_model(settings: Settings) -> LanguageModel:
    """The model that the settings name. Its SDK takes a moment to import, so only that one is."""
    match settings.provider:
        case Provider.GROQ:
            from backend.adapters.llm.groq import GroqModel

            return GroqModel(
                ModelOptions(
                    api_key=settings.groq_api_key or "",
                    base_url=settings.groq_base_url,
                    model=settings.groq_model,
                    memory_model=settings.groq_memory_model,
                    fallback_model=settings.llm_fallback_model,
                    max_tokens=settings.llm_max_tokens,
                    temperature=settings.llm_temperature,
                )
            )
        case Provider.OPENAI:
            from backend.adapters.llm.openai_compatible import OpenAICompatibleModel

            return OpenAICompatibleModel(
                ModelOptions(
                    api_key=settings.llm_api_key or "none",
                    base_url=settings.llm_base_url,
                    model=settings.llm_model or "",
                    fallback_model=settings.llm_fallback_model,
                    max_tokens=settings.llm_max_tokens,
                    temperature=settings.llm_temperature,
                )
            )
        case Provider.OFFLINE:
            return OfflineCompanion()
