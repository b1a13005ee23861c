"""The house as Home Assistant shows it: services go in, states and frames come out."""

from collections.abc import AsyncIterator
import json
import os
from pathlib import Path
from time import monotonic
from types import SimpleNamespace
from typing import Any

from homeassistant.components.climate.const import HVACAction
from homeassistant.components.websocket_api import http as websocket
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    mock_restore_cache_with_extra_data,
)

from custom_components.linky_pilote.engine.reading import TicMode
from custom_components.linky_pilote.sources.base import SILENCE, MeterSource
from demo import furnish, house_page
from demo.config_folder import DEMO, ConfigFolder
from demo.custom_components.virtual_house.home import DATA_HOME
from demo.loads import LOADS
from demo.scenarios import SCENARIOS, seconds
from demo.world import World

from .test_launcher import client

pytestmark = pytest.mark.usefixtures("socket_enabled")
INTEGRATION = DEMO / "custom_components" / "virtual_house"


@pytest.fixture
def folder(tmp_path: Path) -> ConfigFolder:
    """Return a folder for the house."""
    return ConfigFolder(tmp_path)


@pytest.fixture
def options(folder: ConfigFolder) -> dict[str, Any]:
    """Return the house of a red day, as the demo's configuration has it."""
    meter = SCENARIOS["red-day"].meter()
    return folder.house(meter, TicMode.HISTORICAL, "red-day")


@pytest.fixture
def at_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Home Assistant find the house, half a minute after the day began."""
    monkeypatch.syspath_prepend(str(DEMO))
    now_s = SCENARIOS["red-day"].start_s + 30
    monkeypatch.setattr(
        "demo.virtual_line.time",
        SimpleNamespace(time=lambda: now_s, monotonic=monotonic),
    )


@pytest.fixture
async def home(
    hass: HomeAssistant,
    enable_custom_integrations: None,
    options: dict[str, Any],
    at_its_start: None,
) -> AsyncIterator[World]:
    """Set the house up, and stop it at the end."""
    assert await async_setup_component(
        hass, "virtual_house", {"virtual_house": options}
    )
    await hass.async_block_till_done()
    home: World = hass.data[DATA_HOME]
    yield home
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()


async def call(hass: HomeAssistant, home: World, service: str, **data: Any) -> None:
    """Call a service and let the house live for two seconds."""
    domain, _, name = service.partition(".")
    await hass.services.async_call(domain, name, data, blocking=True)
    home.meter.advance(home.meter.state.epoch_s + 2)
    home.changed()  # type: ignore[attr-defined]
    await hass.async_block_till_done()


def number(hass: HomeAssistant, entity_id: str) -> float:
    """Return a state that is a number."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return float(state.state)


