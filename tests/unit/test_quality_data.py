"""Conversations in the plain format: what is read, and what is refused before anything starts."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.errors import InvalidRequest
from bench.quality.dataset import MarkedConversation, read_data


def a_message(name: Any = "m1", **changes: Any) -> dict[str, Any]:
    said = {"senderType": "user", "content": "Hi", "createdAt": "2026-03-02T18:30:00Z"}
    return {"id": name} | said | changes


def a_question(**changes: Any) -> dict[str, Any]:
    return {"question": "Who?", "category": "facts", "evidence": ["m1"], "answer": "Ana"} | changes


def a_record(**changes: Any) -> dict[str, Any]:
    record = {"set": "own", "id": "chat-1", "user": "Ana", "character": "Mara"}
    return record | {"messages": [a_message()], "questions": [a_question()]} | changes


def write(path: Path, *records: Any) -> Path:
    path.write_text("\n".join(json.dumps(record) for record in records))
    return path


def read(tmp_path: Path, *records: Any) -> list[MarkedConversation]:
    return read_data([write(tmp_path / "data.jsonl", *records)])


def refusal(tmp_path: Path, *records: Any) -> str:
    with pytest.raises(InvalidRequest) as refused:
        read(tmp_path, *records)
    return refused.value.message


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"messages": [a_message(content=7)]}, "messages.0.content: should be text"),
        ({"messages": [a_message(content="a\0")]}, "messages.0.content: has a NUL"),
        ({"messages": [a_message(content=" ")]}, "messages: none of them says anything"),
        ({"messages": [a_message(senderType="bot")]}, "messages.0.senderType: Input should be 'us"),
        ({"messages": [a_message(createdAt="2026-03-02T18:30:00")]}, "createdAt: has no zone"),
        ({"messages": [a_message(createdAt="soon")]}, "messages.0.createdAt: Input should be"),
        ({"messages": [a_message(None)]}, "messages.0.id: should be text"),
        ({"messages": []}, "messages: is empty"),
        ({"messages": [a_message(), a_message()]}, "messages.1.id: messages.0 has the id 'm1'"),
        ({"questions": [a_question(evidence="m1")]}, "questions.0.evidence: should be a list"),
        ({"questions": [{"question": "Who?"}]}, "questions.0.category: is missing"),
    ],
)
def test_a_mistake_is_named_with_its_line_conversation_and_field(
    tmp_path: Path, changes: dict[str, Any], complaint: str
) -> None:
    reason = refusal(tmp_path, a_record(id="sound"), a_record(**changes))
    assert (
        f"{tmp_path / 'data.jsonl'}, line 2 isn't in the format: conversation 'chat-1', " in reason
    )
    assert complaint in reason


@pytest.mark.parametrize("record", [[a_record()], 7, "chat"])
def test_a_line_that_is_no_object_is_refused(tmp_path: Path, record: Any) -> None:
    assert "line 1 isn't in the format: " in refusal(tmp_path, record)


def test_ids_may_be_numbers_and_are_one_with_their_text(tmp_path: Path) -> None:
    questions = [a_question(evidence=[1]), a_question(evidence=["1"])]
    (found,) = read(tmp_path, a_record(id=5, messages=[a_message(1)], questions=questions))
    assert found.name == "own/5"
    assert [each.evidence for each in found.questions] == [{"1"}, {"1"}]


def test_a_message_that_says_nothing_is_left_out_and_told(tmp_path: Path) -> None:
    messages = [a_message(), a_message("m2", content=" ")]
    questions = [a_question(evidence=["m1", "m2"]), a_question(evidence=["m2"])]
    (found,) = read(tmp_path, a_record(messages=messages, questions=questions))
    assert [message.client_message_id for message in found.messages] == ["m1"]
    assert [each.evidence for each in found.questions] == [{"m1"}]
    assert found.left_out == 1
    assert found.warnings == ("Messages left out for want of text: 1 (m2)",)


def test_evidence_that_names_no_message_is_left_out_and_told(tmp_path: Path) -> None:
    questions = [a_question(evidence=["m1", "m9"]), a_question(evidence=["m8"])]
    (found,) = read(tmp_path, a_record(questions=questions))
    assert [each.evidence for each in found.questions] == [{"m1"}]
    assert found.left_out == 1
    assert found.warnings == ("Evidence that names no message, left out: 2 (m8, m9)",)


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text(json.dumps(a_record()), encoding="utf-8-sig")
    assert [each.name for each in read_data([path])] == ["own/chat-1"]


def test_a_conversation_that_is_there_twice_is_refused_with_both_places(tmp_path: Path) -> None:
    reason = refusal(tmp_path, a_record(), a_record())
    assert "data.jsonl, line 1, and" in reason
    assert "data.jsonl, line 2." in reason
    first = write(tmp_path / "first.jsonl", a_record())
    with pytest.raises(InvalidRequest, match=r"own/chat-1 .*first\.jsonl.*second\.jsonl"):
        read_data([first, write(tmp_path / "second.jsonl", a_record())])


@pytest.mark.parametrize("question", [a_question(evidence=[]), a_question(category="adversarial")])
def test_data_with_nothing_to_measure_is_refused(tmp_path: Path, question: Any) -> None:
    assert "nothing to measure" in refusal(tmp_path, a_record(questions=[question]))


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_an_empty_file_is_refused(tmp_path: Path, text: str) -> None:
    for name in ("data.jsonl", "data.json"):
        (tmp_path / name).write_text(text)
        with pytest.raises(InvalidRequest, match=f"{name} is empty"):
            read_data([tmp_path / name])


def test_a_record_over_many_lines_is_refused_with_a_hint(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text(json.dumps(a_record(), indent=1))
    with pytest.raises(InvalidRequest, match=r"line 1 isn't JSON.*Each line is one JSON object"):
        read_data([path])
