// npm install socket.io-client; TOKEN=$(.venv/bin/keepsake token) node examples/chat.mjs
import { io } from "socket.io-client";

const server = process.env.SERVER ?? "http://localhost:5000";
const token = process.env.TOKEN;
const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
const api = async (method, path, body) =>
  (await fetch(`${server}/api/v1${path}`, { method, headers, body: JSON.stringify(body) })).json();

const [character] = (await api("GET", "/characters")).items;
const { id: conversationId } = await api("POST", "/conversations", { characterId: character.id });

const socket = io(server, { auth: { token } });
socket.on("character:response", ({ status, delta }) => {
  if (status === "delta") process.stdout.write(delta);
  else if (status !== "started") socket.close();
});
await socket.emitWithAck("conversation:join", { conversationId });
await socket.emitWithAck("message:send", {
  conversationId, type: "text", content: "My dog is called Biscuit.", clientMessageId: crypto.randomUUID(),
});
