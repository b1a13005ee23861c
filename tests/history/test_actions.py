"""The actions about the past, on a real recorder."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.core import Recorder
from homeassistant.components.recorder.models import StatisticData
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest
import voluptuous as vol

from custom_components.linky_pilote.const import DOMAIN
from custom_components.linky_pilote.grid.servers import DATA_GRID_SERVERS, Servers

from ..statistics import keep_statistics

TOTAL = "sensor.total"

START = datetime(2026, 3, 9, 23, tzinfo=UTC)
"""Midnight in Paris."""
PRICES = {
    "base": 0.2,
    "off_peak": 0.15,
    "peak": 0.25,
    **{
        f"{color}_{h}": 0.1
        for color in ("blue", "white", "red")
        for h in ("off_peak", "peak")
    },
}
PERIOD = {"start_date": "2026-03-10", "end_date": "2026-03-12"}


async def call(hass: HomeAssistant, action: str, **data: Any) -> Any:
    """Call an action, and return what it answers."""
    return await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )


async def keep(
    hass: HomeAssistant,
    energies: Iterable[float | None],
    statistic_id: str = TOTAL,
    unit: str = "kWh",
) -> None:
    """Let the recorder have counted that, hour by hour from an hour before the start."""
    total, rows = 0.0, []
    for number, energy in enumerate(energies):
        if energy is None:
            continue
        total += energy
        hour = START + timedelta(hours=number - 1)
        rows.append(StatisticData(start=hour, state=total, sum=total))
    await keep_statistics(hass, statistic_id, rows, unit=unit, kind="energy")


@pytest.fixture(autouse=True)
def _custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Start the recorder first, as it must."""


@pytest.fixture
async def _ready(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Set the integration up, without any entry, and without the web."""
    freezer.move_to("2026-03-20 12:00:00+01:00")
    hass.data[DATA_GRID_SERVERS] = Servers(data_gouv="http://127.0.0.1:1")
    assert await async_setup_component(hass, DOMAIN, {})


@pytest.mark.usefixtures("_ready")
async def test_contracts_of_three_days(hass: HomeAssistant) -> None:
    await keep(hass, [1000.0] * 73, unit="Wh")
    answer = await call(
        hass,
        "compare_contracts",
        statistic_id=TOTAL,
        prices=PRICES,
        off_peak_hours="22:30-06:30",
        **PERIOD,
    )
    assert answer["energy_kwh"] == 72
    assert answer["hours_compared"] == 72
    assert answer["days_without_data"] == []
    assert answer["start"] == "2026-03-10T00:00:00+01:00"
    assert answer["end"] == "2026-03-13T00:00:00+01:00"
    base, off_peak = answer["contracts"]
    assert (base["contract"], base["energy_cost"], base["error"]) == ("base", 14.4, 0.0)
    assert base["prices"] == {"base": 0.2}
    assert base["prices_from"] == "given"
    assert base["total"] is None, "nobody has said the subscription"
    assert off_peak["energy_cost"] == 24 * 0.15 + 48 * 0.25
    # two half hours a day, of 1 kWh each, may be all peak or all off-peak
    assert off_peak["error"] == pytest.approx(3 * 2 * 0.05, abs=0.011)
    assert off_peak["kwh"] == {"off_peak": 24, "peak": 48}
    assert off_peak["off_peak_hours"] == "22:30-06:30"
    assert answer["left_out"] == [{"contract": "tempo", "why": "no_colors"}]
    assert answer["cheapest"] == "base"
    assert answer["sun"] is None
    assert answer["shedding"]["at_most_kwh"] == 0


@pytest.mark.usefixtures("_ready")
async def test_a_gap_and_the_hour_after_it_are_left_out(hass: HomeAssistant) -> None:
    energies: list[float | None] = [1.0] * 73
    energies[30:34] = [None] * 4
    energies[34] = 5.0
    await keep(hass, energies)
    answer = await call(
        hass, "compare_contracts", statistic_id=TOTAL, prices=PRICES, **PERIOD
    )
    assert answer["days_without_data"] == [{"day": "2026-03-11", "hours": 5}]
    assert answer["energy_kwh"] == 67
    assert {"contract": "off_peak", "why": "no_off_peak_hours"} in answer["left_out"]


@pytest.mark.usefixtures("_ready")
async def test_hours_are_learnt_from_two_indexes(hass: HomeAssistant) -> None:
    off = [1.0 if (n - 1) % 24 < 6 else 0.0 for n in range(73)]
    await keep(hass, [1.0] * 73)
    await keep(hass, off, "sensor.off")
    await keep(hass, [1.0 - share for share in off], "sensor.on")
    answer = await call(
        hass,
        "compare_contracts",
        statistic_id=TOTAL,
        prices=PRICES,
        off_peak_statistic="sensor.off",
        peak_statistic="sensor.on",
        **PERIOD,
    )
    (_, off_peak) = answer["contracts"]
    assert off_peak["off_peak_hours"] == "00:00-06:00"
    assert off_peak["off_peak_hours_from"] == "learnt"
    assert off_peak["error"] == 0


@pytest.mark.usefixtures("_ready")
async def test_what_the_sun_saved(hass: HomeAssistant) -> None:
    await keep(hass, [1.0] * 73)
    await keep(hass, [0.5] * 73, "sensor.sun")
    await keep(hass, [0.2] * 73, "sensor.injected")
    answer = await call(
        hass,
        "compare_contracts",
        statistic_id=TOTAL,
        prices=PRICES,
        production_statistic="sensor.sun",
        injected_statistic="sensor.injected",
        **PERIOD,
    )
    assert answer["sun"]["used_kwh"] == pytest.approx(21.6)
    assert answer["sun"]["saved"]["base"] == pytest.approx(4.32)


@pytest.mark.usefixtures("_ready")
async def test_without_prices_nothing_is_compared(hass: HomeAssistant) -> None:
    await keep(hass, [1.0] * 73)
    answer = await call(hass, "compare_contracts", statistic_id=TOTAL, **PERIOD)
    assert answer["contracts"] == []
    assert answer["cheapest"] is None
    assert {why["why"] for why in answer["left_out"]} == {"no_prices"}


@pytest.mark.usefixtures("_ready")
async def test_what_cannot_be_answered(hass: HomeAssistant) -> None:
    with pytest.raises(ServiceValidationError, match=r"sensor\.none"):
        await call(hass, "compare_contracts", statistic_id="sensor.none")
    with pytest.raises(ServiceValidationError, match="no period"):
        await call(
            hass, "compare_contracts", statistic_id=TOTAL, start_date="2026-04-01"
        )
    with pytest.raises(vol.Invalid):
        await call(
            hass, "compare_contracts", statistic_id=TOTAL, off_peak_hours="at night"
        )
    with pytest.raises(ServiceValidationError, match="subscribed power"):
        await call(hass, "advise_subscription")
