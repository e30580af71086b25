"""Building the context of one reply: what the model will see, and the record of why.

Postgres is read in one short transaction; the encoder and the index work with none open. Recall
has a deadline: a reply without memories, marked so, beats a reply that comes late.
"""

import asyncio
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any
from uuid import UUID

import structlog

from backend.conversation.authors_words import after_the_talk
from backend.conversation.lorebook import Lore, lore_for
from backend.conversation.macros import with_names
from backend.conversation.prompt import (
    PROMPT_VERSION,
    as_history,
    in_answer_order,
    instructions,
    memory_line,
    situation,
    summary_line,
)
from backend.conversation.provenance import CONTEXT_KEY as SOURCES_KEY
from backend.conversation.provenance import Sources, asks_for_source, find_sources
from backend.conversation.ruling import (
    LOCAL,
    Ruling,
    Safeguards,
    Scene,
    as_record,
    rule_on,
    rule_on_request,
)
from backend.conversation.state import read_state
from backend.conversation.token_budget import estimate_tokens, fit_newest
from backend.conversation.wishes import ForgetWish, asks
from backend.errors import ServiceUnavailable
from backend.memory.consent import read_consent
from backend.memory.episodes import is_forget_request
from backend.memory.forget_request import read_forget_request
from backend.memory.questions import OpenQuestion, open_among
from backend.memory.recall import RecallRequest, Recollection, recall
from backend.memory.relationship import as_of
from backend.memory.resources import MemoryResources
from backend.memory.scoring import ScoredMemory
from backend.models import (
    Character,
    Conversation,
    Memory,
    Message,
    Relationship,
    ReplyContext,
    User,
    rfc3339,
)
from backend.ports import Prompt
from backend.safety.moderation import Moderation
from backend.safety.policy import Decision
from backend.safety.wording import instruction, wanted_care
from backend.store import Transaction

log = structlog.get_logger(__name__)

# Answers to what was said before stand behind a message that was sent while they were written.
LATE_MARGIN = 20
LEFT_OUT_SHOWN = 20
NAMES_AT_MOST = 15  # words of what is to be forgotten; who says more says something besides
QUESTIONS_SHOWN = 1  # one at a time, or a talk becomes an interview


@dataclass(frozen=True, slots=True)
class ContextPolicy:
    """`window`: messages shown verbatim, the answered one among them; `recall_seconds`: how long a
    reply waits for memories; `history_tokens`: the most that the window may take."""

    window: int = 20
    recall_seconds: float = 0.3
    history_tokens: int = 6000


@dataclass(frozen=True, slots=True)
class BuiltContext:
    """The prompt, the record that is stored with the reply, who takes part, and what content policy
    makes of the message. One that it blocks is not to be prompted with, and the record says nothing of
    it but that."""

    prompt: Prompt
    record: ReplyContext
    scene: Scene
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class _Background:
    user: User
    character: Character
    relationship: Relationship
    window: list[Message]  # before the target, in answer order
    opening: bool  # the window reaches back to the conversation's start
    summary: Memory | None  # of what was said before the window
    questions: list[OpenQuestion]
    topics: list[str]
    lore: Lore = field(default_factory=Lore)


async def build_context(
    resources: MemoryResources,
    conversation: Conversation,
    target: Message,
    *,
    reply_id: UUID,
    policy: ContextPolicy,
    safeguards: Safeguards = LOCAL,
    wish: ForgetWish | None = None,
    attempt: int = 0,
) -> BuiltContext:
    """Gather everything for the reply to `target`, which may be a wish to have something forgotten, and
    decide on it meanwhile. `attempt` counts the replies written to it before.

    Raises:
        StoreUnavailable: without Postgres there is no conversation to answer in.
    """
    started = perf_counter()
    async with resources.store.transaction() as tx:
        background = await _read_background(tx, conversation, target, policy)
    read_ms = (perf_counter() - started) * 1000
    background = _as_told(background, target)
    scene = Scene(background.user, background.character, conversation, background.window)
    (recollection, outcome), ruling = await asyncio.gather(
        _recall(resources, conversation, target, background, policy),
        _rule(safeguards.moderation, resources, target.content, scene, wish),
    )
    if asks(wish) and wanted_care(ruling.decision):
        wish = None  # it isn't asked whether they are sure, so there is nothing to confirm
    if ruling.blocks:
        background, recollection, wish = replace(background, window=[]), Recollection(), None
    sources = await _sources(resources, conversation, target, background, recollection, ruling)
    prompt = _prompt(
        background, recollection.memories, target, wish, ruling.decision, sources, attempt
    )
    record = _record(conversation, target, reply_id, background, prompt, recollection)
    record.recall = outcome
    record.decision = as_record(ruling, "message")
    if wish:
        record.state |= wish.to_confirm
    if sources is not None:
        record.state[SOURCES_KEY] = [str(key) for key, _ in sources if key]
    if recollection.reranker:
        record.state["reranker"] = recollection.reranker
    record.timings = {"read": round(read_ms, 2), **recollection.timings}
    if ruling.blocks:
        record.recent_messages, record.active_memories, record.token_use = [], [], {}
    return BuiltContext(prompt, record, scene, ruling)


