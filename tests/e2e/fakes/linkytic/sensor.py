"""What was read, and the statistics that were made of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, override

from homeassistant.components.recorder.db_schema import Statistics, StatisticsShortTerm
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import UnitOfApparentPower, UnitOfEnergy
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.recorder import get_instance
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

_PERIOD: Final = timedelta(minutes=5)
_PAST: Final = timedelta(days=2)
_LAST_OF_HOUR: Final = 55
_OFF_PEAK: Final = (22, 23, 0, 1, 2, 3, 4, 5)
_WH: Final = {7: 15, 8: 12, 12: 17, 13: 13, 18: 14, 19: 23, 20: 21, 22: 20, 23: 18}
"""What the house draws in five minutes of some hours."""
_WH_ELSE: Final = 7
_SUM: Final = 50_000
"""The last sum of an index, in Wh."""


@dataclass(frozen=True, kw_only=True)
class Reading(SensorEntityDescription):
    """A label of the meter; without a value, it is the index that was asked for."""

    value: StateType = None


def _index(label: str, name: str) -> Reading:
    return Reading(
        key=label,
        name=name,
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        state_class=SensorStateClass.TOTAL_INCREASING,
    )


READINGS: Final = (
    _index("HCHC", "Index option Heures Creuses - Heures Creuses"),
    _index("HCHP", "Index option Heures Creuses - Heures Pleines"),
    Reading(
        key="PAPP",
        name="Puissance apparente",
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        value=690,
    ),
    Reading(key="PTEC", name="Période Tarifaire en cours", value="HP.."),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add all of them."""
    async_add_entities(ReadBefore(entry, reading) for reading in READINGS)


class ReadBefore(SensorEntity):
    """A value that stands still."""

    _attr_has_entity_name = True

    def __init__(self, entry: ConfigEntry, reading: Reading) -> None:
        """Show the value."""
        self.entity_description = reading
        self._attr_unique_id = f"linkytic_{entry.entry_id}_{reading.key.lower()}"
        self._attr_device_info = DeviceInfo(
            identifiers={("linkytic", entry.entry_id)}, name="Linky"
        )
        self._index: int = entry.data.get(reading.key, 0)
        self._attr_native_value = reading.value or self._index

    @override
    async def async_added_to_hass(self) -> None:
        """Let the recorder have the index's past."""
        if self.device_class is not SensorDeviceClass.ENERGY:
            return
        metadata = StatisticMetaData(
            has_sum=True,
            mean_type=StatisticMeanType.NONE,
            name=None,
            source="recorder",
            statistic_id=self.entity_id,
            unit_class="energy",
            unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        )
        past = list(self._past())[::-1]
        hours = [
            StatisticData(
                start=period["start"].replace(minute=0),
                state=period["state"],
                sum=period["sum"],
            )
            for period in past
            if period["start"].minute == _LAST_OF_HOUR
        ]
        recorder = get_instance(self.hass)
        recorder.async_import_statistics(metadata, hours, Statistics)
        recorder.async_import_statistics(metadata, past, StatisticsShortTerm)

    def _past(self) -> Iterator[StatisticData]:
        """Yield what led to the last value, the latest first."""
        last = state = self._index
        now = dt_util.now()
        start = now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0)
        for _ in range(_PAST // _PERIOD):
            start -= _PERIOD
            yield StatisticData(start=start, state=state, sum=_SUM - (last - state))
            if (start.hour in _OFF_PEAK) == (self.entity_description.key == "HCHC"):
                state -= _WH.get(start.hour, _WH_ELSE)
