"""Whose things are whose: every route and event, as the server itself lists them, asked for by everybody
who has no business with them.

A new route or event is walked by itself. What this file may have to be told of it: that it is public
(`PUBLIC`), what its ids name (`acquire`, in tests/support/belongings.py), or that one of them is nobody's
(`NOBODY_S`).
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from pydantic.alias_generators import to_snake
from socketio.exceptions import ConnectionError as SocketIOConnectionError

from backend.gateway.protocol import PAYLOADS, ClientEvent
from tests.support.answers import problem
from tests.support.belongings import SECRET, acquire
from tests.support.chat_sockets import TRANSPORTS, Connect, open_socket, plain_socket
from tests.support.described_api import OPERATIONS, Operation
from tests.support.jobs import jobs_hurried
from tests.support.keepsake_client import PASSWORD, Client, expect, signed_in
from tests.support.keepsake_process import KeepsakeProcess
from tests.support.realtime_contract import DOCUMENT as EVENTS
from tests.support.tokens import soon, token_of

Json = dict[str, Any]

# operation id → why nobody in particular may ask for it
PUBLIC = {
    "register": "makes an account",
    "token": "signs in",
    "revoke": "whoever has a token may end it",
    "local": "the machine's own user, from the machine itself",
    "healthz": "for those who run it",
    "readyz": "for those who run it",
    "metrics": "for those who run it",
}
NOBODY_S = {"client_message_id"}
ADMIN = "/api/v1/admin/"

GUARDED = [operation for operation in OPERATIONS if operation.id not in PUBLIC]
OF_USERS = [operation for operation in GUARDED if not operation.path.startswith(ADMIN)]
WITH_IDS = [operation for operation in OF_USERS if operation.ids]
READING = [operation for operation in OF_USERS if operation.method == "GET"]


@dataclass
class Neighbours:
    """Two users of one server, each with one of everything."""

    owner: Client
    stranger: Client
    theirs: dict[str, str]
    own: dict[str, str]
    bad_tokens: dict[str, str | None] = field(default_factory=dict)

    def leaks(self, answer: httpx.Response) -> list[str]:
        """What an answer to the stranger says of the owner."""
        private = [SECRET, self.owner.user["email"], *self.theirs.values()]
        return [text for text in private if text in answer.text]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def neighbours(groq_keepsake: KeepsakeProcess) -> AsyncIterator[Neighbours]:
    """An owner, a stranger, and tokens of the owner's that are no longer good."""
    async with (
        signed_in(groq_keepsake.url, "Olive") as owner,
        signed_in(groq_keepsake.url, "Stan") as stranger,
    ):
        met = Neighbours(owner, stranger, await acquire(owner), await acquire(stranger))
        async with jobs_hurried(groq_keepsake, met.theirs["conversation_id"]) as hurry:
            await hurry()
            await owner.all_formed()  # what is there changes no more by itself
        form = {"username": owner.user["email"], "password": PASSWORD}
        pair = expect(await owner.http.post("/auth/token", data=form), 200)
        expect(await owner.http.post("/auth/revoke", data={"token": pair["access_token"]}), 200)
        ours = owner.user["id"]
        met.bad_tokens = {
            "nobody": None,
            "garbage": "garbage",
            "expired": token_of(groq_keepsake, sub=ours, exp=soon(-60)),
            "revoked": pair["access_token"],
            "a refresh token": owner.refresh_token,
            "an account that is gone": token_of(groq_keepsake),
            "signed by somebody else": owner.token[:-8] + "AAAAAAAA",
        }
        yield met


# --- REST -----------------------------------------------------------------------------------------


def test_only_what_is_meant_to_be_public_is() -> None:
    public = {operation.id for operation in OPERATIONS if not operation.needs_token}
    assert public == set(PUBLIC), (
        "A route without a caller: give it `caller: Caller`, or say in PUBLIC why it needs none."
    )


@pytest.mark.parametrize("operation", GUARDED, ids=str)
async def test_nobody_gets_in_without_a_good_token(
    neighbours: Neighbours, operation: Operation
) -> None:
    for who, token in neighbours.bad_tokens.items():
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=neighbours.owner.url, trust_env=False) as http:
            answer = await operation.send(http, neighbours.theirs, headers=headers)
        assert answer.status_code == 401, f"{who}: {answer.status_code} {answer.text[:200]}"
        problem(answer, 401, "not_authenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer"), who
        assert neighbours.leaks(answer) == [], who


async def test_what_is_somebody_else_s_is_not_there(
    neighbours: Neighbours, subtests: pytest.Subtests
) -> None:
    before = await everything(neighbours)
    for operation in WITH_IDS:
        with subtests.test(operation=str(operation)):
            for ids in wrong_ids(operation, neighbours):
                answer = await operation.send(neighbours.stranger.http, ids)
                wrong = {name for name in operation.ids if ids[name] != neighbours.own[name]}
                if {operation.ids[name] for name in wrong} == {"query"} and answer.is_success:
                    assert not answer.json()["items"], f"filtered by {wrong}"
                else:
                    problem(answer, 404, "not_found")
                assert neighbours.leaks(answer) == []
    after = await everything(neighbours)
    assert [place for place in before if after[place] != before[place]] == [], "were changed"


async def test_what_everybody_can_list_and_search_holds_nothing_of_others(
    neighbours: Neighbours, subtests: pytest.Subtests
) -> None:
    for operation in READING:
        with subtests.test(operation=str(operation)):
            query = dict.fromkeys(("q", "query"), "quokka")
            answer = await operation.send(neighbours.stranger.http, neighbours.own, query=query)
            assert answer.status_code in {200, 404}, answer.text[:200]
            others = set(neighbours.leaks(answer)) - {SECRET}  # which the stranger has, too
            assert others == set()


