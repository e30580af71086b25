"""A question turned into the statement that its answer makes of it: "When is the audition?" – "4 May"
says "my audition is on 4 May".

The question only says what the answer is about: names and numbers must be the user's own.
"""

import re
from collections.abc import Callable

from backend.adapters.llm.offline.dates import mid_sentence, take_time

_NOUN = r"(?P<noun>(?!(?:it|that|this|he|she|they|you)\b)[a-z][\w'-]*(?: (?!(?:is|are)\b)[\w'-]+){0,3}?)"
_ONES = r"(?:the|your)(?: (?:next|first|new|last))?"
_DOES = (
    r"(?P<does>teach|study|play|grow|drive|make|bake|sew|cook|fix|repair|sell|write|paint|farm|read|drink"
    r"|collect|build|watch|listen to|ride|sing|knit|speak|run|swim|practi[sc]e|train|coach)"
)
_YES = re.compile(
    r"(?:oh |well |ha |haha )?(?:yes|yeah|yep|yup|aye|ja|si|indeed|of course|sure"
    r"|i (?:do|am|was)(?=$|[,.!]))\b[,.! ]*",
    re.I,
)
_NO_THING = re.compile(
    r"\b(?:no|not|none|nothing|never|nope|nah|it|that|this|he|she|they|you|your|i|we|what|why|how|who|idk"
    r"|dunno|guess|depends|maybe|everything|anything|something|stuff|things|lots|loads|whatever|yes|yeah"
    r"|yep|sure|ok|okay|well|ha|haha|lol|oh|um|hmm|is|are|was|were|am|have|has|had|do|does|did)\b",
    re.I,
)
_SPAN = re.compile(
    r"(?:for |about |almost |nearly |over )*(?P<span>(?:\d{1,2}|an?|two|three|four|five|six|seven|eight|nine"
    r"|ten|eleven|twelve|fifteen|twenty|thirty|forty)(?: and a half)? (?:years?|months?|weeks?))\b",
    re.I,
)
_AGE = re.compile(
    r"(?:(?:he|she|they|it) (?:is|are) )?(?:about |only |just )?(?P<age>\d{1,2})(?=$|[ ,.!])"
)
_CALLED = re.compile(r"['\"]?(?P<name>(?-i:[A-ZÀ-Þ])[\w'’-]*(?: [\w'’-]+){0,3}?)['\"]?$")


def _dated(found: re.Match[str], answer: str) -> str | None:
    _, time = take_time(answer)
    if time is None or not re.match(rf"(?:on |in |the )*{re.escape(time.words)}", answer, re.I):
        return None
    return f"my {found['noun']} is {mid_sentence(time.words)}"


def _called(found: re.Match[str], answer: str) -> str | None:
    name = _CALLED.match(re.sub(r"^(?:it is |it's )?(?:called |named )?", "", answer, flags=re.I))
    return f"my {found['noun']} is called {name['name']}" if name else None


def _being(found: re.Match[str], answer: str) -> str | None:
    was = "was" if found["be"].lower() == "were" else "am"
    return f"I {was} {found['what']}" if _YES.match(answer) else None


def _span(found: re.Match[str], answer: str) -> str | None:
    span = _SPAN.match(answer)
    return f"I have been {found['what']} for {span['span']}" if span else None


def _aged(found: re.Match[str], answer: str) -> str | None:
    age = _AGE.match(answer)
    who = re.sub(r"^your\b", "my", found["who"], flags=re.I)
    return f"{who} {'are' if who.lower() == 'they' else 'is'} {age['age']}" if age else None


def _counted(found: re.Match[str], answer: str) -> str | None:
    count = re.match(
        r"(?:only |just |about )?(\d{1,3}|two|three|four|five|six|seven|eight|nine|ten)\b", answer
    )
    return f"I have {count[1]} {found['noun']}" if count else None


def _done(found: re.Match[str], answer: str) -> str | None:
    said = re.sub(
        r"^(?:mostly|mainly|usually|just|only) |,? (?:mostly|mainly|usually)$",
        "",
        answer,
        flags=re.I,
    )
    if not said or len(said.split()) > 8 or _NO_THING.search(said):
        return None
    return f"I {found['does']} {said}"


def _housed(found: re.Match[str], answer: str) -> str | None:
    place = re.match(r"(?:yes|yeah|no|nope)?[, ]*((?:in|at|near|outside|by) .+)$", answer, re.I)
    return (
        f"I live {place[1][0].lower()}{place[1][1:]}"
        if place and not _NO_THING.search(place[1])
        else None
    )


_TURNED: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], str | None]], ...] = tuple(
    (re.compile(text, re.I), turned)
    for text, turned in (
        (rf"\bwhen(?:'s| is| are) {_ONES} {_NOUN}(?: again)?\?", _dated),
        (rf"\bwhat(?:'s| is) {_ONES} {_NOUN} called\?", _called),
        (rf"\bwhat(?:'s| is) the name of {_ONES} {_NOUN}\?", _called),
        (
            r"\b(?P<be>are|were) you (?:still |now |already |also )?(?P<what>an? [a-z][\w' -]{2,30}|retired"
            r"|married|single|divorced|widowed|engaged|vegetarian|vegan|left-handed|an only child)(?: now"
            r"| then)?\?",
            _being,
        ),
        (
            r"\bhow long have you been (?P<what>(?:an? |(?:at|in|with|on) )?[a-z][\w' -]{2,40}?)"
            r"(?: for| now)?\?",
            _span,
        ),
        (r"\bhow old (?:is|are) (?P<who>he|she|they|your [\w' -]{2,20}?)(?: now)?\?", _aged),
        (rf"\bhow many {_NOUN} (?:do you have|have you got)\?", _counted),
        (rf"\bwhat (?:kind of \w+ |sort of \w+ )?do you {_DOES}\?", _done),
        (r"\bdo you live\b[^?]*\?", _housed),
    )
)


def turned(question: str, answer: str) -> str | None:
    """The statement that question and answer make together, in the first person; None where they make
    none. `question` is one sentence of the character's."""
    for pattern, made in _TURNED:
        if found := pattern.search(question):
            return made(found, answer)
    return None
