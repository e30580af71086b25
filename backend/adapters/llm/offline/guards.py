"""What must not be taken for a fact: injections, fiction, jokes, hypotheticals, other voices.

Each guard is a pure function of text. They err towards silence: a missed fact can be told again,
an invented one spoils trust.
"""

import re

_INJECTION = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instructions?"
    r"|prompts?|rules|orders|"
    r"everything (?:above|before)|guidelines)\b"
    r"|^\s*(?:system|assistant|developer|instruction|memory|user)\s*(?:prompt"
    r"|message|update)?\s*[:>\]]"
    r"|<\/?\s*(?:system|assistant|instructions?|memory|admin)\b|\[/?INST\]"
    r"|<\|\w+\|>|###\s*(?:system|instruction)"
    r"|\byou are now\b|\bfrom now on,? you\b|\b(?:developer|debug|god|admin|jailbreak|dan) mode\b"
    r"|\bremember (?:that )?you(?:'re| are| must| will| should| have)\b"
    r"|\b(?:I am|I'm|im) (?:your|the)\s+(?:\w+\s){0,2}?(?:admin|administrator"
    r"|creator|owner|root user|superuser)\b"
    r"|\b(?:I am|I'm|im) an? (?:admin|root user|superuser)\b(?! (?:assistant|worker|clerk|officer))"
    r"|\b(?:I am|I'm|im) (?:your|the) (?:\w+ )?(?:developer|programmer|master|operator|system)\b"
    r"|\b(?:add|write|save|store) (?:this |the following )?(?:in)?to (?:your "
    r")?(?:long[- ]term )?memor(?:y|ies)\b"
    r"|\byour (?:new )?(?:instructions|system prompt|rules)\b|\b(?:system "
    r"prompt|api key|password) (?:is|:)"
    r"|\b(?:no|without) (?:restrictions|filters|rules|limits) (?:on|for|from)\b|\bpassword\b",
    re.I | re.M,
)
_LYRICS = re.compile(
    r"[♪♫🎵🎶]|\b(?:song|lyrics?|chorus|poem|verse|rhyme)\b.{0,30}\b(?:goes|go"
    r"|says?|like this|reads)\b"
    r"|\blyrics?\s*:|\b(?:sing|sings|singing|sang)\b.{0,15}:|\b(?:wrote|write"
    r"|read) (?:you )?(?:a|this) (?:poem|verse|song)\b.{0,20}:"
    r"|\S \/ \S.{3,80}\S \/ \S",
    re.I,
)
_SCENE_OPENS = re.compile(
    r"\blet'?s (?:pretend|role-?play|play (?:a|the) (?:game|scene|story)|do "
    r"(?:a|some) (?:role-?play|scene|improv)|imagine|act)\b"
    r"|\b(?:role-?play|rp|improv)\s*:|\bpretend (?:that |for a \w+ )?(?:you|we)\b"
    r"|\bin (?:this|our|the) (?:story|scene|role-?play|rp|game|scenario"
    r"|campaign)\b.{0,20}\b(?:I|you|we|my)\b"
    r"|\b(?:starting|new) (?:scene|role-?play)\b|\bI'?ll (?:be|play) (?:the|a"
    r"|an) \w+.{0,20} and you(?:'ll| will|'re| are)?\b"
    r"|^\s*\(?(?:ic|scene|resume|resuming|continue the scene)\s*:",
    re.I | re.M,
)
_SUPPOSES = re.compile(
    r"^(?:and |now |ok |okay |so |just ){0,4}(?:imagine|suppose|supposing|picture "
    r"this|pretend|what if)\b",
    re.I,
)
_SCENE_CLOSES = re.compile(
    r"\b(?:back to (?:reality|real life|the real world|normal)|out of (?:character|the game)|ooc\b|"
    r"(?:ok(?:ay)?,? )?pausing|back to real life|stop (?:pretending|role-?playing|the (?:game"
    r"|scene|story))|end (?:of "
    r")?(?:the )?(?:scene|role-?play|game|story)|"
    r"(?:no more|enough) (?:pretending|role-?play(?:ing)?|games)|for real(?: "
    r"now| though)?|in real life|irl|"
    r"the (?:game|story|scene) is over)\b",
    re.I,
)
_FICTION = re.compile(
    r"\b(?:in|for|from) (?:my|the|this|a|our|that|his|her) (?:\w+ )?(?:story"
    r"|novel|book|dream|dreams|nightmare|game|"
    r"film|movie|play|campaign|fan ?fic|fan ?fiction|role-?play|rp|script|poem"
    r"|song|fantasy|d&d|video game|show)\b(?! (?:club|group|shop|store|fair|launch|circle))"
    r"|\bmy (?:\w+ )?(?:character|avatar|oc|persona|protagonist|sim|player "
    r"character)\b|\bonce upon a time\b"
    r"|\bin (?:the )?(?:sims|minecraft|skyrim|stardew valley|zelda|fortnite|animal crossing|roblox"
    r"|gta"
    r"|world of warcraft|elden ring|pok[eé]mon|final fantasy|baldur'?s gate)\b"
    r"|\bI (?:just |once )?(?:dreamed|dreamt|had (?:a|this|the) (?:\w+ )?(?:dream|nightmare))\b"
    r"|\b(?:(?<!to )pretend(?:ing)?|role-?play(?:ing)?|make-believe|fictional)\b"
    r"|\bin (?:another|a past|a previous|my next|my past|a parallel) (?:life"
    r"|world|universe|timeline)\b",
    re.I,
)
_JOKE = re.compile(
    r"(?-i:\bjust LOVE\b|\bLOVES? (?:it )?when\b|\bso HAPPY for\b)|\bliving the dream\b"
    r"|\bsaid (?:no one|nobody|no-one)\b"
    r"|\b(?:jk|j/k|just kidding|only kidding|kidding|just joking|only joking"
    r"|joking|yeah,? right|as if|"
    r"in my dreams"
    r"|(?<!do )(?<!does )(?<!am )(?<!is )not really|totally not|sarcasm|(?:oh|yeah|ha"
    r"|haha),? sure)\b|(?<!\w)/s(?!\w)|[🙄]"
    r"|\band I am the (?:queen|king|pope|president)\b|^(?:oh,? )?(?:sure|right"
    r"|yeah|yes),? and I am\b|,? (?:obviously|totally|of course not)!?$|, not!?$"
    r"|\b(?:april fools|kind of joke|it was a joke|that was a joke"
    r"|(?:ha){2,}\b.{0,15}\b(?:no|not))\b"
    r"|\bI am (?:basically|practically|literally|pretty much|secretly"
    r"|obviously|clearly) (?:a|an|the)\b",
    re.I,
)
_TAKES_BACK = re.compile(
    r"^(?:(?:haha|ha|lol|nah|no|ok|okay|sorry)\b[,. !]*){0,6}(?:jk|j/k|just kidding"
    r"|only kidding|i'?m kidding|kidding|"
    r"just joking|only joking|i'?m joking|joking|that was a joke|it was a joke|april fools)\b"
    r"(?!['’ -]*(?:aside|apart|around|about (?:with|all)|with|my|our|an?|the|he|she|they|that|which|who|from"
    r"|on|by|to)\b)",
    re.I,
)
_HYPOTHETICAL = re.compile(
    r"\b(?:nearly (?!\d|two|three|four|five|ten|twenty|every)|supposedly|allegedly"
    r"|if|unless|wish|wished|imagine|suppose|supposing|assume|assuming"
    r"|hypothetically|what if|would|could|"
    r"should|might|may be|maybe|perhaps|possibly|probably|someday|some day"
    r"|one day|hopefully|let us say|let's say|say I|"
    r"as though|rather|otherwise|were to|had I|"
    r"not sure|do not know|no idea|I guess|I doubt|unsure|whether|for example"
    r"|e\.g\.|such as when)\b",
    re.I,
)
_PART = re.compile(
    r",?\s+(?:so|but|because),?\s+|\s+and\s+(?=(?:the|my|our|I|we|he|she|they|it|this|that|there)\b)|\s*;\s*|,\s*(?=(?:if|I|we|my|he|she|they|it|maybe|unless"
    r"|and (?:I|we|my|if)"
    r"|not sure|no idea|hopefully|probably|perhaps|wish)\b)",
    re.I,
)
_TAKEN_BACK_LATER = re.compile(
    r",\s*(?:(?:or )?(?:I|we) wish|if only|as if|in (?:my|your) dreams|or I would|or so I)\b", re.I
)
_HARMLESS_IF = re.compile(
    r"\b(?:wish me luck|fingers crossed|if you must know|if you are wondering|if you're wondering"
    r"|in case "
    r"you(?:'re| are| were) wondering|"
    r"if that helps|if I remember (?:right|correctly)|if you can believe it|"
    r"I would (?:love|like) to (?=learn|visit|become|open|write|travel"
    r"|move|study)|should know(?: that)?|"
    r"may as well (?:say|tell you)|as you might (?:know|remember)|might sound "
    r"(?:odd|silly|strange|weird)|"
    r"(?:if|in case) I (?:did not|have not|never) (?:say|said|tell|told|mention|mentioned)"
    r"(?: (?:it|that|this|so|you|already|yet|before))*|"
    r"I (?:should|must) (?:say|add)(?=,)|I would say(?=,| my )|I suppose(?=$|,)|I guess(?=$|,)"
    r"|no idea how to"
    r"|would you believe"
    r"(?: it)?|thought you should know)\b",
    re.I,
)
_SAY = (
    r"(?:says?|said|saying|tells?|told|thinks?|thought|claims?|claimed|insists?|insisted|believes?|"
    r"believed|asks?|asked|reckons?|replied|joked|jokes|wrote|writes|texted"
    r"|shouted|yelled|whispered|"
    r"keeps? (?:saying|telling)|was like|is like|argued|pretends?|assumes?"
    r"|assumed|hopes?)"
)
_REPORTED = re.compile(
    rf"\b(?:he|she|they|it|you|people|everyone|everybody|someone|somebody|who"
    rf"|one|(?:my|our|the|a|his|her|their|your|this|that|some) "
    rf"(?:(?!(?:is|are|was|were|am|has|have|and|but)\b)[\w'-]+ ){{1,4}}?"
    rf"|(?-i:[A-Z][a-z]+ ))(?:(?:always|once|also|just|even"
    rf"|still|often|never|jokingly|has|had|will|would)\s+)*{_SAY}\b"
    r"|\baccording to\b|\brumou?r has it\b|\bquote\b",
    re.I,
)
_QUOTED = re.compile(r"\"([^\"\n]{1,400})\"|(?<!\w)'([^'\n]{1,200})'(?!\w)")
_TITLE_BEFORE = re.compile(
    r"\b(?:called|named|name is|nickname is|favou?rite [\w\s]{2,30} is|book"
    r"|novel|film|movie|song|game|series|show|"
    r"reading|watching|read|watched|band|album|love|loves|it is|spelled|spelt)\s*,?\s*$",
    re.I,
)
_LEAD = r"^(?:(?:and|but|so|well|ok|okay|hey|hmm|also|hi|hello),? ){0,6}"
_INTERROGATIVE = re.compile(
    rf"{_LEAD}(?:do|does|did|are|is|was|were|am|can|could|would|will|should"
    rf"|shall|have|has|had|who|whose|"
    r"what|where|when|why|which|how|want|ever|any|guess)\b",
    re.I,
)
_QUESTION_START = re.compile(
    rf"{_LEAD}(?:(?:do|does|did|are|is|was|were|am|can|could|would|will|should"
    rf"|shall|have|has|had) (?:not )?"
    r"(?:I|you|we|he|she|it|they|my|your|his|her|the|this|that|there|our|anyone|anybody|someone)\b"
    r"|who\b|whose\b|what\b|where\b|why\b|which\b|how\b|when (?:do|does|did"
    r"|are|is|was|were|can|will)\b|guess\b)",
    re.I,
)
_TRAILING_QUESTION = re.compile(
    r"(?:,|\s[-–—]|;|\.\.+|\band\b|\bso\b)\s*(?:and |so |but )*(?:what about "
    r"you|how about you|and you|you know|ok|okay|"
    r"(?:do|did|are|is|can|could|would|will|have|has|who|what|where|when|why"
    r"|which|how|any)\b(?! (?:I|we) (?:told|said)).*)$",
    re.I,
)
_MEMORY_CHECK = re.compile(
    r"\b(?:right|correct|isn't it|remember|don't I|do I|or not|or is it|or was it)\s*\??$", re.I
)


