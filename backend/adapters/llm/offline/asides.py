"""What stands in brackets inside a sentence is said after it, so that it interrupts nothing."""

import re

_AGE_ASIDE = re.compile(
    r"\b((?:my|our) (?:[\w-]+ )?[\w-]+) \((\d{1,2})(?: ?yo| years old)?\)", re.I
)
# "My boy Mateo 9 he only wants …", "my son Filip, 6, draws".
_AGE_BEHIND = re.compile(
    r"\b(?P<whose>(?:[Mm]y|[Oo]ur) (?:[a-z-]+ ){1,2}(?-i:[A-ZÀ-Þ])[\w-]+),? (?:is |who is )?(?P<age>\d{1,2})"
    r"(?: ?yo| years old)?(?:,? (?=(?:he|she) )|,(?= [a-z])|$)"
)
_ASIDE = re.compile(r"\s*\(([^()]{1,120})\)(?=\s*\w)")


def asides_last(text: str) -> str:
    """ "My girlfriend (we met at school) wants …"; "my son (6) draws" also tells how old he is."""
    text = _AGE_BEHIND.sub(_age_first, text)
    ages = [f"{whose} is {years}" for whose, years in _AGE_ASIDE.findall(text)]
    return "; ".join((_ASIDE.sub("", text), *(ages or _ASIDE.findall(text))))


def _age_first(found: re.Match[str]) -> str:
    whose = found["whose"]
    rest = found.string[found.end() :]
    goes_on = "" if not rest else "; " if re.match(r"(?:he|she) ", rest) else f"; {whose}"
    return f"{whose} is {found['age']}{goes_on}"
