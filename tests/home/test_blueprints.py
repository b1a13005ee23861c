"""The blueprints, as automations of Home Assistant make use of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from homeassistant.components.blueprint.models import DomainBlueprints
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from .homes import Home
from .test_shedding import two_heaters

FOLDER: Final = Path(__file__).parents[2] / "blueprints"
BLUEPRINTS: Final = sorted((FOLDER / "automation" / "linky_pilote").glob("*.yaml"))


@pytest.fixture(autouse=True)
def folder() -> Iterator[None]:
    """Let Home Assistant find the blueprints in this repository."""

    def of_domain(blueprints: DomainBlueprints) -> Path:
        return FOLDER / blueprints.domain

    with patch.object(DomainBlueprints, "blueprint_folder", property(of_domain)):
        yield


async def automate(hass: HomeAssistant, name: str, **inputs: Any) -> None:
    """Make an automation of a blueprint."""
    use = {"path": f"linky_pilote/{name}.yaml", "input": inputs}
    config = {"automation": [{"id": name, "alias": name, "use_blueprint": use}]}
    assert await async_setup_component(hass, "automation", config)
    await hass.async_block_till_done()
    assert hass.states.is_state(f"automation.{name}", "on"), "it is no valid blueprint"


def listen(hass: HomeAssistant, *keys: str) -> tuple[dict[str, Any], list[Any]]:
    """Return an action that says something, and all that it said."""
    said: list[Any] = []

    @callback
    def say(call: ServiceCall) -> None:
        said.append(tuple(call.data.values()))

    hass.services.async_register("test", "say", say)
    data = {key: f"{{{{ {key} }}}}" for key in keys}
    return {"action": "test.say", "data": data}, said


def test_all_are_tried_here() -> None:
    names = {path.stem for path in BLUEPRINTS}
    assert names == {"best_hour", "red_tomorrow", "told_when_shed"}


async def test_red_tomorrow(hass: HomeAssistant) -> None:
    action, said = listen(hass, "color", "message")
    tomorrow = "sensor.tempo_tomorrow"
    hass.states.async_set(tomorrow, "unknown")
    await automate(
        hass, "red_tomorrow", tomorrow=tomorrow, message="Laundry!", actions=[action]
    )
    for color in ("blue", "white", "unknown", "red", "unavailable", "red"):
        hass.states.async_set(tomorrow, color)
        await hass.async_block_till_done()
    assert said == [("red", "Laundry!")], "once, and not again after a restart"


async def test_red_tomorrow_notifies_by_itself(hass: HomeAssistant) -> None:
    hass.states.async_set("sensor.tempo_tomorrow", "unknown")
    assert await async_setup_component(hass, "persistent_notification", {})
    calls = async_capture_events(hass, "call_service")
    await automate(
        hass, "red_tomorrow", tomorrow="sensor.tempo_tomorrow", colors=["white"]
    )
    hass.states.async_set("sensor.tempo_tomorrow", "white")
    await hass.async_block_till_done()
    (call,) = [c for c in calls if c.data["domain"] == "persistent_notification"]
    assert "Demain" in call.data["service_data"]["message"]


async def test_best_hour(hass: HomeAssistant, home: Home) -> None:
    """White peak hours until 22:00: it waits for them to end."""
    helpers = {"boiler": {"initial": False}, "ready": {"initial": False}}
    await home.add_helpers("input_boolean", **helpers)
    home.add_load("input_boolean.boiler", "Boiler", behaviour="on_off")
    home.meter = home.meter.with_period("HPJW")
    home.freezer.move_to("2026-12-15 21:58:00+01:00")
    await home.start()
    await home.run(2)
    action, said = listen(hass)
    await automate(
        hass,
        "best_hour",
        ready="input_boolean.ready",
        duration={"hours": 2},
        actions=[action],
    )

    # it waits in a task that nothing here waits for
    for state, seconds in (("on", 20), ("off", 20), ("on", 20)):
        hass.states.async_set("input_boolean.ready", state)
        await home.run(seconds)
    assert said == [], "the peak ends at 22:00"
    await home.run(70)
    assert said == [()], "once: it was cancelled before"
    assert hass.states.is_state("input_boolean.ready", "off")


async def test_told_when_shed(hass: HomeAssistant, home: Home) -> None:
    first, last = await two_heaters(home)
    await home.start()
    home.arm(first, last)
    await home.run(2)
    action, said = listen(hass, "load", "kind", "said", "reason")
    await automate(
        hass,
        "told_when_shed",
        regulation="event.linky_0123_regulation",
        actions=[action],
    )
    home.base = 3500
    await home.run(130)
    assert said == [("Last", "shed", "Shed", "too many appliances at once")]
    home.base = 500
    await home.run(320)
    assert len(said) == 1, "that it is given back was not asked for"
