"""Chooses what the offline companion says: the occasion first, then words not used just before."""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property

from backend.adapters.llm.offline.acknowledgements import (
    ALL_A_LIE,
    SET_RIGHT,
    TAKEN_BACK,
    UNTRACED,
    WHICH,
    acknowledge,
    is_loss,
    say_where_from,
)
from backend.adapters.llm.offline.answers import (
    answer_from_memory,
    asks_about_user,
    denied_of_known,
    name_to_use,
    taken_back,
    takes_back_something,
    tell_of_one,
    what_is_denied,
)
from backend.adapters.llm.offline.careful import IN_A_CRISIS, LEADING_ELSEWHERE
from backend.adapters.llm.offline.denials import takes_everything_back
from backend.adapters.llm.offline.forgetting import about_forgetting
from backend.adapters.llm.offline.knowledge import Known, known_of
from backend.adapters.llm.offline.message_reader import read_message
from backend.adapters.llm.offline.moods import feeling_of, mourns
from backend.adapters.llm.offline.persona import (
    answer_about_self,
    asks_about_character,
    asks_how_it_goes,
    example_reply,
    fill,
    interests_of,
)
from backend.adapters.llm.offline.perspective import second_person
from backend.adapters.llm.offline.rule import Finding
from backend.adapters.llm.offline.tongues import REPLIES, talk_language
from backend.adapters.llm.offline.voices import Voice, voice_of
from backend.adapters.llm.offline.words import content_words, sentences_of
from backend.ports import Prompt

_GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|hiya|good (?:morning|evening|afternoon|day)|howdy"
    r"|greetings|yo)\b(?: (?:there|again|you|everyone|[A-Z]\w+))?\W*",
    re.I,
)
_BYE = re.compile(
    r"\b(?:bye|goodbye|good night|goodnight|see you|see ya|farewell|take care"
    r"|talk (?:to you )?(?:later|soon|tomorrow)|gotta go|got to go|have to go"
    r"|heading to bed|off to bed|going to (?:bed|sleep))\b",
    re.I,
)
LONGEST_QUOTATION = 120  # characters
_THANKS = re.compile(r"\b(?:thanks|thank you|thx|cheers|much appreciated)\b", re.I)


def compose_reply(prompt: Prompt) -> str:
    """One reply of one to three sentences, more only where all that is known is asked for; the
    same prompt always gets the same one."""
    speaker = _Speaker(prompt)
    if prompt.care:
        return _with_care(speaker)
    language = talk_language(prompt)
    if prompt.forgetting:
        phrases = about_forgetting(prompt.forgetting, language)
        return speaker.choose(phrases, count=str(prompt.to_forget))
    if language != "en":
        return speaker.choose(REPLIES[language])
    occasions = (
        _explain,
        _set_right,
        _of_one,
        _recall,
        _small_talk,
        _about_self,
        _told,
        _felt,
        _beyond,
    )
    for occasion in occasions:
        if words := occasion(speaker):
            return words
    return speaker.carry_on()


def _with_care(speaker: "_Speaker") -> str:
    if speaker.prompt.care == "deflect":
        return speaker.choose(LEADING_ELSEWHERE)
    language = talk_language(speaker.prompt)
    return speaker.choose(IN_A_CRISIS.get(language, IN_A_CRISIS["en"]))


def within_three(opening: str, closing: str, between: str = "") -> str:
    """Opening, what is between and closing, as one reply; what would make it longer than three
    sentences is left out."""
    room = 3 - len(sentences_of(opening)) - len(sentences_of(closing))
    parts = [
        opening,
        between if len(sentences_of(between)) <= room else "",
        closing if room >= 0 else "",
    ]
    return " ".join(part for part in parts if part)