async def _rule(
    moderation: Moderation,
    resources: MemoryResources,
    text: str,
    scene: Scene,
    wish: ForgetWish | None,
) -> Ruling:
    request = read_forget_request(text) if asks(wish) else None
    if request is None or len(request.about.split()) > NAMES_AT_MOST:
        return await rule_on(moderation, resources, text, scene)
    return await rule_on_request(moderation, resources, text, request.beyond, scene)


async def _read_background(
    tx: Transaction, conversation: Conversation, target: Message, policy: ContextPolicy
) -> _Background:
    user, character, relationship = await tx.conversations.participants(conversation.owner)
    # What was said since the turn was taken up answers nothing that was said before it.
    behind = min(conversation.last_seq - target.seq, LATE_MARGIN)
    around = await tx.messages.for_prompt(
        conversation.id, limit=policy.window + behind, before=target.seq + behind + 1
    )
    told = _without_requests(in_answer_order(around, target), target)
    earlier = told[-(policy.window - 1) :] if policy.window > 1 else []
    fitting = fit_newest([message.content for message in earlier], policy.history_tokens)
    window = earlier[len(earlier) - fitting :]
    summary, unsure = await tx.memories.behind_the_talk(conversation.owner, conversation.id)
    questions = await open_among(tx, conversation.owner, unsure, target.created_at)
    return _Background(
        user,
        character,
        as_of(relationship, target.created_at),
        window,
        opening=(window[0].seq if window else target.seq) == 1,
        summary=summary,
        questions=questions[:QUESTIONS_SHOWN],
        topics=conversation.details.get("topics", []),
    )


def _without_requests(messages: list[Message], target: Message) -> list[Message]:
    """Without wishes to have something forgotten, which name it: only who answers "Are you sure?" speaks
    of them."""
    if read_consent(target.content) is not None:
        return messages
    return [message for message in messages if not is_forget_request(message)]


def _as_told(background: _Background, target: Message) -> _Background:
    """With the character's texts filled in, and what its lorebook has to say to what was said."""
    name = background.user.display_name
    character = with_names(background.character, name)
    said = [target.content, *(message.content for message in reversed(background.window))]
    return replace(background, character=character, lore=lore_for(character, name, said))


async def _recall(
    resources: MemoryResources,
    conversation: Conversation,
    target: Message,
    background: _Background,
    policy: ContextPolicy,
) -> tuple[Recollection, str]:
    request = RecallRequest(
        owner=conversation.owner,
        text=target.content,
        user_name=background.user.display_name,
        character_name=background.character.name,
        in_window=_shown_anyway(background, target),
        seconds=policy.recall_seconds,
    )
    try:
        async with asyncio.timeout(policy.recall_seconds):
            found = await recall(resources, request)
    except TimeoutError:
        log.warning("recall.late", conversation_id=str(conversation.id))
        return Recollection(), "late"
    except ServiceUnavailable as error:
        log.warning("recall.unavailable", conversation_id=str(conversation.id), code=error.code)
        return Recollection(), "unavailable"
    return found, "ok" if found.memories else "empty"


def _shown_anyway(background: _Background, target: Message) -> frozenset[UUID]:
    """The messages and the summary that the prompt holds whatever is recalled."""
    summary = {background.summary.id} if background.summary else set()
    return frozenset({target.id, *(message.id for message in background.window), *summary})


