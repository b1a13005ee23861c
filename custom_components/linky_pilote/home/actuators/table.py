"""Kind of entity → what it says, the service calls of an order, what to give back.

One row a domain. Nothing here calls a service: a row returns the calls, in order.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from homeassistant.components.climate.const import (
    ATTR_CURRENT_TEMPERATURE,
    ATTR_HVAC_MODE,
    ATTR_HVAC_MODES,
    ATTR_MAX_TEMP,
    ATTR_MIN_TEMP,
    ATTR_PRESET_MODE,
    HVACMode,
)
from homeassistant.components.light.const import ATTR_BRIGHTNESS
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_TEMPERATURE,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import State

from ...engine.regulation.model import Level, Setting
from ..load import Behaviour, HomeLoad
from .phases import phase_option, phases_told

_SILENT: Final = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})
_COLD: Final = frozenset({Level.OFF, Level.FROST})
_NO_HEAT: Final = frozenset({HVACMode.COOL, HVACMode.DRY, HVACMode.FAN_ONLY})
"""Modes of a reversible unit in which a low setpoint is an order to cool."""

_BRIGHTNESS: Final = 255.0
_BANDS: Final = (
    (Level.OFF, 10, 5),
    (Level.FROST, 20, 15),
    (Level.ECO, 30, 25),
    (Level.COMFORT_2, 40, 35),
    (Level.COMFORT_1, 50, 45),
    (Level.COMFORT, 100, 99),
)
"""Level, its highest brightness and the one to send, in % (manual of Qubino's Flush
pilot wire): it takes a dimmer's level for an order."""

type Kept = dict[str, Any]
"""What an entity had before it was changed, as JSON can hold it."""


class Call(NamedTuple):
    """A service call on the controlled entity, or on the switch beside it."""

    domain: str
    service: str
    data: Mapping[str, Any]


class Told(NamedTuple):
    """What an entity says it was told."""

    setting: float | None = None
    """Value in the load's unit; 0 is off and 1 on where it cannot be set."""
    level: Level | None = None
    target: float | None = None
    """°C."""
    phases: int | None = None
    """How many a charger is switched to, where it can be."""


class Aim(NamedTuple):
    """The entities that an order goes to, and what they say now."""

    load: HomeLoad
    state: State
    switch: State | None
    kept: Kept | None
    """What the entity had before we changed it, if we did."""
    phase_switch: State | None = None
    """Tells a charger one phase from three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How a kind of entity is read, commanded and given back."""

    read: Callable[[Aim], Told]
    write: Callable[[Aim, Setting], tuple[Call, ...]]
    keep: Callable[[Aim], Kept]
    give_back: Callable[[str, Kept], tuple[Call, ...]]
    off: Callable[[Aim], Kept]
    """What to give back instead where the load only ran on surplus."""


def says_something(state: State | None) -> bool:
    """Tell whether an entity is there and has a state."""
    return state is not None and state.state not in _SILENT


def row_of(entity_id: str) -> Row:
    """Return the row of an entity."""
    return TABLE[entity_id.partition(".")[0]]


def _call(entity_id: str, service: str, **data: Any) -> Call:
    domain = entity_id.partition(".")[0]
    return Call(domain, service, {ATTR_ENTITY_ID: entity_id, **data})


# --- on and off ---


def _power_call(entity_id: str, on: bool) -> Call:
    return _call(entity_id, "turn_on" if on else "turn_off")


def _wants_on(aim: Aim, setting: Setting) -> bool | None:
    """Return whether an order is on; None: it says nothing."""
    if aim.load.load.heating is None:
        return setting.value > 0
    return None if setting.level is None else setting.level not in _COLD


def _read_switch(aim: Aim) -> Told:
    on = (aim.state.state == STATE_ON) != aim.load.inverted
    if aim.load.load.heating is not None:
        return Told(level=Level.COMFORT if on else Level.FROST)
    return Told(setting=float(on))


def _write_switch(aim: Aim, setting: Setting) -> tuple[Call, ...]:
    on = _wants_on(aim, setting)
    if on is None:
        return ()
    return (_power_call(aim.state.entity_id, on != aim.load.inverted),)


def _keep_state(aim: Aim) -> Kept:
    return {"state": aim.state.state}


def _switch_off(aim: Aim) -> Kept:
    return {"state": STATE_ON if aim.load.inverted else STATE_OFF}


