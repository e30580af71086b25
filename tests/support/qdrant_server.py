"""A small HTTP server that answers what `ServerIndex` asks of Qdrant, for tests and for runs of
several processes where no real server can be had.

    with QdrantServer(api_key="key") as server:      # a thread with its own loop, a free port
        index = ServerIndex.connect(server.url, "key", collection)

Bodies are parsed with qdrant-client's own models and answered by its local mode, which compares
every point: fine for some thousands. Nothing is kept on disk. As a process:
`python -m tests.support.qdrant_server --port 6333 [--api-key KEY]`.
"""

import argparse
import asyncio
import socket
import threading
from typing import Any, Self

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from qdrant_client import AsyncQdrantClient, models


class QdrantServer:
    """The server; a context manager."""

    def __init__(self, port: int = 0, api_key: str | None = None) -> None:
        self._socket = socket.create_server(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(uvicorn.Config(application(api_key), log_level="critical"))
        self._thread = threading.Thread(target=lambda: asyncio.run(self.serve()), daemon=True)

    def __enter__(self) -> Self:
        """Start; the socket listens already, so requests wait until it is up."""
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """Stop, dropping what is still open."""
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(timeout=10)
        self._socket.close()

    async def serve(self) -> None:
        """Serve until told to stop, in the calling loop."""
        await self._server.serve(sockets=[self._socket])


def application(api_key: str | None = None) -> FastAPI:
    """The endpoints over an empty local-mode database; 401 for any other key, if one is given."""
    qdrant = AsyncQdrantClient(location=":memory:")

    def check_key(request: Request) -> None:
        if api_key is not None and request.headers.get("api-key") != api_key:
            raise HTTPException(401, "Must provide an API key or an Authorization bearer token")

    app = FastAPI(dependencies=[Depends(check_key)])
    _add_collection_endpoints(app, qdrant)
    _add_point_endpoints(app, qdrant)

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse(
            {"status": {"error": error.detail}, "time": 0.0}, status_code=error.status_code
        )

    return app


def _add_collection_endpoints(app: FastAPI, qdrant: AsyncQdrantClient) -> None:
    @app.get("/collections/{name}/exists")
    async def exists(name: str) -> dict[str, Any]:
        return _ok({"exists": await qdrant.collection_exists(name)})

    @app.put("/collections/{name}")
    async def create(name: str, body: models.CreateCollection) -> dict[str, Any]:
        if await qdrant.collection_exists(name):
            raise HTTPException(409, f"Wrong input: Collection `{name}` already exists!")
        await qdrant.create_collection(
            name, vectors_config=body.vectors, sparse_vectors_config=body.sparse_vectors
        )
        return _ok(True)

    @app.delete("/collections/{name}")
    async def delete_collection(name: str) -> dict[str, Any]:
        if not await qdrant.collection_exists(name):
            return _ok(False)
        return _ok(await qdrant.delete_collection(name))

    @app.put("/collections/{name}/index")
    async def create_index(name: str, body: models.CreateFieldIndex) -> dict[str, Any]:
        await _require(qdrant, name)
        return _ok(await qdrant.create_payload_index(name, body.field_name, body.field_schema))


def _add_point_endpoints(app: FastAPI, qdrant: AsyncQdrantClient) -> None:
    @app.put("/collections/{name}/points")
    async def upsert(name: str, body: models.PointsList) -> dict[str, Any]:
        await _require(qdrant, name)
        return _ok(await qdrant.upsert(name, body.points))

    @app.post("/collections/{name}/points/delete")
    async def delete(name: str, body: models.FilterSelector) -> dict[str, Any]:
        await _require(qdrant, name)
        return _ok(await qdrant.delete(name, body))

    @app.post("/collections/{name}/points/query/batch")
    async def query_batch(name: str, body: models.QueryRequestBatch) -> dict[str, Any]:
        await _require(qdrant, name)
        await _refuse_idf_on_dense(qdrant, name, body.searches)
        return _ok(await qdrant.query_batch_points(name, body.searches))

    @app.post("/collections/{name}/points/count")
    async def count(name: str, body: models.CountRequest) -> dict[str, Any]:
        await _require(qdrant, name)
        return _ok(await qdrant.count(name, body.filter, exact=True))


async def _require(qdrant: AsyncQdrantClient, name: str) -> None:
    if not await qdrant.collection_exists(name):
        raise HTTPException(404, f"Not found: Collection `{name}` doesn't exist!")


async def _refuse_idf_on_dense(
    qdrant: AsyncQdrantClient, name: str, searches: list[models.QueryRequest]
) -> None:
    """Local mode lets it through; the engine doesn't."""
    sparse = (await qdrant.get_collection(name)).config.params.sparse_vectors or {}
    for search in searches:
        if search.params and search.params.idf and search.using not in sparse:
            raise HTTPException(400, "Validation failed: search param `idf` on a dense vector")


def _ok(result: Any) -> dict[str, Any]:
    return {"result": result, "status": "ok", "time": 0.0}


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="A stand-in for a Qdrant server, for tests.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--api-key")
    arguments = parser.parse_args()
    asyncio.run(QdrantServer(arguments.port, arguments.api_key).serve())


if __name__ == "__main__":
    main()
