"""The battery of a bridge: its voltage, and whether it is low."""

from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from ..conftest import attribute, make_entry, set_up, state
from ..meters import HISTORICAL_HC
from ..serial_line import Port, Time

VOLTAGE = "sensor.linky_0123_bridge_voltage"
BATTERY = "binary_sensor.linky_0123_bridge_battery"


@pytest.mark.parametrize(("volts", "low"), [(2.91, "on"), (3.0, "off"), (4.1, "off")])
async def test_battery_of_a_bridge(
    hass: HomeAssistant, port: Port, time: Time, volts: float, low: str
) -> None:
    entry = make_entry()
    await set_up(hass, entry, time, port, *[HISTORICAL_HC.frame()] * 2)
    assert hass.states.get(VOLTAGE) is hass.states.get(BATTERY) is None
    meter = entry.runtime_data
    meter.coordinator.figures(replace(meter.source.figures, battery=volts))
    port.send(HISTORICAL_HC.frame())
    await hass.async_block_till_done()
    assert float(state(hass, VOLTAGE)) == volts
    assert state(hass, BATTERY) == low
    assert attribute(hass, VOLTAGE, "device_class") == "voltage"
    assert attribute(hass, BATTERY, "device_class") == "battery"
    for entity_id in (VOLTAGE, BATTERY):
        registered = er.async_get(hass).async_get(entity_id)
        assert registered is not None
        assert registered.entity_category == "diagnostic"
