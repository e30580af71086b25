"""Archives on their way to their users, in PostgreSQL."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.errors import Conflict
from backend.models import DataExport, ExportPiece


class PostgresExports:
    """Implements `Exports`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def begin(self, export: DataExport) -> None:
        # Of two at once the second waits here, and is the one that stays.
        await self._session.exec(
            select(func.pg_advisory_xact_lock(func.hashtextextended(f"export {export.user_id}", 0)))
        )
        await self._session.exec(
            delete(DataExport).where(col(DataExport.user_id) == export.user_id)
        )
        self._session.add(export)
        await self._session.flush()

    async def find(self, user_id: UUID, key_hash: bytes) -> DataExport | None:
        found = await self._session.exec(
            select(DataExport).where(
                col(DataExport.user_id) == user_id, col(DataExport.key_hash) == key_hash
            )
        )
        return found.first()

    async def add(self, piece: ExportPiece) -> None:
        try:
            await self._session.exec(
                insert(ExportPiece).values(piece.model_dump()).on_conflict_do_nothing()
            )
        except IntegrityError as error:
            raise Conflict("Another download was begun, and this one given up.") from error

    async def piece(self, export_id: UUID, number: int) -> ExportPiece | None:
        return await self._session.get(ExportPiece, (export_id, number))

    async def notes(self, export_id: UUID) -> list[bytes]:
        found = await self._session.exec(
            select(ExportPiece.notes)
            .where(col(ExportPiece.export_id) == export_id)
            .order_by(col(ExportPiece.number))
        )
        return list(found)

    async def containing(self, export_id: UUID, offset: int) -> int | None:
        found = await self._session.exec(
            select(ExportPiece.number)
            .where(col(ExportPiece.export_id) == export_id, col(ExportPiece.start) <= offset)
            .order_by(col(ExportPiece.number).desc())
            .limit(1)
        )
        return found.first()

    async def finish(self, export_id: UUID, size: int) -> None:
        await self._session.exec(
            update(DataExport).where(col(DataExport.id) == export_id).values(size=size)
        )

    async def forget_older(self, moment: datetime) -> None:
        await self._session.exec(delete(DataExport).where(col(DataExport.begun_at) < moment))
