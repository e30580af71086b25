"""Files of characters in PostgreSQL."""

from uuid import UUID

from sqlalchemy import delete, insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models import CharacterFile


class PostgresCharacterFiles:
    """Implements `CharacterFiles`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, character_id: UUID, files: dict[str, bytes]) -> None:
        rows = [
            {"character_id": character_id, "path": path, "content": content}
            for path, content in files.items()
        ]
        if rows:
            await self._session.exec(insert(CharacterFile), params=rows)

    async def of(self, character_id: UUID, paths: list[str] | None = None) -> dict[str, bytes]:
        query = (
            select(CharacterFile.path, CharacterFile.content)
            .where(col(CharacterFile.character_id) == character_id)
            .order_by(col(CharacterFile.path))
        )
        if paths is not None:
            query = query.where(col(CharacterFile.path).in_(paths))
        return dict((await self._session.exec(query)).all())

    async def delete(self, character_id: UUID) -> None:
        await self._session.exec(
            delete(CharacterFile).where(col(CharacterFile.character_id) == character_id)
        )
