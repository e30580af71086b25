"""What the user says has come to an end, of themselves or of somebody of theirs: "we gave Tofu away", "Rex
died last week", "Hanna moved to York".

Found in any words, as denials are, since an end counts only against a fact that is known (see
`Candidate.denial`).
"""

import re

from backend.adapters.llm.offline.denials import stated_parts
from backend.adapters.llm.offline.guards import certain_part
from backend.adapters.llm.offline.lexicon import KIN, PETS, alternatives
from backend.adapters.llm.offline.values import job as known_job

_KIN = alternatives(KIN | PETS)
_SOMEBODY = (
    rf"(?:(?:my|our) (?P<kin>{_KIN})(?: (?P<name>(?-i:[A-ZÀ-Þ])[\w'’-]+))?"
    rf"|(?P<of_kin>{_KIN}) (?P<by_name>(?-i:[A-ZÀ-Þ])[\w'’-]+)"
    r"|(?P<alone>(?!(?:I|we|he|she|it|they|you|that|this|the|my|our|and|but|so|who|what|everyone"
    r"|everything|nobody"
    r"|half|all|some|many|people|somebody|someone|never|almost|nearly)\b)[^\W\d_][\w'’-]+))"
)
_LATELY = (
    r"(?:(?:has|have|had to|had|just|recently|finally|sadly|now|also|already|actually|suddenly) )*"
)
_WHEN = (
    r"(?P<when> (?:(?:just|early|late) )?(?:last|on|yesterday|today|this|in|a|two|three|over|at"
    r"|after|back|some|few)"
    r"\b.*| (?:yesterday|today|recently|now|again|\w+ ago))?$"
)
_MOVED = re.compile(
    rf"{_SOMEBODY} {_LATELY}(?:moved|relocated) (?:(?:back|over|out|away|up|down|home) )*"
    r"(?:to|into) (?P<place>(?-i:[A-ZÀ-Þ])[\w'’-]*(?: (?-i:[A-ZÀ-Þ])[\w'’-]*)*)"
    r"(?: (?:for (?:good|work|love|uni\w*|college|an?(?: new)? job|(?:his|her|their) (?:job|work|studies))"
    rf"|with (?:his|her|their)\b.*))?{_WHEN}",
    re.I,
)
_DIED = re.compile(
    rf"{_SOMEBODY} {_LATELY}(?:died|is dead|passed away|passed on|passed(?= (?:last|yesterday"
    rf"|on)\b|$)|(?:was|got|had to"
    rf" be|is) put (?:down|to sleep)|did not make it){_WHEN}",
    re.I,
)
_PUT_DOWN = re.compile(
    rf"(?:I|we) {_LATELY}(?:had to )?put {_SOMEBODY} (?:down|to sleep){_WHEN}", re.I
)
_GIVEN_UP = re.compile(
    rf"(?:I|we) {_LATELY}(?:ended up |decided to |chose to )?(?:(?P<sold>sold|sell|selling|rehomed"
    rf"|rehome|rehoming|scrapped"
    r"|got rid of|get rid of|gave away|give away|traded in|gave up|give up) (?P<what>(?:(?:my|our"
    r"|the) )?[\w'’ -]{2,40}?)"
    r"|(?:had to )?(?:give|gave) (?P<gave>(?:(?:my|our|the) )?[\w'’ -]{2,40}?) (?:away|up))"
    r"(?P<how> (?:in the end|to (?:an?|my|our|some|the|friends?|somebody|someone|(?-i:[A-Z]))\b.*"
    r"|because .*|for good"
    r"|for (?:£|\$|€|\d|parts|scrap).*|for adoption))?" + _WHEN,
    re.I,
)
_PARTED = re.compile(
    rf"(?:me|I) and (?P<who>(?-i:[A-ZÀ-Þ])[\w'’-]+) {_LATELY}(?:split up|broke up|have broken up"
    rf"|broken up|separated"
    r"|divorced|got divorced|are (?:divorced|getting divorced|getting a divorce|no longer together"
    rf"|not together(?: any ?more)?)|parted ways|called it quits){_WHEN}",
    re.I,
)
_PAST = {
    "sell": "sold",
    "selling": "sold",
    "rehome": "rehomed",
    "rehoming": "rehomed",
    "get rid of": "got rid of",
    "give away": "gave away",
    "give up": "gave up",
}
_NAME_AND_I = re.compile(r"\b([A-ZÀ-Þ][\w'’-]+) and I\b")  # which are no two clauses
_LEFT_BY = re.compile(
    rf"(?P<who>(?-i:[A-ZÀ-Þ])[\w'’-]+) {_LATELY}(?:left|dumped|broke up with|divorced) me{_WHEN}",
    re.I,
)
_LEFT = re.compile(
    rf"(?:I|we) {_LATELY}(?:broke up with|split up with|split from|divorced|dumped"
    rf"|am no longer with|am divorced from)"
    rf" (?P<who>(?-i:[A-ZÀ-Þ])[\w'’-]+){_WHEN}",
    re.I,
)
_DISMISSED = re.compile(
    rf"(?:I|(?:my )?(?P<job_of>{_KIN})) {_LATELY}(?:(?:was |got |been |being )+(?:fired|sacked|laid off"
    r"|let go|made redundant)|(?:got )?made redundant|retired|resigned)"
    rf"(?: from (?:my|his|her|their|the) (?:[\w'-]+ )?(?:job|post|position))?{_WHEN}",
    re.I,
)
_WHO_WORKED = rf"(?:(?P<user>I|we)|{_SOMEBODY})"
_AT = (
    r"(?: (?:at|from|with) (?P<employer>(?:the )?(?-i:[A-ZÀ-Þ])[\w'’&-]*(?: (?-i:[A-ZÀ-Þ])[\w'’&-]*)*)"
    r"| at work)?"
)
_NOTICE = re.compile(
    rf"{_WHO_WORKED} {_LATELY}(?:(?:handed|gave|put|given|turned|sent) (?:in )?(?:my|his|her|their)"
    r" (?:notice|resignation)(?: in)?(?! (?:(?:on|to|for) (?:the|my|our|their|an?)|at (?:the|my"
    r"|our) (?:gym|flat|house|club|apartment|choir))\b)"
    r"|(?:got|been given|was given|were given) the (?:sack|boot)"
    r"|(?:packed|jacked|chucked|quit|lost|walked out of|gave up|left) (?:in )?(?:my|his|her|their)"
    r" (?:(?:old|day|crappy|horrible|stupid|awful|shitty) )?job(?: in)?)"
    rf"{_AT}{_WHEN}",
    re.I,
)
_NO_SUBJECT = re.compile(
    r"^(?=(?:just |finally |officially )?(?:got (?:the (?:sack|boot|all[ -]clear)|sacked)|(?:handed"
    r"|gave|put) in my"
    r"|packed in my|been given the|beat cancer|cancer[ -]free|in remission)\b)",
    re.I,
)
_THE_SACK = re.compile(
    rf"(?:they|my boss|work) (?:just )?(?:gave me the (?:sack|boot)|sacked me|fired me){_WHEN}",
    re.I,
)
_QUIT = re.compile(rf"I {_LATELY}(?:finally )?(?:quit|resigned)(?: (?:at|from) work)?{_WHEN}", re.I)
_HABIT = re.compile(
    r"smok|vap(?:e|ing)|cigar|nicotine|drink|alcohol|booze|wine|beer|sober|drug|weed|cannabis|sugar|caffeine"
    r"|coffee|chocolate|gym|diet|course|class|lesson|team|choir|club|band|squad|league|game|gaming|uni\b"
    r"|university|college|degree|school|facebook|instagram|tiktok|twitter|social media|meat|gambl|habit",
    re.I,
)
_LEFT_SERVICE = re.compile(
    rf"{_WHO_WORKED} {_LATELY}(?:left|quit|retired from|got out of) (?P<service>the (?:royal )?(?:army|navy"
    r"|air force|military|marines|police(?: force)?|nhs|civil service|fire (?:brigade|service)))"
    rf"{_WHEN}",
    re.I,
)
_NO_MORE = re.compile(
    rf"{_WHO_WORKED} (?:(?:do|does) not (?P<verb>[a-z]{{3,}})(?: any ?more| any longer| now)"
    r"|no longer (?P<longer>[a-z]{3,}?)s?"
    rf"|{_LATELY}(?:stopped|quit|gave up|given up) (?P<doing>[a-z]{{2,}}ing)){_WHEN}",
    re.I,
)
_ILLNESS = (
    r"(?:(?:the|his|her|my|their) )?(?P<ill>(?:(?:breast|lung|skin|bowel|prostate|ovarian|throat|colon|brain"
    r"|cervical) )?(?:cancer|leuka?emia|lymphoma|melanoma|tumou?r|covid|flu|pneumonia|measles|malaria|sepsis"
    r"|hepatitis|tuberculosis|shingles|bronchitis|meningitis|anorexia|bulimia|depression|burnout))"
)
_WELL = r"(?:(?:is|am|are|now|finally|officially|completely|has|have|been|just|declared|fully) )*"
_RECOVERED = re.compile(
    rf"{_WHO_WORKED} (?:{_WELL}(?:(?P<cancer>cancer)[ -]free|free (?:of|from) {_ILLNESS})"
    rf"|{_WELL}(?:beat|beaten|recovered from|got over|over|cured of"
    rf"|fought off) {_ILLNESS.replace('<ill>', '<beat>')}"
    rf"|{_WELL}(?P<clear>(?:got|given|had) the all[ -]clear|in (?:full |complete )?remission)){_WHEN}",
    re.I,
)
_IS_WELL = re.compile(
    r"(?<=\w)['’]s(?= (?:now |finally )?(?:cancer[ -]free|free of|over the))", re.I
)
# "I left my job keys at home": a job that is part of another thing's name.
_JOB_OF_A_THING = re.compile(
    r"\bleft (?:my|his|her|our) (?:old )?job (?!(?:at|in|on|as|with|for|because|cause|cos|after"
    r"|before|last|this"
    r"|and|but|so|to|when|while|since|over|due|today|yesterday|now|recently|finally|again|early|a"
    r"|two|three|few"
    r"|some|earlier|back|just|or|of|by|there|here|which|that|where|I|too|lol|tbh|haha)\b)[a-z]",
    re.I,
)
_LONG_AGO = re.compile(r"\b(?:19|20)\d\d\b|\byears? ago\b|\bwhen\b|\bback (?:in|then)\b", re.I)
_NEW_JOB = re.compile(
    r"(?:I am |I have been |I work as )?(?:now|these days|nowadays) (?:(?:I am|I work as"
    r"|working as|I have become) )?an? "
    r"(?P<job>[\w' -]{3,40}?)|(?:I am |I work as )an? (?P<late>[\w' -]{3,40}?) (?:now|these days|nowadays)",
    re.I,
)


