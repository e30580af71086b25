# TOKEN=$(.venv/bin/keepsake token) .venv/bin/python examples/chat.py
import asyncio, json, os, uuid
import httpx, websockets

SERVER, TOKEN = os.environ.get("SERVER", "localhost:5000"), os.environ["TOKEN"]
api = httpx.Client(base_url=f"http://{SERVER}/api/v1", headers={"Authorization": f"Bearer {TOKEN}"})
character = api.get("/characters").json()["items"][0]
conversation = api.post("/conversations", json={"characterId": character["id"]}).json()["id"]

async def main():
    async with websockets.connect(f"ws://{SERVER}/ws") as socket:
        async def send(event, **data):
            await socket.send(json.dumps({"event": event, "data": data, "id": 1}))
        await send("auth", token=TOKEN)
        await send("conversation:join", conversationId=conversation)
        await send("message:send", conversationId=conversation, type="text",
                   content="What is my dog called?", clientMessageId=str(uuid.uuid4()))
        async for frame in map_json(socket):
            ...
