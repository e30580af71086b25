"""A user of a run, over REST: at either API process, as often as it takes."""

import asyncio
import random
from typing import Any

import httpx

from tests.chaos.resume import Json

REST_SECONDS = 6.0


class Refused(Exception):
    """The server refused something that it should have done."""


class Account:
    """A user, the conversation, and the API processes over REST."""

    def __init__(
        self, token: str, user_id: str, conversation_id: str, urls: list[str], dice: random.Random
    ) -> None:
        self.token = token
        self.user_id = user_id
        self.conversation_id = conversation_id
        self._http = httpx.AsyncClient(
            timeout=REST_SECONDS, trust_env=False, headers={"Authorization": f"Bearer {token}"}
        )
        self._urls = urls
        self._dice = dice

    async def close(self) -> None:
        """Close connections."""
        await self._http.aclose()

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response | None:
        """One try at one of the processes; None where it broke off."""
        url = f"{self._dice.choice(self._urls)}/api/v1{path}"
        try:
            return await self._http.request(method, url, **options)
        except httpx.TransportError:
            return None

    async def until(self, wanted: set[int], method: str, path: str, **options: Any) -> Json:
        """The JSON of the answer, asked for until its status is one of those wanted.

        Raises:
            Refused: the answer isn't one to be tried again.
        """
        while True:
            answer = await self.request(method, path, **options)
            if answer is not None and answer.status_code in wanted:
                body: Json = answer.json()
                return body
            if answer is not None and answer.status_code < 500 and answer.status_code != 429:
                raise Refused(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
            await asyncio.sleep(0.2 + self._dice.random() * 0.3)

    async def all_messages(self) -> list[Json]:
        """Everything in the conversation, oldest first."""
        found: list[Json] = []
        before: dict[str, Any] = {}
        while True:
            path = f"/conversations/{self.conversation_id}/messages"
            page = await self.until({200}, "GET", path, params={"limit": 200, **before})
            found = page["items"] + found
            if page["nextCursor"] is None:
                return found
            before = {"before": page["nextCursor"]}
