"""What makers call the orders of the pilot wire, as options of a select or as presets.

By the manuals and integrations of NodOn (SIN-4-FP-21), Heatzy (Pilote), Equation and
Adeo, Legrand (064882): the English and French names, with and without separators.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final
import unicodedata

from ...engine.regulation.model import Level

_NAMES: Final[Mapping[Level, frozenset[str]]] = {
    Level.COMFORT: frozenset({"comfort", "confort"}),
    Level.COMFORT_1: frozenset(
        {"comfort1", "confort1", "comfortminus1", "confortmoins1"}
    ),
    Level.COMFORT_2: frozenset(
        {"comfort2", "confort2", "comfortminus2", "confortmoins2"}
    ),
    Level.ECO: frozenset({"eco", "economy", "economique"}),
    Level.FROST: frozenset(
        {
            "antifreeze",
            "antifrost",
            "away",
            "frost",
            "frostprotection",
            "horsgel",
        }
    ),
    Level.OFF: frozenset({"arret", "off", "standby", "stop"}),
}
_LEVELS: Final = {name: level for level, names in _NAMES.items() for name in names}


def level_named(option: str) -> Level | None:
    """Return the level that an option stands for; None for what is no order."""
    return _LEVELS.get("".join(char for char in plain(option) if char.isalnum()))


def orders_among(options: Iterable[str]) -> dict[Level, str]:
    """Return the option of each level that some options have, the first of equals."""
    return first_named(options, level_named)


def plain(option: str) -> str:
    """Return an option in small letters, its accents apart."""
    return unicodedata.normalize("NFD", option.casefold())


def first_named[K](
    options: Iterable[str], named: Callable[[str], K | None]
) -> dict[K, str]:
    """Return the first option of all that stand for the same, by what that is."""
    found: dict[K, str] = {}
    for option in options:
        if (what := named(option)) is not None:
            found.setdefault(what, option)
    return found
