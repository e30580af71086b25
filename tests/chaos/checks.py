"""The guarantees of the delivery contract, held against a history. Pure; an empty list is a pass."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from tests.chaos.history import History, StoredConversation, StoredMessage, Violation, Witness
from tests.chaos.resume import Json

ANSWER_SECONDS = 30.0  # from when nothing was wrong any more

Findings = Iterator[Violation]


def violations(history: History) -> list[Violation]:
    """Every guarantee that the history breaks."""
    found: list[Violation] = []
    for conversation in history.conversations:
        told = [t for t in history.witnesses if t.conversation_id == conversation.id]
        for check in CHECKS:
            found += check(conversation, told, history)
    return found


# --- what was promised is stored -----------------------------------------------------------------


def sent_messages_are_stored_once(
    stored: StoredConversation, told: Iterable[Witness], _: History
) -> Findings:
    """Everything that was sent is acknowledged in the end, and stored once under its id."""
    rows = Counter(m.client_message_id for m in stored.messages if m.client_message_id)
    for witness in told:
        acked = {message["clientMessageId"] for message in witness.acked}
        for identity, _content in witness.sent:
            if identity not in acked:
                yield Violation("acknowledged", stored.id, f"{identity} never was")
            elif rows[identity] != 1:
                yield Violation("stored once", stored.id, f"{identity}: {rows[identity]} times")
    known = {identity for witness in told for identity, _ in witness.sent}
    for identity in rows.keys() - known:
        yield Violation("stored once", stored.id, f"{identity}, which nobody sent")


def acks_say_what_is_stored(
    stored: StoredConversation, told: Iterable[Witness], _: History
) -> Findings:
    """An ack, and each repeat of it, names the row that is there."""
    rows = {m.client_message_id: m for m in stored.messages}
    for witness in told:
        contents = dict(witness.sent)
        for ack in witness.acked:
            row = rows.get(ack["clientMessageId"])
            if row and (row.id, row.seq) != (ack["id"], ack["seq"]):
                yield Violation(
                    "an ack is kept",
                    stored.id,
                    f"acked {_short(ack)}, stored {row.id} as {row.seq}",
                )
            if row and not _changed(row) and row.content != contents[ack["clientMessageId"]]:
                yield Violation("an ack is kept", stored.id, f"{row.id} says {row.content!r}")


def numbered_without_gaps(
    stored: StoredConversation, told: Iterable[Witness], _: History
) -> Findings:
    """1, 2, 3… up to what the conversation says is the last."""
    seqs = [message.seq for message in stored.messages]
    if seqs != list(range(1, stored.last_seq + 1)):
        yield Violation("seq without gaps", stored.id, f"{seqs}, the last is {stored.last_seq}")


def stored_in_the_order_sent(
    stored: StoredConversation, told: Iterable[Witness], _: History
) -> Findings:
    """Each client's own messages."""
    for witness in told:
        own = {identity for identity, _ in witness.sent} - witness.refused
        kept = [m.client_message_id for m in stored.messages if m.client_message_id in own]
        sent = [identity for identity, _ in witness.sent if identity in kept]
        if kept != sent and len(kept) == len(sent):
            yield Violation("in the order sent", stored.id, f"{witness.client}: {sent} as {kept}")


# --- what was asked is answered ------------------------------------------------------------------


def answered_once(
    stored: StoredConversation, told: Iterable[Witness], history: History
) -> Findings:
    """Every message has one reply, behind it; a deleted one may have none."""
    replies: dict[str, list[StoredMessage]] = {}
    for message in stored.messages:
        if message.reply_to:
            replies.setdefault(message.reply_to, []).append(message)
    for message in _questions(stored):
        answers = replies.pop(message.id, [])
        if len(answers) > 1 or not (answers or message.deleted):
            yield Violation("answered once", stored.id, f"{_name(message)}: {len(answers)} replies")
        for answer in answers:
            yield from _fitting(stored, message, answer, history)
    for orphan in replies:
        yield Violation("answered once", stored.id, f"a reply to {orphan}, which isn't there")


def _fitting(
    stored: StoredConversation, message: StoredMessage, answer: StoredMessage, history: History
) -> Findings:
    if answer.seq < message.seq:
        yield Violation("answered behind it", stored.id, _name(answer))
    if answer.state == "failed":
        yield Violation("answered once", stored.id, f"{_name(answer)} has failed")
    whole = f"You said: {message.content}"
    if answer.state == "complete" and not (_changed(message) or _changed(answer)):
        if answer.content != whole:
            yield Violation("answers what was said", stored.id, f"{_name(answer)} to {whole!r}")
    elif answer.state == "interrupted" and not (
        _changed(message) or whole.startswith(answer.content)
    ):
        yield Violation("answers what was said", stored.id, f"{_name(answer)} to {whole!r}")
    waited = answer.created_at - _calm_since(message.created_at, answer.created_at, history)
    if waited > ANSWER_SECONDS:
        yield Violation(
            "answered in time", stored.id, f"{_name(message)} waited {waited:.1f} s without a fault"
        )


def _calm_since(asked: float, answered: float, history: History) -> float:
    """When the last strike ended that fell into a wait; for a wait without one, when it began."""
    ends = [s.ended for s in history.struck if s.began < answered and s.ended > asked]
    return min(max([asked, *ends]), answered)


