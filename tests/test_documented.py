"""Every automation of the guides is run once, and speaks of entities that are there."""

from collections.abc import Mapping
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.components.conversation import async_converse
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import slugify
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from .documented import Example, automations, examples, scripts

ROOT = Path(__file__).parents[1]
INTEGRATION = ROOT / "custom_components" / "linky_pilote"
METER = "linky_1234_"


def test_all_are_of_a_kind_that_is_run() -> None:
    assert automations()
    assert scripts()
    found = {example.name for example in (*automations(), *scripts())}
    assert found == {example.name for example in examples()}


def _ids(text: str) -> set[str]:
    """Return all entities of our meter that are named anywhere."""
    found = re.findall(rf"\b([a-z_]+)\.{METER}(\w+)", text)
    return {f"{domain}.{name}" for domain, name in found}


def _names(language: str) -> set[str]:
    """Return the entities that there can be, without the meter's name."""
    file = INTEGRATION / "translations" / f"{language}.json"
    entities = json.loads(file.read_text("utf-8"))["entity"]
    return {
        f"{domain}.{slugify(words['name'])}"
        for domain, described in entities.items()
        for words in described.values()
        if "name" in words
    }


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_its_entities_have_such_names(example: Example) -> None:
    assert _ids(json.dumps(example.content)) <= _names(example.language)


@pytest.mark.parametrize("name", ["button", "display"])
def test_those_for_esphome_have_such_names(name: str) -> None:
    text = (ROOT / "examples" / "esphome" / f"{name}.yaml").read_text("utf-8")
    assert _ids(text)
    assert _ids(text) <= _names("fr")


def _target(action: Mapping[str, Any]) -> Any:
    return action.get("target", {}).get("entity_id")


@pytest.mark.parametrize("example", automations(), ids=lambda example: example.name)
async def test_it_runs(hass: HomeAssistant, example: Example) -> None:
    triggers, actions = example.content["triggers"], example.content["actions"]
    called = {
        action["action"]: async_mock_service(hass, *action["action"].split("."))
        for action in actions
    }
    thermostat = {"reason": "white_peak", "cancel_cost": 1.85, "until": None}
    for name in ("climate.linky_1234_heating", "climate.linky_1234_chauffage"):
        hass.states.async_set(name, "auto", thermostat)
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    for trigger in triggers:
        if trigger["trigger"] == "state":
            hass.states.async_set(trigger["entity_id"], "before")
    assert await async_setup_component(
        hass, "automation", {"automation": [{"id": "1", **example.content}]}
    )
    await hass.async_block_till_done()
    for trigger in triggers:
        match trigger["trigger"]:
            case "state":
                hass.states.async_set(trigger["entity_id"], trigger["to"])
            case "conversation":
                await async_converse(hass, trigger["command"], None, Context())
            case other:
                pytest.fail(f"{other} needs another way to be set off")
        await hass.async_block_till_done()
    for action in actions:
        (call,) = called[action["action"]]
        for key, value in action.get("data", {}).items():
            if "{{" not in value:
                assert call.data[key] == value
            else:
                assert "1.85" in call.data[key], call.data[key]
        if (target := _target(action)) is not None:
            assert call.data["entity_id"] == [target]
