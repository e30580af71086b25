"""What the user asks not to be called, asked or told: kept, so that it is never done again."""

from backend.adapters.llm.offline.rule import rule

_DO_NOT = (
    r"(?:(?:please|pls|just|and|but|oh|can you|could you) )*(?:do not|never|stop|no more)"
    r"(?: ever| please| just)?"
)
_NOT_FOR_NOW = r"(?!.*\b(?:now|today|tonight|yet|this (?:morning|evening|week)|tomorrow)\b)"
_TOUCHY = (
    r"(?:(?:my|our|the) (?!day\b|week\b|weekend\b|weather\b|point\b|fact\b)|politics|religion|sex\b"
    r"|food|weight|diets?|death|(?-i:[A-Z]))"
)

BOUNDARIES = (
    rule(
        "not to be called",
        rf"{_DO_NOT} call(?:ing)? me (?P<said>(?!later|back|now|tonight|tomorrow|at\b|when|if\b|on\b"
        r"|a liar|again|out\b|up\b|that\b|this\b|it\b)[\w' -]+)",
        "The user doesn't want to be called {said}.",
        category="preference",
        importance=8,
        confidence=0.9,
        whole=True,
    ),
    rule(
        "not to be spoken of",
        rf"{_NOT_FOR_NOW}{_DO_NOT} (?:mention(?:ing)?|bring(?:ing)? up|talk(?:ing)? about"
        rf"|ask(?:ing)? (?:me )?about|speak(?:ing)? of) (?P<said>{_TOUCHY}.*?)(?: to me| with me"
        r"| again| please| ever)*$",
        "The user doesn't want to talk about {said}.",
        category="preference",
        importance=8,
        confidence=0.85,
        whole=True,
    ),
    rule(
        "not to speak of",
        rf"{_NOT_FOR_NOW}(?:I|we) (?:do not|never|can not) (?:want to |like to |like |wish to )?"
        rf"(?:talk|speak|talking|speaking) about (?P<said>{_TOUCHY}.*)",
        "The user doesn't want to talk about {said}.",
        category="preference",
        importance=7,
        whole=True,
        of="user",
    ),
)
