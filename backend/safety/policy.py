"""What is done with a message. Pure functions.

| in this order | allowed | deflected in character | blocked |
|---|---|---|---|
| sexual, a minor on either side | never | never | always, by policy or moderation |
| signs of self-harm | always, with a crisis notice | never | never |
| hate, illicit | | always | |
| violence | graphic fiction of adults, character's level 5 and up | else | |
| sexual | up to the ceiling | above it | explicit, adult not confirmed |

The ceiling is the lower of the character's level and the conversation's, and at most 3 unless the
user is a confirmed adult. A sexual message has level 4, an explicit one 8. Harassment alone is left
to the character, who may say what it thinks of it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from backend.models import Character, User
from backend.safety.portrait import portrays_minor
from backend.safety.verdict import Category, Verdict

Action = Literal["allow", "deflect", "block"]
DecidedBy = Literal["policy", "moderation", "provider"]
Reason = Literal[
    "ok",
    "sexual_minors",
    "self_harm",
    "hate",
    "illicit",
    "violence",
    "adult_not_confirmed",
    "character_level",
    "conversation_level",
    "provider_refused",
]

SEXUAL_LEVEL = 4  # of 10: what a sexual message that names nothing needs
EXPLICIT_LEVEL = 8
UNCONFIRMED_CEILING = 3  # romance
VIOLENT_FICTION_LEVEL = 5
HIGHEST_LEVEL = 10
_MOST_KEPT = 1024  # characters
_minors: dict[tuple[UUID, datetime], bool] = {}


@dataclass(frozen=True, slots=True)
class Setting:
    """Who talks, and what they agreed to. Levels are 0-10; `conversation_level` is how far this
    conversation may go, the character's level if it has none of its own. `user_is_minor`: the user
    says so or said so before, whatever was confirmed."""

    nsfw_level: int
    adult_confirmed: bool
    conversation_level: int = HIGHEST_LEVEL
    user_is_minor: bool = False
    character_is_minor: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """`reason` is stable; `decided_by` says who refused (`policy` where it is allowed);
    `crisis_notice`: show where help is; `categories` are what was found, sorted."""

    action: Action
    reason: Reason
    decided_by: DecidedBy = "policy"
    crisis_notice: bool = False
    categories: tuple[Category, ...] = ()


def setting_of(user: User, character: Character, level: int | None = None) -> Setting:
    """The two as they are known; `level` is the conversation's own, if it has one."""
    return Setting(
        nsfw_level=character.nsfw_level,
        adult_confirmed=user.adult_confirmed,
        conversation_level=HIGHEST_LEVEL if level is None else level,
        user_is_minor=user.said_minor_at is not None,
        character_is_minor=is_minor(character),
    )


def decide(setting: Setting, verdict: Verdict) -> Decision:
    """What becomes of a message, the user's or the character's own."""
    action, reason, decided_by = _ruling(setting, verdict)
    return Decision(
        action, reason, decided_by, "self_harm" in verdict.flagged, tuple(sorted(verdict.flagged))
    )


def refused_by_provider(verdict: Verdict) -> Decision:
    """The model's provider declined what policy allowed."""
    return Decision(
        "block",
        "provider_refused",
        "provider",
        "self_harm" in verdict.flagged,
        tuple(sorted(verdict.flagged)),
    )


def is_minor(character: Character) -> bool:
    """`portrays_minor`, read once for each version of a character: every turn asks."""
    version = character.id, character.updated_at
    known = _minors.get(version)
    if known is None:
        known = _minors[version] = portrays_minor(character)
        if len(_minors) > _MOST_KEPT:
            del _minors[next(iter(_minors))]
    return known


def _ruling(setting: Setting, verdict: Verdict) -> tuple[Action, Reason, DecidedBy]:
    flagged = verdict.flagged
    minor = setting.user_is_minor or setting.character_is_minor or verdict.writer_is_minor
    if verdict.hard or (minor and "sexual" in flagged):
        return "block", "sexual_minors", "policy"
    if "sexual_minors" in flagged:
        return "block", "sexual_minors", "moderation"
    if "self_harm" in flagged:
        return "allow", "self_harm", "policy"
    if "hate" in flagged:
        return "deflect", "hate", "moderation"
    if "illicit" in flagged:
        return "deflect", "illicit", "moderation"
    if "violence" in flagged and not _may_be_violent(setting, verdict):
        return "deflect", "violence", "moderation"
    if "sexual" in flagged:
        return _sexual(setting, EXPLICIT_LEVEL if verdict.explicit else SEXUAL_LEVEL)
    return "allow", "ok", "policy"


def _may_be_violent(setting: Setting, verdict: Verdict) -> bool:
    """Graphic fiction among adults; a threat to somebody present is none."""
    return (
        setting.adult_confirmed
        and setting.nsfw_level >= VIOLENT_FICTION_LEVEL
        and "harassment" not in verdict.flagged
    )


def _sexual(setting: Setting, level: int) -> tuple[Action, Reason, DecidedBy]:
    if not setting.adult_confirmed and level > UNCONFIRMED_CEILING:
        return ("block" if level >= EXPLICIT_LEVEL else "deflect"), "adult_not_confirmed", "policy"
    if level > setting.nsfw_level:
        return "deflect", "character_level", "policy"
    if level > setting.conversation_level:
        return "deflect", "conversation_level", "policy"
    return "allow", "ok", "policy"
