"""What a config entry holds while it runs."""

from dataclasses import dataclass
from typing import NamedTuple, Self

from homeassistant.config_entries import ConfigEntry

from .home.coordinator import HomeCoordinator
from .meter.coordinator import MeterCoordinator
from .meter.naming import number_of
from .place import Place
from .sources.base import MeterSource

type LinkyPiloteConfigEntry = ConfigEntry[MeterData]


class Origin(NamedTuple):
    """What a source was made for."""

    place: Place
    number: str | None
    """Of the meter; None for whichever is there."""

    @classmethod
    def of(cls, entry: LinkyPiloteConfigEntry) -> Self:
        """Return what an entry's source is to be made for."""
        return cls(Place.of(entry.data), number_of(entry.unique_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterData:
    """A meter that is being read."""

    coordinator: MeterCoordinator
    home: HomeCoordinator
    source: MeterSource
    origin: Origin
