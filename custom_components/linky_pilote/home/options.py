"""What a household chose for its home, in the options of its meter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from ..engine.regulation.model import Guard, Level, Settings

CONF_BATTERY: Final = "battery"
CONF_BATTERY_FIRST: Final = "battery_first"
CONF_BATTERY_INVERTED: Final = "battery_inverted"
CONF_BATTERY_LEVEL: Final = "battery_level"
CONF_ECOWATT_LEVEL: Final = "ecowatt_level"
CONF_EMERGENCY: Final = "emergency"
CONF_FREQUENCY: Final = "frequency"
CONF_GUARD: Final = "guard"
CONF_KEEP_FROST: Final = "keep_frost"
CONF_LIMIT_SHARE: Final = "limit_share"
CONF_PRODUCTION: Final = "production"
CONF_SHED_IN_WHITE: Final = "shed_in_white"
CONF_TEMPERATURE: Final = "temperature"
CONF_THERMOSTAT_OFF: Final = "thermostat_off"
CONF_WHITE_LEVEL: Final = "white_level"

_DEFAULTS: Final = Settings(ranks=())


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeOptions:
    """Options of the regulation; what is missing is as it is by default."""

    guard: Guard = _DEFAULTS.guard
    limit_share: float = _DEFAULTS.limit_share
    shed_in_white: bool = _DEFAULTS.shed_in_white
    white_level: Level = _DEFAULTS.white_level
    ecowatt_level: int = _DEFAULTS.ecowatt_level
    frequency: str | None = None
    """Sensor of the grid's frequency; with one it is helped."""
    production: str | None = None
    battery: str | None = None
    """Sensor of the power of a battery beside the meter."""
    battery_level: str | None = None
    """Sensor of its state of charge."""
    battery_inverted: bool = False
    """The power is positive while it is discharged."""
    battery_first: bool = _DEFAULTS.battery_first
    """Surplus fills it before the loads have any."""
    keep_frost: bool = False
    """A stop leaves heating that is shed at frost protection."""
    temperature: str | None = None
    """Sensor whose temperature the thermostat shows; None: the mean of the heaters'."""
    thermostat_off: bool = False
    """The thermostat can be switched off."""
    emergency: bool = False
    """There is a button to heat for an hour in a red peak."""

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """Return what the options of an entry say."""
        share = options.get(CONF_LIMIT_SHARE)
        return cls(
            guard=Guard(options.get(CONF_GUARD, _DEFAULTS.guard)),
            limit_share=_DEFAULTS.limit_share if share is None else share / 100,
            shed_in_white=options.get(CONF_SHED_IN_WHITE, _DEFAULTS.shed_in_white),
            white_level=Level(options.get(CONF_WHITE_LEVEL, _DEFAULTS.white_level)),
            ecowatt_level=int(options.get(CONF_ECOWATT_LEVEL, _DEFAULTS.ecowatt_level)),
            frequency=options.get(CONF_FREQUENCY),
            production=options.get(CONF_PRODUCTION),
            battery=options.get(CONF_BATTERY),
            battery_level=options.get(CONF_BATTERY_LEVEL),
            battery_inverted=options.get(CONF_BATTERY_INVERTED, False),
            battery_first=options.get(CONF_BATTERY_FIRST, _DEFAULTS.battery_first),
            keep_frost=options.get(CONF_KEEP_FROST, False),
            temperature=options.get(CONF_TEMPERATURE),
            thermostat_off=options.get(CONF_THERMOSTAT_OFF, False),
            emergency=options.get(CONF_EMERGENCY, False),
        )

    def settings(self, ranks: Mapping[str, int]) -> Settings:
        """Return what the regulation is told; `ranks` are those of all loads."""
        groups = sorted(set(ranks.values()))
        return Settings(
            ranks=tuple(
                tuple(key for key, rank in ranks.items() if rank == group)
                for group in groups
            ),
            guard=self.guard,
            limit_share=self.limit_share,
            shed_in_white=self.shed_in_white,
            white_level=self.white_level,
            ecowatt_level=self.ecowatt_level,
            frequency=self.frequency is not None,
            off_is_absence=self.thermostat_off,
            battery_first=self.battery_first,
        )