def is_injection(message: str) -> bool:
    """The message tries to give orders to the software or claims authority over it."""
    return bool(_INJECTION.search(message))


def is_lyrics(message: str) -> bool:
    """The message recites a song or poem."""
    return bool(_LYRICS.search(message))


_SPECIMEN = re.compile(
    r"\b(?:homework|translate|translation|proofread|rephrase|grammar|exercise|sentence|example"
    r"|quot(?:e|ing)|the (?:line|words|caption))\b[^.!?\n]{0,40}:"
    r"|\b(?:write|draft|compose|generate|make up|invent|give) (?:me |us )?(?:an?|the|some"
    r"|my)\b[^.!?\n]{0,40}:",
    re.I,
)
_FANTASY = re.compile(
    r"\b(?:dragons?|goblins?|orcs?|wizards?|sorcer\w+|tavern|dungeon|potions?|spaceship|starship"
    r"|kingdom|throne|knights?|swords?|portal|spells?|demons?|vampires?|zombies?|role-?play)\b",
    re.I,
)


def is_specimen(message: str) -> bool:
    """The message holds words to be looked at as words: homework, a sentence to be checked."""
    return bool(_SPECIMEN.search(message))


def invites_into_scene(asked: str) -> bool:
    """What the character said just before tells a tale in which the user is to play."""
    return bool(_FANTASY.search(asked) and re.search(r"\byou(?:r|'re)?\b", asked, re.I))


