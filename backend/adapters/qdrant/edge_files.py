"""Opens the files of an embedded collection, and says clearly why it can't."""

import shutil
from pathlib import Path

import qdrant_edge as engine

from backend.adapters.qdrant.collection import (
    DENSE_VECTOR,
    INDEXED_FIELDS,
    KEYWORD_VECTOR,
    OWNER_FIELD,
    Collection,
)
from backend.errors import IndexUnavailable


def open_shard(folder: Path, collection: Collection) -> engine.EdgeShard:
    """Open the shard in `folder`, creating it if there is none.

    Raises:
        IndexUnavailable: another process holds it, or its files can't be made or read.
    """
    config = engine.EdgeConfig(
        vectors={
            DENSE_VECTOR: engine.EdgeVectorParams(collection.dimension, engine.Distance.Cosine)
        },
        sparse_vectors={
            KEYWORD_VECTOR: engine.EdgeSparseVectorParams(modifier=engine.Modifier.Idf)
        },
    )
    try:
        if not folder.exists():
            _create(folder, config)
        return engine.EdgeShard.load(str(folder), config)
    except Exception as error:  # the engine raises nothing more precise
        raise IndexUnavailable(_reason(folder, error)) from error


def _create(folder: Path, config: engine.EdgeConfig) -> None:
    """Make an empty shard beside its place and move it there whole, so that a process that dies
    half-way leaves nothing that looks like a shard."""
    staging = folder.with_name(f"{folder.name}.creating")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    shard = engine.EdgeShard.create(str(staging), config)
    for field in INDEXED_FIELDS:
        keyword = engine.KeywordIndexParams(is_tenant=field == OWNER_FIELD)
        shard.update(engine.UpdateOperation.create_field_index(field, keyword))
    shard.flush()
    shard.close()
    staging.rename(folder)


def _reason(folder: Path, error: Exception) -> str:
    if isinstance(error, OSError):
        return f"The memory index can't be made in {folder}: {error.strerror or error}."
    if "Can't init WAL" in str(error):
        return (
            f"Another process holds the memory index in {folder}. It serves one process: stop the"
            " other Keepsake, or set QDRANT_URL to share a Qdrant server."
        )
    return (
        f"The memory index in {folder} can't be read ({error}). Move that folder away and run"
        " `keepsake reindex`: it is rebuilt from the database."
    )
