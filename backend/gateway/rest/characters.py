"""Characters: list, make, change, delete."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field, field_validator

from backend.cards.bounds import MAX_EXAMPLES, MAX_LOREBOOK_ENTRIES, MAX_NAME, MAX_TEXT
from backend.cards.fields import check_personality
from backend.cards.json_text import check_storable
from backend.conversation.character_texts import rule_on_character
from backend.errors import CharacterBlocked, ContentRefused, InvalidCard, NotFound
from backend.gateway.authentication import Caller, Here
from backend.gateway.etags import TAGGED, IfMatch, tagged
from backend.gateway.openapi import fails_with
from backend.gateway.rest.paging import (
    DEFAULT_LIMIT,
    Following,
    Limit,
    Page,
    id_cursor,
    page_of,
)
from backend.gateway.views import CharacterView, View
from backend.gateway.wire_types import NUMBER, worded
from backend.models import Character, Owner, Personality, Relationship, User, utc_now
from backend.store import Transaction

router = APIRouter(prefix="/characters", tags=["characters"])

Name = Annotated[str, worded(MAX_NAME)]
LongText = Annotated[str, Field(max_length=MAX_TEXT)]


class CharacterDraft(View):
    name: Name
    age: Annotated[int | None, Field(ge=0, le=100_000), NUMBER] = None
    gender: Annotated[str, Field(max_length=60)] = ""
    description: LongText = ""
    personality: Personality = Personality()
    scenario: LongText = ""
    greeting: LongText = ""
    example_dialogues: Annotated[list[LongText], Field(max_length=MAX_EXAMPLES)] = []
    nsfw_level: Annotated[int, Field(ge=0, le=10), NUMBER] = 0
    lorebook: Annotated[list[dict[str, Any]], Field(max_length=MAX_LOREBOOK_ENTRIES)] = []
    visibility: Annotated[str, Field(pattern="^(private|public)$")] = "private"

    @field_validator("personality", "lorebook", mode="before")
    @classmethod
    def _is_storable(cls, value: Any) -> Any:
        try:
            check_storable(value, "It")
        except InvalidCard as error:
            raise ValueError(error.message) from error
        return value

    @field_validator("personality", mode="before")
    @classmethod
    def _is_of_a_size(cls, value: Any) -> Any:
        try:
            if isinstance(value, dict):
                check_personality(value)
        except InvalidCard as error:
            raise ValueError(error.message) from error
        return value

    def columns(self) -> dict[str, Any]:
        """The record's columns."""
        return self.model_dump()


@router.get("")
async def list_characters(
    here: Here, caller: Caller, limit: Limit = DEFAULT_LIMIT, after: Following = None
) -> Page[CharacterView]:
    """The caller's own and all public characters, without their `card`."""
    async with here.store.transaction() as tx:
        found = await tx.characters.page(caller.id, limit=limit + 1, after=id_cursor(after))
    return page_of(found, limit, CharacterView.listed)


@router.post("", status_code=201, responses=fails_with(ContentRefused))
async def create_character(
    here: Here, caller: Caller, draft: CharacterDraft, response: Response
) -> CharacterView:
    """Make a character of one's own."""
    character = Character(owner_id=caller.id, **draft.columns())
    await rule_on_character(character, caller)
    async with here.store.transaction() as tx:
        await tx.characters.add(character)
    return tagged(response, CharacterView.of(character, caller.id))


@router.get("/{character_id}", responses=TAGGED)
async def get_character(
    here: Here, caller: Caller, character_id: UUID, response: Response
) -> CharacterView:
    """One character. Of somebody else's, `card` is without what its author wrote for the model alone. Who
    has talked to it still sees it when its owner has deleted it or made it private, without `card` and
    `lorebook`."""
    async with here.store.transaction() as tx:
        character = await known_character(tx, character_id, caller.id)
    if character.deleted_at and character.owner_id == caller.id:
        raise NotFound("You deleted this character.")
    return tagged(response, CharacterView.of(character, caller.id))


