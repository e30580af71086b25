"""What is kept of an answer can be read by who has its key, and by nobody else."""

from uuid import uuid4

import pytest

from backend.errors import IdempotencyKeyReused, InvalidRequest, RequestInProgress
from backend.gateway.idempotency import Request, Told, takes_key

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
    with pytest.raises(IdempotencyKeyReused, match="can't be read any more"):
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


def test_what_is_sealed_under_one_key_twice_shares_nothing() -> None:
    """A key that comes again a day later seals another answer."""
    request = Request(uuid4(), "key", b"hash")
    first, second = request.seal(TOLD), request.seal(TOLD)
    assert first[12:] != second[12:]
    assert len({request.seal(TOLD)[:12] for _ in range(20)}) == 20


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("/api/v1/characters", True),
        ("/api/v1/admin/memory-health/retry", False),
        ("/api/v1/auth/token", False),
        ("/api/v1/conversations/1/messages", False),
        ("/healthz", False),
    ],
)
def test_who_was_an_admin_gets_no_answer_again(path: str, taken: bool) -> None:
    """Answers are given again before anybody looks at who asks, and what they may."""
    assert takes_key("POST", path) is taken
    assert not takes_key("GET", path)
