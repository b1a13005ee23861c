"""Meters that live 600 times faster."""

import asyncio
from dataclasses import dataclass
import time
from typing import Final

from custom_components.linky_pilote.engine.reading import Contract, TicMode
from demo.setup import MeterSetup

from .bench import Bench, BenchMeter
from .flows import add_meter, show_every_frame
from .instance import Instance
from .kinds import TEMPO_HISTORICAL, TEMPO_STANDARD

SPEED: Final = 600.0


@dataclass(slots=True, kw_only=True)
class FastMeter:
    """A fast meter, and the entities of its indexes."""

    meter: BenchMeter
    entry_id: str
    indexes: dict[str, str]
    """Entity ids by the label that the meter sends."""
    period: str
    """Entity id of the tariff period."""
    since: float


async def add_fast_meters(home: Instance, bench: Bench) -> list[FastMeter]:
    """Add two fast meters whose every frame is shown."""
    historical = bench.meter(
        "fast_historical",
        MeterSetup(seed=31, contract=Contract.TEMPO, phases=3, subscribed_kva=12),
        mode=TicMode.HISTORICAL,
        # a white day; the next one, from 6:00 on, is red
        at="2026-12-16T12:00",
        speed=SPEED,
    )
    standard = bench.meter(
        "fast_standard",
        MeterSetup(
            seed=32, contract=Contract.TEMPO, producer=True, solar=True, charger=True
        ),
        mode=TicMode.STANDARD,
        at="2026-06-10T12:00",
        speed=SPEED,
    )
    labels = (
        (historical, TEMPO_HISTORICAL),
        (standard, {**TEMPO_STANDARD, "EAST": "total", "EAIT": "injected"}),
    )
    entry_ids = await asyncio.gather(
        *(add_meter(home, meter.port) for meter, _ in labels)
    )
    fast = []
    for (meter, names), entry_id in zip(labels, entry_ids, strict=True):
        await show_every_frame(home, entry_id)
        ids = {
            entity["translation_key"]: entity["entity_id"]
            for entity in await home.user.entities(entry_id)
        }
        indexes = {label: ids[f"index_{name}"] for label, name in names.items()}
        fast.append(
            FastMeter(
                meter=meter,
                entry_id=entry_id,
                indexes=indexes,
                period=ids["tariff_period"],
                since=time.monotonic(),
            )
        )
    return fast
