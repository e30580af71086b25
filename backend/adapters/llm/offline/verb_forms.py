"""Which form of an English verb a word is."""

from backend.adapters.llm.offline.irregular_verbs import IRREGULAR_VERBS
from backend.adapters.llm.offline.word_lists import words

LIKE_THE_PRESENT = words("bet cost cut hit hurt let put quit set shut split upset spread")
_FORMS = frozenset(form for verb in IRREGULAR_VERBS for form in verb[1:])
PAST = frozenset(verb[1] for verb in IRREGULAR_VERBS) | words("did had got")
PARTICIPLES = (
    PAST | _FORMS | LIKE_THE_PRESENT | words("been done gotten become come run read beaten lain")
)
_NOT_PAST = words("need feed bleed breed speed seed succeed proceed exceed embed shed heed bed red")
# Words that end like a past but say how somebody is: without "I am" before them they are no deed.
STATES = words(
    "tired excited bored gutted scared worried supposed based married engaged obsessed addicted "
    "interested confused annoyed disappointed exhausted stressed shocked surprised pleased "
    "thrilled delighted relieved devastated related closed hundred sacred naked wicked named "
    "called divorced retired frustrated embarrassed ashamed overwhelmed shattered talented indeed"
)


def is_past(form: str) -> bool:
    """Whether a form can only be a past: "moved", "went"; not "put"."""
    if form in PAST:
        return True
    return len(form) > 3 and form.endswith("ed") and form not in _NOT_PAST


def is_participle(form: str) -> bool:
    """Whether a form may follow "have": "moved", "gone", "put"."""
    return form in PARTICIPLES or is_past(form)


def is_doing(form: str) -> bool:
    """Whether a form says what is under way: "moving"; not "morning"."""
    return form.endswith("ing") and len(form) > 4 and form not in _NO_ACTION


_NO_ACTION = words(
    "something nothing anything everything morning evening sibling ceiling during darling wedding "
    "building pudding spring string amazing interesting exciting boring annoying disgusting "
    "stunning charming willing missing"
)
