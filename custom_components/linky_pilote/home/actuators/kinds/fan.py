"""A fan, at a share of its speed or on and off."""

from typing import Final

from homeassistant.const import STATE_ON

from ....engine.regulation.model import Setting
from .row import Aim, Call, Kept, Row, Told, call
from .switch import give_switch_back, read_switch, switch_off, write_switch


def _read_fan(aim: Aim) -> Told:
    if aim.load.load.modulation is None:
        return read_switch(aim)
    on = aim.state.state == STATE_ON
    return Told(setting=float(aim.state.attributes.get("percentage") or 0) * on)


def _write_fan(aim: Aim, setting: Setting) -> tuple[Call, ...]:
    if aim.load.load.modulation is None:
        return write_switch(aim, setting)
    percent = round(setting.value)
    return (call(aim.state.entity_id, "set_percentage", percentage=percent),)


def _keep_fan(aim: Aim) -> Kept:
    return {
        "state": aim.state.state,
        "percentage": aim.state.attributes.get("percentage"),
    }


def _give_fan_back(entity_id: str, kept: Kept) -> tuple[Call, ...]:
    if kept["state"] != STATE_ON or not kept.get("percentage"):
        return give_switch_back(entity_id, kept)
    return (call(entity_id, "set_percentage", percentage=kept["percentage"]),)


FAN: Final = Row(
    read=_read_fan,
    write=_write_fan,
    keep=_keep_fan,
    give_back=_give_fan_back,
    off=switch_off,
)
