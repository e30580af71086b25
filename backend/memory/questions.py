"""What the character isn't sure of: claims that contradict a well-known fact without being sure
enough to take its place. It may ask; what the user says next settles it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.memory.changes import Saying, affirm, mentions_of, reinforce
from backend.memory.history import MemoryChange
from backend.memory.wording import affirms, content_words, denies
from backend.models import Memory, Message, Owner
from backend.models.candidate import TranscriptLine
from backend.store import Transaction

ASKED_FOR = timedelta(days=30)  # then the moment has passed
ANSWER_CONFIDENCE = 0.9  # of a plain yes or no


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A claim and the fact that it puts into question."""

    claim: Memory
    held: Memory


async def open_questions(tx: Transaction, owner: Owner, now: datetime) -> list[OpenQuestion]:
    """What there is to ask about the user's life, the newest first."""
    return await open_among(tx, owner, await tx.memories.unsure(owner), now)


async def open_among(
    tx: Transaction, owner: Owner, unsure: Sequence[Memory], now: datetime
) -> list[OpenQuestion]:
    """`open_questions`, of open claims that are read already."""
    claims = [
        claim for claim in unsure if claim.realm == "real" and now - claim.mention_time <= ASKED_FOR
    ]
    keys = [claim.questions for claim in claims if claim.questions]
    held = {memory.id: memory for memory in await tx.memories.of_owner(owner, keys)}
    pairs = [(claim, held.get(claim.questions)) for claim in claims if claim.questions]
    return [
        OpenQuestion(claim, memory)
        for claim, memory in pairs
        if memory is not None and memory.status == "active"
    ]


def read_answer(question: OpenQuestion, asked: str, answer: str) -> Memory | None:
    """Which side a yes or no stands for; None where the words asked about neither or both, or the
    answer is neither. Names what was asked by the words that one side has and the other hasn't."""
    yes = affirms(answer)
    if "?" not in asked or not (yes or denies(answer)):
        return None
    said = set(content_words(asked))
    claim, held = (set(content_words(memory.content)) for memory in (question.claim, question.held))
    asked_claim, asked_held = bool(said & (claim - held)), bool(said & (held - claim))
    if asked_claim == asked_held:
        return None
    return question.claim if asked_claim == yes else question.held


async def settle_by_answers(
    tx: Transaction, owner: Owner, exchanges: Sequence[tuple[TranscriptLine, Message]]
) -> list[MemoryChange]:
    """Settle what a yes or no right behind the character's words decides. `exchanges` are those words
    and the user's message, in order; together they are a mention of what holds, so that it falls with
    either of them."""
    if not exchanges:
        return []
    changes: list[MemoryChange] = []
    questions = await open_questions(tx, owner, exchanges[-1][1].created_at)
    asked_about = [memory for each in questions for memory in (each.claim, each.held)]
    mentions = await mentions_of(tx, asked_about)
    for question in questions:
        for asked, message in exchanges:
            side = read_answer(question, asked.content, message.content)
            if side is None or message.created_at < question.claim.mention_time:
                continue
            saying = Saying(
                (asked.message_id, message.id),
                message.conversation_id,
                message.created_at,
                ANSWER_CONFIDENCE,
                sensitive=message.sensitive,
            )
            if side is question.claim:
                others = [each.claim for each in questions if each is not question]
                changes += await affirm(tx, question.claim, question.held, saying, others, mentions)
            else:
                changes += await reinforce(tx, question.held, saying, [question.claim], mentions)
            break
    return changes
