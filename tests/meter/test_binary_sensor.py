"""What is so or is not: the overload, the status register, relays and phases."""

from dataclasses import replace
from unittest.mock import patch

from homeassistant.const import STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import snapshot_platform
from syrupy.assertion import SnapshotAssertion

from custom_components.linky_pilote.engine.tic import encode_group

from ..conftest import make_entry, set_up, state
from ..meters import (
    EJP,
    HISTORICAL_HC,
    HISTORICAL_TRI_TEMPO,
    METERS,
    STANDARD_PEAK_DAYS,
    STANDARD_TEMPO,
)
from ..serial_line import Port, Time


@pytest.mark.usefixtures("all_enabled")
@pytest.mark.parametrize("name", METERS)
async def test_binary_sensors(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    name: str,
) -> None:
    meter = METERS[name]
    entry = make_entry(meter)
    with patch("custom_components.linky_pilote.PLATFORMS", [Platform.BINARY_SENSOR]):
        await set_up(hass, entry, time, port, meter.frame())
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


@pytest.mark.usefixtures("all_enabled")
@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("dry_contact", "013A0401"),
        ("breaker_open", "013A0402"),
        ("terminal_cover", "013A0410"),
        ("overvoltage", "013A0440"),
        ("injection", "013A0600"),
        ("clock_not_set", "013B0400"),
        ("power_line_link", "01BA0400"),
    ],
)
async def test_bits_of_the_status_register(
    hass: HomeAssistant, port: Port, time: Time, key: str, word: str
) -> None:
    entity_id = f"binary_sensor.linky_0789_{key}"
    frame = STANDARD_TEMPO.frame(STGE="013A0400")
    await set_up(hass, make_entry(STANDARD_TEMPO), time, port, frame)
    assert state(hass, entity_id) == "off"
    await time.advance(5)
    port.send(STANDARD_TEMPO.frame(STGE=word))
    assert state(hass, entity_id) == "on"
    await time.advance(5)
    port.send(frame)
    assert state(hass, entity_id) == "off"


async def test_breaker_and_overvoltage_do_not_wait(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    await set_up(hass, make_entry(STANDARD_TEMPO), time, port, STANDARD_TEMPO.frame())
    port.send(STANDARD_TEMPO.frame(STGE="013A0444"))
    assert state(hass, "binary_sensor.linky_0789_breaker_open") == "on"
    assert state(hass, "binary_sensor.linky_0789_overvoltage") == "on"
    assert state(hass, "sensor.linky_0789_breaker") == "overvoltage"


async def test_breaker_with_an_undefined_code(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    breaker = "binary_sensor.linky_0789_breaker_open"
    frame = STANDARD_TEMPO.frame(STGE="013A040E")
    await set_up(hass, make_entry(STANDARD_TEMPO), time, port, frame)
    assert state(hass, breaker) == STATE_UNKNOWN
    port.send(STANDARD_TEMPO.frame())
    assert state(hass, breaker) == "off"


async def test_status_register_that_is_no_longer_sent(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    await set_up(hass, make_entry(STANDARD_TEMPO), time, port, STANDARD_TEMPO.frame())
    await time.advance(5)
    for _ in range(2):
        port.send(STANDARD_TEMPO.frame(STGE=None))
    for key in ("breaker_open", "dry_contact", "overvoltage"):
        assert state(hass, f"binary_sensor.linky_0789_{key}") == STATE_UNKNOWN
    assert state(hass, "binary_sensor.linky_0789_clock_not_set") == "off"
    assert state(hass, "sensor.linky_0789_breaker") == STATE_UNKNOWN


async def test_clock_degraded_by_the_season_letter(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    meter = STANDARD_TEMPO
    await set_up(hass, make_entry(meter), time, port, meter.frame())
    await time.advance(5)
    stamps = {**meter.stamps, "DATE": "h000101000512"}
    port.send(replace(meter, stamps=stamps).frame())
    assert state(hass, "binary_sensor.linky_0789_clock_not_set") == "on"


@pytest.mark.usefixtures("all_enabled")
async def test_relays(hass: HomeAssistant, port: Port, time: Time) -> None:
    meter = STANDARD_PEAK_DAYS
    await set_up(hass, make_entry(meter), time, port, meter.frame())
    await time.advance(5)
    port.send(meter.frame(RELAIS="140"))
    shown = [state(hass, f"binary_sensor.linky_0987_relay_{n}") for n in range(1, 9)]
    assert [n for n, value in enumerate(shown, start=1) if value == "on"] == [3, 4, 8]
    await time.advance(5)
    for _ in range(2):
        port.send(meter.frame(RELAIS=None))
    assert state(hass, "binary_sensor.linky_0987_relay_3") == STATE_UNKNOWN


async def test_only_a_relay_in_use_is_enabled(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    meter = STANDARD_PEAK_DAYS
    await set_up(hass, make_entry(meter), time, port, meter.frame())
    assert [s for s in hass.states.async_entity_ids() if "relay" in s] == [
        "binary_sensor.linky_0987_relay_3"
    ]


async def test_missing_phases(hass: HomeAssistant, port: Port, time: Time) -> None:
    meter = HISTORICAL_TRI_TEMPO
    missing = "binary_sensor.linky_0456_missing_phase"
    await set_up(hass, make_entry(meter), time, port, meter.frame())
    assert state(hass, missing) == "off"
    port.send(meter.frame(PPOT="0C"))
    found = hass.states.get(missing)
    assert found is not None
    assert found.state == "on"
    assert found.attributes["phases"] == [2, 3]
    port.send(meter.frame())
    assert state(hass, missing) == "off"


async def test_ejp_notice(hass: HomeAssistant, port: Port, time: Time) -> None:
    """The meter sends it before a peak only."""
    notice = "binary_sensor.linky_0654_ejp_notice"
    await set_up(hass, make_entry(EJP), time, port, EJP.frame())
    assert state(hass, notice) == "off"
    port.send(EJP.frame(PEJP="30"))
    assert state(hass, notice) == "on"
    for _ in range(2):
        port.send(EJP.frame())
    assert state(hass, notice) == "off"
