"""The rule on acts: somebody has sex with a child, by the words of one clause. Pure functions.

"I fuck the 12 year old" has an act, and a child as its object; "fuck, my 12 year old broke his arm"
has an oath. A clause ends at a comma. Reports of victims, courts and newspapers pass unless the writer
is the one who acts, or asks for a scene.
"""

import re
from collections.abc import Iterator, Sequence

from backend.safety.child_words import ACT_PHRASES, ACTS, FUCK, UNSPACED_ACTS, UNSPACED_CHILD
from backend.safety.children import child_at, matcher
from backend.safety.lexicon import lexicon
from backend.safety.spelling import Reading, fold, read

_CLAUSE = re.compile(r"[.!?…;:,]+(?=\s|$)|\n|\s[-–—]\s|[，。！？；]")
_APART = 6  # words between an act and its object
_NEAR = 3  # words between a child and the act done to it, where verbs come last
_is_fuck = matcher(FUCK)
_is_act = matcher(ACTS)
_PHRASES: dict[str, list[list[str]]] = {}  # by their first word
for _line in fold(ACT_PHRASES.strip()).split("\n"):
    for _phrase in map(str.split, _line.split("|")):
        _PHRASES.setdefault(_phrase[0], []).append(_phrase)
# Whatever stands between isn't about the child.
_BREAKS = frozenset(
    "and but or because while that when where if is are was were has had did does about at up off"
    " around over so how who why before after for since until said says say saying heard word words"
    " life with like sagt sagen dice dit zegt говорит"
    " und aber oder weil wenn wahrend y pero porque cuando mientras desde hace et"
    " mais parce quand pendant depuis ma quando mentre e mas porque enquanto en maar terwijl i ale"
    " и но когда пока ve ama".split()
)
_OATH_BEFORE = frozenset(
    "the a an no any what as holy oh aw damn ah flying give gives gave who where how why fucking my"
    " your his her our their one un le du la una uma een".split()
)
_OATH_AFTER = frozenset(
    "up off around over with it that yeah yes sake all knows you this them those these me no"
    " about".split()
)
_NOUN_AFTER = frozenset("un le du la una une een der die das ein eine the petit gros doux".split())
_DETERMINERS = frozenset(
    "a an the my your his her our their some another little young lil this that these those".split()
)
_DOERS = frozenset("i we you u he she they it to lets and will wanna gonna gotta can would could"
                   " must should ill im men man ive hed".split())  # fmt: skip
_WRITER = frozenset("i im ill ive we lets us my you u ich yo je io eu ik ja я ben jag wir nous noi"
                    " me mi".split())  # fmt: skip
_DENIALS = frozenset("not never dont doesnt didnt wouldnt nobody nicht kein nunca jamais mai niet nie"
                     " не cannot".split())  # fmt: skip
_NO_DENIAL = frozenset("wait stop resist help only just".split())
_REPORTERS = frozenset(
    "bill bans banned"
    " man men woman soldiers priest priests teacher coach uncle stepfather father grandfather suspect"
    " gang someone predator neighbour neighbor police court accused prison jail people anyone mann"
    " polizei gericht hombre policia homme police uomo polizia homem".split()
)
_ASKS_IF = frozenset("if is does should would can could am do happens whether".split())
_LAWFUL = frozenset(
    "legal legally illegal law laws consent crime prison jail statutory arrested allowed wrong"
    " felony".split()
)
_UNSPACED_ACTS = tuple(map(fold, UNSPACED_ACTS.split()))
_UNSPACED_CHILD = re.compile(
    "|".join(map(re.escape, map(fold, UNSPACED_CHILD.split())))
    + r"|(?<!\d)(?:[1-9]|1[0-7]) ?(?:歳|才|岁|歲|살|साल)"
)
_UNSPACED_SPAN = 30  # characters between the two

Words = Sequence[Sequence[str]]


def acts_on_a_child(reading: Reading, *, reported: bool, fiction: bool) -> bool:
    """Whether somebody has sex with a child there. `reported`: the text shows that it reports, asks as
    a patient, or studies; `fiction`: it asks for a story or a scene."""
    if not reading.text.isascii() and _unspaced(reading.text) and not reported:
        return True
    words = [word.forms for word in reading.words]
    masked = any(word.masked for word in reading.words)
    if not masked and not any(_may_act(words, at) for at in range(len(words))):
        return False
    reporting = reported or any(form in _REPORTERS for forms in words for form in forms[:1])
    for clause in _CLAUSE.split(reading.text):
        for start, ends in _acts_on(clause_words := _words(clause)):
            if _denied(clause_words, start) or _asked(clause_words, ends, words):
                continue
            if reporting and not fiction and not _writer_acts(clause_words, start):
                continue
            return True
    return False


def _words(clause: str) -> list[tuple[str, ...]]:
    known = lexicon()
    return [known.unmasked(word).forms for word in read(clause).words]


