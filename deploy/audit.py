"""`make audit`: known vulnerabilities in what the lock files pin.

Ends with 0 if none is known, and with 1 for each way of knowing one. Where the advisory services can't
be asked it says "not audited" and ends with 0: that says nothing of the packages.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SECONDS = 300
SAFE, FOUND, UNKNOWN = "no known vulnerability", "VULNERABLE", "not audited"
PYTHON_LOCK = "requirements-dev.lock"  # holds every pin of the runtime's, too
NODE_FOLDERS = ("web", "tests/asyncapi")

Finding = tuple[str, str, list[str]]  # what was audited, how it stands, details


def main() -> int:
    """Audit everything; the exit status."""
    findings = [audit_python(), *(audit_node(folder) for folder in NODE_FOLDERS)]
    for name, state, details in findings:
        print(f"{name}: {state}")
        for line in details:
            print(f"  {line}")
    return int(any(state == FOUND for _, state, _ in findings))


def audit_python() -> Finding:
    """pip-audit over the lock, as it is pinned."""
    command = [sys.executable, "-m", "pip_audit", "--format=json", "--progress-spinner=off"]
    options = ["--disable-pip", "--no-deps", "--requirement", PYTHON_LOCK]
    return read_pip_audit(*_output(command + options, ROOT))


def read_pip_audit(output: str, complaint: str) -> Finding:
    """What pip-audit says: its status is the same for a finding and for a failure, its output isn't."""
    report = _json(output)
    if "dependencies" not in report:
        return PYTHON_LOCK, UNKNOWN, [_last_line(complaint)]
    found = [
        f"{package['name']} {package['version']}: {flaw['id']}, {_fixed_in(flaw)}"
        for package in report["dependencies"]
        for flaw in package.get("vulns", [])
    ]
    skipped = [package["name"] for package in report["dependencies"] if "skip_reason" in package]
    if len(skipped) == len(report["dependencies"]):
        return PYTHON_LOCK, UNKNOWN, ["the service knows none of the packages"]
    if skipped:
        unknown = f"{len(skipped)} unknown to the service: {', '.join(skipped)}"
        return PYTHON_LOCK, FOUND if found else SAFE, [*found, unknown]
    return PYTHON_LOCK, FOUND if found else SAFE, found


def audit_node(folder: str) -> Finding:
    """npm audit over a package-lock.json."""
    command = ["npm", "audit", "--json", "--package-lock-only", "--loglevel=error"]
    return read_npm_audit(folder, *_output(command, ROOT / folder))


def read_npm_audit(folder: str, output: str, complaint: str) -> Finding:
    """What npm says."""
    name = f"{folder}/package-lock.json"
    report = _json(output)
    if "vulnerabilities" not in report:
        reason = report.get("message") or report.get("error", {}).get("summary")
        return name, UNKNOWN, [_last_line(str(reason or complaint))]
    found = [
        f"{package} {flaw['range']}: {flaw['severity']}"
        for package, flaw in report["vulnerabilities"].items()
    ]
    return name, FOUND if found else SAFE, found


def _output(command: list[str], folder: Path) -> tuple[str, str]:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", f"{command[0]}: {error}"
    return done.stdout, done.stderr


def _json(text: str) -> dict[str, Any]:
    try:
        report = json.loads(text)
    except ValueError:
        return {}
    return report if isinstance(report, dict) else {}


def _fixed_in(flaw: dict[str, Any]) -> str:
    versions = flaw.get("fix_versions") or []
    return f"fixed in {', '.join(versions)}" if versions else "no fix yet"


def _last_line(text: str) -> str:
    """The end of a complaint, which says what went wrong; without addresses."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    words = (lines[-1] if lines else "no answer").split()
    return " ".join(word for word in words if "://" not in word)[:200]


if __name__ == "__main__":
    sys.exit(main())