def answered_in_order(stored: StoredConversation, told: Iterable[Witness], _: History) -> Findings:
    """Replies stand in the order of what they answer."""
    seqs = {message.id: message.seq for message in stored.messages}
    answered = [seqs[m.reply_to] for m in stored.messages if m.reply_to in seqs]
    if answered != sorted(answered):
        yield Violation("answered in order", stored.id, f"{answered}")


# --- what was seen is what is there --------------------------------------------------------------


def seen_as_stored(stored: StoredConversation, told: Iterable[Witness], _: History) -> Findings:
    """Each client shows every message, once, in order, as it stands now."""
    rows = [(m.seq, m.id, "" if m.deleted else m.content) for m in stored.messages]
    for witness in told:
        seen = [(m["seq"], m["id"], "" if m["deletedAt"] else m["content"]) for m in witness.shown]
        if seen == rows:
            continue
        wrong = [pair for pair in zip(seen, rows, strict=False) if pair[0] != pair[1]]
        detail = f"saw {wrong[0][0]} for {wrong[0][1]}" if wrong else f"{len(seen)} of {len(rows)}"
        yield Violation("seen as stored", stored.id, f"{witness.client} {detail}")


def heard_as_stored(stored: StoredConversation, told: Iterable[Witness], _: History) -> Findings:
    """Deltas that were heard from the first to the last make up the reply, or one of its variants."""
    texts = {m.id: {m.content, *m.variants} for m in stored.messages if not m.deleted}
    for witness in told:
        for identity, text in witness.spoken:
            if identity not in texts and identity not in {m.id for m in stored.messages}:
                yield Violation(
                    "heard as stored", stored.id, f"{witness.client}: {identity} isn't stored"
                )
            elif identity in texts and text not in texts[identity]:
                yield Violation(
                    "heard as stored", stored.id, f"{witness.client}: {identity} as {text!r}"
                )


def nothing_impossible_was_said(
    stored: StoredConversation, told: Iterable[Witness], _: History
) -> Findings:
    """What clients hold against the server at once: two messages with one seq, a join that leaves
    messages out, a refusal that isn't one for now."""
    for witness in told:
        for fault in witness.faults:
            yield Violation("nothing impossible", stored.id, f"{witness.client}: {fault}")


def changes_are_kept(stored: StoredConversation, told: Iterable[Witness], _: History) -> Findings:
    """An edit or a deletion that was acknowledged is stored."""
    rows = {message.id: message for message in stored.messages}
    for witness in told:
        for identity, content in witness.edits.items():
            row = rows.get(identity)
            if row and not row.deleted and row.content != content:
                yield Violation("a change is kept", stored.id, f"{identity} says {row.content!r}")
        for identity in witness.deletions:
            if identity in rows and not rows[identity].deleted:
                yield Violation("a change is kept", stored.id, f"{identity} is still there")


# --- memory --------------------------------------------------------------------------------------


def remembered_once(stored: StoredConversation, told: Iterable[Witness], _: History) -> Findings:
    """One episode for each message that says something and is answered or an answer."""
    for message in stored.messages:
        gone = message.deleted or message.forgotten or not message.content
        found = stored.episodes.get(message.id, 0)
        if found != (0 if gone else 1):
            yield Violation("remembered once", stored.id, f"{_name(message)}: {found} episodes")


def formed_once(stored: StoredConversation, told: Iterable[Witness], _: History) -> Findings:
    """What has been formed gave each user message its one fact; what hasn't waits as a job."""
    for message in _questions(stored):
        found = stored.facts.get(message.id)
        if found and found > 1:
            yield Violation("formed once", stored.id, f"{_name(message)}: {found} facts")
        if found is None and message.seq <= stored.formed_seq and not _changed(message):
            yield Violation("formed once", stored.id, f"{_name(message)}: nothing was learned")
    if "failed" in stored.jobs:
        yield Violation("no parked job", stored.id, ", ".join(stored.jobs))
    if "doing" in stored.jobs:
        yield Violation("no orphan job", stored.id, ", ".join(stored.jobs))
    if stored.formed_seq < stored.last_seq and not {"todo", "doing"} & set(stored.jobs):
        yield Violation("what isn't formed waits", stored.id, f"formed up to {stored.formed_seq}")


Check = Callable[[StoredConversation, list[Witness], History], Findings]

CHECKS: tuple[Check, ...] = (
    sent_messages_are_stored_once,
    acks_say_what_is_stored,
    numbered_without_gaps,
    stored_in_the_order_sent,
    answered_once,
    answered_in_order,
    seen_as_stored,
    heard_as_stored,
    nothing_impossible_was_said,
    changes_are_kept,
    remembered_once,
    formed_once,
)


def _questions(stored: StoredConversation) -> list[StoredMessage]:
    return [message for message in stored.messages if message.sender_type == "user"]


def _changed(message: StoredMessage) -> bool:
    return message.deleted or message.edited_at is not None or bool(message.variants)


def _name(message: StoredMessage) -> str:
    return f"{message.seq} {message.sender_type} {message.content!r} ({message.state})"


def _short(message: Json) -> str:
    return f"{message['id']} as {message['seq']}"
