"""Orders that meet each other, persons and automations on their way."""

import asyncio
from functools import partial
from types import MappingProxyType
from typing import Any

from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
import pytest

from custom_components.linky_pilote.engine.regulation.model import LoadMode
from custom_components.linky_pilote.engine.regulation.wishes import disarm
from custom_components.linky_pilote.home.wishes import set_mode

from .homes import Home
from .test_actions import device
from .test_hand_back import LAST, OFF, ON
from .test_shedding import appliances, two_heaters

SLOW = "fan.slow"
FOR_EVER = float("inf")


class SlowFan:
    """An appliance whose service calls end when the test says so."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Be on."""
        self.hass = hass
        self.asked: list[str] = []
        self.done = asyncio.Event()
        self.fails: Exception | None = None
        hass.states.async_set(SLOW, "on")
        for service in ("turn_on", "turn_off"):
            hass.services.async_register("fan", service, self._serve)

    async def _serve(self, call: ServiceCall) -> None:
        self.asked.append(call.service)
        if self.fails is not None:
            raise self.fails
        await self.done.wait()
        self.shows(call.service.removeprefix("turn_"))

    def shows(self, state: str, context: Context | None = None) -> None:
        """Say a state, from wherever it came."""
        self.hass.states.async_set(SLOW, state, context=context)


async def a_slow_fan(home: Home, **data: Any) -> tuple[str, SlowFan]:
    """Return an armed load that is on, and what it is."""
    fan = SlowFan(home.hass)
    key = home.add_load(SLOW, "Slow", behaviour="appliance", **data)
    await home.start()
    home.arm(key)
    await home.run(2)
    assert fan.asked == []
    return key, fan


def wish(home: Home, key: str, mode: LoadMode) -> None:
    """Ask for a mode without an end."""
    set_mode(home.coordinator, key, mode, FOR_EVER)


async def test_an_order_taken_back_before_it_was_followed_is_not_left_out(
    hass: HomeAssistant, home: Home
) -> None:
    key, fan = await a_slow_fan(home)
    wish(home, key, LoadMode.OFF)
    await home.time.settle()
    wish(home, key, LoadMode.FORCED)
    await home.time.settle()
    assert fan.asked == ["turn_off"], "one at a time"
    fan.shows("on")
    fan.done.set()
    fan.shows = lambda state, context=None: None  # type: ignore[method-assign] # a slow cloud: it still says on
    await home.time.settle()
    assert fan.asked == ["turn_off", "turn_on"]


async def test_the_late_echo_of_an_earlier_order_is_nobodys_hand(
    hass: HomeAssistant, home: Home
) -> None:
    key, fan = await a_slow_fan(home)
    fan.done.set()
    fan.shows = lambda state, context=None: None  # type: ignore[method-assign]
    wish(home, key, LoadMode.OFF)
    await home.time.settle()
    wish(home, key, LoadMode.FORCED)
    await home.run(5)
    hass.states.async_set(SLOW, "off")
    await home.run(3)
    assert home.state("sensor.slow_state") != "by_hand"


async def test_what_waits_is_not_sent_once_the_load_is_paused(
    hass: HomeAssistant, home: Home
) -> None:
    key, fan = await a_slow_fan(home)
    wish(home, key, LoadMode.OFF)
    await home.time.settle()
    wish(home, key, LoadMode.FORCED)
    await home.time.settle()
    wish(home, key, LoadMode.PAUSED)
    fan.done.set()
    await home.run(3)
    assert fan.asked == ["turn_off"]


async def test_what_waits_is_not_sent_once_the_load_is_disarmed(
    hass: HomeAssistant, home: Home
) -> None:
    key, fan = await a_slow_fan(home)
    wish(home, key, LoadMode.OFF)
    await home.time.settle()
    wish(home, key, LoadMode.FORCED)
    home.coordinator.wish(partial(disarm, key))
    await home.time.settle()
    assert fan.asked == ["turn_off"]
    fan.done.set()
    await home.run(3)
    assert fan.asked == ["turn_off", "turn_on"], "it is given back what it had"


