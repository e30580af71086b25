"""What the companion says to a wish to forget, and to the yes or no that follows, by language."""

FORGETTING: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "asked": (
            "You want me to forget that for good. Are you sure? Say yes, and it's gone.",
            "Forget it altogether, you mean? A yes will do, and I won't know it any more.",
        ),
        "asked_all": (
            "Everything? That is {count} memories of you, and all that we've said until now: gone for "
            "good, though you can still read our messages. Are you sure? Say yes, and I forget it all.",
            "You want me to forget all I know of you, {count} memories, and whatever we've talked about. "
            "It can't be undone; our messages stay for you to read. Say yes if you're sure.",
        ),
        "done": ("It's forgotten.", "Gone. I don't know it any more."),
        "done_all": (
            "It's all forgotten. I know nothing of you any more; tell me as much or as little as you like.",
            "Everything is gone. From here on we begin anew.",
        ),
        "kept": ("All right, I'll keep it.", "Then nothing is forgotten."),
        "unknown": (
            "I don't remember anything like that, so there is nothing to forget.",
            "There is nothing of that left with me to forget.",
        ),
    },
    "de": {
        "asked": ("Soll ich das wirklich für immer vergessen? Sag ja, und es ist weg.",),
        "asked_all": (
            "Alles? Das sind {count} Erinnerungen an dich und alles, was wir bis jetzt gesagt haben, für "
            "immer; unsere Nachrichten kannst du weiter lesen. Bist du sicher? Sag ja, und ich vergesse es.",
        ),
        "done": ("Es ist vergessen.",),
        "done_all": ("Alles ist vergessen. Ich weiß nichts mehr von dir.",),
        "kept": ("Gut, ich behalte es.",),
        "unknown": ("Daran erinnere ich mich nicht, da gibt es nichts zu vergessen.",),
    },
    "es": {
        "asked": ("¿De verdad quieres que lo olvide para siempre? Di que sí, y se borra.",),
        "asked_all": (
            "¿Todo? Son {count} recuerdos de ti y cuanto hemos dicho hasta ahora, para siempre; nuestros "
            "mensajes podrás seguir leyéndolos. ¿Estás seguro? Di que sí, y lo olvido todo.",
        ),
        "done": ("Está olvidado.",),
        "done_all": ("Todo está olvidado. Ya no sé nada de ti.",),
        "kept": ("De acuerdo, lo guardo.",),
        "unknown": ("No recuerdo nada de eso, así que no hay nada que olvidar.",),
    },
    "fr": {
        "asked": ("Tu veux que je l'oublie pour de bon ? Dis oui, et c'est effacé.",),
        "asked_all": (
            "Tout ? Ce sont {count} souvenirs de toi et tout ce que nous avons dit jusqu'ici, pour de bon ; "
            "tu pourras encore lire nos messages. C'est sûr ? Dis oui, et j'oublie tout.",
        ),
        "done": ("C'est oublié.",),
        "done_all": ("Tout est oublié. Je ne sais plus rien de toi.",),
        "kept": ("D'accord, je le garde.",),
        "unknown": ("Je ne me souviens de rien de tel, il n'y a donc rien à oublier.",),
    },
    "it": {
        "asked": ("Vuoi che lo dimentichi per sempre? Di' sì, e sparisce.",),
        "asked_all": (
            "Tutto? Sono {count} ricordi di te e quanto ci siamo detti finora, per sempre; i nostri messaggi "
            "potrai ancora leggerli. È sicuro? Di' sì, e dimentico tutto.",
        ),
        "done": ("È dimenticato.",),
        "done_all": ("Ho dimenticato tutto. Non so più niente di te.",),
        "kept": ("Va bene, lo tengo.",),
        "unknown": ("Non ricordo niente del genere, quindi non c'è niente da dimenticare.",),
    },
    "pt": {
        "asked": ("Queres mesmo que o esqueça para sempre? Diz sim, e desaparece.",),
        "asked_all": (
            "Tudo? São {count} memórias de ti e tudo o que dissemos até agora, para sempre; as nossas "
            "mensagens podes continuar a ler. Tens a certeza? Diz sim, e esqueço tudo.",
        ),
        "done": ("Está esquecido.",),
        "done_all": ("Está tudo esquecido. Já não sei nada de ti.",),
        "kept": ("Está bem, guardo-o.",),
        "unknown": ("Não me lembro de nada disso, por isso não há nada a esquecer.",),
    },
    "nl": {
        "asked": ("Moet ik dat echt voorgoed vergeten? Zeg ja, en het is weg.",),
        "asked_all": (
            "Alles? Dat zijn {count} herinneringen aan jou en alles wat we tot nu toe zeiden, voorgoed; onze "
            "berichten kun je nog lezen. Weet je het zeker? Zeg ja, en ik vergeet alles.",
        ),
        "done": ("Het is vergeten.",),
        "done_all": ("Alles is vergeten. Ik weet niets meer van je.",),
        "kept": ("Goed, ik onthoud het.",),
        "unknown": ("Zoiets herinner ik me niet, dus er is niets te vergeten.",),
    },
}


def about_forgetting(stage: str, language: str) -> tuple[str, ...]:
    """What can be said at a stage of `Prompt.forgetting`, with `{count}` to fill in; in English where the
    language has no words of its own for it."""
    return FORGETTING.get(language, FORGETTING["en"])[stage]
