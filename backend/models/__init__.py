"""The records: one file per aggregate, no queries, no lazy loading."""

from backend.models.admin_action import AdminAction
from backend.models.base import new_id, rfc3339, utc_now
from backend.models.character import Character, Personality
from backend.models.character_file import CharacterFile
from backend.models.conversation import Conversation
from backend.models.data_export import EXPORT_KEPT_FOR, DataExport, ExportPiece
from backend.models.erasure import Erasure
from backend.models.index_collection import IndexBehind, IndexCollection
from backend.models.kept_answer import KEPT_FOR, KeptAnswer
from backend.models.memory import KnownMemory, Memory, MemoryRevision, Outdated, Recallable
from backend.models.message import Message, MessageVariant, WantedVariant
from backend.models.message_words import MessageWords
from backend.models.owner import Owner
from backend.models.relationship import Relationship, RelationshipChange
from backend.models.reply_context import ReplyContext
from backend.models.report import Report
from backend.models.sealing_key import SealingKey
from backend.models.sign_in import RevokedToken, SignIn
from backend.models.user import User

__all__ = [
    "EXPORT_KEPT_FOR",
    "KEPT_FOR",
    "AdminAction",
    "Character",
    "CharacterFile",
    "Conversation",
    "DataExport",
    "Erasure",
    "ExportPiece",
    "IndexBehind",
    "IndexCollection",
    "KeptAnswer",
    "KnownMemory",
    "Memory",
    "MemoryRevision",
    "Message",
    "MessageVariant",
    "MessageWords",
    "Outdated",
    "Owner",
    "Personality",
    "Recallable",
    "Relationship",
    "RelationshipChange",
    "ReplyContext",
    "Report",
    "RevokedToken",
    "SealingKey",
    "SignIn",
    "User",
    "WantedVariant",
    "new_id",
    "rfc3339",
    "utc_now",
]
