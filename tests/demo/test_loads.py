"""The loads of the demo: the form is gone through as a person does."""

from typing import Any

import pytest

from demo.loads import LOADS, PANELS, add_load, furnish_loads, has_loads, set_options

from .test_launcher import client

FLOWS = "/api/config/config_entries/subentries/flow"
OPTIONS = "/api/config/config_entries/options/flow"
WHAT = {"entity": ["switch.pump"], "behaviour": "on_off"}
FORMS: dict[str, Any] = {
    "how": {
        "type": "form",
        "step_id": "how",
        "data_schema": [
            {"name": "follow", "default": 3},
            {"name": "power", "description": {"suggested_value": 700}},
            {"name": "phases"},
        ],
    },
    "when": {"type": "form", "step_id": "when", "data_schema": []},
    "ready": {"type": "menu"},
    "end": {"type": "create_entry"},
}


def form(*steps: dict[str, Any]) -> dict[str, Any]:
    """Return a Home Assistant that shows these steps, one after the other."""
    return {
        f"POST {FLOWS}": {"flow_id": "f1", "type": "form", "step_id": "user"},
        f"POST {FLOWS}/f1": list(steps),
    }


async def test_what_is_not_said_is_what_the_form_suggests() -> None:
    careful = {"type": "form", "step_id": "careful"}
    fake, ours = client(form(careful, *FORMS.values()))
    await add_load(ours, "e1", WHAT, {"power": 800}, {"grid": "never"})
    assert fake.fields_of(f"POST {FLOWS}") == {"handler": ["e1", "load"]}
    answers = [fields for asked, fields in fake.asked if asked.endswith("/f1")]
    assert answers == [
        WHAT,
        {},
        {"follow": 3, "power": 800},
        {"grid": "never"},
        {"next_step_id": "finish"},
    ]


async def test_what_the_form_complains_of_is_said() -> None:
    _, ours = client(
        form({"type": "form", "step_id": "user", "errors": {"entity": "entity_gone"}})
    )
    with pytest.raises(ValueError, match="entity_gone"):
        await add_load(ours, "e1", WHAT)


async def test_all_that_is_there_is_added_in_order_and_armed() -> None:
    there = [LOADS[2].entity, LOADS[0].entity]
    switch = {"config_entry_id": "e1", "translation_key": "load_armed"}
    switches = [{**switch, "entity_id": f"switch.{name}"} for name in ("a", "b")]
    other = {"config_entry_id": "e9", "translation_key": "load_armed", "entity_id": "x"}
    steps = list(FORMS.values())
    fake, ours = client(
        {
            **form(*steps, *steps),
            "GET /api/states": [
                [
                    {"entity_id": name, "attributes": {"friendly_name": f"{name} (s)"}}
                    for name in (*there, PANELS)
                ]
            ],
            f"POST {OPTIONS}": {
                "flow_id": "o1",
                "data_schema": [
                    {"name": "order", "description": {"suggested_value": there}}
                ],
            },
            f"POST {OPTIONS}/o1": [{"type": "create_entry"}, {"type": "form"}],
            "config/entity_registry/list": [
                [other, switches[0]],
                [other, *switches],
                [other, *switches],
            ],
            "config_entries/subentries/list": [[], switches],
        }
    )
    assert not await has_loads(ours, "e1")
    await furnish_loads(ours, "e1")
    assert await has_loads(ours, "e1")
    chosen = [f for _, f in fake.asked if "entity" in f]
    assert [what["entity"] for what in chosen] == [
        [LOADS[0].entity],
        [LOADS[2].entity],
    ]
    assert [what["name"] for what in chosen] == [LOADS[0].entity, LOADS[2].entity]
    armed = fake.fields_of("POST /api/services/switch/turn_on")
    assert armed == {"entity_id": ["switch.a", "switch.b"]}
    assert fake.fields_of(f"POST {OPTIONS}") == {"handler": "e1"}
    said = fake.fields_of(f"POST {OPTIONS}/o1")
    assert said == {"order": there, "production": PANELS}
    with pytest.raises(ValueError, match="guard"):
        await set_options(ours, "e1", guard="none")
