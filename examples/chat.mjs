// npm install --prefix examples; TOKEN=$(.venv/bin/keepsake token) node examples/chat.mjs
import { io } from "socket.io-client";

const { SERVER = "http://localhost:5000", TOKEN } = process.env;
const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
const api = (path, options) =>
  fetch(`${SERVER}/api/v1${path}`, { headers, ...options }).then((answer) => answer.json());

const [character] = (await api("/characters")).items;
const body = JSON.stringify({ characterId: character.id });
const { id: conversationId } = await api("/conversations", { method: "POST", body });

const socket = io(SERVER, { auth: { token: TOKEN } });
socket.on("character:response", ({ status, delta }) => {
  if (status === "delta") process.stdout.write(delta);
  else if (status !== "started") socket.close();
});
const message = { conversationId, content: "My dog is called Biscuit.", type: "text" };
await socket.emitWithAck("conversation:join", { conversationId });
await socket.emitWithAck("message:send", { ...message, clientMessageId: crypto.randomUUID() });
