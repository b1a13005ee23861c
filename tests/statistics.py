"""What the recorder has counted before a test begins."""

from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)


async def keep_statistics(
    hass: HomeAssistant,
    statistic_id: str,
    rows: list[StatisticData],
    *,
    unit: str,
    kind: str,
    sums: bool = True,
) -> None:
    """Let the recorder have these hours: sums, or else means and highest values."""
    mean = StatisticMeanType.NONE if sums else StatisticMeanType.ARITHMETIC
    metadata = StatisticMetaData(
        mean_type=mean,
        has_sum=sums,
        name=None,
        source="recorder",
        statistic_id=statistic_id,
        unit_class=kind,
        unit_of_measurement=unit,
    )
    async_import_statistics(hass, metadata, rows)
    await async_wait_recording_done(hass)
