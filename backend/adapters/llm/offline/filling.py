"""The words that fill a rule's sentence, derived from those that its pattern found."""

import re
from collections.abc import Mapping

from backend.adapters.llm.offline.lexicon import relation_word
from backend.adapters.llm.offline.subjects import Subject, attribute_key
from backend.adapters.llm.offline.verbs import base_form, third_person

_OPTIONAL = {
    "as_role": " as a {role}",
    "at_org": " at {org}",
    "from_org": " from {org}",
    "in_place": " in {place}",
    "of_many": " {of}",
    "at_said": " at {said}",
    "also_said": " {said}",
}
_STEMS = {"drink": "drink", "smok": "smoke", "vap": "vape"}
_HEAD_ENDS = re.compile(r" (?:at|in|on|for|of|with|to)\b|,")
_UNCOUNTED = re.compile(
    r"\b(?:surgery|chemo\w*|radiation|physio\w*|therapy|training|dialysis)$", re.I
)
_DAYS = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
_PREPOSITION = re.compile(r"on|every|most|at|in|once|twice", re.I)


def filled(found: Mapping[str, str], subject: Subject) -> dict[str, str]:
    """Whatever a template may ask for: what was found, and its other forms.

    `does` is conjugated for the subject, with its base form as `base`.
    """
    kin = found.get("kin", "").lower()
    values = {
        "going": "going",
        **found,
        "key": attribute_key(kin),
        "who": subject.label,
        "kin": relation_word(kin),
        "name": found.get("name") or found.get("clear_name", ""),
    }
    values["the_dead"] = f"The user's {values['kin']}" if kin else values["name"]
    if found.get("doing") in _STEMS:
        values["stops"] = _STEMS[found["doing"]]
    if "often" in found:
        values |= _how_often(found["often"])
    if "verb" in found:
        verb = found["verb"].lower()
        values["gave_up"] = "gave up" if verb == "given up" else verb
    if "said" in found:
        values["a_said"] = _with_article(found["said"])
    if "does" in found:
        plain = values["base"] = base_form(found["does"].lower())
        values["does"] = plain if subject.plural else third_person(plain)
    needs = {key: text.split("{")[1].split("}")[0] for key, text in _OPTIONAL.items()}
    return values | {
        key: text.format(**values) for key, text in _OPTIONAL.items() if needs[key] in values
    }


def _with_article(said: str) -> str:
    """ "Driving test" becomes "a driving test"; a plural stays as it is."""
    head = _HEAD_ENDS.split(said)[0]
    plural = head.endswith("s") and not head.endswith("ss")
    return said if plural or _UNCOUNTED.search(head) else f"a {said}"


def _how_often(said: str) -> dict[str, str]:
    """ "Every Friday" as it stands inside a sentence, and with the "on" that a bare day needs."""
    is_day = said.lower().startswith(tuple(f"{day}day" for day in _DAYS))
    often = said if is_day else said[0].lower() + said[1:]
    return {"often": often, "often_said": often if _PREPOSITION.match(often) else f"on {often}"}
