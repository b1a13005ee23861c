"""What each kind of meter becomes in Home Assistant."""

from unittest.mock import patch

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import snapshot_platform
from syrupy.assertion import SnapshotAssertion

from ..conftest import make_entry, set_up, state
from ..meters import (
    HISTORICAL_HC,
    HISTORICAL_TRI_TEMPO,
    METERS,
    STANDARD_TEMPO,
    STANDARD_TRI_PRODUCER,
)
from ..serial_line import Port, Time


@pytest.mark.usefixtures("all_enabled")
@pytest.mark.parametrize("name", METERS)
async def test_sensors(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    name: str,
) -> None:
    meter = METERS[name]
    entry = make_entry(meter)
    with patch("custom_components.linky_pilote.PLATFORMS", [Platform.SENSOR]):
        await set_up(hass, entry, time, port, meter.frame())
    await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)


@pytest.mark.parametrize("name", METERS)
async def test_what_is_disabled_by_default(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    name: str,
) -> None:
    meter = METERS[name]
    entry = make_entry(meter)
    await set_up(hass, entry, time, port, meter.frame())
    assert {
        entity.translation_key: entity.disabled_by is None
        for entity in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    } == snapshot


async def test_tempo_colors(hass: HomeAssistant, port: Port, time: Time) -> None:
    await set_up(
        hass,
        make_entry(HISTORICAL_TRI_TEMPO),
        time,
        port,
        HISTORICAL_TRI_TEMPO.frame(),
    )
    today = "sensor.linky_0456_tempo_colour_today"
    tomorrow = "sensor.linky_0456_tempo_colour_tomorrow"
    assert state(hass, today) == "white"
    assert state(hass, tomorrow) == "unknown"

    port.send(HISTORICAL_TRI_TEMPO.frame(DEMAIN="ROUG"))
    found = hass.states.get(tomorrow)
    assert found is not None
    assert found.state == "red"
    assert found.attributes["source"] == "announcement"

    port.send(HISTORICAL_TRI_TEMPO.frame(PTEC="HCJR"))
    assert state(hass, today) == "red"
    assert state(hass, tomorrow) == "unknown"
    found = hass.states.get("sensor.linky_0456_tariff_period")
    assert found is not None
    assert found.state == "red_off_peak"
    assert found.attributes["meter_wording"] == "HCJR"


async def test_no_tempo_without_the_contract(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    await set_up(hass, make_entry(), time, port, HISTORICAL_HC.frame())
    assert not [s for s in hass.states.async_entity_ids() if "tempo" in s]


async def test_index_of_a_former_contract(
    hass: HomeAssistant, port: Port, time: Time, entity_registry: er.EntityRegistry
) -> None:
    """It is offered when it counted something, and not shown by itself."""
    entry = make_entry(STANDARD_TRI_PRODUCER)
    await set_up(hass, entry, time, port, STANDARD_TRI_PRODUCER.frame())

    def find(key: str) -> er.RegistryEntry | None:
        entity_id = entity_registry.async_get_entity_id(
            "sensor", "linky_pilote", f"id0321_{key}"
        )
        return entity_registry.async_get(entity_id) if entity_id else None

    current, former = find("index_01"), find("index_03")
    assert current is not None
    assert current.disabled_by is None
    assert former is not None
    assert former.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    assert find("index_02") is None


async def test_values_are_kept_at_a_damaged_group(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    await set_up(hass, make_entry(), time, port, HISTORICAL_HC.frame())
    await time.advance(5)
    port.send(HISTORICAL_HC.frame().replace(b"HCHP 0234", b"HCHP 9234"))
    assert state(hass, "sensor.linky_0123_energy_peak") == "23456.789"


@pytest.mark.usefixtures("all_enabled")
async def test_headroom_of_three_phases_by_their_power(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    meter = STANDARD_TRI_PRODUCER
    await set_up(hass, make_entry(meter), time, port, meter.frame())
    await time.advance(5)
    port.send(meter.frame(SINSTS="04600", SINSTS1="00100", SINSTS2="04500"))
    name = "sensor.linky_0321_power_still_available"
    assert state(hass, name) == "-500"
    assert state(hass, f"{name}_percentage") == "-12"
    assert state(hass, f"{name}_phase_1") == "3900"
    assert state(hass, f"{name}_phase_2") == "-500"


async def test_no_headroom_without_a_limit(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    """A bench meter says 00 kVA."""
    meter = STANDARD_TEMPO
    await set_up(hass, make_entry(meter), time, port, meter.frame(PREF="00"))
    assert not [s for s in hass.states.async_entity_ids() if "available" in s]


async def test_headroom_by_current_where_the_power_is_not_sent(
    hass: HomeAssistant, port: Port, time: Time
) -> None:
    """Old single-phase meters have no PAPP."""
    await set_up(hass, make_entry(), time, port, HISTORICAL_HC.frame(PAPP=None))
    assert state(hass, "sensor.linky_0123_power_still_available") == "8400"
