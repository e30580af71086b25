"""English verbs: their forms, and what kind of thing is told with each."""

import re

from backend.adapters.llm.offline.word_lists import words

# What somebody does for years.
LIVING = words(
    "live work study teach own rent speak play sing collect run manage volunteer coach practise "
    "practice attend belong wear drive ride keep breed grow raise rear foster train commute "
    "worship "
    "vote support serve specialise specialize major minor lead host tutor mentor paint draw sculpt "
    "write blog compose perform act dance swim row sail surf climb hike ski skate cycle fish "
    "hunt farm "
    "garden knit sew crochet weave bake brew cook restore repair mend weld edit translate design "
    "code "
    "program photograph deliver clean guard patrol babysit nurse sell share smoke vape drink eat "
    "meditate pray fast suffer celebrate homeschool freelance chair referee umpire box wrestle "
    "fence "
    "juggle dj podcast stream carve forage identify fly operate care haul conduct captain intern"
)
TASTES = words(
    "like love hate enjoy prefer adore dislike detest loathe fear avoid crave despise favour favor"
)
# What happens once, and changes a life or a week.
DEEDS = words(
    "buy adopt move marry divorce graduate retire quit resign start begin join finish pass fail "
    "win "
    "lose break sprain fracture tear dislocate sell build found open launch publish release "
    "propose "
    "meet learn bear inherit donate survive die enrol enroll qualify sign book visit travel "
    "emigrate "
    "immigrate leave switch swap change get become promote fire lay diagnose hire accept offer "
    "elect "
    "plan organise organize apply renew cancel postpone reschedule submit defend record train "
    "register convert separate split relocate settle rescue welcome deliver plant knit paint "
    "compose "
    "run complete climb earn receive award transfer drop give fly tour turn celebrate deploy "
    "enlist commission renovate refurbish relapse recover undergo have close end study teach "
    "work live "
    "serve raise take admit fall"
)
# What is thought, said and done in passing; it lasts only with something that makes it so.
PASSING = words(
    "want need let come go put sit stand wait walk sleep wake laugh cry smile shout call text "
    "message "
    "make find show bring send figure owe pay stay happen pick hold head stick bother set burn "
    "spill "
    "hang check chat keep"
)
# What says nothing lasting whatever follows.
FLEETING = words(
    "think know guess mean feel hope wish wonder believe suppose understand remember forget "
    "realise "
    "realize swear bet doubt worry say tell ask talk hear see look watch notice listen try seem "
    "sound "
    "thank agree mind deserve reckon imagine mention joke kid appreciate consider last last "
    "exaggerate "
    "please grateful just definitely almost nearly miss"
)

_IRREGULAR = (
    "became:become began:begin bent:bend bet:bet bit:bite bled:bleed blew:blow bought:buy "
    "bred:breed "
    "broke:break brought:bring built:build burnt:burn came:come caught:catch chose:choose "
    "cost:cost "
    "cut:cut dealt:deal did:do drank:drink drew:draw drove:drive dug:dig fell:fall felt:feel "
    "fed:feed "
    "fought:fight flew:fly forgot:forget found:find froze:freeze gave:give got:get grew:grow "
    "had:have "
    "heard:hear held:hold hid:hide hit:hit hung:hang hurt:hurt kept:keep knew:know laid:lay "
    "led:lead "
    "learnt:learn left:leave lent:lend let:let lost:lose made:make meant:mean met:meet paid:pay "
    "put:put quit:quit ran:run rang:ring read:read rebuilt:rebuild rode:ride rose:rise said:say "
    "sang:sing sank:sink sat:sit saw:see sent:send set:set shook:shake shone:shine shot:shoot "
    "showed:show shut:shut slept:sleep sold:sell sought:seek spelt:spell spent:spend split:split "
    "spoke:speak stole:steal stood:stand stuck:stick swam:swim swept:sweep swore:swear "
    "taught:teach "
    "thought:think threw:throw told:tell took:take tore:tear understood:understand upset:upset "
    "went:go wept:weep woke:wake won:win wore:wear wrote:write"
)
_IRREGULAR_PARTICIPLES = (
    "been:be begun:begin become:become broken:break chosen:choose come:come done:do drawn:draw "
    "drunk:drink driven:drive eaten:eat fallen:fall flown:fly given:give gone:go gotten:get "
    "grown:grow "
    "known:know ridden:ride run:run seen:see spoken:speak sung:sing sworn:swear swum:swim "
    "taken:take "
    "thrown:throw torn:tear worn:wear written:write"
)