def find_endings(message: str, before: str = "") -> list[str]:
    """What has come to an end, in the third person: "Rex died." `before` is what was said just before, which
    tells whether who quits has quit smoking."""
    together = _NAME_AND_I.sub(r"I and \1", _IS_WELL.sub(" is", message))
    parts = stated_parts(together, with_any_more=True)
    found = [told for part in parts if (told := _ended(part) or _worked(part))]
    quits = not found and not _HABIT.search(f"{message} {before}")
    if quits and any(_QUIT.fullmatch(part) and certain_part(part) == part for part in parts):
        return [_NO_JOB]
    return found


def leaves_only_a_thing(message: str) -> bool:
    """Whether what was left is called after a job, and not a job: "I left my job keys at home"."""
    return bool(_JOB_OF_A_THING.search(message))


def find_new_job(message: str) -> str | None:
    """What the user says they do now, in few words: "now a school nurse". It counts only where another job of
    theirs is known."""
    for part in stated_parts(message):
        found = _NEW_JOB.fullmatch(part)
        if found and (job := known_job(found["job"] or found["late"])):
            return f"The user works as {'an' if job[0].lower() in 'aeiou' else 'a'} {job}."
    return None


def _ended(part: str) -> str | None:
    if certain_part(part) != part:
        return None
    if (found := _DIED.fullmatch(part)) or (found := _PUT_DOWN.fullmatch(part)):
        return f"{_who(found)} died."
    if _LONG_AGO.search(part):  # before they told of what it would end
        return None
    if found := _MOVED.fullmatch(part):
        return f"{_who(found)} moved to {found['place']}."
    for parted in (_PARTED, _LEFT_BY, _LEFT):
        if found := parted.fullmatch(part):
            return f"The user and {found['who']} split up."
    if found := _DISMISSED.fullmatch(_NO_SUBJECT.sub("I ", part)):
        whose = found["job_of"]
        return (
            f"The user's {_kin(whose)} stopped working." if whose else "The user stopped working."
        )
    if found := _GIVEN_UP.fullmatch(part):
        what = re.sub(r"^(?:my|our)\b", "their", found["what"] or found["gave"], flags=re.I)
        if found["gave"]:
            return f"The user gave {what} away."
        done = found["sold"].lower()
        return f"The user {_PAST.get(done, done)} {what}."
    return None


