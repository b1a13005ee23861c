"""The entities of loads and of the house; the options; schedules; what is saved."""

import json
from typing import Any

from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.json import ExtendedJSONEncoder
import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.linky_pilote.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.linky_pilote.engine.regulation.model import Guard, Window
from custom_components.linky_pilote.home.schedules import windows_of

from .homes import Home
from .test_shedding import two_heaters

MOVING = frozenset(
    {"house_regulation", "load_energy", "load_energy_grid", "house_trip_risk"}
)
"""Keys of entities whose states depend on when they were written last."""


async def test_entities(
    hass: HomeAssistant,
    home: Home,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    first, _ = await two_heaters(home)
    await home.start()
    await home.run(20)
    device = device_registry.async_get_device_by_identifier(
        ("linky_pilote", first), home.entry.entry_id
    )
    assert device is not None
    assert device.name == "First"
    assert device.via_device_id == home.coordinator.meter_device_id
    shown: dict[str, dict[str, Any]] = {}
    for entity in er.async_entries_for_config_entry(
        entity_registry, home.entry.entry_id
    ):
        of_load = entity.config_subentry_id == first
        if of_load or "_house_" in entity.unique_id:
            state = hass.states.get(entity.entity_id)
            key = entity.translation_key
            if entity.disabled_by:
                shown[entity.entity_id] = {"disabled": True, "key": key}
                continue
            assert state is not None
            shown[entity.entity_id] = {
                "state": "any" if key in MOVING else state.state,
                "attributes": dict(state.attributes),
                "category": entity.entity_category,
                "key": key,
            }
    assert shown == snapshot


async def test_what_is_written_only_when_it_changes(
    hass: HomeAssistant, home: Home
) -> None:
    await two_heaters(home)
    await home.start()
    await home.run(10)
    before = hass.states.get("sensor.first_state")
    await home.run(10)
    after = hass.states.get("sensor.first_state")
    assert before is not None
    assert after is not None
    assert after.last_reported == before.last_reported


async def test_the_house_goes_with_the_last_load(
    hass: HomeAssistant, home: Home
) -> None:
    first, last = await two_heaters(home)
    await home.start()
    await home.run(2)
    assert hass.states.get("select.linky_0123_regulation_of_the_house") is not None
    for key in (first, last):
        hass.config_entries.async_remove_subentry(home.entry, key)
        await hass.async_block_till_done()
    await home.run(12)
    assert hass.states.get("select.linky_0123_regulation_of_the_house") is None
    assert hass.states.get("event.linky_0123_regulation") is None
    home.add_load("input_boolean.first", "Again")
    await hass.async_block_till_done()
    await home.run(2)
    assert home.state("select.linky_0123_regulation_of_the_house") == "automatic"
    assert home.state("sensor.again_state") == "running"


async def test_group_and_mode(hass: HomeAssistant, home: Home) -> None:
    _first, last = await two_heaters(home)
    await home.start()
    await home.run(2)
    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": "number.last_place_in_the_order_of_priority", "value": 1},
        blocking=True,
    )
    assert home.coordinator.memory.ranks[last] == 1
    await hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": "select.linky_0123_regulation_of_the_house", "option": "absent"},
        blocking=True,
    )
    assert home.coordinator.wishes.house == "absent"


