"""The records: one file per aggregate, no queries, no lazy loading."""

from backend.models.base import new_id, utc_now
from backend.models.character import Character, Personality
from backend.models.conversation import Conversation
from backend.models.index_collection import IndexBehind, IndexCollection
from backend.models.kept_answer import KEPT_FOR, KeptAnswer
from backend.models.memory import KnownMemory, Memory, MemoryRevision, Recallable
from backend.models.message import Message, MessageVariant, WantedVariant
from backend.models.owner import Owner
from backend.models.relationship import Relationship, RelationshipChange
from backend.models.reply_context import ReplyContext
from backend.models.sign_in import RevokedToken, SignIn
from backend.models.user import User

__all__ = [
    "KEPT_FOR",
    "Character",
    "Conversation",
    "IndexBehind",
    "IndexCollection",
    "KeptAnswer",
    "KnownMemory",
    "Memory",
    "MemoryRevision",
    "Message",
    "MessageVariant",
    "Owner",
    "Personality",
    "Recallable",
    "Relationship",
    "RelationshipChange",
    "ReplyContext",
    "RevokedToken",
    "SignIn",
    "User",
    "WantedVariant",
    "new_id",
    "utc_now",
]