def shown(hass: HomeAssistant, entity_id: str) -> str:
    """Return a state."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state.state


async def test_all_is_marked_as_simulated(hass: HomeAssistant, home: World) -> None:
    registry, devices = er.async_get(hass), dr.async_get(hass)
    ours = [e for e in registry.entities.values() if e.platform == "virtual_house"]
    assert len(ours) > 60
    for entity in ours:
        assert entity.device_id is not None
        device = devices.async_get(entity.device_id)
        assert device is not None
        assert "simulat" in (device.name or ""), entity.entity_id
        assert entity.entity_id.partition(".")[2].startswith("virtual_")


@pytest.mark.parametrize(
    ("service", "data", "name", "watts"),
    [
        ("switch.turn_on", {"entity_id": "switch.virtual_oven"}, "oven", 2300),
        ("button.press", {"entity_id": "button.virtual_start_oven"}, "oven", 2300),
        ("switch.turn_on", {"entity_id": "switch.virtual_pool_pump"}, "pool_pump", 750),
        (
            "switch.turn_off",
            {"entity_id": "switch.virtual_water_heater"},
            "water_heater",
            0,
        ),
        ("switch.turn_on", {"entity_id": "switch.virtual_charger"}, "charger", 3680),
        (
            "light.turn_on",
            {"entity_id": "light.virtual_dimmed_heater", "brightness": 51},
            "dimmed_heater",
            240,
        ),
        (
            "climate.set_temperature",
            {"entity_id": "climate.virtual_heater_living_room", "temperature": 25},
            "heater_living_room",
            1250,
        ),
        (
            "climate.set_preset_mode",
            {
                "entity_id": "climate.virtual_heater_bathroom",
                "preset_mode": "frost_protection",
            },
            "heater_bathroom",
            0,
        ),
        (
            "climate.turn_off",
            {"entity_id": "climate.virtual_heater_living_room"},
            "heater_living_room",
            0,
        ),
        (
            "select.select_option",
            {"entity_id": "select.virtual_heater_bedroom", "option": "eco"},
            "heater_bedroom",
            0,
        ),
        (
            "select.select_option",
            {"entity_id": "select.virtual_sky", "option": "full_sun"},
            "panels",
            3000,
        ),
        (
            "switch.turn_on",
            {"entity_id": "switch.virtual_power_cut"},
            "stand_by",
            0,
        ),
    ],
)
async def test_what_is_done_shows_in_the_power(
    hass: HomeAssistant,
    home: World,
    service: str,
    data: dict[str, Any],
    name: str,
    watts: float,
) -> None:
    await call(hass, home, service, **data)
    assert number(hass, f"sensor.virtual_{name}_power") == pytest.approx(
        watts, rel=0.02
    )


async def test_it_has_lived_since_the_start_of_the_day(home: World) -> None:
    assert 30 <= home.meter.state.epoch_s - SCENARIOS["red-day"].start_s < 60
    told = json.loads(home.energy())
    net = sum(told["drawn_wh"].values()) - sum(told["given_wh"].values())
    # the meter may not have counted the second that runs: 9 kW for that long
    assert net == pytest.approx(
        told["meter_drawn_wh"] - told["meter_injected_wh"], abs=2.5
    )
    assert net > 10


async def test_the_charger_keeps_its_amperes(hass: HomeAssistant, home: World) -> None:
    entity_id = "number.virtual_charger_current"
    await call(hass, home, "number.set_value", entity_id=entity_id, value=8)
    assert number(hass, "sensor.virtual_charger_power") == 0
    await call(hass, home, "switch.turn_on", entity_id="switch.virtual_charger")
    assert number(hass, "sensor.virtual_charger_power") == 1840
    assert number(hass, entity_id) == 8
    await call(hass, home, "switch.turn_off", entity_id="switch.virtual_charger")
    assert shown(hass, "switch.virtual_charger") == "off"
    assert shown(hass, "binary_sensor.virtual_charger_plugged_in") == "on"


async def test_a_thermostat_shows_what_it_does(
    hass: HomeAssistant, home: World
) -> None:
    entity_id = "climate.virtual_heater_bathroom"
    await call(
        hass, home, "climate.set_temperature", entity_id=entity_id, temperature=24
    )
    state = hass.states.get(entity_id)
    assert state is not None
    assert state.attributes["hvac_action"] == HVACAction.HEATING
    assert state.attributes["temperature"] == 24
    assert state.attributes["preset_mode"] is None
    await call(
        hass, home, "climate.set_preset_mode", entity_id=entity_id, preset_mode="eco"
    )
    state = hass.states.get(entity_id)
    assert state is not None
    assert state.attributes["hvac_action"] == HVACAction.IDLE
    assert state.attributes["preset_mode"] == "eco"
    await call(hass, home, "climate.turn_off", entity_id=entity_id)
    await call(hass, home, "climate.turn_on", entity_id=entity_id)
    assert shown(hass, entity_id) == "heat"


async def test_every_order_of_the_pilot_wire(hass: HomeAssistant, home: World) -> None:
    entity_id = "select.virtual_heater_child"
    state = hass.states.get(entity_id)
    assert state is not None
    for option in state.attributes["options"]:
        await call(
            hass, home, "select.select_option", entity_id=entity_id, option=option
        )
        assert shown(hass, entity_id) == option
    home.obey("set heater_child off")
    await hass.async_block_till_done()
    assert shown(hass, entity_id) == "off"


async def test_commands_that_get_lost_change_nothing(
    hass: HomeAssistant, home: World
) -> None:
    await call(
        hass,
        home,
        "number.set_value",
        entity_id="number.virtual_dropped_commands",
        value=100,
    )
    await call(hass, home, "switch.turn_on", entity_id="switch.virtual_pool_pump")
    assert shown(hass, "switch.virtual_pool_pump") == "off"


async def test_the_meter_is_unplugged_and_plugged_in(
    hass: HomeAssistant, home: World, folder: ConfigFolder
) -> None:
    entity_id = "switch.virtual_meter_unplugged"
    assert folder.meter_link.is_symlink()
    await call(hass, home, "switch.turn_on", entity_id=entity_id)
    assert not folder.meter_link.is_symlink()
    assert shown(hass, entity_id) == "on"
    await call(hass, home, "switch.turn_off", entity_id=entity_id)
    assert folder.meter_link.is_symlink()


async def test_the_world_around_it(hass: HomeAssistant, home: World) -> None:
    assert shown(hass, "select.virtual_color_today") == "white"
    await call(
        hass,
        home,
        "select.select_option",
        entity_id="select.virtual_color_tomorrow",
        option="red",
    )
    assert home.meter.snapshot().tariff.color_tomorrow == "red"
    await call(
        hass,
        home,
        "select.select_option",
        entity_id="select.virtual_color_tomorrow",
        option="as_planned",
    )
    assert shown(hass, "select.virtual_color_tomorrow") == "as_planned"
    before = number(hass, "sensor.virtual_grid_frequency")
    await call(hass, home, "switch.turn_on", entity_id="switch.virtual_grid_strained")
    assert number(hass, "sensor.virtual_grid_frequency") < before - 0.1
    await call(hass, home, "switch.turn_on", entity_id="switch.virtual_battery")
    assert shown(hass, "switch.virtual_battery") == "on"
    await call(hass, home, "switch.turn_off", entity_id="switch.virtual_battery")
    assert shown(hass, "weather.virtual_weather") == "clear-night"
    await call(
        hass,
        home,
        "select.select_option",
        entity_id="select.virtual_sky",
        option="full_sun",
    )
    assert shown(hass, "weather.virtual_weather") == "sunny"
    assert shown(hass, "sensor.virtual_simulated_time").startswith("2027-01-12 05:4")


async def test_orders_come_in_words_too(hass: HomeAssistant, home: World) -> None:
    assert home.obey("set pool_pump on") == "ok"
    assert home.house.devices["pool_pump"].is_on
    told = json.loads(home.obey("energy").removeprefix("ok "))
    assert told["drawn_wh"].keys() == home.house.drawn_wh.keys()
    for text in ("speed 60", "speed fast", "speed 60 since 12:00", "quit"):
        assert home.obey(text).startswith("error: ")
    # there is nothing to hurry where time is real
    assert hass.states.get("number.virtual_speed") is None


async def test_time_flies_until_an_instant(
    hass: HomeAssistant, home: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKETIME", "@0 x1")
    # class attribute and constant are put back
    monkeypatch.setattr(MeterSource, "silence", SILENCE)
    monkeypatch.setattr(websocket, "AUTH_MESSAGE_TIMEOUT", 10)
    at = "2027-01-12T05:50"
    assert home.obey(f"speed 60 until {at}") == "ok"
    assert home.line.wire.hurry == 60
    assert MeterSource.silence == 180
    assert websocket.AUTH_MESSAGE_TIMEOUT == 600
    home.meter.advance(seconds(at) + 2)
    assert home.line.wire.hurry == 1
    assert json.loads(home.noted)["time"] == seconds(at)
    assert os.environ["FAKETIME"].endswith(" x1")


async def test_energies_go_on_after_a_restart(
    hass: HomeAssistant,
    enable_custom_integrations: None,
    options: dict[str, Any],
    at_its_start: None,
) -> None:
    mock_restore_cache_with_extra_data(
        hass,
        [
            (
                State("sensor.virtual_oven_energy", "12.5"),
                {"native_value": 12.5, "native_unit_of_measurement": "kWh"},
            )
        ],
    )
    assert await async_setup_component(
        hass, "virtual_house", {"virtual_house": options}
    )
    await hass.async_block_till_done()
    assert number(hass, "sensor.virtual_oven_energy") == 12.5
    (entry,) = hass.config_entries.async_entries("virtual_house")
    assert await hass.config_entries.async_unload(entry.entry_id)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()


async def test_nobody_adds_it_by_hand(hass: HomeAssistant, home: World) -> None:
    (entry,) = hass.config_entries.async_entries("virtual_house")
    assert entry.source == "import"
    result = await hass.config_entries.flow.async_init(
        "virtual_house", context={"source": "user"}
    )
    assert result["type"] == "abort"


async def test_the_page_shows_what_there_is(hass: HomeAssistant, home: World) -> None:
    known = hass.states.async_entity_ids()
    text = json.dumps(house_page.page("fr", {"headroom": "sensor.h"}, known))
    for entity_id in (
        *(*house_page._WORLD, *house_page._TROUBLE, *house_page._POWERS),
        *(*house_page._HEATERS, *house_page._OTHERS, "sensor.h"),
    ):
        assert f'"{entity_id}"' in text
    assert "number.virtual_speed" not in text
    english = json.dumps(house_page.page("en", {}, known))
    assert "Nothing here is real" in english
    assert "sensor.h" not in english


async def test_each_load_of_the_demo_is_in_the_house(
    hass: HomeAssistant, home: World
) -> None:
    there = set(hass.states.async_entity_ids())
    for load in LOADS:
        named = {load.entity, load.power_sensor}
        named |= {value for value in load.how.values() if isinstance(value, str)}
        assert named <= there


async def test_the_page_is_made_once_and_kept_up_to_date() -> None:
    fake, ours = client(
        {
            "config/entity_registry/list": [[], []],
            "GET /api/states": [[], []],
            "lovelace/dashboards/list": [[], [{"url_path": house_page.URL_PATH}]],
        }
    )
    await furnish.make_house_page(ours, "e1", "fr")
    await furnish.make_house_page(ours, "e1", "fr")
    asked = [name for name, _ in fake.asked]
    assert asked.count("lovelace/dashboards/create") == 1
    assert asked.count("lovelace/config/save") == 2


def test_words_and_icons_are_complete() -> None:
    languages = [
        json.loads((INTEGRATION / "translations" / f"{name}.json").read_text("utf-8"))
        for name in ("en", "fr")
    ]

    def keys(part: Any, path: str = "") -> set[str]:
        if not isinstance(part, dict):
            return {path}
        return {key for name in part for key in keys(part[name], f"{path}.{name}")}

    assert keys(languages[0]) == keys(languages[1])
