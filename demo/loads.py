"""The appliances that the demo lets Linky Pilote regulate, and the form that adds one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from .client import Client, until

_FLOWS: Final = "/api/config/config_entries/subentries/flow"
_OPTIONS: Final = "/api/config/config_entries/options/flow"
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Furnished:
    """What a person would answer about an appliance, where no form suggests it."""

    entity: str
    behaviour: str
    how: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    when: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)

    @property
    def power_sensor(self) -> str:
        """Return the sensor of what it draws; `charger_current` is of the charger."""
        name = self.entity.partition(".")[2].removesuffix("_current")
        return f"sensor.{name}_power"


LOADS: Final = (
    Furnished("climate.virtual_heater_living_room", "heating", {"power": 1250}),
    Furnished("climate.virtual_heater_bathroom", "heating", {"power": 750}),
    Furnished("select.virtual_heater_child", "heating", {"power": 500}),
    Furnished("select.virtual_heater_bedroom", "heating", {"power": 750}),
    Furnished("switch.virtual_heater_kitchen", "heating", {"power": 500}),
    Furnished(
        "switch.virtual_water_heater",
        "tank",
        {
            "power": 2200,
            "temperature_sensor": "sensor.virtual_water_heater_temperature",
        },
        {"grid": "off_peak", "ecowatt": True},
    ),
    Furnished(
        "number.virtual_charger_current",
        "charger",
        {
            "switch": "switch.virtual_charger",
            "connected": "binary_sensor.virtual_charger_plugged_in",
        },
        {"ecowatt": True},
    ),
    Furnished(
        "light.virtual_dimmed_heater", "adjustable", {"power": 1200}, {"grid": "never"}
    ),
    Furnished(
        "switch.virtual_pool_pump", "on_off", {"power": 750}, {"grid": "off_peak"}
    ),
)
"""In the order of their ranks: the first is served first and shed last."""

PANELS: Final = "sensor.virtual_panels_power"


async def has_loads(client: Client, entry_id: str) -> bool:
    """Say whether a meter regulates something already."""
    return bool(await client.ask("config_entries/subentries/list", entry_id=entry_id))


async def add_load(
    client: Client,
    entry_id: str,
    what: Mapping[str, Any],
    how: Mapping[str, Any] = _NOTHING,
    when: Mapping[str, Any] = _NOTHING,
) -> None:
    """Add a load, with what the forms suggest for all that is not said."""
    step = await client.post(_FLOWS, {"handler": [entry_id, "load"]})
    path = f"{_FLOWS}/{step['flow_id']}"
    answers = {"user": what, "how": how, "when": when}
    while step["type"] != "create_entry":
        if step["type"] == "menu":
            step = await client.post(path, {"next_step_id": "finish"})
            continue
        if step["type"] != "form" or step.get("errors"):
            raise ValueError(f"{what}: {step.get('errors') or step}")
        said = answers.get(step["step_id"], _NOTHING)
        step = await client.post(path, {**suggested(step), **said})


def suggested(step: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form is filled in with when it opens."""
    filled = {}
    for asked in step.get("data_schema") or ():
        value = (asked.get("description") or {}).get("suggested_value")
        value = asked.get("default") if value is None else value
        if value is not None:
            filled[asked["name"]] = value
    return filled


async def furnish_loads(client: Client, entry_id: str) -> None:
    """Let the house's appliances be regulated, and commanded, from now on.

    What the panels make is known then, too. The caller sets the time limit.
    """
    names = {
        state["entity_id"]: state["attributes"].get("friendly_name", "")
        for state in await client.get("/api/states")
    }
    loads = [load for load in LOADS if load.entity in names]
    for load in loads:
        # their devices say that they are simulated; a tile has no room for that
        name, _, _ = names[load.entity].partition(" (")
        what = {
            "entity": [load.entity],
            "name": name,
            "behaviour": load.behaviour,
            "power_sensor": load.power_sensor,
        }
        await add_load(client, entry_id, what, load.how, load.when)

    async def all_there() -> bool:
        return len(await _switches(client, entry_id)) == len(loads)

    await until(all_there)
    armed = {"entity_id": await _switches(client, entry_id)}
    await client.post("/api/services/switch/turn_on", armed)
    if PANELS in names:
        await set_options(client, entry_id, production=PANELS)


async def set_options(client: Client, entry_id: str, **options: Any) -> None:
    """Set some options of a meter; the others stay as they are."""
    step = await client.post(_OPTIONS, {"handler": entry_id})
    path = f"{_OPTIONS}/{step['flow_id']}"
    step = await client.post(path, {**suggested(step), **options})
    if step["type"] != "create_entry":
        raise ValueError(f"{options}: {step.get('errors') or step}")


async def _switches(client: Client, entry_id: str) -> list[str]:
    """Return the switches that let the loads of a meter be commanded."""
    return [
        entity["entity_id"]
        for entity in await client.ask("config/entity_registry/list")
        if entity["config_entry_id"] == entry_id
        and entity["translation_key"] == "load_armed"
    ]
