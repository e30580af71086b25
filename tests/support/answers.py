"""Reading answers of the REST API: problems and pages."""

from typing import Any

import httpx

from tests.support.keepsake_client import Client, expect

Json = dict[str, Any]


def problem(answer: httpx.Response, status: int, code: str) -> Json:
    """An RFC 9457 answer of this status and code, that a person can read."""
    assert answer.status_code == status, f"{answer.status_code}: {answer.text[:300]}"
    assert answer.headers["content-type"] == "application/problem+json"
    body: Json = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:keepsake:problem:{code}"
    assert body["title"]
    assert body["detail"].endswith("."), body["detail"]
    assert "Traceback" not in answer.text
    return body


async def all_ids(client: Client, path: str, way: str, *, limit: int = 2, **more: Any) -> list[str]:
    """The ids of every page of a list."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await client.get(path, limit=limit, **cursor, **more)
        assert len(page["items"]) <= limit
        found += [item["id"] for item in page["items"]]
        if page["nextCursor"] is None:
            return found
        assert page["items"], "an empty page leads nowhere"
        cursor = {way: page["nextCursor"]}


async def operations(client: Client, part: str) -> list[tuple[str, str]]:
    """Method and path of every operation whose path has this in it."""
    described = expect(await client.http.get(f"{client.url}/openapi.json"))
    return [
        (method, path)
        for path, methods in described["paths"].items()
        for method in methods
        if part in path
    ]
