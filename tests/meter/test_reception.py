"""How good the line is, and how right the meter's clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
import pytest

from custom_components.linky_pilote.engine.reading import MeterReading, TicMode
from custom_components.linky_pilote.engine.tic import Cause
from custom_components.linky_pilote.meter.reception import Reception
from custom_components.linky_pilote.sources.base import Figures

from ..conftest import attribute, make_entry, set_up, state
from ..meters import HISTORICAL_HC, STANDARD_TEMPO
from ..serial_line import Port, Time
from .test_entity import count_writes

QUALITY = "sensor.linky_0123_link_quality"
DRIFT = "sensor.linky_0789_clock_drift"

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def figures(accepted: int, **rejected: int) -> Figures:
    """Return what was heard."""
    return Figures(
        received=0,
        accepted=accepted,
        rejected=rejected,
        frames=0,
        unknown={},
        held={},
        connections=1,
    )


def test_only_a_perfect_line_has_100_percent() -> None:
    reception = Reception()
    reception.take_figures(figures(100, framing=40))
    assert reception.valid_percent is None, "what was heard before does not count"
    reception.take_figures(figures(1100, framing=40))
    assert reception.valid_percent == 100
    reception.take_figures(figures(9099, framing=40, checksum=1))
    assert reception.valid_percent == 99.9
    nothing = {str(cause): 0 for cause in Cause}
    assert reception.rejected == {**nothing, "checksum": 1}


def test_a_line_is_judged_by_its_last_minutes() -> None:
    reception = Reception()
    reception.take_figures(figures(0))
    reception.take_figures(figures(30, parity=70))
    assert reception.valid_percent == 30
    for minute in range(1, 6):
        reception.take_figures(figures(30 + 100 * minute, parity=70))
    assert reception.valid_percent == 100


async def test_link_quality(hass: HomeAssistant, port: Port, time: Time) -> None:
    meter = HISTORICAL_HC
    await set_up(hass, make_entry(meter), time, port, meter.frame())
    assert state(hass, QUALITY) == STATE_UNKNOWN
    writes = count_writes(hass)
    await time.advance(125, port, meter)
    assert state(hass, QUALITY) == "100.0"
    assert attribute(hass, QUALITY, "checksum") == 0
    assert writes[QUALITY] == 1, "a good line has nothing new to tell"
    for _ in range(100):
        await time.advance(0.5)
        port.send(meter.frame().replace(b"PAPP 00720", b"PAPP 00730"))
    await time.advance(15, port, meter)
    assert 90 < float(state(hass, QUALITY)) < 100
    assert attribute(hass, QUALITY, "checksum") > 90
    assert writes[QUALITY] == 2, "once a minute at most"


async def test_what_changes_often_is_not_recorded(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    await set_up(hass, make_entry(), time, port, HISTORICAL_HC.frame())
    found = hass.states.get(QUALITY)
    assert found is not None
    assert found.state_info is not None
    unrecorded = found.state_info["unrecorded_attributes"]
    assert unrecorded >= {"interval_end", "plan", *Cause}


def reading(clock: datetime | None, *, degraded: bool = False) -> MeterReading:
    """Return what a meter with this clock says."""
    return MeterReading(
        mode=TicMode.STANDARD, complete=True, clock=clock, clock_degraded=degraded
    )


@pytest.mark.parametrize("drift", [-90, 0, 37])
def test_drift_in_spite_of_late_and_whole_seconds(drift: int) -> None:
    reception = Reception()
    told = []
    for count in range(600):
        now = NOON + timedelta(seconds=count * 1.07)
        heard = 0.3 + count % 3 * 0.5
        clock = now + timedelta(seconds=drift - heard)
        reception.take_reading(reading(clock.replace(microsecond=0)), now)
        told.append(reception.clock_drift)
    assert set(told[:9]) == {None}
    assert len(set(told[20:])) == 1, "it does not flicker"
    assert abs((told[-1] or 0) - drift) <= 1


def test_a_clock_that_is_set() -> None:
    reception = Reception()
    for count in range(200):
        ahead = timedelta(seconds=120 if count < 100 else 0)
        now = NOON + timedelta(seconds=count)
        reception.take_reading(reading(now + ahead), now)
        if count == 99:
            assert reception.clock_drift == 120
    assert reception.clock_drift == 0


def test_the_same_clock_again_says_nothing() -> None:
    """The DATE group was lost, or the reading came in the middle of a frame."""
    reception = Reception()
    for count in range(100):
        reception.take_reading(reading(NOON), NOON + timedelta(seconds=count))
    assert reception.clock_drift is None


@pytest.mark.parametrize("last", [reading(None), reading(NOON, degraded=True)])
def test_no_drift_of_a_clock_that_is_not_set(last: MeterReading) -> None:
    reception = Reception()
    for count in range(20):
        now = NOON + timedelta(seconds=count)
        reception.take_reading(reading(now), now)
    assert reception.clock_drift == 0
    reception.take_reading(last, NOON)
    assert reception.clock_drift is None


@pytest.mark.usefixtures("all_enabled")
async def test_clock_drift(
    hass: HomeAssistant, port: Port, time: Time, freezer: FrozenDateTimeFactory
) -> None:
    meter = STANDARD_TEMPO
    sent = datetime(2026, 11, 20, 18, 42)  # noqa: DTZ001
    freezer.move_to("2026-11-20T17:40:30Z")

    def frame(season: str = "H") -> bytes:
        stamps = {**meter.stamps, "DATE": f"{season}{sent:%y%m%d%H%M%S}"}
        return replace(meter, stamps=stamps).frame()

    await set_up(hass, make_entry(meter), time, port, frame())
    assert state(hass, DRIFT) == STATE_UNKNOWN
    writes = count_writes(hass)
    for _ in range(60):
        await time.advance(1)
        freezer.tick(1)
        sent += timedelta(seconds=1)
        port.send(frame())
    assert state(hass, DRIFT) == "90"
    assert writes[DRIFT] == 1
    port.send(frame("h"))
    await time.advance(6)
    port.send(frame("h"))
    assert state(hass, DRIFT) == STATE_UNKNOWN
    assert state(hass, "binary_sensor.linky_0789_clock_not_set") == "on"
