"""The pages of an export, for people: each a file of its own, without scripts, with everything that
anybody wrote escaped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.models import Conversation, Memory, Message, Relationship, User

STYLE = """
:root { color-scheme: light dark; --ink: #26221e; --faint: #7d746a; --paper: #faf7f2; --card: #fff;
  --mine: #e3ecf7; --line: #e5ded4; --accent: #8a4b2a; }
@media (prefers-color-scheme: dark) { :root { --ink: #ece7e0; --faint: #a39a8f; --paper: #1b1917;
  --card: #262320; --mine: #26364a; --line: #3a3530; --accent: #e0a37e; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: 3rem 1.25rem 5rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.6 Georgia, "Iowan Old Style", serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .4rem 0; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .6rem; }
a { color: var(--accent); }
nav, time, .faint, dt, th { color: var(--faint); font: .82rem/1.5 system-ui, sans-serif; }
nav { display: flex; gap: 1.2rem; }
.said { margin: .9rem 0; padding: .7rem 1rem; border-radius: 1rem; background: var(--card);
  border: 1px solid var(--line); width: fit-content; max-width: 85%; }
.said.mine { margin-left: auto; background: var(--mine); border-color: transparent; }
.said p { margin: .1rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.said header { display: flex; gap: .8rem; align-items: baseline; justify-content: space-between; }
.notice { margin: .9rem 0; padding: .7rem 1rem; border-left: 3px solid var(--accent);
  background: var(--card); overflow-wrap: anywhere; }
.notice p, .notice ul { margin: .2rem 0; }
ul.plain { list-style: none; padding: 0; }
ul.plain li { padding: .55rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; }
dd { margin: 0; overflow-wrap: anywhere; }
"""


@dataclass(frozen=True, slots=True)
class Part:
    """Which page of several this is, counted from 1."""

    number: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class Names:
    """Who talks, and the time zone that the user's times are told in."""

    user: str
    character: str
    zone: ZoneInfo


def conversation_path(conversation_id: UUID, number: int) -> str:
    """Where a page of a conversation is."""
    return f"conversations/{conversation_id}/{number}.html"


def memories_path(character_id: UUID, number: int) -> str:
    """Where a page of what a character remembers is."""
    return f"memories/{character_id}/{number}.html"


def conversation(
    conversation: Conversation, messages: Sequence[Message], names: Names, part: Part
) -> bytes:
    """Messages of one conversation, in order."""
    title = conversation.title or f"A talk with {names.character}"
    said = "".join(_message(message, names) for message in messages)
    return _page(title, f"{_heading(title, names.zone)}\n{said}", _steps(part, "../../"))


def _message(message: Message, names: Names) -> str:
    mine = message.sender_type == "user"
    gone = "<i class=faint>deleted</i>" if message.deleted_at else escape(message.content)
    return (
        f'<article class="said{" mine" if mine else ""}" id="m{message.seq}"><header>'
        f"<b dir=auto>{escape(names.user if mine else names.character)}</b>"
        f"{_time(message.created_at, names.zone)}</header><p dir=auto>{gone}</p>"
        f"{_policy_s_part(message, names)}</article>\n{_notice(message.details.get('notice'))}"
    )


def _policy_s_part(message: Message, names: Names) -> str:
    """What content policy had to do with it."""
    if "refused" in message.details:
        words = f"A refusal by content policy, not {escape(names.character)}’s own words"
    elif "blocked" in message.details:
        words = "Content policy kept this from being answered"
    else:
        return ""
    return f"<span class=faint dir=auto>{words}.</span>"


def _notice(notice: Any) -> str:
    """What Keepsake said beside a reply: where help is, a break, that this is an AI."""
    if not notice:
        return ""
    contacts = "".join(
        f"<li>{escape(each['name'])}: {escape(each['contact'])}</li>"
        for each in notice["resources"]
    )
    listed = f"<ul>{contacts}</ul>" if contacts else ""
    return f"<aside class=notice dir=auto><p>{escape(notice['text'])}</p>{listed}</aside>\n"


def memories(
    found: Sequence[Memory], relationship: Relationship, names: Names, part: Part
) -> bytes:
    """What a character remembers, and how the two stand."""
    title = f"What {names.character} remembers"
    standing = (
        f"<p>How you stand: {escape(relationship.stage)}. Closeness {relationship.level:.0f}, trust"
        f" {relationship.trust:.0f}, intimacy {relationship.intimacy:.0f}, each of 100.</p>"
    )
    items = "".join(_memory(memory, names) for memory in found)
    body = f"{_heading(title, names.zone)}\n{standing}\n<ul class=plain>\n{items}</ul>"
    return _page(title, body, _steps(part, "../../"))


def _memory(memory: Memory, names: Names) -> str:
    """Facts and summaries stand for themselves; what was said word for word names its speaker."""
    words = escape(memory.content) or "<i>forgotten</i>"
    if memory.kind == "episode" and memory.content:
        speaker = "You" if memory.about == "user" else memory.about_name or names.character
        words = f"{escape(speaker)}: “{words}”"
    about = " · ".join((memory.kind, memory.category, memory.status))
    return (
        f"<li><span dir=auto>{words}</span><br><span class=faint>{escape(about)}"
        f" · {_time(memory.mention_time, names.zone)}</span></li>\n"
    )


def contents(
    user: User | None,
    conversations: Sequence[Conversation],
    characters: Mapping[UUID, str],
    counts: Mapping[str, int],
) -> bytes:
    """The page to begin with. `characters` are those who know the user, by id."""
    newest_first = sorted(
        conversations, key=lambda each: each.last_message_at or each.created_at, reverse=True
    )
    zone = user.zone if user else ZoneInfo("UTC")
    talks = "".join(_talk(each, characters, zone) for each in newest_first)
    minds = "".join(
        f'<li dir=auto><a href="{memories_path(key, 1)}">{escape(name)}</a></li>\n'
        for key, name in sorted(characters.items(), key=lambda item: item[1])
    )
    title = "Your data at Keepsake"
    body = f"""{_heading(title, zone)}
{_account(user) if user else ""}
<p>Below are pages to read. <code>data/</code> holds the same and all the rest for machines, a JSON
object a line, described in <a href="schema.json">schema.json</a>;
<a href="manifest.json">manifest.json</a> lists every file with its checksum.</p>
<h2>Conversations ({len(conversations)}; {counts["messages"]} messages)</h2>
<ul class=plain>
{talks}</ul>
<h2>What characters remember ({counts["memories"]} memories)</h2>
<ul class=plain>
{minds}</ul>"""
    return _page(title, body)


def _account(user: User) -> str:
    rows = {
        "Name": escape(user.display_name),
        "Email": escape(user.email),
        "Time zone": escape(user.time_zone),
        "Adult": _adult(user),
        "Since": _time(user.created_at, user.zone),
    }
    items = "".join(f"<dt>{name}</dt><dd dir=auto>{value}</dd>" for name, value in rows.items())
    return f"<dl>{items}</dl>"


def _adult(user: User) -> str:
    """What was confirmed and what was said, which counts for more."""
    confirmed = "confirmed" if user.adult_confirmed else "not confirmed"
    if user.said_minor_at is None:
        return confirmed
    at = _time(user.said_minor_at, user.zone)
    return f"{confirmed}; said to be under 18 ({at}), and counts as that"


def _talk(conversation: Conversation, characters: Mapping[UUID, str], zone: ZoneInfo) -> str:
    name = characters.get(conversation.character_id, "a character")
    title = escape(conversation.title or f"A talk with {name}")
    if conversation.message_count:
        title = f'<a href="{conversation_path(conversation.id, 1)}">{title}</a>'
    at = conversation.last_message_at or conversation.created_at
    about = f"{escape(name)} · {conversation.message_count} messages · {_time(at, zone)}"
    return f"<li dir=auto>{title}<br><span class=faint>{about}</span></li>\n"


def _steps(part: Part, home: str) -> str:
    links = [f'<a href="{home}index.html">All your data</a>']
    if part.number > 1:
        links.append(f'<a href="{part.number - 1}.html">Earlier pages</a>')
    if not part.is_last:
        links.append(f'<a href="{part.number + 1}.html">Next page</a>')
    return f"<nav>{''.join(links)}</nav>"


def _heading(title: str, zone: ZoneInfo) -> str:
    """A page's title, and which times it tells."""
    return f"<h1 dir=auto>{escape(title)}</h1>\n<p class=faint>Times are those of {escape(zone.key)}.</p>"


def _time(moment: datetime, zone: ZoneInfo) -> str:
    utc, there = moment.astimezone(UTC), moment.astimezone(zone)
    return f'<time datetime="{utc:%Y-%m-%dT%H:%M:%SZ}">{there:%d %b %Y, %H:%M}</time>'


def _page(title: str, body: str, steps: str = "") -> bytes:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
{steps}
<main>
{body}
</main>
{steps}
</body>
</html>
""".encode()
