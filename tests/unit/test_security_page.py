"""docs/security.md names tests that exist and limits that are in force."""

import re
from pathlib import Path

from backend.bootstrap import limits
from backend.gateway.body_limit import LARGE_BODIES, MEGABYTE, STRANGERS_BYTES, USUAL_BYTES
from backend.stalled_clients import HEAD_BYTES, HEAD_SECONDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`((?:unit|e2e|integration|contract|browser)/[\w*]+\.py)`", PAGE)
    assert len(named) > 15
    assert [name for name in named if not list((ROOT / "tests").glob(name))] == []


def test_every_limit_is_as_it_says() -> None:
    for words in (
        f"| user | {limits.REQUESTS_A_MINUTE}/minute |",
        f"| address | {limits.STRANGERS_REQUESTS_A_MINUTE}/minute |",
        f"| address | {limits.REGISTRATIONS_AN_HOUR}/hour |",
        f"| address | {limits.SIGN_INS_FROM_AN_ADDRESS_A_MINUTE}/minute |",
        f"| everybody | {limits.SIGN_INS_TO_AN_ACCOUNT} |",
        f"| {HEAD_BYTES // 1024} KB, {HEAD_SECONDS:.0f} s |",
        f"| body | {USUAL_BYTES // MEGABYTE} MB",
        f"| body without a good token | {STRANGERS_BYTES // 1024} KB |",
        *(
            f"| `POST {path.removeprefix('/api/v1')}` | {most // MEGABYTE} MB"
            for path, most in LARGE_BODIES.items()
        ),
    ):
        assert words in PAGE, words
    times, seconds = limits.SIGN_INS_TO_AN_ACCOUNT_FROM_AN_ADDRESS.split("/")
    assert f"| address | {times} in {seconds} |" in PAGE
