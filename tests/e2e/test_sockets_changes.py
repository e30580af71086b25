"""What was said is changed: clients that come back hear of it, and what is sent again is answered
anew. Over both transports."""

from tests.e2e.conftest import for_chat, replies
from tests.support.chat_sockets import Connect
from tests.support.eventually import eventually
from tests.support.groq_behaviours import fails
from tests.support.groq_server import GroqServer
from tests.support.keepsake_client import Client, expect


async def edit(client: Client, message_id: str, content: str) -> None:
    expect(await client.http.patch(f"/messages/{message_id}", json={"content": content}))


async def test_changes_reach_a_client_that_comes_back(
    groq_client: Client, connect: Connect
) -> None:
    conversation = await groq_client.converse()
    for text in ("One", "Two"):
        await groq_client.say(conversation, text)
    socket = await connect(groq_client)
    assert (await socket.join(conversation, afterSeq=4))["lastChange"] == 0
    one, _, two, _ = await groq_client.messages(conversation)
    await socket.close()
    await edit(groq_client, one["id"], "Uno")
    expect(await groq_client.http.delete(f"/messages/{two['id']}"))
    await groq_client.say(conversation, "Three")

    back = await connect(groq_client)
    for fields in ({"afterChange": 0}, {}):  # the second knows nothing of change numbers
        back.forget()
        ack = await back.join(conversation, afterSeq=4, **fields)
        assert [item["content"] for item in ack["messages"]] == ["Three", "You said: Three"]
        assert (ack["lastChange"], ack["truncated"]) == (2, False)
        updated = await back.hears("message:updated")
        assert (updated["content"], updated["change"]) == ("Uno", 1)
        assert updated == (await groq_client.messages(conversation))[0]
        assert await back.hears("message:deleted") == {
            "conversationId": conversation,
            "messageId": two["id"],
            "seq": 3,
            "change": 2,
        }
        read = await back.hears("message:read")
        assert (read["readerId"], read["upToSeq"]) == (groq_client.character["id"], 4)
        assert back.names() == ["ack", "message:updated", "message:deleted", "message:read"]
    back.forget()
    await back.join(conversation, afterSeq=6, afterChange=2)
    await back.hears("message:read")
    assert back.names() == ["ack", "message:read"]

    await edit(groq_client, one["id"], "Eins")  # and as it happens
    assert (await back.hears("message:updated"))["change"] == 3


async def test_a_message_is_edited_and_its_reply_written_anew(
    groq_client: Client, groq: GroqServer, connect: Connect
) -> None:
    groq.queue(replies("Cut ", "short.", paced=True))
    conversation = await groq_client.converse()
    socket = await connect(groq_client)
    message = await socket.say(conversation, "How are the cats?")
    groq.release()
    await socket.hears("character:response", lambda data: data["delta"] == "Cut ")
    await socket.call("generation:stop", {"conversationId": conversation})
    stopped = await socket.hears_reply(message)
    assert stopped["state"] == "interrupted"

    await edit(groq_client, message["id"], "How are the dogs?")
    await socket.call("message:regenerate", {"messageId": stopped["id"]})
    anew = await socket.hears("message:updated", lambda data: data["id"] == stopped["id"])
    assert (anew["content"], anew["state"]) == ("You said: How are the dogs?", "complete")
    assert [item["content"] for item in anew["variants"]] == ["Cut ", anew["content"]]


async def test_a_message_whose_reply_failed_is_edited_and_answered(
    groq_client: Client, groq: GroqServer, connect: Connect
) -> None:
    groq.queue(for_chat(fails(404, code="model_not_found")), for_chat(fails(400, "No.")))
    conversation = await groq_client.converse()
    socket = await connect(groq_client)
    message = await socket.say(conversation, "How are the cats?")
    failed = await socket.hears_reply(message)
    assert failed["state"] == "failed"

    groq.reset()
    await edit(groq_client, message["id"], "How are the dogs?")
    await socket.call("message:regenerate", {"messageId": failed["id"]})
    anew = await socket.hears("message:updated", lambda data: data["id"] == failed["id"])
    assert (anew["content"], anew["state"]) == ("You said: How are the dogs?", "complete")
    assert anew["variants"] == []


async def test_a_message_that_still_waits_is_answered_as_it_was_edited(
    groq_client: Client, groq: GroqServer, connect: Connect
) -> None:
    groq.queue(replies("First ", "reply.", paced=True))
    conversation = await groq_client.converse()
    socket = await connect(groq_client)
    first = await socket.say(conversation, "One")
    waiting = await socket.say(conversation, "Two, badly put")
    await edit(groq_client, waiting["id"], "Two")
    groq.release(2)
    await socket.hears_reply(first)
    assert (await socket.hears_reply(waiting))["content"] == "You said: Two"


async def test_how_far_a_message_has_come_is_seen_everywhere(
    groq_client: Client, connect: Connect
) -> None:
    conversation = await groq_client.converse()
    here, later = await connect(groq_client), await connect(groq_client)
    message = await here.say(conversation, "Hello")
    reply = await here.hears_reply(message)
    assert (message["status"], reply["status"]) == ("sent", "delivered")
    seen = (await later.join(conversation, afterSeq=0))["messages"]
    assert [item["status"] for item in seen] == ["read", "delivered"]
    await later.call("message:read", {"conversationId": conversation, "upToSeq": 2})
    await here.hears("message:read", lambda data: data["readerId"] == groq_client.user["id"])
    later.forget()
    await later.call("message:read", {"conversationId": conversation, "upToSeq": 2})
    assert later.names() == ["ack"], "what is known is not told again"
    async with groq_client.http.stream(
        "POST",
        f"/conversations/{conversation}/messages",
        json={"content": "By REST"},
        headers={"Accept": "text/event-stream"},
    ) as stream:
        await stream.aread()

    async def read_and_delivered() -> bool:
        said = await groq_client.messages(conversation)
        return [item["status"] for item in said] == ["read", "read", "read", "delivered"]

    await eventually(read_and_delivered)
