"""Puts right what was said before: "actually it's Bisquit, not Biscuit", "*Bisquit"."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from backend.adapters.llm.offline.openings import strip_openings
from backend.adapters.llm.offline.sentences import spell_out

_WORD = r"[\w'’-]{1,30}(?: (?-i:[A-ZÀ-Þ\d])[\w'’-]{0,30}){0,2}"
_NOT_THIS = re.compile(
    rf"(?:^|\b(?:is|am|are|was|meant|mean|called|named|in|from|at|spelled|spelt"
    rf"|say|said|on|sorry|actually|no|correction)[\s,:]+)"
    rf"(?:an? |the |in |at |on )?(?P<right>{_WORD})(?: years old)?,? (?:and "
    rf"|rather than |instead of )?(?:not|instead of|rather than) (?:an? |the "
    rf"|in |at |on )?(?P<wrong>{_WORD})$",
    re.I,
)
_NOT_THAT = re.compile(
    rf"\bnot (?:an? |the |in |at )?(?P<wrong>{_WORD}),? (?:but|it is|I meant"
    rf"|rather|he is|she is) (?:called |actually |an? |the |in |at "
    rf")*(?P<right>{_WORD})$",
    re.I,
)
_STARRED = re.compile(
    r"^\s*(?:\*\s?(?P<before>[\w'-]{2,30})|(?P<after>[\w'-]{2,30})\s?\*)\s*[.!]?\s*$"
)


_RENAMED = re.compile(
    r"\b(?P<whose>(?:my|our) (?:[\w'’-]+ ){0,3}?name) is not (?:really |actually )?[\w'’-]{2,30}"
    r"[,.;!]+ (?:(?:but|no) )?(?:it is|he is|she is|I am)(?: actually| really| called)?"
    r" (?=(?P<right>[\w'’-]{2,30})(?:$|[.,!]))",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Correction:
    """`right` is to stand where `wrong` stood; `wrong` is None for a bare "*Bisquit"."""

    right: str
    wrong: str | None


def find_correction(message: str) -> Correction | None:
    """The correction that a message makes, if it makes one."""
    if starred := _STARRED.match(message):
        return Correction(starred["before"] or starred["after"], None)
    for sentence in re.split(r"[.!?\n;]+", message[:600]):
        plain = strip_openings(spell_out(sentence.strip(" ,!")))
        for pattern in (_NOT_THAT, _NOT_THIS):
            if found := pattern.search(plain):
                return Correction(found["right"], found["wrong"])
    return None


def with_the_right_name(message: str) -> str:
    """ "My name isn't Yusuf, it's Can" as "my name is Can"."""
    plain = "\n".join(spell_out(line) for line in message.splitlines())
    return _RENAMED.sub(r"\g<whose> is ", plain) if _RENAMED.search(plain) else message


def right_name(message: str) -> str:
    """The user's own name in "my name isn't Yusuf, it's Can", told as a name by its capital; else ""."""
    found = _RENAMED.search("\n".join(spell_out(line) for line in message.splitlines()))
    is_own = found is not None and found["whose"].lower() == "my name"
    return found["right"] if found and is_own and found["right"][0].isupper() else ""


def corrected(content: str, correction: Correction) -> str | None:
    """The sentence put right, or None where it isn't what the correction is about."""
    wrong = correction.wrong or _resembling(content.split(), correction.right)
    if not wrong or wrong.lower() == correction.right.lower():
        return None
    found = re.search(rf"(?<!\w){re.escape(wrong)}(?!\w)", content, re.I)
    if not found:
        return None
    right = correction.right
    if found.group(0)[0].isupper():
        right = right[0].upper() + right[1:]
    return content[: found.start()] + right + content[found.end() :]


def _resembling(words: Sequence[str], wanted: str) -> str | None:
    plain = [word.strip(".,'") for word in words]
    near = difflib.get_close_matches(wanted, plain, n=1, cutoff=0.6)
    return near[0] if near else None
