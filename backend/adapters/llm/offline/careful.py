"""What the offline companion says where content policy wants care: in a crisis, or to lead elsewhere."""

IN_A_CRISIS = {
    "en": (
        "I'm glad you told me. I'm only a demonstration, so please talk to somebody who can be there "
        "for you: the contacts beside this message. Are you safe right now?",
        "That sounds very heavy, and I take it seriously. Please reach out to one of the contacts "
        "beside this message. Is somebody with you?",
    ),
    "de": (
        "Gut, dass du es mir sagst. Bitte sprich mit jemandem, der für dich da sein kann: Die "
        "Kontakte stehen neben dieser Nachricht. Bist du gerade in Sicherheit?",
    ),
    "es": (
        "Me alegra que me lo digas. Por favor, habla con alguien que pueda estar contigo: los "
        "contactos están junto a este mensaje. ¿Estás a salvo ahora?",
    ),
    "fr": (
        "Merci de me le dire. S'il te plaît, parle à quelqu'un qui peut être là pour toi : les "
        "contacts sont à côté de ce message. Es-tu en sécurité en ce moment ?",
    ),
    "it": (
        "Hai fatto bene a dirmelo. Parla con qualcuno che può starti vicino: i contatti sono accanto "
        "a questo messaggio. Sei al sicuro adesso?",
    ),
    "nl": (
        "Goed dat je het zegt. Praat alsjeblieft met iemand die er voor je kan zijn: de contacten "
        "staan naast dit bericht. Ben je nu veilig?",
    ),
    "pt": (
        "Que bom que você me contou. Por favor, fale com alguém que possa estar com você: os "
        "contatos estão ao lado desta mensagem. Você está em segurança agora?",
    ),
}
LEADING_ELSEWHERE = (
    "I'd rather not go there. Tell me something else about your day.",
    "That's not a road I take. Let's talk of something else: what's on your mind besides that?",
    "No, not that. What else is there?",
)
