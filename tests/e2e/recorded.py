"""A run of a real Home Assistant as it was recorded, kept for a picture of it."""

from collections.abc import Mapping
import json
from typing import Any

from .browser import OUTPUT
from .loads import history
from .simulated import SimulatedDay


async def keep(
    day: SimulatedDay,
    name: str,
    since: str,
    entities: Mapping[str, str],
    marks: Mapping[str, str],
) -> dict[str, list[tuple[float, str]]]:
    """Keep the states of entities, by what each is, as `run-NAME.json`.

    `marks` are instants, ISO, by what happened then. Returns the states and when they
    came, in s since 1970.
    """
    rows = await history(day, list(entities.values()), since)
    states: dict[str, list[tuple[float, str]]] = {
        what: [(row["lu"], row["s"]) for row in rows.get(entity_id, [])]
        for what, entity_id in entities.items()
    }
    OUTPUT.mkdir(exist_ok=True)
    run: dict[str, Any] = {"name": name, "states": states, "marks": dict(marks)}
    (OUTPUT / f"run-{name}.json").write_text(json.dumps(run), "utf-8")
    return states
