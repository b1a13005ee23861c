"""A thermostat, by setpoint, preset or mode; one that cools is never told to."""

from typing import Final

from homeassistant.components.climate.const import (
    ATTR_CURRENT_TEMPERATURE,
    ATTR_HVAC_ACTION,
    ATTR_HVAC_MODE,
    ATTR_HVAC_MODES,
    ATTR_MAX_TEMP,
    ATTR_MIN_TEMP,
    ATTR_PRESET_MODE,
    ATTR_PRESET_MODES,
    PRESET_NONE,
    HVACAction,
    HVACMode,
)
from homeassistant.const import ATTR_TEMPERATURE
from homeassistant.core import State

from ....engine.regulation.model import Level, Setting
from .row import Aim, Call, Kept, Row, Told, call, power_call, told_by_option
from .switch import COLD

_NO_HEAT: Final = frozenset({HVACMode.COOL, HVACMode.DRY, HVACMode.FAN_ONLY})
"""Modes of a reversible unit in which a low setpoint is an order to cool."""

_EITHER: Final = frozenset({HVACMode.AUTO, HVACMode.HEAT_COOL})
_COOLS: Final = frozenset({HVACAction.COOLING, HVACAction.DRYING, HVACAction.FAN})
"""What it does in a mode that may be either."""


def _level_of(aim: Aim, target: float | None) -> Level | None:
    """Return the level whose temperature is nearest to a setpoint."""
    heating = aim.load.load.heating
    if heating is None or target is None:
        return None
    targets = {
        Level.FROST: heating.frost,
        Level.ECO: heating.eco,
        Level.COMFORT: heating.comfort,
    }
    return min(targets, key=lambda level: abs(targets[level] - target))


def _read_climate(aim: Aim) -> Told:
    state, load = aim.state, aim.load
    target = aim.celsius(ATTR_TEMPERATURE)
    if load.load.heating is None:
        return Told(setting=float(state.state != HVACMode.OFF), target=target)
    if state.state == HVACMode.OFF:
        return Told(level=Level.FROST if _cooled(aim) else Level.OFF)
    if _cools(state):
        return Told(level=Level.COMFORT)
    if load.orders:
        preset = state.attributes.get(ATTR_PRESET_MODE)
        return told_by_option(load.orders, preset)._replace(target=target)
    return Told(level=_level_of(aim, target), target=target)


def _write_climate(aim: Aim, setting: Setting) -> tuple[Call, ...]:
    state, load = aim.state, aim.load
    entity_id, modes = state.entity_id, state.attributes.get(ATTR_HVAC_MODES) or []
    if load.load.heating is None:
        off = () if setting.value else _mode(entity_id, HVACMode.OFF, modes)
        return off or (power_call(entity_id, setting.value > 0),)
    level = setting.level
    if level is None:
        return ()
    if _cools(state):
        # What cools is stopped, and never told a low temperature
        return _mode(entity_id, HVACMode.OFF, modes) if level in COLD else ()
    if aim.kept is not None and _cooled(aim):
        warm = level not in COLD and state.state == HVACMode.OFF
        return _give_climate_back(entity_id, aim.kept) if warm else ()
    if level is Level.OFF:
        return _mode(entity_id, HVACMode.OFF, modes)
    calls: tuple[Call, ...] = ()
    if state.state != HVACMode.HEAT:
        calls = _mode(entity_id, HVACMode.HEAT, modes)
    if load.orders:
        if level not in load.orders:
            return ()
        preset = load.orders[level]
        return (*calls, call(entity_id, "set_preset_mode", preset_mode=preset))
    if setting.target is None:
        return ()
    target = aim.in_unit(reachable(aim, setting.target))
    return (*calls, call(entity_id, "set_temperature", temperature=target))


def reachable(aim: Aim, target: float) -> float:
    """Return the setpoint in °C nearest to one that a thermostat can have."""
    low, high = aim.celsius(ATTR_MIN_TEMP), aim.celsius(ATTR_MAX_TEMP)
    target = target if low is None else max(target, low)
    return target if high is None else min(target, high)


def _cools(state: State) -> bool:
    """Tell whether it cools, or does so in the mode that it is in.

    One that does not say what it does cools what is warmer than its setpoint.
    """
    if state.state not in _EITHER:
        return state.state in _NO_HEAT
    said = state.attributes
    if (does := said.get(ATTR_HVAC_ACTION)) is not None:
        return does in _COOLS
    now, target = said.get(ATTR_CURRENT_TEMPERATURE), said.get(ATTR_TEMPERATURE)
    can = HVACMode.COOL in (said.get(ATTR_HVAC_MODES) or ())
    return can and now is not None and target is not None and bool(now > target)


def _cooled(aim: Aim) -> bool:
    """Tell whether it cooled before we changed it.

    What may do either is switched off for that reason alone.
    """
    had = None if aim.kept is None else aim.kept.get(ATTR_HVAC_MODE)
    return had in _NO_HEAT or (had in _EITHER and aim.state.state == HVACMode.OFF)


def _mode(entity_id: str, mode: HVACMode, modes: list[str]) -> tuple[Call, ...]:
    if mode not in modes:
        return ()
    return (call(entity_id, "set_hvac_mode", hvac_mode=mode),)


def _keep_climate(aim: Aim) -> Kept:
    attributes = aim.state.attributes
    preset = attributes.get(ATTR_PRESET_MODE)
    # some show a preset that they do not take
    taken = preset in (attributes.get(ATTR_PRESET_MODES) or ())
    return {
        ATTR_HVAC_MODE: aim.state.state,
        ATTR_PRESET_MODE: preset if taken else None,
        ATTR_TEMPERATURE: attributes.get(ATTR_TEMPERATURE),
    }


def _give_climate_back(entity_id: str, kept: Kept) -> tuple[Call, ...]:
    calls = [call(entity_id, "set_hvac_mode", hvac_mode=kept[ATTR_HVAC_MODE])]
    if kept[ATTR_HVAC_MODE] == HVACMode.OFF:
        return tuple(calls)
    if (target := kept[ATTR_TEMPERATURE]) is not None:
        calls.append(call(entity_id, "set_temperature", temperature=target))
    if (preset := kept[ATTR_PRESET_MODE]) is not None:
        # one that is still shown is not taken again; to leave one may set a temperature
        place = 1 if preset == PRESET_NONE else len(calls)
        chosen = call(entity_id, "set_preset_mode", preset_mode=preset)
        calls.insert(place, chosen)
    return tuple(calls)


CLIMATE: Final = Row(
    read=_read_climate,
    write=_write_climate,
    keep=_keep_climate,
    give_back=_give_climate_back,
    off=lambda aim: _keep_climate(aim) | {ATTR_HVAC_MODE: HVACMode.OFF},
)
