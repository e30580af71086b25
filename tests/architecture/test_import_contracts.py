"""Imports point the way that docs/architecture.md says."""

from pathlib import Path

from importlinter import api  # noqa: F401  (sets the linter up)
from importlinter.application.use_cases import lint_imports

ROOT = Path(__file__).parents[2]
CONTRACTS = str(ROOT / "pyproject.toml")

BROKEN_ON_PURPOSE = """
[importlinter]
root_package = backend

[importlinter:contract:broken]
name = ports may not import models
type = forbidden
source_modules = backend.ports
forbidden_modules = backend.models
"""


def test_no_import_contract_is_broken() -> None:
    assert lint_imports(CONTRACTS, cache_dir=None), "run `make check` to see the chain of imports"


def test_the_check_can_fail(tmp_path: Path) -> None:
    contracts = tmp_path / ".importlinter"
    contracts.write_text(BROKEN_ON_PURPOSE)
    assert not lint_imports(str(contracts), cache_dir=None)
