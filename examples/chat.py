# TOKEN=$(.venv/bin/keepsake token) .venv/bin/python examples/chat.py
import json
import os
from uuid import uuid4

import httpx
from websockets.sync.client import connect

SERVER, TOKEN = os.environ.get("SERVER", "localhost:5000"), os.environ["TOKEN"]
api = httpx.Client(base_url=f"http://{SERVER}/api/v1", headers={"Authorization": f"Bearer {TOKEN}"})
character = api.get("/characters").json()["items"][0]
conversation = api.post("/conversations", json={"characterId": character["id"]}).json()
room, content = {"conversationId": conversation["id"]}, "What is my dog called?"
message = {**room, "content": content, "type": "text", "clientMessageId": str(uuid4())}

with connect(f"ws://{SERVER}/ws") as socket:
    frames = {"auth": {"token": TOKEN}, "conversation:join": room, "message:send": message}
    for event, data in frames.items():
        socket.send(json.dumps({"event": event, "data": data}))
    for frame in map(json.loads, socket):
        if frame["event"] == "character:response":
            print(frame["data"].get("delta") or "", end="", flush=True)
            if frame["data"]["status"] not in ("started", "delta"):
                break
        elif frame["event"] == "error":
            raise SystemExit(frame["data"]["message"])
