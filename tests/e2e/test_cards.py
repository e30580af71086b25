"""Character cards over HTTP: brought in, talked to, handed out."""

import json
from urllib.parse import quote

import httpx
import pytest

from backend.cards.png import texts_of
from tests.e2e.conftest import chats, replies
from tests.support.answers import problem
from tests.support.cards import V2, V3, Json, a_card_png, a_charx, a_png, as_json
from tests.support.groq_server import GroqServer
from tests.support.keepsake_client import Client, expect, signed_in


async def bring_in(client: Client, data: bytes, kind: str = "application/octet-stream") -> Json:
    """Import a card as the body."""
    headers = {"Content-Type": kind}
    answer = await client.http.post("/characters/import", content=data, headers=headers)
    made: Json = expect(answer, 201)
    return made


async def card_of(client: Client, character: Json, form: str) -> httpx.Response:
    answer = await client.http.get(f"/characters/{character['id']}/card", params={"format": form})
    assert answer.status_code == 200, answer.text
    return answer


async def test_a_card_is_brought_in_as_any_kind_and_comes_back_as_it_was(
    groq_client: Client,
) -> None:
    made = await bring_in(groq_client, as_json(V2), "application/json")
    assert (made["name"], made["visibility"], made["nsfwLevel"]) == ("Mira", "private", 0)
    assert (made["ownerId"], made["card"]) == (groq_client.user["id"], V2)
    listed = (await groq_client.get("/characters?limit=200"))["items"]
    assert next(each for each in listed if each["id"] == made["id"]) == made | {"card": None}
    assert made["lorebook"] == V2["data"]["character_book"]["entries"]
    assert made["picture"] is None
    assert await groq_client.get(f"/characters/{made['id']}") == made

    answer = await card_of(groq_client, made, "json")
    assert (answer.json(), answer.headers["content-type"]) == (V2, "application/json")
    assert 'filename="card.json"' in answer.headers["content-disposition"]

    portrait = a_card_png(V3, "ccv3")
    pictured = await bring_in(groq_client, portrait, "image/png")
    answer = await card_of(groq_client, pictured, "png")
    assert answer.headers["content-type"] == "image/png"
    assert set(texts_of(answer.content, {"chara", "ccv3"})) == {"chara", "ccv3"}
    again = await bring_in(groq_client, answer.content, "image/png")
    assert again["card"] == V3

    files = {"assets/icon/a.png": a_png(), "assets/v.mp3": b"ID3"}
    packed = a_charx(V3, **files)
    form = {"file": ("Mira.charx", packed, "application/x-zip")}
    charx = expect(await groq_client.http.post("/characters/import", files=form), 201)
    answer = await card_of(groq_client, charx, "charx")
    again = await bring_in(groq_client, answer.content, "application/zip")
    assert again["card"] == V3
    assert charx["picture"] == f"/api/v1/characters/{charx['id']}/picture"
    picture = await groq_client.http.get(f"{groq_client.url}{charx['picture']}")
    assert (picture.content, picture.headers["content-type"]) == (a_png(), "image/png")


async def test_a_character_made_here_goes_out_as_a_card(groq_client: Client) -> None:
    made = await groq_client.make_character(
        name="Nell Ø", nsfwLevel=0, personality={"traits": ["dry"], "style": "Brief.", "pet": "owl"}
    )
    for form in ("json", "png", "charx"):
        answer = await card_of(groq_client, made, form)
        assert quote(f"Nell Ø.{form}") in answer.headers["content-disposition"]
        back = await bring_in(groq_client, answer.content)
        fields = ("name", "age", "gender", "description", "personality", "lorebook")
        assert {name: back[name] for name in fields} == {name: made[name] for name in fields}
        assert back["picture"] is None, "the gradient that stands in for one isn't one"
    assert problem(
        await groq_client.http.get(f"/characters/{made['id']}/picture"), 404, "not_found"
    )


async def test_an_edited_import_goes_out_edited(groq_client: Client) -> None:
    made = await bring_in(groq_client, as_json(V3))
    draft = {key: made[key] for key in ("name", "personality", "scenario", "lorebook")}
    draft |= {"description": "She left.", "greeting": made["greeting"]}
    draft["exampleDialogues"] = made["exampleDialogues"]
    await groq_client.put(f"/characters/{made['id']}", draft)

    card = (await card_of(groq_client, made, "json")).json()

    assert card["data"].pop("description") == "She left."
    assert card["data"].pop("modification_date") > V3["data"]["modification_date"]
    changed = {"description", "modification_date"}
    assert card["data"] == {key: V3["data"][key] for key in V3["data"].keys() - changed}