@pytest.mark.parametrize(
    "operation", [each for each in GUARDED if each.path.startswith(ADMIN)], ids=str
)
async def test_admins_alone_are_let_in_where_admins_work(
    neighbours: Neighbours, operation: Operation
) -> None:
    for client in (neighbours.stranger, neighbours.owner):
        answer = await operation.send(client.http, neighbours.theirs)
        problem(answer, 403, "admin_only")
        assert neighbours.leaks(answer) == []


def wrong_ids(operation: Operation, neighbours: Neighbours) -> Iterator[dict[str, str]]:
    """The stranger's own ids but for one, which is the owner's; all the owner's; none that exists."""
    own, theirs = neighbours.own, neighbours.theirs
    known = own.keys() | NOBODY_S
    for name, place in operation.ids.items():
        assert name in known, (
            f"{operation} takes a {name} in its {place}: have `acquire` in tests/support/belongings.py "
            "make one, so that it can be tried on somebody else's, or say in NOBODY_S that it is no "
            "one's."
        )
    for name in operation.ids.keys() & own.keys():
        yield own | {name: theirs[name]}
        yield own | {name: str(uuid4())}
    yield theirs


async def everything(neighbours: Neighbours) -> dict[str, Any]:
    """All that the owner can read, but for what changes by itself."""
    first, second = [await _read(neighbours) for _ in range(2)]
    return {place: text for place, text in second.items() if first[place] == text}


async def _read(neighbours: Neighbours) -> dict[str, str]:
    return {
        str(operation): (await operation.send(neighbours.owner.http, neighbours.theirs)).text
        for operation in READING
    }


# --- sockets --------------------------------------------------------------------------------------

WITHOUT_IDS = {ClientEvent.AUTH}
# To leave where one isn't changes nothing and tells nothing, so nobody looks whose it is.
ANYBODY_S = {ClientEvent.CONVERSATION_LEAVE}


def examples() -> dict[str, Json]:
    """Each client event with the example that /asyncapi.json gives of its data."""
    found = {}
    for key, message in EVENTS["components"]["messages"].items():
        if key.startswith("client") and not key.endswith(("Frame", "Ack")):
            found[message["name"]] = message["examples"][0]["payload"]
    return found


@pytest.mark.parametrize("event", sorted(examples()))
async def test_an_event_about_somebody_else_s_things_is_refused(
    neighbours: Neighbours, connect: Connect, event: str
) -> None:
    data = examples()[event]
    ids = [
        name for name in data if to_snake(name).endswith("_id") and to_snake(name) in neighbours.own
    ]
    unknown = [
        name
        for name in data
        if to_snake(name).endswith("_id") and to_snake(name) not in neighbours.own.keys() | NOBODY_S
    ]
    assert unknown == [], (
        f"{event} takes ids that `acquire` in tests/support/belongings.py doesn't make"
    )
    assert ids or event in WITHOUT_IDS, f"{event} takes no id: say so in WITHOUT_IDS"
    socket = await connect(neighbours.stranger)
    for name in ids:
        own = {each: neighbours.own[to_snake(each)] for each in ids}
        told = [
            await socket.call(event, {**data, **own, name: value})
            for value in (neighbours.theirs[to_snake(name)], str(uuid4()))
        ]
        assert told[0] == told[1]
        assert event in ANYBODY_S or told[0]["error"]["code"] == "not_found"


async def test_a_stranger_hears_nothing_of_what_happens_to_others(
    neighbours: Neighbours, connect: Connect
) -> None:
    socket = await connect(neighbours.stranger)
    conversation = neighbours.theirs["conversation_id"]
    await socket.call("conversation:join", {"conversationId": conversation})
    await socket.join(neighbours.own["conversation_id"])
    socket.forget()
    owner = await connect(neighbours.owner)
    await owner.join(conversation)
    await owner.hears_reply(await owner.say(conversation, "Between us."))
    note = {"content": f"Mine alone, {uuid4()}."}
    memory = f"{neighbours.owner.memory_path}/{neighbours.theirs['memory_id']}"
    expect(await neighbours.owner.http.patch(memory, json=note), 200)
    await owner.hears("memory:updated", lambda data: note["content"] in str(data))
    # An event of the stranger's own, which comes after whatever would have come.
    mine = await socket.say(neighbours.own["conversation_id"], "And I?")
    await socket.hears_reply(mine)
    private = [conversation, note["content"], neighbours.owner.user["id"]]
    assert [text for text in private if text in str(socket.heard)] == []


async def test_no_connection_without_a_good_token(neighbours: Neighbours) -> None:
    url = neighbours.owner.url
    for who, token in neighbours.bad_tokens.items():
        plain = await plain_socket(url)
        await plain.emit("auth", {"token": token})
        assert (await plain.closed_by_server())[0] == 4401, who
        assert plain.heard == []
        with pytest.raises(SocketIOConnectionError):
            await open_socket("socket.io", url, token or "")


@pytest.mark.parametrize("event", sorted(examples()))
async def test_no_event_is_heeded_before_auth(neighbours: Neighbours, event: str) -> None:
    socket = await plain_socket(neighbours.owner.url)
    data = examples()[event] | {"conversationId": neighbours.theirs["conversation_id"]}
    await socket.emit(event, data)
    assert (await socket.closed_by_server())[0] == 4401
    assert socket.heard == []


def test_every_event_is_walked() -> None:
    assert set(examples()) == {event.value for event in PAYLOADS}
    assert set(TRANSPORTS) == {"socket.io", "websocket"}