def _may_act(words: Words, at: int) -> bool:
    verb = any(_is_fuck(form) or _is_act(form) or form == "seks" for form in words[at])
    return verb or _phrase_at(words, at) > 0


def _acts_on(words: Words) -> Iterator[tuple[int, int]]:
    """Acts with a child as their object: where each begins, and where the child's words end."""
    for start in range(len(words)):
        length = _act_at(words, start)
        if not length:
            continue
        fuck = length == 1 and any(map(_is_fuck, words[start]))
        if fuck and _is_oath(words, start):
            continue
        if end := _object_after(words, start, start + length, fuck=fuck):
            yield start, end
        elif length == 1 and (begin := _object_before(words, start, fuck=fuck)):
            yield begin - 1, start


def _act_at(words: Words, at: int) -> int:
    if any(_is_fuck(form) for form in words[at]):
        return 1
    if any(map(_is_act, words[at])):
        return 0 if _has(words, at - 1, _NOUN_AFTER) else 1
    if "seks" in words[at] and at + 1 < len(words) and words[at + 1][0].startswith("yap"):
        return 1  # Turkish, and last in its clause
    if "sex" in words[at] and _has(words, at - 1, frozenset(("about", "of", "on"))):
        return 0
    return _phrase_at(words, at)


def _phrase_at(words: Words, at: int) -> int:
    for phrase in (phrase for form in words[at] for phrase in _PHRASES.get(form, ())):
        if all(at + n < len(words) and part in words[at + n] for n, part in enumerate(phrase)):
            return len(phrase)
    return 0


def _is_oath(words: Words, at: int) -> bool:
    """Swearing: "what the fuck", "my fucking kid", "fucks up"."""
    if _has(words, at - 1, _OATH_BEFORE):
        return True
    after = words[at + 1] if at + 1 < len(words) else ()
    determined = any(form in _DETERMINERS for form in after)
    if any(form in _OATH_AFTER for form in after) and not (
        determined and at and _has(words, at - 1, _DOERS)
    ):
        return True
    ing = any(form.endswith(("in", "ing")) for form in words[at])
    return ing and not determined and not child_at(words, min(at + 1, len(words) - 1))


def _object_after(words: Words, start: int, begin: int, *, fuck: bool) -> int:
    """Where the child that the act is done to ends; 0 if there is none."""
    for at in range(begin, min(begin + _APART, len(words))):
        if length := child_at(words, at):
            end = at + length
            if fuck and start == 0 and not _is_order(words, at, end):
                return 0
            return end
        if _has(words, at, _BREAKS):
            return 0
    return 0


def _is_order(words: Words, at: int, end: int) -> bool:
    """A clause that begins with the act: "fuck the 12 year old girl", and not "fuck my 12 year old
    broke his arm" or "fuck them kids"."""
    named = end - at > 1 or any(form[0].isdigit() for form in words[at])
    rest = words[end:]
    return named and len(rest) <= 2 and not any(_has(rest, n, _BREAKS) for n in range(len(rest)))


def _object_before(words: Words, act: int, *, fuck: bool) -> int:
    """Where the child begins that comes before the act, counted from 1; 0 if none does."""
    if fuck and not _has(words, act - 1, _BEING):
        return 0
    if (
        not fuck
        and any(map(_ENGLISH.__contains__, words[act]))
        and not _has(words, act - 1, _BEING)
    ):
        return 0
    for at in range(act - 1, max(-1, act - 6), -1):
        if child_at(words, at):
            return at + 1
        if _has(words, at, _BREAKS) and not _has(words, at, _BEING):
            return 0
    return 0


_BEING = frozenset("is are being be get gets getting got i we you to".split())
_ENGLISH = frozenset(
    "rape rapes raped raping molest molests molested molesting shag shags shagged shagging bang bangs"
    " banged banging sext sexted sexting seduce seduces seduced viola viole violent violento".split()
)


def _denied(words: Words, act: int) -> bool:
    before = [form for forms in words[max(0, act - 4) : act] for form in forms]
    return any(f in _DENIALS for f in before) and not any(f in _NO_DENIAL for f in before)


def _asked(clause: Words, ends: int, words: Words) -> bool:
    """A question of law: "is it illegal if I have sex with a 16 year old?\""""
    asks = any(form in _ASKS_IF for forms in clause[:ends] for form in forms)
    return asks and any(form in _LAWFUL for forms in words for form in forms)


def _writer_acts(words: Words, act: int) -> bool:
    return any(form in _WRITER for forms in words[max(0, act - 4) : act] for form in forms)


def _has(words: Words, at: int, those: frozenset[str]) -> bool:
    return 0 <= at < len(words) and any(form in those for form in words[at])


def _unspaced(text: str) -> bool:
    for act in _UNSPACED_ACTS:
        at = text.find(act)
        while at >= 0:
            near = text[max(0, at - _UNSPACED_SPAN) : at + len(act) + _UNSPACED_SPAN]
            if _UNSPACED_CHILD.search(near):
                return True
            at = text.find(act, at + 1)
    return False
