"""What a config entry holds while it runs."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .meter.coordinator import MeterCoordinator
from .sources.base import MeterSource

type LinkyPiloteConfigEntry = ConfigEntry[MeterData]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterData:
    """A meter that is being read."""

    coordinator: MeterCoordinator
    source: MeterSource
