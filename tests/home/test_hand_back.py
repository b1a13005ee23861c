"""When we do not run, the home is as if we were not installed (DESIGN, section 5)."""

import asyncio
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.linky_pilote.engine.regulation.model import (
    HouseMode,
    LoadMode,
    Reason,
)
from custom_components.linky_pilote.engine.regulation.wishes import disarm, set_house
from custom_components.linky_pilote.home.wishes import set_mode

from .homes import Home
from .test_shedding import two_heaters

LAST = "input_boolean.last"
OFF = ("input_boolean", "turn_off", LAST)
ON = ("input_boolean", "turn_on", LAST)


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


async def test_a_reload_changes_nothing(
    hass: HomeAssistant, home: Home, shed: str
) -> None:
    await home.reload()
    await home.run(20)
    assert home.calls == [OFF]
    home.base = 500
    await home.run(320)
    assert home.calls == [OFF, ON], "it knows that it has shed it"


async def test_a_reload_keeps_the_account(
    hass: HomeAssistant, home: Home, shed: str
) -> None:
    before = home.coordinator.memory.today.of(shed)
    assert before.switches == 1
    assert before.grid > 0
    await home.reload()
    after = home.coordinator.memory.today.of(shed)
    assert after.switches == 1
    assert after.grid == pytest.approx(before.grid, rel=0.01)


async def test_disabling_gives_back(hass: HomeAssistant, home: Home, shed: str) -> None:
    await hass.config_entries.async_set_disabled_by(
        home.entry.entry_id, ConfigEntryDisabler.USER
    )
    assert home.calls == [OFF, ON]


async def test_removing_the_entry_gives_back(
    hass: HomeAssistant, home: Home, shed: str
) -> None:
    await hass.config_entries.async_remove(home.entry.entry_id)
    assert home.calls == [OFF, ON]


async def test_removing_the_load_gives_back(
    hass: HomeAssistant, home: Home, shed: str
) -> None:
    hass.config_entries.async_remove_subentry(home.entry, shed)
    await hass.async_block_till_done()
    assert home.calls == [OFF, ON]
    assert home.port.opened == [9600], "the port stays open"
    assert shed not in home.coordinator.memory.state.wishes.armed


async def test_stopping_gives_back(hass: HomeAssistant, home: Home, shed: str) -> None:
    await hass.async_stop(force=True)
    assert home.calls == [OFF, ON]


async def test_after_a_stop_it_is_shed_again_if_it_must(
    hass: HomeAssistant, home: Home, shed: str
) -> None:
    await home.coordinator.async_give_all_back()
    assert home.calls == [OFF, ON]
    await home.reload()
    await home.run(300)
    assert home.calls == [OFF, ON, OFF]


@pytest.mark.parametrize("mode", [HouseMode.OFF, HouseMode.OBSERVE])
async def test_not_regulating_gives_back(
    hass: HomeAssistant, home: Home, shed: str, mode: HouseMode
) -> None:
    home.coordinator.wish(partial(set_house, mode, float("inf")))
    await home.time.settle()
    assert home.calls == [OFF, ON]
    await home.run(300)
    assert home.calls == [OFF, ON]


async def test_disarming_gives_back(hass: HomeAssistant, home: Home, shed: str) -> None:
    home.coordinator.wish(partial(disarm, shed))
    await home.time.settle()
    assert home.calls == [OFF, ON]
    await home.run(200)
    assert home.calls[2:] == [("input_boolean", "turn_off", "input_boolean.first")]


async def test_what_is_not_there_gets_it_back_when_it_returns(
    hass: HomeAssistant, home: Home, shed: str
) -> None:
    home.base = 500
    hass.states.async_set(LAST, "unavailable")
    home.coordinator.wish(partial(disarm, shed))
    await home.run(30)
    assert home.calls == [OFF]
    hass.states.async_set(LAST, "off")
    await home.run(30)
    assert home.calls == [OFF, ON]


async def test_after_a_crash_without_a_meter_it_is_given_back(
    hass: HomeAssistant, home: Home, shed: str
) -> None:
    await home.crash()
    home.port.unplug()
    task = hass.async_create_task(hass.config_entries.async_setup(home.entry.entry_id))
    while not task.done():
        await home.time.advance(1)
        await asyncio.sleep(0)
    assert home.calls == [OFF, ON]


async def test_a_renamed_entity_is_followed(
    hass: HomeAssistant, home: Home, shed: str, entity_registry: er.EntityRegistry
) -> None:
    entity_registry.async_update_entity(LAST, new_entity_id="input_boolean.renamed")
    await hass.async_block_till_done()
    hass.states.async_set("input_boolean.renamed", "off")
    home.after = lambda: None
    home.base = 500
    await home.run(320)
    assert home.calls[1:] == [("input_boolean", "turn_on", "input_boolean.renamed")]


