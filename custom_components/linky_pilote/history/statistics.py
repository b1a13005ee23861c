"""Energies of hours, as the recorder keeps them for ever."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from homeassistant.const import UnitOfEnergy, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.recorder import get_instance

from ..const import DOMAIN

_HOUR: Final = timedelta(hours=1)
_UNITS: Final = {
    "energy": UnitOfEnergy.KILO_WATT_HOUR.value,
    "duration": UnitOfTime.HOURS.value,
}


async def counted(hass: HomeAssistant, statistic_ids: set[str]) -> set[str]:
    """Return those of some statistics that exist and count something.

    Raises `ServiceValidationError` where nothing is recorded at all.
    """
    if "recorder" not in hass.config.components:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_recorder"
        )
    from homeassistant.components.recorder.statistics import get_metadata

    known = await get_instance(hass).async_add_executor_job(
        lambda: get_metadata(hass, statistic_ids=statistic_ids)
    )
    return {name for name, (_, metadata) in known.items() if metadata["has_sum"]}


async def hourly(
    hass: HomeAssistant, statistic_ids: set[str], start: datetime, end: datetime
) -> dict[str, dict[datetime, float]]:
    """Return what statistics counted in each hour, in kWh or h, by its start in UTC.

    The hour after a gap is left out: its difference is that of the gap too. So is one
    in which a counter fell. Raises `ServiceValidationError` for a statistic that does
    not exist, or counts nothing.
    """
    for statistic_id in sorted(statistic_ids - await counted(hass, statistic_ids)):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_statistic",
            translation_placeholders={"statistic": statistic_id},
        )
    from homeassistant.components.recorder.statistics import statistics_during_period

    run = get_instance(hass).async_add_executor_job
    rows: Mapping[str, list[Any]] = await run(
        statistics_during_period,
        hass,
        start - _HOUR,
        end,
        statistic_ids,
        "hour",
        _UNITS,
        {"change"},
    )
    return {
        statistic_id: _whole(rows.get(statistic_id, []), start)
        for statistic_id in statistic_ids
    }


def _whole(rows: list[Any], start: datetime) -> dict[datetime, float]:
    changes = {
        datetime.fromtimestamp(row["start"], UTC): row["change"]
        for row in rows
        if row["change"] is not None
    }
    return {
        hour: change
        for hour, change in changes.items()
        if hour >= start and change >= 0 and hour - _HOUR in changes
    }