def _give_switch_back(entity_id: str, kept: Kept) -> tuple[Call, ...]:
    return (_power_call(entity_id, kept["state"] == STATE_ON),)


# --- a value ---


def _read_number(aim: Aim) -> Told:
    stopped = aim.switch is not None and aim.switch.state == STATE_OFF
    return Told(
        setting=0.0 if stopped else float(aim.state.state),
        phases=phases_told(aim.phase_switch) if aim.phase_switch else None,
    )


def _write_number(aim: Aim, setting: Setting) -> tuple[Call, ...]:
    switch, entity_id = aim.switch, aim.state.entity_id
    stop = _stop(entity_id, None if switch is None else switch.entity_id)
    if setting.value == 0:
        return (stop,)
    on = switch is None or switch.state == STATE_ON
    calls = _call_phases(aim, setting)
    if calls and on:  # no contact is switched under load
        calls, on = (stop, *calls), switch is None
    calls = (*calls, _call(entity_id, "set_value", value=setting.value))
    if switch is None or on:
        return calls
    return (*calls, _power_call(switch.entity_id, on=True))


def _stop(entity_id: str, switch: str | None) -> Call:
    if switch is None:
        return _call(entity_id, "set_value", value=0.0)
    return _power_call(switch, on=False)


def _call_phases(aim: Aim, setting: Setting) -> tuple[Call, ...]:
    """Return the call that switches a charger to other phases, if that is ordered."""
    state, count = aim.phase_switch, setting.phases
    if state is None or count is None or phases_told(state) == count:
        return ()
    option = phase_option(state, count)
    return () if option is None else (_choose(state.entity_id, option),)


def _choose(entity_id: str, option: str) -> Call:
    """Return the call that gives a switch or a selector a state."""
    if entity_id.partition(".")[0] in ("select", "input_select"):
        return _call(entity_id, "select_option", option=option)
    return _power_call(entity_id, on=option == STATE_ON)


def _keep_number(aim: Aim) -> Kept:
    kept: Kept = {"value": float(aim.state.state)}
    if aim.switch is not None:
        kept["switch"] = [aim.switch.entity_id, aim.switch.state]
    if says_something(phases := aim.phase_switch) and phases is not None:
        kept["phases"] = [phases.entity_id, phases.state]
    return kept


def _number_off(aim: Aim) -> Kept:
    kept = _keep_number(aim)
    if aim.switch is None:
        return kept | {"value": 0.0}
    return kept | {"switch": [aim.switch.entity_id, STATE_OFF]}


def _give_number_back(entity_id: str, kept: Kept) -> tuple[Call, ...]:
    switch, state = kept.get("switch", (None, None))
    calls: tuple[Call, ...] = (_call(entity_id, "set_value", value=kept["value"]),)
    if "phases" in kept:
        calls = (_stop(entity_id, switch), _choose(*kept["phases"]), *calls)
    if switch is None:
        return calls
    return (*calls, _power_call(switch, on=state == STATE_ON))


# --- a select ---


def _read_select(aim: Aim) -> Told:
    levels = {option: level for level, option in aim.load.orders.items()}
    return Told(level=levels.get(aim.state.state))


def _write_select(aim: Aim, setting: Setting) -> tuple[Call, ...]:
    option = aim.load.orders.get(setting.level) if setting.level else None
    if option is None:
        return ()
    return (_call(aim.state.entity_id, "select_option", option=option),)


def _give_select_back(entity_id: str, kept: Kept) -> tuple[Call, ...]:
    return (_call(entity_id, "select_option", option=kept["state"]),)


# --- a light ---


def _percent(aim: Aim) -> float:
    if aim.state.state != STATE_ON:
        return 0.0
    return round(100 * (aim.state.attributes.get(ATTR_BRIGHTNESS) or 0) / _BRIGHTNESS)


def _read_light(aim: Aim) -> Told:
    load = aim.load
    if load.load.modulation is not None:
        return Told(setting=_percent(aim))
    if load.behaviour is Behaviour.HEATING and len(load.orders) > 2:
        shown = _percent(aim)
        return Told(level=next(level for level, top, _ in _BANDS if shown <= top))
    return _read_switch(aim)