def _worked(part: str) -> str | None:
    """That a job is over, or an illness."""
    if certain_part(part) != part or _LONG_AGO.search(part):
        return None
    part = _NO_SUBJECT.sub("I ", part)
    if _THE_SACK.fullmatch(part):
        return _NO_JOB
    if found := _NOTICE.fullmatch(part):
        at = f" at {found['employer']}" if found["employer"] else ""
        return f"{_who_worked(found)} stopped working{at}."
    if found := _LEFT_SERVICE.fullmatch(part):
        return f"{_who_worked(found)} left {found['service'].lower()}."
    if found := _RECOVERED.fullmatch(part):
        if found["clear"]:
            clear = "got the all-clear" if "clear" in found["clear"].lower() else "is in remission"
            return f"{_who_worked(found)} {clear}."
        ill = found["ill"] or found["beat"] or found["cancer"]
        return f"{_who_worked(found)} no longer has {ill.lower()}."
    if found := _NO_MORE.fullmatch(part):
        if found["doing"]:
            return f"{_who_worked(found)} stopped {found['doing'].lower()}."
        return f"{_who_worked(found)} no longer {_third(found['verb'] or found['longer'])}."
    return None


_NO_JOB = "The user stopped working."


def _third(verb: str) -> str:
    lowered = verb.lower()
    return lowered + ("es" if lowered.endswith(("ch", "sh", "ss", "x", "o")) else "s")


def _who_worked(found: re.Match[str]) -> str:
    return "The user" if found["user"] else _who(found)


def _who(found: re.Match[str]) -> str:
    if found["kin"]:
        return f"The user's {_kin(found['kin'])}" + (f" {found['name']}" if found["name"] else "")
    if found["of_kin"]:  # "aunt Berta"
        return f"The user's {_kin(found['of_kin'])} {found['by_name']}"
    alone: str = found["alone"]
    if alone.lower() in KIN:  # "Mum died"
        return f"The user's {_kin(alone)}"
    return alone[:1].upper() + alone[1:]


def _kin(said: str) -> str:
    return (KIN | PETS).get(said.lower(), said.lower())
