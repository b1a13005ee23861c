"""Adding loads to a real Home Assistant, as the form does, and looking at them."""

from typing import Any

from demo import loads

from .instance import Instance


async def add_load(
    home: Instance, entry_id: str, entity: str, behaviour: str, **how: Any
) -> None:
    """Add a load, with what the forms suggest for all that is not said."""
    what = {"entity": [entity], "behaviour": behaviour}
    await loads.add_load(home.user, entry_id, what, how)


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


def complaints(home: Instance) -> list[str]:
    """Return what our code has complained of, but for the pace of the machine."""
    return [
        line
        for line in home.log.complaints(("linky_pilote",))
        if "has not been tested" not in line
        and "Updating state for" not in line
        and "the meter is not heard any more" not in line
    ]
