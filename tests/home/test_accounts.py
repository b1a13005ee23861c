"""What is counted of loads: energy, euros, cycles; over restarts, and never twice."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.linky_pilote.engine.regulation.model import HeatingMode
from custom_components.linky_pilote.home.options import CONF_EMERGENCY

from .heated import HEATER, ORDERS, THERMOSTAT, WATTS, HeatedHome
from .homes import Home
from .test_thermostat import TOGGLE

ENERGY, COST = "sensor.heater_energy", "sensor.heater_cost"
SAVED = "sensor.linky_0123_saved_by_shedding_this_season"
RATE = "sensor.linky_0123_cost_per_hour_now"
EMERGENCY = "button.linky_0123_emergency_heat_for_an_hour_in_red_hours"
MEMORY = "linky_pilote.home.id0123"


@pytest.fixture
def heated(home: Home) -> HeatedHome:
    """Return a home with a heater that is not set up yet, whose every value is shown."""
    home.hass.config_entries.async_update_entry(
        home.entry, options={"update_interval": 0}
    )
    heated = HeatedHome(home)
    heated.period("HCJB")
    heated.ecowatt(1)
    return heated


def _kwh(home: Home, entity_id: str = ENERGY) -> float:
    return float(home.state(entity_id))


def _attributes(hass: HomeAssistant, entity_id: str) -> Any:
    state = hass.states.get(entity_id)
    assert state is not None
    return state.attributes


async def test_energy_and_cost_by_the_meters_periods(
    hass: HomeAssistant, home: Home, heated: HeatedHome
) -> None:
    await heated.furnish()
    await home.run(200)
    night = WATTS * 203 / 3_600_000
    assert _kwh(home) == pytest.approx(night, rel=0.02)
    heated.period("HPJB")  # without a price
    await home.run(200)
    day = WATTS * 200 / 3_600_000
    assert _kwh(home) == pytest.approx(night + day, rel=0.02)
    assert float(home.state(COST)) == pytest.approx(night * 0.1, rel=0.02)
    attributes = _attributes(hass, COST)
    assert attributes["kwh_without_price"] == pytest.approx(day, rel=0.02)
    periods = attributes["periods"]
    assert periods.keys() == {"blue_off_peak", "blue_peak"}
    assert sum(period["kwh"] for period in periods.values()) == pytest.approx(
        _kwh(home), abs=0.01
    )
    assert periods["blue_peak"]["eur"] == 0
    for entity_id in (ENERGY, COST):
        attributes = _attributes(hass, entity_id)
        assert attributes["state_class"] == "total"
        assert attributes["last_reset"].startswith("2026-12-15T02:00:0")


async def test_what_has_no_price_has_no_cost(
    hass: HomeAssistant, home: Home, heated: HeatedHome
) -> None:
    heated.period("HPJB")
    await heated.furnish()
    await home.run(60)
    assert home.state(COST) == home.state(SAVED) == home.state(RATE) == "unknown"


async def test_nothing_is_counted_twice_over_restarts(
    hass: HomeAssistant, home: Home, heated: HeatedHome
) -> None:
    await heated.furnish()
    await home.run(100)
    energy, cost = _kwh(home), float(home.state(COST))
    since = _attributes(hass, ENERGY)["last_reset"]
    for _ in range(3):
        await home.crash()
        home.freezer.tick(1800)  # nobody watches
        await home.come_back()
        await home.run(2)
    assert energy <= _kwh(home) <= energy + 15 * WATTS / 3_600_000
    assert float(home.state(COST)) == pytest.approx(cost, abs=0.001)
    assert _attributes(hass, ENERGY)["last_reset"] == since


async def test_after_a_crash_it_goes_on_from_what_was_saved(
    hass: HomeAssistant,
    home: Home,
    heated: HeatedHome,
    hass_storage: dict[str, Any],
) -> None:
    await heated.furnish()
    await home.run(100)
    await home.coordinator.memory.async_save()
    saved = hass_storage[MEMORY]["data"]
    energy = _kwh(home)
    await home.run(100)
    assert _kwh(home) > energy + 0.03
    await home.crash()
    hass_storage[MEMORY]["data"] = saved
    await home.come_back()
    await home.run(2)
    assert energy <= _kwh(home) <= energy + 10 * WATTS / 3_600_000


async def test_what_shedding_saves_and_moves(
    hass: HomeAssistant, home: Home, heated: HeatedHome
) -> None:
    await heated.furnish()
    await home.run(300, every=10)
    usual = home.coordinator.memory.accounts.of(heated.key).usual
    assert usual == pytest.approx(WATTS, rel=0.02)
    heated.period("HPJR")
    home.freezer.move_to("2026-12-15 10:00:00+01:00")
    await home.run(600, every=10)
    assert home.state(HEATER) == ORDERS["frost"]
    refused = WATTS / 6000
    assert float(home.state(SAVED)) == pytest.approx(refused * 0.7, rel=0.1)
    assert _attributes(hass, SAVED)["last_reset"] is not None
    heated.period("HCJB")
    home.freezer.move_to("2026-12-15 22:01:00+01:00")
    await home.run(900, every=10)
    account = home.coordinator.memory.accounts.of(heated.key)
    assert account.moved == pytest.approx(1000 * refused, rel=0.1)
    assert float(home.state(SAVED)) == pytest.approx(refused * 0.6, rel=0.1)


async def test_euros_an_hour(
    hass: HomeAssistant, home: Home, heated: HeatedHome
) -> None:
    await heated.furnish()
    await home.run(60)
    estimate = home.coordinator.meter.estimate
    assert estimate is not None
    assert float(home.state(RATE)) == pytest.approx(
        estimate.power / 1000 * 0.1, abs=0.02
    )
    home.silent = True
    await home.run(90)
    assert home.state(RATE) == "unknown"


async def test_the_cost_of_cancelling_is_told_before(
    hass: HomeAssistant, home: Home, heated: HeatedHome
) -> None:
    await heated.furnish()
    await home.run(300, every=10)
    assert _attributes(hass, TOGGLE)["cost"] is None, "there is nothing to cancel"
    heated.period("HPJW")
    home.freezer.move_to("2026-12-15 12:00:00+01:00")
    await home.run(30)
    expected = WATTS / 1000 * 10 * 0.2  # until 22:00
    assert _attributes(hass, TOGGLE)["cost"] == pytest.approx(expected, rel=0.03)
    assert heated.shown("cancel_cost") == pytest.approx(expected, rel=0.03)
    text = _attributes(hass, TOGGLE)["cost_text"]
    assert text == f"≈ {_attributes(hass, TOGGLE)['cost']:.2f} €"
    hass.config.language = "fr"
    await home.run(400, every=20)
    text = _attributes(hass, TOGGLE)["cost_text"]
    assert text.endswith(" €")
    assert "," in text
    await heated.ask("set_hvac_mode", hvac_mode="heat")
    assert heated.shown("cancel_cost") is None


async def test_an_emergency_is_an_hour_in_a_red_peak(
    hass: HomeAssistant,
    home: Home,
    heated: HeatedHome,
    entity_registry: er.EntityRegistry,
) -> None:
    home.freezer.move_to("2026-12-15 10:00:00+01:00")
    heated.period("HPJR")
    await heated.furnish()
    await home.run(20)
    assert hass.states.get(EMERGENCY) is None, "it has to be enabled"
    options = dict(home.entry.options)
    hass.config_entries.async_update_entry(
        home.entry, options={**options, CONF_EMERGENCY: True}
    )
    await hass.async_block_till_done()
    await home.run(2)
    assert _attributes(hass, EMERGENCY)["cost"] == pytest.approx(1.4)
    with pytest.raises(ServiceValidationError):
        await heated.ask("set_hvac_mode", hvac_mode="heat")
    await hass.services.async_call(
        "button", "press", {"entity_id": EMERGENCY}, blocking=True
    )
    await home.run(30)
    assert (heated.shown(), heated.shown("reason")) == (HeatingMode.AUTO, "emergency")
    assert heated.shown("temperature") == 19.0
    assert home.state(HEATER) == ORDERS["comfort"]
    until = _attributes(hass, EMERGENCY)["until"]
    assert until.isoformat().startswith("2026-12-15T10:00")
    await home.run(3600, every=60)
    assert home.state(HEATER) == ORDERS["frost"]
    hass.config_entries.async_update_entry(home.entry, options=options)
    await hass.async_block_till_done()
    assert entity_registry.async_get(EMERGENCY) is None
    assert hass.states.get(THERMOSTAT) is not None


async def test_what_few_people_need_is_disabled(
    hass: HomeAssistant,
    home: Home,
    heated: HeatedHome,
    entity_registry: er.EntityRegistry,
) -> None:
    await home.add_helpers("input_boolean", washer={"initial": True})
    hass.states.async_set("sensor.draws_washer", "3", {"unit_of_measurement": "W"})
    washer = home.add_load(
        "input_boolean.washer", "Washer", power_sensor="sensor.draws_washer"
    )
    await heated.furnish()

    def disabled(key: str) -> set[str | None]:
        return {
            entity.translation_key
            for entity in er.async_entries_for_config_entry(
                entity_registry, home.entry.entry_id
            )
            if entity.config_subentry_id == key and entity.disabled_by
        }

    assert disabled(washer) == {"load_moved", "load_standby", "load_cycle"}
    assert disabled(heated.key) == {"load_moved", "load_standby", "load_heating"}
    for entity in list(entity_registry.entities.values()):
        if entity.config_subentry_id == washer:
            entity_registry.async_update_entity(entity.entity_id, disabled_by=None)
    await home.reload()
    await home.run(400, every=10)
    assert float(home.state("sensor.washer_standby_power")) == 3.0
    hass.states.async_set("sensor.draws_washer", "2000", {"unit_of_measurement": "W"})
    await home.run(600, every=10)
    assert _attributes(hass, "sensor.washer_last_cycle")["running"] is True
    hass.states.async_set("sensor.draws_washer", "3", {"unit_of_measurement": "W"})
    await home.run(400, every=10)
    attributes = _attributes(hass, "sensor.washer_last_cycle")
    assert attributes["minutes"] == 10
    assert (attributes["cycles"], attributes["running"]) == (1, False)
    assert _kwh(home, "sensor.washer_last_cycle") == pytest.approx(2 / 6, rel=0.03)


async def test_entities_come_and_go_with_what_is_known_of_a_load(
    hass: HomeAssistant, home: Home, entity_registry: er.EntityRegistry
) -> None:
    await home.add_helpers("input_boolean", washer={"initial": True})
    hass.states.async_set("sensor.draws_washer", "3", {"unit_of_measurement": "W"})
    washer = home.add_load("input_boolean.washer", "Washer")
    await home.start()

    def kinds() -> set[str | None]:
        of_entry = er.async_entries_for_config_entry(
            entity_registry, home.entry.entry_id
        )
        return {
            entity.translation_key
            for entity in of_entry
            if entity.config_subentry_id == washer
        }

    measured = {"load_standby", "load_cycle"}
    assert not kinds() & measured
    subentry = home.entry.subentries[washer]
    sensor = {"power_sensor": "sensor.draws_washer"}
    for data, found in (({**subentry.data, **sensor}, True), (subentry.data, False)):
        hass.config_entries.async_update_subentry(home.entry, subentry, data=data)
        await hass.async_block_till_done()
        await home.run(2)
        assert (measured <= kinds()) is found
        assert bool(measured & kinds()) is found


async def test_a_heater_that_goes_while_nothing_runs_takes_its_thermostat_along(
    hass: HomeAssistant,
    home: Home,
    heated: HeatedHome,
    entity_registry: er.EntityRegistry,
) -> None:
    await heated.furnish()
    assert entity_registry.async_get(THERMOSTAT) is not None
    await hass.config_entries.async_unload(home.entry.entry_id)
    hass.config_entries.async_remove_subentry(home.entry, heated.key)
    await home.come_back()
    assert entity_registry.async_get(THERMOSTAT) is None


async def test_a_sensor_that_says_nonsense_counts_nothing(
    hass: HomeAssistant, home: Home, heated: HeatedHome
) -> None:
    await heated.furnish()
    await home.run(10)
    account = home.coordinator.memory.accounts.of(heated.key)
    for nonsense in ("nan", "inf", "-400"):
        before = account.energy
        hass.states.async_set(
            "sensor.draws_heater", nonsense, {"unit_of_measurement": "W"}
        )
        home.freezer.tick(1)
        home.coordinator.decide()
        assert before <= account.energy <= before + 1, nonsense
