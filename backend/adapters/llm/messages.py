"""A prompt as the chat messages that a provider takes."""

from backend.ports import Prompt

Messages = list[dict[str, str]]


def messages_with_late_situation(prompt: Prompt) -> Messages:
    """Stable parts first, the situation last before the user's message.

    The provider can then cache everything up to the situation from turn to turn.
    """
    situation = [_system(prompt.situation)] if prompt.situation.strip() else []
    return [_system(prompt.instructions), *_history(prompt), *situation, _user(prompt.message)]


def messages_with_one_system_message(prompt: Prompt) -> Messages:
    """Instructions and situation in one system message at the top.

    The chat templates of many local models (Gemma, Mistral) refuse one in the middle.
    """
    parts = [part for part in (prompt.instructions, prompt.situation) if part.strip()]
    return [_system("\n\n".join(parts)), *_history(prompt), _user(prompt.message)]


def _history(prompt: Prompt) -> Messages:
    return [{"role": message.role, "content": message.content} for message in prompt.history]


def _system(content: str) -> dict[str, str]:
    return {"role": "system", "content": content}


def _user(content: str) -> dict[str, str]:
    return {"role": "user", "content": content}
