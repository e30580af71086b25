"""The vector index on a Qdrant server, over HTTP."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import numpy as np
import numpy.typing as npt
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import (
    ApiException,
    ResponseHandlingException,
    UnexpectedResponse,
)

from backend.adapters.qdrant.collection import (
    DENSE_VECTOR,
    INDEXED_FIELDS,
    KEYWORD_VECTOR,
    KIND_FIELD,
    OWNER_FIELD,
    Collection,
    own_terms,
    payload_of,
)
from backend.errors import IndexUnavailable
from backend.models.owner import Owner
from backend.ports import IndexHits, IndexPoint, SparseVector

# Some 1 MB of JSON.
_POINTS_AT_A_TIME = 128
_TIMEOUT_SECONDS = 5


class ServerIndex:
    """A `VectorIndex` on a Qdrant server; any number of processes can share it.

    Needs Qdrant 1.19 or later, the first that counts IDF over one owner's points.
    """

    def __init__(self, client: AsyncQdrantClient, collection: Collection) -> None:
        self._client = client
        self._name = collection.name
        self._dimension = collection.dimension

    @classmethod
    def connect(
        cls,
        url: str,
        api_key: str | None,
        collection: Collection,
        *,
        timeout_seconds: int = _TIMEOUT_SECONDS,
    ) -> "ServerIndex":
        """An index on the server at `url`; nothing is sent before `open`. Each request is given
        up after `timeout_seconds`."""
        return cls(connect(url, api_key, timeout_seconds=timeout_seconds), collection)

    async def open(self) -> None:
        """Create the collection if it isn't there; processes may race."""
        async with mapped_errors():
            if not await self._client.collection_exists(self._name):
                await self._create()
            for field in INDEXED_FIELDS:
                await self._client.create_payload_index(self._name, field, _keyword_index(field))

    async def upsert(self, points: Sequence[IndexPoint]) -> None:
        """Write points; see `VectorIndex.upsert`."""
        for start in range(0, len(points), _POINTS_AT_A_TIME):
            part = [_point(point) for point in points[start : start + _POINTS_AT_A_TIME]]
            async with mapped_errors():
                await self._client.upsert(self._name, part, wait=True)

    async def delete(self, owner: Owner, memory_ids: Sequence[UUID]) -> None:
        """Remove the owner's points among `memory_ids`."""
        if memory_ids:
            ids = models.HasIdCondition(has_id=[str(memory_id) for memory_id in memory_ids])
            await self._delete(_owned_by(owner, also=[ids]))

    async def delete_owner(self, owner: Owner) -> None:
        """Remove everything of one owner."""
        await self._delete(_owned_by(owner))

    async def search(
        self,
        owner: Owner,
        dense: npt.NDArray[np.float32],
        sparse: SparseVector,
        *,
        limit: int,
        kinds: Sequence[str] | None = None,
    ) -> IndexHits:
        """Search both arms in one request; see `VectorIndex.search`."""
        requests = _search_requests(owner, dense, sparse, limit, kinds)
        async with mapped_errors():
            answers = await self._client.query_batch_points(self._name, requests)
        arms = [{UUID(str(hit.id)): hit.score for hit in answer.points} for answer in answers]
        return IndexHits(dense=arms[0], keyword=arms[1] if len(arms) > 1 else {})

    async def count(
        self, owner: Owner | None = None, memory_ids: Sequence[UUID] | None = None
    ) -> int:
        """Points of one owner, or of everybody; see `VectorIndex.count`."""
        ids = (
            []
            if memory_ids is None
            else [models.HasIdCondition(has_id=[str(key) for key in memory_ids])]
        )
        owned = _owned_by(owner, also=ids) if owner else None
        async with mapped_errors():
            answer = await self._client.count(self._name, count_filter=owned, exact=True)
        return answer.count

    async def check(self) -> None:
        """Prove that the server answers and has the collection."""
        async with mapped_errors():
            exists = await self._client.collection_exists(self._name)
        if not exists:
            raise IndexUnavailable(
                f"Qdrant has no collection {self._name}; run `keepsake reindex` to rebuild it."
            )

    async def close(self) -> None:
        """Close the connections. Safe to call twice."""
        await self._client.close()

    async def _create(self) -> None:
        try:
            await self._client.create_collection(
                self._name,
                vectors_config={
                    DENSE_VECTOR: models.VectorParams(
                        size=self._dimension, distance=models.Distance.COSINE
                    )
                },
                sparse_vectors_config={
                    KEYWORD_VECTOR: models.SparseVectorParams(modifier=models.Modifier.IDF)
                },
                # No graph: every search is exact over the points of one owner.
                hnsw_config=models.HnswConfigDiff(m=0),
            )
        except UnexpectedResponse as error:
            if error.status_code != 409:  # another process was first
                raise

    async def _delete(self, owned: models.Filter) -> None:
        async with mapped_errors():
            await self._client.delete(self._name, models.FilterSelector(filter=owned), wait=True)


