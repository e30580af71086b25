"""What stands in brackets inside a sentence is said after it, so that it interrupts nothing."""

import re

_AGE_ASIDE = re.compile(
    r"\b((?:my|our) (?:[\w-]+ )?[\w-]+) \((\d{1,2})(?: ?yo| years old)?\)", re.I
)
_ASIDE = re.compile(r"\s*\(([^()]{1,120})\)(?=\s*\w)")


def asides_last(text: str) -> str:
    """ "My girlfriend (we met at school) wants …"; "my son (6) draws" also tells how old he is."""
    ages = [f"{whose} is {years}" for whose, years in _AGE_ASIDE.findall(text)]
    return "; ".join((_ASIDE.sub("", text), *(ages or _ASIDE.findall(text))))