def _write_light(aim: Aim, setting: Setting) -> tuple[Call, ...]:
    entity_id, load = aim.state.entity_id, aim.load
    if load.load.modulation is not None:
        if setting.value == 0:
            return (_power_call(entity_id, on=False),)
        return (_call(entity_id, "turn_on", brightness_pct=round(setting.value)),)
    if load.behaviour is Behaviour.HEATING and len(load.orders) > 2:
        sent = {level: percent for level, _, percent in _BANDS}
        if setting.level is None:
            return ()
        return (_call(entity_id, "turn_on", brightness_pct=sent[setting.level]),)
    return _write_switch(aim, setting)


def _keep_light(aim: Aim) -> Kept:
    return {
        "state": aim.state.state,
        "brightness": aim.state.attributes.get(ATTR_BRIGHTNESS),
    }


def _give_light_back(entity_id: str, kept: Kept) -> tuple[Call, ...]:
    if kept["state"] != STATE_ON or not kept.get("brightness"):
        return _give_switch_back(entity_id, kept)
    return (_call(entity_id, "turn_on", brightness=kept["brightness"]),)


# --- a fan ---


def _read_fan(aim: Aim) -> Told:
    if aim.load.load.modulation is None:
        return _read_switch(aim)
    on = aim.state.state == STATE_ON
    return Told(setting=float(aim.state.attributes.get("percentage") or 0) * on)


def _write_fan(aim: Aim, setting: Setting) -> tuple[Call, ...]:
    if aim.load.load.modulation is None:
        return _write_switch(aim, setting)
    percent = round(setting.value)
    return (_call(aim.state.entity_id, "set_percentage", percentage=percent),)


def _keep_fan(aim: Aim) -> Kept:
    return {
        "state": aim.state.state,
        "percentage": aim.state.attributes.get("percentage"),
    }


def _give_fan_back(entity_id: str, kept: Kept) -> tuple[Call, ...]:
    if kept["state"] != STATE_ON or not kept.get("percentage"):
        return _give_switch_back(entity_id, kept)
    return (_call(entity_id, "set_percentage", percentage=kept["percentage"]),)


# --- a thermostat ---


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
    target = state.attributes.get(ATTR_TEMPERATURE)
    if load.load.heating is None:
        return Told(setting=float(state.state != HVACMode.OFF), target=target)
    if state.state == HVACMode.OFF:
        return Told(level=Level.FROST if _cooled(aim) else Level.OFF)
    if state.state in _NO_HEAT:
        return Told(level=Level.COMFORT)
    if load.orders:
        preset = state.attributes.get(ATTR_PRESET_MODE)
        levels = {option: level for level, option in load.orders.items()}
        return Told(level=levels.get(preset or ""), target=target)
    return Told(level=_level_of(aim, target), target=target)


def _write_climate(aim: Aim, setting: Setting) -> tuple[Call, ...]:
    state, load = aim.state, aim.load
    entity_id, modes = state.entity_id, state.attributes.get(ATTR_HVAC_MODES) or []
    if load.load.heating is None:
        return (_power_call(entity_id, setting.value > 0),)
    level = setting.level
    if level is None:
        return ()
    if state.state in _NO_HEAT:
        # What cools is stopped, and never told a low temperature
        return _mode(entity_id, HVACMode.OFF, modes) if level in _COLD else ()
    if aim.kept is not None and _cooled(aim):
        warm = level not in _COLD and state.state == HVACMode.OFF
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
        return (*calls, _call(entity_id, "set_preset_mode", preset_mode=preset))
    if setting.target is None:
        return ()
    low, high = state.attributes[ATTR_MIN_TEMP], state.attributes[ATTR_MAX_TEMP]
    target = min(max(setting.target, low), high)
    return (*calls, _call(entity_id, "set_temperature", temperature=target))


def _cooled(aim: Aim) -> bool:
    """Tell whether it cooled before we changed it."""
    return aim.kept is not None and aim.kept.get(ATTR_HVAC_MODE) in _NO_HEAT


def _mode(entity_id: str, mode: HVACMode, modes: list[str]) -> tuple[Call, ...]:
    if mode not in modes:
        return ()
    return (_call(entity_id, "set_hvac_mode", hvac_mode=mode),)


def _keep_climate(aim: Aim) -> Kept:
    attributes = aim.state.attributes
    return {
        ATTR_HVAC_MODE: aim.state.state,
        ATTR_PRESET_MODE: attributes.get(ATTR_PRESET_MODE),
        ATTR_TEMPERATURE: attributes.get(ATTR_TEMPERATURE),
    }