def connect(
    url: str, api_key: str | None, *, timeout_seconds: int = _TIMEOUT_SECONDS
) -> AsyncQdrantClient:
    """A client of the server at `url`; nothing is sent yet."""
    return AsyncQdrantClient(
        url=url,
        api_key=api_key,
        timeout=timeout_seconds,
        # Would call the server from the constructor, and only to warn.
        check_compatibility=False,
    )


@asynccontextmanager
async def mapped_errors() -> AsyncIterator[None]:
    """The client's exceptions as `IndexUnavailable`."""
    try:
        yield
    except (ApiException, QdrantException) as error:
        raise IndexUnavailable(_reason(error)) from error


def _reason(error: Exception) -> str:
    if isinstance(error, ResponseHandlingException):
        cause = error.source
        return f"Qdrant can't be reached ({type(cause).__name__}: {cause}); check QDRANT_URL."
    if isinstance(error, UnexpectedResponse) and error.status_code in (401, 403):
        return f"Qdrant refused the key ({error.status_code}); check QDRANT_API_KEY."
    if isinstance(error, UnexpectedResponse):
        return (
            f"Qdrant answered {error.status_code}: {error.content.decode(errors='replace')[:200]}"
        )
    return f"Qdrant is overloaded: {error}"


def _keyword_index(field: str) -> models.KeywordIndexParams:
    return models.KeywordIndexParams(
        type=models.KeywordIndexType.KEYWORD, is_tenant=field == OWNER_FIELD
    )


def _point(point: IndexPoint) -> models.PointStruct:
    vectors: dict[str, list[float] | models.SparseVector] = {DENSE_VECTOR: point.dense.tolist()}
    # Left out, not stored empty: IDF counts the points that have the vector.
    if point.sparse.indices:
        vectors[KEYWORD_VECTOR] = _sparse(own_terms(point.owner, point.sparse))
    return models.PointStruct(id=str(point.memory_id), vector=vectors, payload=payload_of(point))


def _search_requests(
    owner: Owner,
    dense: npt.NDArray[np.float32],
    sparse: SparseVector,
    limit: int,
    kinds: Sequence[str] | None,
) -> list[models.QueryRequest]:
    of_kinds = models.FieldCondition(key=KIND_FIELD, match=models.MatchAny(any=list(kinds or ())))
    wanted = _owned_by(owner, also=[] if kinds is None else [of_kinds])
    by_meaning = models.QueryRequest(
        query=dense.tolist(),
        using=DENSE_VECTOR,
        filter=wanted,
        params=models.SearchParams(exact=True),
        limit=limit,
    )
    if not sparse.indices:
        return [by_meaning]
    own_idf = models.IdfCorpusParams(corpus=_owned_by(owner))
    by_words = models.QueryRequest(
        query=_sparse(own_terms(owner, sparse)),
        using=KEYWORD_VECTOR,
        filter=wanted,
        # The server refuses an IDF corpus on a dense search.
        params=models.SearchParams(exact=True, idf=own_idf),
        limit=limit,
    )
    return [by_meaning, by_words]


def _owned_by(owner: Owner, also: Sequence[models.Condition] = ()) -> models.Filter:
    owned = models.FieldCondition(key=OWNER_FIELD, match=models.MatchValue(value=owner.key))
    return models.Filter(must=[owned, *also])


def _sparse(vector: SparseVector) -> models.SparseVector:
    return models.SparseVector(indices=list(vector.indices), values=list(vector.values))
