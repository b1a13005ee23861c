"""How a kind of entity is read, commanded and given back: the shape of a row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from homeassistant.const import (
    ATTR_ENTITY_ID,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    UnitOfTemperature,
)
from homeassistant.core import State
from homeassistant.util.unit_conversion import TemperatureConverter

from ....engine.regulation.model import Level, Setting
from ...load import HomeLoad

_SILENT: Final = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})

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
    foreign: bool = False
    """It is in a programme of its own: no order, in which it may heat."""


class Aim(NamedTuple):
    """The entities that an order goes to, and what they say now."""

    load: HomeLoad
    state: State
    switch: State | None
    kept: Kept | None
    """What the entity had before we changed it, if we did."""
    phase_switch: State | None = None
    """Tells a charger one phase from three."""
    unit: str = UnitOfTemperature.CELSIUS
    """Of Home Assistant, in which a state says temperatures."""

    def celsius(self, attribute: str) -> float | None:
        """Return the °C that an attribute says."""
        said = self.state.attributes.get(attribute)
        if said is None:
            return None
        return TemperatureConverter.convert(said, self.unit, UnitOfTemperature.CELSIUS)

    def in_unit(self, degrees: float) -> float:
        """Return °C as a service is told them."""
        convert = TemperatureConverter.convert
        return convert(degrees, UnitOfTemperature.CELSIUS, self.unit)


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


def call(entity_id: str, service: str, **data: Any) -> Call:
    """Return a call of a service of an entity's own domain."""
    domain = entity_id.partition(".")[0]
    return Call(domain, service, {ATTR_ENTITY_ID: entity_id, **data})


def power_call(entity_id: str, on: bool) -> Call:
    """Return the call that switches an entity on or off."""
    return call(entity_id, "turn_on" if on else "turn_off")


def told_by_option(orders: Mapping[Level, str], option: str | None) -> Told:
    """Return what an option or a preset of a heater says."""
    levels = {known: level for level, known in orders.items()}
    level = levels.get(option or "")
    return Told(level=level or Level.COMFORT, foreign=level is None)


def keep_state(aim: Aim) -> Kept:
    """Keep the state of an entity."""
    return {"state": aim.state.state}
