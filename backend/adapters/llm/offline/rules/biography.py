"""What happened long ago or is fixed for a day, whatever the verb: the date makes it worth keeping."""

from backend.adapters.llm.offline.rule import rule

_IRREGULAR = (
    r"(?:went|came|won|met|ran|began|found|kept|held|brought|bought|taught|caught|fell|grew|drew"
    r"|flew|wrote|drove|rode|broke|spoke|chose|wore|sang|swam|spent|sent|built|sold|led|became"
    r"|lost|left|made|took|gave|had|got|was|were|did|quit|cut|hit|tore|shot|stole|fought|hid)"
)
_NO_DEED = (
    r"(?!(?:wanted|liked|loved|hated|needed|seemed|looked|asked|talked|tried|noticed|decided"
    r"|realised"
    r"|realized|hoped|mentioned|called|texted|emailed|messaged|wondered|agreed|used|supposed"
    r"|watched"
    r"|listened|happened|turned|said|told|had (?:to|it|a (?:lot|great|good|bad|rough|hard|blast))"
    r"|was (?:so|very|really|not|like|going|about|sure|thinking|talking|supposed|trying|looking"
    r"|wondering|busy|tired|sick|sad|happy|good|great|fun|bad|hard)|got (?:it|that|this|so|really)"
    r"|did (?:not|it|that|this|so)|made (?:it|sure|me)|took (?:it|me)|gave (?:it|me|you)"
    r"|[a-z]+led (?:it|that))\b)"
)

