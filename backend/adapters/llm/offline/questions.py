"""Finds what a message asks about the user, whatever is said before it."""

import re

from backend.adapters.llm.offline.words import content_words

OPEN = re.compile(
    r"\bwhat (?:else )?(?:do|did|can) you (?:know|remember|recall|tell me)(?: "
    r".{0,20})?\b(?:about|of) me\b|\bwhat (?:have I|did I) (?:told|tell) "
    r"you(?: about (?:me|myself))?\s*\??$"
    r"|\b(?:everything|all|anything|what(?:ever)?)(?: that)? you(?:['’]ve| have)? (?:still )?"
    r"(?:know|remember|got|learn(?:ed|t)|heard|stored)(?: .{0,20})? (?:about|of|on) me\b"
    r"|\bwhat(?: have| do) you (?:have|got|stored) (?:about|on) me\b"
    r"|\btell me (?:something |all |everything )?about (?:me|myself)\b"
    r"|\b(?:everything|all)(?: that)? I(?:['’]ve| have)? (?:ever )?told you\b|\bdo you "
    r"(?:still )?remember me\b|\bwhat do you remember\s*\??$|\bwho am I\b",
    re.I,
)
ASKS_NAME = re.compile(
    r"\W*(?:(?:do|can|could|did) you (?:still )?(?:know|remember|recall|tell me) )?"
    r"(?:what(?:'s|’s|s| is| was) )?(?:my (?:first )?name(?: is)?|what (?:am I|I am) called)\W*",
    re.I,
)
_ASKS_OF_USER = re.compile(
    r"\b(?:what|who|where|when|which|how|whose)(?:'s|’s|s)?\b.{0,60}\b(?:my|I"
    r"|I'm|me|mine|we|our)\b|\bdo you (?:still )?(?:remember|know|recall)\b"
    r"|\b(?:do|am|have|did|was|is|are|does|were|has)\s+(?:I|my|we|our)\b"
    r"|\bremind me\b|\bc(?:an|ould) you (?:remember|recall|tell me (?:\w+ )?(?:my|I)\b)"
    r"|\b(?:what|who) was (?:it"
    r"|that)\b",
    re.I,
)
_ADVICE = re.compile(
    r"\b(?:should|can|could|may|shall|must|might|would) I\b|\bI should\b|\bhow (?:do|can"
    r"|would|should) I\b|\bhelp me\b|\b(?:tell|give|show|teach) me an?\b|\bdo "
    r"I (?:need|have to)\b",
    re.I,
)
_FORBIDDEN_FOOD = re.compile(
    r"\bwhat\b.{0,30}\b(?:(?:shouldn|can|mustn)['’]?t I|cannot I"
    r"|(?:should|can|must|may) I (?:not|never)|am I not (?:allowed|supposed) to) eat\b"
    r"|\bwhat (?:food|foods|meals?|dish(?:es)?)\b.{0,20}\b(?:should|must|do) I"
    r"(?: have to| need to)? avoid\b",
    re.I,
)
_EVERYTHING = re.compile(r"\b(?:everything|all)\b", re.I)
# "Tell me everything you know": an order that asks.
_ORDERS = re.compile(
    r"(?:(?:can|could|would|will) you )?(?:please )?(?:tell|show|give|list|say|repeat)(?: me| us)? "
    r"(?:please )?(?:everything|all|anything|what(?:ever)?|something|about (?:me|myself))\b",
    re.I,
)
_OCCUPATION = re.compile(
    r"\bwhat (?:does|do) (?!you\b)[\w'’-]+(?: .{0,40}?)?(?<!to) do\W*$|\bwhat (?:do|does) I do\W*$",
    re.I,
)
_OPENER = re.compile(
    r"\W*(?:hi|hello|hey|hiya|howdy|greetings|yo|good (?:morning|evening|afternoon|day|night)"
    r"|morning|evening|ok|okay|so|well|oh|ah|hm+|um+|and|but|by the way|btw|anyway|actually"
    r"|thanks|thank you|please|sorry|quick question|one question|question|wait"
    r"|tell me(?=,? (?:what|who|where|when|which|how|do|am|is|did)\b(?! you)))\b"
    r"(?: (?:there|again|everyone|friend))?\W*",
    re.I,
)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")


def asked_in(message: str, character_name: str = "") -> str:
    """The last question about the user in a message, without greeting or address before it.

    The last question of any kind where none is about the user; the whole message where there
    is none.
    """
    sentences = [_without_opener(part, character_name) for part in _SENTENCE.split(message)]
    questions = [part for part in sentences if is_question(part)]
    for question in reversed(questions):
        if is_about_user(question) and (content_words(question) or OPEN.search(question)):
            return question
    return questions[-1] if questions else message.strip()


def is_about_user(question: str) -> bool:
    """Whether a question asks what the user has told; not advice, not small talk."""
    return bool(
        is_question(question)
        and (_FORBIDDEN_FOOD.search(question) or not _ADVICE.search(question))
        and (_ASKS_OF_USER.search(question) or OPEN.search(question))
    )


def is_question(sentence: str) -> bool:
    """Whether a sentence asks, with a question mark or without; "when I was ten, …" does not."""
    plain = sentence.strip()
    ordered = _ORDERS.match(plain) and OPEN.search(plain)
    return "?" in sentence or bool(
        ordered
        or re.match(
            r"(?:what|who|which|how|do you|(?:do|did|am|was) I|remind me|tell me what you"
            r"|(?:where|when)(?! (?:i|we|my|our|you|he|she|it|they)\b))\b",
            plain,
            re.I,
        )
    )


def asks_everything(question: str) -> bool:
    """Whether all that is known of the user is asked for."""
    return bool(OPEN.search(question) and _EVERYTHING.search(question))


def content_asked(question: str) -> list[str]:
    """The stems that an answer must meet, in order, without doubles: those of the question,
    and what it means without the word ("What does my brother do?" asks for work)."""
    if _FORBIDDEN_FOOD.search(question):
        return ["avoid"]
    implied = ["work"] if _OCCUPATION.search(question) else []
    return list(dict.fromkeys([*content_words(question), *implied]))


def _without_opener(sentence: str, character_name: str) -> str:
    names = [name for name in (character_name, character_name.split(" ")[0]) if name.strip()]
    address = re.compile(rf"\W*(?:{'|'.join(map(re.escape, names))})\b\W*", re.I) if names else None
    text = sentence.strip()
    for _ in range(5):
        found = _OPENER.match(text) or (address and address.match(text))
        if not found or not text[found.end() :]:
            break
        text = text[found.end() :]
    return text
