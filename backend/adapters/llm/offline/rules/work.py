"""What somebody does: job, employer, studies."""

from backend.adapters.llm.offline.rule import rule

WORK = (
    rule(
        "started as",
        r"(?:(?:have|has) )?(?:just |recently )?(?:started|began|start|starts|starting|BE starting)"
        r"(?: (?:out|work|working))? as (?:an? )?(?P<job>.+)",
        "{who} [works|work] as a {job}.",
        importance=8,
        confidence=0.88,
        attribute="job",
    ),
    rule(
        "first day as",
        r"(?:(?:it|today|yesterday|tomorrow|\w+day) (?:is|was) )?my first (?:day|week|shift) "
        r"as (?:an? )?(?P<job>.+)",
        "The user works as a {job}.",
        importance=8,
        attribute="job",
        whole=True,
        of="user",
    ),
    rule(
        "is with a firm now",
        r"BE (?:now )?(?:at|with|working (?:at|for)) (?P<org>(?:an?"
        r"|the) (?:[\w-]+ ){0,3}?(?:company|firm|agency"
        r"|startup|start-up|charity|publisher|consultancy|council|civil service))(?: now)?$",
        "{who} [works|work] at {org}.",
        importance=7,
        attribute="employer",
    ),
    rule(
        "used to work",
        r"used to work as (?:an? )?(?P<role>.+)",
        "{who} used to work as a {role}.",
        importance=4,
        of_old=True,
    ),
    rule(
        "used to work at",
        r"used to (?:work|teach|volunteer) (?:at|for|in) (?P<org>.+)",
        "{who} used to work at {org}.",
        importance=4,
    ),
    rule(
        "no longer works at",
        r"(?:no longer works?|NOT work(?=.* any ?more\b)|stopped working) (?:at|for) (?P<org>.+)",
        "{who} no longer works at {org}.",
        importance=7,
        attribute="employer",
    ),
    rule(
        "no longer works as",
        r"(?:no longer works?|NOT work(?=.* any ?more\b)|stopped working|BE no "
        r"longer) (?:as )?an? (?P<role>.+)",
        "{who} no longer works as a {role}.",
        importance=7,
        attribute="job",
    ),
    rule(
        "works as",
        r"(?:work|works|BE working|BE employed|have been working|has been working"
        r"|(?:make|earn) (?:my|a|his|her) living|started working|started work) "
        r"(?:(?:\w+[- ]time|nights|mostly|here|now|(?:in|at) [\w ]{2,25}?) )?as "
        r"(?:an? )?(?P<role>(?!well$).+)",
        "{who} [works|work] as a {role}.",
        importance=8,
        confidence=0.9,
        attribute="job",
        and_on=True,
    ),
    rule(
        "works as, at",
        r"(?:work|works|BE working|BE employed|have been working|has been "
        r"working) (?:[\w-]+ )?as (?:an? )?[^,;]+? (?:at|for) (?P<org>.+)",
        "{who} works at {org}.",
        importance=7,
        attribute="employer",
    ),
    rule(
        "job is doing",
        r"my (?:job|work|day job) is (?P<said>(?!being\b|getting\b|killing"
        r"|driving me)[a-z]+ing .+)",
        "The user's job is {said}.",
        importance=7,
        attribute="job",
        whole=True,
        of="user",
    ),
    rule(
        "job is",
        r"my (?:job|occupation|profession|day job) is (?:being |as )?(?:an? )(?P<role>.+)",
        "The user works as a {role}.",
        importance=8,
        attribute="job",
        whole=True,
    ),
    rule(
        "is retired from",
        r"BE a retired (?P<job>.+)",
        "{who} is a retired {job}.",
        importance=8,
        attribute="job",
    ),
    rule(
        "head of",
        r"BE (?P<said>(?:(?:the|a|an) )?(?:deputy |assistant |vice[- ])?(?:head|director"
        r"|chair(?:man|woman)?"
        r"|president|captain|(?:co-?)?founder|(?:co-?)?owner|ceo|cto|cfo|coo|treasurer|secretary"
        r"|principal"
        r"|partner) (?:of|at|for) (?!this|that|my|the (?:house|class|queue|line|pack))(?:[a-z]).+)",
        "{who} [is|are] {said}.",
        importance=8,
        attribute="job",
    ),
    rule(
        "only teaches",
        r"teach(?:es)?$",
        "{who} teaches.",
        importance=7,
    ),
    rule(
        "is a worker",
        r"BE (?:now |currently )?(?:an? |the )?(?!student)(?P<job>.+)",
        "{who} [works|work] as a {job}.",
        importance=8,
        confidence=0.88,
        attribute="job",
        and_on=True,
    ),
    rule(
        "is a worker, in",
        r"BE (?:now |currently )?an? (?P<job>[^,;]+?) in (?P<place>(?-i:[A-Z]).+)",
        "{who} works in {place}.",
        importance=6,
        and_on=True,
    ),
    rule(
        "is a worker, at",
        r"BE (?:now |currently )?an? (?P<job>[^,;]+?) (?:at|for|with) (?!the "
        r"moment|heart|least|night|now|sure)(?P<org>.+)",
        "{who} works at {org}.",
        importance=7,
        attribute="employer",
    ),
    rule(
        "works at",
        r"(?:work|works|BE working|BE employed|have been working|has been working"
        r"|have worked|has worked) "
        r"(?:(?:\w+[- ]time|nights|shifts|remotely|now|here|a lot) )?(?:at|for|by) (?P<org>.+)",
        "{who} works at {org}.",
        importance=7,
        attribute="employer",
    ),
    rule(
        "works in",
        r"(?:work|works|BE working) (?:(?:\w+[- ]time|nights|mostly|remotely) "
        r")?in (?P<field>an? (?:[\w-]+ ){0,2}(?:school|hospital|bakery|"
        r"restaurant|kitchen|library|bank|office|shop|factory|museum|lab"
        r"|laboratory|garage|pharmacy|hotel|nursery|kindergarten|cafe|café"
        r"|bookshop|bookstore|"
        r"supermarket|warehouse|studio|clinic|call cent(?:er|re)|pub|bar)|it|tech"
        r"|finance|marketing|sales|construction|healthcare|education|retail"
        r"|hospitality|"
        r"advertising|accounting|hr|human resources|banking|insurance|publishing"
        r"|logistics|software|design|fashion|real estate|journalism|academia"
        r"|politics|"
        r"social work|law|film|theatre|agriculture|forestry|customer (?:service"
        r"|support)|cyber ?security|data science)\b",
        "{who} works in {field}.",
        importance=7,
        attribute="employer",
    ),
    rule(
        "self-employed",
        r"BE (?P<state>self-employed|self employed|a freelancer|freelance"
        r"|unemployed|between jobs|out of work|retired|on maternity leave|on "
        r"parental leave)\b",
        "{who} [is|are] {state}.",
        importance=7,
        attribute="job",
    ),
    rule(
        "works for oneself",
        r"(?:work|works|working) for (?:myself|himself|herself)\b",
        "{who} [is|are] self-employed.",
        importance=7,
        attribute="job",
    ),
    rule(
        "several workers",
        r"BE (?P<jobs>[a-z]+s)$",
        "{who} [is|are] {jobs}.",
        importance=6,
        of="others",
        attribute="job",
    ),
    rule(
        "works from home",
        r"(?:work|works) (?:mostly )?(?P<how>from home|nights|night shifts|part[- "
        r"]time|remotely)\b",
        "{who} works {how}.",
        importance=5,
    ),
    rule(
        "runs",
        r"(?P<does>run|runs|own|owns|manage|manages) (?P<business>(?:an?|my own|the"
        r"|our) (?:[\w'-]+ ){0,3}(?:shop|store|bakery|restaurant|café|cafe|"
        r"business|company|farm|studio|bar|pub|hotel|guesthouse|bookshop|bookstore"
        r"|blog|podcast|gallery|garage|school|salon|agency|startup|charity|stall"
        r"|food truck|b&b|vineyard|guest house|nursery|club|practice|brewery|press|site"
        r"|franchise))\b(?! (?:choir|run|bus|library|club|team|magazine|play|band|canteen)\b)"
        r"(?P<said> (?:in|at|near|with|by|on|called) .+)?",
        "{who} {does} {business} {also_said}.",
        importance=7,
    ),
    rule(
        "teaches",
        r"(?:teach|teaches) (?P<topic>(?!class|lesson|people|kids|children|you|me"
        r"|him|her|them|at|in).+?)(?: (?:at|in|to) .*)?$",
        "{who} teaches {topic}.",
        importance=7,
    ),
    rule(
        "studies at",
        r"(?:study|studies|BE studying|go to school|goes to school|go to "
        r"university|goes to university|go to college|BE a (?:\w+ )?student|BE "
        r"doing (?:a|my) (?:phd|master's|degree|masters)) "
        r"(?:(?P<subject_said>[\w ]{3,30}?) )?at (?P<org>.+)",
        "{who} studies at {org}.",
        importance=7,
        attribute="school",
        and_on=True,
    ),
    rule(
        "studies",
        r"(?:study|studies|BE studying|BE majoring in|major in|majored in|BE "
        r"doing (?:a|my) (?:phd|master's|masters|degree|bachelor's) in) "
        r"(?P<topic>(?!for|hard|all|at|now|to|every|a lot|late|too|abroad).+?)(?: at .*)?$",
        "{who} [studies|study] {topic}.",
        importance=7,
        attribute="studies",
    ),
    rule(
        "student",
        r"BE (?:an? |still an? )?(?P<kind>(?:[\w-]+ ){0,2}student)\b",
        "{who} is a {kind}.",
        importance=7,
        attribute="job",
    ),
    rule(
        "job role",
        r"(?:have|has)(?: got)? an? (?:[\w-]+ )?job as (?:an? )?(?P<role>.+)",
        "{who} works as a {role}.",
        importance=7,
        attribute="job",
    ),
    rule(
        "has a new job",
        r"HAVE (?:an? )?(?P<said>new job (?:in|at|as|with) .+)",
        "{who} [has|have] a {said}.",
        importance=7,
    ),
    rule(
        "boss of self",
        r"(?:BE|became|have become) my own boss\b",
        "The user is their own boss.",
        importance=5,
        of="user",
    ),
)