BIOGRAPHY = (
    rule(
        "came from",
        r"(?:was|were) (?:originally )?from (?P<place>.+)",
        "{who} [was|were] from {place}.",
        importance=5,
        of="others",
        of_old=True,
    ),
    rule(
        "older than",
        r"BE (?P<span>(?:\w+ years?|much|a bit|a lot)) (?P<comparison>older|younger) than me\b",
        "{who} [is|are] {span} {comparison} than the user.",
        category="relationship",
        of="others",
    ),
    rule(
        "once did",
        rf"once (?P<did>(?:[a-z]{{2,}}ed|{_IRREGULAR})) (?P<said>(?!it\b|that\b|this\b|to\b|told"
        rf"|said).+)",
        "{who} once {did} {said}{when}.",
        category="event",
        ahead=False,
    ),
    rule(
        "did for the first time",
        rf"(?P<did>(?:[a-z]{{2,}}ed|{_IRREGULAR})) (?P<said>(?:my|his|her) (?:very )?first "
        r"(?!thought|reaction|coffee|instinct|choice|question|idea|cup|meal|time).+)",
        "{who} {did} {said}{when}.",
        category="event",
        importance=6,
        ahead=False,
    ),
    rule(
        "got a mark",
        r"got (?P<said>(?:an? [A-F][+-]?|\d+ ?%|full marks|a distinction|a first|a merit) (?:in|on"
        r"|for) .+)",
        "{who} got {said}{when}.",
        category="event",
        ahead=False,
    ),
    rule(
        "lost weight",
        r"(?:(?:have|has) )?(?P<did>lost|gained|put on) (?P<said>(?:about |over |almost )?(?:\d+"
        r"|NUMBER|a) "
        r"?(?:kilos?|kgs?|pounds|lbs?|stone)\b.*)",
        "{who} {did} {said}{when}.",
        category="event",
        ahead=False,
    ),
    rule(
        "raised by",
        r"(?:my|our) (?P<kin>KIN) (?:raised me|brought me up)\b.*",
        "The user was raised by their {kin}.",
        category="relationship",
        importance=6,
        whole=True,
        of_old=True,
    ),
    rule(
        "let go",
        r"(?:they|my (?:company|boss|work|employer)) (?:have |has )?(?:just )?(?:made me redundant"
        r"|laid (?:me|us|(?:half |all )?my (?:whole |entire )?team) off|laid off (?:me|us|(?:half "
        r"|all )?my (?:whole |entire )?team)|fired me|sacked me"
        r"|let me go(?= today| yesterday| on| last|$))\b.*",
        "The user lost their job{when}.",
        category="event",
        importance=7,
        whole=True,
        ahead=False,
    ),
    rule(
        "has been so long",
        r"(?:have|has) been (?P<said>(?:off (?:work|sick)|out of work|unemployed|in (?:therapy"
        r"|recovery"
        r"|remission|love)|on (?:a|the|my)|with (?:my|the)|single|sober|clean|vegan|vegetarian"
        r"|married"
        r"|divorced|retired|homeless|an? [a-z]+)\b.* (?:since|for) .+)",
        "{who} [has|have] been {said}.",
        importance=6,
    ),
    rule(
        "has been since",
        r"(?:have|has) been (?P<said>single|sober|clean|married|divorced|retired|unemployed|homeless"
        r"|widowed|engaged|together|off work|out of work|in remission)$",
        "{who} [has|have] been {said}{when}.",
        importance=6,
        dated=True,
        ahead=False,
    ),
    rule(
        "goes through",
        r"(?:BE|have been|has been) (?P<said>(?:going through (?:an? |my |our |the )(?:divorce"
        r"|separation"
        r"|breakup|break-up|menopause|bereavement|custody battle)|going through (?:chemo|menopause"
        r"|ivf)"
        r"|trying (?:for a baby|to conceive)|waiting for (?:an? (?:[\w-]+ ){0,2}(?:replacement"
        r"|transplant|operation|surgery|diagnosis|visa"
        r"|mri|scan|assessment|biopsy)))\b)",
        "{who} [is|are] {said}.",
        importance=7,
    ),
    rule(
        "is where for long",
        r"BE (?P<said>(?:in|at|with) (?:the )?(?:army|navy|air force|military|police|marines"
        r"|fire brigade"
        r"|civil service|uni|university|college|nursery|primary school|secondary school"
        r"|high school|care"
        r"|a (?:care|nursing) home)\b.*)",
        "{who} [is|are] {said}.",
        importance=6,
        of="others",
    ),
    rule(
        "wanted as a child",
        r"(?:always )?wanted to (?P<said>be(?:come)? .+)",
        "{who} wanted to {said}{when}.",
        importance=5,
        ahead=False,
        distant=True,
    ),
    rule(
        "was adopted",
        r"(?:was|were|BE(?= named after)) (?P<said>(?:adopted|fostered|homeschooled|raised"
        r"|brought up|bullied|orphaned"
        r"|bitten|named after|knighted|baptised|baptized|ordained|knocked|evacuated|deployed"
        r"|stationed)\b.*)",
        "{who} [was|were] {said}{when}.",
        importance=6,
        ahead=False,
    ),
    rule(
        "was for years",
        r"(?:was|were) (?P<said>(?:in|with|at|on) (?:the|a|an|my) .+ for .+ (?:years|months)\b)",
        "{who} [was|were] {said}.",
        importance=5,
        ahead=False,
    ),
    rule(
        "was once",
        r"(?:was|were) once (?P<said>.+)",
        "{who} [was|were] once {said}{when}.",
        importance=5,
        ahead=False,
    ),
    rule(
        "went to school",
        r"(?:went to|attended) (?P<said>(?:(?:primary |secondary |high |boarding |art |drama |law "
        r"|medical |grammar )?school|university|uni|college) (?:in|at|with) .+"
        r"|an? (?:[\w-]+ )+(?:school|university|college|academy)\b.*)",
        "{who} went to {said}{when}.",
        importance=5,
        ahead=False,
    ),
    rule(
        "split up when",
        r"(?P<did>(?:got )?(?:split up|separated|divorced|broke up))$",
        "{who} {did}{when}.",
        importance=6,
        of="others",
        ahead=False,
        distant=True,
    ),
    rule(
        "has been in hospital",
        r"(?:BE|have been|has been) (?P<said>in (?:hospital|(?:a )?hospice|prison|jail|rehab|a coma|care"
        r"|intensive care"
        r"|the hospital|a (?:care|nursing) home)\b.*)",
        "{who} [is|are] {said}{when}.",
        importance=7,
        of="others",
        ahead=False,
    ),
    rule(
        "did long ago",
        rf"{_NO_DEED}(?P<did>(?:[a-z]{{2,}}ed|{_IRREGULAR})) (?P<said>.+)",
        "{who} {did} {said}{when}.",
        category="event",
        importance=5,
        confidence=0.8,
        ahead=False,
        distant=True,
        plain=True,
    ),
    rule(
        "had to put down",
        r"had to (?P<said>(?:put|have) (?:my|our) (?:[\w-]+ )?(?:PET) (?:down|to sleep|put down"
        r"|put to sleep)\b.*)",
        "{who} had to {said}{when}.",
        category="event",
        importance=7,
        ahead=False,
    ),
    rule(
        "is doing on a day",
        r"BE (?P<said>(?!going|coming|considering|planning|wanting|needing|using|starting to"
        r"|thinking|hoping|feeling|looking|talking|trying|getting (?:ready"
        r"|there|better)|being|doing (?:ok|well|good|great)|wondering|dying|watching|eating"
        r"|telling|paying|asking|calling|texting|wearing|bringing|working"
        r"|sleeping|staying in|counting)[a-z]+ing (?!you\b|it\b|that\b|this\b).+"
        r"|(?:leaving|retiring|graduating|emigrating)$)",
        "{who} [is|are] {said}{when}.",
        category="event",
        importance=6,
        confidence=0.8,
        ahead=True,
        dated=True,
        another_day=True,
    ),
    rule(
        "is going to on a day",
        r"(?:BE going to|plan to|plans to) (?P<said>(?!be\b|see\b(?! (?:a|the|my|our) )|have to|try"
        r"|think|tell|let|ask|say|know|need|do\b|go\b(?! (?:to|on|back) )|keep|check|come\b|talk"
        r"|call|text|write|watch|eat|sleep)[a-z]+ (?!you\b|it\b|that\b|this\b).+)",
        "{who} [is|are] going to {said}{when}.",
        category="event",
        importance=6,
        confidence=0.8,
        ahead=True,
        dated=True,
    ),
    rule(
        "holidays",
        r"BE (?P<said>spending (?:christmas|easter|new year'?s?(?: eve)?|thanksgiving|eid|hanukkah"
        r"|the"
        r" (?:summer|winter|holidays|weekend|week)) (?:in|at|with) .+)",
        "{who} [is|are] {said}.",
        category="event",
        importance=6,
        ahead=True,
    ),
    rule(
        "due",
        r"BE due$",
        "{who} [is|are] due to give birth{when}.",
        category="event",
        importance=8,
        dated=True,
        ahead=True,
    ),
    rule(
        "journey leaves",
        r"(?:my|our) (?P<said>(?:flight|ferry|train|bus|coach|plane)(?: to (?-i:[A-Z])[\w ]+?)? "
        r"(?:leaves|departs|lands|arrives|is))$",
        "The user's {said}{when}.",
        category="event",
        importance=6,
        whole=True,
        dated=True,
        ahead=True,
        of="user",
    ),
    rule(
        "it is their day",
        r"it is (?:my|our) (?P<said>(?:[a-z]+'s )?(?:\w+ )?(?:wedding anniversary|anniversary"
        r"|birthday|wedding"
        r"|graduation|due date"
        r"|last day (?:at|of) .+|first day (?:at|of) .+))$",
        "The user's {said} is{when}.",
        category="event",
        importance=7,
        whole=True,
        dated=True,
        ahead=True,
    ),
    rule(
        "day of theirs",
        r"(?:(?:my|our) )?(?P<kin>KIN)'s (?P<said>\d+(?:th|st|nd|rd)(?: birthday)?|birthday"
        r"|wedding|funeral"
        r"|graduation|surgery|operation|exam|party) is$",
        "The user's {kin}'s {said} is{when}.",
        category="event",
        importance=7,
        whole=True,
        dated=True,
        ahead=True,
    ),
    rule(
        "has decided",
        r"(?:(?:have|has) )?(?:just |finally )?(?P<did>decided|signed up|applied|enrolled"
        r"|volunteered) "
        r"(?P<said>(?:to|for) (?!(?:give|do|see|let|take|try|write|tell|say|ask|be|make|continue"
        r"|create|use|keep|stick"
        r"|focus|stay|wait|ignore|call|text) )(?!it\b|that\b|this\b).+)",
        "{who} {did} {said}{when}.",
        category="event",
        importance=6,
        ahead=True,
    ),
)
