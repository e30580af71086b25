"""Whether a character is a child, by every text of it that the model is given. Pure functions.

Each text counts as far as it speaks of the character itself: a description throughout, example
dialogues where the character speaks, a lorebook where its name stands. Children whom it teaches or
raises, its own past, and sentences that deny something don't count.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from backend.models.character import Character, Personality
from backend.safety.ages import ADULT, describes_minor, says_minor
from backend.safety.children import number
from backend.safety.spelling import fold, read

LONGEST = 300_000  # characters of a character read in all; a large card has 30,000
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s*|\n+")
_DENIES = re.compile(
    r"\b(?:no|not|never|avoid|without|refuse|don'?t|isn'?t|aren'?t|only adults?)\b"
)
_N = [rf"(?P<age{at}>\d{{1,2}}|[^\W\d]{{2,16}})" for at in range(6)]
_STATED = re.compile(
    rf"\b(?:tiene|tengo|tem|tenho|ha|ho|de|d|di|agee? de|a|ai|as) {_N[0]} "
    r"(?:anos|anitos|ans|anni)\b(?! d[aeio']? ?(?:exp|esp|serv|pris|carc|mar|cas|vid|mat))"
    rf"|\b{_N[1]} jahre (?:alt|jung)|\b(?:is|van|ben|bin|ist) {_N[2]} (?:jaar|jahre)\b(?! lang)"
    rf"|\b{_N[3]}[ -]?(?:jahrige?[rsnm]?|jarige?|летн\w+|letni\w*|yasinda\w*)\b"
    rf"|\bma {_N[4]} lat\b|\b{_N[5]} (?:лет|года)\b(?! (?:назад|опыт|подряд|стаж))"
    r"|(?<!\d)(?P<unspaced>\d{1,2}) ?(?:歳|才|岁|歲|살|साल)(?!の時|のとき| 때|時|前|时)"
    r"|عمر(?:ها|ه|ي) (?P<arabic>\d{1,2})"
)
_UNIT = re.compile(
    r" an(?:ni|it[io]s|[io]s)|ans\b|jahr|jaar|jari|лет|года| lat\b|yas|letni"
    r"|[歳才岁歲살]|साल|عمر"
)
_ELSEWHERE = re.compile(  # whose it is, or that it is past or a span
    r"\b(?:su|sus|mi|hij[oa]s?|herman[oa]s?|seu|sua|suo|filh[oa]s?|figli[oa]|ihr\w*|sein\w*|sohn|tochter"
    r"|kind\w*|son|sa|ses|leur|fille|fils|zijn|haar|jej|jego|ее|его|дочь|сын\w*|madre|mere|mutter|"
    r"мать|mae|hace|desde|durante|depuis|pendant|il y|seit|al|als|sinds|cuando|quand|quando|когда|"
    r"tras|apres|nach|через|за|работа\w+|служ\w+|жив\w+|прожи\w+|a los|unterrichtet|ensena|娘|息子|女儿|儿子)"
    r" (?:[\w-]+ ){0,3}$|(?:娘|息子|妹|弟|女儿|儿子|当)\S{0,4}$"
    r"|\b(?:y a|avait|tenia|war|aveva|tinha|было|was) ?$"
)
_PUPIL = re.compile(
    r"\b(?:schulerin|schuler|schulmadchen|gymnasiastin|colegiala?|collegien(?:ne)?|lyceen(?:ne)?|"
    r"ecolier(?:e)?|scholiere?|uczennica|школьни(?:ца|к)|восьмиклассни(?:ца|к)|"
    r"(?:estudiante|alumn[ao]) de (?:secundaria|primaria|instituto)|studente(?:ssa)? delle medie|"
    r"(?:[1-9]|1[0-2])(?:st|nd|rd|th)[ -]grade(?:rs?|[ -](?:girl|boy|student|pupil|kid))|"
    r"in (?:the )?(?:[1-9]|1[0-2])(?:st|nd|rd|th) grade|"
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh)[ -]grade"
    r"(?:rs?|[ -](?:girl|boy|student|pupil|kid))|"
    r"geht in die \d{1,2}\. klasse|lise ogrencisi|ortaokul ogrencisi)\b"
    r"|小学生|中学生|高校生|女子高生|女子高校生|初中生|高中生|초등학생|중학생|고등학생|여고생|幼女|ロリ|萝莉|नाबालिग"
    r"|\b(?:una nina|un nino|une (?:fillette|petite fille)|un petit garcon|una bambina|un bambino|"
    r"uma menininha|ein kleines madchen|ein kleiner junge|een klein meisje|маленькая девочка|"
    r"маленький мальчик|mala dziewczynka|kucuk bir kiz)\b|小女孩|小男孩"
)
_TEACHES = re.compile(
    r"(?:teach\w*|tutor\w*|profes\w*|lehr\w*|maestr\w*|insegn\w*|enseign\w*|учит\w*|leraar|lerares|"
    r"ogretmen\w*|with|mit|avec|con|for|fur|of|von|de|tiene|tem|hat|heeft|ma|cuida|eleve|raises)"
    r" (?:[\w-]+ ){0,3}$"
)
_BORN = re.compile(r"\bborn (?:in |on )?(?:\w+ ){0,3}?(?P<year>20\d\d)\b")


def portrays_minor(character: Character) -> bool:
    """By its age, or by what its texts say of it, whatever its age says."""
    if character.age is not None and character.age < ADULT:
        return True
    left = LONGEST
    for text in _of_itself(character):
        if describes_minor(text) or _describes_minor_elsewhere(text):
            return True
        left -= len(text)
        if left < 0:
            return False
    return any(map(says_minor, _said_by(character)))


def card_text(character: Character, field: str) -> str:
    """What a card's author wrote for the model in a field; empty if nothing."""
    card = character.card or {}
    inner = card.get("data")
    said = (inner if isinstance(inner, dict) else card).get(field)
    return said if isinstance(said, str) else ""


