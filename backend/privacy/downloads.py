"""An archive on its way to its user, over a connection that may break.

Every piece is stored before it is sent, and kept for an hour: a download that breaks goes on where it was,
at whatever process, with the same bytes. Pieces are sealed under a key that only who downloads has, since
it is the download's ETag; what the database keeps can be read by nobody else.
"""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.errors import Conflict
from backend.models import DataExport, ExportPiece
from backend.privacy.lots import Source
from backend.privacy.making import Note, Piece, next_piece
from backend.store import Store

KEY_BYTES = 32
NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Download:
    """One user's archive, made or still to be made, and the key to it."""

    store: Store
    export: DataExport
    key: bytes

    @property
    def etag(self) -> str:
        """A strong one: these bytes, and the key to them."""
        return f'"{urlsafe_b64encode(self.key).decode().rstrip("=")}"'

    async def size(self) -> int:
        """How many bytes there are in all; makes what isn't made yet.

        Raises:
            Conflict: another download was begun, and this one given up.
        """
        if self.export.size is not None:
            return self.export.size
        note = None
        async with self.store.transaction() as tx:
            stored = await tx.exports.notes(self.export.id)
        if stored:
            note = self._note(stored[-1], len(stored) - 1)
        while note is None or not note.is_last:
            note = (await self._make(note)).note
        return note.end

    async def stream(self, first: int = 0, last: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `first` to `last` (both included; None: to the end), made as they are wanted.

        Raises:
            Conflict: another download was begun, and this one given up.
        """
        number = 0
        if first:
            async with self.store.transaction() as tx:
                number = await tx.exports.containing(self.export.id, first) or 0
        before: Note | None = None
        while last is None or before is None or before.end <= last:
            async with self.store.transaction() as tx:
                stored = await tx.exports.piece(self.export.id, number)
            piece = self._open(stored) if stored else await self._make(before)
            wanted = piece.content[max(0, first - piece.start) :]
            if last is not None:
                wanted = wanted[: last + 1 - max(first, piece.start)]
            if wanted:
                yield wanted
            if piece.is_last:
                return
            before, number = piece.note, number + 1

    async def _make(self, before: Note | None) -> Piece:
        """Make the piece behind another, and give what is stored in its place: another process may have
        made it at the same time, and its bytes are the ones that count then."""
        all_read = before is not None and before.place is None
        made = await next_piece(
            Source(self.store, self.export.user_id),
            before,
            await self._notes() if all_read else (),
            self.export.begun_at,
        )
        async with self.store.transaction() as tx:
            await tx.exports.add(self._seal(made))
            stored = await tx.exports.piece(self.export.id, made.number)
            if stored is None:
                raise Conflict("Another download was begun, and this one given up.")
            if made.is_last:
                await tx.exports.finish(self.export.id, stored.start + stored.length)
        return self._open(stored)

    async def _notes(self) -> list[Note]:
        async with self.store.transaction() as tx:
            stored = await tx.exports.notes(self.export.id)
        return [self._note(note, number) for number, note in enumerate(stored)]

    def _seal(self, piece: Piece) -> ExportPiece:
        return ExportPiece(
            export_id=self.export.id,
            number=piece.number,
            start=piece.start,
            length=len(piece.content),
            notes=self._sealed(piece.note.to_bytes(), b"note", piece.number),
            content=self._sealed(piece.content, b"content", piece.number),
        )

    def _open(self, stored: ExportPiece) -> Piece:
        note = self._note(stored.notes, stored.number)
        content = self._opened(stored.content, b"content", stored.number)
        return Piece(note.number, stored.start, content, note.entries, note.place, note.is_last)

    def _note(self, sealed: bytes, number: int) -> Note:
        return Note.from_bytes(self._opened(sealed, b"note", number))

    def _sealed(self, clear: bytes, kind: bytes, number: int) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, clear, b"%s %d" % (kind, number))

    def _opened(self, sealed: bytes, kind: bytes, number: int) -> bytes:
        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        return AESGCM(self.key).decrypt(nonce, rest, b"%s %d" % (kind, number))


async def begin_download(store: Store, user_id: UUID) -> Download:
    """A new archive, of which nothing is made yet. The user's earlier one goes."""
    key = os.urandom(KEY_BYTES)
    export = DataExport(user_id=user_id, key_hash=sha256(key).digest())
    async with store.transaction() as tx:
        await tx.exports.begin(export)
    return Download(store, export, key)


async def find_download(store: Store, user_id: UUID, etag: str) -> Download | None:
    """The one that a broken download goes on with; None: it isn't there any more, or never was."""
    try:
        key = urlsafe_b64decode(etag.strip('"') + "=")
    except ValueError:
        return None
    async with store.transaction() as tx:
        export = await tx.exports.find(user_id, sha256(key).digest())
    return Download(store, export, key) if export and len(key) == KEY_BYTES else None
