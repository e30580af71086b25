"""A card from a character, and a character from a card.

A character keeps the card that it came from, whole. Its export is that card again, value for value;
only what was changed in Keepsake since is written into it.
"""

from copy import deepcopy
from typing import Any

from backend.cards.fields import (
    EXTENSION,
    PLAIN_TEXTS,
    Json,
    dialogues_text,
    fields_of,
    inner_of,
    personality_text,
)
from backend.models import Character, Personality, User

# What cards of versions 2 and 3 must have.
_V2_FIELDS: Json = {
    **dict.fromkeys(("name", "description", "personality", "scenario", "first_mes"), ""),
    **dict.fromkeys(("mes_example", "creator_notes", "system_prompt"), ""),
    **dict.fromkeys(("post_history_instructions", "creator", "character_version"), ""),
    "alternate_greetings": [],
    "tags": [],
    "extensions": {},
}
_V3_FIELDS: Json = {**_V2_FIELDS, "group_only_greetings": []}
_ENTRY_FIELDS: Json = {"extensions": {}, "enabled": True, "insertion_order": 0, "use_regex": False}
_KEEPSAKES_OWN = {"age": "age", "gender": "gender", "nsfw_level": "nsfwLevel"}
# What an author writes for the model and not for readers.
_AUTHORS_OWN = ("system_prompt", "post_history_instructions", "extensions")


def character_from(card: Json, owner: User) -> Character:
    """A new private character. The card's content level holds only for a confirmed adult.

    Raises:
        InvalidCard: see `fields_of`.
    """
    fields = fields_of(card)
    if not owner.adult_confirmed:
        fields["nsfw_level"] = 0
    return Character(owner_id=owner.id, visibility="private", card=card, **fields)


def card_of(character: Character) -> Json:
    """The character's card, as new: the one it came from with what was changed since, or one of
    version 3."""
    card = deepcopy(character.card) if character.card else as_v3({"name": ""})
    said = fields_of(card) if character.card else _nothing_said()
    changed = {name for name, value in said.items() if _value(character, name) != value}
    _write(card, character, changed)
    if changed and "modification_date" in inner_of(card):
        inner_of(card)["modification_date"] = int(character.updated_at.timestamp())
    return card


def as_v3(card: Json) -> Json:
    """The card as `chara_card_v3`, everything else kept."""
    return _as(card, "chara_card_v3", "3.0", _V3_FIELDS)


def as_v2(card: Json) -> Json:
    """The card as `chara_card_v2`, for clients that don't know version 3; everything else kept."""
    return _as(card, "chara_card_v2", "2.0", _V2_FIELDS)


def for_strangers(card: Json) -> Json:
    """A public character's card for others than its owner: without what its author wrote for the
    model alone. What a character is made of beside it they see anyway."""
    inner = inner_of(card)
    if inner is card:
        return _without_authors_own(card)
    return {**_without_authors_own(card), "data": _without_authors_own(inner)}


def _without_authors_own(fields: Json) -> Json:
    shown = {key: value for key, value in fields.items() if key not in _AUTHORS_OWN}
    extensions = fields.get("extensions")
    if isinstance(extensions, dict):
        shown["extensions"] = {key: extensions[key] for key in (EXTENSION,) if key in extensions}
    return shown


def _as(card: Json, spec: str, version: str, required: Json) -> Json:
    inner = inner_of(card)
    if inner is not card and card.get("spec") == spec:
        return card
    outer = card if inner is not card else {}
    return {**outer, "spec": spec, "spec_version": version, "data": {**deepcopy(required), **inner}}


def _value(character: Character, name: str) -> Any:
    value = getattr(character, name)
    return Personality.model_validate(value).model_dump() if name == "personality" else value


def _nothing_said() -> Json:
    return {**fields_of({"name": "?"}), "name": ""}


def _write(card: Json, character: Character, changed: set[str]) -> None:
    """Put the changed fields of a character into its card."""
    texts: Json = {"name": character.name} if "name" in changed else {}
    for theirs, ours in PLAIN_TEXTS.items():
        if ours in changed:
            texts[theirs] = getattr(character, ours)
    if "example_dialogues" in changed:
        texts["mes_example"] = dialogues_text(character.example_dialogues)
    if "personality" in changed:
        texts["personality"] = personality_text(character.personality)
        _extend(card, "personality", character.personality)
    if "lorebook" in changed:
        _write_lorebook(inner_of(card), character.lorebook)
    for ours in _KEEPSAKES_OWN.keys() & changed:
        _extend(card, _KEEPSAKES_OWN[ours], getattr(character, ours))
    inner = inner_of(card)
    inner |= texts
    # Many cards say their first version's fields twice, also outside of `data`.
    card |= {key: text for key, text in texts.items() if key in card}


def _write_lorebook(inner: Json, lorebook: list[dict[str, Any]]) -> None:
    book = inner.get("character_book")
    book = book if isinstance(book, dict) else {"extensions": {}}
    inner["character_book"] = {
        **book,
        "entries": [{**deepcopy(_ENTRY_FIELDS), **entry} for entry in lorebook],
    }


def _extend(card: Json, key: str, value: Any) -> None:
    inner = inner_of(card)
    extensions = inner.get("extensions")
    if not isinstance(extensions, dict):
        extensions = inner["extensions"] = {}
    ours = extensions.get(EXTENSION)
    extensions[EXTENSION] = {**(ours if isinstance(ours, dict) else {}), key: value}
