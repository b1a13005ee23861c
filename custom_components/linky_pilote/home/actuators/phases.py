"""On how many phases a charger is told to charge: a switch, or the options of a select.

A switch that is on means three. An option means one or three by the number or the word
in it; one that names both, or none, is left alone.
"""

from collections.abc import Mapping
import re
from types import MappingProxyType
from typing import Final

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import State

from .words import first_named, plain

COUNTS: Final = (1, 3)
_SWITCH: Final = MappingProxyType({1: STATE_OFF, 3: STATE_ON})
_WORDS: Final = (
    (1, ("1", "one", "single", "mono")),
    (3, ("3", "three", "triph")),
)


def count_named(option: str) -> int | None:
    """Return the number of phases that an option stands for."""
    letters = "".join(char for char in plain(option) if char.isascii())
    words = re.findall(r"\d+|[a-z]+", letters)
    named = {
        count
        for count, beginnings in _WORDS
        for word in words
        if (word in beginnings if word.isdigit() else word.startswith(beginnings))
    }
    return named.pop() if len(named) == 1 else None


def phases_told(state: State) -> int | None:
    """Return the number of phases that a charger is switched to; None: not said."""
    if state.domain in ("select", "input_select"):
        return count_named(state.state)
    return {name: count for count, name in _SWITCH.items()}.get(state.state)


def phase_option(state: State, count: int) -> str | None:
    """Return what its switch or selector is told for a number of phases."""
    return phase_options(state).get(count)


def phase_options(state: State) -> Mapping[int, str]:
    """Return what it can be told, by number of phases."""
    if state.domain in ("select", "input_select"):
        return first_named(state.attributes.get("options") or (), count_named)
    return _SWITCH
