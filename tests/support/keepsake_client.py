"""A person with an account on a running Keepsake, and a character of their own to talk to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import psycopg
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from tests.support.eventually import eventually
from tests.support.keepsake_process import KeepsakeProcess

PASSWORD = "a long enough password"
# What the server makes of a password takes longer than most tests; this is as good to it.
QUICK_HASH = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)).hash(PASSWORD)
ACCOUNT = (
    "INSERT INTO user_account (id, email, display_name, password_hash, role, adult_confirmed,"
    " time_zone, created_at) VALUES (%s, %s, %s, %s, 'user', false, 'UTC', now())"
)
REQUEST_SECONDS = 60.0

Json = dict[str, Any]


class Client:
    """Calls the REST API. `http` is signed in; `user` and `character` are as the API shows them."""

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.url = url
        self.http = httpx.AsyncClient(
            base_url=f"{url}/api/v1",
            timeout=REQUEST_SECONDS,
            trust_env=False,
            transport=transport,
        )
        self.user: Json = {}
        self.character: Json = {}
        self.token = ""
        self.refresh_token = ""

    async def register(self, name: str) -> None:
        """Make an account with a fresh address, and sign in."""
        account = {"email": f"{uuid4()}@example.com", "password": PASSWORD, "displayName": name}
        await self.post("/auth/register", account)
        await self.sign_in(account["email"])

    async def sign_in(self, email: str) -> None:
        """Sign in to an account that has PASSWORD."""
        form = {"username": email, "password": PASSWORD}
        answer = await self.http.post("/auth/token", data=form)
        pair = expect(answer, 200)
        self.token, self.refresh_token = pair["access_token"], pair["refresh_token"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"
        self.user = await self.get("/auth/me")

    async def make_character(self, **fields: Any) -> Json:
        """Make a character and talk to that one from now on."""
        draft = {
            "name": "Mira",
            "age": 34,
            "gender": "woman",
            "description": "Mira keeps the lighthouse of Skerry and mends clocks.",
            "personality": {"traits": ["warm", "curious"], "style": "Short sentences."},
        }
        self.character = await self.post("/characters", draft | fields)
        return self.character

    # --- any request ------------------------------------------------------------------------------

    async def get(self, path: str, **params: Any) -> Any:
        """GET, and the JSON of the answer, which must be 200."""
        return expect(await self.http.get(path, params=params), 200)

    async def post(self, path: str, body: Any = None, status: int | None = None) -> Any:
        """POST; 200 or 201 unless another status is named."""
        return expect(await self.http.post(path, json=body), status)

    async def put(self, path: str, body: Any = None, status: int = 200) -> Any:
        """PUT."""
        return expect(await self.http.put(path, json=body), status)

    async def delete(self, path: str, status: int = 204) -> Any:
        """DELETE."""
        return expect(await self.http.delete(path), status)

    # --- conversations ----------------------------------------------------------------------------

    async def converse(self, **fields: Any) -> str:
        """Start a conversation with the character; returns its id."""
        wanted = {"characterId": self.character["id"], **fields}
        identity: str = (await self.post("/conversations", wanted))["id"]
        return identity

    async def say(self, conversation_id: str, content: str, **fields: Any) -> Json:
        """Send a message and wait for its reply, which is returned."""
        body = {"content": content, **fields}
        exchange = await self.post(f"/conversations/{conversation_id}/messages", body, 201)
        reply: Json = exchange["reply"]
        return reply

    async def send(self, conversation_id: str, content: str, **fields: Any) -> Json:
        """Send a message and don't wait for the reply; returns the stored message."""
        answer = await self.http.post(
            f"/conversations/{conversation_id}/messages",
            json={"content": content, **fields},
            headers={"Prefer": "respond-async"},
        )
        message: Json = expect(answer, 202)["message"]
        return message

    async def messages(self, conversation_id: str) -> list[Json]:
        """Everything said, oldest first."""
        page = await self.get(f"/conversations/{conversation_id}/messages", limit=200)
        items: list[Json] = page["items"]
        return items

    async def reply_to(self, message: Json, *, within: float = 30.0) -> Json:
        """The reply to a message, once it is stored."""
        found: list[Json] = []

        async def replied() -> bool:
            said = await self.messages(message["conversationId"])
            found[:] = [item for item in said if item["replyTo"] == message["id"]]
            return bool(found)

        await eventually(replied, within=within)
        (reply,) = found
        return reply

    # --- memory -----------------------------------------------------------------------------------

    @property
    def memory_path(self) -> str:
        """Where the character's memory of this user is."""
        return f"/characters/{self.character['id']}/memory/{self.user['id']}"

    async def facts(self) -> list[Json]:
        """The long-term memory."""
        items: list[Json] = (await self.get(self.memory_path))["longTermMemory"]
        return items

    async def summary(self) -> Json:
        """How much is remembered and what waits."""
        answer: Json = await self.get(f"{self.memory_path}/summary")
        return answer

    async def search(self, query: str, **fields: Any) -> list[Json]:
        """What is recalled by a text, best first."""
        answer = await self.post(f"{self.memory_path}/search", {"query": query, **fields}, 200)
        found: list[Json] = answer["memories"]
        return found

    async def all_formed(self, *, within: float = 40.0) -> None:
        """Wait until everything said has become memory."""

        async def formed() -> bool:
            return bool((await self.summary())["pendingMessages"] == 0)

        await eventually(formed, within=within)


def expect(answer: httpx.Response, status: int | None = None) -> Any:
    """The JSON of an answer that has the status it should (by default 200 or 201)."""
    expected = {status} if status else {200, 201}
    assert answer.status_code in expected, f"{answer.status_code}: {answer.text[:500]}"
    return answer.json() if answer.content else None


@asynccontextmanager
async def signed_in(url: str, name: str = "Ada", **character: Any) -> AsyncIterator[Client]:
    """A new user of the Keepsake at `url`, with a character of their own."""
    server = next(each for each in KeepsakeProcess.running if each.url == url)
    client = Client(url)
    async with client.http:
        email = f"{uuid4()}@example.com"
        async with await psycopg.AsyncConnection.connect(server.database_url) as database:
            await database.execute(ACCOUNT, (uuid4(), email, name, QUICK_HASH))
        await client.sign_in(email)
        await client.make_character(**character)
        yield client
