"""In which of PostgreSQL's dictionaries a text is to be read, told by its script and its little words.

A dictionary only decides which forms of a word count as the same, so a wrong guess costs little: the
exact word is found all the same.
"""

import re
from collections import Counter

UNSURE = "simple"  # PostgreSQL's dictionary that leaves words as they are

_LITTLE_WORDS = {
    "english": "the a an and is are am was were be been i i'm you my your me we they he she it this "
    "that these of to in on at for with not but do does did don't have has had what how who when "
    "where why can will would should so if about just like it's there their his her from or as",
    "german": "der die das den dem des und ist nicht ein eine einen einem ich du wir ihr sie es mein "
    "meine meinen dein bin bist sind war habe hast hat haben mit auf für von zu im am auch aber wie "
    "was wo wer warum wann kann noch nur schon sehr wenn oder dass gern heute",
    "french": "le la les un une des du de et est je tu il elle nous vous ils mon ma mes ton ta tes "
    "suis es sont ai as avons ne pas que qui quoi où quand comment pour dans sur avec mais très c'est "
    "j'ai j'aime ce cette ces au aux ou plus hier aujourd'hui",
    "spanish": "el la los las un una unos y es son soy estoy está están yo tú mi mis tu tus me te se "
    "que qué de del en con por para no pero muy como cómo cuando dónde porque hay tengo tiene me "
    "gusta gustan lo al más ayer hoy",
    "portuguese": "o a os as um uma uns e é são sou estou está eu você tu meu minha meus minhas seu "
    "sua me que de do da dos das em no na nos nas com por para não mas muito como quando onde porque "
    "tenho tem gosto ao mais ontem hoje também",
    "italian": "il lo la gli le un uno una e è sono sei io tu mio mia miei mie tuo tua mi ti si che "
    "di del della dei delle in nel nella con per non ma molto come quando dove perché ho hai ha piace "
    "al alla più ieri oggi anche",
    "dutch": "de het een en is zijn ben bent ik jij je we wij mijn jouw niet maar van in op met voor "
    "te aan dat dit die heb hebt heeft wat waar hoe wie wanneer ook nog zeer heel er om naar vandaag",
    "swedish": "och är en ett jag du vi ni han hon det den att som på i med för inte men av till har "
    "hade var mitt min mina din ditt vad hur när vem också mycket om från idag",
    "danish": "og er en et jeg du vi i han hun det den at som på med for ikke men af til har havde "
    "var mit min mine dit din hvad hvor hvordan hvem også meget om fra nogle blev",
    "norwegian": "og er en et jeg du vi dere han hun det den å som på med for ikke men av til har "
    "hadde var mitt min mine ditt din hva hvor hvordan hvem også veldig om fra noen ble",
    "finnish": "ja on ei se minä sinä hän me te he mutta että kun jos niin kuin myös olen olet oli "
    "ovat mitä missä miten kuka minun sinun hänen tämä tuo nyt vain sitten hyvin koska",
    "hungarian": "a az és hogy nem is van egy én te ő mi ti ők de ha mint csak már még vagyok vagy "
    "volt mit hol hogyan ki mikor nagyon meg azt ezt ez",
    "romanian": "și este sunt nu un o eu tu el ea noi voi că ce care cu de la în pe pentru dar mai "
    "foarte cum când unde am ai are mea meu din sau azi",
    "turkish": "ve bir bu şu o ben sen biz siz için değil mi mı çok ama gibi ile da de ne nasıl nerede "
    "kim var yok benim senin daha en her olan oldu",
}
_LANGUAGES_OF: dict[str, list[str]] = {}
for _language, _words in _LITTLE_WORDS.items():
    for _word in dict.fromkeys(_words.split()):
        _LANGUAGES_OF.setdefault(_word, []).append(_language)

LANGUAGES = (UNSURE, "arabic", "greek", "russian", *_LITTLE_WORDS)

_READ_AT_MOST = 500  # characters; enough to tell
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_BEYOND_LATIN = re.compile(r"[\u0370-\u1fff\u3040-\ud7af]")
_SCRIPTS = (
    # Letters that Ukrainian, Belarusian, Serbian and Macedonian have and Russian hasn't.
    (re.compile(r"[іїєґўјљњћђџѓќѕ]"), UNSURE),
    # Persian and Urdu.
    (re.compile(r"[پچژگکیےٹڈڑ]"), UNSURE),
    (re.compile(r"[а-яё]"), "russian"),
    (re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]"), "greek"),
    (re.compile(r"[\u0620-\u064a]"), "arabic"),
)


def language_of(text: str) -> str:
    """One of `LANGUAGES`; `UNSURE` for a language without a dictionary, a text too short to tell, or one
    that two languages could have written."""
    beginning = text[:_READ_AT_MOST].lower()
    words = _WORD.findall(beginning.replace("’", "'"))
    if len(_BEYOND_LATIN.findall(beginning)) * 2 > sum(map(len, words)):
        return next((name for script, name in _SCRIPTS if script.search(beginning)), UNSURE)
    found = Counter(name for word in words for name in _LANGUAGES_OF.get(word, ()))
    best = found.most_common(2)
    if not best or (len(best) == 2 and best[0][1] == best[1][1]):
        return UNSURE
    return best[0][0]
