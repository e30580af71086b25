"""Everything that a user may have, by the name of its id in paths, queries and bodies."""

from tests.support.keepsake_client import Client

SECRET = "the password of the boathouse is quokka"


async def acquire(client: Client) -> dict[str, str]:
    """Give the user one of everything: ids by the name that operations take them under. A route with
    another id in it needs a line here."""
    character = client.character["id"]
    conversation = await client.converse(title=f"Boathouse, {client.user['id']}")
    reply = await client.say(conversation, f"Remember that {SECRET}.")
    memory = await client.post(client.memory_path, {"content": f"A secret: {SECRET}."}, 201)
    report = await client.post(
        f"/messages/{reply['id']}/report", {"reason": "other", "note": SECRET}
    )
    return {
        "character_id": character,
        "conversation_id": conversation,
        "message_id": reply["id"],
        "memory_id": memory["id"],
        "report_id": report["id"],
        "user_id": client.user["id"],
    }
