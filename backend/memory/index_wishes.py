"""What can be asked of the index: a new collection, the one before, an end to either. Asking changes the
books alone; whoever builds sees it there."""

from backend.errors import ConfigurationError, Conflict
from backend.memory.collections import with_role
from backend.models import IndexCollection
from backend.store import Store


async def ask_for_rebuild(store: Store, source: str) -> IndexCollection:
    """Ask for a new collection by this model. A build by it that is under way goes on; one by another
    model is given up."""
    async with store.transaction() as tx:
        building = with_role(await tx.collections.all(), "building")
        if building and building.id is not None and building.source == source:
            await tx.collections.report(building.id, None)
            return building
        return await tx.collections.begin(source)


async def ask_for_return(store: Store, source: str) -> IndexCollection | None:
    """Ask for the collection before to serve again, brought up to date. None: a build that was under
    way is given up, and what served goes on.

    Raises:
        Conflict: there is nothing to go back to.
        ConfigurationError: it was made by another model than this, so that the next start would begin
            to build again.
    """
    async with store.transaction() as tx:
        rows = await tx.collections.all()
        building, target = with_role(rows, "building"), with_role(rows, "previous")
        if building:
            target = with_role(rows, "live")
        if target is None:
            raise Conflict("There is no earlier index to go back to: none is kept.")
        if target.source != source:
            raise ConfigurationError(
                f"EMBEDDING_MODEL: the index to go back to was built with {target.source}, not with"
                f" {source}. Set EMBEDDING_MODEL={target.source} and run it again."
            )
        if not building:
            return await tx.collections.begin_return()
        await tx.collections.give_up()
    return None


async def ask_to_drop_previous(store: Store) -> None:
    """Ask for the collection before to be deleted.

    Raises:
        Conflict: there is none.
    """
    async with store.transaction() as tx:
        if not await tx.collections.drop_previous():
            raise Conflict("There is no earlier index to delete: none is kept.")


async def ask_as_configured(store: Store, source: str) -> IndexCollection | None:
    """At the start of a process that has the data to itself: what the books should come to, so that
    `EMBEDDING_MODEL` alone decides. None: it is so."""
    async with store.transaction() as tx:
        rows = await tx.collections.all()
        live, building = with_role(rows, "live"), with_role(rows, "building")
        previous = with_role(rows, "previous")
        if building and building.source == source:
            return building
        if building:
            await tx.collections.give_up()
        if live is None or live.source == source:
            return None
        if previous and previous.source == source:
            return await tx.collections.begin_return()
        return await tx.collections.begin(source)
