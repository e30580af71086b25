"""Tells in what language a message is, roughly, and what to answer in it."""

import re

from backend.adapters.llm.offline.word_lists import words
from backend.ports import Prompt

TURNS_LOOKED_AT = 6  # for the language of a talk, where the message doesn't tell it

_COMMON = {
    "es": "el la los las que de y en un una es soy estoy tengo mi me gusta muy "
    "pero con hola gracias cómo qué dónde por para llamo vivo no sí buenos "
    "días olvida olvídate todo sobre sabes mí mis quiero",
    "fr": "le la les je tu est et un une des mon ma mes suis j'ai ai pas très mais "
    "avec bonjour merci comment où que qui dans pour c'est m'appelle salut "
    "ça va oui oublie tout sur moi tu sais de mes",
    "de": "der die das ich und ist nicht ein eine mein meine bin habe sehr aber "
    "mit hallo danke wie wo was für heiße wohne auf zu dem den guten tag geht "
    "vergiss alles was du über mich weißt bitte ja nein kannst",
    "pt": "o a os as que de e em um uma é sou estou tenho meu minha muito mas com "
    "olá obrigado obrigada como onde não sim moro eu você gosto para oi bom "
    "dia tudo bem esquece esqueça sobre mim sabes",
    "it": "il lo la gli che di e in un una è sono ho mio mia molto ma con ciao "
    "grazie come dove non sì vivo mi chiamo piace per buongiorno sto bene dimentica "
    "tutto su sai di me",
    "nl": "de het een ik en is niet mijn ben heb heel maar met hallo dank je wat "
    "waar woon heet van voor goed "
    "vergeet alles weet mij nee ja",
}
_WORDS = {code: frozenset(words.split()) for code, words in _COMMON.items()}
_ENGLISH = words(
    "the a an is are am i i'm you my me we and but not do does did have has in on at to "
    "of for with what where who how hi hello hey thanks it that this was "
)
_OF_MANY_TONGUES = words(
    "no me in was is die e a o y i la le de die si so me too di on va su sur tag"
)
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
)
REPLIES: dict[str, tuple[str, ...]] = {
    "es": (
        "Te leo con gusto, aunque esta demostración entiende mejor el inglés. "
        "Aun así, recordaré lo que me cuentes.",
        "Sigo aquí. Esta demostración habla mejor en inglés, pero guardo tus palabras.",
    ),
    "fr": (
        "Je te lis avec plaisir, mais cette démonstration comprend mieux "
        "l'anglais. Je me souviendrai quand même de ce que tu me dis.",
        "Je suis là. Cette démonstration parle mieux anglais, mais je garde tes mots.",
    ),
    "de": (
        "Ich lese dich gern, aber diese Demonstration versteht Englisch am "
        "besten. Merken werde ich mir deine Worte trotzdem.",
        "Ich bin da. Diese Demonstration spricht besser Englisch, aber ich behalte, was du sagst.",
    ),
    "pt": (
        "Leio-te com gosto, mas esta demonstração entende melhor o inglês. Mesmo "
        "assim, vou lembrar-me do que me contas.",
        "Estou aqui. Esta demonstração fala melhor inglês, mas guardo as tuas palavras.",
    ),
    "it": (
        "Ti leggo volentieri, ma questa dimostrazione capisce meglio l'inglese. "
        "Ricorderò comunque quello che mi racconti.",
        "Sono qui. Questa dimostrazione parla meglio l'inglese, ma tengo le tue parole.",
    ),
    "nl": (
        "Ik lees je graag, maar deze demonstratie begrijpt Engels het best. Wat "
        "je vertelt onthoud ik toch.",
        "Ik ben er. Deze demonstratie spreekt beter Engels, maar ik bewaar je woorden.",
    ),
    "ja": (
        "この体験版は英語がいちばん得意です。それでも、あなたの言葉は覚えておきます。",
        "ここにいます。英語のほうが得意ですが、お話は覚えています。",
    ),
    "zh": (
        "这个演示版最擅长英语，不过你说的话我会记住。",
        "我在这里。我的英语更好，但你的话我会记下来。",
    ),
    "ko": (
        "이 데모는 영어를 가장 잘 이해해요. 그래도 하신 말씀은 기억할게요.",
        "여기 있어요. 영어가 더 편하지만, 말씀은 기억해 둘게요.",
    ),
    "ru": (
        "Эта демонстрация лучше всего понимает английский, но твои слова я запомню.",
        "Я здесь. По-английски мне легче, но сказанное я сохраню.",
    ),
    "ar": (
        "هذا العرض التجريبي يفهم الإنجليزية أكثر، لكنني سأتذكر ما تقوله.",
        "أنا هنا. الإنجليزية أسهل عليّ، لكنني أحفظ كلماتك.",
    ),
    "el": (
        "Αυτή η επίδειξη καταλαβαίνει καλύτερα αγγλικά, όμως θα θυμάμαι όσα μου λες.",
        "Εδώ είμαι. Μιλώ καλύτερα αγγλικά, αλλά κρατώ τα λόγια σου.",
    ),
}


def guess_language(text: str) -> str:
    """A language code of `REPLIES`, or "en" where it is English or can't be told."""
    best = _likeliest(text)
    return best[0] if best else "en"


def talk_language(prompt: Prompt) -> str:
    """The language to answer in: the message's, or where it doesn't tell ("ok", "y", "no, wait") that of
    what was said last."""
    turns = [turn.content for turn in reversed(prompt.history)]
    for text in (prompt.message, *turns[:TURNS_LOOKED_AT]):
        best = _likeliest(text)
        if len(best) == 1:
            return best[0]
    return guess_language(prompt.message)


def _likeliest(text: str) -> list[str]:
    """The languages that most words of a text speak for, several where they tie; none: it can't be told."""
    for code, script in _SCRIPTS:
        if len(script.findall(text)) * 3 > len(re.findall(r"\w", text)):
            return [code]
    found = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text.lower())
    short = len(found) <= 2
    telling = [word for word in found if not (short and word in _OF_MANY_TONGUES)]
    english = sum(word in _ENGLISH for word in telling)
    scores = {code: sum(word in own for word in telling) for code, own in _WORDS.items()}
    most = max(scores.values())
    if english >= most:
        return ["en"] if english > most else []
    needed = 1 if short else 2
    return [code for code, score in scores.items() if score == most] if most >= needed else []
