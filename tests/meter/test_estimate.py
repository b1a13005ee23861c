"""The active power, estimated from what the meter sends."""

from collections.abc import Iterator

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from custom_components.linky_pilote.const import DATA_METER_CLOCK, DOMAIN
from custom_components.linky_pilote.meter.sensor import MeterSensor

from ..conftest import attribute, make_entry, set_up, state
from ..meters import HISTORICAL_HC, STANDARD_TEMPO, STANDARD_TRI_PRODUCER
from ..serial_line import Port, Time
from .test_entity import count_writes

HISTORICAL = "sensor.linky_0123_active_power_estimated"
STANDARD = "sensor.linky_0789_active_power_estimated"
PRODUCER = "sensor.linky_0321_active_power_estimated"
APPARENT = "sensor.linky_0789_apparent_power"

WH_S = 4.5
"""s that a Wh takes at 800 W."""
FRAME_S = WH_S / 3


def _standard_frames(first: int, count: int) -> Iterator[bytes]:
    """Return frames that come at 800 W and 912 VA, three to a Wh."""
    for number in range(first, first + count):
        drawn = number // 3
        index = f"{15_210_345 + drawn:09d}"
        yield STANDARD_TEMPO.frame(EAST=index, EASF02=f"{10_000_002 + drawn:09d}")


async def test_the_indexes_teach(hass: HomeAssistant, port: Port, time: Time) -> None:
    await set_up(hass, make_entry(STANDARD_TEMPO), time, port, STANDARD_TEMPO.frame())
    assert attribute(hass, STANDARD, "method") == "apparent_power"
    assert attribute(hass, STANDARD, "error") == 100
    for frame in _standard_frames(1, 120):
        await time.advance(FRAME_S)
        port.send(frame)
    assert attribute(hass, STANDARD, "method") == "indexes"
    error = attribute(hass, STANDARD, "error")
    assert error < 100
    assert abs(float(state(hass, STANDARD)) - 800) <= error


async def test_it_is_on_the_clock_of_the_meter(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    """A meter that lives three times faster counts three times faster."""
    hass.data[DATA_METER_CLOCK] = lambda: hass.loop.time() * 3
    await set_up(hass, make_entry(STANDARD_TEMPO), time, port, STANDARD_TEMPO.frame())
    for frame in _standard_frames(1, 120):
        await time.advance(FRAME_S / 3)
        port.send(frame)
    error = attribute(hass, STANDARD, "error")
    assert error < 100
    assert abs(float(state(hass, STANDARD)) - 800) <= error


async def test_it_is_negative_while_the_home_injects(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    meter = STANDARD_TRI_PRODUCER
    await set_up(hass, make_entry(meter), time, port, meter.frame())
    assert state(hass, PRODUCER) == "-760"


async def test_a_self_consumer_in_historical_mode(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    meter = HISTORICAL_HC
    await set_up(hass, make_entry(meter), time, port, meter.frame(PAPP="00000"))
    assert float(state(hass, HISTORICAL)) == 0
    assert attribute(hass, HISTORICAL, "method") == "currents"
    assert attribute(hass, HISTORICAL, "error") == 1000


async def test_it_goes_with_the_meter(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    await set_up(hass, make_entry(), time, port, HISTORICAL_HC.frame())
    assert float(state(hass, HISTORICAL)) > 0
    await time.advance(12)
    assert state(hass, HISTORICAL) == STATE_UNAVAILABLE


async def test_a_meter_that_tells_no_power_any_more(
    hass: HomeAssistant, port: Port, time: Time, entity_registry: er.EntityRegistry
) -> None:
    entry = make_entry()
    entry.add_to_hass(hass)
    entity_registry.async_get_or_create(
        "sensor",
        DOMAIN,
        "id0123_active_power_estimated",
        config_entry=entry,
        suggested_object_id="linky_0123_active_power_estimated",
    )
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame(PAPP=None, IINST=None))
    assert state(hass, HISTORICAL) == STATE_UNKNOWN


async def test_it_is_written_as_often_as_the_others(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    await set_up(hass, make_entry(STANDARD_TEMPO), time, port, STANDARD_TEMPO.frame())
    writes = count_writes(hass)
    for number in range(60):
        await time.advance(1)
        power = f"{900 + 7 * number % 30:05d}"
        port.send(STANDARD_TEMPO.frame(SINSTS=power))
    assert 10 <= writes[STANDARD] <= writes[APPARENT] == 12


def test_its_attributes_are_not_recorded() -> None:
    assert {"error", "method"} <= MeterSensor._unrecorded_attributes
