"""A clear yes, a no, and what is neither, in the languages of the talk."""

import pytest

from backend.memory.consent import read_consent

YES = """Yes.|yes, please do|yes please|y|yep|YES!!|Go ahead!|I’m sure.|Okay|Forget it, please.|ja, bitte|sí|
Sí, por favor|oui, vas-y|sì|sim|doe maar"""
NO = """No.|n|nope|no, wait|cancel|never mind|Yes, but not all of it.|Okay, wait.|yes?|
Sure? I'd rather keep it.|I changed my mind|doch nicht|ja, aber warte|sí, pero no todo|attends|não|nee"""
NEITHER = (
    """Yesterday I was in Rome.|What did you say?|Yellow is nice|Simone came by|Nothing much|"""
)


@pytest.mark.parametrize(
    ("text", "consent"),
    [
        (text.strip(), consent)
        for texts, consent in ((YES, True), (NO, False), (NEITHER, None))
        for text in texts.split("|")
    ],
)
def test_what_an_answer_says(text: str, consent: bool | None) -> None:
    assert read_consent(text) is consent
