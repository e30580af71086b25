"""`make audit`: what it makes of what the auditors say."""

import json
from typing import Any

import pytest

from deploy.audit import FOUND, SAFE, UNKNOWN, read_npm_audit, read_pip_audit

FLAW = {"id": "PYSEC-2026-1", "fix_versions": ["2.0"]}


def package(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "version": "1.0", "vulns": [], **more}


@pytest.mark.parametrize(
    ("dependencies", "state", "details"),
    [
        ([package("a")], SAFE, []),
        ([package("a", vulns=[FLAW])], FOUND, ["a 1.0: PYSEC-2026-1, fixed in 2.0"]),
        (
            [
                package("a", vulns=[{"id": "X", "fix_versions": []}]),
                {"name": "b", "skip_reason": "?"},
            ],
            FOUND,
            ["a 1.0: X, no fix yet", "1 unknown to the service: b"],
        ),
        ([package("a"), {"name": "b", "skip_reason": "?"}], SAFE, ["1 unknown to the service: b"]),
        ([{"name": "b", "skip_reason": "?"}], UNKNOWN, ["the service knows none of the packages"]),
    ],
    ids=["safe", "vulnerable", "both", "one unknown", "all unknown"],
)
def test_pip_audit_is_understood(
    dependencies: list[dict[str, Any]], state: str, details: list[str]
) -> None:
    _, told, lines = read_pip_audit(json.dumps({"dependencies": dependencies}), "")
    assert (told, lines) == (state, details)


@pytest.mark.parametrize("output", ["", "Traceback", "[]", "{}", "null"])
def test_an_auditor_that_fails_finds_nothing_and_clears_nothing(output: str) -> None:
    complaint = "Traceback\n  ...\nConnectionError: no route to https://index.example.com/x host\n"
    expected = (UNKNOWN, ["ConnectionError: no route to host"])
    assert read_pip_audit(output, complaint)[1:] == expected
    assert read_npm_audit("web", output, complaint)[1:] == expected


@pytest.mark.parametrize(
    ("report", "state", "details"),
    [
        ({"vulnerabilities": {}}, SAFE, []),
        (
            {"vulnerabilities": {"a": {"range": "<2", "severity": "high"}}},
            FOUND,
            ["a <2: high"],
        ),
        ({"message": "offline"}, UNKNOWN, ["offline"]),
        ({"error": {"summary": "no such place"}}, UNKNOWN, ["no such place"]),
    ],
    ids=["safe", "vulnerable", "offline", "error"],
)
def test_npm_audit_is_understood(report: dict[str, Any], state: str, details: list[str]) -> None:
    _, told, lines = read_npm_audit("web", json.dumps(report), "")
    assert (told, lines) == (state, details)