def opens_scene(message: str) -> bool:
    """From here on the user plays a part."""
    return bool(_SCENE_OPENS.search(message))


def supposes(sentence: str) -> bool:
    """The sentence invites to imagine what the rest of the message then describes."""
    return bool(_SUPPOSES.match(sentence))


_ASIDE = re.compile(
    r"\(\((.{1,2000}?)\)\)|\((?:ooc|irl|out of character|hors jeu|fuera de personaje)\b[:, "
    r"]*([^()]{1,2000})\)"
    r"|^\s*(?:ooc|irl)\s*[:,](.{1,2000})$",
    re.I | re.M | re.S,
)
_ACTS = re.compile(r"^\s*(?:\*|_)(?:\w+ly )?[a-zà-ÿ]+(?:s|e|t)\b[^*_\n]* [^*_\n]+[*_]", re.I)


def out_of_character(message: str) -> str | None:
    """What the player says beside the game: "((i'm allergic to bees irl))"; None: no such thing."""
    found = [next(filter(None, match.groups())) for match in _ASIDE.finditer(message)]
    return "\n".join(found) if found else None


def plays_a_part(message: str) -> bool:
    """The message opens with a stage direction, so that what follows is the part's, not theirs."""
    return bool(_ACTS.match(message))


def closes_scene(message: str) -> bool:
    """The user speaks as themselves again."""
    return bool(_SCENE_CLOSES.search(message))


