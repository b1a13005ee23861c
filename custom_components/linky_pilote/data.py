"""What a config entry holds while it runs."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Self, TypeIs

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .const import CONF_KIND, DOMAIN
from .grid.hub import Grid
from .home.coordinator import HomeCoordinator
from .meter.coordinator import MeterCoordinator
from .meter.naming import number_of
from .place import Place
from .sources.base import MeterSource

type LinkyPiloteConfigEntry = ConfigEntry[MeterData]
"""The entry of a meter."""
type GridConfigEntry = ConfigEntry[Grid]
"""The entry of what the grid announces."""


class EntryKind(StrEnum):
    """What an entry is for; those of the first version have none, and are meters."""

    METER = "meter"
    GRID = "grid"


def is_grid(entry: ConfigEntry[Any]) -> TypeIs[GridConfigEntry]:
    """Tell whether an entry is the grid's."""
    return EntryKind(entry.data.get(CONF_KIND, EntryKind.METER)) is EntryKind.GRID


def meter_entries(hass: HomeAssistant) -> list[LinkyPiloteConfigEntry]:
    """Return the entries of meters, but for those that are ignored or disabled."""
    entries = hass.config_entries.async_entries(
        DOMAIN, include_ignore=False, include_disabled=False
    )
    return [entry for entry in entries if not is_grid(entry)]


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
