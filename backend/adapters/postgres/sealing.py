"""Rows whose words are stored encrypted. The database sees seals, everything else clear records.

A sealed row keeps its words as one seal, bound to its table and key, and their own columns are blank but
for what queries go by: ids within JSON stay, hashes and attributes are keyed. Records are opened as the
session loads them and sealed as it writes them; statements that go past the session's records (bulk
inserts, plain rows) call `as_row` and `opened` themselves.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.attributes import flag_modified, set_committed_value
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.errors import InvalidRequest, SealBroken
from backend.models import (
    Conversation,
    Memory,
    MemoryRevision,
    Message,
    MessageVariant,
    Relationship,
    ReplyContext,
    Report,
)
from backend.models.base import Sealable
from backend.safety.encryption import Keyring, Scope, keyed_hash

SEALING = "sealing"  # in a session's info
_CLEAR = "in clear"  # in a record's state, while its row is written
_WRITING = "being written"  # in a session's info: the records, by identity
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


@dataclass(frozen=True, slots=True)
class Hiding:
    """What stands in a column of a sealed row, given its value and the pepper; and how the value is had
    back from that and from what was sealed, where it isn't just the latter."""

    shown: Callable[[Any, bytes], Any]
    whole: Callable[[Any, Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class Private:
    """The columns of a table that hold words. A row in which all of `telling` are as given says nothing,
    and isn't sealed."""

    columns: Mapping[str, Hiding]
    telling: Mapping[str, Any]

    def made_whole(self, row: Any, words: dict[str, Any]) -> dict[str, Any]:
        """The values of the columns, given what was sealed and the row as it is shown."""
        for name, hiding in self.columns.items():
            if hiding.whole and name in words:
                words[name] = hiding.whole(getattr(row, name), words[name])
        return words


def _blank(value: Any) -> Hiding:
    return Hiding(lambda _value, _pepper: value)


def _ids(name: str) -> Hiding:
    """A list of objects, of which the id stays, so that those of what is forgotten can be found and taken
    out; what is taken out is not put back."""

    def shown(items: Sequence[Mapping[str, Any]], _pepper: bytes) -> list[dict[str, Any]]:
        return [{name: item[name]} for item in items]

    def whole(left: Sequence[Mapping[str, Any]], items: Sequence[Mapping[str, Any]]) -> Any:
        kept = {item[name] for item in left}
        return [item for item in items if item[name] in kept]

    return Hiding(shown, whole)


# The same for the same text, so that equal ones can be found; not to be guessed without the pepper.
_KEYED = Hiding(lambda text, pepper: text if text is None else keyed_hash(pepper, text))

PRIVATE: Mapping[type[Sealable], Private] = {
    Message: Private({"content": _blank("")}, {"content": ""}),
    MessageVariant: Private({"content": _blank("")}, {"content": ""}),
    Conversation: Private(
        {"title": _blank(""), "details": _blank({})}, {"title": "", "details": {}}
    ),
    Memory: Private(
        {
            "content": _blank(""),
            "index_text": _blank(""),
            "about_name": _blank(None),
            "content_hash": _KEYED,
            "attribute": _KEYED,
        },
        {"content": "", "index_text": ""},
    ),
    MemoryRevision: Private(
        {"content": _blank(""), "details": _blank({})}, {"content": "", "details": {}}
    ),
    Relationship: Private(
        {"favorite_topics": _blank([]), "shared_experiences": _blank([])},
        {"favorite_topics": [], "shared_experiences": []},
    ),
    ReplyContext: Private(
        {
            "recent_messages": _ids("messageId"),
            "active_memories": _ids("memoryId"),
            "state": _blank({}),
        },
        {"recent_messages": [], "active_memories": [], "state": {}},
    ),
    Report: Private(
        {"note": _blank(""), "evidence": _blank({}), "resolution": _blank("")},
        {"note": "", "evidence": {}, "resolution": ""},
    ),
}


_KEYS = {model: [column.key for column in inspect(model).primary_key] for model in PRIVATE}


def table_of(model: type[Sealable]) -> str:
    """The name of its table."""
    return str(model.__tablename__)


def keys_of(model: type[Sealable]) -> list[str]:
    """The columns of its primary key."""
    return _KEYS[model]


class Sealing:
    """Seals and opens rows under these keys; `pepper` keys the hashes."""

    def __init__(self, keyring: Keyring, scope: Scope, pepper: bytes) -> None:
        self.keyring = keyring
        self.scope = scope
        self._pepper = pepper

    def key_for(self, record: Any) -> str | None:
        """The key that a record's row is to be sealed under; None: it is to be in clear."""
        covered = self.scope is Scope.ALL or (self.scope is Scope.SENSITIVE and record.sensitive)
        tells = any(getattr(record, name) for name in PRIVATE[type(record)].telling)
        return self.keyring.first if covered and tells else None

    def closed(self, record: Any) -> dict[str, Any]:
        """What is to stand in the private columns, `key_id` and `sealed` of a record's row.

        Raises:
            InvalidRequest: a text that the database can't hold.
        """
        private = PRIVATE[type(record)]
        words = {name: getattr(record, name) for name in private.columns}
        name = self.key_for(record)
        if name is None:
            return {**words, "key_id": None, "sealed": None}
        text = _ENCODER.encode(words)
        if "\\u0000" in text and _NUL.search(text):
            raise InvalidRequest("A text or number in it can't be stored.")
        sealed = self.keyring.seal(text.encode(), _place(type(record), _key(record)))
        shown = {
            column: hiding.shown(words[column], self._pepper)
            for column, hiding in private.columns.items()
        }
        return {**shown, "key_id": name, "sealed": sealed}

    def as_row(self, record: Any) -> dict[str, Any]:
        """A record as its row is to be."""
        return {**record.model_dump(), **self.closed(record)}

    def opened(self, model: type[Sealable], row: Any, *key: object) -> dict[str, Any]:
        """The private values of a sealed row, which has `key_id`, `sealed` and, of a model whose hiding
        asks for it, the private columns as attributes.

        Raises:
            SealBroken: see `Keyring.open`.
        """
        words = json.loads(self.keyring.open(row.key_id, row.sealed, _place(model, key)))
        return PRIVATE[model].made_whole(row, words)

    def keyed(self, text: str) -> str:
        """What stands for a hash or an attribute in a sealed row."""
        return keyed_hash(self._pepper, text)


def sealing_of(session: AsyncSession | Session) -> Sealing | None:
    """What a session seals and opens with; None: there are no keys."""
    sealing: Sealing | None = session.info.get(SEALING)
    return sealing


def rows_of(session: AsyncSession, records: Sequence[Any]) -> list[dict[str, Any]]:
    """Records as rows for a bulk insert, sealed as they are to be."""
    sealing = sealing_of(session)
    if sealing is None:
        return [record.model_dump() for record in records]
    return [sealing.as_row(record) for record in records]


def forms_of(session: AsyncSession, texts: Sequence[str]) -> list[str]:
    """Hashes or attributes as rows in clear and sealed rows have them."""
    sealing = sealing_of(session)
    return [*texts, *(sealing.keyed(text) for text in texts if sealing)]


def write_anew(record: Sealable) -> None:
    """Have the next flush write the private columns of a loaded record, as they are to be now."""
    flag_modified(record, "key_id")


def _key(record: Sealable) -> list[object]:
    return [getattr(record, name) for name in keys_of(type(record))]


def _place(model: type[Sealable], key: Sequence[object]) -> str:
    """Where a seal belongs: the table and the primary key, ids and numbers."""
    return f"{table_of(model)} {' '.join(map(str, key))}"


def _open(record: Any, _context: object, attributes: Collection[str] | None = None) -> None:
    """After a row is read; `attributes` are those read again, None for all."""
    untouched = attributes is not None and "sealed" not in attributes
    if untouched or record.sealed is None:
        return
    session = object_session(record)
    sealing = sealing_of(session) if session else None
    model, key = type(record), _key(record)
    if sealing is None:
        raise SealBroken(
            f"{_place(model, key)} is sealed under the key {record.key_id}, which is missing."
        )
    for name, value in sealing.opened(model, record, *key).items():
        set_committed_value(record, name, value)


def _close(_mapper: object, _connection: object, record: Any) -> None:
    """Before a row is written: put the seal in the place of the words."""
    session = object_session(record)
    sealing = sealing_of(session) if session else None
    if session is None or sealing is None or not _to_be_written(sealing, record):
        return
    state = inspect(record)
    session.info.setdefault(_WRITING, {})[id(record)] = record
    state.info[_CLEAR] = {name: getattr(record, name) for name in PRIVATE[type(record)].columns}
    for name, value in sealing.closed(record).items():
        setattr(record, name, value)
        # Always all of them, whatever the row held when it was read: it may have been sealed, opened
        # or sealed under another key since.
        state.committed_state.pop(name, None)
        flag_modified(record, name)


def _to_be_written(sealing: Sealing, record: Any) -> bool:
    state = inspect(record)
    if not state.persistent or record.key_id != sealing.key_for(record):
        return True
    names = (*PRIVATE[type(record)].columns, "key_id", "sealed")
    return any(state.attrs[name].history.has_changes() for name in names)


def give_words_back(session: AsyncSession) -> None:
    """After a write that failed: records say again what they were to."""
    for record in session.info.pop(_WRITING, {}).values():
        _clear_again(None, None, record)


def _clear_again(_mapper: object, _connection: object, record: Any) -> None:
    """After a row is written."""
    for name, value in inspect(record).info.pop(_CLEAR, {}).items():
        set_committed_value(record, name, value)


for _model in PRIVATE:
    event.listen(_model, "load", _open)
    event.listen(_model, "refresh", _open)
    event.listen(_model, "before_insert", _close)
    event.listen(_model, "before_update", _close)
    event.listen(_model, "after_insert", _clear_again)
    event.listen(_model, "after_update", _clear_again)