class _Speaker:
    """A prompt, the voice to answer it in, and what was said last."""

    def __init__(self, prompt: Prompt) -> None:
        self.prompt = prompt
        self.voice: Voice = voice_of(prompt.character)
        self.turns = [turn.content for turn in prompt.history if turn.role == "assistant"]
        self.said = {line for turn in self.turns[-2:] for line in sentences_of(turn)}
        self._seed = f"{prompt.character.name}|{len(prompt.history)}|{prompt.message}"
        self._attempt = prompt.attempt

    @cached_property
    def known(self) -> tuple[Known, ...]:
        """What is known of the user, read once: each message before is read for it."""
        return tuple(known_of(self.prompt))

    @property
    def in_mourning(self) -> bool:
        """Whether the user told of a death just before."""
        told = [turn.content for turn in self.prompt.history if turn.role == "user"]
        return any(mourns(each) for each in told[-1:])

    @property
    def name(self) -> str:
        """What follows a greeting: ", Sam" where the name is known, else nothing."""
        plain = name_to_use(self.prompt).split()
        return f", {plain[0]}" if plain else ""

    def choose(self, phrases: Sequence[str], **values: str) -> str:
        """One of the phrases, filled in; if possible one that the last two turns did not say, and
        another at each attempt."""
        start = int.from_bytes(hashlib.sha256(self._seed.encode()).digest()[:4], "big")
        start += self._attempt
        filled = [
            phrases[(start + n) % len(phrases)].format(name=self.name, **values)
            for n in range(len(phrases))
        ]
        fresh = [phrase for phrase in filled if not self.said & set(sentences_of(phrase))]
        return (fresh or filled)[0]

    def carry_on(self) -> str:
        """What the character isn't sure of, if that wasn't asked yet, or a question of its own, to
        keep the talk going; right after a death was told of, a kind word alone."""
        if self.in_mourning:
            return self.choose(self.voice.gentle)
        for claim in self.prompt.questions:
            asked = _asked_back(claim)
            if asked and not any(asked in turn for turn in self.turns):
                return asked
        interests = interests_of(self.prompt.character) or ["what people keep"]
        interest = self.choose([each.replace("{", "").replace("}", "") for each in interests])
        asked = self.choose(self.voice.onward, interest=interest)
        return asked if asked not in self.said else self.choose(self.voice.noted)


def _asked_back(claim: str) -> str | None:
    """What is known of the user, as a question; None for a sentence that can't be turned round."""
    turned = second_person(claim).rstrip(". ")
    if turned == claim.rstrip(". "):
        return None
    return f"One thing I wasn't sure of: is it so that {turned[0].lower()}{turned[1:]}?"


def _explain(speaker: _Speaker) -> str | None:
    """How it knows what it said last."""
    if speaker.prompt.sources is None:
        return None
    return say_where_from(speaker.prompt.sources) or speaker.choose(UNTRACED)


def _set_right(speaker: _Speaker) -> str | None:
    """What to say to somebody who denies what is known, or takes back what they said; where it can't be told
    what they mean, a question."""
    if takes_everything_back(speaker.prompt.message):
        return speaker.choose(ALL_A_LIE)
    denials = what_is_denied(speaker.prompt)
    if denials and (denied := denied_of_known(denials, speaker.known)):
        return speaker.choose(SET_RIGHT, told=denied)
    if words := taken_back(speaker.prompt):
        return speaker.choose(TAKEN_BACK, said=_quotable(words))
    return speaker.choose(WHICH) if takes_back_something(speaker.prompt) else None


def _quotable(words: str) -> str:
    plain = " ".join(words.split())
    return (
        plain
        if len(plain) <= LONGEST_QUOTATION
        else f"{plain[:LONGEST_QUOTATION].rsplit(' ', 1)[0]} …"
    )


def _of_one(speaker: _Speaker) -> str | None:
    """What is known of somebody whom the user asks about: "Who is Ted?" """
    told = tell_of_one(speaker.prompt, speaker.known)
    return _told_back(speaker, told) if told else None


