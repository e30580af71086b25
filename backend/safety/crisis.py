"""The crisis notice: where help is, in the user's language, for their country. Pure functions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Resource:
    """Somebody to turn to: a name, and how to reach them (a number or an address)."""

    name: str
    contact: str


@dataclass(frozen=True, slots=True)
class CrisisNotice:
    """`text` to show, and whom to contact, the nearest first."""

    text: str
    resources: tuple[Resource, ...]


Resources = Mapping[str, tuple[Resource, ...]]

ANYWHERE = Resource("Find A Helpline", "https://findahelpline.com")

# National lines as they publish themselves; whoever runs Keepsake checks them for their country.
RESOURCES: Resources = {
    "AU": (Resource("Lifeline", "13 11 14"),),
    "CA": (Resource("Suicide Crisis Helpline", "988"),),
    "DE": (Resource("TelefonSeelsorge", "0800 111 0 111"),),
    "ES": (Resource("Línea 024", "024"),),
    "FR": (Resource("Numéro national de prévention du suicide", "3114"),),
    "GB": (Resource("Samaritans", "116 123"),),
    "IE": (Resource("Samaritans", "116 123"),),
    "NL": (Resource("113 Zelfmoordpreventie", "113"),),
    "NZ": (Resource("1737", "1737"),),
    "US": (Resource("988 Suicide & Crisis Lifeline", "988"),),
}

TEXTS: Mapping[str, str] = {
    "en": "It sounds as if you are going through something very hard. You don't have to face it"
    " alone. If you are in danger now, call your local emergency number. These people listen, free"
    " and in confidence:",
    "de": "Es klingt, als wäre gerade alles sehr schwer. Du musst da nicht allein durch. Wenn du"
    " jetzt in Gefahr bist, ruf den örtlichen Notruf. Hier hört dir jemand zu, kostenlos und"
    " vertraulich:",
    "es": "Parece que estás pasando por algo muy difícil. No tienes que afrontarlo a solas. Si"
    " corres peligro ahora, llama al número de emergencias de tu país. Aquí te escuchan, gratis y"
    " en confianza:",
    "fr": "On dirait que tu traverses quelque chose de très dur. Tu n'as pas à l'affronter seul·e."
    " Si tu es en danger maintenant, appelle le numéro d'urgence de ton pays. Ici, on t'écoute,"
    " gratuitement et en toute confidentialité :",
    "it": "Sembra che tu stia attraversando un momento molto difficile. Non devi affrontarlo da"
    " solo. Se sei in pericolo adesso, chiama il numero di emergenza del tuo Paese. Qui trovi chi"
    " ti ascolta, gratis e in modo riservato:",
    "nl": "Het klinkt alsof je iets heel zwaars doormaakt. Je hoeft dat niet alleen te dragen. Ben"
    " je nu in gevaar, bel dan het alarmnummer. Hier luistert iemand, gratis en vertrouwelijk:",
    "pt": "Parece que você está passando por algo muito difícil. Você não precisa enfrentar isso"
    " sem ajuda. Se está em perigo agora, ligue para o número de emergência do seu país. Aqui"
    " alguém escuta você, de graça e em sigilo:",
}


def crisis_notice(
    language: str = "en",
    country: str = "",
    *,
    resources: Resources = RESOURCES,
    texts: Mapping[str, str] = TEXTS,
) -> CrisisNotice:
    """The notice for a language (`de`, `de-AT`) and country (`AT`); one not known gets the English
    text and the directory of helplines of all countries, which every notice ends with."""
    text = texts.get(language.split("-")[0].lower(), texts["en"])
    return CrisisNotice(text, (*resources.get(country.upper(), ()), ANYWHERE))


def read_resources(text: str) -> Resources:
    """Contacts of one's own over the built-in ones: JSON {country: [{name, contact}]}.

    Raises:
        ConfigurationError: it isn't that.
    """
    try:
        own: dict[str, list[dict[str, Any]]] = json.loads(text)
        return {
            **RESOURCES,
            **{
                country.upper(): tuple(Resource(str(e["name"]), str(e["contact"])) for e in entries)
                for country, entries in own.items()
            },
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            "The crisis resources can't be read; write them as"
            ' {"US": [{"name": "988 Suicide & Crisis Lifeline", "contact": "988"}]}.'
        ) from error
