"""Character cards: import, export, and the picture."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from backend.cards.bounds import MAX_NAME
from backend.cards.card_file import TYPES, Format, picture_type
from backend.cards.transfer import export_card, import_card
from backend.conversation.character_texts import rule_on_character
from backend.errors import ContentRefused, InvalidCard, InvalidRequest, NotFound
from backend.gateway.authentication import Caller, Here
from backend.gateway.error_mapping import HTTP_CODES
from backend.gateway.etags import TAGGED, etag_of_bytes, tagged
from backend.gateway.openapi import CODES, fails_with
from backend.gateway.rest.characters import known_character
from backend.gateway.views import CharacterView

router = APIRouter(prefix="/characters", tags=["characters"])

FORM = "multipart/form-data"
ONE_AT_A_TIME = "Send one card at a time, as the only file of the form."
BODIES = (
    "application/json",
    "image/png",
    "application/zip",
    "application/x-zip-compressed",
    "application/octet-stream",
)
BINARY = {"type": "string", "format": "binary"}
CARD_FIELDS = {
    "type": "object",
    "properties": {"name": {"type": "string", "minLength": 1, "maxLength": MAX_NAME}},
    "required": ["name"],
}
CARD_JSON = {
    "title": "Card",
    "anyOf": [
        {
            "title": "Version 2 or 3",
            "type": "object",
            "properties": {
                "spec": {"description": "`chara_card_v2` or `chara_card_v3`; may be missing."},
                "spec_version": {"description": "`2.0` or `3.0`; may be missing."},
                "data": CARD_FIELDS,
            },
            "required": ["data"],
        },
        {"title": "Version 1", **CARD_FIELDS, "not": {"required": ["data"]}},
    ],
}
CARD_EXAMPLE = {
    "spec": "chara_card_v2",
    "spec_version": "2.0",
    "data": {
        "name": "Mira",
        "description": "{{char}} keeps the lighthouse of Skerry and mends clocks.",
        "personality": "warm, curious",
        "first_mes": "Mind the stairs, {{user}}. Tea?",
        "tags": ["lighthouse"],
    },
}
CARD_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": CARD_JSON, "example": CARD_EXAMPLE},
            FORM: {
                "schema": {
                    "type": "object",
                    "properties": {"file": BINARY},
                    "required": ["file"],
                },
                "example": {"file": "(a card's bytes)"},
            },
            **{
                kind: {"schema": BINARY, "example": "(a card's bytes)"}
                for kind in ("image/png", "application/zip")
            },
        },
    }
}


@router.post(
    "/import",
    status_code=201,
    openapi_extra=CARD_BODY,
    responses={**fails_with(InvalidCard, ContentRefused), 415: {CODES: [HTTP_CODES[415]]}},
)
async def import_character(
    here: Here, caller: Caller, request: Request, response: Response
) -> CharacterView:
    """Make a character from a card: JSON, PNG or CHARX, as the body or as the file of a form. It is
    private. Everything in the card is kept, and an export gives it back."""
    character = await import_card(
        here.store, caller, await _file_in(request), check=rule_on_character
    )
    return tagged(response, CharacterView.of(character, caller.id))


@router.get(
    "/{character_id}/card",
    response_class=Response,
    responses={
        200: {
            "description": "The card as a file.",
            "content": {
                "application/json": {"schema": CARD_JSON, "example": CARD_EXAMPLE},
                **{
                    kind: {"schema": BINARY, "example": "(a card's bytes)"}
                    for kind in ("image/png", "application/zip")
                },
            },
        },
        **TAGGED,
    },
)
async def export_character(
    here: Here,
    caller: Caller,
    character_id: UUID,
    form: Annotated[Format, Query(alias="format")] = "json",
) -> Response:
    """A character as a card. The card it came from, with what was changed since; PNG carries versions
    2 and 3. Of somebody else's, without what its author wrote for the model alone."""
    character, data = await export_card(here.store, caller.id, character_id, form)
    kind = TYPES[form]
    name = quote(f"{character.name}.{kind.suffix}", safe="")
    headers = {
        "Content-Disposition": f"attachment; filename=\"card.{kind.suffix}\"; filename*=UTF-8''{name}",
        "ETag": etag_of_bytes(data),
    }
    return Response(data, media_type=kind.media_type, headers=headers)


@router.get(
    "/{character_id}/picture",
    response_class=Response,
    responses={
        200: {
            "description": "The picture.",
            "content": {"image/png": {"schema": BINARY, "example": "(a picture's bytes)"}},
        },
        **TAGGED,
    },
)
async def get_picture(here: Here, caller: Caller, character_id: UUID) -> Response:
    """A character's picture. PNG, JPEG or WebP, as it came with its card."""
    async with here.store.transaction() as tx:
        character = await known_character(tx, character_id, caller.id)
        path = character.picture_path
        found = await tx.character_files.of(character_id, [path]) if path else {}
    if not path or path not in found:
        raise NotFound("This character has no picture.")
    headers = {"Cache-Control": "private, no-cache", "ETag": etag_of_bytes(found[path])}
    return Response(found[path], media_type=picture_type(found[path]), headers=headers)


async def _file_in(request: Request) -> bytes:
    """The request's file. How large it may be, the server has seen to before.

    Raises:
        InvalidRequest: a form without a file or with several, or that can't be read.
        HTTPException: 415, none of the types above.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in BODIES:
        return await request.body()
    if kind != FORM:
        raise HTTPException(415, f"Send a card as one of: {', '.join((*BODIES, FORM))}.")
    try:
        async with request.form(max_files=10, max_fields=10) as form:
            files = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
            if not files:
                raise InvalidRequest("The form holds no file: send the card as one.", field="file")
            if len(files) > 1:
                raise InvalidRequest(ONE_AT_A_TIME, field="file")
            return await files[0].read()
    except HTTPException as error:
        raise InvalidRequest(f"The form can't be read. {ONE_AT_A_TIME}") from error