def _recall(speaker: _Speaker) -> str | None:
    message = speaker.prompt.message
    if not asks_about_user(speaker.prompt, speaker.known):
        return None
    fact = answer_from_memory(speaker.prompt, speaker.known)
    if fact is None:
        return (
            None
            if asks_about_character(message) and not re.search(r"\b(?:my|I|me)\b", message)
            else speaker.choose(speaker.voice.unknown)
        )
    return _told_back(speaker, fact)


def _told_back(speaker: _Speaker, fact: str) -> str:
    said = speaker.choose(speaker.voice.recall, fact=fact)
    return said if len(sentences_of(said)) <= 3 else fact


def _small_talk(speaker: _Speaker) -> str | None:
    message = speaker.prompt.message.strip()
    if len(message.split()) > 12:
        return None
    if _BYE.search(message) and "?" not in message:
        return speaker.choose(speaker.voice.bye)
    if _THANKS.search(message) and len(message.split()) <= 8 and "?" not in message:
        return within_three(speaker.choose(speaker.voice.thanks), speaker.carry_on())
    greeting = _GREETING.match(message)
    if greeting and (len(message) - greeting.end() <= 2 or asks_how_it_goes(message)):
        return _greet(speaker)
    if asks_how_it_goes(message):
        return speaker.choose(speaker.voice.wellbeing)
    return None


def _greet(speaker: _Speaker) -> str:
    prompt = speaker.prompt
    hello = sentences_of(speaker.choose(speaker.voice.greeting))[0]
    if asks_how_it_goes(prompt.message):
        return within_three(hello, speaker.choose(speaker.voice.wellbeing))
    own = fill(prompt.character.greeting, prompt.character.name, speaker.name.strip(", ")).strip()
    if prompt.memories:
        return within_three(speaker.choose(speaker.voice.again), speaker.carry_on())
    if own and not speaker.turns:
        return " ".join([hello, *sentences_of(own)[:2]]) if speaker.name else own
    return within_three(speaker.choose(speaker.voice.greeting), speaker.carry_on())


def _about_self(speaker: _Speaker) -> str | None:
    prompt = speaker.prompt
    if example := example_reply(prompt.message, prompt.character, prompt.user_name):
        return example if not speaker.said & set(sentences_of(example)) else None
    if not asks_about_character(prompt.message):
        return None
    return answer_about_self(prompt.message, prompt.character)


def _told(speaker: _Speaker) -> str | None:
    asked = speaker.turns[-1] if speaker.turns else ""
    findings = [
        finding
        for finding, _ in read_message(
            speaker.prompt.message, datetime.now(UTC), None, asked
        ).findings
    ]
    if not findings:
        return None
    if any(is_loss(finding) for finding in findings):
        return speaker.choose(speaker.voice.sad)
    mood = feeling_of(speaker.prompt.message)
    if mood in ("sad", "anxious", "angry", "tired"):
        return _felt(speaker)
    return _acknowledgement(speaker, findings)


def _acknowledgement(speaker: _Speaker, findings: Sequence[Finding]) -> str:
    telling = max(
        findings,
        key=lambda finding: (finding.content.startswith("The user's"), finding.rule.importance),
    )
    echoes, questions = acknowledge(telling)
    literal = [
        [phrase.replace("{", "{{").replace("}", "}}") for phrase in group]
        for group in (echoes, questions)
    ]
    echo = speaker.choose(literal[0])
    return within_three(echo, speaker.choose(literal[1]), speaker.choose(speaker.voice.noted))


def _felt(speaker: _Speaker) -> str | None:
    mood = feeling_of(speaker.prompt.message)
    return speaker.choose(getattr(speaker.voice, mood)) if mood else None


def _beyond(speaker: _Speaker) -> str | None:
    message = speaker.prompt.message.rstrip()
    if not message.endswith("?"):
        return None
    of_the_user = len(content_words(message)) >= 2 and not asks_about_character(message)
    if of_the_user and (fact := answer_from_memory(speaker.prompt, speaker.known, 0.75)):
        return _told_back(speaker, fact)
    return speaker.choose(speaker.voice.beyond)
