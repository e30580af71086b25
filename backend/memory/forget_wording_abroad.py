"""How people put a wish to have something forgotten, in German, Spanish, French, Italian, Portuguese and
Dutch: the commonest forms. See `forget_wording.py`."""

from backend.memory.forget_wording import Wording, wording

_NAME = r"(?-i:[A-ZÀ-Þ][\w'’-]+(?:\s+[A-ZÀ-Þ][\w'’-]+){0,2})"
_OPENING = (
    r"(?:(?:hey|ok(?:ay)?|oh|ach|also|nun|pues|bueno|bon|alors|allora|então|nou|sorry|perdón|pardon|scusa|"
    r"desculpa|bitte|por\s+favor|s'il\s+te\s+pla[iî]t|stp|per\s+favore|per\s+piacere|alsjeblieft)\b"
    r"[\s,.!…-]*)*"
)
_PLEASE = r"(?:bitte|por\s+favor|s'il\s+te\s+pla[iî]t|stp|per\s+favore|per\s+piacere|alsjeblieft)"
_END = rf"(?:[\s,]+{_PLEASE})*"


def _after_the_verb(
    verb: str, everything: str, all_about_me: str, that: str, about: str, mine: str, just_said: str
) -> Wording:
    """Of a language in which what is to be forgotten stands behind the verb, whatever its form."""
    return wording(
        _OPENING,
        rf"(?:{everything}|{verb}\s+(?:{all_about_me})){_END}",
        (
            rf"{verb}\s+{that}(?P<about>.+)",
            rf"{verb}\s+(?:{about})\s*(?P<about>.+)",
            rf"{verb}\s+(?:al?\s+)?(?P<about>(?:{mine})\s+.+|{_NAME}){_END}",
        ),
        rf"{verb}\s+(?:{just_said}){_END}",
    )


def _around_what(
    imperative: str,
    modal: str,
    infinitive: str,
    all_about_me: str,
    that: str,
    about: str,
    mine: str,
    just_said: str,
) -> Wording:
    """Of a language in which a modal verb sends the other one to the end."""

    def both(what: str) -> str:
        ordered = rf"{imperative}(?:\s+{_PLEASE})?,?\s+{what}{_END}"
        return rf"(?:{ordered}|{modal}\s+(?:{_PLEASE}\s+)?{what},?\s+{infinitive})"

    return wording(
        _OPENING,
        both(f"(?:{all_about_me})"),
        (
            rf"{imperative}(?:\s+{_PLEASE})?,?\s+{that}\s+(?P<about>.+)",
            rf"{imperative}(?:\s+{_PLEASE})?,?\s+(?:{about})\s+(?P<about>.+)",
            rf"{imperative}(?:\s+{_PLEASE})?,?\s+(?P<about>(?:{mine})\s+.+|{_NAME}){_END}",
            rf"{modal}\s+(?:{_PLEASE}\s+)?(?:{about})\s+(?P<about>.+?),?\s+{infinitive}",
            rf"{modal}\s+(?:{_PLEASE}\s+)?(?P<about>(?:{mine})\s+.+?|{_NAME})\s+{infinitive}",
        ),
        both(f"(?:{just_said})"),
    )


