"""Persons and automations that set what we command; what does not follow."""

from functools import partial

from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.linky_pilote.engine.regulation.wishes import disarm

from .homes import Home
from .test_hand_back import LAST, OFF, ON
from .test_shedding import two_heaters


@pytest.fixture
async def shed(home: Home) -> str:
    """Return the key of an appliance that has just been shed."""
    first, last = await two_heaters(home)
    await home.start()
    home.arm(first, last)
    home.base = 3500
    await home.run(140)
    assert home.calls == [OFF]
    return last


async def test_a_hand_is_respected_for_an_hour(
    hass: HomeAssistant, home: Home, shed: str, hass_admin_user: MockUser
) -> None:
    home.base = 500
    await hass.services.async_call(
        "input_boolean",
        "turn_on",
        {"entity_id": LAST},
        blocking=True,
        context=Context(user_id=hass_admin_user.id),
    )
    await home.run(5)
    assert home.state("sensor.last_state") == "by_hand"
    home.calls.clear()
    home.base = 3500
    await home.run(400, every=2)
    assert ("input_boolean", "turn_off", LAST) not in home.calls
    assert home.calls == [("input_boolean", "turn_off", "input_boolean.first")]


async def test_switching_what_is_not_shed_is_ordinary_use(
    hass: HomeAssistant, home: Home
) -> None:
    first, last = await two_heaters(home)
    await home.start()
    home.arm(first, last)
    for service in ("turn_off", "turn_on", "turn_off"):
        await hass.services.async_call(
            "input_boolean", service, {"entity_id": LAST}, blocking=True
        )
        await home.run(15)
        assert home.state("sensor.last_state") == (
            "off" if service == "turn_off" else "running"
        )
    home.calls.clear()
    await home.run(600, every=10)
    assert home.calls == [], "what a person left off stays off"


async def test_an_automation_that_keeps_undoing_us_is_named(
    hass: HomeAssistant, home: Home, shed: str
) -> None:
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "alias": "Always on",
                "id": "always_on",
                "triggers": {"trigger": "event", "event_type": "undo"},
                "actions": {
                    "action": "input_boolean.turn_on",
                    "target": {"entity_id": LAST},
                },
            }
        },
    )
    await hass.async_block_till_done()
    for _ in range(3):
        hass.bus.async_fire("undo")
        await hass.async_block_till_done()
        await home.run(3)
        if shed in home.coordinator.wishes.armed:
            # an hour later
            home.coordinator.memory.state.loads[shed].hand_until = 0.0
            home.calls.clear()
            await home.run(400, every=2)
            assert home.calls[0] == OFF
    issue = home.issue(f"load_undone_{shed}")
    assert issue is not None
    assert issue.translation_placeholders == {
        "automation": "Always on",
        "name": "Last",
    }
    assert shed not in home.coordinator.wishes.armed
    await hass.services.async_call(
        "switch",
        "turn_on",
        {"entity_id": "switch.last_allow_control"},
        blocking=True,
    )
    assert home.issue(f"load_undone_{shed}") is None
    assert shed in home.coordinator.wishes.armed


async def test_what_does_not_follow_is_told(hass: HomeAssistant, home: Home) -> None:
    hass.states.async_set("fan.deaf", "on", {"friendly_name": "Deaf"})
    heard: list[str] = []
    hass.services.async_register("fan", "turn_off", lambda call: heard.append("off"))
    hass.states.async_set("sensor.draws_deaf", "3000", {"unit_of_measurement": "W"})
    deaf = home.add_load("fan.deaf", "Deaf", power_sensor="sensor.draws_deaf")
    await home.start()
    home.arm(deaf)
    home.base = 4500
    await home.run(180)
    assert heard == ["off"] * 4, "told once, and three times more"
    assert home.state("sensor.deaf_state") == "not_following"
    issue = home.issue(f"load_not_following_{deaf}")
    assert issue is not None
    assert issue.translation_placeholders == {"name": "Deaf"}
    assert hass.states.get("event.linky_0123_regulation") is not None
    told = hass.states.get("event.linky_0123_regulation")
    assert told is not None
    assert told.attributes["event_type"] == "not_following"
    assert told.attributes["load"] == "Deaf"
    home.coordinator.wish(partial(disarm, deaf))


async def test_orders_that_fail_are_logged_once(
    hass: HomeAssistant, home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    hass.states.async_set("fan.lost", "on", {"friendly_name": "Lost"})
    hass.states.async_set("sensor.draws_lost", "3000", {"unit_of_measurement": "W"})
    lost = home.add_load("fan.lost", "Lost", power_sensor="sensor.draws_lost")
    await home.start()
    home.arm(lost)
    home.base = 4500
    await home.run(180)
    assert caplog.text.count("Lost does not take orders") == 1
    assert ON not in home.calls
