"""docs/realtime.md, as far as it is made of the code: its programs, and its tables of events.

`python -m tests.support.guide` prints the tables as they should be.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from backend.gateway.asyncapi_words import CLIENT_EXAMPLES, SERVER_EXAMPLES
from backend.gateway.protocol import ACKS, PAYLOADS, SERVER_PAYLOADS
from backend.gateway.views import MessageView
from backend.gateway.views_memory import RelationshipView

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs/realtime.md"
_PROGRAM = re.compile(r"^<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WHOLE = {MessageView: "a [message](#a-message)", RelationshipView: "the relationship, as in REST"}


def programs(page: Path = GUIDE) -> dict[str, str]:
    """A page's programs by file name: the fenced blocks after `<!-- file: NAME -->`."""
    return dict(_PROGRAM.findall(page.read_text()))


def write_programs(folder: Path) -> None:
    """Put them into a folder in which socket.io-client is found, as its reader would."""
    for name, text in programs().items():
        (folder / name).write_text(text)
    packages = folder / "node_modules"
    packages.mkdir()
    (packages / "socket.io-client").symlink_to(ROOT / "web/node_modules/socket.io-client")


def client_table() -> str:
    """What clients send."""
    return _table(
        ("you send", "with", "the ack brings", "what it does"),
        (
            (f"`{event}`", _fields(PAYLOADS[event]), _fields(ACKS[event]), example.meaning)
            for event, example in CLIENT_EXAMPLES.items()
        ),
    )


def server_table() -> str:
    """What the server sends by itself."""
    return _table(
        ("you hear", "with", "what it means"),
        (
            (f"`{event}`", _fields(SERVER_PAYLOADS[event]), example.meaning)
            for event, example in SERVER_EXAMPLES.items()
        ),
    )


def _fields(model: type[BaseModel]) -> str:
    if whole := _WHOLE.get(model):
        return whole
    named = [
        f"{field.alias or name}{'' if field.is_required() else '?'}"
        for name, field in model.model_fields.items()
    ]
    return ", ".join(named) or "nothing"


def _table(heading: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [heading, tuple("---" for _ in heading), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    print(client_table(), server_table(), sep="\n\n")
