"""A database with much in it: users who have talked and are remembered, rows by one statement each."""

from dataclasses import dataclass
from uuid import UUID

import psycopg

from backend.bootstrap.core import Core
from backend.gateway.authentication import Tokens
from backend.models import Character, Conversation, Message, Owner, User, new_id
from bench.filling import fill
from bench.realtime.seats import copies

MESSAGES_OF_A_USER = 500
WORDS = "Yesterday we walked along the harbour and counted the boats that came in before the rain."


@dataclass(frozen=True, slots=True)
class Seat:
    """A user who may ask, and what of theirs there is to ask for."""

    token: str
    character_id: str
    conversation_id: str


async def make_stock(core: Core, secret: str, messages: int, memories: int) -> list[Seat]:
    """Users with a conversation of 500 messages each, `messages` in all, and `memories` among them;
    `secret` signs their tokens. All talk to one public character."""
    count = max(1, messages // MESSAGES_OF_A_USER)
    character, user = (
        Character(name="Mara", visibility="public"),
        User(email="pattern@bench", display_name="Sam"),
    )
    users, conversations = [[new_id() for _ in range(count)] for _ in range(2)]
    await _talks(core, character, user, users, conversations)
    for user_id in users:
        await fill(core, Owner(character.id, user_id), memories // count)
    tokens = Tokens(secret)
    return [
        Seat(tokens.issue(user_id).access_token, str(character.id), str(conversation_id))
        for user_id, conversation_id in zip(users, conversations, strict=True)
    ]


async def _talks(
    core: Core, character: Character, user: User, users: list[UUID], conversations: list[UUID]
) -> None:
    said_so_far = MESSAGES_OF_A_USER
    conversation = Conversation(
        user_id=user.id,
        character_id=character.id,
        last_seq=said_so_far,
        message_count=said_so_far,
        answered_seq=said_so_far,
        formed_seq=said_so_far,
        summarised_seq=said_so_far,
    )
    message = Message(
        conversation_id=conversation.id, seq=0, sender_id=user.id, sender_type="user", content=WORDS
    )
    async with core.store.transaction() as tx:
        await tx.characters.add(character)
        await tx.users.add(user)
        await tx.conversations.add(conversation)
    async with core.store.transaction() as tx:
        await tx.messages.append(message)
    numbers = range(1, MESSAGES_OF_A_USER + 1)
    said = [(each, who) for each, who in zip(conversations, users, strict=True) for _ in numbers]
    async with await psycopg.AsyncConnection.connect(core.stores.database_url) as connection:
        await copies(connection, User, user.id, id=users, email=[f"{i}@bench" for i in users])
        await copies(connection, Conversation, conversation.id, id=conversations, user_id=users)
        await copies(
            connection,
            Message,
            message.id,
            id=[new_id() for _ in said],
            conversation_id=[each for each, _ in said],
            sender_id=[who for _, who in said],
            seq=list(numbers) * len(users),
        )
    async with await psycopg.AsyncConnection.connect(
        core.stores.database_url, autocommit=True
    ) as connection:
        await connection.execute("VACUUM ANALYZE message, memory, conversation, user_account")
