"""What the user says they only said: "I told you my uncle owns a hotel. He doesn't", or right after it "haha
no I didn't"."""

import re

from backend.adapters.llm.offline import guards
from backend.adapters.llm.offline.denials import (
    LIED,
    MAY_DENY,
    RUBBISH,
    SAYS_NOTHING,
    own_parts,
)
from backend.adapters.llm.offline.sentences import spell_out, tidy

_BARE_NO = re.compile(
    r"(?:(?:(?:ha){2,}h?|ha|lol|lmao|no+|nah|nope|jk|ok|okay|sorry|actually|well|hm+|oops|erm?"
    r"|um)\b[ ,.!…]*){1,5}"
    r"(?P<who>I|we|he|she|it|they|that)(?: really| actually)? (?P<verb>do|does|did|am|is|are|was"
    r"|were|have|has)"
    r" not(?: really| actually| at all| lol| haha| sorry)*[ .!]*",
    re.I,
)
_YES_OR_NO = re.compile(
    r"\W*(?:(?:and|so|but|or|oh|wow),? )*(?:do|does|did|are|is|was|were|have|has)\b", re.I
)
_BE = frozenset(("am", "is", "are", "was", "were"))
_RETRACTED = re.compile(
    r"(?:^|(?<=[.!?;,\n] )|(?<=\n))(?:(?:I know|ok|so|yes|well|look|and),? )*I (?:once |just |also "
    r"|may have |had )?"
    r"(?:told you|said)(?: (?:before|earlier|yesterday|last time))?(?: that)? (?P<what>(?P<whose>I"
    r"|we|my|our)\b"
    r"[^.!?;\n]{3,90}?)[.!,; –—-]+(?:(?:but|and|well|though|actually|which|however|because|sorry|no|haha|lol)"
    r"\b,? ?){0,3}"
    r"(?:(?P<who>(?:I|we|he|she|it|they|that|this) |)(?:really |actually )?"
    r"(?:do|does|did|am|is|are|was|were|have|has) not(?: really| actually| true| so| the case| even)*"
    rf"|(?:(?:that|it|this) )?(?:was|is) {RUBBISH}|I (?:just |only )?{LIED})(?=\s*(?:$|[.!,;\n]))[.!,; ]*",
    re.I,
)
_ITSELF = ("", "that", "this", "it")


def takes_the_last_back(message: str, said: str, asked: str = "") -> bool:
    """Whether a message denies, in a bare "haha no I didn't", what the user `said` just before and no more
    than that. `asked` is what the character said between: who is asked "did you win?" may say no as well."""
    found = _BARE_NO.fullmatch(spell_out(_words_alone(message)))
    stated = [part for part in own_parts(said) if not SAYS_NOTHING.match(part)]
    if not found or len(stated) != 1 or "?" in said or _asks_yes_or_no(asked):
        return False
    [part] = stated
    if re.search(r"\b(?:not|never|no)\b", part, re.I) or not guards.statement_part(
        part, question=False
    ):
        return False
    verb, of_user = found["verb"].lower(), found["who"].lower() in ("i", "we")
    if of_user != bool(re.match(r"(?:I|we)\b", part, re.I)):
        return False
    being = re.match(
        r"(?:I|we|my [\w' -]+?|[\w'-]+)(?: [\w'-]+)? (?P<be>am|is|are|was|were)\b", part, re.I
    )
    return bool(being) == (verb in _BE)


def _words_alone(message: str) -> str:
    return " ".join(re.sub(r"[^\w\s'’,.!?…-]", " ", message).split())


def _asks_yes_or_no(asked: str) -> bool:
    return any(_YES_OR_NO.match(question) for question in re.findall(r"[^.!?]*\?", asked))


def find_retracted(message: str) -> tuple[list[str], str]:
    """What a message says the user told before and isn't so, as they would tell it ("my uncle owns a hotel"),
    and the message without that: "I told you my uncle owns a hotel. He doesn't"."""
    if not MAY_DENY.search(message) or guards.is_injection(message):
        return [], message
    plain = "\n".join(spell_out(line) for line in tidy(message).splitlines())
    told: list[str] = []

    def take_out(found: re.Match[str]) -> str:
        who, of_user = (found["who"] or "").lower().strip(), found["whose"].lower() in ("i", "we")
        if "not" in found["what"].split() or (
            who not in _ITSELF and of_user != (who in ("i", "we"))
        ):
            return found.group(0)
        told.append(found["what"].strip())
        return " "

    rest = _RETRACTED.sub(take_out, plain).strip()
    return (told, rest) if told else ([], message)