async def test_an_entity_that_is_registered_again_is_watched_again(
    hass: HomeAssistant, home: Home, entity_registry: er.EntityRegistry
) -> None:
    """A plug that was removed and paired again."""

    def pair() -> str:
        plug = entity_registry.async_get_or_create(
            "switch", "zha", "1", object_id_base="plug"
        )
        hass.states.async_set(plug.entity_id, "on")
        return plug.entity_id

    plug = pair()
    key = home.add_load(plug, "Plug")
    await home.start()
    home.arm(key)
    await home.run(3)
    entity_registry.async_remove(plug)
    hass.states.async_remove(plug)
    await home.run(3)
    assert home.issue(f"load_entity_gone_{key}") is not None
    assert pair() == plug
    await home.run(20)
    assert home.issue(f"load_entity_gone_{key}") is None
    assert home.state("sensor.plug_state") == "running"
    hass.services.async_register(
        "switch", "turn_off", lambda call: hass.states.async_set(plug, "off")
    )
    set_mode(home.coordinator, key, LoadMode.OFF, home.coordinator.now() + 3600)
    await home.run(15)
    assert home.calls == [("switch", "turn_off", plug)]
    hass.states.async_set(plug, "on", context=Context(user_id="somebody"))
    await home.run(5)
    verdict = home.coordinator.verdict(key)
    assert verdict is not None
    assert verdict.reason is Reason.HAND


async def test_a_removed_entity_is_told(
    hass: HomeAssistant, home: Home, shed: str, entity_registry: er.EntityRegistry
) -> None:
    entity_registry.async_remove(LAST)
    await hass.async_block_till_done()
    home.after = lambda: None
    await home.run(20)
    assert home.issue(f"load_entity_gone_{shed}") is not None
    assert home.state("sensor.last_state") == "no_entity"
    hass.config_entries.async_remove_subentry(home.entry, shed)
    await hass.async_block_till_done()
    assert home.issue(f"load_entity_gone_{shed}") is None


async def test_what_is_not_there_when_the_entry_goes_is_told_and_given_back_later(
    hass: HomeAssistant, home: Home, shed: str, hass_storage: dict[str, Any]
) -> None:
    hass.states.async_set(LAST, "unavailable", {"friendly_name": "Last"})
    await hass.config_entries.async_remove(home.entry.entry_id)
    assert home.calls == [OFF]
    issue = home.issue(f"load_not_given_back_{shed}")
    assert issue is not None
    assert issue.is_persistent
    assert issue.is_fixable, "after a restart nobody else withdraws it"
    assert issue.translation_placeholders == {"name": "Last", "had": "on"}
    hass.states.async_set(LAST, "off")
    await hass.async_block_till_done()
    assert home.calls == [OFF, ON]
    assert home.issue(f"load_not_given_back_{shed}") is None
    hass.states.async_set(LAST, "off")
    await hass.async_block_till_done()
    assert home.calls == [OFF, ON], "once"
    assert "linky_pilote.home.id0123" not in hass_storage


async def test_what_is_not_there_when_the_entry_is_disabled(
    hass: HomeAssistant, home: Home, shed: str, hass_storage: dict[str, Any]
) -> None:
    hass.states.async_set(LAST, "unavailable")
    entry_id, by_user = home.entry.entry_id, ConfigEntryDisabler.USER
    await hass.config_entries.async_set_disabled_by(entry_id, by_user)
    assert home.issue(f"load_not_given_back_{shed}") is not None
    hass.states.async_set(LAST, "off")
    await hass.async_block_till_done()
    assert home.calls == [OFF, ON]
    assert home.issue(f"load_not_given_back_{shed}") is None
    assert hass_storage["linky_pilote.home.id0123"]["data"]["changes"] == {}


async def test_an_entry_that_is_enabled_again_gives_back_itself(
    hass: HomeAssistant, home: Home, shed: str
) -> None:
    hass.states.async_set(LAST, "unavailable")
    entry_id, by_user = home.entry.entry_id, ConfigEntryDisabler.USER
    await hass.config_entries.async_set_disabled_by(entry_id, by_user)
    await home._while_it_speaks(
        hass.config_entries.async_set_disabled_by(entry_id, None)
    )
    assert home.issue(f"load_not_given_back_{shed}") is None
    home.coordinator.wish(partial(disarm, shed))
    hass.states.async_set(LAST, "off")
    await home.run(12)
    assert home.calls == [OFF, ON]
