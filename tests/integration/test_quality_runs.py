"""`keepsake eval` on the real path: stories and conversations small enough to know the outcome."""

import json
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from rich.console import Console

from backend.errors import InvalidRequest
from backend.settings import Settings
from bench.quality.out_files import OutFiles
from bench.quality.parts import Part
from bench.quality.results import KEEPSAKE, Report, Unit, read_report
from bench.quality.run import Run, run_recall, run_scenarios
from bench.quality.scenarios import Story
from bench.quality.statistics import value
from tests.support.eventually import eventually
from tests.support.keepsake_process import launched, run_keepsake

SETTINGS = Settings(_env_file=None, llm_provider="offline", groq_api_key=None)


def a_run(tmp_path: Path) -> Run:
    out = tmp_path / "report.json"
    return Run("keepsake eval", SETTINGS, out, seed=0, console=Console(quiet=True))


def a_story(name: str, **changes: Any) -> Story:
    data = {
        "id": name,
        "split": "dev",
        "language": "en",
        "tests": ["extraction"],
        "users": {"ana": {"name": "Ana"}},
        "characters": {"mara": {"name": "Mara"}},
        "timeline": [
            {
                "at": "2026-03-02T18:30:00Z",
                "messages": [
                    ["m1", "user", "My dog is called Biscuit."],
                    ["m2", "character", "What a good name!"],
                ],
            }
        ],
        "facts": [
            {
                "id": "f1",
                "text": "Ana's dog is called Biscuit.",
                "keys": ["Biscuit", "dog"],
                "sources": ["m1"],
            }
        ],
        "questions": [{"ask": "What is my dog's name?", "expects": ["f1"]}],
    }
    return Story.model_validate(data | changes)


def of(report: Report, measure: str, system: str = KEEPSAKE, *, story: str = "") -> float | None:
    counted = report.measures[measure].unit == "count"
    units = [unit for unit in report.units if unit.id.startswith(story)]
    return value(units, system, measure, counted=counted)


WRONG = {"id": "f1", "text": "Ana's dog is called Pickle.", "keys": ["Pickle", "dog"]}
TWO = {"ana": {"name": "Ana"}, "tom": {"name": "Tom"}}


def forgotten() -> Story:
    """Ana's dog, forgotten; then Ana and Tom ask."""
    dog = a_story("dog")
    asked = {"ask": "What is my dog's name?", "character": "mara", "mustNotRecall": ["f1"]}
    return a_story(
        "forgotten",
        tests=["forget"],
        users=TWO,
        timeline=[dog.sessions[0].model_dump(mode="json"), {"forget": "f1"}],
        facts=[dog.facts[0].model_dump(by_alias=True)],
        questions=[asked | {"user": who} for who in TWO],
    )


@pytest_asyncio.fixture(scope="module")
async def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    folder = tmp_path_factory.mktemp("quality")
    stories = [a_story("dog"), a_story("other dog", facts=[WRONG]), forgotten()]
    return folder, await run_scenarios(a_run(folder), stories)


def test_a_story_is_played_and_scored(played: tuple[Path, Report]) -> None:
    folder, report = played
    assert [of(report, name, story="dog") for name in ("precision", "recall", "F1")] == [1, 1, 1]
    assert of(report, "false memories", story="dog") == 0
    assert of(report, "answers@3", story="dog") == 1
    assert report.extra["matcher"]["heldOutPairs"] > 100
    assert report.latency["recall"].count == 4
    assert read_report(folder / "report.json") == report
    assert "<html" in (folder / "report.html").read_text()
    assert not (folder / "report.parts.jsonl").exists()


def test_what_is_wrong_and_on_the_topic_scores_as_wrong(played: tuple[Path, Report]) -> None:
    _, report = played
    measures = ("precision", "recall", "answers", "false memories")
    assert [of(report, name, story="other dog") for name in measures] == [0, 0, 0, 1]
    unit = report.units[1]
    assert any("not stored: Ana's dog is called Pickle." in note for note in unit.notes)
    assert any("Biscuit" in note for note in unit.notes)


def test_what_was_forgotten_is_gone_and_nobody_is_told_of_another(
    played: tuple[Path, Report],
) -> None:
    _, report = played
    assert of(report, "recall", story="forgotten") == 1
    assert (of(report, "residue"), of(report, "leaks")) == (0, 0)
    assert of(report, "residue", "verbatim") == 1


async def test_a_run_that_was_cut_off_goes_on_where_it_was(tmp_path: Path) -> None:
    run, stories = a_run(tmp_path), [a_story("first"), a_story("second")]
    done = Part("first", (Unit("first", "en", "first", "extraction", "kept", ("kept",), {}),))
    run.parts("scenarios", stories).add(done)
    with (tmp_path / "report.parts.jsonl").open("a") as file:
        file.write('{"name": "second", "uni')  # the crash came in the middle of a line
    report = await run_scenarios(run, stories)
    first, second = report.units
    assert (first.id, first.notes) == ("first", ("kept",))
    assert second.scores[KEEPSAKE]["recall"] == (1, 1)


