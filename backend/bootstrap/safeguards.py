"""What watches over a talk, as the settings say."""

from contextlib import AsyncExitStack
from datetime import timedelta

from backend.adapters.llm.options import ModelOptions
from backend.conversation.ruling import Safeguards
from backend.ports import LanguageModel
from backend.safety.crisis import RESOURCES, read_resources
from backend.safety.disclosure import CareSettings
from backend.safety.moderation import Moderation
from backend.settings import Provider, Settings, Switch

MODERATING_MODEL = "openai/gpt-oss-safeguard-20b"


def build_safeguards(settings: Settings, stack: AsyncExitStack) -> Safeguards:
    """The safeguards; a moderating model's connections are closed with `stack`."""
    model = moderating_model(settings)
    if model is not None:
        stack.push_async_callback(model.close)
    every = settings.break_reminder
    return Safeguards(
        Moderation(model),
        read_resources(settings.crisis_resources) if settings.crisis_resources else RESOURCES,
        CareSettings(
            settings.ai_disclosure is Switch.ON, None if every is None else timedelta(hours=every)
        ),
    )


def moderating_model(settings: Settings) -> LanguageModel | None:
    """Groq's, where there is a key, whoever writes the replies; none for who asked to stay offline."""
    if not settings.groq_api_key or settings.provider is Provider.OFFLINE:
        return None
    from backend.adapters.llm.groq import GroqModel  # a moment to import

    return GroqModel(
        ModelOptions(
            api_key=settings.groq_api_key,
            base_url=settings.groq_base_url,
            model=MODERATING_MODEL,
        )
    )
