"""The notebooks run from top to bottom on embedded services, and what is committed is fit to read.

They are run as `pytest --nbmake` runs them, in an environment of their own: a temporary folder that
must be empty again at the end, and none of the settings that point them elsewhere.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import nbformat
import psutil
import pytest
from nbmake.nb_run import NotebookRun

from bench.quality.results import write_report
from notebooks.workbench import Unusable, in_a_sentence
from tests.support.eventually import eventually
from tests.support.keepsake_process import KeepsakeProcess, keepsake, temporary_folder
from tests.support.quality_reports import made_up_recall

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
NAMES = ["follow_one_turn", "life_of_a_memory", "recall_quality", "rest_inspection"]
CELL_SECONDS = 180
LARGEST = 300_000  # bytes
MACHINE_PATH = re.compile(r"(?<![\w.:/>])/(?:root|home|Users|tmp|work|opt|var|usr|mnt|srv)/\w")
POINTERS = ("KEEPSAKE_URL", "KEEPSAKE_TOKEN", "KEEPSAKE_REPORT")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where everything that a notebook writes ends up."""
    with own_folder() as own:
        yield own


@dataclass(frozen=True)
class AllNotebooks:
    """Each notebook's run, begun or over, and the folder that they work in."""

    runs: dict[str, Future[Any]]
    folder: Path


@pytest.fixture(scope="module")
def notebooks() -> Iterator[AllNotebooks]:
    """All of them, two at a time: each waits for its servers about half of the time."""
    with own_folder() as own, ThreadPoolExecutor(2) as pool:
        slowest_first = sorted(NAMES, key=lambda name: name != "recall_quality")
        runs = {name: pool.submit(run, FOLDER / f"{name}.ipynb") for name in slowest_first}
        wait(runs.values())  # the environment is for them alone
        yield AllNotebooks(runs, own)


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder that notebooks think is all there is, and no word of any other Keepsake."""
    with temporary_folder() as own, pytest.MonkeyPatch.context() as environment:
        for name, value in {
            "TMPDIR": own / "run",
            "IPYTHONDIR": own / "ipython",
            "JUPYTER_RUNTIME_DIR": own / "jupyter",
            "PYTHONPATH": f"{ROOT}:{FOLDER}",
        }.items():
            environment.setenv(name, str(value))
        for name in POINTERS:
            environment.delenv(name, raising=False)
        (own / "run").mkdir(mode=0o711)
        try:
            yield own
        finally:  # of a test that failed
            for process in servers_in(own):
                process.kill()


def run(notebook: Path) -> Any:
    """The notebook with fresh outputs; fails with the failing cell's traceback."""
    result = NotebookRun(notebook, CELL_SECONDS).execute()
    assert result.error is None, result.error.trace
    return result.nb


