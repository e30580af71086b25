"""Talks that other clients have kept."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.conversation.chat_files import read_chat
from backend.errors import InvalidRequest
from tests.support.records import NOON

LISBON = ZoneInfo("Europe/Lisbon")
HEADER = {"user_name": "Ada", "character_name": "Mira", "create_date": "x", "chat_metadata": {}}


def lines(*rows: Any) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode() + b"\n"


def said(mes: Any, *, user: bool = False, **more: Any) -> dict[str, Any]:
    return {"name": "x", "is_user": user, "is_system": False, "mes": mes} | more


def read(data: bytes) -> list[tuple[str, str, datetime]]:
    chat = read_chat(data, LISBON, NOON)
    return [(item.sender_type, item.content, item.created_at) for item in chat.messages]


def test_lines_of_sillytavern_are_a_chat() -> None:
    at = "2026-07-01T10:00:00.000Z"
    data = lines(
        HEADER,
        said("Tea?", send_date=at, swipes=["Tea?", "Coffee?"], swipe_id=0),
        said("Yes.", user=True, send_date=at),
        said("A note.", is_system=True, send_date=at),
        said("", send_date=at),
        said("  \n", send_date=at),
    )
    for end in (b"", b"\n\n"):
        chat = read_chat(b"\xef\xbb\xbf" + data + end, LISBON, NOON)
        assert (chat.title, chat.character_name) == ("", "Mira")
    moment = datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert read(data) == [("character", "Tea?", moment), ("user", "Yes.", moment)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-07-01T10:00:00.250Z", datetime(2026, 7, 1, 10, 0, 0, 250000, UTC)),
        ("2026-07-01T10:00:00+05:00", datetime(2026, 7, 1, 5, tzinfo=UTC)),
        ("2026-07-01 10:00", datetime(2026, 7, 1, 9, tzinfo=UTC)),
        ("July 1, 2026 3:45pm", datetime(2026, 7, 1, 14, 45, tzinfo=UTC)),
        ("July 1, 2026 12:05 AM", datetime(2026, 6, 30, 23, 5, tzinfo=UTC)),
        ("2026-7-1 @10h 5m 9s 25ms", datetime(2026, 7, 1, 9, 5, 9, 25000, UTC)),
        ("2026-7-1@10h5m9s", datetime(2026, 7, 1, 9, 5, 9, tzinfo=UTC)),
        (1782900000000, datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("1782900000000", datetime(2026, 7, 1, 10, tzinfo=UTC)),
    ],
)
def test_times_are_read_however_they_are_written(written: Any, meant: datetime) -> None:
    assert read(lines(HEADER, said("x", send_date=written)))[0][2] == meant


@pytest.mark.parametrize(
    "unknown",
    [None, "", "yesterday", True, [], 1e300, -1e300, "9" * 15, "2026-13-40", "0001-01-01"],
)
def test_a_message_without_a_time_follows_the_one_before_it(unknown: Any) -> None:
    data = lines(
        HEADER,
        said("a", send_date="2026-07-01T10:00:00Z"),
        said("b", send_date=unknown),
        said("c", send_date="2026-07-01T09:00:00Z"),
    )
    times = [at for _, _, at in read(data)]
    assert times == sorted(times)
    assert read(lines(said("a"), said("b")))[1][2] == NOON - timedelta(seconds=1)


def test_json_as_for_the_api_is_a_chat() -> None:
    messages = [
        {"senderType": "user", "content": "Hi.", "createdAt": "2026-07-01T10:00:00Z"},
        {
            "senderType": "character",
            "content": "Hm.",
            "createdAt": "2026-07-01T09:00:00Z",
            "clientMessageId": "a",
        },
    ]
    chat = read_chat(json.dumps({"title": "Old", "messages": messages}).encode(), LISBON, NOON)
    assert (chat.title, chat.character_name) == ("Old", "")
    assert [(m.sender_type, m.client_message_id) for m in chat.messages] == [
        ("user", None),
        ("character", "a"),
    ]


def plain(**message: Any) -> bytes:
    good = {"senderType": "user", "content": "x", "createdAt": "2026-07-01T10:00:00Z"}
    return json.dumps({"messages": [good, good | message]}).encode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no chat"),
        (b"\xff\xfe", "isn't UTF-8"),
        (b"[1]", "isn't a JSON object"),
        (b"hello", "Line 1 isn't JSON"),
        (lines(HEADER, said("x")) + b"{", "Line 3 isn't JSON"),
        (lines(HEADER) + b"[]", "Line 2 isn't a JSON object"),
        (b"[" * 100_000, "Line 1 isn't JSON"),
        (b'{"name": "Mira"}', "neither `messages` nor lines with `mes`"),
        (b'{"messages": []}', "no messages"),
        (lines(HEADER, said("x", is_system=True)), "no messages"),
        (lines(HEADER, said(["x"])), "Message 2 is no text"),
        (lines(HEADER, said("x" * 20_001)), "Message 2 has 20001 characters; 20000 is the most"),
        (lines(HEADER, said("\ud800")), "half a surrogate pair"),
        (lines(*(said("x") for _ in range(20_001))), "20001 messages; 20000 is the most"),
        (plain(senderType="system"), "Message 2: senderType"),
        (plain(content=3), "Message 2 is no text"),
        (plain(createdAt="soon"), "Message 2: createdAt"),
        (plain(clientMessageId=3), "Message 2: clientMessageId"),
        (b'{"messages": [3]}', "Message 1: senderType"),
    ],
)
def test_what_is_no_chat_is_refused_by_what_is_wrong_with_it(data: bytes, reason: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_chat(data, LISBON, NOON)
    assert reason in refused.value.message


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from("mes is_user is_system send_date messages character_name".split()),
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats()
            | st.text()
            | st.lists(st.text()),
        )
    )
)
def test_whatever_stands_in_a_file_the_answer_is_a_chat_or_a_reason(rows: list[Any]) -> None:
    try:
        chat = read_chat(lines(*rows), LISBON, NOON)
    except InvalidRequest:
        return
    times = [message.created_at for message in chat.messages]
    assert times == sorted(times)
    assert all(message.content.strip() for message in chat.messages)
