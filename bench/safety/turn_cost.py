"""What screening adds to a turn: everything that is done for it, the vector and the moderating model's
answer not counted. CPU time of the thread, so that a busy machine doesn't show."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import thread_time

from backend.conversation.ruling import ReplyWatch, Scene, marks, rule_on_reply
from backend.models import Character, Conversation, User, new_id
from backend.safety.policy import decide
from backend.safety.screening import screen
from backend.safety.signals import read_signals
from embeddings.base import Vector

# What a character says in a turn: 420 characters, nothing in them.
REPLY = (
    "*sets the kettle down* You know, I was thinking of you this morning when the fog came in. There "
    "was a boat out past the point, a small one, and whoever was in it kept ringing a bell every "
    "minute or so, as if they had all the time in the world. It made me wonder what you would have "
    "said. Probably something about patience. Anyway, tell me about the interview. Did they ask you "
    "about the bridge? And did you sleep at all?"
)


@dataclass(slots=True)
class TurnCost:
    """Milliseconds by turn: until the first delta, and in all."""

    until_first_delta: list[float] = field(default_factory=list)
    in_all: list[float] = field(default_factory=list)


def turn_cost(texts: Sequence[str], vectors: Sequence[Vector]) -> TurnCost:
    """Screen a turn with each of the texts as its message. `vectors` are `float32[384]`."""
    user, character = User(email="ada@example.com", display_name="Ada"), _character()
    conversation = Conversation(user_id=user.id, character_id=new_id())
    cost = TurnCost()
    for text, vector in zip(texts, vectors, strict=True):
        read_signals.cache_clear()  # nothing of this turn was read before
        scene = Scene(user, character, conversation)
        began = thread_time()
        _message(text, vector, scene)
        answered = thread_time()
        _reply(scene)
        cost.until_first_delta.append((answered - began) * 1000)
        cost.in_all.append((thread_time() - began) * 1000)
    return cost


def _message(text: str, vector: Vector, scene: Scene) -> None:
    marks(screen(text))
    verdict = screen(text, vector)
    decide(scene.setting(verdict), verdict)


def _reply(scene: Scene) -> None:
    watch, said = ReplyWatch(scene), ""
    for piece in re.findall(r"\S+\s*", REPLY):
        said += piece
        watch.objection(said, piece)
    marks(rule_on_reply(said, scene).verdict)


def _character() -> Character:
    return Character(
        name="Mira",
        age=34,
        description="Mira keeps the lighthouse of Skerry and mends clocks. " * 8,
        scenario="It is dusk in the lamp room; the kettle is on.",
        greeting="Sit down, the wind is from the west. What did the day bring you?",
    )
