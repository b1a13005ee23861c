"""Contracts, where the grid knows colours and prices, and loads were shed."""

from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from homeassistant.components.recorder.core import Recorder
from homeassistant.components.recorder.models import StatisticData
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_pilote.const import DOMAIN
from custom_components.linky_pilote.grid.servers import DATA_GRID_SERVERS

from ..bodies import tempo_prices
from ..clamps import clamp_entry, say
from ..grid.conftest import clock, upstream  # noqa: F401 - fixtures
from ..grid.homes import Clock, make_grid, servers, start
from ..serial_line import Time
from ..statistics import keep_statistics
from ..upstream import PRICES, Upstream
from .test_actions import TOTAL, call

FIRST = datetime(2026, 12, 1, 23, tzinfo=UTC)
"""Midnight of the 2nd in Paris; the 3rd is white."""
PERIOD = {"start_date": "2026-12-02", "end_date": "2026-12-04"}


@pytest.fixture(autouse=True)
def _custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Start the recorder first, as it must."""


async def keep(
    hass: HomeAssistant, statistic_id: str, hourly: list[float], unit: str, kind: str
) -> None:
    """Let the recorder have counted that, from an hour before the first day."""
    total, rows = 0.0, []
    for number, change in enumerate([0.0, *hourly]):
        total += change
        hour = FIRST + timedelta(hours=number - 1)
        rows.append(StatisticData(start=hour, state=total, sum=total))
    await keep_statistics(hass, statistic_id, rows, unit=unit, kind=kind)


@pytest.fixture
async def grid(
    hass: HomeAssistant,
    upstream: Upstream,  # noqa: F811
    clock: Clock,  # noqa: F811
) -> MockConfigEntry:
    """Return the grid of a home with off-peak hours and a price of its own."""
    hass.data[DATA_GRID_SERVERS] = servers(upstream)
    (row,) = tempo_prices()["data"]
    others = {
        "PART_VARIABLE_TTC": 0.1952,
        "PART_VARIABLE_HC_TTC": 0.1635,
        "PART_VARIABLE_HP_TTC": 0.2081,
    }
    upstream.set(PRICES, {"data": [{**row, **others}], "links": {}, "meta": {}})
    entry = make_grid(
        contract="off_peak", off_peak_hours="22:00-06:00", prices={"peak": 0.21}
    )
    await start(hass, entry)
    return entry


def by_name(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the contracts of an answer by their names."""
    return {told["contract"]: told for told in answer["contracts"]}


@pytest.mark.usefixtures("grid")
async def test_three_contracts_with_regulated_prices(
    hass: HomeAssistant,
    upstream: Upstream,  # noqa: F811
) -> None:
    await keep(hass, TOTAL, [1.0] * 72, "kWh", "energy")
    answer = await call(hass, "compare_contracts", statistic_id=TOTAL, **PERIOD)
    told = by_name(answer)
    assert answer["left_out"] == []
    assert answer["days_without_color"] == []
    base, off_peak, tempo = told["base"], told["off_peak"], told["tempo"]
    assert base["energy_cost"] == pytest.approx(72 * 0.1952, abs=0.005)
    assert base["prices_from"] == tempo["prices_from"] == "regulated"
    assert base["regulated_since"] == "2026-08-01"
    assert base["subscription"] == pytest.approx(3 * 189.98 / 365.25, abs=0.005)
    assert base["total"] == pytest.approx(base["energy_cost"] + base["subscription"])
    assert off_peak["prices"] == {"off_peak": 0.1635, "peak": 0.21}
    assert off_peak["prices_from"] == "mixed"
    assert off_peak["off_peak_hours_from"] == "options"
    assert tempo["kwh"]["white_peak"] == 16
    assert tempo["kwh"]["blue_off_peak"] == 16
    assert tempo["kwh"]["white_off_peak"] == 8
    assert answer["cheapest"] == "tempo"
    # asked once: prices change twice a year
    asked = len(upstream.asked)
    await call(hass, "compare_contracts", statistic_id=TOTAL, **PERIOD)
    assert len(upstream.asked) == asked


async def test_what_shedding_saved(
    hass: HomeAssistant, grid: MockConfigEntry, time: Time
) -> None:
    say(hass, 500)
    say(hass, 0, entity_id="sensor.draws")
    hass.states.async_set("switch.heater", "on")
    entry = clamp_entry()
    entry.add_to_hass(hass)
    subentry = ConfigSubentry(
        data=MappingProxyType(
            {"entity": "switch.heater", "behaviour": "appliance", "power": 2000.0}
        ),
        subentry_type="load",
        title="Heater",
        unique_id="switch.heater",
    )
    hass.config_entries.async_add_subentry(entry, subentry)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    shed = er.async_get(hass).async_get_entity_id(
        "sensor", DOMAIN, f"{subentry.subentry_id}_shed_time"
    )
    assert shed is not None
    await keep(hass, TOTAL, [1.0] * 72, "kWh", "energy")
    # half an hour at 10 o'clock of the white day
    minutes = [30.0 if number == 34 else 0.0 for number in range(72)]
    await keep(hass, shed, minutes, "min", "duration")
    answer = await call(hass, "compare_contracts", statistic_id=TOTAL, **PERIOD)
    shedding = answer["shedding"]
    assert shedding["at_most_kwh"] == 1
    assert shedding["saved"]["tempo"] == {
        "at_least": pytest.approx(0.1921 - 0.1536, abs=0.005),
        "at_most": pytest.approx(0.1921, abs=0.005),
    }
    assert shedding["saved"]["base"]["at_least"] == 0
    # the meter says what the grid's options do not
    hass.config_entries.async_update_entry(grid, options={})
    await hass.async_block_till_done()
    answer = await call(hass, "compare_contracts", statistic_id=TOTAL, **PERIOD)
    assert by_name(answer)["base"]["prices_from"] == "regulated"
