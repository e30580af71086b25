"""docs/realtime.md says what the code does: events, limits and codes, each of them and no others."""

import re

import pytest

from backend.errors import KeepsakeError
from backend.gateway import joining, outgoing, protocol, websocket
from backend.gateway.authentication import ACCESS_LIFETIME, TICKET_LIFETIME
from backend.gateway.flood import BURST, EVENTS_PER_SECOND
from backend.gateway.protocol import AUTHENTICATION_SECONDS, CloseCode, CutOff, MessageSend
from backend.gateway.services import GatewayOptions
from backend.gateway.views import MessageView
from backend.settings import Settings
from tests.support.guide import GUIDE, client_table, programs, server_table

TEXT = GUIDE.read_text()
LONGEST_CLIENT = 95  # lines that aren't empty


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    section = TEXT.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


@pytest.mark.parametrize("table", [client_table(), server_table()], ids=["clients", "server"])
def test_every_event_is_in_a_table_as_the_protocol_has_it(table: str) -> None:
    assert table in TEXT, f"`python -m tests.support.guide` prints:\n{table}"


def test_every_field_of_a_message_is_named() -> None:
    section = TEXT.split("\n### A message\n", 1)[1].split("\n- `seq`", 1)[0]
    fields = [field.alias or name for name, field in MessageView.model_fields.items()]
    assert re.findall(r"`(\w+)`", section) == fields


def errors(of: type[KeepsakeError] = KeepsakeError) -> dict[str, bool]:
    """Every code of the error tree, and whether to try again."""
    found = {of.code: of.retryable or of.code == "rate_limited"}
    for kind in of.__subclasses__():
        found |= errors(kind)
    return found


def test_every_error_code_is_explained_with_whether_to_try_again() -> None:
    cut_offs = {end.code: False for end in vars(protocol).values() if isinstance(end, CutOff)}
    explained = {code.strip("`"): again == "yes" for code, again, _ in rows("Error codes")}
    assert explained == cut_offs | errors()


def test_every_close_code_is_explained() -> None:
    codes = {value for value in vars(CloseCode).values() if isinstance(value, int)}
    assert {int(code) for code, _, _ in rows("Close codes")} == codes


def test_the_limits_are_those_of_the_code() -> None:
    settings, options = Settings(_env_file=None), GatewayOptions()
    fields = MessageSend.model_fields["client_message_id"].metadata
    longest = max(getattr(bound, "max_length", 0) for bound in fields)
    limits = [limit for _, limit, _ in rows("Limits")]
    assert limits == [
        f"{websocket.MAX_FRAME_BYTES // 1024} KiB",
        f"`MAX_MESSAGE_LENGTH`, {settings.max_message_length} characters",
        f"`MESSAGE_RATE_LIMIT`, {settings.message_rate_limit}",
        f"{EVENTS_PER_SECOND:.0f} a second, {BURST} at once",
        f"{options.most_connections}",
        f"{longest} characters",
        f"{AUTHENTICATION_SECONDS:.0f} seconds after connecting",
        f"{TICKET_LIFETIME.total_seconds():.0f} seconds, once",
        f"{joining.REPLAY_LIMIT} with `afterSeq`; the newest {joining.JOIN_LIMIT} without, or when there "
        "are more",
        f"{joining.CHANGES_LIMIT}; without `afterChange` those of the last "
        f"{joining.REMEMBERED.total_seconds() / 3600:.0f} hours",
        f"{outgoing.OUTBOX_FRAMES} frames, {outgoing.OUTBOX_BYTES // 1024**2} MiB",
        f"`TYPING_TIMEOUT`, {settings.typing_timeout} ms",
        f"{options.grace_seconds:.0f} seconds",
    ]
    assert f"{ACCESS_LIFETIME.total_seconds() / 3600:.0f} hours after that was issued" in TEXT


def test_links_within_lead_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    links = re.findall(r"\]\(#(.+?)\)", TEXT)
    assert len(links) >= 15
    assert set(links) <= anchors


def test_the_clients_are_there_and_short() -> None:
    lengths = {
        name: sum(bool(line) for line in text.splitlines()) for name, text in programs().items()
    }
    assert set(lengths) == {"seed.mjs", "useChat.mjs", "session.mjs", "chat.mjs", "chat.py"}
    assert max(lengths.values()) <= LONGEST_CLIENT