def laughs_first(message: str) -> bool:
    """The message opens with a laugh, often at what was said just before."""
    return bool(re.match(r"\s*(?:lol|lmao|lmfao|rofl|(?:ha){2,}h?|hehe+|😂|🤣)", message, re.I))


def takes_back(message: str) -> bool:
    """The message says that what came before it was a joke."""
    return bool(_TAKES_BACK.match(message.strip()))


def is_unreal(sentence: str) -> bool:
    """The whole sentence is fiction or a joke."""
    return bool(_FICTION.search(sentence) or _JOKE.search(sentence))


def certain_part(sentence: str) -> str:
    """The sentence up to the part that wishes or supposes ("I have asthma, so … if …")."""
    plain = _HARMLESS_IF.sub(_in_other_words, sentence).strip()
    if re.match(r"(?:I|we) (?:really )?(?:want|hope|plan)\b", plain, re.I):
        plain = re.sub(r" (?:one|some) ?day\b", "", plain, flags=re.I)
    if _TAKEN_BACK_LATER.search(plain):
        return ""
    end = 0
    for part in _PART.finditer(plain + ";"):
        if _HYPOTHETICAL.search(plain[end : part.start()]):
            return plain[:end].rstrip(" ,;")
        end = part.start()
    return plain


def _in_other_words(found: re.Match[str]) -> str:
    said = found.group(0).lower()
    if said.startswith("i would"):
        return "I want to "
    return "does not know how to" if said == "no idea how to" else " "


def without_quotations(text: str) -> str:
    """Drop quoted speech; keep short quoted names and titles, without their marks."""

    def keep_titles(found: re.Match[str]) -> str:
        inner = found.group(1) or found.group(2) or ""
        named = _TITLE_BEFORE.search(text[max(0, found.start() - 60) : found.start()])
        return inner if named and len(inner.split()) <= 6 else " … "

    return _QUOTED.sub(keep_titles, text)


def own_words(sentence: str) -> str:
    """The part of a sentence before somebody else is reported to say or think something."""
    found = _REPORTED.search(sentence)
    return sentence[: found.start()].rstrip(" ,") if found else sentence


def statement_part(sentence: str, *, question: bool) -> str:
    """What a sentence states: all of it, or what comes before a question; "" for a question."""
    if not question:
        return "" if _QUESTION_START.match(sentence) else sentence
    if _INTERROGATIVE.match(sentence) or _MEMORY_CHECK.search(sentence):
        return ""
    found = _TRAILING_QUESTION.search(sentence)
    return sentence[: found.start()] if found else ""
