"""The entities that measure in the place of a meter, as the user picked them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    UnitOfApparentPower,
    UnitOfElectricCurrent,
    UnitOfPower,
)
from homeassistant.core import HomeAssistant
from homeassistant.util.unit_conversion import ApparentPowerConverter

from ..engine.measured import Measured
from ..entity_ids import resolve
from ..measures import Measure, measure

CONF_CURRENT: Final = "current"
CONF_INJECTED: Final = "injected"
CONF_INVERTED: Final = "inverted"
CONF_POWER: Final = "power"
CONF_SUBSCRIBED: Final = "subscribed_power"
CONF_SUBSCRIBED_SENSOR: Final = "subscribed_power_sensor"
CONF_TARIFF: Final = "tariff"
CONF_TODAY: Final = "tempo_today"
CONF_TOMORROW: Final = "tempo_tomorrow"


class NoValueError(Exception):
    """Some sensors say nothing that can be used."""

    def __init__(self, entities: list[str]) -> None:
        """Keep which, by what they are called or were stored as."""
        super().__init__(", ".join(entities))


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """Entities, by their ids in the registry where they have one."""

    power: tuple[str, ...] = ()
    """One, or three by phase; in W (signed) or in VA."""
    current: tuple[str, ...] = ()
    """The same."""
    injected: str | None = None
    inverted: bool = False
    """The power is positive where the home injects."""
    subscribed_power: float | None = None
    """kVA; a sensor's word goes first."""
    subscribed_power_sensor: str | None = None
    tariff: str | None = None
    tempo_today: str | None = None
    tempo_tomorrow: str | None = None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Return what is in the data of an entry."""
        lists = {key: tuple(data.get(key, ())) for key in (CONF_POWER, CONF_CURRENT)}
        return cls(**{**data, **lists})

    def as_dict(self) -> dict[str, Any]:
        """Return what the data of an entry are to hold."""
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in asdict(self).items()
            if value not in (None, (), False)
        }

    @property
    def main(self) -> str:
        """The entity that the others are beside."""
        return (*self.power, *self.current)[0]

    @property
    def measuring(self) -> tuple[str, ...]:
        """Those whose silence is that of the meter."""
        return (*self.power, *self.current, *filter(None, [self.injected]))

    @property
    def all(self) -> tuple[str, ...]:
        """All of them."""
        said = (self.subscribed_power_sensor, self.tariff)
        tempo = (self.tempo_today, self.tempo_tomorrow)
        return (*self.measuring, *filter(None, [*said, *tempo]))


def is_apparent(hass: HomeAssistant, stored: str) -> bool:
    """Tell whether a sensor gives VA: they have no sign."""
    state = hass.states.get(resolve(hass, stored) or "")
    unit = None if state is None else state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    return unit in ApparentPowerConverter.VALID_UNITS


def look(hass: HomeAssistant, picked: Picked) -> tuple[Measured, float]:
    """Return what the sensors say, and when the last of them spoke, in s since 1970.

    Raises `NoValueError` when one that measures says nothing usable.
    """
    silent: list[str] = []
    spoke: list[float] = []

    def value(stored: str, unit: str) -> float:
        said: Measure | None = measure(hass, stored, unit)
        if said is None:
            silent.append(resolve(hass, stored) or stored)
            return 0.0
        spoke.append(said.at.timestamp())
        return said.value

    def injected(stored: str) -> float:
        in_va = is_apparent(hass, stored)
        return value(
            stored, UnitOfApparentPower.VOLT_AMPERE if in_va else UnitOfPower.WATT
        )

    apparent = bool(picked.power) and all(is_apparent(hass, e) for e in picked.power)
    unit = UnitOfApparentPower.VOLT_AMPERE if apparent else UnitOfPower.WATT
    powers = tuple(value(entity, unit) for entity in picked.power)
    if picked.inverted:
        powers = tuple(-power for power in powers)
    measured = Measured(
        powers=() if apparent else powers,
        apparent=powers if apparent else (),
        currents=tuple(
            value(entity, UnitOfElectricCurrent.AMPERE) for entity in picked.current
        ),
        injected=injected(picked.injected) if picked.injected else None,
        subscribed=_subscribed(hass, picked),
        tariff=_text(hass, picked.tariff),
        today=_text(hass, picked.tempo_today),
        tomorrow=_text(hass, picked.tempo_tomorrow),
    )
    if silent:
        raise NoValueError(silent)
    return measured, max(spoke)


def _subscribed(hass: HomeAssistant, picked: Picked) -> float | None:
    """Return the VA; a sensor's A are 200 V each, as the contract counts them."""
    if (stored := picked.subscribed_power_sensor) is not None:
        if said := measure(hass, stored, UnitOfApparentPower.VOLT_AMPERE):
            return said.value
        if said := measure(hass, stored, UnitOfElectricCurrent.AMPERE):
            return 200.0 * said.value * max(len(picked.power), len(picked.current))
        if said := measure(hass, stored, UnitOfPower.WATT):
            return said.value
    kilo = picked.subscribed_power
    return None if kilo is None else 1000.0 * kilo


def _text(hass: HomeAssistant, stored: str | None) -> str | None:
    entity_id = resolve(hass, stored)
    state = hass.states.get(entity_id) if entity_id else None
    unknown = state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN)
    return None if state is None or unknown else state.state
