"""Schemathesis over the whole of /openapi.json, with every check that it has.

Bounded by a number of requests here, so that a slow machine sends the same ones; `make fuzz` bounds it
by time (`FUZZ_SECONDS`). What it finds it shows with a curl command.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.conftest import FAST_ENCODER, NO_LIMIT
from tests.support.belongings import acquire
from tests.support.keepsake_client import signed_in
from tests.support.keepsake_process import KeepsakeProcess, keepsake, run_keepsake

SUPPORT = Path(__file__).parents[1] / "support"
SECONDS = os.environ.get("FUZZ_SECONDS")
BOUND = ("--max-time", SECONDS) if SECONDS else ("--max-examples", "5")  # of each operation
SEED = os.environ.get("FUZZ_SEED", "1")
# They end the account or the token that all other requests are made with.
LAST_WORDS = ("revokeAll", "eraseMe")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fuzzed() -> AsyncIterator[KeepsakeProcess]:
    """A server of its own: what an admin may do to others is tried on everybody."""
    async with keepsake(MESSAGE_RATE_LIMIT=NO_LIMIT, EMBEDDING_MODEL=FAST_ENCODER) as server:
        yield server


@pytest.mark.parametrize(
    ("operations", "bound", "phases"),
    [
        ("--exclude-operation-id", BOUND, "examples,coverage,fuzzing,stateful"),
        # Nothing comes after them.
        ("--include-operation-id", ("--max-examples", "5"), "examples,coverage,fuzzing"),
    ],
    ids=["all that leave the account alone", "those that end it"],
)
async def test_no_request_has_an_answer_that_is_not_described(
    fuzzed: KeepsakeProcess, tmp_path: Path, operations: str, bound: tuple[str, str], phases: str
) -> None:
    async with signed_in(fuzzed.url) as admin:
        email = admin.user["email"]
        made = await run_keepsake("create-admin", email, DATA_DIR=fuzzed.data_dir)
        assert made.status == 0, made.errors
        variables = {name.upper(): value for name, value in (await acquire(admin)).items()}
        variables |= {"TOKEN": admin.token, "HOOKS": str(SUPPORT / "fuzz_hooks.py")}
        process = await asyncio.create_subprocess_exec(
            *(str(Path(sys.executable).with_name("schemathesis")), "--no-color"),
            *(
                "--config-file",
                str(SUPPORT / "schemathesis.toml"),
                "run",
                f"{fuzzed.url}/openapi.json",
            ),
            *("--phases", phases),
            *("--checks", "all", *bound, "--seed", SEED),
            *(word for name in LAST_WORDS for word in (operations, name)),
            env={"PATH": os.environ["PATH"], **variables},
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()[-20_000:]
    assert not fuzzed.ended
    assert "defect" not in fuzzed.log()
