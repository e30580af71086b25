"""Many users at once, each with a conversation: rows by one statement, as `bench.filling` does."""

from pathlib import Path
from uuid import UUID

import psycopg
from psycopg import sql
from sqlmodel import SQLModel

from backend.bootstrap.stores import reach_store
from backend.gateway.authentication import Tokens
from backend.models import Character, Conversation, User, new_id
from backend.settings import Settings
from bench.realtime.crowd import Seat

_ARRAYS = {UUID: "%s::uuid[]", str: "%s::text[]", int: "%s::int[]"}


async def make_seats(data_dir: Path, secret: str, count: int) -> list[Seat]:
    """`count` users with a conversation each, all with one character, on a Keepsake that isn't
    running; `secret` signs their tokens."""
    settings = Settings(_env_file=None, data_dir=data_dir, llm_provider="offline")
    async with reach_store(settings) as (store, stores):
        character, user = Character(name="Mara"), User(email="pattern@bench", display_name="Sam")
        conversation = Conversation(user_id=user.id, character_id=character.id)
        async with store.transaction() as tx:
            await tx.characters.add(character)
            await tx.users.add(user)
            await tx.conversations.add(conversation)
        users, conversations = [[new_id() for _ in range(count)] for _ in range(2)]
        async with await psycopg.AsyncConnection.connect(stores.database_url) as connection:
            await copies(connection, User, user.id, id=users, email=[f"{i}@bench" for i in users])
            await copies(connection, Conversation, conversation.id, id=conversations, user_id=users)
    tokens = Tokens(secret)
    return [
        Seat(tokens.issue(user_id).access_token, str(conversation_id))
        for user_id, conversation_id in zip(users, conversations, strict=True)
    ]


async def copies(
    connection: psycopg.AsyncConnection,
    model: type[SQLModel],
    pattern: UUID,
    **own: list[UUID] | list[str] | list[int],
) -> None:
    """Rows that are the pattern's but for their `own` columns."""
    columns = [column.name for column in model.__table__.columns]  # type: ignore[attr-defined]
    taken = [sql.Identifier("own" if name in own else "pattern", name) for name in columns]
    kinds = [sql.SQL(_ARRAYS[type(values[0])]) for values in own.values()]
    await connection.execute(
        sql.SQL(
            "INSERT INTO {table} ({columns}) SELECT {taken} FROM unnest({kinds}) AS own ({names}),"
            " {table} AS pattern WHERE pattern.id = %s"
        ).format(
            table=sql.Identifier(model.__tablename__),  # type: ignore[arg-type]
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            taken=sql.SQL(", ").join(taken),
            kinds=sql.SQL(", ").join(kinds),
            names=sql.SQL(", ").join(map(sql.Identifier, own)),
        ),
        [*own.values(), pattern],
    )
