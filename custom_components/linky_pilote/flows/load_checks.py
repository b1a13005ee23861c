"""What is wrong with the answers about a load, and what is kept of its entity."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from homeassistant.core import State

from ..engine.regulation.model import Disinfection, Level
from ..home.actuators.phases import COUNTS, phase_options
from ..home.load import (
    CONF_COMFORT,
    CONF_DISINFECTION,
    CONF_ECO,
    CONF_FROST,
    CONF_HIGH,
    CONF_HIGHEST,
    CONF_LOW,
    CONF_MUST,
    CONF_PHASE_SWITCH,
    CONF_PHASES,
    CONF_SWITCH,
    CONF_TEMPERATURE_SENSOR,
    CONF_TO_SURPLUS,
    Behaviour,
)
from .load_forms import orders_of

_HOT_ENOUGH: Final = Disinfection().temperature
"""°C that a tank holds for an hour, and stops a little above."""
_SIX_ORDERS: Final = {level.value: level.value for level in Level}


def rounded(power: float | None) -> str:
    """Return W as a form says them."""
    return "?" if power is None else str(round(power))


def stored_orders(state: State) -> dict[str, str]:
    """Return what stands for the levels of a heater, as its sub-entry keeps it."""
    if state.domain == "light" and state.attributes.get("supported_color_modes"):
        dims = state.attributes["supported_color_modes"] != ["onoff"]
        return _SIX_ORDERS if dims else _switchstored_orders()
    if state.domain in ("climate", "select", "input_select"):
        return {level.value: option for level, option in orders_of(state).items()}
    return _switchstored_orders()


def _switchstored_orders() -> dict[str, str]:
    return {Level.COMFORT.value: "on", Level.FROST.value: "off"}


def wrong_order(behaviour: Behaviour, asked: Mapping[str, Any]) -> dict[str, str]:
    """Return the field whose temperature or value is below the one before it."""
    fields = {
        Behaviour.HEATING: (CONF_FROST, CONF_ECO, CONF_COMFORT),
        Behaviour.TANK: (CONF_MUST, CONF_ECO, CONF_TO_SURPLUS, CONF_HIGHEST),
        Behaviour.ADJUSTABLE: (CONF_LOW, CONF_HIGH),
        Behaviour.CHARGER: (CONF_LOW, CONF_HIGH),
    }.get(behaviour, ())
    for lower, higher in pairwise(fields):
        if asked[higher] < asked[lower]:
            return {higher: "too_low"}
    if asked.get(CONF_DISINFECTION) and asked[CONF_HIGHEST] <= _HOT_ENOUGH:
        return {CONF_HIGHEST: "too_cold_to_disinfect"}
    return {}


def cannot_stop(asked: Mapping[str, Any], state: State | None) -> dict[str, str]:
    """Return an error where nothing can stop an adjustable load."""
    numbers = state is not None and state.domain in ("number", "input_number")
    stops = asked.get(CONF_SWITCH) or (
        state is not None and float(state.attributes.get("min", 0)) <= 0
    )
    return {CONF_SWITCH: "cannot_stop"} if numbers and not stops else {}


def wrong_phases(
    asked: Mapping[str, Any], *, by_current: bool, switch: State | None
) -> dict[str, str]:
    """Return what is wrong with the phases of a load, in a home that has three.

    `by_current` tells that it is told amperes, `switch` what tells one phase from three.
    """
    chosen = asked.get(CONF_PHASES) or ()
    if by_current and not chosen:
        return {CONF_PHASES: "phases_unknown"}
    if not asked.get(CONF_PHASE_SWITCH):
        return {}
    if len(chosen) < max(COUNTS):
        return {CONF_PHASES: "not_three_phases"}
    told = () if switch is None else phase_options(switch)
    known = all(count in told for count in COUNTS)
    return {} if known else {CONF_PHASE_SWITCH: "no_phase_counts"}


def no_temperature(asked: Mapping[str, Any], state: State | None) -> dict[str, str]:
    """Return an error where nobody knows how warm a tank is."""
    if asked.get(CONF_TEMPERATURE_SENSOR):
        return {}
    known = state is not None and state.attributes.get("current_temperature")
    return {} if known is not None else {CONF_TEMPERATURE_SENSOR: "no_temperature"}
