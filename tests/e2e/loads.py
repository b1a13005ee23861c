"""Adding loads to a real Home Assistant, as the form does, and looking at them."""

from collections.abc import Mapping
from typing import Any, Final

from .instance import Instance

_FLOWS: Final = "/api/config/config_entries/subentries/flow"


class LoadForm:
    """One run through the form that adds a load."""

    def __init__(self, home: Instance, entry_id: str) -> None:
        """Begin with `open`."""
        self.step: dict[str, Any] = {}
        self._home = home
        self._entry_id = entry_id

    async def open(self) -> None:
        """Open the form."""
        self.step = await self._home.user.post(
            _FLOWS, {"handler": [self._entry_id, "load"]}
        )

    async def submit(self, **answers: Any) -> dict[str, Any]:
        """Answer a step with what it suggests and with these answers."""
        filled = {**_suggested(self.step), **answers}
        self.step = await self._home.user.post(
            f"{_FLOWS}/{self.step['flow_id']}", filled
        )
        return self.step


def _suggested(step: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form is filled in with when it opens."""
    filled = {}
    for field in step.get("data_schema") or ():
        suggested = (field.get("description") or {}).get("suggested_value")
        value = suggested if suggested is not None else field.get("default")
        if value is not None:
            filled[field["name"]] = value
    return filled


async def add_load(
    home: Instance, entry_id: str, entity: str, behaviour: str, **how: Any
) -> None:
    """Add a load, with what the forms suggest for all that is not said."""
    form = LoadForm(home, entry_id)
    await form.open()
    await form.submit(entity=[entity], behaviour=behaviour)
    if form.step["step_id"] == "careful":
        await form.submit()
    await form.submit(**how)
    assert form.step["step_id"] == "when", form.step
    await form.submit()
    while form.step["type"] == "menu":
        await form.submit(next_step_id="finish")
    assert form.step["type"] == "create_entry", form.step


async def states(home: Instance) -> dict[str, dict[str, Any]]:
    """Return all states by entity."""
    return {state["entity_id"]: state for state in await home.user.get("/api/states")}


async def call(home: Instance, action: str, entity_id: str, **data: Any) -> None:
    """Call an action on an entity."""
    path = "/api/services/" + action.replace(".", "/")
    await home.user.post(path, {"entity_id": entity_id, **data})


async def ours(home: Instance, key: str) -> dict[str, str]:
    """Return our entities with a translation key, by the name of their device."""
    devices = {
        device["id"]: device["name"]
        for device in await home.user.ask("config/device_registry/list")
    }
    return {
        devices[entity["device_id"]]: entity["entity_id"]
        for entity in await home.user.ask("config/entity_registry/list")
        if entity["platform"] == "linky_pilote" and entity["translation_key"] == key
    }


async def arm_all(home: Instance) -> None:
    """Let all loads be commanded."""
    for entity_id in (await ours(home, "load_armed")).values():
        await call(home, "switch.turn_on", entity_id)


async def history(
    home: Instance, entities: list[str], since: str
) -> dict[str, list[dict[str, Any]]]:
    """Return the states of entities since an instant, as the recorder has them."""
    rows: dict[str, list[dict[str, Any]]] = await home.user.ask(
        "history/history_during_period",
        start_time=since,
        entity_ids=entities,
        minimal_response=True,
        no_attributes=True,
        significant_changes_only=False,
    )
    return rows
