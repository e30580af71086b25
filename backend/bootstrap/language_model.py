"""The language model that the settings name, and what reads messages for the memory by it.

Each takes a moment to import, whether an SDK or the offline rules, so only the wanted one is.
"""

from backend.adapters.llm.options import ModelOptions
from backend.memory.extraction import ModelExtractor
from backend.memory.summarisation import ModelSummariser
from backend.ports import Extractor, LanguageModel, Summariser
from backend.settings import Provider, Settings
from embeddings.base import Encoder


def build_model(settings: Settings) -> LanguageModel:
    """The model that writes the replies."""
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
            from backend.adapters.llm.offline import OfflineCompanion

            return OfflineCompanion()


def build_extractor(settings: Settings, model: LanguageModel, encoder: Encoder) -> Extractor:
    """What finds facts: the model, or offline the rules and, by `encoder`, what else is worth
    remembering."""
    if settings.provider is not Provider.OFFLINE:
        return ModelExtractor(model)
    from backend.adapters.llm.offline import OfflineExtractor

    return OfflineExtractor(encoder)


def build_summariser(settings: Settings, model: LanguageModel) -> Summariser:
    """What sums up: the model, or offline the rules."""
    if settings.provider is not Provider.OFFLINE:
        return ModelSummariser(model)
    from backend.adapters.llm.offline import OfflineSummariser

    return OfflineSummariser()