async def test_what_a_card_says_reaches_the_model_filled_in(
    groq_client: Client, groq: GroqServer
) -> None:
    groq_client.character = await bring_in(groq_client, as_json(V3))
    conversation = await groq_client.converse()
    groq.queue(replies("Tea, then."), replies("Forty."))
    await groq_client.say(conversation, "Hello!")
    reply = await groq_client.say(conversation, "How many live on the islands of Skerry?")

    first, second = (
        json.dumps(request.body["messages"], ensure_ascii=False) for request in chats(groq)[-2:]
    )
    for prompt in (first, second):
        assert "Mi keeps the lighthouse of Skerry." in prompt
        assert "Ada: Lonely?\\nMi: The clocks talk back." in prompt
        assert "Write as Mi." in prompt
        assert "Keep Ada guessing." in prompt
        assert "Mind the stairs, Ada. Tea?" in prompt
        assert "{{" not in prompt
    assert "forty people" not in first
    assert "forty people" in second
    context = await groq_client.get(f"/messages/{reply['id']}/context")
    assert context["state"]["lorebook"] == {"told": ["Skerry"], "leftOut": []}
    assert context["tokenUse"]["lorebook"] > 5


async def test_of_a_strangers_public_character_its_author_s_words_stay_hers(
    groq_client: Client,
) -> None:
    made = await bring_in(groq_client, a_card_png(V3, "ccv3"), "image/png")
    path = f"/characters/{made['id']}"
    async with signed_in(groq_client.url, "Eve") as eve:
        for hidden in (path, f"{path}/card", f"{path}/card?format=png", f"{path}/picture"):
            assert problem(await eve.http.get(hidden), 404, "not_found")
        draft = {key: made[key] for key in ("name", "description", "greeting")}
        await groq_client.put(path, {**draft, "visibility": "public"})

        seen = await eve.get(path)
        shown = [json.dumps(seen)]
        for form in ("json", "png", "charx"):
            answer = await card_of(eve, made, form)
            back = await bring_in(eve, answer.content)
            shown.append(json.dumps(back["card"]))
            assert (back["name"], back["greeting"]) == ("Mira", V3["data"]["first_mes"])
        for text in shown:
            assert "Write as" not in text
            assert "guessing" not in text
            assert "talkativeness" not in text
        picture = await eve.http.get(f"{path}/picture")
        assert picture.content == a_png()
    assert (await groq_client.get(path))["card"] == V3


@pytest.mark.parametrize(
    ("kind", "body", "status", "code", "said"),
    [
        ("application/json", b'{"name": ', 422, "invalid_card", "isn't JSON"),
        ("application/json", b"\x89PNG\r\n\x1a\n", 422, "invalid_card", "cut off"),
        ("image/png", a_png(), 422, "invalid_card", "carries no card"),
        ("application/zip", b"", 422, "invalid_card", "neither JSON nor PNG nor CHARX"),
        ("text/plain", as_json(V2), 415, "unsupported_type", "multipart/form-data"),
        ("", as_json(V2), 415, "unsupported_type", "multipart/form-data"),
        ("multipart/form-data", b"x", 422, "invalid_request", "form can't be read"),
        ("multipart/form-data; boundary=a", b"--a--", 422, "invalid_request", "holds no file"),
        ("image/png", b"\x89PNG" * (18 * 2**18), 413, "too_large", "17 MB"),
    ],
    ids="JSON PNG picture empty text untyped boundary fileless large".split(),
)
async def test_a_bad_card_is_refused_and_leaves_nothing(
    someone: Client, kind: str, body: bytes, status: int, code: str, said: str
) -> None:
    before = await someone.get("/characters", limit=200)
    headers = {"Content-Type": kind} if kind else {}
    answer = await someone.http.post("/characters/import", content=body, headers=headers)
    assert said in problem(answer, status, code)["detail"]
    assert await someone.get("/characters", limit=200) == before


async def test_a_deleted_character_takes_its_picture_along(groq_client: Client) -> None:
    made = await bring_in(groq_client, a_card_png(), "image/png")
    await groq_client.delete(f"/characters/{made['id']}")
    for path in ("card", "picture"):
        answer = await groq_client.http.get(f"/characters/{made['id']}/{path}")
        assert problem(answer, 404, "not_found")
