"""Reading the answer to "Are you sure?": nothing is done without a clear yes. Pure functions.

English, German, Spanish, French, Italian, Portuguese and Dutch at once: a yes of one of them is a no of
none of the others.
"""

import re

_YES = re.compile(
    r"^\W*(?:(?:y|ye|yes+|yeah|yep|yup|yea|aye|sure|certainly|please(?: do)?|do (?:it|so|that)|go ahead|"
    r"i(?:'m| am) (?:sure|certain|positive)|ok(?:ay)?|k|of course|absolutely|definitely|confirm(?:ed)?|"
    r"affirmative|correct|(?:forget|delete|erase|wipe) (?:it|that|them|everything|all)"
    r"|ja|jap?|jep|jawohl|klar|na klar|sicher|ganz sicher|natürlich|mach(?: das| es)?|bitte|unbedingt|"
    r"ich bin (?:mir )?sicher|vergiss es"
    r"|s[ií]|claro|por supuesto|adelante|hazlo|vale|seguro|estoy segur[oa]|de acuerdo|olv[ií]dalo"
    r"|oui|ouais|bien s[uû]r|d'accord|vas-y|fais-le|je suis s[uû]re?|oublie(?:-le)?"
    r"|sì|certo|sicuro|certamente|va bene|fallo|sono sicur[oa]|procedi|dimenticalo"
    r"|sim|com certeza|tenho certeza|pode(?:s)?|faz isso|esquece"
    r"|jazeker|zeker|doe maar|graag|natuurlijk|oké))(?!\w)",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^\W*(?:no+|nope|nah|n|not|never|don't|do not|stop|cancel|wait|hold on|hang on|keep|rather|leave it|"
    r"abort|undo|maybe|(?:on )?second thoughts?|i(?:'ve)? changed my mind|i(?:'d| would) rather|better not|"
    r"let me think|i(?:'m| am) not"
    r"|nein|nee|nö|nicht|doch nicht|warte|halt|abbrechen|lieber|behalte?|stopp"
    r"|espera|cancela|mejor no|déjalo|aún no|todavía no"
    r"|non|pas|attends|annule|garde|plutôt pas"
    r"|aspetta|annulla|meglio di no|fermati"
    r"|não|nao|espere|cancele|melhor não"
    r"|niet|wacht|annuleer|toch niet)(?!\w)",
    re.IGNORECASE,
)
_RELUCTANT = re.compile(
    r"\?|(?<!\w)(?:no|not|don't|wait|but|never|mind|rather|keep|cancel|stop|hold on|maybe|later|except"
    r"|nein|nicht|warte|aber|lieber|behalte?|abbrechen|vielleicht"
    r"|espera|pero|mejor|cancela|quizás|excepto"
    r"|non|pas|attends|mais|plutôt|annule|sauf"
    r"|aspetta|ma|annulla|forse|tranne"
    r"|não|nao|mas|talvez|exceto|menos"
    r"|niet|wacht|(?<!doe )maar|liever|misschien|behalve)(?!\w)",
    re.IGNORECASE,
)


def read_consent(text: str) -> bool | None:
    """True: a clear yes. False: a no, or a yes that takes something back. None: no answer at all."""
    plain = " ".join(text.replace("’", "'").split())
    if _NO.match(plain):
        return False
    if not _YES.match(plain):
        return None
    return _RELUCTANT.search(plain) is None
