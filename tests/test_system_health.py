"""How well the meters are heard."""

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import get_system_health_info

from custom_components.linky_pilote.const import DOMAIN
from custom_components.linky_pilote.engine.reading import TicMode
from custom_components.linky_pilote.engine.tic import encode_group

from .conftest import make_entry, set_up
from .meters import HISTORICAL_HC, STANDARD_TEMPO
from .serial_line import Port, Time


async def test_meters_together(hass: HomeAssistant, port: Port, time: Time) -> None:
    assert await async_setup_component(hass, "system_health", {})
    make_entry(STANDARD_TEMPO, "/dev/ttyNONE").add_to_hass(hass)
    await set_up(hass, make_entry(), time, port, HISTORICAL_HC.frame())
    unknown = encode_group(TicMode.HISTORICAL, "NEW", "5")
    port.send(unknown + unknown + b"\nPAPP 00260 +\r")
    await hass.async_block_till_done()
    assert await get_system_health_info(hass, DOMAIN) == {
        "grid_sources_answering": "–",
        "meters_heard": "1/2",
        "unknown_labels": "NEW",
        "valid_groups": "91.7 %",
    }


async def test_no_meter(hass: HomeAssistant, port: Port, time: Time) -> None:
    assert await async_setup_component(hass, "system_health", {})
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    await hass.config_entries.async_unload(entry.entry_id)
    assert await get_system_health_info(hass, DOMAIN) == {
        "grid_sources_answering": "–",
        "meters_heard": "0/1",
        "unknown_labels": "–",
        "valid_groups": "–",
    }