def servers_in(folder: Path) -> list[psutil.Process]:
    """Processes that work in a folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()).is_relative_to(folder.resolve()):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def outputs_of(notebook: Any) -> list[Any]:
    return [output for cell in code_cells(notebook) for output in cell.outputs]


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def text_of(notebook: Any) -> str:
    """All that a reader sees: sources and outputs, pictures aside."""
    for output in outputs_of(notebook):
        output.get("data", {}).pop("image/png", None)
    return json.dumps(notebook, ensure_ascii=False)


def plots_in(notebook: Any) -> int:
    return sum("image/png" in output.get("data", {}) for output in outputs_of(notebook))


@pytest.mark.parametrize("name", NAMES)
def test_it_runs(name: str, notebooks: AllNotebooks) -> None:
    assert plots_in(notebooks.runs[name].result()) > 0


def test_they_leave_nothing_behind(notebooks: AllNotebooks) -> None:
    assert servers_in(notebooks.folder) == []
    assert list((notebooks.folder / "run").iterdir()) == []


async def test_a_kernel_that_ends_early_leaves_no_server_behind(folder: Path) -> None:
    notebook = nbformat.read(FOLDER / "life_of_a_memory.ipynb", as_version=4)
    opening = code_cells(notebook)[0]
    opening.source += "\nraise RuntimeError('the reader restarts the kernel here')"
    notebook.cells = [opening]
    nbformat.write(notebook, folder / "begun.ipynb")
    result = await asyncio.to_thread(NotebookRun(folder / "begun.ipynb", CELL_SECONDS).execute)
    assert result.error is not None
    assert "the reader restarts the kernel here" in result.error.summary
    await eventually(lambda: not servers_in(folder))


def test_recall_quality_draws_a_given_report(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_report(folder / "recall.json", made_up_recall(questions=3))
    monkeypatch.setenv("KEEPSAKE_REPORT", str(folder / "recall.json"))
    notebook = run(FOLDER / "recall_quality.ipynb")
    sets = 3
    curves_and_dots = 2 * sets
    assert plots_in(notebook) == curves_and_dots + len(["by category", "notes"])


@pytest.mark.parametrize(
    ("name", "variable", "value", "advice"),
    [
        ("recall_quality", "KEEPSAKE_REPORT", "nowhere.json", "nowhere.json: No such file"),
        ("rest_inspection", "KEEPSAKE_URL", "http://127.0.0.1:1", "No Keepsake answers at http"),
    ],
)
def test_what_a_reader_gave_wrongly_is_said_in_a_sentence(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    variable: str,
    value: str,
    advice: str,
) -> None:
    monkeypatch.setenv(variable, value)
    result = NotebookRun(FOLDER / f"{name}.ipynb", CELL_SECONDS).execute()
    (told,) = [each for each in outputs_of(result.nb) if each.output_type == "error"]
    assert len(told.traceback) == 1
    assert told.traceback[0].startswith(advice)
    assert f"{variable} to" in told.traceback[0]


@pytest.mark.parametrize(
    ("status", "advice"), [(401, "set KEEPSAKE_TOKEN"), (500, "answered http://x/y with 500: no")]
)
def test_a_refusal_is_said_in_a_sentence(status: int, advice: str) -> None:
    refusal = httpx.Response(status, text="no", request=httpx.Request("GET", "http://x/y"))
    with pytest.raises(Unusable, match=advice), in_a_sentence():
        refusal.raise_for_status()


async def test_rest_inspection_looks_at_a_given_server_and_writes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with keepsake() as server, signed_in(server) as api:
        await talk(api, "My dog is called Biscuit.")
        before = await everything(api)
        monkeypatch.setenv("KEEPSAKE_URL", server.url)
        monkeypatch.setenv("KEEPSAKE_TOKEN", api.headers["Authorization"].split()[1])
        notebook = await asyncio.to_thread(run, FOLDER / "rest_inspection.ipynb")
        assert await everything(api) == before
    assert "My dog is called Biscuit." in text_of(notebook)
    assert "relevance" in text_of(notebook)


def signed_in(server: KeepsakeProcess) -> httpx.AsyncClient:
    token = httpx.post(f"{server.url}/api/v1/auth/local").json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=f"{server.url}/api/v1", headers=headers, timeout=60)


async def talk(api: httpx.AsyncClient, text: str) -> None:
    """A first message, answered and formed into memory."""
    character = (await api.get("/characters")).json()["items"][0]["id"]
    room = (await api.post("/conversations", json={"characterId": character})).json()["id"]
    sent = await api.post(f"/conversations/{room}/messages", json={"content": text})
    assert sent.status_code == 201
    summary = f"/characters/{character}/memory/me/summary"

    async def formed() -> bool:
        return (await api.get(summary)).json()["pendingMessages"] == 0

    await eventually(formed)


async def everything(api: httpx.AsyncClient) -> list[Any]:
    """All conversations with their messages, and all memories."""
    rooms = (await api.get("/conversations")).json()["items"]
    found = [rooms]
    for room in rooms:
        found.append((await api.get(f"/conversations/{room['id']}/messages")).json()["items"])
        memory = (await api.get(f"/characters/{room['characterId']}/memory/me")).json()
        found.append(memory["longTermMemory"] + memory["shortTermMemory"])
    return found


# --- what is committed ---------------------------------------------------------------------------


def test_every_notebook_is_run() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_committed_with_the_outputs_of_one_run(name: str) -> None:
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    cells = code_cells(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert plots_in(notebook) > 0


@pytest.mark.parametrize("name", NAMES)
def test_its_outputs_hold_no_log_error_or_machine_path(name: str) -> None:
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    kinds = {output.get("name", output.output_type) for output in outputs_of(notebook)}
    assert kinds <= {"stdout", "display_data", "execute_result"}
    assert MACHINE_PATH.findall(text_of(notebook)) == []


@pytest.mark.parametrize("name", NAMES)
def test_it_is_small(name: str) -> None:
    assert (FOLDER / f"{name}.ipynb").stat().st_size < LARGEST


@pytest.mark.parametrize("text", ["at /tmp/x", "'/home/ada/keepsake'", '"/Users/a/b"'])
def test_a_machine_path_is_found(text: str) -> None:
    assert MACHINE_PATH.search(text)


@pytest.mark.parametrize("text", ["/characters/1/memory/me", "http://a/var/x", "<br>/usr"])
def test_a_path_of_the_api_is_none(text: str) -> None:
    assert not MACHINE_PATH.search(text)
