"""The REST API as it describes itself at /openapi.json, for tests that walk over all of it.

for operation in OPERATIONS:
    operation.ids                       # {"conversation_id": "path", "characterId": "body"}
    await operation.send(client, ids)   # its own example, with these ids
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic.alias_generators import to_snake

from backend.gateway.application import create_application
from backend.gateway.openapi import operations
from backend.gateway.services import GatewayOptions, Services

Json = dict[str, Any]
NO_IDS = {"client_message_id"}  # a name that the client chooses


@asynccontextmanager
async def _no_services() -> AsyncIterator[Services]:
    raise AssertionError("the description needs none")
    yield


DOCUMENT: Json = create_application(_no_services, GatewayOptions()).description()


@dataclass(frozen=True)
class Operation:
    """One operation. `str` gives its method and path."""

    method: str
    path: str
    described: Json

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def id(self) -> str:
        """Its `operationId`."""
        return str(self.described["operationId"])

    @property
    def needs_token(self) -> bool:
        """Whether it is for those who signed in."""
        return bool(self.described.get("security"))

    @property
    def ids(self) -> dict[str, str]:
        """The ids that it takes, in snake_case, and where: `path`, `query` or `body`."""
        places = {each["name"]: each["in"] for each in self.described.get("parameters", ())}
        found = {to_snake(name): place for name, place in places.items() if place != "header"}
        found |= dict.fromkeys(map(to_snake, _names_in(self.example)), "body")
        return {
            name: place
            for name, place in found.items()
            if name.endswith(("_id", "_ids")) and name not in NO_IDS
        }

    @property
    def example(self) -> Any:
        """The example of its body; None without one."""
        content = self._content()
        return deepcopy(content[1].get("example")) if content else None

    def address(self, ids: Mapping[str, str]) -> str:
        """Its path with these ids."""
        return self.path.format(**{name: ids.get(name, name) for name in _placeholders(self.path)})

    async def send(
        self,
        http: httpx.AsyncClient,
        ids: Mapping[str, str],
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Ask for it by its own example, or another `body`, with these ids in it."""
        parameters = dict(query or {})
        for parameter in self._query_parameters():
            name = parameter["name"]
            if to_snake(name) in ids:
                parameters.setdefault(name, ids[to_snake(name)])
            elif parameter.get("required"):
                parameters.setdefault(name, parameter["example"])
        content = self._content()
        sent: Json = {}
        if content:
            wanted = _with_ids(self.example if body is None else body, ids)
            sent = {_ARGUMENTS.get(content[0], "json"): wanted}
        origin = str(http.base_url).removesuffix("/").removesuffix("/api/v1")
        address = origin + self.address(ids)
        return await http.request(
            self.method, address, params=parameters, headers=dict(headers or {}), **sent
        )

    def _query_parameters(self) -> list[Json]:
        return [each for each in self.described.get("parameters", ()) if each["in"] == "query"]

    def _content(self) -> tuple[str, Json] | None:
        content = self.described.get("requestBody", {}).get("content", {})
        return next(iter(content.items()), None)


_ARGUMENTS = {"application/x-www-form-urlencoded": "data", "multipart/form-data": "files"}

OPERATIONS = [
    Operation(method.upper(), path, described) for path, method, described in operations(DOCUMENT)
]


def _placeholders(path: str) -> Iterator[str]:
    for part in path.split("{")[1:]:
        yield part.split("}")[0]


def _names_in(body: Any) -> Iterator[str]:
    if isinstance(body, dict):
        for name, value in body.items():
            yield name
            yield from _names_in(value)
    elif isinstance(body, list):
        for value in body:
            yield from _names_in(value)


def _with_ids(body: Any, ids: Mapping[str, str]) -> Any:
    """The body, its ids replaced by these."""
    if isinstance(body, list):
        return [_with_ids(value, ids) for value in body]
    if not isinstance(body, dict):
        return body
    return {
        name: ids[to_snake(name)]
        if to_snake(name) in ids and isinstance(value, str)
        else _with_ids(value, ids)
        for name, value in body.items()
    }
