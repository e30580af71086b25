"""Evidence recall: of the messages that hold an answer, how many does recall bring back?

Each conversation takes the real path: imported with its own times, indexed, formed into facts, then
asked. An item is one memory; a fact brings back the messages that it cites.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from backend.memory.recall import DEFAULT_POLICY, RecallRequest, Recollection, recall
from backend.memory.scoring import RecallPolicy
from backend.models import Character, Conversation
from bench.quality.baselines import MessageIndex, index_messages, rankings
from bench.quality.dataset import MarkedConversation, Question, category_label
from bench.quality.lab import Lab, a_user
from bench.quality.measures import BY_TOKENS, ITEMS, Item, measure_ranking
from bench.quality.parts import Part
from bench.quality.peers import Peer
from bench.quality.results import KEEPSAKE, Score, Unit

SHOWN = 160  # characters of a missed message in the notes
OnQuestion = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with what Keepsake recalled for it."""

    unit_id: str
    question: Question
    recollection: Recollection


async def measure_conversation(
    lab: Lab,
    marked: MarkedConversation,
    *,
    baselines: bool = True,
    peer: Peer | None = None,
    variants: Mapping[str, RecallPolicy] = MappingProxyType({}),
    on_question: OnQuestion = lambda: None,
) -> tuple[Part, list[Answered]]:
    """Play one conversation and ask its questions of Keepsake, of itself under other policies, and of
    its neighbours."""
    pair = await lab.meet(a_user(marked.user), Character(name=marked.character))
    conversation = await lab.play(pair, marked.id, marked.messages)
    messages = await _index(lab, marked) if baselines else None
    if peer is not None:
        await peer.index(marked)
    units, answered, recall_ms = [], [], []
    for number, question in enumerate(marked.questions, start=1):
        found = await _ask(lab, marked, conversation, question)
        recall_ms.append(sum(found.timings.values()))
        ranked = {KEEPSAKE: as_items(lab, found)}
        for name, policy in variants.items():
            ranked[name] = as_items(lab, await _ask(lab, marked, conversation, question, policy))
        if messages is not None:
            ranked |= await _neighbours(lab, messages, question)
        if peer is not None:
            ranked[peer.name] = await peer.search(question.text, max(ITEMS))
        unit = _unit(marked, number, question, ranked)
        units.append(unit)
        answered.append(Answered(unit.id, question, found))
        on_question()
    return Part(marked.name, tuple(units), tuple(recall_ms)), answered


def as_items(lab: Lab, found: Recollection) -> list[Item]:
    """Recalled memories as items, best first."""
    return [
        Item(lab.cited(scored.memory.source_message_ids), scored.memory.content)
        for scored in found.memories
    ]


async def _ask(
    lab: Lab,
    marked: MarkedConversation,
    conversation: Conversation,
    question: Question,
    policy: RecallPolicy = DEFAULT_POLICY,
) -> Recollection:
    return await recall(
        lab.core.memory,
        RecallRequest(
            conversation.owner,
            question.text,
            user_name=marked.user,
            character_name=marked.character,
            limit=max(ITEMS),
            token_budget=None,
            floors=False,
            now=marked.messages[-1].created_at,
        ),
        policy,
    )


async def _index(lab: Lab, marked: MarkedConversation) -> MessageIndex:
    names = {"user": marked.user, "character": marked.character}
    memory = lab.core.memory
    return await index_messages(marked.messages, names, memory.encoder, memory.keywords)


async def _neighbours(lab: Lab, index: MessageIndex, question: Question) -> dict[str, list[Item]]:
    memory = lab.core.memory
    return rankings(
        index,
        await memory.encoder.encode_query(question.text),
        memory.keywords.encode_query(question.text),
    )


def _unit(
    marked: MarkedConversation,
    number: int,
    question: Question,
    ranked: dict[str, list[Item]],
) -> Unit:
    said_at = {message.client_message_id or "": message.created_at for message in marked.messages}
    scores = {
        system: _of_interest(
            system, measure_ranking(items, question.evidence, question.category, said_at)
        )
        for system, items in ranked.items()
    }
    return Unit(
        f"{marked.name}/{number}",
        marked.set_name,
        marked.name,
        category_label(marked.set_name, question.category),
        question.text,
        _missed(marked, question, ranked[KEEPSAKE]),
        scores,
    )


def _of_interest(system: str, scores: dict[str, Score]) -> dict[str, Score]:
    """The newest messages are the same to both: so many of them, or as many as fit."""
    if system not in {"last-k", "full history"}:
        return scores
    by_size = system == "full history"
    return {name: score for name, score in scores.items() if (name in BY_TOKENS) == by_size}


def _missed(
    marked: MarkedConversation, question: Question, items: Sequence[Item]
) -> tuple[str, ...]:
    """Evidence that isn't among the first ten, where it came instead, and what it says."""
    texts = {message.client_message_id: message.content for message in marked.messages}
    places = {
        name: place for place, item in reversed([*enumerate(items, 1)]) for name in item.message_ids
    }
    return tuple(
        f"{'not recalled' if name not in places else f'place {places[name]}'}:"
        f" {name}: {texts.get(name, '')[:SHOWN]}"
        for name in sorted(question.evidence)
        if places.get(name, len(items) + 1) > 10
    )
