"""The meters of the main Home Assistant, added once for all tests that look at them."""

import asyncio
from dataclasses import dataclass
from typing import Any

from .bench import Bench, BenchMeter
from .flows import Flow
from .instance import Instance
from .kinds import KINDS, Kind


@dataclass(slots=True, kw_only=True)
class Added:
    """A meter that was added, and how that went."""

    kind: Kind
    meter: BenchMeter
    texts: dict[str, str]
    """What the last form said, by language."""
    progress: dict[str, str]
    """What it said while it listened, by language."""
    seconds: float
    """How long it listened."""
    entry: dict[str, Any]
    entities: dict[str, dict[str, Any]]
    """From the registry, by translation key."""

    def entity_id(self, key: str) -> str:
        """Return an entity's id."""
        return str(self.entities[key]["entity_id"])

    def enabled_ids(self) -> list[str]:
        """Return the ids of all entities that are enabled."""
        return [
            entity["entity_id"]
            for entity in self.entities.values()
            if entity["disabled_by"] is None
        ]


async def add_household(instance: Instance, bench: Bench) -> dict[str, Added]:
    """Plug all kinds of meters in and add them, all at the same time."""
    meters = [
        bench.meter(kind.name, kind.setup, mode=kind.mode, at=kind.at) for kind in KINDS
    ]
    flows = [Flow(instance) for _ in KINDS]
    await asyncio.gather(
        *(_listen(flow, meter) for flow, meter in zip(flows, meters, strict=True))
    )
    texts: list[dict[str, str]] = [{} for _ in KINDS]
    # the form speaks the language of the house
    for language in ("fr", "en"):
        await instance.user.ask("config/core/update", language=language)
        for flow, said in zip(flows, texts, strict=True):
            await flow.show_again()
            said[language] = await flow.text(language)
    seconds = [flow.seconds for flow in flows]
    progress = [
        {language: await flow.progress_text(language) for language in ("fr", "en")}
        for flow in flows
    ]
    await asyncio.gather(*(flow.submit() for flow in flows))
    household = {}
    for place, (kind, meter, flow) in enumerate(zip(KINDS, meters, flows, strict=True)):
        assert flow.step["type"] == "create_entry", flow.step
        household[kind.name] = Added(
            kind=kind,
            meter=meter,
            texts=texts[place],
            progress=progress[place],
            seconds=seconds[place],
            entry=flow.step["result"],
            entities={},
        )
    for added in household.values():
        await refresh(instance, added)
    return household


async def refresh(instance: Instance, added: Added) -> None:
    """Read the registry again."""
    entities = await instance.user.entities(added.entry["entry_id"])
    added.entities = {entity["translation_key"]: entity for entity in entities}


async def _listen(flow: Flow, meter: BenchMeter) -> None:
    await flow.__aenter__()
    await flow.choose(meter.port)
    assert flow.step.get("step_id") == "confirm", (meter.name, flow.step)
