"""Users of whom something is held in every table."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from backend.adapters.in_memory.language_model import ScriptedModel
from backend.memory.formation import form_memory
from backend.models import (
    Character,
    Conversation,
    IndexCollection,
    KeptAnswer,
    Message,
    MessageVariant,
    Report,
    User,
)
from backend.models.candidate import Candidate
from backend.privacy.downloads import begin_download
from tests.support.doubles import ScriptedExtractor
from tests.support.records import a_character, a_user
from tests.support.system import System
from tests.support.turns import answered

SECRET = "My PIN is 47x11."
WORD = "47x11"  # in everything that they say, hear and make


@dataclass(frozen=True)
class Life:
    """Who it is, a character of theirs, and their talk with a character that is nobody's."""

    user: User
    character: Character
    conversation: Conversation
    reply: Message

    @property
    def id(self) -> UUID:
        return self.user.id


async def live(system: System, stranger: Character | None = None) -> Life:
    """Somebody says a secret, has it remembered, reports the reply and wants another one, and begins to
    download all that is held on them, while an index is being built."""
    user = a_user(f"Ada {WORD}", password_hash="hash of a password")
    conversation = await system.introduce(user, stranger or a_character())
    own = a_character(f"Mira {WORD}", owner_id=user.id, visibility="private")
    async with system.store.transaction() as tx:
        await tx.characters.add(own.model_copy())
        await tx.character_files.add(own.id, {"icon.png": b"\x89PNG"})
    model = ScriptedModel([f"{WORD}, noted."])
    reply = await answered(system, system.turns(model), conversation, SECRET)
    await form_memory(system.memory, _EXTRACTOR, conversation.id, threshold=0)
    life = Life(user, own, conversation, reply)
    await _leave_more(system, life)
    await _build_an_index(system, life)
    download = await begin_download(system.store, user.id)
    await anext(download.stream())
    return life


async def _leave_more(system: System, life: Life) -> None:
    async with system.store.transaction() as tx:
        await tx.turns.release_all()
        for number in (0, 1):
            await tx.messages.add_variant(
                MessageVariant(message_id=life.reply.id, number=number, content=f"{WORD}!")
            )
        await tx.turns.want_variant(life.reply)
        await tx.reports.file(
            Report(
                user_id=life.id,
                message_id=life.reply.id,
                conversation_id=life.conversation.id,
                character_id=life.conversation.character_id,
                sender_type="character",
                reason="other",
                note=f"It says {WORD}.",
            )
        )
        await tx.kept_answers.claim(
            KeptAnswer(user_id=life.id, key_hash=b"\xff\x00", request_hash=b"\xff", sealed=b"\xfe"),
            stale_after=timedelta(days=1),
        )
        await tx.audit.record("user.looked_at", target=("user", life.id))


async def _build_an_index(system: System, life: Life) -> None:
    """Of which this user's memories are just being written."""
    [fact] = await system.memories(life.conversation.owner)
    async with system.store.transaction() as tx:
        building = next((row for row in await tx.collections.all() if row.role == "building"), None)
        building = building or await tx.collections.begin("another model")
        assert isinstance(building, IndexCollection)
        assert building.id is not None
        await tx.collections.writing(building.id, building.cursor, [fact])
    await system.query(
        "INSERT INTO index_behind (memory_id) VALUES (%s) ON CONFLICT DO NOTHING", fact.id
    )


_EXTRACTOR = ScriptedExtractor(
    lambda transcript: [
        Candidate(line.content.replace("My", "The user's", 1), (line.message_id,))
        for line in transcript.lines
        if line.content == SECRET
    ]
)
