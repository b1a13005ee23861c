"""What the demo tells the person who started it, in French and in English."""

from collections.abc import Mapping
import locale
import os
from types import MappingProxyType

TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "fr": {
            "starting": "Home Assistant démarre (quelques secondes)…",
            "adding": "Recherche du compteur…",
            "ready": """
  La démonstration est prête :   {url}

  Aucune connexion à faire sur cette machine (sinon : {username} / {password}).
  Énergie : {url}/energy
  {house}{meter}
  Pour arrêter : Ctrl-C.
""",
            "virtual": (
                "Maison et compteur virtuels, {speed} ; tapez help pour ce qu’on peut leur faire."
            ),
            "house": "À essayer dans la maison virtuelle : {url}\n  ",
            "real": "Compteur réel sur {port}.",
            "speed_1": "en temps réel",
            "speed_n": "{speed:g} fois plus vite que le temps",
            "stopping": "Arrêt…",
            "stopped": "Arrêté.",
            "killed": "Home Assistant ne s’arrêtait pas : il a été tué.",
            "error": "Erreur : {error}",
            "port_taken": (
                "le port {port} est déjà pris : arrêtez l’autre programme ou donnez"
                " un autre --http-port."
            ),
            "folder_busy": "une démonstration tourne déjà dans {folder}.",
            "other_meter": (
                "{folder} contient un autre compteur ({differences}) : relancez avec"
                " --fresh pour repartir de zéro, ou donnez un autre --config."
            ),
            "too_slow": (
                "Home Assistant n’a pas fini de démarrer après {seconds:.0f} s. Fin de"
                " son journal ({console}) :\n{tail}"
            ),
            "no_meter": "le compteur n’a pas été trouvé. {reason}",
            "unhealthy": "le compteur n’est plus reçu, ou le journal se plaint :\n{why}",
            "no_faketime": (
                "libfaketime manque : sans elle, ni --speed ni --scenario. Debian et"
                " Ubuntu : apt install libfaketime. Ailleurs, la démonstration marche"
                " en temps réel."
            ),
            "not_live": "des entités du compteur sont indisponibles",
        },
        "en": {
            "starting": "Home Assistant is starting (some seconds)…",
            "adding": "Looking for the meter…",
            "ready": """
  The demonstration is ready:   {url}

  No log-in needed on this machine (otherwise: {username} / {password}).
  Energy: {url}/energy
  {house}{meter}
  To stop: Ctrl-C.
""",
            "virtual": "Virtual house and meter, {speed}; type help for what can be done to them.",
            "house": "What to try in the virtual house: {url}\n  ",
            "real": "Real meter on {port}.",
            "speed_1": "in real time",
            "speed_n": "{speed:g} times faster than time",
            "stopping": "Stopping…",
            "stopped": "Stopped.",
            "killed": "Home Assistant did not stop: it was killed.",
            "error": "Error: {error}",
            "port_taken": (
                "port {port} is taken: stop the other program, or give another"
                " --http-port."
            ),
            "folder_busy": "a demonstration is already running in {folder}.",
            "other_meter": (
                "{folder} holds another meter ({differences}): start with --fresh to"
                " begin anew, or give another --config."
            ),
            "too_slow": (
                "Home Assistant has not finished its start after {seconds:.0f} s. The"
                " end of its log ({console}):\n{tail}"
            ),
            "no_meter": "the meter was not found. {reason}",
            "unhealthy": "the meter is not heard, or the log complains:\n{why}",
            "no_faketime": (
                "libfaketime is missing: without it there is no --speed and no"
                " --scenario. Debian and Ubuntu: apt install libfaketime. Elsewhere the"
                " demonstration runs in real time."
            ),
            "not_live": "entities of the meter are unavailable",
        },
    }
)


def own_language() -> str:
    """Return the language of the person's terminal, as far as we speak it."""
    named = filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG")))
    code = next(named, "") or locale.getlocale()[0] or ""
    return "fr" if code.startswith(("fr", "French")) else "en"


class Speaker:
    """Prints the texts of one language."""

    def __init__(self, language: str) -> None:
        """English where a language is not known."""
        self._texts = TEXTS.get(language, TEXTS["en"])

    def text(self, name: str, **fields: object) -> str:
        """Return a text with its fields filled in."""
        return self._texts[name].format(**fields)

    def say(self, name: str, **fields: object) -> None:
        """Print a text."""
        print(self.text(name, **fields), flush=True)
