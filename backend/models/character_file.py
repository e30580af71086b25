"""A file that belongs to a character: its picture, and what else came with its card."""

from uuid import UUID

from sqlmodel import Field, SQLModel


class CharacterFile(SQLModel, table=True):
    """`path` is where the file lies in a CHARX file; the character's `picture_path` names the one that
    is its picture."""

    __tablename__ = "character_file"

    character_id: UUID = Field(foreign_key="character.id", ondelete="CASCADE", primary_key=True)
    path: str = Field(primary_key=True)
    content: bytes
