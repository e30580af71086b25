"""What content policy makes of a message before it is answered, and of a reply before it is stored."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from backend.memory.query import read_query
from backend.memory.resources import MemoryResources
from backend.models import Character, Conversation, Message, User
from backend.safety.ages import says_minor
from backend.safety.classifier import classifier
from backend.safety.crisis import RESOURCES, Resources
from backend.safety.disclosure import CareSettings
from backend.safety.moderation import Moderation
from backend.safety.policy import Decision, Setting, decide, setting_of
from backend.safety.screening import screen
from backend.safety.signals import read_signals
from backend.safety.verdict import Verdict
from embeddings.base import EncoderError, Vector

VECTOR_SECONDS = 0.3  # how long screening waits for the message's vector; then the words decide
BLOCKED, REFUSED = "blocked", "refused"  # in the details of a user's message, and of a reply
_WATCHED = 1500  # characters of a running reply that are read again at a sentence's end
# "Forget that I tried to kill myself", not "forget that I want to die".
_LOOKS_BACK = re.compile(
    r"\b(?:used to|tried|was|were|had|once|ago|cut|hurt|overdosed|relapsed|attempted|planned|attempt)\b",
    re.IGNORECASE,
)
_SPEAKS_OF_WORDS = re.compile(
    r"\b(?:said|told|mentioned|wrote|know|from your \w+)\b", re.IGNORECASE
)
_WANTS = re.compile(
    r"\b(?:want|wanna|wish|going to|gonna|plan|planning|will|feel like|thinking|need|still|now|can't)\b"
    r"|'ll\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…。！？\n]")


@dataclass(frozen=True, slots=True)
class Safeguards:
    """Who moderates, where help is, and what users are told of talking with an AI."""

    moderation: Moderation = field(default_factory=Moderation)
    resources: Resources = field(default_factory=lambda: RESOURCES)
    care: CareSettings = field(default_factory=CareSettings)


LOCAL = Safeguards()  # no moderating model, the built-in contacts


@dataclass(frozen=True, slots=True)
class Scene:
    """Who talks, where, and what the two said before this message, as far as the prompt shows it."""

    user: User
    character: Character
    conversation: Conversation
    said: Sequence[Message] = ()

    def setting(self, verdict: Verdict) -> Setting:
        """How far the two may go. Whether the character made itself a child before is only read where
        something is sexual: nothing else hangs on it."""
        known = setting_of(self.user, self.character, self.conversation.nsfw_level)
        if "sexual" in verdict.flagged and self._character_said_minor():
            return replace(known, character_is_minor=True)
        return known

    def _character_said_minor(self) -> bool:
        return any(m.sender_type == "character" and says_minor(m.content) for m in self.said)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was found in a text, and what was decided."""

    verdict: Verdict
    decision: Decision

    @property
    def blocks(self) -> bool:
        """Nothing may be said to it."""
        return self.decision.action == "block"


async def rule_on(
    moderation: Moderation, resources: MemoryResources, text: str, scene: Scene
) -> Ruling:
    """Decide on a message by everything there is: its words, its vector, a moderating model."""
    vector = await _query_vector(resources, text, scene)
    verdict = await moderation.consider(text, screen(text, vector))
    return Ruling(verdict, decide(scene.setting(verdict), verdict))


async def rule_on_request(
    moderation: Moderation, resources: MemoryResources, text: str, beyond: str, scene: Scene
) -> Ruling:
    """Decide on a wish to have something forgotten. What it names is no state of the user, so only what
    they say `beyond` that counts; but what is blocked stays so, and where words of self-harm stand, help is
    shown."""
    ruling = await rule_on(moderation, resources, text, scene)
    if ruling.blocks:
        return ruling
    if beyond:
        further = await rule_on(moderation, resources, beyond, scene)
        if further.decision.reason != "ok":
            both = ruling.verdict.flagged | further.verdict.flagged
            return Ruling(replace(ruling.verdict, flagged=both), further.decision)
    if ruling.decision.reason == "ok":
        return ruling
    harm = "self_harm" in screen(text).flagged
    if harm and not _is_told_of_the_past(text):
        return ruling
    found = ruling.decision.categories
    return Ruling(ruling.verdict, Decision("allow", "ok", crisis_notice=harm, categories=found))


def _is_told_of_the_past(text: str) -> bool:
    """Whether a request that names self-harm speaks of what was, or of what was said."""
    plain = text.replace("’", "'")
    if _SPEAKS_OF_WORDS.search(plain):
        return True
    return bool(_LOOKS_BACK.search(plain)) and not _WANTS.search(plain)


def rule_on_reply(text: str, scene: Scene) -> Ruling:
    """Decide on what the character says, by its words alone: a vector would cost an encoding more."""
    verdict = screen(text)
    return Ruling(verdict, decide(scene.setting(verdict), verdict))


class ReplyWatch:
    """Reads a reply while it is written, each sentence once; only after one with words of sex is what
    stands there looked at as a whole."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._read_to = 0
        self._sexual = False

    def objection(self, text: str, piece: str) -> Ruling | None:
        """What forbids that a reply which has come to `text`, with its newest `piece`, goes on."""
        if not _SENTENCE_END.search(piece):
            return None
        sentence, self._read_to = text[self._read_to :], len(text)
        self._sexual |= read_signals(sentence).has("sexual_explicit", "sexual_act")
        if not self._sexual:
            return None
        ruling = rule_on_reply(text[-_WATCHED:], self._scene)
        return ruling if ruling.blocks else None


async def _query_vector(resources: MemoryResources, text: str, scene: Scene) -> Vector | None:
    """The vector that recall searches with, so that none is made for screening alone. None where the
    classifier can't read this encoder's, or there is none in time."""
    encoder = resources.settled().encoder
    if not classifier().fits(encoder.name):
        return None
    names = scene.user.display_name, scene.character.name
    query = read_query(text, user_name=names[0], character_name=names[1])
    try:
        async with asyncio.timeout(VECTOR_SECONDS):
            return await encoder.encode_query(query.dense_text)
    except (EncoderError, TimeoutError):
        return None


def marks(verdict: Verdict) -> dict[str, Any]:
    """What a message's details say of its content: `isNSFW`; `sensitive` where it is sexual or about
    self-harm."""
    sensitive = {"sensitive": True} if verdict.sensitive else {}
    return {"isNSFW": "sexual" in verdict.flagged, **sensitive}


def as_record(ruling: Ruling, about: str) -> dict[str, Any]:
    """A decision as the reply's context keeps it; `about` is `message` or `reply`."""
    decision = ruling.decision
    return {
        "action": decision.action,
        "reason": decision.reason,
        "decidedBy": decision.decided_by,
        "categories": list(decision.categories),
        "screener": ruling.verdict.screener,
        "crisisNotice": decision.crisis_notice,
        "about": about,
    }
