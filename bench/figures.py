"""Turning timings into figures, and figures into a table and a file."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """Percentiles of one measured thing, in milliseconds; lower is better."""

    name: str
    count: int
    p50: float
    p95: float
    worst: float
    budget_p95: float | None = None

    @classmethod
    def of(cls, name: str, samples: Sequence[float], budget_p95: float | None = None) -> "Figure":
        """Percentiles of samples in milliseconds (nearest rank)."""
        ranked = sorted(samples)
        at = [
            ranked[min(len(ranked) - 1, round(share * (len(ranked) - 1)))] for share in (0.5, 0.95)
        ]
        return cls(
            name, len(ranked), round(at[0], 2), round(at[1], 2), round(ranked[-1], 2), budget_p95
        )


def show(console: Console, figures: Sequence[Figure]) -> None:
    """Print a table."""
    table = Table(title="Keepsake on this machine (milliseconds)")
    for heading in ("what", "n", "p50", "p95", "worst", "budget p95"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for figure in figures:
        budget = "" if figure.budget_p95 is None else f"{figure.budget_p95:g}"
        table.add_row(
            figure.name,
            str(figure.count),
            f"{figure.p50:.1f}",
            f"{figure.p95:.1f}",
            f"{figure.worst:.1f}",
            budget,
        )
    console.print(table)


def write(path: Path, command: str, figures: Sequence[Figure], **more: Any) -> None:
    """Write figures, and what else was found, as JSON."""
    results = {"unit": "ms", "figures": [asdict(figure) for figure in figures]}
    write_json(path, command, results | more)


def write_json(path: Path, command: str, results: dict[str, Any]) -> None:
    """Write results with the command, the machine and the commit that they belong to."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**stamp(command), **results}, indent=2) + "\n")


def stamp(command: str) -> dict[str, Any]:
    """What every result carries: command, measuredAt (UTC), commit and machine, by these names."""
    return {
        "command": command,
        "measuredAt": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": {
            "cores": os.cpu_count(),
            "processor": platform.machine(),
            "python": platform.python_version(),
            "loadAverage": [round(load, 2) for load in os.getloadavg()],
        },
    }


def commit() -> str:
    """Keepsake's commit, with "-dirty" where tracked files differ from it; its version where it
    isn't a clone of its own repository."""
    # Installed inside of somebody else's clone, it must not name theirs.
    if _git("ls-files", "--error-unmatch", Path(__file__).name) is None:
        return _version()
    return _git("describe", "--always", "--dirty", "--exclude=*") or _version()


def changes() -> str:
    """What tracked files hold beyond the commit, as a hash; of nothing where it isn't a clone."""
    return sha256((_git("diff", "HEAD") or "").encode()).hexdigest()


def _version() -> str:
    try:
        return version("keepsake")
    except PackageNotFoundError:
        return "unknown"


def _git(*arguments: str) -> str | None:
    """What git answers about the clone that this file is in; None where it can't."""
    try:
        asked = subprocess.run(
            ["git", *arguments],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            errors="replace",
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return asked.stdout.strip()
