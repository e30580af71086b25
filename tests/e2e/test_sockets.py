"""The real-time contract, one suite over both transports."""

import asyncio
from datetime import UTC, datetime, timedelta

from tests.e2e.conftest import chats, replies
from tests.support.chat_sockets import (
    Connect,
)
from tests.support.groq_server import GroqServer
from tests.support.keepsake_client import Client, signed_in

# --- a turn ---------------------------------------------------------------------------------------


async def test_a_turn_s_events_come_in_order(
    groq_client: Client, groq: GroqServer, connect: Connect
) -> None:
    conversation = await groq_client.converse()
    socket = await connect(groq_client)
    await socket.join(conversation)
    socket.forget()
    groq.queue(replies("Good ", "day ", "to you."))
    message = await socket.say(conversation, "Hello!", clientMessageId="one")
    reply = await socket.hears_reply(message)

    told = [(name, data) for name, data in socket.heard if name != "ack"]
    assert [name for name, _ in told] == [
        "message:received",
        "message:delivered",
        "message:read",
        "typing:indicator",
        *["character:response"] * 5,
        "typing:indicator",
        "message:received",
    ]
    received, delivered, read, typing = (data for _, data in told[:4])
    responses, stopped = [data for _, data in told[4:9]], told[9][1]
    assert received == message
    assert delivered == {"messageId": message["id"], "seq": 1, "clientMessageId": "one"}
    assert (read["upToSeq"], read["readerId"]) == (1, groq_client.character["id"])
    assert typing == {
        "conversationId": conversation,
        "userId": groq_client.character["id"],
        "isTyping": True,
    }
    assert stopped == typing | {"isTyping": False}
    assert [(data["status"], data["delta"]) for data in responses] == [
        ("started", ""),
        ("delta", "Good "),
        ("delta", "day "),
        ("delta", "to you."),
        ("completed", ""),
    ]
    assert [data["index"] for data in responses[1:]] == [0, 1, 2, 3]
    assert {data["messageId"] for data in responses} == {reply["id"]}
    assert (reply["content"], reply["seq"]) == ("Good day to you.", 2)
    assert (reply["senderType"], reply["state"]) == ("character", "complete")
    names = socket.names()
    assert names.index("message:received") < names.index("ack") < names.index("message:read")


async def test_what_is_acknowledged_is_stored(
    groq_client: Client, groq: GroqServer, connect: Connect
) -> None:
    groq.queue(replies("late", paced=True))
    conversation = await groq_client.converse()
    socket = await connect(groq_client)
    message = await socket.say(conversation, "Are you there?")
    stored = await groq_client.messages(conversation)
    assert [(item["id"], item["seq"]) for item in stored] == [(message["id"], 1)]
    groq.release()
    await socket.hears_reply(message)


async def test_a_repeated_message_is_the_first_one_and_has_one_reply(
    groq_client: Client, connect: Connect
) -> None:
    conversation = await groq_client.converse()
    socket = await connect(groq_client)
    first, again = await asyncio.gather(
        socket.say(conversation, "Once only", clientMessageId="same"),
        socket.say(conversation, "Once only", clientMessageId="same"),
    )
    assert again["id"] == first["id"]
    await socket.hears_reply(first)
    later = await socket.say(conversation, "Once only", clientMessageId="same")
    assert (later["id"], later["seq"]) == (first["id"], 1)
    await socket.hears_reply(await socket.say(conversation, "Next"))
    said = await groq_client.messages(conversation)
    assert [item["content"] for item in said] == [
        "Once only",
        "You said: Once only",
        "Next",
        "You said: Next",
    ]
    received = [data["id"] for data in socket.all("message:received")]
    assert len(received) == len(set(received)) == 4


async def test_quick_messages_are_answered_in_order(groq_client: Client, connect: Connect) -> None:
    conversation = await groq_client.converse()
    socket = await connect(groq_client)
    texts = [f"number {place}" for place in range(5)]
    sent = [socket.say(conversation, text) for text in texts]
    messages = await asyncio.gather(*sent)
    for message in messages:
        await socket.hears_reply(message)
    said = await groq_client.messages(conversation)
    assert [item["content"] for item in said if item["senderType"] == "user"] == texts
    replies = [item for item in said if item["senderType"] == "character"]
    assert [item["content"] for item in replies] == [f"You said: {text}" for text in texts]
    assert [item["seq"] for item in said] == list(range(1, 11))


