"""A water heater with modes."""

from typing import Final

from homeassistant.const import ATTR_TEMPERATURE, STATE_OFF

from ....engine.regulation.model import Setting
from .row import Aim, Call, Kept, Row, Told, call, keep_state, power_call
from .switch import switch_off

_OPERATION_MODE: Final = "operation_mode"


def _read_water_heater(aim: Aim) -> Told:
    return Told(
        setting=float(aim.state.state != STATE_OFF),
        target=aim.state.attributes.get(ATTR_TEMPERATURE),
    )


def _write_water_heater(aim: Aim, setting: Setting) -> tuple[Call, ...]:
    return (power_call(aim.state.entity_id, setting.value > 0),)


def _give_water_heater_back(entity_id: str, kept: Kept) -> tuple[Call, ...]:
    if kept["state"] == STATE_OFF:
        return (power_call(entity_id, on=False),)
    mode = {_OPERATION_MODE: kept["state"]}
    return (
        power_call(entity_id, on=True),
        call(entity_id, "set_operation_mode", **mode),
    )


WATER_HEATER: Final = Row(
    read=_read_water_heater,
    write=_write_water_heater,
    keep=keep_state,
    give_back=_give_water_heater_back,
    off=switch_off,
)
