"""A water heater with modes."""

from typing import Final

from homeassistant.components.water_heater.const import WaterHeaterEntityFeature
from homeassistant.const import ATTR_SUPPORTED_FEATURES, ATTR_TEMPERATURE, STATE_OFF
from homeassistant.core import State

from ....engine.regulation.model import Setting
from .row import Aim, Call, Kept, Row, Told, call, power_call

_OPERATION_MODE: Final = "operation_mode"
_OPERATION_LIST: Final = "operation_list"
_ALL: Final = int(
    WaterHeaterEntityFeature.ON_OFF | WaterHeaterEntityFeature.OPERATION_MODE
)


def _read_water_heater(aim: Aim) -> Told:
    return Told(
        setting=float(aim.state.state != STATE_OFF),
        target=aim.celsius(ATTR_TEMPERATURE),
    )


def stops(state: State) -> bool:
    """Tell whether it can be switched off, or has a mode for that."""
    return _switches(_features(state)) or STATE_OFF in _modes(state)


def _write_water_heater(aim: Aim, setting: Setting) -> tuple[Call, ...]:
    state, on = aim.state, setting.value > 0
    if _switches(_features(state)):
        return (power_call(state.entity_id, on),)
    had = None if aim.kept is None else aim.kept["state"]
    heating = [mode for mode in (had, *_modes(state)) if mode not in (None, STATE_OFF)]
    wanted = (
        heating[:1] if on else [mode for mode in _modes(state) if mode == STATE_OFF]
    )
    return tuple(_in_mode(state.entity_id, mode) for mode in wanted)


def _keep_water_heater(aim: Aim) -> Kept:
    return {"state": aim.state.state, "features": _features(aim.state)}


def _give_water_heater_back(entity_id: str, kept: Kept) -> tuple[Call, ...]:
    features, mode = kept.get("features", _ALL), kept["state"]
    calls: list[Call] = []
    if _switches(features):
        calls.append(power_call(entity_id, on=mode != STATE_OFF))
    if features & WaterHeaterEntityFeature.OPERATION_MODE and (
        mode != STATE_OFF or not calls
    ):
        calls.append(_in_mode(entity_id, mode))
    return tuple(calls)


def _in_mode(entity_id: str, mode: str) -> Call:
    return call(entity_id, "set_operation_mode", **{_OPERATION_MODE: mode})


def _features(state: State) -> int:
    return int(state.attributes.get(ATTR_SUPPORTED_FEATURES, _ALL))


def _switches(features: int) -> bool:
    return bool(features & WaterHeaterEntityFeature.ON_OFF)


def _modes(state: State) -> list[str]:
    return state.attributes.get(_OPERATION_LIST) or []


WATER_HEATER: Final = Row(
    read=_read_water_heater,
    write=_write_water_heater,
    keep=_keep_water_heater,
    give_back=_give_water_heater_back,
    off=lambda aim: _keep_water_heater(aim) | {"state": STATE_OFF},
)
