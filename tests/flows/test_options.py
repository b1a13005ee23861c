"""How often values are written."""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest

from ..conftest import make_entry, set_up, state
from ..meters import HISTORICAL_HC
from ..serial_line import Port, Time

POWER = "sensor.linky_0123_apparent_power"


async def test_interval_is_applied_without_opening_the_port_again(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    port.send(HISTORICAL_HC.frame(PAPP="00810"))
    assert state(hass, POWER) == "720", "at most every 5 s by default"

    result = await hass.config_entries.options.async_init(entry.entry_id)
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "init"
    assert result["data_schema"] is not None
    assert result["data_schema"]({}) == {"update_interval": 5}
    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(
            result["flow_id"], {"update_interval": 3601}
        )
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], {"update_interval": 0.0}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert entry.options == {"update_interval": 0}
    assert port.opened == [9600]
    for power in range(800, 900, 10):
        port.send(HISTORICAL_HC.frame(PAPP=f"{power:05d}"))
        assert state(hass, POWER) == str(power)


async def test_what_the_form_cannot_show_is_kept(hass: HomeAssistant) -> None:
    entry = make_entry()
    entry.add_to_hass(hass)
    options = {"guard": "linky", "clamp_inverted": True, "emergency": True}
    hass.config_entries.async_update_entry(entry, options=options)
    # the meter is not heard: there is no home that could be asked about
    result = await hass.config_entries.options.async_init(entry.entry_id)
    await hass.config_entries.options.async_configure(
        result["flow_id"], {"update_interval": 10}
    )
    assert entry.options == {"guard": "linky", "emergency": True, "update_interval": 10}
