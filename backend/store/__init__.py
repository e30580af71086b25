"""The store port: Postgres is the truth, reached through short transactions.

`async with store.transaction() as tx:` commits on a clean exit and rolls back on an exception.
No transaction is ever held while a model, the encoder or the vector index works.
"""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from backend.store.accounts import Characters, SignIns, Users
from backend.store.administration import (
    Audit,
    AuditFilter,
    LiveConversation,
    Operation,
    ParkedJob,
    People,
    UserFilter,
)
from backend.store.analytics import Analytics
from backend.store.character_files import CharacterFiles
from backend.store.collections import Collections
from backend.store.conversations import (
    Contexts,
    Conversations,
    Messages,
    ReadUpTo,
    Said,
    Standing,
)
from backend.store.histories import Histories
from backend.store.memories import Memories, MemoryFilter, Relationships, Traces
from backend.store.privacy import Erasures, Exports, Holdings
from backend.store.queues import Formation, FormationState, Summaries, Waiting
from backend.store.reports import Reports, Surroundings
from backend.store.requests import KeptAnswers
from backend.store.sealing import Resealing, Unsettled
from backend.store.searches import Searches
from backend.store.turns import Turns


class Transaction(Protocol):
    """One short unit of work; the repositories share its session."""

    users: Users
    sign_ins: SignIns
    characters: Characters
    character_files: CharacterFiles
    conversations: Conversations
    messages: Messages
    turns: Turns
    memories: Memories
    histories: Histories
    relationships: Relationships
    contexts: Contexts
    traces: Traces
    formation: Formation
    summaries: Summaries
    collections: Collections
    kept_answers: KeptAnswers
    erasures: Erasures
    exports: Exports
    holdings: Holdings
    searches: Searches
    analytics: Analytics
    resealing: Resealing
    reports: Reports
    audit: Audit
    people: People
    operation: Operation


class Store(Protocol):
    """Opens transactions."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that commits on a clean exit.

        Raises:
            InvalidRequest: a value that the database can't hold: NUL in a text, say.
            StoreUnavailable: the database can't be reached.
        """

    def only_one(self, work: str) -> AbstractAsyncContextManager[bool]:
        """Whether this is the only process that does the work until the end of the block; the place
        of one that dies is free at once. Holds a connection, but no transaction.

        Raises:
            StoreUnavailable: the database can't be reached.
        """

    async def check(self) -> None:
        """Prove that the database answers and its schema is this version's.

        Raises:
            StoreUnavailable: the reason, as a sentence that says what to do.
        """


__all__ = [
    "Analytics",
    "Audit",
    "AuditFilter",
    "CharacterFiles",
    "Characters",
    "Collections",
    "Contexts",
    "Conversations",
    "Erasures",
    "Exports",
    "Formation",
    "FormationState",
    "Histories",
    "Holdings",
    "KeptAnswers",
    "LiveConversation",
    "Memories",
    "MemoryFilter",
    "Messages",
    "Operation",
    "ParkedJob",
    "People",
    "ReadUpTo",
    "Relationships",
    "Reports",
    "Resealing",
    "Said",
    "Searches",
    "SignIns",
    "Standing",
    "Store",
    "Summaries",
    "Surroundings",
    "Traces",
    "Transaction",
    "Turns",
    "Unsettled",
    "UserFilter",
    "Users",
    "Waiting",
]