async def test_options(hass: HomeAssistant, home: Home) -> None:
    first, last = await two_heaters(home)
    hass.states.async_set("sensor.sun", "0.5", {"unit_of_measurement": "kW"})
    await home.start()
    await home.run(2)
    options = hass.config_entries.options
    step = await options.async_init(home.entry.entry_id)
    assert step["data_schema"] is not None
    asked: dict[str, Any] = step["data_schema"](
        {"order": ["input_boolean.last", "input_boolean.first"]}
    )
    step = await options.async_configure(
        step["flow_id"],
        {
            **asked,
            "guard": "linky",
            "limit_share": 90,
            "production": "sensor.sun",
            "temperature": "sensor.hall",
            "thermostat_off": True,
        },
    )
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert "order" not in home.entry.options
    memory = home.coordinator.memory
    assert memory.ranks == {last: 1, first: 2}
    settings = home.coordinator.options.settings(memory.ranks)
    assert settings.guard is Guard.LINKY
    assert settings.limit_share == pytest.approx(0.9)
    assert settings.ranks == ((last,), (first,))
    assert settings.off_is_absence
    assert home.coordinator.options.temperature == "sensor.hall"
    assert home.port.opened == [9600]
    await home.run(20)
    assert home.coordinator.signals.production == 500
    assert home.state("sensor.linky_0123_self_consumption_today") == "100.0"
    assert float(home.state("sensor.last_energy_from_the_sun_today")) > 0
    used = float(home.state("sensor.linky_0123_energy_used_from_the_sun_today"))
    assert used * 3_600_000 == pytest.approx(20 * 500, rel=0.1), "by all of the home"

    step = await options.async_init(home.entry.entry_id)
    assert step["data_schema"] is not None
    suggested = {
        str(key): key.description["suggested_value"]
        for key in step["data_schema"].schema
        if key.description
    }
    assert suggested["order"] == ["input_boolean.last", "input_boolean.first"]
    assert suggested["production"] == "sensor.sun"
    assert suggested["temperature"] == "sensor.hall"

    home.coordinator.set_ranks({last: 1, first: 1})
    step = await options.async_init(home.entry.entry_id)
    step = await options.async_configure(
        step["flow_id"],
        {**asked, "order": ["input_boolean.first", "input_boolean.last"]},
    )
    assert step["type"] is FlowResultType.CREATE_ENTRY
    assert memory.ranks == {last: 1, first: 1}, "they still share one"


@pytest.mark.parametrize("expected_lingering_timers", [True])  # the schedule's own
async def test_a_schedule_is_followed(hass: HomeAssistant, home: Home) -> None:
    await hass.config.async_set_time_zone("Europe/Paris")
    await home.add_helpers("input_boolean", pump={"initial": False})
    await home.add_helpers(
        "schedule",
        filter={"name": "Filter", "tuesday": [{"from": "03:05", "to": "03:10"}]},
    )
    pump = home.add_load(
        "input_boolean.pump",
        "Pump",
        behaviour="on_off",
        schedule="schedule.filter",
        follow=1,
    )
    await home.start()
    home.arm(pump)
    await home.run(200, every=5)
    assert home.calls == []
    await home.run(200, every=5)
    assert home.calls == [("input_boolean", "turn_on", "input_boolean.pump")]
    await home.run(300, every=5)
    assert home.calls[1:] == [("input_boolean", "turn_off", "input_boolean.pump")]


async def test_diagnostics_name_no_load(hass: HomeAssistant, home: Home) -> None:
    await two_heaters(home)
    await home.start()
    await home.run(2)
    data = await async_get_config_entry_diagnostics(hass, home.entry)
    text = json.dumps(data["home"], cls=ExtendedJSONEncoder)
    assert "First" not in text
    assert "input_boolean" not in text
    assert [load["verdict"]["reason"] for load in data["home"]["loads"]] == [
        "off_peak",
        "off_peak",
    ]


def test_windows_of_a_schedule() -> None:
    assert windows_of({}) == (Window(days=frozenset()),), "never"
    assert windows_of({"sunday": [{"from": "22:30:00", "to": "23:59:59.999999"}]}) == (
        Window(days=frozenset({6}), start=1350, end=1440),
    )


@pytest.mark.parametrize(
    ("damage", "warning"),
    [
        ({"version": 99}, "The loads are begun anew, and not remembered"),
        ({"data": []}, "A part of what was known of the loads is lost"),
        ({"data": {"state": {}}}, "A part of what was known of the loads is lost"),
    ],
)
async def test_what_cannot_be_read_is_begun_anew(
    hass: HomeAssistant,
    home: Home,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    damage: dict[str, Any],
    warning: str,
) -> None:
    await two_heaters(home)
    hass_storage["linky_pilote.home.id0123"] = {
        "version": 1,
        "minor_version": 1,
        "key": "linky_pilote.home.id0123",
        "data": {},
        **damage,
    }
    await home.start()
    await home.run(2)
    assert warning in caplog.text
    assert home.state("sensor.first_state") == "running"
    assert not home.coordinator.wishes.armed


