"""In which dictionary a text is read."""

import pytest

from backend.adapters.postgres.languages import LANGUAGES, UNSURE, language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I was walking the dogs near the lighthouse.", "english"),
        ("Don’t you think it's late?", "english"),
        ("Ich habe zwei Häuser.", "german"),
        ("J'aime les chevaux et la mer.", "french"),
        ("Me gustan los perros.", "spanish"),
        ("Tenho uma casa em Lisboa.", "portuguese"),
        ("Mi piacciono i gatti neri e il mare.", "italian"),
        ("Ik hou van mijn honden.", "dutch"),
        ("Jag tycker om att läsa.", "swedish"),
        ("Jeg har nogle venner i dag.", "danish"),
        ("Jeg vet ikke hva du mener.", "norwegian"),
        ("Minä olen kotona nyt.", "finnish"),
        ("Hogy vagy? Én jól vagyok.", "hungarian"),
        ("Am o casă și nu am pisică.", "romanian"),
        ("Bu çok güzel bir gün.", "turkish"),
        ("Привет, как дела?", "russian"),
        ("Γεια σου, τι κάνεις;", "greek"),
        ("مرحبا، كيف حالك؟", "arabic"),
        # No dictionary of their own.
        ("Привіт, як твої справи?", UNSURE),
        ("سلام، چطوری؟", UNSURE),
        ("犬が好きです。", UNSURE),
        ("สวัสดีครับ", UNSURE),
        ("Kocham moje psy.", UNSURE),
        # Too short to tell, or of two.
        ("Pizza!", UNSURE),
        ("no", UNSURE),
        ("", UNSURE),
        ("😀 12:30", UNSURE),
        ("\x00\ud800", UNSURE),
        # Mostly one script, with a word of another.
        ("I love the word Привет.", "english"),
        ("Мне нравится Python.", "russian"),
    ],
)
def test_a_text_tells_its_language_by_its_script_and_its_little_words(
    text: str, language: str
) -> None:
    assert language_of(text) == language
    assert language in LANGUAGES