@pytest.mark.parametrize("error", [ValueError("no"), OSError(), KeyError("x")])
async def test_whatever_a_service_raises_is_no_end(
    hass: HomeAssistant, home: Home, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    key, fan = await a_slow_fan(home)
    fan.done.set()
    fan.fails = error
    wish(home, key, LoadMode.OFF)
    await home.run(8)
    assert fan.asked == ["turn_off"] * 2, "it is tried again"
    assert caplog.text.count("Slow does not take orders") == 1
    assert "never retrieved" not in caplog.text
    fan.fails = None
    await home.run(20)
    assert home.state(SLOW) == "off"
    fan.fails = error
    await home.coordinator.async_give_all_back()
    assert key in home.coordinator.memory.changes, "and is still to be given back"


async def test_a_call_that_hangs_is_given_up(hass: HomeAssistant, home: Home) -> None:
    key, fan = await a_slow_fan(home)
    wish(home, key, LoadMode.OFF)
    await home.run(12)
    fan.done.set()
    await home.run(20)
    assert set(fan.asked) == {"turn_off"}
    assert home.state(SLOW) == "off"


async def test_a_load_that_is_removed_is_given_back_after_its_last_order(
    hass: HomeAssistant, home: Home
) -> None:
    key, fan = await a_slow_fan(home)
    wish(home, key, LoadMode.OFF)
    await home.time.settle()
    hass.config_entries.async_remove_subentry(home.entry, key)
    await home.time.settle()
    assert fan.asked == ["turn_off"]
    fan.done.set()
    await home.time.settle()
    assert fan.asked == ["turn_off", "turn_on"]
    assert home.state(SLOW) == "on"


async def test_another_entity_gives_the_old_one_back_and_is_only_observed(
    hass: HomeAssistant, home: Home
) -> None:
    key, fan = await a_slow_fan(home)
    hass.states.async_set("fan.other", "on")
    fan.done.set()
    wish(home, key, LoadMode.OFF)
    await home.time.settle()
    home.calls.clear()
    subentry = home.entry.subentries[key]
    hass.config_entries.async_update_subentry(
        home.entry,
        subentry,
        data=MappingProxyType({**subentry.data, "entity": "fan.other"}),
        unique_id="fan.other",
    )
    await home.run(15)
    assert home.calls == [("fan", "turn_on", SLOW)]
    assert key not in home.coordinator.wishes.armed


async def test_an_edited_load_keeps_what_is_known_of_its_orders(
    hass: HomeAssistant, home: Home
) -> None:
    key, fan = await a_slow_fan(home)
    wish(home, key, LoadMode.OFF)
    await home.time.settle()
    subentry = home.entry.subentries[key]
    hass.config_entries.async_update_subentry(home.entry, subentry, title="Renamed")
    await home.time.settle()
    wish(home, key, LoadMode.FORCED)
    await home.time.settle()
    assert fan.asked == ["turn_off"], "one at a time"
    fan.done.set()
    await home.run(3)
    assert fan.asked == ["turn_off", "turn_on"]
    assert key in home.coordinator.wishes.armed


async def automate(hass: HomeAssistant, **automation: Any) -> None:
    """Set up an automation."""
    assert await async_setup_component(
        hass, "automation", {"automation": {"id": "one", "alias": "One", **automation}}
    )
    await hass.async_block_till_done()


async def test_an_automation_that_our_own_order_triggers_is_seen(
    hass: HomeAssistant, home: Home
) -> None:
    first, last = await two_heaters(home)
    await home.start()
    home.arm(first, last)
    await automate(
        hass,
        triggers={"trigger": "state", "entity_id": LAST, "to": "off"},
        actions={"action": "input_boolean.turn_on", "target": {"entity_id": LAST}},
    )
    home.base = 3500
    await home.run(140)
    assert home.calls[:2] == [OFF, ON]
    assert home.calls.count(OFF) == 1, "somebody wants it on"
    assert home.state("sensor.last_state") == "by_hand"


async def test_an_order_that_makes_an_automation_pause_another_load(
    hass: HomeAssistant, home: Home
) -> None:
    first, last = await two_heaters(home)
    appliances(home, first=3000, last=2000)
    await home.start()
    home.arm(first, last)
    await automate(
        hass,
        triggers={"trigger": "state", "entity_id": "input_boolean.first", "to": "off"},
        actions={
            "action": "linky_pilote.pause_load",
            "data": {"device_id": device(home, last), "duration": {"minutes": 5}},
        },
    )
    home.base = 15_000
    await home.run(20)
    assert home.calls == [("input_boolean", "turn_off", "input_boolean.first")], (
        "the other one was to be shed in the same pass"
    )
    assert home.state("sensor.last_state") == "paused"
    assert home.state(LAST) == "on"
