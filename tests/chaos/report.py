"""What a run came to: a JSON file, and a page of text for people."""

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.chaos.history import StoredConversation, Violation
from tests.chaos.run import Outcome

LONGEST_SHOWN = 40


def as_json(outcome: Outcome) -> dict[str, Any]:
    """The report. Each conversation in which something was broken has its whole history."""
    plan, history = outcome.plan, outcome.history
    assert history is not None, "the run has ended"
    concerned = {violation.conversation_id for violation in outcome.violations}
    messages = [message for c in history.conversations for message in c.messages]
    return {
        "seed": plan.seed,
        "turns": plan.turns,
        "clients": len(plan.parts),
        "stored": {
            "messages": len(messages),
            "replies": sum(message.reply_to is not None for message in messages),
            "episodes": sum(
                sum(c.episodes.get(m.id, 0) for m in c.messages) for c in history.conversations
            ),
            "facts": sum(
                sum(c.facts.get(m.id, 0) for m in c.messages) for c in history.conversations
            ),
        },
        "strikes": Counter(struck.strike for struck in history.struck),
        "counts": dict(sorted(outcome.counts.items())),
        "repliesHeardWhole": sum(len(t.spoken) for t in history.witnesses),
        "longestWaitSeconds": {c.part.name: round(c.longest_wait, 2) for c in outcome.clients},
        "recoverySeconds": _recoveries(outcome),
        "phaseSeconds": outcome.seconds,
        "logs": dict(outcome.defects),
        "logSamples": outcome.samples,
        "violations": [violation.wire() for violation in outcome.violations],
        "histories": [
            _history(outcome, stored) for stored in history.conversations if stored.id in concerned
        ],
    }


def _recoveries(outcome: Outcome) -> dict[str, dict[str, float]]:
    times: dict[str, list[float]] = defaultdict(list)
    for strike, seconds in outcome.recoveries:
        times[strike].append(seconds)
    return {
        strike: {"times": len(took), "longest": round(max(took), 2)}
        for strike, took in sorted(times.items())
    }


def _history(outcome: Outcome, stored: StoredConversation) -> dict[str, Any]:
    history = outcome.history
    assert history is not None
    events = [
        (at, client.part.name, event, data)
        for client in outcome.clients
        if client.resume.conversation_id == stored.id
        for at, event, data in client.events
    ]
    return {
        "conversationId": stored.id,
        "lastSeq": stored.last_seq,
        "formedSeq": stored.formed_seq,
        "jobs": stored.jobs,
        "messages": [
            {
                "seq": message.seq,
                "id": message.id,
                "from": message.sender_type,
                "content": message.content,
                "state": message.state,
                "clientMessageId": message.client_message_id,
                "replyTo": message.reply_to,
                "deleted": message.deleted,
                "forgotten": message.forgotten,
                "edited": message.edited_at is not None,
                "variants": message.variants,
                "createdAt": message.created_at,
            }
            for message in stored.messages
        ],
        "struck": [vars(struck) for struck in history.struck],
        "witnesses": [
            {
                "client": told.client,
                "sent": told.sent,
                "faults": told.faults,
                "shown": len(told.shown),
            }
            for told in history.witnesses
            if told.conversation_id == stored.id
        ],
        "events": sorted(events, key=lambda each: each[0]),
    }


def write(report: dict[str, Any], out: Path) -> None:
    """Write it as JSON."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(report, indent=1, ensure_ascii=False, default=str) + "\n")


def show(console: Console, report: dict[str, Any]) -> None:
    """Print what a person wants to know first."""
    table = Table(title=f"Seed {report['seed']}: {report['turns']} turns", title_justify="left")
    table.add_column("what")
    table.add_column("how often", justify="right")
    rows = {**report["strikes"], **report["counts"]}
    rows |= {"replies heard whole": report["repliesHeardWhole"], **report["logs"]}
    for what, times in rows.items():
        table.add_row(what, f"{times:,}")
    console.print(table)
    for strike, took in report["recoverySeconds"].items():
        console.print(
            f"{strike}: works again after {took['longest']} s at most ({took['times']} times)"
        )
    longest = max(report["longestWaitSeconds"].values())
    console.print(f"Longest wait for answers: {longest} s. Phases: {report['phaseSeconds']}")
    say_violations(
        console,
        [Violation(v["rule"], v["conversationId"], v["detail"]) for v in report["violations"]],
    )


def say_violations(console: Console, violations: list[Violation]) -> None:
    """Print what was broken."""
    if not violations:
        console.print("Every guarantee was kept.")
        return
    console.print(f"{len(violations)} violations:", style="bold")
    for violation in violations[:LONGEST_SHOWN]:
        console.print(
            f"- {violation.rule}: {violation.detail} [{violation.conversation_id}]", markup=False
        )
