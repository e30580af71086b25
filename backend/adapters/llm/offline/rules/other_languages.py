"""The commonest facts in Spanish, French, German, Portuguese and Italian.

A fact is written with the same English sentence as everywhere, so that it meets its English twin;
the value stays as the user said it ("The user works as enfermera.").
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend.adapters.llm.offline.rule import Finding, Rule
from backend.adapters.llm.offline.rules.vocabulary import FOREIGN_JOBS, FOREIGN_KIN
from backend.adapters.llm.offline.subjects import USER, Subject, person
from backend.adapters.llm.offline.values import age, name, place


@dataclass(frozen=True, slots=True)
class Fact:
    """One kind of fact and how each language opens it; the value is what follows."""

    rule: Rule
    openings: re.Pattern[str]
    shape: str


def _fact(
    kind: str,
    template: str,
    shape: str,
    openings: str,
    importance: int,
    category: str = "personal",
    attribute: str | None = None,
) -> Fact:
    rule = Rule(
        f"{kind} (other language)", re.compile(""), template, category, importance, 0.85, attribute
    )
    return Fact(rule, re.compile(rf"(?:{openings})\s*(?P<value>.+)", re.I), shape)


_KIN = "|".join(sorted(FOREIGN_KIN, key=len, reverse=True))
_MY = (
    r"(?:mi|mon|ma|mein|meine|(?:o )?meu|(?:a )?minha|(?:il )?mio|(?:la )?mia"
    r"|nuestro|nuestra|notre|unser|unsere|(?:o )?nosso|(?:a )?nossa|(?:il "
    r")?nostro|(?:la )?nostra)"
)
_IS_CALLED = r"(?:se llama|s'appelle|heißt|heisst|se chama|chama-se|si chiama)"

FACTS = (
    _fact(
        "name",
        "The user's name is {value}.",
        "name",
        r"(?:yo )?me llamo|mi nombre es|je m'appelle|mon nom est|mon prénom est"
        r"|ich heiße|ich heisse|mein name ist|(?:eu )?(?:me )?chamo-me|(?:eu )?me "
        r"chamo|o meu nome é|meu nome é|(?:io )?mi chiamo|il mio nome è",
        10,
        attribute="name",
    ),
    _fact(
        "age",
        "The user is {value} years old.",
        "age",
        r"(?:yo )?tengo(?= \d+ a[nñ]os)|j'ai(?= \d+ ans)|ich bin(?= \d+(?: jahre| "
        r"und|$))|bin(?= \d+ jahre)|(?:eu )?tenho(?= \d+ anos)|(?:io )?ho(?= \d+ "
        r"anni)",
        8,
        attribute="age",
    ),
    _fact(
        "home",
        "The user lives in {value}.",
        "place",
        r"(?:yo )?vivo (?:ahora )?en|j'habite (?:à|a|au|en|aux|dans)|je vis (?:à|a"
        r"|au|en|aux)|(?:ich )?(?:wohne|lebe) (?:jetzt |seit \w+ (?:jahren|jahr"
        r"|monaten) )?in|"
        r"(?:eu )?(?:moro|vivo) (?:em|no|na)|(?:io )?(?:vivo|abito) (?:a|in)",
        8,
        attribute="home",
    ),
    _fact(
        "origin",
        "The user is from {value}.",
        "place",
        r"(?:yo )?soy de|je viens (?:de|d'|du)|(?:ich )?komme aus|(?:eu )?sou "
        r"(?:de|do|da)|(?:io )?vengo (?:da|dalla|dal)|sono di",
        7,
        attribute="origin",
    ),
    _fact(
        "job",
        "The user works as {value}.",
        "role",
        r"(?:yo )?trabajo (?:como|de)(?: una?)?|je travaille comme|(?:ich "
        r")?arbeite als|(?:eu )?trabalho como(?: uma?)?|(?:io )?lavoro come|(?:io "
        r")?faccio (?:il|la|l')",
        8,
        attribute="job",
    ),
    _fact(
        "job by name",
        "The user works as {value}.",
        "known_job",
        r"(?:yo )?soy(?: una?)?|je suis(?: une?)?|(?:ich )?bin(?: eine?)?|ich "
        r"bin(?: eine?)?|(?:eu )?sou(?: uma?)?|(?:io )?sono(?: una?)?",
        8,
        attribute="job",
    ),
    _fact(
        "employer",
        "The user works at {value}.",
        "place",
        r"(?:yo )?trabajo (?:en|para)|je travaille chez|(?:ich )?arbeite bei"
        r"|(?:eu )?trabalho (?:na|no)|lavoro (?:alla|da|presso)",
        7,
        attribute="employer",
    ),
    _fact(
        "dislike",
        "The user doesn't like {value}.",
        "liked",
        r"no me gustan?|odio|je n'aime pas|je déteste|(?:ich )?mag keine?n?|ich "
        r"hasse|(?:eu )?não gosto (?:de|do|da|dos|das)|eu odeio|non mi piac(?:e"
        r"|ciono)|(?:io )?odio",
        4,
        "preference",
    ),
    _fact(
        "like",
        "The user likes {value}.",
        "liked",
        r"me (?:gusta|encanta)n?(?: mucho)?|j'aime(?: bien| beaucoup)?|j'adore"
        r"|ich mag|ich liebe|(?:eu )?(?:gosto|adoro) (?:muito )?(?:de|do|da|dos"
        r"|das)|adoro|mi piac(?:e|ciono)(?: molto)?",
        4,
        "preference",
    ),
    _fact(
        "allergy",
        "The user is allergic to {value}.",
        "liked",
        r"soy alérgic[oa] (?:al?|a las?|a los)|je suis allergique (?:aux?|à la|à "
        r"l'|à)|(?:ich )?bin allergisch gegen|sou alérgic[oa] (?:a|ao|à|aos|às)"
        r"|sono allergic[oa] (?:al|alla|alle|ai|a|agli)",
        9,
    ),
    _fact(
        "diet",
        "The user is {value}.",
        "diet",
        r"(?:yo )?soy|je suis|ich bin|(?:eu )?sou|(?:io )?sono",
        7,
        "preference",
        "diet",
    ),
)
_PERSON = re.compile(
    rf"{_MY} (?P<kin>{_KIN}) {_IS_CALLED} (?P<name>.+)|(?:der name )?{_MY} "
    rf"(?P<kin2>{_KIN}) (?:ist|es|est|é|è) (?P<name2>(?-i:[A-ZÀ-Þ])[\w-]+)$",
    re.I,
)
_HAS = re.compile(
    rf"(?:(?:yo )?tengo|j'ai|(?:ich )?habe|(?:eu )?tenho|(?:io )?ho) (?:une?"
    rf"|una|uno|um|uma|einen?|eine) (?P<kin>{_KIN}) "
    rf"(?:que {_IS_CALLED}|qui {_IS_CALLED}|che {_IS_CALLED}|llamad[oa]|nommée?"
    rf"|appelée?|namens|chamad[oa]|di nome|de nombre) (?P<name>.+)",
    re.I,
)
_PERSON_WORKS = re.compile(
    rf"{_MY} (?P<kin>{_KIN}) (?:vive en|habite (?:à|en)|vit (?:à|en)|wohnt in"
    rf"|lebt in|vive em|mora em|vive a|abita a) (?P<place>.+)",
    re.I,
)
_BREAK = re.compile(
    r"\s*[,;:–—]\s*|\s+-\s+|\s+(?:y|e|et|und|pero|mais|aber|mas|ma|porque|weil"
    r"|car|parce que|perché|pois|and)\s+",
    re.I,
)
_GREETING = re.compile(
    r"^(?:hola|bonjour|salut|hallo|guten tag|ol[áa]|oi|ciao|buongiorno|sí|oui"
    r"|ja|sim|sì|bueno|also|alors|bem|pues|moi|en fait|actualmente|hoy)[\s,!]*",
    re.I,
)
_UNREAL = re.compile(
    r"\b(?:si (?:fuera|tuviera|viviera|yo|j'|je|un jour|seulement)|si j'\w+"
    r"|ojal[áa]|quiz[áa]s?|tal vez|imagina|imagine|imagínate|quisiera|gustaría"
    r"|dijo|dice|dicen|"
    r"peut-être|aimerais|voudrais|a dit|dit que|wenn|falls|wäre|würde|hätte"
    r"|könnte|vielleicht|stell dir|sagt|sagte|meinte|se (?:eu|fosse|tivesse"
    r"|avessi|fossi|io|vivessi)|talvez|"
    r"gostaria|disse|diz|forse|vorrei|immagina|ha detto|soñé|rêvé|geträumt"
    r"|sonhei|sognato|historia|histoire|geschichte|história|storia|broma"
    r"|blague|witz|piada|scherzo)\b",
    re.I,
)
_DIETS = {
    "vegetarian": (
        "vegetariano",
        "vegetariana",
        "végétarien",
        "végétarienne",
        "vegetarier",
        "vegetarierin",
    ),
    "vegan": (
        "vegano",
        "vegana",
        "végan",
        "végane",
        "végétalien",
        "végétalienne",
        "veganer",
        "veganerin",
        "vegan",
    ),
}
_ARTICLES = re.compile(
    r"^(?:el|la|los|las|le|les|l'|der|die|das|den|o|a|os|as|il|lo|i|gli|un|une"
    r"|una|um|uma|ein|eine|einen)\s+|^l'",
    re.I,
)
_TAIL = re.compile(
    r"\s+(?:con|avec|mit|com|desde|depuis|seit|desde|da|pero|en|in|à|bei|chez"
    r"|em|hace|und|y|et|e|cerca|près)\s.*$|[.!?].*$",
    re.I,
)


def read_other_language(sentence: str, *, casual: bool, question: bool) -> list[Finding]:
    """What a sentence in one of the five languages states; empty for any other language."""
    if question or _UNREAL.search(sentence):
        return []
    findings: list[Finding] = []
    for part in _BREAK.split(sentence):
        findings.extend(_read_part(_GREETING.sub("", part.strip()), casual))
    return findings


def _read_part(part: str, casual: bool) -> Iterator[Finding]:
    if found := _PERSON.match(part) or _HAS.match(part):
        groups = found.groupdict()
        called = name(_TAIL.sub("", groups["name"] or groups.get("name2") or ""), casual)
        if called:
            yield _of_person(person(_kin(groups)), f"is called {called}", "name")
        return
    if found := _PERSON_WORKS.match(part):
        where = place(_TAIL.sub("", found["place"]), casual)
        if where:
            yield _of_person(person(_kin(found.groupdict())), f"lives in {where}", "home")
        return
    for fact in FACTS:
        opening = fact.openings.match(part)
        value = _shape(fact.shape, opening["value"], casual) if opening else None
        if value:
            yield Finding(
                fact.rule.template.format(value=value), fact.rule, USER, fact.rule.attribute
            )
            return


def _kin(groups: dict[str, str | None]) -> str:
    return FOREIGN_KIN[(groups.get("kin") or groups.get("kin2") or "").lower()]


def _of_person(subject: Subject, said: str, attribute: str) -> Finding:
    rule = Rule(
        f"{attribute} of person (other language)",
        re.compile(""),
        "",
        "relationship",
        8,
        tie=attribute == "name",
    )
    return Finding(f"{subject.label} {said}.", rule, subject, f"{subject.key}{attribute}")


def _shape(kind: str, text: str, casual: bool) -> str | None:
    if kind == "age":
        return age(text, casual)
    value = _TAIL.sub("", text).strip(" ,.'\"")
    if kind == "name":
        return name(value, casual)
    if kind == "place":
        return place(value, casual)
    if kind == "diet":
        return next((diet for diet, words in _DIETS.items() if value.lower() in words), None)
    value = _ARTICLES.sub("", value)
    if kind == "known_job":
        return value if value.lower() in FOREIGN_JOBS else None
    return value if 0 < len(value.split()) <= 4 and not _POINTING.match(value) else None


_POINTING = re.compile(
    r"(?:eso|esto|ça|cela|das|dich|te|ti|tu|isso|isto|questo|quello|que|quand"
    r"|quando|cuando|wenn|es|sie|ihn|mucho|ce|cette|este|esta|tua|deine?)\b",
    re.I,
)