async def test_a_message_sent_during_a_reply_is_stored_at_once_and_answered_next(
    groq_client: Client, groq: GroqServer, connect: Connect
) -> None:
    groq.queue(replies("First ", "reply.", paced=True))
    conversation = await groq_client.converse()
    socket = await connect(groq_client)
    first = await socket.say(conversation, "One")
    groq.release()
    await socket.hears("character:response", lambda data: data["delta"] == "First ")
    second = await socket.say(conversation, "Two")
    assert second["seq"] == 2
    stored = await groq_client.messages(conversation)
    assert [item["content"] for item in stored] == ["One", "Two"]
    groq.release()
    one = await socket.hears_reply(first)
    two = await socket.hears_reply(second)
    assert (one["content"], one["seq"]) == ("First reply.", 3)
    assert (two["content"], two["seq"]) == ("You said: Two", 4)


async def test_a_disconnect_does_not_stop_a_reply_and_joining_again_resumes_it(
    groq_client: Client, groq: GroqServer, connect: Connect
) -> None:
    groq.queue(replies("Once ", "upon ", "a ", "time.", paced=True))
    conversation = await groq_client.converse()
    socket = await connect(groq_client)
    message = await socket.say(conversation, "Tell me a story")
    groq.release()
    started = await socket.hears("character:response", lambda data: data["status"] == "delta")
    await socket.close()
    groq.release()
    await groq.wait_for(lambda: groq.held == 1)

    back = await connect(groq_client)
    joined = await back.join(conversation, afterSeq=0)
    while joined["generation"]["index"] < 1:  # the second delta may still be on its way
        joined = await back.join(conversation, afterSeq=0)
    assert joined["generation"] == {
        "messageId": started["messageId"],
        "textSoFar": "Once upon ",
        "index": 1,
    }
    assert [item["id"] for item in joined["messages"]] == [message["id"]]
    assert (joined["lastSeq"], joined["truncated"]) == (1, False)
    back.forget()
    groq.release(2)
    reply = await back.hears_reply(message)
    assert (reply["content"], reply["id"]) == ("Once upon a time.", started["messageId"])
    further = [d for d in back.all("character:response") if d["status"] == "delta"]
    assert [(d["index"], d["delta"]) for d in further] == [(2, "a "), (3, "time.")]


async def test_joining_again_brings_what_was_missed(groq_client: Client, connect: Connect) -> None:
    conversation = await groq_client.converse()
    await groq_client.say(conversation, "One")
    await groq_client.say(conversation, "Two")
    socket = await connect(groq_client)
    joined = await socket.join(conversation, afterSeq=2)
    assert [item["content"] for item in joined["messages"]] == ["Two", "You said: Two"]
    assert joined["messages"] == (await groq_client.messages(conversation))[2:]
    assert (joined["lastSeq"], joined["generation"]) == (4, None)
    assert (await socket.join(conversation, afterSeq=4))["messages"] == []


