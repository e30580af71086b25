"""Evidence recall: of the messages that hold an answer, how many does recall bring back?

Each conversation takes the real path: imported with its own times, indexed, formed into facts, then
asked. An item is one memory; a fact brings back the messages that it cites.
"""

import tempfile
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from backend.bootstrap import Core, open_core
from backend.conversation.importing import import_conversation
from backend.memory.formation import form_memory
from backend.memory.recall import RecallRequest, recall
from backend.memory.scoring import TOKENS_PER_CHARACTER, ScoredMemory
from backend.models import Character, Conversation, User, new_id
from backend.settings import Settings
from backend.worker.index_sync import sweep_once
from bench.figures import Figure
from bench.quality.dataset import MarkedConversation, Question, read_conversations

ITEMS = (5, 10, 20, 50)
TOKENS = (300, 700, 1000, 2000)
PAGE = 200

Scores = dict[tuple[str, str], dict[str, list[float]]]  # (set, category) -> measure -> per question


async def measure_evidence(
    paths: Sequence[Path], settings: Settings, console: Console
) -> tuple[Scores, Figure]:
    """Ask every question of every file; the services run on a temporary DATA_DIR."""
    scores: Scores = defaultdict(lambda: defaultdict(list))
    latencies: list[float] = []
    with tempfile.TemporaryDirectory(prefix="keepsake-eval-") as folder:
        alone = settings.model_copy(
            update={
                "data_dir": Path(folder) / "data",
                "database_url": None,
                "redis_url": None,
                "qdrant_url": None,
            }
        )
        async with open_core(alone) as core:
            with Progress(console=console) as progress:
                for path in paths:
                    for marked in read_conversations(path):
                        task = progress.add_task(f"{marked.set_name} {marked.id}", total=None)
                        await _evaluate(core, alone, marked, scores, latencies)
                        progress.update(task, total=1, completed=1)
    return scores, Figure.of("recall", latencies)


async def _evaluate(
    core: Core,
    settings: Settings,
    marked: MarkedConversation,
    scores: Scores,
    latencies: list[float],
) -> None:
    user = User(email=f"{new_id()}@eval.localhost", display_name=marked.user)
    character = Character(name=marked.character)
    async with core.store.transaction() as tx:
        await tx.users.add(user)
        await tx.characters.add(character)
    conversation = await import_conversation(
        core.store, user, character, title=marked.id, messages=marked.messages
    )
    while await sweep_once(core.memory, settle=timedelta(0)):
        pass
    await form_memory(
        core.memory,
        core.extractor,
        conversation.id,
        threshold=settings.fact_extraction_threshold,
    )
    names = await _data_ids(core, conversation)
    for question in marked.questions:
        found = await recall(
            core.memory,
            RecallRequest(
                conversation.owner,
                question.text,
                user_name=marked.user,
                character_name=marked.character,
                limit=max(ITEMS),
                token_budget=None,
                floors=False,
            ),
        )
        latencies.append(sum(found.timings.values()))
        for category in (question.category, "all"):
            for measure, value in _measures(question, found.memories, names).items():
                scores[marked.set_name, category][measure].append(value)


async def _data_ids(core: Core, conversation: Conversation) -> dict[UUID, str]:
    """Our message ids to the data's."""
    names: dict[UUID, str] = {}
    async with core.store.transaction() as tx:
        while page := await tx.messages.page(conversation.id, limit=PAGE, after=len(names)):
            names |= {message.id: message.client_message_id or "" for message in page}
    return names


def _measures(
    question: Question, memories: Sequence[ScoredMemory], names: dict[UUID, str]
) -> dict[str, float]:
    """Shares of the evidence found within so many items or tokens, and MRR of the first of it."""
    cited = [{names.get(key, "") for key in item.memory.source_message_ids} for item in memories]
    found = {f"R@{count}": _share(question, cited[:count]) for count in ITEMS}
    for budget in TOKENS:
        used, fitting = 0.0, 0
        for item in memories:
            used += len(item.memory.content) * TOKENS_PER_CHARACTER
            if used > budget:
                break
            fitting += 1
        found[f"R@{budget}t"] = _share(question, cited[:fitting])
    ranks = [place for place, ids in enumerate(cited, start=1) if ids & question.evidence]
    found["all@10"] = float(found["R@10"] == 1.0)
    found["MRR"] = 1 / ranks[0] if ranks else 0.0
    return found


def _share(question: Question, cited: Sequence[set[str]]) -> float:
    return len(question.evidence & set().union(*cited)) / len(question.evidence)


def summary(scores: Scores) -> list[dict[str, object]]:
    """One row per set and category: means in percent, and how many questions."""
    return [
        {
            "set": set_name,
            "category": category,
            "questions": len(next(iter(measures.values()))),
            **{
                name: round(100 * sum(values) / len(values), 1) for name, values in measures.items()
            },
        }
        for (set_name, category), measures in sorted(scores.items())
    ]


def show(console: Console, rows: Sequence[dict[str, object]]) -> None:
    """Print a table."""
    if not rows:
        console.print("No question with evidence was found.")
        return
    table = Table(title="Evidence recall (percent)")
    for heading in rows[0]:
        table.add_column(heading, justify="left" if heading in {"set", "category"} else "right")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    console.print(table)
