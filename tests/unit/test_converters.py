"""Research sets in their own layouts become plain conversations. All data here is made up."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backend.errors import InvalidRequest
from bench.quality.dataset import (
    MarkedConversation,
    Question,
    category_label,
    read_conversations,
)


def a_turn(name: str, speaker: str, text: str, **more: Any) -> dict[str, Any]:
    return {"dia_id": name, "speaker": speaker, "text": text} | more


def a_sample(*asked: dict[str, Any], **conversation: Any) -> dict[str, Any]:
    return {
        "sample_id": "conv-1",
        "qa": list(asked),
        "conversation": {
            "speaker_a": "Ben",
            "speaker_b": "Ann",
            "session_1_date_time": "1:56 pm on 8 May, 2023",
            "session_1": [
                a_turn("D1:1", "Ann", "I sold the canoe."),
                a_turn("D1:2", "Ben", "To whom?", blip_caption="a red canoe"),
            ],
        }
        | conversation,
    }


def asked(*evidence: str, category: int = 4, **more: Any) -> dict[str, Any]:
    return {"question": "What was sold?", "category": category, "evidence": list(evidence)} | more


def a_chat(*turns: tuple[str, str, str, str], qa: list[dict[str, Any]] | None = None) -> Any:
    """A REALTALK chat of one session; a turn is (id, speaker, time, text)."""
    said = [
        {"dia_id": name, "speaker": speaker, "date_time": time, "clean_text": text}
        for name, speaker, time, text in turns
    ]
    return {
        "name": {"speaker_1": "Ida", "speaker_2": "Tom"},
        "session_1_date_time": "29.12.2023, 00:51:12",
        "session_1": said,
        "events_session_1": {"agent_a": []},
        "qa": qa or [],
    }


def write(path: Path, data: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(data if isinstance(data, str) else json.dumps(data, indent=1))
    return path


def write_beam(folder: Path, batches: list[Any], questions: dict[str, Any]) -> Path:
    write(folder / "probing_questions" / "probing_questions.json", questions)
    return write(folder / "chat.json", batches)


def a_batch(anchor: str | None, *messages: tuple[int, str, str]) -> dict[str, Any]:
    said: list[dict[str, Any]] = [
        {"id": key, "role": role, "content": text} for key, role, text in messages
    ]
    if anchor:
        said[0]["time_anchor"] = anchor
    return {"batch_number": 1, "turns": [said[:2], said[2:]], "time_anchor": None}


def only(path: Path) -> MarkedConversation:
    [conversation] = read_conversations(path)
    return conversation


def said_in(conversation: MarkedConversation) -> list[tuple[str | None, str, str]]:
    return [(m.client_message_id, m.sender_type, m.content) for m in conversation.messages]


def times_of(conversation: MarkedConversation) -> list[datetime]:
    return [message.created_at for message in conversation.messages]


def test_locomo_turns_become_messages_with_their_session_s_time(tmp_path: Path) -> None:
    found = only(write(tmp_path / "locomo10.json", [a_sample(asked("D1:1"))]))
    assert (found.set_name, found.id, found.user, found.character) == (
        "locomo",
        "conv-1",
        "Ann",  # who spoke first
        "Ben",
    )
    assert said_in(found) == [
        ("D1:1", "user", "I sold the canoe."),
        ("D1:2", "character", "To whom? [shares a photo: a red canoe]"),
    ]
    assert times_of(found) == [
        datetime(2023, 5, 8, 13, 56, 0, tzinfo=UTC),
        datetime(2023, 5, 8, 13, 56, 40, tzinfo=UTC),
    ]


def test_locomo_sessions_come_by_number_and_dates_without_turns_are_none(tmp_path: Path) -> None:
    sample = a_sample(
        session_10_date_time="12:05 am on 2 January, 2024",
        session_10=[a_turn("D10:1", "Ben", "Happy new year!")],
        session_2_date_time="9:00 am on 9 May, 2023",
        session_2=[a_turn("D2:1", "Ben", "Morning.")],
        session_11_date_time="9:00 am on 3 January, 2024",
    )
    found = only(write(tmp_path / "locomo10.json", [sample]))
    assert [name for name, *_ in said_in(found)] == ["D1:1", "D1:2", "D2:1", "D10:1"]
    assert times_of(found)[-1] == datetime(2024, 1, 2, 0, 5, tzinfo=UTC)


def test_locomo_categories_stay_and_answers_become_text(tmp_path: Path) -> None:
    sample = a_sample(
        asked("D1:1", category=2, answer=2022),
        asked("D1:2", category=1, answer="a canoe"),
        asked("D1:1", category=5, adversarial_answer="a kayak"),
        asked(category=3, answer="nobody knows"),
    )
    found = only(write(tmp_path / "locomo10.json", [sample]))
    assert found.questions == (
        Question("What was sold?", "2", frozenset({"D1:1"}), "2022"),
        Question("What was sold?", "1", frozenset({"D1:2"}), "a canoe"),
    )
    assert found.left_out == 2
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("D1:1; D1:2", {"D1:1", "D1:2"}),
        ("D1:1 D1:2", {"D1:1", "D1:2"}),
        ("(D1:1), D1:2", {"D1:1", "D1:2"}),
        ("D:1:2", {"D1:2"}),
        ("D1:02", {"D1:2"}),
        ("D1:2.", {"D1:2"}),
        ("D1:1-D1:2", {"D1:1", "D1:2"}),
        ("D1:1 - 2", {"D1:1", "D1:2"}),
        ("D1:2-D2:1", {"D1:2", "D2:1"}),
    ],
)
def test_a_clear_slip_in_the_evidence_is_repaired(
    tmp_path: Path, written: str, read: set[str]
) -> None:
    sample = a_sample(
        asked(written),
        session_2_date_time="9:00 am on 9 May, 2023",
        session_2=[a_turn("D2:1", "Ben", "Morning.")],
    )
    found = only(write(tmp_path / "locomo10.json", [sample]))
    assert found.questions[0].evidence == read
    assert found.warnings == (f"Evidence repaired: 1 ({written})",)


@pytest.mark.parametrize(
    ("written", "lost"),
    [("D", "D"), ("D1:19", "D1:19"), ("see the top", "see the top"), ("D1:19?", "D1:19, ?")],
)
def test_evidence_that_points_to_no_message_is_left_out_and_told(
    tmp_path: Path, written: str, lost: str
) -> None:
    sample = a_sample(asked("D1:1", written), asked(written))
    found = only(write(tmp_path / "locomo10.json", [sample]))
    assert [question.evidence for question in found.questions] == [frozenset({"D1:1"})]
    assert found.left_out == 1
    assert found.warnings == (
        f"Evidence left out since it points to no message: {2 * (1 + lost.count(','))}"
        f" ({lost}, {lost})",
    )


def test_a_realtalk_chat_has_times_of_its_own(tmp_path: Path) -> None:
    chat = a_chat(
        ("D1:1", "Tom", "29.12.2023, 00:51:12", "Morning!"),
        ("D1:2", "Ida", "29.12.2023, 08:00:00", "Slept long?"),
        ("D1:3", "Tom", "29.12.2023, 07:59:59", ""),
        ("D1:4", "Tom", "29.12.2023, 07:00:00", "I went for a run."),
        qa=[asked("D1:4", "D1:3", category=2, answer="29 December")],
    )
    found = only(write(tmp_path / "Chat_7_Tom_Ida.json", chat))
    assert (found.set_name, found.id) == ("realtalk", "Chat_7_Tom_Ida")
    assert said_in(found) == [
        ("D1:1", "user", "Morning!"),
        ("D1:4", "user", "I went for a run."),
        ("D1:2", "character", "Slept long?"),
    ]
    assert times_of(found)[0] == datetime(2023, 12, 29, 0, 51, 12, tzinfo=UTC)
    assert found.questions == (Question("What was sold?", "2", frozenset({"D1:4"}), "29 December"),)
    assert found.warnings == (
        "Messages left out for want of text: 1 (D1:3)",
        "Evidence left out since it points to no message: 1 (D1:3)",
    )


def test_a_realtalk_photo_is_told_by_its_caption(tmp_path: Path) -> None:
    chat = a_chat(("D1:1", "Tom", "29.12.2023, 00:51:12", ""))
    chat["session_1"][0]["blip_caption"] = "a cat on a wall"
    found = only(write(tmp_path / "Chat_1_Tom_Ida.json", chat))
    assert said_in(found) == [("D1:1", "user", "[shares a photo: a cat on a wall]")]


def test_a_beam_batch_begins_at_midnight_of_its_day(tmp_path: Path) -> None:
    batches = [
        a_batch(
            "March-15-2024",
            (0, "user", "Plan my week. ->-> 1,12"),
            (1, "assistant", "Gladly:\n\n- rest"),
            (2, "user", "More?"),
        ),
        a_batch("April-05-2024", (3, "user", "I use `a ->-> b` now. ->-> 2,1")),
        a_batch(None, (4, "assistant", "Noted.")),
    ]
    found = only(write_beam(tmp_path / "3", batches, {}))
    assert (found.set_name, found.id, found.user, found.character) == (
        "beam",
        "beam-3",
        "User",
        "Assistant",
    )
    assert said_in(found) == [
        ("0", "user", "Plan my week."),
        ("1", "character", "Gladly:\n\n- rest"),
        ("2", "user", "More?"),
        ("3", "user", "I use `a ->-> b` now."),
        ("4", "character", "Noted."),
    ]
    assert times_of(found) == [
        datetime(2024, 3, 15, 0, 0, 0, tzinfo=UTC),
        datetime(2024, 3, 15, 0, 0, 40, tzinfo=UTC),
        datetime(2024, 3, 15, 0, 1, 20, tzinfo=UTC),
        datetime(2024, 4, 5, 0, 0, 0, tzinfo=UTC),
        datetime(2024, 4, 5, 0, 0, 40, tzinfo=UTC),
    ]


def test_beam_evidence_is_read_from_lists_and_from_named_lists(tmp_path: Path) -> None:
    batches = [a_batch("March-15-2024", (0, "user", "A"), (1, "assistant", "B"), (2, "user", "C"))]
    questions = {
        "abstention": [{"question": "Q0", "ideal_response": "Nothing was said."}],
        "contradiction_resolution": [
            {
                "question": "Q1",
                "ideal_answer": "Both were said.",
                "source_chat_ids": {"first_statement": [2], "second_statement": [0, 2]},
            }
        ],
        "instruction_following": [{"question": "Q2", "source_chat_ids": [1, 1]}],
        "summarization": [{"question": "Q3", "ideal_summary": "In short", "source_chat_ids": [9]}],
    }
    found = only(write_beam(tmp_path / "1", batches, questions))
    assert found.questions == (
        Question("Q1", "contradiction_resolution", frozenset({"0", "2"}), "Both were said."),
        Question("Q2", "instruction_following", frozenset({"1"}), None),
    )
    assert found.left_out == 2
    assert found.warnings == ("Evidence left out since it points to no message: 1 (9)",)


def test_a_folder_gives_all_its_conversations_by_number(tmp_path: Path) -> None:
    for number in (10, 2):
        write_beam(tmp_path / str(number), [a_batch("March-15-2024", (0, "user", "Hi"))], {})
    assert [each.id for each in read_conversations(tmp_path)] == ["beam-2", "beam-10"]
    write(tmp_path / "2" / "other.json", {"no": "conversation"})
    assert only(tmp_path / "2").id == "beam-2"


def test_plain_lines_are_known_by_their_content(tmp_path: Path) -> None:
    record = {
        "set": "own",
        "id": "one",
        "user": "Ann",
        "character": "Mara",
        "messages": [
            {"id": "a", "senderType": "user", "content": "Hi", "createdAt": "2024-01-01T10:00:00Z"}
        ],
        "questions": [
            {"question": "Who?", "category": "easy", "evidence": ["a"], "answer": "Ann"},
            {"question": "Why?", "category": "abstention", "evidence": []},
            {"question": "What?", "category": "adversarial", "evidence": ["a"], "answer": None},
        ],
    }
    other = record | {"id": "two"}
    path = write(tmp_path / "own.json", f"{json.dumps(record)}\n\n{json.dumps(other)}\n")
    first, second = read_conversations(path)
    assert (first.name, second.name) == ("own/one", "own/two")
    assert first.questions == (Question("Who?", "easy", frozenset({"a"}), "Ann"),)
    assert first.left_out == 2


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("locomo10.json", '[{"a": 1}', "isn't JSON"),
        ("locomo10.json", [{"some": "list"}], "none of the known layouts"),
        ("locomo10.json", {"a": 1}, "none of the known layouts"),
        ("locomo10.json", [{"conversation": {}, "qa": []}], "0.sample_id: Field required"),
        ("locomo10.json", [a_sample(session_1=[])], "conv-1 has no messages"),
        ("locomo10.json", [a_sample(session_1="Hi")], "valid list"),
        ("locomo10.json", [a_sample(session_1_date_time="May 8")], "'May 8' does not match"),
        ("locomo10.json", [a_sample(session_3=[])], "conv-1 lacks session_3_date_time"),
        ("Chat_1.json", a_chat(("D1:1", "Tom", "yesterday", "Hi")), "session_1.0.date_time: time"),
        (
            "Chat_1.json",
            {"session_2": [{"speaker": "Tom", "dia_id": "D2:1"}], "qa": []},
            "session_2.0.date_time: Field required",
        ),
        ("own.json", [{"messages": []}], "write each conversation as one JSON object a line"),
        ("plain.jsonl", "\n[1]\n", "line 2 isn't in the format"),
        ("plain.jsonl", "{\n", "line 1 isn't JSON"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(
    tmp_path: Path, name: str, content: Any, complaint: str
) -> None:
    path = write(tmp_path / name, content)
    with pytest.raises(InvalidRequest) as caught:
        list(read_conversations(path))
    assert str(path) in caught.value.message
    assert complaint in caught.value.message


@pytest.mark.parametrize(
    ("batches", "questions", "complaint"),
    [
        ([a_batch(None, (0, "user", "Hi"))], {}, "the first batch has no time_anchor"),
        ([a_batch("March-15-2024", (0, "robot", "Hi"))], {}, "role: Input should be 'user'"),
        ([a_batch("March-15-2024", (0, "user", "Hi"))], {"x": [{}]}, "x.0.question"),
        ([a_batch("15/3/2024", (0, "user", "Hi"))], {}, "'15/3/2024' does not match"),
        ([a_batch("March-15-2024", (0, "user", "Hi"))], "{", "probing_questions.json isn't JSON"),
    ],
)
def test_a_wrong_beam_chat_is_named_with_what_is_wrong(
    tmp_path: Path, batches: Any, questions: Any, complaint: str
) -> None:
    path = write_beam(tmp_path / "1", batches, questions)
    with pytest.raises(InvalidRequest) as caught:
        list(read_conversations(path))
    assert str(path.parent) in caught.value.message
    assert complaint in caught.value.message


def test_a_beam_chat_without_its_questions_says_where_they_should_be(tmp_path: Path) -> None:
    path = write(tmp_path / "chat.json", [a_batch("March-15-2024", (0, "user", "Hi"))])
    with pytest.raises(InvalidRequest, match=r"probing_questions.json can't be read"):
        list(read_conversations(path))


def test_what_is_no_conversation_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="holds no conversations in a known layout"):
        list(read_conversations(tmp_path))
    with pytest.raises(InvalidRequest, match=r"nowhere\.jsonl can't be read"):
        list(read_conversations(tmp_path / "nowhere.jsonl"))


@pytest.mark.parametrize(
    ("set_name", "category", "label"),
    [
        ("locomo", "1", "multi-hop"),
        ("locomo", "4", "single-hop"),
        ("realtalk", "3", "commonsense"),
        ("beam", "event_ordering", "event ordering"),
        ("own", "1", "1"),
    ],
)
def test_a_category_has_a_label_for_display(set_name: str, category: str, label: str) -> None:
    assert category_label(set_name, category) == label
