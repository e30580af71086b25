"""`keepsake eval safety`: the local classifier on labelled messages that it wasn't trained on."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import thread_time
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.errors import InvalidRequest
from backend.memory.query import read_query
from backend.safety.classifier import classifier
from backend.safety.policy import Setting, decide
from backend.safety.screening import screen
from backend.safety.verdict import CATEGORIES, Verdict
from bench.figures import commit
from bench.quality.results import write_whole
from bench.safety.dataset import EVALUATION, Labelled, digest, read_labelled, targets
from bench.safety.training import embed
from bench.safety.turn_cost import turn_cost
from embeddings.base import Vector

RESAMPLES = 1000
GROWN_UP = Setting(nsfw_level=10, adult_confirmed=True)  # so that only the content counts
Truth = npt.NDArray[np.bool_]
Report = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Screened:
    """Messages and what was found in them; `milliseconds` of CPU time each took, without the vector."""

    verdicts: tuple[Verdict, ...]
    milliseconds: tuple[float, ...]

    def flags(self) -> Truth:
        """bool[messages, categories]."""
        return np.array([[each in v.flagged for each in CATEGORIES] for v in self.verdicts])

    def scores(self) -> npt.NDArray[np.float64]:
        """float64[messages, categories]."""
        return np.array([[v.scores[each] for each in CATEGORIES] for v in self.verdicts])


def query_vectors(texts: Sequence[str]) -> list[Vector]:
    """The vectors that a turn has: those that recall searches with."""
    queries = [read_query(text, user_name="", character_name="").dense_text for text in texts]
    return list(embed(queries).astype(np.float32))


def screen_all(texts: Sequence[str], *, with_vectors: bool) -> Screened:
    """Screen each text, by the classifier or by its words alone."""
    vectors = query_vectors(texts) if with_vectors else [None] * len(texts)
    screen("the first one reads the lexicon and the weights")
    verdicts, times = [], []
    for text, vector in zip(texts, vectors, strict=True):
        began = thread_time()
        verdicts.append(screen(text, vector))
        times.append((thread_time() - began) * 1000)
    return Screened(tuple(verdicts), tuple(times))


def evaluate(path: Path = EVALUATION, xstest: Path | None = None, command: str = "") -> Report:
    """Measure the classifier and the words alone.

    Raises:
        InvalidRequest: a file isn't what it should be.
    """
    rows = read_labelled(path)
    texts = [row.text for row in rows]
    full = screen_all(texts, with_vectors=True)
    cost = turn_cost(texts, query_vectors(texts))
    words = screen_all(texts, with_vectors=False)
    report: Report = {
        "command": command,
        "commit": commit(),
        "data": {"file": path.name, "sha256": digest(path), "rows": len(rows)},
        "classifier": dict(classifier().made),
        "classifierVector": _measured(rows, full),
        "wordsAlone": _measured(rows, words),
        "latencyMs": _spread(full.milliseconds),
        "turnMs": {
            "untilFirstDelta": _spread(cost.until_first_delta),
            "inAll": _spread(cost.in_all),
        },
    }
    if xstest is not None:
        report["xstest"] = _over_blocking(_xstest(xstest))
    return report


def write_report(report: Report, out: Path) -> None:
    """As JSON, whole or not at all."""
    write_whole(out, json.dumps(report, ensure_ascii=False, indent=1) + "\n")


def _measured(rows: Sequence[Labelled], screened: Screened) -> Report:
    truth, flags, scores = targets(rows), screened.flags(), screened.scores()
    harmless = np.asarray(~truth.any(axis=1))
    return {
        "categories": {
            category: {
                **_figures(truth[:, at], flags[:, at]),
                "averagePrecision": _average_precision(truth[:, at], scores[:, at]),
            }
            for at, category in enumerate(CATEGORIES)
        },
        "anyHarm": _figures(~harmless, np.asarray(flags.any(axis=1))),
        "harmlessFlagged": {
            "rate": round(float(flags[harmless].any(axis=1).mean()), 3),
            "interval": _interval(
                lambda at: flags[harmless][at].any(axis=1).mean(), harmless.sum()
            ),
        },
        "byKind": dict(_by(rows, [row.kind for row in rows], truth, flags)),
        "byLanguage": dict(_by(rows, [row.language for row in rows], truth, flags)),
    }


def _by(
    rows: Sequence[Labelled], names: Sequence[str], truth: Truth, flags: Truth
) -> Iterator[tuple[str, Report]]:
    """For each kind or language: harmful ones flagged with any label that fits, harmless ones
    flagged at all."""
    for name in sorted(set(names)):
        chosen = np.array([each == name for each in names])
        harmful = chosen & truth.any(axis=1)
        harmless = chosen & ~truth.any(axis=1)
        yield (
            name,
            {
                "harmful": int(harmful.sum()),
                "found": int((truth & flags)[harmful].any(axis=1).sum()),
                "harmless": int(harmless.sum()),
                "flagged": int(flags[harmless].any(axis=1).sum()),
            },
        )


def _figures(truth: Truth, flags: Truth) -> Report:
    """Precision, recall and F1 with 95 % bootstrap intervals over the messages."""
    figures: Report = {"messages": int(truth.sum())}
    measures: dict[str, Callable[[Truth, Truth], float]] = {
        "precision": lambda t, f: (t & f).sum() / max(1, f.sum()),
        "recall": lambda t, f: (t & f).sum() / max(1, t.sum()),
        "f1": lambda t, f: 2 * (t & f).sum() / max(1, t.sum() + f.sum()),
    }
    for name, measure in measures.items():
        figures[name] = round(float(measure(truth, flags)), 3)
        figures[f"{name}Interval"] = _interval(
            lambda at, measure=measure: measure(truth[at], flags[at]),  # type: ignore[misc]
            len(truth),
        )
    return figures


def _interval(measure: Callable[[npt.NDArray[np.int64]], float], count: int) -> list[float]:
    random = np.random.default_rng(0)
    values = [measure(random.integers(0, count, count)) for _ in range(RESAMPLES)]
    return [round(float(value), 3) for value in np.percentile(values, (2.5, 97.5))]


def _average_precision(truth: Truth, scores: npt.NDArray[np.float64]) -> float:
    order = np.argsort(-scores, kind="stable")
    hits = truth[order]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return round(float(precision[hits].mean()), 3)


def _spread(times: Sequence[float]) -> Report:
    return {"p50": _percentile(times, 50), "p95": _percentile(times, 95)}


def _percentile(times: Sequence[float], percent: int) -> float:
    return round(float(np.percentile(times, percent)), 2)


def _xstest(path: Path) -> list[tuple[str, str, str]]:
    """(prompt, type, label) of XSTest's file."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [(row["prompt"], row["type"], row["label"]) for row in csv.DictReader(file)]
    except (KeyError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"{path.name} isn't XSTest's file of prompts: {error!r}") from error


def _over_blocking(prompts: Sequence[tuple[str, str, str]]) -> Report:
    """Of the safe prompts, how many are flagged at all and how many aren't simply allowed; of the
    unsafe contrasts, how many are flagged."""
    screened = screen_all([prompt for prompt, _, _ in prompts], with_vectors=True)
    flagged = np.array([bool(verdict.flagged) for verdict in screened.verdicts])
    refused = np.array([decide(GROWN_UP, v).action != "allow" for v in screened.verdicts])
    safe = np.array([label == "safe" for _, _, label in prompts])
    kinds = sorted({kind for _, kind, label in prompts if label == "safe"})
    return {
        "safe": int(safe.sum()),
        "safeFlagged": round(float(flagged[safe].mean()), 3),
        "safeFlaggedInterval": _interval(lambda at: flagged[safe][at].mean(), int(safe.sum())),
        "safeNotAllowed": round(float(refused[safe].mean()), 3),
        "unsafe": int((~safe).sum()),
        "unsafeFlagged": round(float(flagged[~safe].mean()), 3),
        "safeFlaggedByType": {
            kind: round(float(flagged[[k == kind for _, k, _ in prompts]].mean()), 3)
            for kind in kinds
        },
    }
