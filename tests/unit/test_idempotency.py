"""What is kept of an answer can be read by who has its key, and by nobody else."""

from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag

from backend.errors import IdempotencyKeyReused, InvalidRequest, RequestInProgress
from backend.gateway.idempotency import Request, Told

TOLD = Told(201, {"content-type": "application/json", "date": "today"}, b'{"name": "Biscuit"}')


def kept(request: Request) -> Request:
    """The same request, come again."""
    return Request(request.user_id, request.key, request.request_hash)


def test_an_answer_is_given_again_as_it_was() -> None:
    request = Request(uuid4(), "key", b"hash")
    row = request.claim()
    row.sealed = request.seal(TOLD)
    assert b"Biscuit" not in row.sealed
    assert b"key" not in row.key_hash
    answer = kept(request).replay(row)
    assert (answer.status_code, answer.body) == (201, TOLD.body)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["idempotency-replayed"] == "true"
    assert "date" not in answer.headers


@pytest.mark.parametrize("other", ["another key", "KEY"])
def test_another_key_opens_nothing(other: str) -> None:
    request = Request(uuid4(), "key", b"hash")
    row = request.claim()
    row.sealed = request.seal(TOLD)
    with pytest.raises(InvalidTag):
        Request(request.user_id, other, b"hash").replay(row)


def test_while_the_first_is_carried_out_and_for_another_request_it_is_refused() -> None:
    request = Request(uuid4(), "key", b"hash")
    with pytest.raises(RequestInProgress):
        request.replay(request.claim())
    with pytest.raises(IdempotencyKeyReused):
        Request(request.user_id, "key", b"other hash").replay(request.claim())


@pytest.mark.parametrize("key", ["", "k" * 201, "ключ", "a\nb"])
def test_a_key_must_be_printable(key: str) -> None:
    with pytest.raises(InvalidRequest):
        Request(uuid4(), key, b"hash")
