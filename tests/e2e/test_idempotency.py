"""A POST that comes again with its `Idempotency-Key` isn't carried out again."""

import asyncio
from uuid import uuid4

from tests.support.answers import problem
from tests.support.groq_server import GroqServer
from tests.support.keepsake_client import Client, expect, signed_in


def keyed(key: str = "") -> dict[str, str]:
    """The header, with a key of its own unless one is given."""
    return {"Idempotency-Key": key or str(uuid4())}


async def test_the_first_answer_comes_again(someone: Client) -> None:
    headers, draft = keyed(), {"name": "Once", "description": "There is one of her."}
    first = await someone.http.post("/characters", json=draft, headers=headers)
    again = await someone.http.post("/characters", json=draft, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["content-type"] == first.headers["content-type"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    other = await someone.http.post("/characters", json=draft, headers=keyed())
    assert other.json()["id"] != first.json()["id"]


async def test_at_the_same_time_it_is_done_once(someone: Client) -> None:
    headers, wanted = keyed(), {"characterId": someone.character["id"]}
    answers = await asyncio.gather(
        *(someone.http.post("/conversations", json=wanted, headers=headers) for _ in range(5))
    )
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    for answer in answers:
        if answer.status_code != 201:
            problem(answer, 409, "request_in_progress")
            assert answer.headers["retry-after"] == "1"


async def test_a_key_stands_for_one_request_of_one_user(someone: Client) -> None:
    headers = keyed()
    draft = {"name": "Ann", "description": "A baker."}
    mine = await someone.http.post("/characters", json=draft, headers=headers)
    changed = await someone.http.post("/characters", json=draft | {"name": "Bea"}, headers=headers)
    problem(changed, 422, "idempotency_key_reused")
    async with signed_in(someone.url, "Eve") as eve:
        hers = await eve.http.post("/characters", json=draft, headers=headers)
        assert expect(hers, 201)["id"] != mine.json()["id"]
        assert "idempotency-replayed" not in hers.headers


async def test_a_failure_is_not_kept(someone: Client) -> None:
    headers = keyed()
    wanted = {"characterId": str(uuid4())}
    problem(
        await someone.http.post("/conversations", json=wanted, headers=headers), 404, "not_found"
    )
    right = {"characterId": someone.character["id"]}
    assert (await someone.http.post("/conversations", json=right, headers=headers)).is_success


async def test_nobody_gets_somebody_s_answer_and_a_bad_key_is_refused(someone: Client) -> None:
    draft = {"name": "Ann", "description": "A baker."}
    nobody = keyed() | {"Authorization": "Bearer nonsense"}
    problem(
        await someone.http.post("/characters", json=draft, headers=nobody), 401, "not_authenticated"
    )
    too_long = await someone.http.post("/characters", json=draft, headers=keyed("k" * 201))
    problem(too_long, 422, "invalid_request")


async def test_a_message_takes_the_key_for_its_own_id(
    groq_client: Client, groq: GroqServer
) -> None:
    conversation = await groq_client.converse()
    path, headers = f"/conversations/{conversation}/messages", keyed()
    sent = {"content": "Just once."}
    first = expect(await groq_client.http.post(path, json=sent, headers=headers), 201)
    again = expect(await groq_client.http.post(path, json=sent, headers=headers), 201)
    assert first["message"]["clientMessageId"] == headers["Idempotency-Key"]
    assert again["reply"]["id"] == first["reply"]["id"]
    assert len(await groq_client.messages(conversation)) == 2