async def test_too_much_to_catch_up_with_is_said_to_be_cut(
    someone: Client, connect: Connect
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    chat = [
        {
            "senderType": "user" if place % 2 == 0 else "character",
            "content": f"line {place}",
            "createdAt": (start + timedelta(minutes=place)).isoformat(),
        }
        for place in range(260)
    ]
    body = {"characterId": someone.character["id"], "messages": chat}
    imported = await someone.post("/conversations/import", body)
    socket = await connect(someone)
    joined = await socket.join(imported["conversation"]["id"], afterSeq=0)
    assert joined["truncated"] is True
    assert joined["messages"][-1]["seq"] == joined["lastSeq"] == 260
    whole = await socket.join(imported["conversation"]["id"], afterSeq=60)
    assert whole["truncated"] is False
    assert [item["seq"] for item in whole["messages"]] == list(range(61, 261))


async def test_stopping_keeps_what_was_written(
    groq_client: Client, groq: GroqServer, connect: Connect
) -> None:
    groq.queue(replies("Enough ", "is ", "enough.", paced=True))
    conversation = await groq_client.converse()
    socket = await connect(groq_client)
    message = await socket.say(conversation, "Talk on")
    groq.release()
    await socket.hears("character:response", lambda data: data["delta"] == "Enough ")
    assert await socket.call("generation:stop", {"conversationId": conversation}) == {
        "stopped": True
    }
    ended = await socket.hears("character:response", lambda data: data["status"] != "delta")
    assert ended["status"] == "interrupted"
    reply = await socket.hears_reply(message)
    assert (reply["content"], reply["state"]) == ("Enough ", "interrupted")
    await groq.wait_for(lambda: chats(groq)[-1].disconnected)  # no tokens are paid for unread
    assert await socket.call("generation:stop", {"conversationId": conversation}) == {
        "stopped": False
    }


async def test_regenerating_adds_a_variant(
    groq_client: Client, groq: GroqServer, connect: Connect
) -> None:
    groq.queue(replies("The first try."), replies("The second try."))
    conversation = await groq_client.converse()
    socket = await connect(groq_client)
    reply = await socket.hears_reply(await socket.say(conversation, "Say something"))
    ack = await socket.call("message:regenerate", {"messageId": reply["id"]})
    assert ack == {"messageId": reply["id"]}
    updated = await socket.hears("message:updated")
    assert (updated["id"], updated["seq"]) == (reply["id"], 2)
    assert updated["content"] == "The second try."
    assert [(item["content"], item["active"]) for item in updated["variants"]] == [
        ("The first try.", False),
        ("The second try.", True),
    ]
    assert (await groq_client.messages(conversation))[1] == updated
    deltas = [d["delta"] for d in socket.all("character:response") if d["status"] == "delta"]
    assert deltas == ["The first try.", "The second try."]


# --- who hears what -------------------------------------------------------------------------------


async def test_typing_is_shown_to_the_other_connection_and_ends_by_itself(
    groq_client: Client, connect: Connect
) -> None:
    conversation = await groq_client.converse()
    here, there = await connect(groq_client), await connect(groq_client)
    await here.join(conversation)
    await there.join(conversation)
    assert await here.call("typing:start", {"conversationId": conversation}) == {}
    shown = {"conversationId": conversation, "userId": groq_client.user["id"], "isTyping": True}
    assert await there.hears("typing:indicator") == shown
    assert await there.hears("typing:indicator") == shown | {"isTyping": False}
    await here.hears("typing:indicator", lambda data: not data["isTyping"])
    assert [data["isTyping"] for data in here.all("typing:indicator")] == [False]


async def test_typing_ends_when_told_or_when_the_message_is_sent(
    groq_client: Client, groq: GroqServer, connect: Connect
) -> None:
    groq.queue(replies("held", paced=True))
    conversation = await groq_client.converse()
    here, there = await connect(groq_client), await connect(groq_client)
    await there.join(conversation)
    await here.call("typing:start", {"conversationId": conversation})
    await here.call("typing:stop", {"conversationId": conversation})
    await here.call("typing:start", {"conversationId": conversation})
    message = await here.say(conversation, "There it is")
    mine = [
        (await there.hears("typing:indicator", lambda d: d["userId"] == groq_client.user["id"]))[
            "isTyping"
        ]
        for _ in range(4)
    ]
    assert mine == [True, False, True, False]
    groq.release()
    await there.hears_reply(message)


async def test_both_connections_of_a_user_see_everything(
    groq_client: Client, connect: Connect
) -> None:
    conversation = await groq_client.converse()
    here, there = await connect(groq_client), await connect(groq_client)
    await here.join(conversation)
    await there.join(conversation)
    here.forget()
    there.forget()
    message = await here.say(conversation, "Hello to both")
    reply = await here.hears_reply(message)
    assert await there.hears_reply(message) == reply
    own = {"ack", "message:delivered"}
    assert [item for item in here.heard if item[0] not in own] == there.heard

    await there.call("message:read", {"conversationId": conversation, "upToSeq": 2})
    read = await here.hears("message:read", lambda data: data["upToSeq"] == 2)
    assert read["readerId"] == groq_client.user["id"]
    assert (await groq_client.messages(conversation))[1]["status"] == "read"

    await there.call("conversation:leave", {"conversationId": conversation})
    there.forget()
    await here.hears_reply(await here.say(conversation, "Now only here"))
    await there.call("typing:stop", {"conversationId": conversation})
    assert there.names() == ["ack"]


async def test_what_was_learned_is_told_to_the_user_s_connections(
    client: Client, connect: Connect
) -> None:
    socket = await connect(client)
    conversation = await client.converse()
    await client.say(conversation, "My dog is called Biscuit.")
    learned = await socket.hears("memory:updated")
    assert learned["characterId"] == client.character["id"]
    (change,) = learned["changes"]
    assert (change["action"], change["memory"]["id"]) == ("added", (await client.facts())[0]["id"])
    relationship = await socket.hears("relationship:updated")
    assert relationship["totalInteractions"] == 1


async def test_a_stranger_hears_nothing_and_may_do_nothing(
    groq_client: Client, groq: GroqServer, connect: Connect
) -> None:
    conversation = await groq_client.converse()
    reply = await groq_client.say(conversation, "Between us")
    async with signed_in(groq_client.url, "Eve") as eve:
        stranger = await connect(eve)
        here = {"conversationId": conversation}
        for event, data in (
            ("conversation:join", here),
            ("message:send", here | {"content": "Hi", "type": "text"}),
            ("message:read", here | {"upToSeq": 2}),
            ("typing:start", here),
            ("generation:stop", here),
            ("message:regenerate", {"messageId": reply["id"]}),
        ):
            ack = await stranger.call(event, data)
            assert ack["error"]["code"] == "not_found", event
        stranger.forget()
        await groq_client.say(conversation, "Still between us")
        await stranger.call("conversation:leave", here)
        assert stranger.names() == ["ack"]
    assert len(await groq_client.messages(conversation)) == 4
