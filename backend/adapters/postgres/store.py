"""The store on PostgreSQL: one pool, short transactions, repositories over one session."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from alembic.runtime.migration import MigrationContext
from psycopg.errors import ForeignKeyViolation
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import store
from backend.adapters.postgres.analytics import PostgresAnalytics
from backend.adapters.postgres.audit import PostgresAudit
from backend.adapters.postgres.character_files import PostgresCharacterFiles
from backend.adapters.postgres.characters import PostgresCharacters
from backend.adapters.postgres.collections import PostgresCollections
from backend.adapters.postgres.contexts import PostgresContexts
from backend.adapters.postgres.conversations import PostgresConversations
from backend.adapters.postgres.erasures import PostgresErasures
from backend.adapters.postgres.exports import PostgresExports
from backend.adapters.postgres.formation_queue import FormationQueue
from backend.adapters.postgres.histories import PostgresHistories
from backend.adapters.postgres.holdings import PostgresHoldings
from backend.adapters.postgres.jobs import JobQueue
from backend.adapters.postgres.kept_answers import PostgresKeptAnswers
from backend.adapters.postgres.memories import PostgresMemories
from backend.adapters.postgres.messages import PostgresMessages
from backend.adapters.postgres.migrate import newest_revision
from backend.adapters.postgres.operation import PostgresOperation
from backend.adapters.postgres.people import PostgresPeople
from backend.adapters.postgres.pool_check import ask_only_in_doubt
from backend.adapters.postgres.relationships import PostgresRelationships
from backend.adapters.postgres.reports import PostgresReports
from backend.adapters.postgres.resealing import PostgresResealing
from backend.adapters.postgres.sealing import SEALING, Sealing, give_words_back
from backend.adapters.postgres.sealing_keys import unlock
from backend.adapters.postgres.searches import PostgresSearches
from backend.adapters.postgres.sign_ins import PostgresSignIns
from backend.adapters.postgres.summary_queue import SummaryQueue
from backend.adapters.postgres.traces import PostgresTraces
from backend.adapters.postgres.turns import PostgresTurns
from backend.adapters.postgres.users import PostgresUsers
from backend.errors import Conflict, InvalidRequest, StoreUnavailable
from backend.safety.encryption import Keyring, Scope

POOL_SIZE = 10
POOL_OVERFLOW = 10
POOL_WAIT_SECONDS = 10


def sqlalchemy_url(url: str) -> str:
    """The URL with psycopg 3 as its driver, whatever PostgreSQL spelling came in."""
    for prefix in ("postgresql+psycopg://", "postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


class PostgresTransaction:
    """The repositories of one unit of work."""

    def __init__(self, session: AsyncSession, jobs: JobQueue) -> None:
        self.users: store.Users = PostgresUsers(session)
        self.sign_ins: store.SignIns = PostgresSignIns(session)
        self.characters: store.Characters = PostgresCharacters(session)
        self.character_files: store.CharacterFiles = PostgresCharacterFiles(session)
        self.conversations: store.Conversations = PostgresConversations(session)
        self.messages: store.Messages = PostgresMessages(session)
        self.turns: store.Turns = PostgresTurns(session)
        self.memories: store.Memories = PostgresMemories(session)
        self.histories: store.Histories = PostgresHistories(session)
        self.relationships: store.Relationships = PostgresRelationships(session)
        self.contexts: store.Contexts = PostgresContexts(session)
        self.traces: store.Traces = PostgresTraces(session)
        self.formation: store.Formation = FormationQueue(session, jobs)
        self.summaries: store.Summaries = SummaryQueue(session, jobs)
        self.collections: store.Collections = PostgresCollections(session)
        self.kept_answers: store.KeptAnswers = PostgresKeptAnswers(session)
        self.erasures: store.Erasures = PostgresErasures(session)
        self.exports: store.Exports = PostgresExports(session)
        self.holdings: store.Holdings = PostgresHoldings(session)
        self.searches: store.Searches = PostgresSearches(session)
        self.analytics: store.Analytics = PostgresAnalytics(session)
        self.resealing: store.Resealing = PostgresResealing(session)
        self.reports: store.Reports = PostgresReports(session)
        self.audit: store.Audit = PostgresAudit(session)
        self.people: store.People = PostgresPeople(session)
        self.operation: store.Operation = PostgresOperation(session)


class PostgresStore:
    """Implements `Store`. Build it, then use it; connections open on demand."""

    def __init__(
        self,
        url: str,
        jobs: JobQueue,
        keyring: Keyring | None = None,
        scope: Scope = Scope.SENSITIVE,
    ) -> None:
        self._jobs = jobs
        self._keyring = keyring
        self._scope = scope
        self._sealing: Sealing | None = None
        self._engine: AsyncEngine = create_async_engine(
            sqlalchemy_url(url),
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=POOL_WAIT_SECONDS,
            hide_parameters=True,  # what was said, in the text of an exception
            pool_use_lifo=True,  # the connection used last has its statements prepared
            connect_args={"connect_timeout": 5, "options": "-c timezone=utc"},
        )
        ask_only_in_doubt(self._engine)

    async def unlock(self, *, may_begin: bool = True) -> None:
        """Take the keys into use. Until then nothing is sealed, nor can what is be read. `may_begin`:
        with a key that nobody has used yet; it would be unknown to those at work.

        Raises:
            ConfigurationError: a key is missing, or isn't the one that rows are sealed under.
        """
        async with self.session() as session:
            given = await unlock(session, self._keyring, may_begin=may_begin)
        if given:
            keyring, pepper = given
            self._sealing = Sealing(keyring, self._scope, pepper)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresTransaction]:
        """See `Store.transaction`."""
        async with self.session() as session:
            yield PostgresTransaction(session, self._jobs)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A transaction without its repositories; failures are the store's own."""
        session = AsyncSession(self._engine, expire_on_commit=False, info={SEALING: self._sealing})
        try:
            async with session:  # ends what isn't committed
                yield session
                await session.commit()
        except (OperationalError, PoolTimeout) as error:
            raise StoreUnavailable(
                "The database can't be reached. Check DATABASE_URL and that PostgreSQL runs."
            ) from error
        except (
            DataError,
            UnicodeEncodeError,
        ) as error:  # NUL, half a surrogate pair, a huge number
            raise InvalidRequest("A text or number in it can't be stored.") from error
        except IntegrityError as error:
            if isinstance(error.orig, ForeignKeyViolation):
                raise Conflict("What it belongs to was deleted meanwhile.") from error
            raise
        except DBAPIError as error:
            if error.connection_invalidated:
                raise StoreUnavailable("The connection to the database broke off.") from error
            raise
        finally:
            give_words_back(session)

    @asynccontextmanager
    async def only_one(self, work: str) -> AsyncIterator[bool]:
        """See `Store.only_one`."""
        key = func.hashtextextended(work, 0)
        try:
            # A lock of the session: it goes with the connection, so with the process.
            connection = await self._engine.connect()
            connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
            ours = bool(await connection.scalar(select(func.pg_try_advisory_lock(key))))
        except (OperationalError, PoolTimeout) as error:
            raise StoreUnavailable(
                "The database can't be reached. Check DATABASE_URL and that PostgreSQL runs."
            ) from error
        try:
            yield ours
        finally:
            # Thrown away, not returned to the pool: that ends the lock whatever happened.
            await connection.invalidate()
            await connection.close()

    async def check(self) -> None:
        """See `Store.check`."""
        try:
            async with self._engine.connect() as connection:
                current = await connection.run_sync(_revision)
        except (OperationalError, PoolTimeout) as error:
            raise StoreUnavailable(
                "The database can't be reached. Check DATABASE_URL and that PostgreSQL runs."
            ) from error
        if current != newest_revision():
            raise StoreUnavailable(
                f"The database is at schema {current or 'none'}, this version needs {newest_revision()}. "
                "Run `keepsake migrate`."
            )

    async def close(self) -> None:
        """Close the pool."""
        await self._engine.dispose()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
