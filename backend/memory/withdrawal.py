"""Taking back what messages support: facts that rest on nothing else, the places of those they had
superseded, and what they did to the relationship. In the caller's transaction, under the owner's
lock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.memory.claims import (
    Settlement,
    accept,
    give_up,
    question_again,
    read_elders,
    reopen,
    restore,
    save,
)
from backend.memory.history import write_line
from backend.memory.ledger import undo
from backend.memory.support import WITHDRAWN, mentions, recount, saying, withdraw_from
from backend.memory.takebacks import TAKES_BACK, give_back
from backend.models import Memory, MemoryRevision, Message, Owner, Relationship, utc_now
from backend.store import Transaction

NOT_FACTS = ("episode", "summary")


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What came of it: facts that nothing supports any more, facts that hold with less, facts that
    hold again, and how the two stand if that has changed."""

    unsupported: tuple[Memory, ...] = ()
    weakened: tuple[Memory, ...] = ()
    restored: tuple[Memory, ...] = ()
    relationship: Relationship | None = None


async def withdraw(
    tx: Transaction, owner: Owner, message_ids: Sequence[UUID], citing: Sequence[Memory]
) -> Withdrawal:
    """Take messages from under everything that rests on them, among what is `citing` them. What is
    unsupported then is only named: whether it is retracted or forgotten is the caller's to decide."""
    facts = [memory for memory in citing if memory.kind not in NOT_FACTS]
    unsupported, weakened, settlements = await _weigh(tx, facts, set(message_ids))
    takers = [memory for memory in citing if memory.attribute == TAKES_BACK]
    ids = [memory.id for memory in (*unsupported, *takers)]
    near = await tx.memories.around(owner, ids) if ids else []
    restored = await _hand_back(tx, owner, unsupported, near)
    restored += await give_back(tx, owner, takers, near, set(message_ids))
    restored += await reopen(tx, owner, settlements)
    relationship = await undo(tx, owner, message_ids)
    return Withdrawal(tuple(unsupported), tuple(weakened), tuple(restored), relationship)


async def retract(tx: Transaction, memories: Iterable[Memory], reason: str) -> None:
    """Keep what nothing supports as history: out of recall and out of the index."""
    for memory in memories:
        if memory.status == "retracted":
            continue
        memory.status, memory.questions = "retracted", None
        memory.valid_to = memory.valid_to or utc_now()
        await save(tx, memory)
        await write_line(tx, memory, "retracted", memory.source_message_ids, {"reason": reason})


async def _weigh(
    tx: Transaction, citing: Sequence[Memory], withdrawn: set[UUID]
) -> tuple[list[Memory], list[Memory], list[Settlement]]:
    """Which of the facts have lost everything they rest on, and which only some of it; and what they
    had settled. The former go on naming their messages, so that they can be found when those are
    deleted."""
    histories = await tx.histories.of_each([memory.id for memory in citing]) if citing else {}
    named = {
        key for lines in histories.values() for each in lines for key in each.source_message_ids
    }
    messages = {message.id: message for message in await tx.messages.of_ids(list(named))}
    unsupported, weakened, settlements = [], [], []
    alone: set[UUID] = set()
    for memory in citing:
        history = histories.get(memory.id, [])
        fallen = await _withdraw_from_lines(tx, memory, history, withdrawn, messages, alone)
        resting_on = mentions(history)
        if memory.status == "retracted" or not resting_on:
            unsupported.append(memory)
            continue
        settlements += [Settlement(memory, line) for line in fallen]
        said = saying(history)
        memory.source_message_ids = [key for key in memory.source_message_ids if key in said]
        recount(memory, resting_on, messages)
        await save(tx, memory)
        weakened.append(memory)
    if alone:
        await tx.formation.ask_again(list(alone))
    return unsupported, weakened, settlements


async def _withdraw_from_lines(
    tx: Transaction,
    memory: Memory,
    history: Sequence[MemoryRevision],
    withdrawn: set[UUID],
    messages: Mapping[UUID, Message],
    alone: set[UUID],
) -> list[MemoryRevision]:
    """Returns the lines that no longer count. What stood beside a withdrawn message is to be read again, in
    case that it says so `alone`, which grows."""
    fallen = []
    for line in history:
        if withdrawn.isdisjoint(line.source_message_ids):
            continue
        left = withdraw_from(line, withdrawn, messages, memory.about)
        await tx.histories.save(line)
        alone.update(key for key in left if key in messages)
        if line.details.get(WITHDRAWN):
            fallen.append(line)
    return fallen


async def _hand_back(
    tx: Transaction, owner: Owner, gone: Sequence[Memory], near: Sequence[Memory]
) -> list[Memory]:
    """What facts that are gone had superseded holds again, the newest of each, and what put that into
    question is open again; where something else took their place meanwhile, that is what superseded
    it. `near` is what there is around them."""
    by_id = {memory.id: memory for memory in gone}
    behind: dict[UUID, list[Memory]] = {}
    for elder in near:
        if elder.id not in by_id and elder.status == "superseded" and elder.superseded_by in by_id:
            last = _last(by_id[elder.superseded_by], by_id)
            behind.setdefault(last.id, []).append(elder)
    elders = await read_elders(tx, owner, [each for some in behind.values() for each in some])
    restored = []
    for memory in gone:
        claims, facts = elders.part(behind.get(memory.id, ()))
        superseded = sorted(facts, key=lambda elder: elder.mention_time)
        heir = None
        if superseded and memory.status == "active":
            heir = await restore(tx, superseded.pop(), elders.twins)
            restored += [heir] if heir.superseded_by is None else []
        await _pass_on(tx, owner, superseded, heir, memory)
        if heir and heir.status == "active":
            await question_again(tx, claims, heir.id)
        else:
            await _pass_on(tx, owner, claims, heir, memory)
        open_ = [each for each in near if each.questions == memory.id and each.status == "unsure"]
        restored += await _pass_on_questions(tx, open_, heir)
    return restored


def _last(memory: Memory, gone: dict[UUID, Memory]) -> Memory:
    """The last of a line of facts that are gone, each superseded by the next."""
    while memory.superseded_by in gone:
        memory = gone[memory.superseded_by]
    return memory


async def _pass_on(
    tx: Transaction, owner: Owner, elders: Sequence[Memory], heir: Memory | None, gone: Memory
) -> None:
    if heir is None and elders and gone.superseded_by:
        found = await tx.memories.of_owner(owner, [gone.superseded_by])
        heir = found[0] if found else None
    for elder in elders:
        elder.superseded_by = heir.id if heir else None
        elder.valid_to = heir.valid_from if heir else elder.valid_to
        await save(tx, elder)


async def _pass_on_questions(
    tx: Transaction, claims: Sequence[Memory], heir: Memory | None
) -> list[Memory]:
    """Claims against a fact that is gone are claims against its elder; without one, the newest claim
    holds."""
    if heir and heir.status == "active":
        for claim in claims:
            claim.questions = heir.id
            await save(tx, claim)
        return []
    if not claims:
        return []
    *others, newest = sorted(claims, key=lambda claim: claim.mention_time)
    for claim in others:
        await give_up(tx, claim, newest)
    await accept(tx, newest, [], [], because_of=newest.source_message_ids)
    return [newest] if newest.status == "active" else []
