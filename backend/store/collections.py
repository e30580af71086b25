"""The books on the vector index: its collections, and what the one beside the live one lacks."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from backend.models import IndexCollection, Memory


class Collections(Protocol):
    """Collections by role; see `IndexCollection`. Not by owner: a collection holds everybody's."""

    async def all(self) -> list[IndexCollection]:
        """Oldest first; those that wait to be deleted too."""

    async def register(self, live: IndexCollection) -> None:
        """Store the first live collection; nothing if there is one."""

    async def begin(self, source: str) -> IndexCollection:
        """Ask for a collection to be built by this model. What served before the live one, and a
        build under way, are given up: at most one is kept beside the live one."""

    async def begin_return(self) -> IndexCollection | None:
        """Ask for the previous collection to be brought up to date and to serve again; None if there
        is none. A build under way is given up."""

    async def give_up(self) -> bool:
        """Drop the build under way; False if there is none."""

    async def drop_previous(self) -> bool:
        """Drop the previous collection; False if there is none."""

    async def remove(self, collection_id: int) -> None:
        """Forget a dropped collection that is deleted from the index."""

    async def prepare(self, collection_id: int, model: str, dimension: int, name: str) -> None:
        """Note what is known once the model is loaded."""

    async def start_over(self, collection_id: int) -> None:
        """A collection that should have been filled is gone: walk from the beginning."""

    async def walk(self, after: UUID | None, *, limit: int) -> list[Memory]:
        """The next active memories by id, everybody's."""

    async def behind(self, *, limit: int) -> list[Memory]:
        """Memories, whatever their status, that the collection beside lacks as they are now."""

    async def active_among(self, memory_ids: Sequence[UUID]) -> set[UUID]:
        """Those that still are."""

    async def writing(
        self, collection_id: int, after: UUID | None, memories: Sequence[Memory]
    ) -> None:
        """Note what is about to be written behind the cursor `after`.

        Raises:
            Conflict: the build was given up, or somebody else has got further.
        """

    async def written(
        self, collection_id: int, cursor: UUID | None, memories: Sequence[Memory]
    ) -> None:
        """Move the cursor past what was written."""

    async def caught_up(self, collection_id: int, memories: Sequence[Memory]) -> None:
        """Note that the collection has these memories, but for those that changed meanwhile."""

    async def finish_walk(self, collection_id: int) -> None:
        """From now on only what is `behind` is missing."""

    async def swap(self, collection_id: int) -> bool:
        """Let the collection serve, and keep the live one as the previous. False, and nothing is
        done, while it lacks anything, or if its build was given up."""

    async def relabel(self, model: str, after: UUID | None, *, limit: int) -> UUID | None:
        """Name the model that encoded them on the next active memories in step with the index;
        returns the last one's id, None at the end."""

    async def report(self, collection_id: int, problem: str | None) -> None:
        """Note why a build doesn't get on; None: it does."""