GERMAN = _around_what(
    r"(?:vergiss|vergesst|vergessen\s+sie|lösche?|entferne)(?:\s+(?:mal|doch|einfach))?",
    r"(?:(?:kannst|könntest|würdest)\s+du|ich\s+(?:möchte|will),?\s+dass\s+du)",
    r"(?:vergessen|löschen|vergisst|löschst)",
    r"alles(?:,?\s+was\s+du\s+(?:(?:je\s+)?(?:über\s+mich|von\s+mir)\s+(?:weißt|weisst|gehört\s+hast|"
    r"gelernt\s+hast|gespeichert\s+hast)|weißt|weisst)|\s+(?:über\s+mich|von\s+mir)|"
    r",?\s+was\s+ich\s+dir\s+(?:je(?:mals)?\s+)?(?:gesagt|erzählt)\s+habe)?|mich",
    r"dass",
    r"alles,?\s+(?:was\s+du\s+)?(?:über|von)|was\s+(?:du|ich(?:\s+dir)?)\s+(?:über|von)|das\s+mit",
    r"meine?[nmrs]?|unsere?[nmrs]?",
    r"was\s+ich\s+(?:dir\s+)?(?:gerade\s+|eben\s+)?gesagt\s+habe",
)
DUTCH = _around_what(
    r"(?:vergeet|wis|verwijder)(?:\s+(?:maar|even))?",
    r"(?:(?:kun|kan|wil|zou)\s+je|ik\s+wil\s+dat\s+je)",
    r"(?:vergeten|wissen|verwijderen|vergeet|wist)",
    r"alles(?:,?\s+wat\s+je\s+(?:(?:over|van)\s+(?:mij|me)\s+)?weet|\s+(?:over|van)\s+(?:mij|me)|"
    r",?\s+wat\s+ik\s+je\s+(?:heb\s+)?(?:verteld|gezegd)(?:\s+heb)?)?|mij|me",
    r"dat(?=\s+(?:ik|mijn|m'n|we|wij|onze?|(?-i:[A-Z])))",
    r"alles\s+(?:wat\s+je\s+weet\s+)?(?:over|van)|wat\s+(?:je|ik(?:\s+je)?)\s+(?:over|van)",
    r"mijn|m'n|onze?",
    r"wat\s+ik\s+(?:net\s+)?(?:zei|heb\s+gezegd|gezegd\s+heb)",
)
SPANISH = _after_the_verb(
    r"(?:olv[ií]da(?:te\s+de)?|olvide|borra|elimina|(?:puedes|podr[ií]as)\s+(?:por\s+favor\s+)?"
    r"(?:olvidar(?:te\s+de)?|borrar|eliminar)|(?:quiero|quisiera|me\s+gustaría|necesito)\s+que\s+"
    r"(?:te\s+)?(?:olvides(?:\s+de)?|borres|elimines))",
    r"olv[ií]dame|olv[ií]date\s+de\s+m[ií]",
    r"todo(?:\s+lo\s+que\s+(?:sabes|recuerdas)(?:\s+(?:de|sobre)\s+m[ií])?|\s+(?:de|sobre)\s+m[ií]|"
    r"\s+lo\s+que\s+te\s+(?:he\s+dicho|dije|he\s+contado|conté))?",
    r"que\s+",
    r"(?:todo\s+)?(?:lo\s+que\s+(?:te\s+)?(?:he\s+dicho|dije|he\s+contado|conté|sabes|recuerdas)\s+)?"
    r"(?:sobre|acerca\s+de|de)\s",
    r"mis?|nuestr[oa]s?",
    r"lo\s+que\s+(?:acabo\s+de\s+decir(?:te)?|(?:te\s+)?dije|(?:te\s+)?he\s+dicho)",
)
FRENCH = _after_the_verb(
    r"(?:oublie|oubliez|efface|supprime|(?:peux|pourrais)[-\s]tu\s+(?:s'il\s+te\s+pla[iî]t\s+)?"
    r"(?:oublier|effacer|supprimer)|tu\s+(?:peux|pourrais)\s+(?:oublier|effacer|supprimer)|"
    r"(?:je\s+(?:veux|voudrais)|j'aimerais)\s+que\s+tu\s+(?:oublies|effaces|supprimes))",
    r"oublie-moi",
    r"tout(?:\s+ce\s+que\s+tu\s+sais(?:\s+(?:sur|de)\s+moi)?|\s+(?:sur|de)\s+moi|"
    r"\s+ce\s+que\s+je\s+t'ai\s+(?:dit|raconté))?",
    r"qu(?:e\s+|')",
    r"(?:tout\s+)?(?:ce\s+que\s+(?:je\s+t'ai\s+dit|tu\s+sais)\s+)?(?:sur|à\s+propos\s+d(?:e|u))\s",
    r"mon|ma|mes|notre|nos",
    r"ce\s+que\s+(?:je\s+viens\s+de\s+(?:te\s+)?dire|j'ai\s+dit|je\s+t'ai\s+dit)",
)
ITALIAN = _after_the_verb(
    r"(?:dimentica(?:ti\s+di)?|scorda(?:ti\s+di)?|cancella|(?:puoi|potresti)\s+(?:per\s+favore\s+)?"
    r"(?:dimenticare|scordare|cancellare)|(?:voglio|vorrei)\s+che\s+tu\s+"
    r"(?:dimentichi|scordi|cancelli|dimenticassi|cancellassi))",
    r"dimenticami|dimenticati\s+di\s+me",
    r"tutto(?:\s+(?:quello|ciò)\s+che\s+sai(?:\s+(?:di|su\s+di)\s+me)?|\s+(?:di|su\s+di)\s+me|"
    r"\s+(?:quello|ciò)\s+che\s+ti\s+ho\s+(?:detto|raccontato))?",
    r"che\s+",
    r"(?:tutto\s+)?(?:(?:quello|ciò)\s+che\s+(?:ti\s+ho\s+detto|sai)\s+)?"
    r"(?:su(?:\s+di|l|lla|i|gli|lle)?|di|del|della)\s",
    r"(?:il\s+|la\s+|i\s+|le\s+)?(?:mi[oae]|miei|nostr[oaie])",
    r"(?:quello|ciò)\s+che\s+(?:ho\s+(?:appena\s+)?detto|ti\s+ho\s+(?:appena\s+)?detto)",
)
PORTUGUESE = _after_the_verb(
    r"(?:esquece(?:-te\s+de)?|esqueça|apaga|apague|(?:podes|(?:você\s+)?pode|poderias?)\s+"
    r"(?:por\s+favor\s+)?(?:esquecer|apagar)|(?:quero|queria|gostaria)\s+que\s+(?:você\s+|tu\s+)?"
    r"(?:esqueças?|apagues?))",
    r"esquece-me|me\s+esque(?:ce|ça)",
    r"tudo(?:\s+o?\s*que\s+(?:você\s+)?sabes?(?:\s+(?:de|sobre)\s+mim)?|\s+(?:de|sobre)\s+mim|"
    r"\s+o?\s*que\s+(?:eu\s+)?(?:te|lhe)\s+(?:disse|contei))?",
    r"que\s+",
    r"(?:tudo\s+)?(?:o\s+que\s+(?:eu\s+)?(?:te\s+|lhe\s+)?(?:disse|contei|sabes?)\s+)?(?:sobre|d[eao])\s",
    r"(?:[oa]s?\s+)?(?:meus?|minhas?|noss[oa]s?)",
    r"o\s+que\s+(?:eu\s+)?(?:acabei\s+de\s+dizer|(?:te\s+)?disse)",
)
ABROAD = (GERMAN, SPANISH, FRENCH, ITALIAN, PORTUGUESE, DUTCH)
