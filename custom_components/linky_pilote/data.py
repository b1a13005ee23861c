"""What a config entry holds while it runs."""

from dataclasses import dataclass
from typing import NamedTuple, Self

from homeassistant.config_entries import ConfigEntry

from .const import CONF_SERIAL_PORT
from .meter.coordinator import MeterCoordinator
from .sources.base import MeterSource

type LinkyPiloteConfigEntry = ConfigEntry[MeterData]


class Origin(NamedTuple):
    """What a source was made for."""

    port: str
    number: str | None

    @classmethod
    def of(cls, entry: LinkyPiloteConfigEntry) -> Self:
        """Return what an entry's source is to be made for."""
        return cls(entry.data[CONF_SERIAL_PORT], entry.unique_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterData:
    """A meter that is being read."""

    coordinator: MeterCoordinator
    source: MeterSource
    origin: Origin
