"""What persons chose, until they choose otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf

from .home import Level


class HouseMode(StrEnum):
    """What is done at all."""

    AUTOMATIC = "automatic"
    OBSERVE = "observe"
    OFF = "off"
    ABSENT = "absent"


class HeatingMode(StrEnum):
    """The thermostat's mode."""

    AUTO = "auto"
    HEAT = "heat"
    OFF = "off"


class LoadMode(StrEnum):
    """What a person chose for one load."""

    AUTOMATIC = "automatic"
    FORCED = "forced"
    OFF = "off"
    PAUSED = "paused"
    """It is left alone as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadWish:
    """A person's choice for one load, with its end."""

    mode: LoadMode = LoadMode.AUTOMATIC
    until: float = inf
    power: float | None = None
    """W that it is forced with; None: all it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatingWish:
    """What a thermostat was asked for, that of the home or of one room."""

    heating: HeatingMode = HeatingMode.AUTO
    heat_since: float = -inf
    heat_until: float = inf
    preset: Level = Level.COMFORT
    comfort_shift: float | None = None
    """K that comfort is warmer than each heater has it by itself; None: nobody asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes(HeatingWish):
    """What persons chose, until they choose otherwise; of heating, for the home."""

    house: HouseMode = HouseMode.AUTOMATIC
    absent_until: float = inf
    house_before: HouseMode = HouseMode.AUTOMATIC
    """What comes back when an absence ends: who only observed goes on observing."""
    emergency_until: float = -inf
    """Heating in a red peak all the same, asked for and confirmed."""
    rooms: Mapping[str, HeatingWish] = field(default_factory=dict)
    """What was asked for in one room since, by the key of its heater."""
    loads: Mapping[str, LoadWish] = field(default_factory=dict)
    armed: frozenset[str] = frozenset()
    """Keys of the loads that may be commanded; the others are observed."""

    def of(self, room: str | None) -> HeatingWish:
        """Return what counts in a room: its own wish, or else the home's (None)."""
        return self if room is None else self.rooms.get(room, self)
