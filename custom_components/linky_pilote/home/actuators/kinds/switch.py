"""What is on or off."""

from typing import Final

from homeassistant.const import STATE_OFF, STATE_ON

from ....engine.regulation.model import Level, Setting
from .row import Aim, Call, Kept, Row, Told, keep_state, power_call

COLD: Final = frozenset({Level.OFF, Level.FROST})


def _wants_on(aim: Aim, setting: Setting) -> bool | None:
    """Return whether an order is on; None: it says nothing."""
    if aim.load.load.heating is None:
        return setting.value > 0
    return None if setting.level is None else setting.level not in COLD


def read_switch(aim: Aim) -> Told:
    """Read an entity that is on or off; of a heater, as an order."""
    on = (aim.state.state == STATE_ON) != aim.load.inverted
    if aim.load.load.heating is not None:
        return Told(level=Level.COMFORT if on else Level.FROST)
    return Told(setting=float(on))


def write_switch(aim: Aim, setting: Setting) -> tuple[Call, ...]:
    """Return the calls that switch it as ordered."""
    on = _wants_on(aim, setting)
    if on is None:
        return ()
    return (power_call(aim.state.entity_id, on != aim.load.inverted),)


def switch_off(aim: Aim) -> Kept:
    """Return what gives it back off."""
    return {"state": STATE_ON if aim.load.inverted else STATE_OFF}


def give_switch_back(entity_id: str, kept: Kept) -> tuple[Call, ...]:
    """Return the calls that switch it as it was."""
    return (power_call(entity_id, kept["state"] == STATE_ON),)


SWITCH: Final = Row(
    read=read_switch,
    write=write_switch,
    keep=keep_state,
    give_back=give_switch_back,
    off=switch_off,
)
