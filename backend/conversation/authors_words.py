"""What a card's author wrote for the model: instructions before the talk, and after it. Pure functions.

They stand beside Keepsake's own and never in their place: `{{original}}`, where cards put a client's
own, is dropped. (Character Card V2, `system_prompt` and `post_history_instructions`.)
"""

import re

from backend.conversation.macros import fill
from backend.models import Character

_ORIGINAL = re.compile(r"\{\{original\}\}", re.IGNORECASE)


def before_the_talk(character: Character, user_name: str) -> str:
    """The card's `system_prompt`, filled in; empty if it has none."""
    return _words(character, user_name, "system_prompt")


def after_the_talk(character: Character, user_name: str) -> str:
    """The card's `post_history_instructions`, filled in; empty if it has none."""
    return _words(character, user_name, "post_history_instructions")


def _words(character: Character, user_name: str, field: str) -> str:
    card = character.card or {}
    inner = card.get("data")
    said = (inner if isinstance(inner, dict) else card).get(field)
    if not isinstance(said, str):
        return ""
    return fill(_ORIGINAL.sub("", said), character, user_name).strip()