def test_results_of_another_run_are_not_taken_over(tmp_path: Path) -> None:
    run = a_run(tmp_path)
    run.parts("scenarios", [a_story("first")]).add(Part("first"))
    assert run.parts("scenarios", [a_story("first")]).done.keys() == {"first"}
    stricter = SETTINGS.model_copy(update={"fact_extraction_threshold": 0.9})
    assert not replace(run, settings=stricter).parts("scenarios", [a_story("first")]).done
    assert not run.parts("scenarios", [a_story("second")]).done


def conversation(**changes: Any) -> dict[str, Any]:
    said = ["My dog is called Biscuit.", "Good name!", "I live in Leeds.", "I live in York now."]
    messages = [
        {
            "id": f"m{day}",
            "senderType": "character" if day == 2 else "user",
            "speaker": "Mara" if day == 2 else "Ana",
            "content": text,
            "createdAt": f"2026-03-0{day}T10:00:00Z",
        }
        for day, text in enumerate(said, start=1)
    ]
    questions = [
        {"question": "What is Ana's dog called?", "category": "4", "evidence": ["m1"]},
        {
            "question": "Where does Ana live?",
            "category": "knowledge_update",
            "evidence": ["m3", "m4"],
        },
        {"question": "What is Ana's car?", "category": "5", "evidence": ["m1"]},
        {"question": "How old is Ana?", "category": "4", "evidence": []},
    ]
    return {
        "set": "ours",
        "id": "one",
        "user": "Ana",
        "character": "Mara",
        "messages": messages,
        "questions": questions,
    } | changes


async def test_evidence_is_found_beside_its_neighbours(tmp_path: Path) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text(json.dumps(conversation()))
    report = await run_recall(a_run(tmp_path), [data])
    assert [unit.category for unit in report.units] == ["4", "knowledge update"]
    assert of(report, "R@10") == 1
    assert report.extra["questions left out"] == 2
    for system in ("dense", "bm25"):
        assert of(report, "R@10", system) == 1
    assert of(report, "R@1000t", "full history") == 1
    assert of(report, "R@10", "last-k") == 1
    assert of(report, "newer first") is not None


async def test_what_can_t_be_run_is_refused_before_anything_starts(tmp_path: Path) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text(json.dumps(conversation()))
    run = a_run(tmp_path)
    with pytest.raises(InvalidRequest, match=r"--out .* would overwrite .*data\.jsonl"):
        await run_recall(replace(run, out=data), [data])
    with pytest.raises(InvalidRequest, match="no peer 'mem1'"):
        await run_recall(run, [data], peer="mem1")
    with pytest.raises(InvalidRequest, match="no question of the data has an `answer`"):
        await run_recall(run, [data], judge=True)
    data.write_text(json.dumps(conversation(messages=[{"id": "m1"}])))
    with pytest.raises(InvalidRequest, match=r"data\.jsonl, line 1"):
        await run_recall(run, [data])
    assert not run.files.parts.exists()


async def test_ctrl_c_says_that_the_same_command_goes_on_and_it_does(tmp_path: Path) -> None:
    """In two processes, whose sets and dictionaries of texts have different orders."""
    many = [
        {"question": f"{n}?", "category": "4", "evidence": ["m1", "m3", "m4"]} for n in range(100)
    ]
    data = tmp_path / "data.jsonl"
    data.write_text(
        "\n".join(map(json.dumps, [conversation(), conversation(id="b", questions=many)]))
    )
    out = tmp_path / "out" / "report.json"
    command = ("eval", "recall", "--data", str(data), "--out", str(out), "--no-texts")
    settings = {"EMBEDDING_MODEL": "hashing", "LLM_PROVIDER": "offline"}
    parts = OutFiles(out).parts
    async with launched(*command, **settings, PYTHONHASHSEED=1) as first:
        await first.launch()
        await eventually(
            lambda: parts.exists() and len(parts.read_text().splitlines()) == 2, within=60
        )
        first.interrupt_group()
        assert await first.wait() == 130
        assert first.log().splitlines()[-1] == "Interrupted; the same command goes on from here."
        assert "Traceback" not in first.log()
    second = await run_keepsake(*command, **settings, PYTHONHASHSEED=2)
    assert second.status == 0, second.errors
    assert "Going on: 1 of 2 done." in second.errors
    assert "access_granted" not in second.errors
    assert second.output.startswith("102 questions in 2 conversations")
    assert "Within so many items" not in second.errors
    report = read_report(out)
    assert report.command == f"keepsake {shlex.join(command)}"
    assert report.extra["data"]["files"] == ["data.jsonl"]
    assert {unit.label for unit in report.units} == {""}


@pytest.mark.parametrize(
    ("provider", "model"), [("groq", "a-small-one"), ("openai", "another"), ("offline", None)]
)
def test_a_run_names_the_model_that_forms_memories(
    tmp_path: Path, provider: str, model: str | None
) -> None:
    named = {"llm_provider": provider, "groq_memory_model": "a-small-one", "llm_model": "another"}
    run = replace(a_run(tmp_path), settings=Settings(_env_file=None, groq_api_key="x", **named))
    assert run.described["memoryModel"] == model
