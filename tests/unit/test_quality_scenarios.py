"""Stories: what the loader refuses, and that ours are sound and as many as promised."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from backend.errors import InvalidRequest
from bench.quality.matching import Expectation, disagreement, has_keys
from bench.quality.scenarios import Story, read_scenarios

STORY: dict[str, Any] = {
    "id": "a-story",
    "split": "dev",
    "language": "en",
    "tests": ["update"],
    "users": {"ana": {"name": "Ana"}},
    "characters": {"mara": {"name": "Mara"}},
    "timeline": [
        {"at": "2026-03-02T18:30:00Z", "messages": [["m1", "user", "I live in Rome."]]},
        {"at": "2026-04-02T18:30:00Z", "messages": [["m2", "user", "I moved to Oslo."]]},
        {"forget": "f2"},
    ],
    "facts": [
        {"id": "f1", "text": "Ana lives in Rome.", "keys": ["Rome"], "sources": ["m1"]},
        {"id": "f2", "text": "Ana lives in Oslo.", "keys": ["Oslo"], "sources": ["m2"]},
    ],
    "questions": [{"ask": "Where do I live?", "expects": ["f2"], "mustNotRecall": ["f1"]}],
}


def read(tmp_path: Path, *stories: dict[str, Any], split: str = "all") -> list[Story]:
    lines = "\n".join(json.dumps(story) for story in stories)
    (tmp_path / "stories.jsonl").write_text(lines)
    return read_scenarios(tmp_path, split)


def test_a_story_of_one_pair_names_it_everywhere(tmp_path: Path) -> None:
    (story,) = read(tmp_path, STORY)
    pairs = {item.pair for item in (*story.sessions, *story.facts, *story.questions)}
    assert pairs == {("ana", "mara")}


def test_messages_keep_their_ids_and_follow_each_other(tmp_path: Path) -> None:
    two = [["m1", "user", "Hi"], ["m2", "character", "Hello"]]
    session = {"at": "2026-03-02T20:30:00+02:00", "messages": two}
    changes = {"timeline": [session], "facts": [], "questions": []}
    (story,) = read(tmp_path, STORY | changes)
    first, second = story.sessions[0].imported
    assert (first.client_message_id, second.client_message_id) == ("m1", "m2")
    assert first.created_at.isoformat() == "2026-03-02T18:30:00+00:00"
    assert second.created_at > first.created_at


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"questions": [{"ask": "?", "expects": ["f9"]}]}, "no such fact: 'f9'"),
        ({"questions": [{"ask": "?", "evidence": ["m9"]}]}, "no such message: 'm9'"),
        ({"questions": [{"ask": "?", "user": "tom"}]}, "no such user and character"),
        ({"facts": [*STORY["facts"], STORY["facts"][0]]}, "two facts or traps"),
        ({"facts": [STORY["facts"][0] | {"keys": []}]}, "keys"),
        ({"facts": [STORY["facts"][0] | {"evnetDate": "2026"}]}, "evnetDate"),
        ({"facts": [STORY["facts"][0] | {"eventDate": "last week"}]}, "eventDate"),
        ({"timeline": STORY["timeline"][1::-1]}, "out of order"),
        ({"tests": ["telepathy"]}, "tests"),
        ({"timeline": []}, "timeline"),
        ({"users": {"ana": {"name": "Ana", "timeZone": "Madrid"}}}, "no time zone 'Madrid'"),
        ({"facts": [STORY["facts"][0] | {"keys": ["Roma"]}]}, "the keys of 'f1' don't all occur"),
    ],
)
def test_a_story_with_a_fault_is_refused(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InvalidRequest, match="line 2") as refused:
        read(tmp_path, STORY, STORY | {"id": "another"} | change)
    assert reason in str(refused.value)
    assert "story 'another'" in str(refused.value)


@pytest.mark.parametrize(
    ("step", "complaint"),
    [
        (
            {"at": "2026-03-02T18:30:00", "messages": [["m1", "user", "Hi"]]},
            "at: has no zone; write 2026-03-02T18:30:00Z or …+01:00",
        ),
        ({"at": "2026-03-02T18:30:00Z"}, "messages: is missing"),
        ({"at": "2026-03-02T18:30:00Z", "messages": [["m1", "user"]]}, "messages.0.2: is missing"),
        ({"forget": 7}, "forget: should be text"),
        ({"forget": "f1", "at": "now"}, "at: there is no such field"),
        ({"forgetEverything": {"usr": "ana"}}, "forgetEverything.usr: there is no such field"),
        ("m1", "should be a JSON object"),
    ],
)
def test_one_mistake_in_the_timeline_gives_one_complaint(
    tmp_path: Path, step: Any, complaint: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read(tmp_path, STORY | {"timeline": [step]})
    where = "timeline.0: " if step == "m1" else "timeline.0."
    place = f"{tmp_path / 'stories.jsonl'}, line 1, story 'a-story': "
    assert refused.value.message == f"{place}{where}{complaint}"


def test_a_label_may_have_its_keys_in_other_words_alone(tmp_path: Path) -> None:
    label = STORY["facts"][0] | {"keys": ["Roma"], "otherWords": ["Ana lives in Roma."]}
    (story,) = read(tmp_path, STORY | {"facts": [label, STORY["facts"][1]]})
    assert story.facts[0].keys == ("Roma",)


def test_a_line_that_is_no_story_is_refused(tmp_path: Path) -> None:
    (tmp_path / "stories.jsonl").write_text("[1]")
    with pytest.raises(InvalidRequest, match=r"line 1: should be a JSON object"):
        read_scenarios(tmp_path)


def test_a_split_without_stories_is_refused_and_says_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"of the split test in .*: 1 of dev"):
        read(tmp_path, STORY, split="test")


def test_a_byte_order_mark_is_no_part_of_a_story(tmp_path: Path) -> None:
    (tmp_path / "stories.jsonl").write_text(json.dumps(STORY), encoding="utf-8-sig")
    assert [story.id for story in read_scenarios(tmp_path)] == ["a-story"]


def test_broken_lines_doubled_ids_and_empty_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="no stories"):
        read_scenarios(tmp_path)
    with pytest.raises(InvalidRequest, match=r"same id: a-story; .*line 1, and .*line 2"):
        read(tmp_path, STORY, STORY)
    (tmp_path / "stories.jsonl").write_text("{")
    with pytest.raises(InvalidRequest, match="line 1"):
        read_scenarios(tmp_path)
    with pytest.raises(InvalidRequest, match="no split 'tset'"):
        read_scenarios(tmp_path, "tset")


def test_there_are_enough_stories_of_every_kind() -> None:
    stories = read_scenarios()
    assert len(stories) >= 120
    assert sum(story.language != "en" for story in stories) >= len(stories) / 5
    for split in ("dev", "test"):
        kinds = Counter(test for story in read_scenarios(split=split) for test in story.tests)
        assert len(kinds) == 17
        assert min(kinds.values()) >= 2


@pytest.mark.parametrize("story", read_scenarios(), ids=lambda story: story.id)
def test_labels_agree_with_themselves(story: Story) -> None:
    """Each wording of a label has its keys and says the label; a trap is no fact's wording."""
    for item in story.statements.values():
        said = {name: text for s in story.sessions for name, _, text in s.messages}
        source = " ".join(said[name] for name in item.sources)
        label = Expectation(item.wordings, item.keys, source)
        for wording in item.wordings:
            assert has_keys(label, wording), (item.id, wording)
            alike = [1.0 if wording == other else 0.0 for other in item.wordings]
            assert disagreement(label, wording, alike, 0.9) is None, (item.id, wording)
