"""Loads behind entities as integrations make them, from a shed to what they had."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from homeassistant.components.climate.const import HVACMode
from homeassistant.components.water_heater.const import WaterHeaterEntityFeature
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.linky_pilote.engine.regulation.model import LoadMode, Reason
from custom_components.linky_pilote.engine.regulation.wishes import disarm
from custom_components.linky_pilote.home.wishes import set_mode

from .homes import Home
from .real import HotWater, Unit, add_entity, draws
from .test_hand_back import LAST
from .test_phases import THREE
from .test_shedding import shed_the_last

UNIT, TANK = "climate.unit", "water_heater.tank"
SWITCHED = WaterHeaterEntityFeature.ON_OFF
MODES = WaterHeaterEntityFeature.OPERATION_MODE


async def shed(home: Home, key: str) -> None:
    """Shed a load of 2 kW by an overload."""
    home.arm(key)
    await home.run(20)
    assert home.calls == []
    home.base = 6000
    await home.run(130)


@pytest.mark.parametrize("behaviour", ["appliance", "heating"])
@pytest.mark.parametrize("mode", [HVACMode.COOL, HVACMode.HEAT_COOL])
async def test_an_air_conditioner_cools_again(
    hass: HomeAssistant, home: Home, behaviour: str, mode: HVACMode
) -> None:
    """By default Home Assistant switches it on to heat, or to either."""
    await add_entity(hass, "climate", Unit(mode, target=24.0, room=27.0))
    key = home.add_load(
        UNIT, behaviour=behaviour, power_sensor=draws(home, UNIT, 2000), follow=2.0
    )
    await home.start()
    await shed(home, key)
    assert home.state(UNIT) == "off"
    home.base = 500
    await home.run(1500, every=5)
    assert home.state(UNIT) == mode
    state = hass.states.get(UNIT)
    assert state is not None
    assert state.attributes["temperature"] == 24.0


@pytest.mark.parametrize(
    ("features", "modes"),
    [
        (SWITCHED | MODES, ("off", "eco", "performance")),
        (SWITCHED, ("off", "eco")),
        (MODES, ("off", "eco", "performance")),
    ],
)
async def test_a_tank_is_shed_by_what_it_has(
    hass: HomeAssistant,
    home: Home,
    features: WaterHeaterEntityFeature,
    modes: tuple[str, ...],
) -> None:
    await add_entity(hass, "water_heater", HotWater(features, *modes))
    sensor = draws(home, TANK, 2000)
    key = home.add_load(TANK, power_sensor=sensor, follow=2.0)
    await home.start()
    await shed(home, key)
    assert home.state(TANK) == "off"
    home.base = 500
    await home.run(700, every=5)
    assert home.state(TANK) == modes[-1]
    home.coordinator.wish(partial(disarm, key))
    await home.run(20)
    assert home.state(TANK) == modes[-1]
    assert home.coordinator.memory.changes == {}


async def heat_in_red(hass: HomeAssistant, home: Home, unit: Unit) -> str:
    """Let a unit heat in a red peak, where it may be commanded; return its load."""
    await add_entity(hass, "climate", unit)
    key = home.add_load(UNIT, behaviour="heating", follow=2.0)
    home.meter = home.meter.with_period("HPJR")
    await home.start()
    home.arm(key)
    await home.run(60)
    return key


@pytest.mark.parametrize("preset", ["home", "manual"])
async def test_a_thermostat_gets_its_temperature_back_whatever_its_preset(
    hass: HomeAssistant, home: Home, preset: str
) -> None:
    """One that is still shown changes nothing; some are shown and not taken."""
    unit = Unit(
        HVACMode.HEAT, target=20.0, room=18.0, preset=preset, presets=("home", "sleep")
    )
    key = await heat_in_red(hass, home, unit)
    assert unit.target_temperature == 7.0
    home.coordinator.wish(partial(disarm, key))
    await home.run(20)
    assert unit.target_temperature == 20.0
    assert unit.preset_mode == preset


async def test_a_home_in_fahrenheit_is_heated(hass: HomeAssistant, home: Home) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    unit = Unit(HVACMode.HEAT, target=19.0, room=18.0)
    await heat_in_red(hass, home, unit)
    assert unit.target_temperature == pytest.approx(7.0, abs=0.1)
    assert home.state("sensor.unit_state") == "shed"
    home.meter = home.meter.with_period("HCJR")
    await home.run(400, every=5)
    assert unit.target_temperature == pytest.approx(19.0, abs=0.1)
    assert home.state("sensor.unit_state") == "running"


async def test_a_pilot_wire_that_comes_back_in_a_programme_is_told_again(
    hass: HomeAssistant, home: Home
) -> None:
    orders = {"comfort": "Confort", "eco": "Eco", "frost": "Hors-gel"}
    options = [*orders.values(), "Programme"]
    wire = "input_select.wire"
    await home.add_helpers(
        "input_select", wire={"options": options, "initial": "Programme"}
    )
    key = home.add_load(wire, behaviour="heating", orders=orders, follow=2.0)
    await home.start()
    home.arm(key)
    await home.run(30)
    assert home.state(wire) == "Confort"
    home.meter = home.meter.with_period("HPJR")
    await home.run(30)
    assert home.state(wire) == "Hors-gel"
    hass.states.async_set(wire, "unavailable")
    await home.run(20)
    hass.states.async_set(wire, "Programme")
    home.calls.clear()
    await home.run(60)
    assert home.calls == [("input_select", "select_option", wire)]


async def test_a_script_that_a_person_starts_is_a_hand(
    hass: HomeAssistant, home: Home, hass_admin_user: MockUser
) -> None:
    """And no automation, three of which would end the control."""
    step = {"action": "input_boolean.turn_on", "target": {"entity_id": LAST}}
    scripts: dict[str, Any] = {"boost": {"sequence": [step]}}
    assert await async_setup_component(hass, "script", {"script": scripts})
    await shed_the_last(home)
    (key,) = home.coordinator.memory.changes
    somebody = Context(user_id=hass_admin_user.id)
    for _ in range(3):
        await hass.services.async_call(
            "script", "boost", blocking=True, context=somebody
        )
        await home.run(20)
        assert home.state("sensor.last_state") == "by_hand"
        home.freezer.tick(3601)
        await home.run(130)
    assert key in home.coordinator.wishes.armed


@pytest.fixture
async def charger(hass: HomeAssistant, home: Home) -> str:
    """Return the key of a charger whose car is away."""
    await home.add_helpers("input_number", amps={"min": 6, "max": 32, "initial": 32})
    await home.add_helpers("input_boolean", charges={"initial": False})
    hass.states.async_set("binary_sensor.plugged", "off")

    def draw() -> None:
        on = home.state("input_boolean.charges") == "on"
        power = str(230 * 32 if on else 0)
        hass.states.async_set("sensor.car", power, {"unit_of_measurement": "W"})

    home.after = draw
    draw()
    return home.add_load(
        "input_number.amps",
        "Car",
        behaviour="charger",
        low=6.0,
        high=32.0,
        step=1.0,
        unit="A",
        switch="input_boolean.charges",
        connected="binary_sensor.plugged",
        power_sensor="sensor.car",
        grid="off_peak",
        surplus=False,
        follow=3.0,
    )


async def test_a_charger_that_starts_as_its_car_comes_is_no_hand(
    hass: HomeAssistant, home: Home, charger: str
) -> None:
    home.meter = home.meter.with_period("HPJB")
    await home.start()
    home.arm(charger)
    await home.run(30)
    home.calls.clear()
    hass.states.async_set("binary_sensor.plugged", "on")
    hass.states.async_set("input_boolean.charges", "on")
    await home.run(30)
    assert home.calls == [("input_boolean", "turn_off", "input_boolean.charges")]
    assert home.state("sensor.car_state") != "by_hand"


async def test_a_charger_whose_switch_is_away_is_not_there(
    hass: HomeAssistant, home: Home, charger: str
) -> None:
    """It could not be stopped, and would be given back as off."""
    hass.states.async_set("binary_sensor.plugged", "on")
    hass.states.async_set("input_boolean.charges", "unavailable")
    await home.start()
    home.arm(charger)
    await home.run(30)
    assert home.calls == []
    assert home.state("sensor.car_state") == "no_entity"


@pytest.mark.parametrize("what", ["away", "renamed"])
async def test_a_charger_is_given_back_by_its_switch(
    hass: HomeAssistant,
    home: Home,
    charger: str,
    entity_registry: er.EntityRegistry,
    what: str,
) -> None:
    """Its own entity is there all the time."""
    data = home.entry.subentries[charger].data
    known = entity_registry.async_get_or_create(
        "switch", "test", "1", object_id_base="charges"
    )
    switch = known.entity_id
    hass.states.async_set(switch, "on")
    hass.config_entries.async_update_subentry(
        home.entry,
        home.entry.subentries[charger],
        data={**data, "switch": known.id, "connected": None, "grid": "any"},
    )

    def turn(call: ServiceCall) -> None:
        state = hass.states.get(call.data["entity_id"])
        if state is not None and state.state != "unavailable":
            said = call.service.removeprefix("turn_")
            hass.states.async_set(call.data["entity_id"], said, context=call.context)

    await home.start()
    for service in ("turn_on", "turn_off"):
        hass.services.async_register("switch", service, turn)
    home.arm(charger)
    await home.run(5)
    set_mode(home.coordinator, charger, LoadMode.OFF, home.coordinator.now() + 3600)
    await home.run(20)
    assert home.state(switch) == "off"
    if what == "renamed":
        hass.states.async_remove(switch)
        switch = "switch.garage"
        entity_registry.async_update_entity(known.entity_id, new_entity_id=switch)
        hass.states.async_set(switch, "off")
    else:
        hass.states.async_set(switch, "unavailable")
    home.coordinator.wish(partial(disarm, charger))
    await home.run(20)
    if what == "away":
        assert home.coordinator.memory.changes
        hass.states.async_set(switch, "off")
        await home.run(20)
    assert home.state(switch) == "on"
    assert home.coordinator.memory.changes == {}


async def test_a_step_of_a_change_of_phases_is_no_hand(
    hass: HomeAssistant, home: Home
) -> None:
    """A charger that is asked now and then shows it late, and without a call."""
    home.meter = THREE
    await home.add_helpers("input_number", car={"min": 6, "max": 16, "initial": 16})
    hass.states.async_set("switch.car", "on")
    options = {"options": ["1 phase", "3 phases"]}
    hass.states.async_set("select.phases", "3 phases", options)
    key = home.add_load(
        "input_number.car",
        behaviour="charger",
        unit="A",
        low=6,
        high=16,
        step=1,
        power=11_040,
        switch="switch.car",
        phases=["1", "2", "3"],
        phase_switch="select.phases",
        grid="any",
        follow=3.0,
    )
    await home.start()
    for domain, service in (
        ("switch", "turn_off"),
        ("switch", "turn_on"),
        ("select", "select_option"),
    ):
        hass.services.async_register(domain, service, lambda call: None)
    home.arm(key)
    await home.run(60)
    far = home.coordinator.now() + 36_000
    set_mode(home.coordinator, key, LoadMode.FORCED, far, 1500)
    for _ in range(1000):
        await home.run(1)
        if ("select", "select_option", "select.phases") in home.calls:
            break
    await home.run(3)
    hass.states.async_set("switch.car", "off")  # its contactor moves
    await home.run(3)
    verdict = home.coordinator.verdict(key)
    assert verdict is not None
    assert verdict.reason is Reason.FORCED


def cloud(hass: HomeAssistant, answer: Callable[[str], Awaitable[None]]) -> list[str]:
    """Add a fan behind a cloud, which is on; return what it is asked for."""
    hass.states.async_set("fan.cloud", "on")
    asked: list[str] = []

    async def serve(call: ServiceCall) -> None:
        asked.append(call.service)
        await answer(call.service)
        hass.states.async_set("fan.cloud", call.service.removeprefix("turn_"))

    for service in ("turn_on", "turn_off"):
        hass.services.async_register("fan", service, serve)
    return asked


async def test_what_cannot_be_given_back_is_tried_more_and_more_seldom(
    hass: HomeAssistant, home: Home
) -> None:
    down = False

    async def answer(service: str) -> None:
        if down:
            raise OSError("the cloud is down")

    asked = cloud(hass, answer)
    sensor = draws(home, "fan.cloud", 2000)
    key = home.add_load("fan.cloud", "Cloud", power_sensor=sensor)
    await home.start()
    await shed(home, key)
    assert asked == ["turn_off"]
    down, home.base = True, 500
    home.coordinator.wish(partial(disarm, key))
    await home.run(600)
    assert 3 <= len(asked) - 1 <= 6
    down = False
    await home.run(1000, every=5)
    assert home.state("fan.cloud") == "on"
    assert home.coordinator.memory.changes == {}


async def test_what_a_person_sets_before_it_is_given_back_stays(
    hass: HomeAssistant, home: Home, hass_admin_user: MockUser
) -> None:
    orders = {"comfort": "Confort", "eco": "Eco", "frost": "Hors-gel"}
    wire = "input_select.wire"
    await home.add_helpers(
        "input_select", wire={"options": [*orders.values()], "initial": "Confort"}
    )
    key = home.add_load(wire, behaviour="heating", orders=orders, follow=2.0)
    home.meter = home.meter.with_period("HPJR")
    await home.start()
    home.arm(key)
    await home.run(30)
    assert home.state(wire) == "Hors-gel"

    def fail(call: ServiceCall) -> None:
        raise OSError("no answer")

    hass.services.async_register("input_select", "select_option", fail)
    home.coordinator.wish(partial(disarm, key))
    await home.run(5)
    assert home.coordinator.memory.changes
    somebody = Context(user_id=hass_admin_user.id)
    hass.states.async_set(wire, "Eco", context=somebody)
    home.calls.clear()
    await home.run(200, every=5)
    assert home.calls == []


async def test_what_is_given_back_late_is_so_once(
    hass: HomeAssistant, home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody regulates any more; its own answer is no other chance."""
    answers = asyncio.Event()
    answers.set()

    async def answer(service: str) -> None:
        await answers.wait()

    asked = cloud(hass, answer)
    sensor = draws(home, "fan.cloud", 2000)
    key = home.add_load("fan.cloud", "Cloud", power_sensor=sensor)
    await home.start()
    await shed(home, key)
    hass.states.async_set("fan.cloud", "unavailable")
    await hass.config_entries.async_set_disabled_by(
        home.entry.entry_id, ConfigEntryDisabler.USER
    )
    answers.clear()
    for share in (0, 10):
        hass.states.async_set("fan.cloud", "off", {"percentage": share})
        await asyncio.sleep(0)
    answers.set()
    await hass.async_block_till_done()
    assert asked == ["turn_off", "turn_on"]
    assert "ValueError" not in caplog.text
