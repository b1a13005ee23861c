"""Who a meter is, and how it is called until the user calls it something else.

The unique id of its entry is its number. Where nobody says that, it is what tells the
place from others, and becomes the number as soon as one is known.
"""

from typing import Final

from ..engine.tic import MeterIdentity, identify

_TOPIC: Final = "mqtt:"
_SENSOR: Final = "sensor:"


def unique_id_of(number: str | None, place: str) -> str:
    """Return the unique id of a meter that is heard at the place with a key."""
    return number or place


def number_of(unique_id: str | None) -> str | None:
    """Return the number of a meter by its unique id, if it has said one."""
    no_number = not unique_id or unique_id.startswith((_TOPIC, _SENSOR))
    return None if no_number else unique_id


def default_title(unique_id: str) -> str:
    """Name a meter by its kind and its last digits, or by its topic."""
    if unique_id.startswith(_SENSOR):
        return "Linky"
    if (number := number_of(unique_id)) is None:
        return f"Linky ({unique_id.removeprefix(_TOPIC)})"
    return f"{_kind(identify(number))} {number[-4:]}"


def title_after(title: str, old: str | None, new: str) -> str:
    """Return the title when another unique id has taken the place of the old one."""
    return default_title(new) if old and title == default_title(old) else title


def _kind(identity: MeterIdentity) -> str:
    """Name a meter: most are Linkys, others go by their maker."""
    if identity.model is None or identity.model.startswith("Linky"):
        return "Linky"
    return identity.maker or "Linky"
