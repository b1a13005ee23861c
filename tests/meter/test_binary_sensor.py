"""The overload, in both modes."""

from unittest.mock import patch

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import snapshot_platform
from syrupy.assertion import SnapshotAssertion

from custom_components.linky_pilote.engine.tic import encode_group

from ..conftest import make_entry, set_up, state
from ..meters import HISTORICAL_HC, STANDARD_TEMPO
from ..serial_line import Port, Time


async def test_binary_sensors(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    entry = make_entry()
    with patch("custom_components.linky_pilote.PLATFORMS", [Platform.BINARY_SENSOR]):
        await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


async def test_overload_is_shown_within_its_group(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    overload = "binary_sensor.linky_0123_overload"
    await set_up(hass, make_entry(), time, port, HISTORICAL_HC.frame())
    assert state(hass, overload) == "off"
    port.send(b"\x02" + encode_group(HISTORICAL_HC.mode, "ADPS", "048"))
    assert state(hass, overload) == "on"
    port.send(HISTORICAL_HC.frame(IINST="048", ADPS="048"))
    assert state(hass, overload) == "on"
    port.send(HISTORICAL_HC.frame())
    assert state(hass, overload) == "off"


async def test_overload_in_standard_mode(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    overload = "binary_sensor.linky_0789_overload"
    await set_up(hass, make_entry(STANDARD_TEMPO), time, port, STANDARD_TEMPO.frame())
    assert state(hass, overload) == "off"
    port.send(STANDARD_TEMPO.frame(STGE="013A0481"))
    assert state(hass, overload) == "on"
    port.send(STANDARD_TEMPO.frame())
    assert state(hass, overload) == "off"
