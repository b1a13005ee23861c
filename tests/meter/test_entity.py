"""How often states are written."""

from collections import Counter
from typing import Any

from homeassistant.const import (
    EVENT_STATE_CHANGED,
    EVENT_STATE_REPORTED,
    STATE_UNAVAILABLE,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.entity_component import async_update_entity

from ..conftest import make_entry, set_up, state
from ..meters import HISTORICAL_HC
from ..serial_line import Port, Time

POWER = "sensor.linky_0123_apparent_power"


def count_writes(hass: HomeAssistant) -> Counter[str]:
    """Count the writes of each entity, those that change nothing too."""
    writes: Counter[str] = Counter()

    @callback
    def count(event: Event[Any]) -> None:
        writes[event.data["entity_id"]] += 1

    @callback
    def anything(_: object) -> bool:
        return True

    hass.bus.async_listen(EVENT_STATE_REPORTED, count, event_filter=anything)
    hass.bus.async_listen(EVENT_STATE_CHANGED, count, event_filter=anything)
    return writes


async def test_at_most_one_write_an_interval(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    await set_up(hass, make_entry(), time, port, HISTORICAL_HC.frame())
    writes = count_writes(hass)
    for count in range(60):
        await time.advance(0.5)
        port.send(HISTORICAL_HC.frame(PAPP=f"{1000 + count:05d}"))
    await hass.async_block_till_done()
    assert writes[POWER] == 6
    assert writes["sensor.linky_0123_power_still_available"] == 6
    assert writes["sensor.linky_0123_current"] == 0, "it did not change"
    assert writes["sensor.linky_0123_tariff_period"] == 0


async def test_a_change_waits_but_is_not_forgotten(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    await set_up(hass, make_entry(), time, port, HISTORICAL_HC.frame())
    await time.advance(1)
    port.send(HISTORICAL_HC.frame(PAPP="00810"))
    for _ in range(3):
        assert state(hass, POWER) == "720"
        await time.advance(1)
        port.send(HISTORICAL_HC.frame(PAPP="00810"))
    await time.advance(1)
    port.send(HISTORICAL_HC.frame(PAPP="00810"))
    assert state(hass, POWER) == "810"


async def test_what_matters_is_written_at_once(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    await set_up(hass, make_entry(), time, port, HISTORICAL_HC.frame())
    port.send(HISTORICAL_HC.frame(PTEC="HC..", IINST="046", ADPS="046"))
    assert state(hass, "sensor.linky_0123_tariff_period") == "off_peak"
    assert state(hass, "binary_sensor.linky_0123_overload") == "on"
    assert state(hass, "sensor.linky_0123_current") == "3"
    port.unplug()
    await time.settle()
    assert state(hass, "sensor.linky_0123_current") == STATE_UNAVAILABLE


async def test_what_matters_is_written_before_all_else(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    entry = make_entry()
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options={"update_interval": 0})
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    writes = count_writes(hass)
    port.send(HISTORICAL_HC.frame(HCHP="023456790", PTEC="HC..", PAPP="00810"))
    assert list(writes)[:2] == ["sensor.linky_0123_tariff_period", POWER]
    writes.clear()
    port.send(
        HISTORICAL_HC.frame(HCHP="023456791", PTEC="HC..", PAPP="00810", ADPS="046")
    )
    assert next(iter(writes)) == "binary_sensor.linky_0123_overload"


async def test_every_frame(hass: HomeAssistant, port: Port, time: Time) -> None:
    entry = make_entry()
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options={"update_interval": 0})
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    writes = count_writes(hass)
    for count in range(20):
        port.send(HISTORICAL_HC.frame(PAPP=f"{1000 + count:05d}"))
    await hass.async_block_till_done()
    assert writes[POWER] == 20


async def test_a_forced_update_shows_what_is_known(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    await set_up(hass, make_entry(), time, port, HISTORICAL_HC.frame())
    await async_update_entity(hass, POWER)
    await hass.async_block_till_done()
    assert state(hass, POWER) == "720"
    port.unplug()
    await time.settle()
    await async_update_entity(hass, POWER)
    await hass.async_block_till_done()
    assert state(hass, POWER) == STATE_UNAVAILABLE