def _give_climate_back(entity_id: str, kept: Kept) -> tuple[Call, ...]:
    calls = [_call(entity_id, "set_hvac_mode", hvac_mode=kept[ATTR_HVAC_MODE])]
    if kept[ATTR_HVAC_MODE] == HVACMode.OFF:
        return tuple(calls)
    if (preset := kept[ATTR_PRESET_MODE]) is not None:
        calls.append(_call(entity_id, "set_preset_mode", preset_mode=preset))
    if (target := kept[ATTR_TEMPERATURE]) is not None and preset in (None, "none"):
        calls.append(_call(entity_id, "set_temperature", temperature=target))
    return tuple(calls)


# --- a water heater ---

_OPERATION_MODE: Final = "operation_mode"


def _read_water_heater(aim: Aim) -> Told:
    return Told(
        setting=float(aim.state.state != STATE_OFF),
        target=aim.state.attributes.get(ATTR_TEMPERATURE),
    )


def _write_water_heater(aim: Aim, setting: Setting) -> tuple[Call, ...]:
    return (_power_call(aim.state.entity_id, setting.value > 0),)


def _give_water_heater_back(entity_id: str, kept: Kept) -> tuple[Call, ...]:
    if kept["state"] == STATE_OFF:
        return (_power_call(entity_id, on=False),)
    mode = {_OPERATION_MODE: kept["state"]}
    return (
        _power_call(entity_id, on=True),
        _call(entity_id, "set_operation_mode", **mode),
    )


# --- a script: it is told what to do, and says nothing ---


def _write_script(aim: Aim, setting: Setting) -> tuple[Call, ...]:
    variables = {
        "on": setting.value > 0,
        "power": round(setting.power),
        "value": setting.value,
        "level": setting.level,
        "target": setting.target,
    }
    return (_call(aim.state.entity_id, "turn_on", variables=variables),)


def _give_script_back(entity_id: str, kept: Kept) -> tuple[Call, ...]:
    return (_call(entity_id, "turn_on", variables={"give_back": True}),)


_SWITCH: Final = Row(
    read=_read_switch,
    write=_write_switch,
    keep=_keep_state,
    give_back=_give_switch_back,
    off=_switch_off,
)
_NUMBER: Final = Row(
    read=_read_number,
    write=_write_number,
    keep=_keep_number,
    give_back=_give_number_back,
    off=_number_off,
)
_SELECT: Final = Row(
    read=_read_select,
    write=_write_select,
    keep=_keep_state,
    give_back=_give_select_back,
    off=_keep_state,  # heaters alone have one, and no surplus of their own
)

TABLE: Final[Mapping[str, Row]] = {
    "switch": _SWITCH,
    "input_boolean": _SWITCH,
    "humidifier": _SWITCH,
    "number": _NUMBER,
    "input_number": _NUMBER,
    "select": _SELECT,
    "input_select": _SELECT,
    "light": Row(
        read=_read_light,
        write=_write_light,
        keep=_keep_light,
        give_back=_give_light_back,
        off=_switch_off,
    ),
    "fan": Row(
        read=_read_fan,
        write=_write_fan,
        keep=_keep_fan,
        give_back=_give_fan_back,
        off=_switch_off,
    ),
    "climate": Row(
        read=_read_climate,
        write=_write_climate,
        keep=_keep_climate,
        give_back=_give_climate_back,
        off=lambda aim: _keep_climate(aim) | {ATTR_HVAC_MODE: HVACMode.OFF},
    ),
    "water_heater": Row(
        read=_read_water_heater,
        write=_write_water_heater,
        keep=_keep_state,
        give_back=_give_water_heater_back,
        off=_switch_off,
    ),
    "script": Row(
        read=lambda aim: Told(),
        write=_write_script,
        keep=lambda aim: {},
        give_back=_give_script_back,
        off=lambda aim: {},
    ),
}

CONTROLLABLE: Final = tuple(TABLE)
"""Domains of what a load may be."""

MEASURES_TEMPERATURE: Final = {
    "climate": ATTR_CURRENT_TEMPERATURE,
    "water_heater": ATTR_CURRENT_TEMPERATURE,
}
"""Attribute that says how warm it is there, for a load without a sensor of its own."""