async def _sources(
    resources: MemoryResources,
    conversation: Conversation,
    target: Message,
    background: _Background,
    recollection: Recollection,
    ruling: Ruling,
) -> Sources | None:
    """Where that comes from which the message asks about; None: it asks for no such thing."""
    if ruling.blocks or not asks_for_source(target.content):
        return None
    recalled = [_used(item) for item in recollection.memories]
    async with resources.store.transaction() as tx:
        return await find_sources(
            tx, conversation, target, background.window, recalled, background.user.zone
        )


def _prompt(
    background: _Background,
    memories: tuple[ScoredMemory, ...],
    target: Message,
    wish: ForgetWish | None,
    decision: Decision,
    found: Sources | None,
    attempt: int,
) -> Prompt:
    forgetting = wish.stage if wish else ""
    to_forget = wish.count if wish else 0
    sources = None if found is None else tuple(source for _, source in found)
    return Prompt(
        instructions=instructions(background.character, background.user.display_name),
        history=as_history(
            background.window, background.character.greeting if background.opening else ""
        ),
        situation=situation(
            background.relationship,
            memories,
            background.summary.content if background.summary else "",
            background.questions,
            forgetting,
            background.user.zone,
            to_forget=to_forget,
            sources=sources,
            policy=instruction(decision),
            lore=background.lore.texts,
            authors=after_the_talk(background.character, background.user.display_name),
        ),
        message=target.content,
        character=background.character,
        user_name=background.user.display_name,
        memories=tuple(memory_line(item, background.user.zone) for item in memories),
        questions=tuple(question.claim.content for question in background.questions),
        forgetting=forgetting,
        to_forget=to_forget,
        care=wanted_care(decision),
        sources=sources,
        attempt=attempt,
    )


def _record(
    conversation: Conversation,
    target: Message,
    reply_id: UUID,
    background: _Background,
    prompt: Prompt,
    recollection: Recollection,
) -> ReplyContext:
    # The prompt shows it whatever is recalled: a score of 0, as with what is best known.
    summary = [ScoredMemory(background.summary, 0.0)] if background.summary else []
    return ReplyContext(
        message_id=reply_id,
        conversation_id=conversation.id,
        recent_messages=[_shown(message) for message in (*background.window, target)],
        active_memories=[_used(item) for item in (*recollection.memories, *summary)],
        left_out=[
            {"memoryId": str(item.memory_id), "reason": item.reason, "relevance": item.score}
            for item in recollection.left_out[:LEFT_OUT_SHOWN]
        ],
        state=read_state(
            target.content,
            nsfw_level=background.character.nsfw_level,
            topics=background.topics,
        )
        | {"notSure": [str(question.claim.id) for question in background.questions]}
        | _lore_used(background.lore),
        token_use=_token_use(prompt, background.summary, background.lore),
        prompt_version=PROMPT_VERSION,
    )


def _lore_used(lore: Lore) -> dict[str, Any]:
    if not (lore.told or lore.left_out):
        return {}
    return {"lorebook": {"told": list(lore.told), "leftOut": list(lore.left_out)}}


def _token_use(prompt: Prompt, summary: Memory | None, lore: Lore) -> dict[str, int]:
    """About how many tokens each part takes; summary and lorebook apart from the rest of the situation."""
    summed_up = estimate_tokens(summary_line(summary.content)) if summary else 0
    told = estimate_tokens("\n".join(lore.texts))
    use = {
        "instructions": estimate_tokens(prompt.instructions),
        "history": sum(estimate_tokens(message.content) for message in prompt.history),
        "situation": estimate_tokens(prompt.situation) - summed_up - told,
        "message": estimate_tokens(prompt.message),
    }
    parts = {"summary": summed_up, "lorebook": told}
    return use | {name: tokens for name, tokens in parts.items() if tokens}


def _shown(message: Message) -> dict[str, Any]:
    return {
        "messageId": str(message.id),
        "role": "user" if message.sender_type == "user" else "assistant",
        "content": message.content,
        "timestamp": rfc3339(message.created_at),
    }


def _used(item: ScoredMemory) -> dict[str, Any]:
    memory = item.memory
    return {
        "memoryId": str(memory.id),
        "kind": memory.kind,
        "about": memory.about,
        "aboutName": memory.about_name,
        "content": memory.content,
        "relevance": item.score,
        "scores": dict(item.scores),
        "sourceMessageIds": [str(key) for key in memory.source_message_ids],
        "mentionTime": rfc3339(memory.mention_time),
    }
