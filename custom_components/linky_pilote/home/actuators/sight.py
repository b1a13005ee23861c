"""What the entities of a load say now."""

from dataclasses import replace
from typing import Final

from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant, State

from ...engine.regulation.model import Level, Setting
from ...entity_ids import resolve
from ...measures import celsius
from ..load import Behaviour, HomeLoad
from .kinds.climate import reachable
from .kinds.row import Aim, Kept, Told, says_something
from .table import MEASURES_TEMPERATURE, row_of

_SAME_TARGET: Final = 0.1
"""K."""


def aim_of(
    hass: HomeAssistant,
    load: HomeLoad,
    *,
    said: State | None = None,
    kept: Kept | None = None,
) -> Aim | None:
    """Return what an order goes to; None while it is not there.

    `said` is what one of its entities said at that moment, `kept` what the load had
    before it was changed.
    """

    def state_of(stored: str | None) -> State | None:
        entity_id = resolve(hass, stored)
        if said is not None and said.entity_id == entity_id:
            return said
        return hass.states.get(entity_id) if entity_id else None

    state = state_of(load.entity)
    if state is None or not says_something(state):
        return None
    switch = state_of(load.switch)
    if load.switch is not None and not says_something(switch):
        return None  # it could not be stopped, nor given back
    return Aim(
        load=load,
        state=state,
        switch=switch,
        kept=kept,
        phase_switch=state_of(load.phase_switch),
        unit=hass.config.units.temperature_unit,
    )


def read(aim: Aim, ordered: Setting | None) -> Told:
    """Return what an entity says; the setpoint that was ordered is its level.

    One that it cannot have is the nearest that it can: many a heat pump begins at 16 °C.
    """
    told = row_of(aim.state.entity_id).read(aim)
    if told.foreign and ordered is not None and ordered.level is told.level:
        return told._replace(
            level=Level.ECO
        )  # whatever it does, it is not what was ordered
    if ordered is None or aim.load.orders or None in (told.level, ordered.target):
        return told
    if _near(told.target, within_reach(aim, ordered).target):
        return told._replace(level=ordered.level)
    return told


def within_reach(aim: Aim, ordered: Setting) -> Setting:
    """Return an order with the setpoint that an entity can have."""
    if ordered.target is None:
        return ordered
    return replace(ordered, target=reachable(aim, ordered.target))


def temperature_of(hass: HomeAssistant, aim: Aim) -> float | None:
    """Return the °C that it measures, or the sensor beside it."""
    if aim.load.temperature_sensor is not None:
        return celsius(hass, aim.load.temperature_sensor)
    attribute = MEASURES_TEMPERATURE.get(aim.state.domain)
    return aim.celsius(attribute) if attribute else None


def is_connected(hass: HomeAssistant, aim: Aim, told: Told, *, changed: bool) -> bool:
    """Tell whether it is there to be used: what a person left off stays off.

    `changed` tells that it has been changed by us.
    """
    load = aim.load
    if load.behaviour is Behaviour.APPLIANCE:
        return bool(told.setting) or (changed and _was_on(aim))
    if load.load.heating is not None and told.level is Level.OFF:
        return changed
    plug = resolve(hass, load.connected)
    state = hass.states.get(plug) if plug else None
    # whoever says nothing for a while is not told to stop
    return state is None or not says_something(state) or state.state == STATE_ON


def _was_on(aim: Aim) -> bool:
    """Tell whether an appliance was on before it was shed."""
    if aim.kept is None:
        return False
    before = State(
        aim.state.entity_id,
        str(aim.kept.get("state", aim.kept.get("hvac_mode", ""))),
        aim.state.attributes,
    )
    return bool(row_of(before.entity_id).read(aim._replace(state=before)).setting)


def _near(one: float | None, other: float | None) -> bool:
    """Tell whether two temperatures are known, and the same."""
    return one is not None and other is not None and abs(one - other) < _SAME_TARGET


def shows(
    load: HomeLoad, told: Told, ordered: Setting, *, exactly: bool = False
) -> bool:
    """Tell whether an entity says what was ordered; exactly: its setpoint, too."""
    if told.level is not None and ordered.level is not None:
        if told.level is not ordered.level:
            return False
        if exactly and not load.orders and None not in (told.target, ordered.target):
            return _near(told.target, ordered.target)
        return True
    if told.setting is None:
        return False
    if None not in (told.phases, ordered.phases) and told.phases != ordered.phases:
        return False
    step = load.load.modulation.step if load.load.modulation else 1.0
    return abs(told.setting - ordered.value) < step
