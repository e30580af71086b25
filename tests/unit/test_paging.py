"""Cursors: opaque, true to what they hold, and refused when they aren't ours."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import InvalidRequest
from backend.gateway.rest.paging import (
    encode_cursor,
    id_cursor,
    seq_cursor,
    time_and_id_cursor,
)
from backend.models import new_id


@given(st.uuids())
def test_an_id_comes_back(key: Any) -> None:
    assert id_cursor(encode_cursor(key)) == key


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_time_and_an_id_come_back(at: datetime, key: Any) -> None:
    assert time_and_id_cursor(encode_cursor(at, key)) == (at, key)


def test_a_cursor_fits_into_an_address_as_it_is() -> None:
    cursor = encode_cursor(datetime.now(UTC), new_id())

    assert cursor.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("read", [id_cursor, time_and_id_cursor, seq_cursor])
def test_no_cursor_is_the_first_page(read: Callable[[str | None], object]) -> None:
    assert read(None) is None


@pytest.mark.parametrize("read", [id_cursor, time_and_id_cursor, seq_cursor])
@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "not ours",
        "🙂",
        encode_cursor("one"),
        encode_cursor("one", "two"),
        encode_cursor(new_id(), new_id(), new_id()),
        encode_cursor("2026-01-01", "two"),
        "-1",
        "1.5",
        "10000000000",
        "²",
    ],
)
def test_what_is_not_ours_is_refused(read: Callable[[str | None], object], cursor: str) -> None:
    with pytest.raises(InvalidRequest, match="cursor"):
        read(cursor)


@given(st.text())
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    for read in (id_cursor, time_and_id_cursor, seq_cursor):
        try:
            read(text)
        except InvalidRequest:
            continue


@given(st.integers(0, 999_999_999))
def test_messages_page_by_seq(seq: int) -> None:
    assert seq_cursor(str(seq)) == seq