async def test_what_is_spoiled_spoils_nothing_else(
    hass: HomeAssistant, home: Home, hass_storage: dict[str, Any]
) -> None:
    first, last = await two_heaters(home)
    hass_storage["linky_pilote.home.id0123"] = {
        "version": 1,
        "minor_version": 1,
        "key": "linky_pilote.home.id0123",
        "data": {
            "state": {"version": 1, "wishes": {"house": "of another version"}},
            "ranks": {first: 2, last: 1},
            "changes": {last: {"entity": "input_boolean.last", "had": {"state": "on"}}},
            "today": {"day": "unreadable"},
        },
    }
    hass.states.async_set("input_boolean.last", "off")
    await home.start()
    await home.run(2)
    assert home.calls == [("input_boolean", "turn_on", "input_boolean.last")]
    assert home.coordinator.memory.ranks == {first: 2, last: 1}
    assert not home.coordinator.wishes.armed


@pytest.mark.parametrize("expected_lingering_timers", [True])  # the schedule's own
@pytest.mark.parametrize("what", ["renamed", "removed"])
async def test_a_schedule_that_is(
    hass: HomeAssistant,
    home: Home,
    hass_storage: dict[str, Any],
    entity_registry: er.EntityRegistry,
    what: str,
) -> None:
    """Its hours count by whatever name, and no more once it is gone."""
    await hass.config.async_set_time_zone("Europe/Paris")
    hours = {"tuesday": [{"from": "03:05:00", "to": "03:10:00"}]}
    item = {"id": "filter", "name": "Filter", **hours}
    hass_storage["schedule"] = {
        "version": 1,
        "minor_version": 1,
        "key": "schedule",
        "data": {"items": [item]},
    }
    await home.add_helpers("schedule")
    await home.add_helpers("input_boolean", pump={"initial": False})
    schedule = entity_registry.async_get("schedule.filter")
    assert schedule is not None
    pump = home.add_load(
        "input_boolean.pump", "Pump", behaviour="on_off", schedule=schedule.id
    )
    await home.start()
    home.arm(pump)
    await home.run(10, every=5)
    if what == "removed":
        entity_registry.async_remove("schedule.filter")
    else:
        entity_registry.async_update_entity(
            "schedule.filter", new_entity_id="schedule.pool"
        )
        await hass.async_block_till_done()
        later = Window(days=frozenset({1}), start=12 * 60, end=13 * 60)
        answer: Any = {"schedule.pool": {"tuesday": [{"from": "12:00", "to": "13:00"}]}}
        hass.services.async_register(
            "schedule",
            "get_schedule",
            lambda call: answer,
            supports_response=SupportsResponse.ONLY,
        )
        hass.states.async_set("schedule.pool", "off", {"next_event": "later"})
    await hass.async_block_till_done()
    await home.run(400, every=5)
    assert home.calls == []
    windows = home.coordinator.drivers[pump].load.load.windows
    assert windows == ((later,) if what == "renamed" else (Window(days=frozenset()),))


async def test_a_schedule_that_is_not_there_starts_nothing(
    hass: HomeAssistant, home: Home
) -> None:
    await home.add_helpers("input_boolean", pump={"initial": False})
    pump = home.add_load(
        "input_boolean.pump", "Pump", behaviour="on_off", schedule="schedule.gone"
    )
    await home.start()
    home.arm(pump)
    await home.run(200, every=5)
    assert home.calls == []
    verdict = home.coordinator.verdict(pump)
    assert verdict is not None
    assert verdict.blocked_by == "schedule"
    issue = home.issue(f"load_schedule_gone_{pump}")
    assert issue is not None
    assert issue.translation_placeholders == {"name": "Pump"}
    hass.states.async_set("schedule.gone", "off")
    await home.run(2)
    assert home.issue(f"load_schedule_gone_{pump}") is None


async def test_what_is_saved_can_be_read(
    hass: HomeAssistant, home: Home, hass_storage: dict[str, Any]
) -> None:
    first, _ = await two_heaters(home)
    await home.start()
    home.arm(first)
    await home.run(2)
    await home.coordinator.memory.async_save()
    saved = hass_storage["linky_pilote.home.id0123"]["data"]
    assert json.loads(json.dumps(saved)) == saved
    assert saved["state"]["wishes"]["armed"] == [first]
