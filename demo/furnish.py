"""What the demo sets up in a new Home Assistant: what a person would click together."""

import asyncio
import re
from typing import Any

from .client import Client, RefusedError, until
from .house_page import URL_PATH, page, title
from .loads import suggested
from .web import CLIENT, KEY

DOMAIN = "linky_pilote"
DASHBOARD = "linky-pilote"
_FLOWS = "/api/config/config_entries/flow"
_STEP_S = 0.3
# indexes that are parts of another one, or do not count what is drawn
_NOT_PERIODS = re.compile(r"index_(total|injected|distributor_\d|reactive_\d)")


class NoMeterError(Exception):
    """The meter was not found; the message is the one that the form shows."""


async def add_meter(client: Client, port: str) -> str:
    """Add the meter as a person does, unless it is there; return its entry's id."""
    for entry in await _entries(client):
        if _is_meter(entry):
            return str(entry["entry_id"])
    path = _FLOWS
    step = await client.post(path, {"handler": DOMAIN})
    path = f"{path}/{step['flow_id']}"
    await client.post(path, {"next_step_id": "serial_port"})
    step = await client.post(path, {"serial_port": port})
    while step["type"] in ("progress", "progress_done"):
        await asyncio.sleep(_STEP_S)
        step = await client.get(path)
    if step.get("errors"):
        raise NoMeterError(await _explanation(client, step))
    if step["type"] == "form":
        step = await client.post(path, {})
    if step["type"] != "create_entry":
        raise NoMeterError(f"{port}: {step.get('reason') or step['type']}")
    return str(step["result"]["entry_id"])


async def add_grid(client: Client) -> None:
    """Add the grid with the keys that the demo's stand-in takes, unless it is there."""
    if not all(map(_is_meter, await _entries(client))):
        return
    step = await client.post(_FLOWS, {"handler": DOMAIN})
    path = f"{_FLOWS}/{step['flow_id']}"
    await client.post(path, {"next_step_id": "grid"})
    client_id, secret = CLIENT
    step = await client.post(
        path,
        {
            "rte_client_id": client_id,
            "rte_client_secret": secret,
            "electricity_maps_token": KEY,
        },
    )
    if step["type"] == "form" and not step.get("errors"):
        step = await client.post(path, suggested(step))
    if step["type"] != "create_entry":
        raise RefusedError(f"grid: {step.get('errors') or step}")


async def _entries(client: Client) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = await client.get(
        f"/api/config/config_entries/entry?domain={DOMAIN}"
    )
    return entries


def _is_meter(entry: dict[str, Any]) -> bool:
    """Tell a meter, which can have loads, from the grid."""
    return "load" in entry["supported_subentry_types"]


async def _explanation(client: Client, step: dict[str, Any]) -> str:
    """Return the words that the form shows for its errors."""
    language = (await client.get("/api/config"))["language"]
    answer = await client.ask(
        "frontend/get_translations",
        language=language,
        category="config",
        integration=[DOMAIN],
    )
    words = answer["resources"]
    texts = []
    for error in step["errors"].values():
        text = words.get(f"component.{DOMAIN}.config.error.{error}", error)
        for name, value in (step.get("description_placeholders") or {}).items():
            text = text.replace(f"{{{name}}}", str(value))
        texts.append(text)
    return " ".join(texts)


async def meter_entities(client: Client, entry_id: str) -> list[dict[str, Any]]:
    """Return the enabled entities of the meter, from the registry."""
    registry = await client.ask("config/entity_registry/list")
    return [
        entity
        for entity in registry
        if entity["config_entry_id"] == entry_id and entity["disabled_by"] is None
    ]


async def meter_is_live(client: Client, entry_id: str) -> bool:
    """Say whether all of the meter's entities have something to show."""
    wanted = {entity["entity_id"] for entity in await meter_entities(client, entry_id)}
    states = {
        state["entity_id"]: state["state"] for state in await client.get("/api/states")
    }
    return bool(wanted) and all(
        states.get(entity_id, "unavailable") != "unavailable" for entity_id in wanted
    )


async def wait_for_meter(client: Client, entry_id: str) -> None:
    """Wait until the meter is live; the caller sets the time limit."""
    await until(lambda: meter_is_live(client, entry_id))


async def set_language(client: Client, language: str) -> None:
    """Let the pages speak the language of the demo."""
    by_language = ("number_format", "time_format", "date_format", "first_weekday")
    await client.ask(
        "frontend/set_user_data",
        key="language",
        value={
            "language": language,
            **dict.fromkeys(by_language, "language"),
            "time_zone": "local",
        },
    )


async def make_dashboard(client: Client) -> None:
    """Create our dashboard, and make it the first page."""
    dashboards = await client.ask("lovelace/dashboards/list")
    if any(dashboard["url_path"] == DASHBOARD for dashboard in dashboards):
        return
    await client.ask(
        "lovelace/dashboards/create",
        url_path=DASHBOARD,
        title="Linky",
        icon="mdi:home-lightning-bolt-outline",
        mode="storage",
        show_in_sidebar=True,
        require_admin=False,
    )
    await client.ask(
        "lovelace/config/save",
        url_path=DASHBOARD,
        config={"strategy": {"type": f"custom:{DASHBOARD}"}},
    )
    await client.ask(
        "frontend/set_system_data", key="core", value={"default_panel": DASHBOARD}
    )


async def make_house_page(client: Client, entry_id: str, language: str) -> None:
    """Create the page of the virtual house, or bring it up to date."""
    entities = await meter_entities(client, entry_id)
    meter = {
        entity["translation_key"]: entity["entity_id"]
        for entity in entities
        if entity["translation_key"]
    }
    known = [state["entity_id"] for state in await client.get("/api/states")]
    dashboards = await client.ask("lovelace/dashboards/list")
    if all(dashboard["url_path"] != URL_PATH for dashboard in dashboards):
        await client.ask(
            "lovelace/dashboards/create",
            url_path=URL_PATH,
            title=title(language),
            icon="mdi:home-edit-outline",
            mode="storage",
            show_in_sidebar=True,
            require_admin=False,
        )
    await client.ask(
        "lovelace/config/save", url_path=URL_PATH, config=page(language, meter, known)
    )


async def set_up_energy(client: Client, entry_id: str) -> None:
    """Let the Energy dashboard count the meter's indexes, unless it counts something."""
    try:
        preferences = await client.ask("energy/get_prefs")
    except RefusedError:
        preferences = {}
    if preferences.get("energy_sources"):
        return
    entities = {
        entity["translation_key"]: entity["entity_id"]
        for entity in await meter_entities(client, entry_id)
        if (entity["translation_key"] or "").startswith("index_")
    }
    drawn = [
        entity_id
        for name, entity_id in entities.items()
        if not _NOT_PERIODS.fullmatch(name)
    ] or [entities["index_total"]]
    sources: list[dict[str, Any]] = [
        {"type": "grid", "stat_energy_from": entity_id, "cost_adjustment_day": 0}
        for entity_id in drawn
    ]
    if "index_injected" in entities:
        sources[0]["stat_energy_to"] = entities["index_injected"]
    await client.ask("energy/save_prefs", energy_sources=sources)
