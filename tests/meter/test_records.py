"""What the meter remembers: maxima and means, with their moments."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
import pytest

from ..conftest import attribute, make_entry, set_up, state
from ..meters import (
    HISTORICAL_TRI_TEMPO,
    STANDARD_PEAK_DAYS,
    STANDARD_TRI_PRODUCER,
    Meter,
)
from ..serial_line import Port, Time

WINTER = timezone(timedelta(hours=1))


def stamped(meter: Meter, **stamps: str) -> Meter:
    """Return a meter with other stamps."""
    return replace(meter, stamps={**meter.stamps, **stamps})


async def test_peaks_and_when_they_were_reached(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    meter = STANDARD_PEAK_DAYS
    today = "sensor.linky_0987_highest_power_today"
    yesterday = "sensor.linky_0987_highest_power_yesterday"
    await set_up(hass, make_entry(meter), time, port, meter.frame())
    assert state(hass, yesterday) == "6980"
    assert attribute(hass, yesterday, "reached_at") == datetime(
        2026, 11, 19, 7, 30, tzinfo=WINTER
    )
    await time.advance(5)
    port.send(stamped(meter, SMAXSN="H261120190112").frame(SMAXSN="07410"))
    assert state(hass, today) == "7410"
    assert attribute(hass, today, "reached_at") == datetime(
        2026, 11, 20, 19, 1, 12, tzinfo=WINTER
    )


@pytest.mark.parametrize("stamp", ["h261120190112", "H000000000000"])
async def test_peak_without_a_moment(
    hass: HomeAssistant, port: Port, time: Time, stamp: str
) -> None:
    """The clock was not set, or nothing was drawn yet."""
    meter = stamped(STANDARD_PEAK_DAYS, SMAXSN=stamp)
    await set_up(hass, make_entry(meter), time, port, meter.frame())
    today = "sensor.linky_0987_highest_power_today"
    assert state(hass, today) == "5120"
    assert attribute(hass, today, "reached_at") is None


@pytest.mark.usefixtures("all_enabled")
async def test_peaks_of_three_phases(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    labels = ("SMAXSN1-1", "SMAXSN2-1", "SMAXSN3-1")
    stamps = dict.fromkeys(labels, "H261119120000")
    meter = stamped(STANDARD_TRI_PRODUCER, **stamps)
    powers = dict(zip(labels, ("01000", "02000", "03000"), strict=True))
    await set_up(hass, make_entry(meter), time, port, meter.frame(**powers))
    yesterday = "sensor.linky_0321_highest_power_yesterday_phase_2"
    assert state(hass, "sensor.linky_0321_highest_power_today_phase_3") == "2800"
    assert state(hass, yesterday) == "2000"
    assert attribute(hass, yesterday, "reached_at") is not None
    await time.advance(5)
    for _ in range(2):
        port.send(meter.frame())
    assert state(hass, yesterday) == STATE_UNKNOWN
    assert attribute(hass, yesterday, "reached_at") is None


async def test_load_curve(hass: HomeAssistant, port: Port, time: Time) -> None:
    meter = STANDARD_TRI_PRODUCER
    await set_up(hass, make_entry(meter), time, port, meter.frame())
    injected = "sensor.linky_0321_mean_injected_active_power"
    assert state(hass, injected) == "740"
    assert attribute(hass, injected, "state_class") is None
    await time.advance(5)
    stamps = dict.fromkeys(("CCASN", "CCAIN"), "H261120190000")
    port.send(stamped(meter, **stamps).frame(CCASN="00120", CCAIN="00000"))
    assert state(hass, "sensor.linky_0321_mean_active_power") == "120"
    assert state(hass, injected) == "0"
    assert attribute(hass, injected, "interval_end") == datetime(
        2026, 11, 20, 19, tzinfo=WINTER
    )


async def test_no_load_curve_where_it_is_stopped(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    meter = STANDARD_PEAK_DAYS
    await set_up(hass, make_entry(meter), time, port, meter.frame(CCASN=None))
    assert not [s for s in hass.states.async_entity_ids() if "mean_active" in s]


@pytest.mark.usefixtures("all_enabled")
async def test_highest_power_of_a_linky_is_of_yesterday(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    meter = HISTORICAL_TRI_TEMPO
    await set_up(hass, make_entry(meter), time, port, meter.frame())
    yesterday = "sensor.linky_0456_highest_power_yesterday"
    assert state(hass, yesterday) == "5210"
    assert attribute(hass, yesterday, "unit_of_measurement") == "VA"
    assert hass.states.get("sensor.linky_0456_highest_power") is None


@pytest.mark.usefixtures("all_enabled")
async def test_highest_power_of_an_older_meter(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    groups = {**HISTORICAL_TRI_TEMPO.groups, "ADCO": "020809000456"}
    meter = replace(HISTORICAL_TRI_TEMPO, groups=groups)
    await set_up(hass, make_entry(meter), time, port, meter.frame())
    highest = "sensor.linky_0456_highest_power"
    assert state(hass, highest) == "5210"
    assert attribute(hass, highest, "unit_of_measurement") == "W"
    assert hass.states.get(f"{highest}_yesterday") is None
