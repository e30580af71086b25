"""What the model and people are told about a decision."""

from backend.safety.policy import Decision, Reason

_DEFLECT: dict[Reason, str] = {
    "hate": "The user's message is hateful. Stay in character, don't repeat or agree with it, say"
    " briefly that you see people differently, and lead the talk elsewhere.",
    "illicit": "The user asks for help with something harmful or illegal. Stay in character, give"
    " no instructions, and lead the talk elsewhere.",
    "violence": "The user's message is violent. Stay in character, don't join in or encourage it,"
    " ask what is behind it or lead the talk elsewhere.",
    "adult_not_confirmed": "The user turns sexual, and isn't confirmed to be an adult. Stay in"
    " character, decline gently and lead the talk elsewhere.",
    "character_level": "The user turns more sexual than you go. Stay in character, decline gently"
    " and lead the talk elsewhere.",
    "conversation_level": "The user turns more sexual than this conversation goes. Stay in"
    " character, decline gently and lead the talk elsewhere.",
}
_CRISIS = (
    "The user may be in danger of hurting themselves. Be warm and take it seriously, listen and ask"
    " whether they are safe now. Never describe methods, never encourage, never play it down. Say"
    " that people are there to help; a notice with contacts is shown beside your reply."
)
NO_MINORS = (
    "This can't be part of a conversation here: no sexual content with anyone under 18, in fiction"
    " either."
)
_BLOCKED: dict[Reason, str] = {
    "sexual_minors": NO_MINORS,
    "adult_not_confirmed": "Explicit content is for confirmed adults. You can confirm your age in"
    " your account.",
    "provider_refused": "The language model's provider declined to answer this message.",
}
_TOO_FAR: dict[Reason, str] = {
    "adult_not_confirmed": "Sexual content is for confirmed adults. You can confirm your age in your"
    " account.",
    "character_level": "This is more sexual than the character goes.",
    "conversation_level": "This is more sexual than the conversation goes.",
}


def instruction(decision: Decision) -> str:
    """What to add to the prompt, for the model alone; empty if there is nothing to add."""
    parts = [_CRISIS] if decision.crisis_notice else []
    if decision.action == "deflect":
        parts.append(_DEFLECT[decision.reason])
    return "\n".join(parts)


def wanted_care(decision: Decision) -> str:
    """The same in a word, as `Prompt.care`; none where only the notice is to be shown."""
    if decision.crisis_notice and decision.reason != "ok":
        return "crisis"
    return "deflect" if decision.action == "deflect" else ""


def refusal_as_reply(decision: Decision) -> str:
    """What a user reads who puts words into the character's mouth: also refused where it goes further
    than the character may, which a user's own message would be let through to be deflected."""
    return refusal(decision) or _TOO_FAR.get(decision.reason, "")


def refusal(decision: Decision) -> str:
    """What a user whose message was blocked reads; empty if it wasn't."""
    return _BLOCKED[decision.reason] if decision.action == "block" else ""
