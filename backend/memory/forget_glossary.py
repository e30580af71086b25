"""English for the commonest words of a wish to forget in another language: facts are kept in English,
whatever the talk's language, and names are the same in all. Pure functions."""

import re

_ENGLISH = {
    "dog": "hund hündin perro perra chien chienne cane cão cachorro cachorra hond",
    "cat": "katze kater gato gata chat chatte gatto gatta kat poes",
    "sister": "schwester hermana sœur soeur sorella irmã zus",
    "brother": "bruder hermano frère fratello irmão broer",
    "mother": "mutter mama mamá madre mère maman mamma mãe moeder",
    "father": "vater papa papá padre père papà babbo pai vader",
    "wife": "frau ehefrau esposa mujer femme épouse moglie mulher vrouw",
    "husband": "mann ehemann esposo marido mari époux marito man",
    "girlfriend": "freundin novia copine fidanzata ragazza namorada vriendin",
    "boyfriend": "freund novio copain fidanzato ragazzo namorado vriend",
    "son": "sohn hijo fils figlio filho zoon",
    "daughter": "tochter hija fille figlia filha dochter",
    "name": "heiße heisse vorname nombre llamo nom prénom appelle nome chiamo chamo naam heet",
    "birthday": "geburtstag cumpleaños anniversaire compleanno aniversário verjaardag",
    "lives": "wohne lebe wohnort adresse vivo vivimos dirección habite vis abito indirizzo moro moramos "
    "morada endereço woon",
    "works": "arbeite arbeit beruf job trabajo trabajamos empleo travaille travail métier lavoro trabalho "
    "emprego werk baan",
    "years": "jahre años ans anni anos jaar alter edad âge età idade leeftijd",
    "allergic": "allergisch allergie alergia alérgico alérgica allergique allergia allergico allergica "
    "alergia allergisch",
    "likes": "mag liebe gusta gustan encanta aime adore piace piacciono adoro gosto vind",
}
_WORDS = {
    word: english for english, foreign in _ENGLISH.items() for word in foreign.lower().split()
}
_SMALL = frozenset(
    (
        "ich bin habe mein meine meinen meinem meiner unser unsere dass das der die den dem ein eine einen "
        "und in auf bei mit zu von über ist heißt heisst namens als wir sind es jetzt "
        "yo mi mis el la los las un una que de en con y es soy tengo se llama como me al "
        "je j'ai j'habite mon ma mes le les une et est suis ai à au aux dans chez du des s'appelle comme "
        "io il lo gli uno mio mia miei mie che di da ho sono si a ai al del della per come "
        "eu meu minha meus minhas o os as um uma em no na com e sou tenho do da dos chamo-me "
        "ik ben heb mijn m'n een het dat van op met als we wij zijn heet"
    ).split()
)
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")


def in_english(about: str) -> str:
    """What is asked to be forgotten with the words that are known put into English, names as they are, and
    what is neither left out where something is left: "dass ich in Berlin wohne" is "Berlin lives"."""
    telling = _telling(about)
    known = [
        _WORDS.get(word.lower(), word)
        for word in telling
        if word.lower() in _WORDS or word[0].isupper() or word[0].isdigit()
    ]
    return " ".join(known or telling)


def without_small_words(about: str) -> str:
    """The same words as they were said, without articles and the like: "meinen Hund" is "Hund"."""
    return " ".join(_telling(about))


def _telling(about: str) -> list[str]:
    found = [_bare(word) for word in _WORD.findall(about)]
    return [word for word in found if word.lower() not in _SMALL]


def _bare(word: str) -> str:
    """A word without the article or pronoun that is run together with it: "j'habite", "l'anniversaire"."""
    return re.sub(r"^(?:[jlmdtsn]|qu)'(?=\w)", "", word, flags=re.IGNORECASE)