@router.put("/{character_id}", responses=fails_with(ContentRefused))
async def replace_character(
    here: Here,
    caller: Caller,
    character_id: UUID,
    draft: CharacterDraft,
    unchanged: IfMatch,
    response: Response,
) -> CharacterView:
    """Change one's own character: every field is set, those left out to their defaults."""
    async with here.store.transaction() as tx:
        character = await _own_character(tx, character_id, caller.id)
        unchanged.require(CharacterView.of(character, caller.id))
        await rule_on_character(Character(**draft.columns(), card=character.card), caller)
        for name, value in draft.columns().items():
            setattr(character, name, value)
        character.updated_at = utc_now()
        await tx.characters.save(character)
    return tagged(response, CharacterView.of(character, caller.id))


@router.delete("/{character_id}", status_code=204)
async def delete_character(
    here: Here, caller: Caller, character_id: UUID, unchanged: IfMatch
) -> Response:
    """Delete one's own character. Nobody can find it any more or begin to talk to it. Conversations with it
    go on for those who are in them, who can read and delete what it remembers of them."""
    async with here.store.transaction() as tx:
        character = await _own_character(tx, character_id, caller.id)
        unchanged.require(CharacterView.of(character, caller.id))
        character.deleted_at = utc_now()
        await tx.characters.save(character)
        await tx.character_files.delete(character_id)
    return Response(status_code=204)


async def visible_character(
    tx: Transaction, character_id: UUID, viewer: UUID, *, lock: bool = False
) -> Character:
    """A character that the viewer may find; `lock` keeps others from changing it meanwhile.

    Raises:
        NotFound: none, or somebody else's.
    """
    character = await tx.characters.visible(character_id, viewer, lock=lock)
    if character is None:
        raise NotFound("There is no such character.")
    return character


async def known_character(tx: Transaction, character_id: UUID, viewer: UUID) -> Character:
    """A character that the viewer may find or has met, whatever has become of it since.

    Raises:
        NotFound: none, or somebody else's.
    """
    character = await tx.characters.known(character_id, viewer)
    if character is None:
        raise NotFound("There is no such character.")
    return character


async def speaking_character(tx: Transaction, character_id: UUID, viewer: UUID) -> Character:
    """A character that the viewer may begin to talk to.

    Raises:
        NotFound: none, or somebody else's.
        CharacterBlocked: by an admin.
    """
    character = await visible_character(tx, character_id, viewer)
    if character.blocked_at:
        raise CharacterBlocked(character.blocked_reason)
    return character


async def own_pair(
    tx: Transaction, character_id: UUID, user_id: str, caller: User, thing: str
) -> tuple[Owner, Character]:
    """The two that a path names, checked: the user knows the character, and the user, "me" or an id, is the
    caller.

    Raises:
        NotFound: it isn't so; there is no such `thing`.
    """
    owner = callers_own(character_id, user_id, caller, thing)
    return owner, await known_character(tx, character_id, caller.id)


def callers_own(character_id: UUID, user_id: str, caller: User, thing: str) -> Owner:
    """The two that a path names; the user, "me" or an id, is the caller. Whether they know the character is
    for whoever reads or changes the `thing` to see.

    Raises:
        NotFound: it is somebody else's.
    """
    if user_id not in {"me", str(caller.id)}:
        raise NotFound(f"There is no such {thing}.")
    return Owner(character_id, caller.id)


async def own_pair_as_they_stand(
    tx: Transaction, character_id: UUID, user_id: str, caller: User, thing: str
) -> tuple[Owner, Relationship]:
    """`own_pair`, and how the two stand: that of strangers, if they haven't met.

    Raises:
        NotFound: see `own_pair`.
    """
    found = None
    if user_id in {"me", str(caller.id)}:
        found = await tx.characters.known_with_relationship(character_id, caller.id)
    if found is None:
        raise NotFound(f"There is no such {thing}.")
    character, relationship = found
    owner = Owner(character.id, caller.id)
    return owner, relationship or Relationship(character_id=character.id, user_id=caller.id)


async def _own_character(tx: Transaction, character_id: UUID, owner: UUID) -> Character:
    character = await visible_character(tx, character_id, owner, lock=True)
    if character.owner_id != owner:
        raise NotFound("There is no such character of yours.")
    return character
