"""A dimmer, also one that tells a pilot wire its orders."""

from typing import Final

from homeassistant.components.light.const import ATTR_BRIGHTNESS
from homeassistant.const import STATE_ON

from ....engine.regulation.model import Level, Setting
from ...load import Behaviour
from .row import Aim, Call, Kept, Row, Told, call, power_call
from .switch import give_switch_back, read_switch, switch_off, write_switch

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
    return read_switch(aim)


def _write_light(aim: Aim, setting: Setting) -> tuple[Call, ...]:
    entity_id, load = aim.state.entity_id, aim.load
    if load.load.modulation is not None:
        if setting.value == 0:
            return (power_call(entity_id, on=False),)
        return (call(entity_id, "turn_on", brightness_pct=round(setting.value)),)
    if load.behaviour is Behaviour.HEATING and len(load.orders) > 2:
        sent = {level: percent for level, _, percent in _BANDS}
        if setting.level is None:
            return ()
        return (call(entity_id, "turn_on", brightness_pct=sent[setting.level]),)
    return write_switch(aim, setting)


def _keep_light(aim: Aim) -> Kept:
    return {
        "state": aim.state.state,
        "brightness": aim.state.attributes.get(ATTR_BRIGHTNESS),
    }


def _give_light_back(entity_id: str, kept: Kept) -> tuple[Call, ...]:
    if kept["state"] != STATE_ON or not kept.get("brightness"):
        return give_switch_back(entity_id, kept)
    return (call(entity_id, "turn_on", brightness=kept["brightness"]),)


LIGHT: Final = Row(
    read=_read_light,
    write=_write_light,
    keep=_keep_light,
    give_back=_give_light_back,
    off=switch_off,
)
