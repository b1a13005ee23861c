"""What the entities show."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from ..conftest import attribute, state


@pytest.mark.usefixtures("all_enabled")
async def test_all_entities(
    hass: HomeAssistant,
    grid: MockConfigEntry,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    entities = er.async_entries_for_config_entry(entity_registry, grid.entry_id)
    for entity in sorted(entities, key=lambda entity: entity.entity_id):
        assert entity == snapshot(name=f"{entity.entity_id}-entry")
        found = hass.states.get(entity.entity_id)
        assert found == snapshot(name=f"{entity.entity_id}-state")


async def test_without_a_key(hass: HomeAssistant, keyless: MockConfigEntry) -> None:
    assert state(hass, "sensor.grid_tempo_today") == "white"
    assert state(hass, "sensor.grid_tempo_tomorrow") == "red"
    assert state(hass, "sensor.grid_tempo_period") == "white_peak"
    assert attribute(hass, "sensor.grid_tempo_today", "source") == "services_rte"
    assert hass.states.get("sensor.grid_ecowatt_now") is None
    assert hass.states.get("sensor.grid_electricity_price") is None
    assert state(hass, "sensor.grid_carbon_intensity_of_french_production") == "20.0"
    assert state(hass, "sensor.grid_share_of_nuclear") == "66.67"
