"""The programs of docs/realtime.md, run as they stand there: cut off in the middle of a reply, they come
back by themselves, and lose and double nothing."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.conftest import replies
from tests.support.cable import Cable
from tests.support.eventually import eventually
from tests.support.groq_server import GroqServer
from tests.support.guide import ROOT, write_programs
from tests.support.keepsake_client import Client, expect
from tests.support.keepsake_process import KeepsakeProcess, clean_environment


@dataclass
class Program:
    """A running program: what it shows of the conversation, and of the reply being written."""

    process: asyncio.subprocess.Process
    shown: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)

    async def say(self, text: str) -> None:
        """Type a line."""
        assert self.process.stdin
        self.process.stdin.write(f"{text}\n".encode())
        await self.process.stdin.drain()

    async def shows(self, line: str) -> None:
        """Wait until it shows a line."""
        await eventually(lambda: line in self.shown or self.ended())

    def ended(self) -> bool:
        """Fails if it has ended."""
        if self.process.returncode is not None:
            raise AssertionError("\n".join([*self.shown, *self.aside]))
        return False


async def _read(stream: asyncio.StreamReader | None, lines: list[str]) -> None:
    assert stream
    async for line in stream:
        lines.append(line.decode().rstrip())


@pytest_asyncio.fixture
async def cable(groq_keepsake: KeepsakeProcess) -> AsyncIterator[Cable]:
    async with Cable(groq_keepsake.port) as cable:
        yield cable


# What React does for a component, as far as the hook needs it: it can't be rendered without a page.
STAND_IN_FOR_REACT = """
const cells = [];
let at = 0, again;
export function useState(first) {
  const cell = (cells[at++] ??= { value: first });
  return [cell.value, (next) => {
    cell.value = typeof next === "function" ? next(cell.value) : next;
    again();
  }];
}
export function useEffect(effect) {
  if (!cells[at++]) cells[at - 1] = { left: effect() };
}
export function render(component) {
  again = () => { at = 0; component(); };
  again();
}
"""
SHOW_HOOK = """
import { io } from "socket.io-client";
import { render } from "react";
import { useChat } from "./useChat.mjs";
const { SERVER, TOKEN, CONVERSATION } = process.env;
globalThis.socket = io(SERVER, { auth: { token: TOKEN } });
let said = false;
render(() => {
  const { messages, sendMessage, isTyping } = useChat(CONVERSATION);
  const contents = messages.map((message) => message.content);
  console.log(JSON.stringify(contents), isTyping ? "typing" : "");
  if (!said) { said = true; sendMessage("Hello from a hook"); }
});
"""

Start = Callable[..., Awaitable[Program]]
"""Runs a program by its file's name, in a conversation, with an environment."""


@pytest_asyncio.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    assert (ROOT / "web/node_modules/socket.io-client").is_dir(), "run `npm ci` in web/"
    write_programs(tmp_path)
    (tmp_path / "show_hook.mjs").write_text(SHOW_HOOK)
    react = tmp_path / "node_modules/react"
    react.mkdir()
    (react / "index.mjs").write_text(STAND_IN_FOR_REACT)
    (react / "package.json").write_text('{"main": "index.mjs"}')
    running: list[tuple[Program, asyncio.Future[Any]]] = []

    async def start_one(name: str, **environment: str) -> Program:
        runner = sys.executable if name.endswith(".py") else shutil.which("node")
        assert runner, "Node.js is missing: install version 20 or newer."
        process = await asyncio.create_subprocess_exec(
            runner,
            tmp_path / name,
            env=clean_environment(environment),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        program = Program(process)
        read = (_read(process.stdout, program.shown), _read(process.stderr, program.aside))
        running.append((program, asyncio.gather(*read)))
        return program

    yield start_one
    for program, reading in running:
        if program.process.returncode is None:
            program.process.kill()
        await program.process.wait()
        await reading


@pytest.mark.parametrize("client", ["chat.mjs", "chat.py"])
async def test_what_is_lost_on_the_way_is_made_up_for_and_nothing_comes_twice(
    start: Start, client: str, cable: Cable, groq_client: Client, groq: GroqServer
) -> None:
    conversation = await groq_client.converse()
    signed_in = (
        {
            "TOKEN": groq_client.token,
            "SERVER": cable.host,
            "WEBSOCKETS_BACKOFF_INITIAL_DELAY": "0.1",
        }
        if client == "chat.py"
        else {"REFRESH_TOKEN": groq_client.refresh_token, "SERVER": cable.url}  # it renews first
    )
    program = await start(client, CONVERSATION=conversation, **signed_in)
    groq.queue(replies("Once ", "upon ", "a ", "time.", paced=True))
    await program.say("Tell me a story")
    await program.shows("1 user: Tell me a story")
    groq.release(2)
    await eventually(lambda: "… Once upon" in program.aside)

    cable.cut()
    await program.say("Said while nobody listened")
    await groq_client.send(conversation, "From another device")
    first = f"/messages/{(await groq_client.messages(conversation))[0]['id']}"
    expect(await groq_client.http.patch(first, json={"content": "Tell me a long story"}), 200)
    groq.release(1)
    await groq.wait_for(lambda: groq.held == 1)
    cable.plug_in()
    await program.shows("1 user: Tell me a long story")
    groq.release(1)
    await eventually(lambda: "… Once upon a time." in program.aside)  # what it missed, and the rest
    await program.shows("6 character: You said: Said while nobody listened")

    cable.swallow_answers()
    await program.say("Stored, but nobody says so")
    await eventually(lambda: is_said(groq_client, conversation, "Stored, but nobody says so"))
    cable.cut()
    cable.plug_in()
    await program.shows("8 character: You said: Stored, but nobody says so")
    await program.say("The end")
    await program.shows("10 character: You said: The end")  # and so no message was sent twice

    told = [
        f"{item['seq']} {item['senderType']}: {item['content']}"
        for item in await groq_client.messages(conversation)
    ]
    assert len(told) == 10
    assert sorted(program.shown) == sorted(["1 user: Tell me a story", *told])


async def is_said(client: Client, conversation: str, content: str) -> bool:
    """Whether a message is stored."""
    return content in [item["content"] for item in await client.messages(conversation)]


async def test_the_first_client_says_hello(
    start: Start, groq_client: Client, groq: GroqServer
) -> None:
    groq.queue(replies("Nice ", "to meet you."))
    conversation = await groq_client.converse()
    program = await start(
        "seed.mjs", SERVER=groq_client.url, TOKEN=groq_client.token, CONVERSATION=conversation
    )
    await program.shows("New message: character Nice to meet you.")
    character = groq_client.character["id"]
    assert program.shown == [
        "New message: user Hello!",
        f"User {character} is typing",
        f"User {character} is stopped typing",
        "New message: character Nice to meet you.",
    ]


async def test_the_first_hook_holds_the_messages(
    start: Start, groq_client: Client, groq: GroqServer
) -> None:
    groq.queue(replies("Nice ", "hook."))
    conversation = await groq_client.converse()
    program = await start(
        "show_hook.mjs", SERVER=groq_client.url, TOKEN=groq_client.token, CONVERSATION=conversation
    )
    await program.shows('["Hello from a hook","Nice hook."] typing')
    assert program.shown[:2] == ["[]", '["Hello from a hook"]']