def _pairs(table: str) -> dict[str, str]:
    return dict(pair.split(":", 1) for pair in table.split())


IRREGULAR_PAST = _pairs(_IRREGULAR)
PARTICIPLES = IRREGULAR_PAST | _pairs(_IRREGULAR_PARTICIPLES)
LIKE_THE_PRESENT = words("bet cost cut hit hurt let put quit read set shut split upset")
_NOT_PAST = words("need feed bleed breed speed seed succeed proceed exceed embed shed heed bed red")
_THIRD = {"have": "has", "do": "does", "go": "goes", "be": "is", "dj": "djs"}
_BASE = {third: base for base, third in _THIRD.items()} | dict.fromkeys(
    ("am", "are", "was", "were"), "be"
)
_SIBILANT = re.compile(r"(?:s|sh|ch|x|z|o)$")


def is_past(verb: str) -> bool:
    """Whether the form can only be a past: "moved", "went"; not "put"."""
    if verb in IRREGULAR_PAST:
        return verb not in LIKE_THE_PRESENT
    return len(verb) > 3 and verb.endswith("ed") and verb not in _NOT_PAST


def third_person(verb: str) -> str:
    """ "host" becomes "hosts", "teach" "teaches", "study" "studies"."""
    if verb in _THIRD:
        return _THIRD[verb]
    if re.search(r"[^aeiou]y$", verb):
        return f"{verb[:-1]}ies"
    return f"{verb}es" if _SIBILANT.search(verb) else f"{verb}s"


def base_form(verb: str) -> str:
    """ "teaches" becomes "teach"; a base form stays as it is."""
    if verb in _BASE:
        return _BASE[verb]
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    if verb.endswith("es") and _SIBILANT.search(verb[:-2]):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") and not verb.endswith("ss") else verb


def bases(form: str) -> tuple[str, ...]:
    """The verbs that a form may belong to: "moved" to "mov" or "move", "stopping" to "stop"."""
    for table in (_BASE, PARTICIPLES):
        if form in table:
            return (table[form],)
    if form.endswith("ied"):
        return (f"{form[:-3]}y",)
    for ending in ("ing", "ed"):
        stem = form.removesuffix(ending)
        if stem != form and len(stem) > 1:
            doubled = (stem[:-1],) if stem[-1] == stem[-2] else ()
            return (*doubled, stem, f"{stem}e")
    return (base_form(form), form)


_STARTS = (
    "am is are was were have has had do does did can will used just also recently really never"
)


def clause_verbs() -> str:
    """A regular expression for words that open what is said of a subject named before."""
    lasting = {form for verb in LIVING | TASTES for form in (verb, third_person(verb))}
    known = lasting | (IRREGULAR_PAST.keys() - LIKE_THE_PRESENT) | set(_STARTS.split())
    listed = "|".join(sorted(known, key=lambda form: (-len(form), form)))
    return rf"(?:{listed}|(?!(?:{'|'.join(_FEELINGS)})\b)[a-z]{{3,}}ed)\b"


_FEELINGS = sorted(
    words(
        "tired excited bored gutted scared worried supposed based married engaged obsessed "
        "addicted "
        "interested confused annoyed disappointed exhausted stressed shocked surprised pleased "
        "thrilled "
        "delighted relieved devastated related closed need feed red bed hundred sacred naked "
        "wicked "
        "named called divorced retired frustrated embarrassed ashamed overwhelmed shattered "
        "talented"
    )
)