def lore_texts(character: Character) -> Iterator[str]:
    """The texts of its lorebook's entries."""
    for entry in character.lorebook:
        if isinstance(entry, dict) and isinstance(said := entry.get("content"), str):
            yield said


def _of_itself(character: Character) -> Iterator[str]:
    personality = Personality.model_validate(character.personality)
    yield from (character.name, character.description, character.scenario, character.greeting)
    yield from (personality.style, ", ".join(personality.traits), ", ".join(personality.values))
    for field in ("system_prompt", "post_history_instructions"):
        for sentence in _SENTENCE.split(card_text(character, field)):
            if not _DENIES.search(sentence.lower()):
                yield sentence
    named = re.compile(rf"\{{\{{char\}}\}}|\b{re.escape(character.name)}\b", re.IGNORECASE)
    for text in lore_texts(character):
        for sentence in _SENTENCE.split(text):
            if named.search(sentence) and not _DENIES.search(sentence.lower()):
                yield sentence


def _said_by(character: Character) -> Iterator[str]:
    """What the character says in its example dialogues."""
    speaks = re.compile(rf"\s*(?:\{{\{{char\}}\}}|{re.escape(character.name)})\s*:", re.IGNORECASE)
    for dialogue in character.example_dialogues:
        for line in dialogue.splitlines():
            if found := speaks.match(line):
                yield line[found.end() :]


def _describes_minor_elsewhere(text: str) -> bool:
    """In other languages than English, by a school grade, a year of birth or in disguise."""
    folded = fold(text).replace("’", "'")
    plain = _undisguised(folded)
    if plain != folded and describes_minor(plain):
        return True
    for match in _STATED.finditer(plain) if _UNIT.search(plain) else ():
        said = match["unspaced"] or match["arabic"] or _age_in(match)
        age = number(said) if said else None
        if age is not None and 0 < age < ADULT and not _ELSEWHERE.search(_before(plain, match)):
            return True
    if any(not _TEACHES.search(_before(plain, match)) for match in _PUPIL.finditer(plain)):
        return True
    this_year = datetime.now(UTC).year
    return any(this_year - ADULT < int(m["year"]) <= this_year for m in _BORN.finditer(plain))


def _age_in(match: re.Match[str]) -> str:
    return next((v for k, v in match.groupdict().items() if k.startswith("age") and v), "")


def _before(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - 60) : match.start()]


def _undisguised(folded: str) -> str:
    """With numbers for words ("f0urteen") as the words they stand for."""

    def plain(found: re.Match[str]) -> str:
        forms = read(found[0]).words[0].forms if read(found[0]).words else ()
        return next((form for form in forms if form.isalpha() and number(form)), found[0])

    return re.sub(r"\b(?=\w*\d)(?=\w*[^\W\d])\w{3,12}\b", plain, folded)
