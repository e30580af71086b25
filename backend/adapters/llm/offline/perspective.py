"""Turns sentences round: "the user" into "you", a character into "I"."""

import re

_ADVERBS = r"(?:no longer|never|also|always|still|just|often|usually)"
_IRREGULAR = {
    "is": "are",
    "was": "were",
    "has": "have",
    "does": "do",
    "doesn't": "don't",
    "isn't": "aren't",
    "goes": "go",
    "wasn't": "weren't",
}
_FIRST = {"are": "am", "were": "was", "aren't": "am not", "weren't": "wasn't"}
_TO_YOU = {
    "i": "you",
    "i'm": "you're",
    "i've": "you've",
    "i'd": "you'd",
    "i'll": "you'll",
    "me": "you",
    "my": "your",
    "mine": "yours",
    "myself": "yourself",
    "am": "are",
    "we": "you",
    "we're": "you're",
    "we've": "you've",
    "our": "your",
    "us": "you",
    "im": "you're",
    "ive": "you've",
    "ours": "yours",
    "was": "were",
}


def plain_verb(verb: str) -> str:
    """A third-person verb as it follows "you": "works" becomes "work", "is" becomes "are"."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("ies") and len(verb) > 4:
        return verb[:-3] + "y"
    if re.search(r"(?:ss|sh|ch|x|zz)es$", verb):
        return verb[:-2]
    return verb[:-1] if verb.endswith("s") and not verb.endswith(("ss", "us")) else verb


def second_person(sentence: str) -> str:
    """Say to the user what is known: "The user's dog is …" becomes "Your dog is …"."""
    text = re.sub(r"\b[Tt]he user's\b", lambda m: "Your" if m.start() == 0 else "your", sentence)
    text = re.sub(
        rf"\b(The|the) user ({_ADVERBS} )?([\w']+)",
        lambda m: (
            f"{'You' if m.group(1) == 'The' else 'you'} {m.group(2) or ''}{plain_verb(m.group(3))}"
        ),
        text,
    )
    if sentence.startswith("The user "):
        text = re.sub(r"\b(when|since|until) they were\b", r"\1 you were", text)
    return re.sub(r"\btheir\b", "your", text) if text != sentence else text


def first_to_second(text: str) -> str:
    """Say back what the user said: "my keys are in the jar", "your keys are in the jar"."""
    said = re.sub(r"[\w]+(?:['’]\w+)?", lambda m: _turned(m.group(0)), text)
    return said.strip()


def _turned(word: str) -> str:
    turned = _TO_YOU.get(word.lower().replace("’", "'"))
    return turned if turned else word


_FURTHER_VERB = re.compile(
    r"((?:,|\band) (?:(?:and|now|then|never|always|also) )*)((?:keep|take"
    r"|write|make|run|play|love|like|hate|know|bake|mend|repair|"
    r"correct|date|name|argue|test|ask|collect|live|work|speak|sing|paint|read"
    r"|teach|help|travel|dream|want|need|think|believe|hope|"
    r"carrie|wear|drink|eat|cook|grow|build|fix|sell|buy|studie|hunt|fight"
    r"|protect|guard|wander|listen|laugh|smile|hide|remember|"
    r"forget|trie|spend|watche|teache|tell|hold|talk|care|give|find|enjoy"
    r"|prefer|start|say|work|seem|feel|need|own|serve|sleep|ha|i|doe)s)\b"
)


def first_person(sentence: str, name: str) -> str:
    """A sentence about a character as it would say it: "Mara keeps bees", "I keep bees"."""
    first = re.escape(name.split()[0]) if name.split() else r"\b\B"
    full = re.escape(name) if name else first
    text = re.sub(rf"\b(?:{full}|{first})(?:'s|’s)\b", "my", sentence)
    text = re.sub(
        rf"(?<!\w)(?:{full}|{first}|She|He|she|he)\s+((?:{_ADVERBS} )?)([\w']+)",
        lambda m: f"I {m.group(1)}{_as_i(m.group(2))}",
        text,
    )
    text = (
        _FURTHER_VERB.sub(lambda m: m.group(1) + _as_i(m.group(2)), text) if "I " in text else text
    )
    text = re.sub(
        r"\bhim\b|\bher\b(?!\s+(?!(?:and|or|to|with|in|on|at|for|as|from)\b)[a-z])", "me", text
    )
    text = re.sub(r"\b(?:her|his)\b", "my", text)
    text = re.sub(r"\b(?:Her|His)\b", "My", text)
    text = re.sub(r"\b(?:herself|himself)\b", "myself", text)
    return text[:1].upper() + text[1:]


def _as_i(verb: str) -> str:
    plain = plain_verb(verb)
    return _FIRST.get(plain, plain)
