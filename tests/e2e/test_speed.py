"""Meters that live 600 times faster: no index is held back, statistics only grow."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
import time
from typing import Any

import pytest_asyncio

from custom_components.linky_pilote.engine.reading import Contract, TicMode
from demo.setup import MeterSetup

from .bench import Bench, BenchMeter
from .conftest import SPEED
from .flows import add_meter
from .instance import Instance, until
from .kinds import TEMPO_HISTORICAL, TEMPO_STANDARD

_RUN_S = 75.0
"""Twelve hours and a half for the meters."""
_LATENESS_S = 6.0
"""Since when the first value that is looked at may have been said."""
_STATISTICS_S = 330.0
"""Home Assistant makes them every five minutes, ten seconds later."""


@dataclass(slots=True, kw_only=True)
class FastMeter:
    """A fast meter, and the entities of its indexes."""

    meter: BenchMeter
    entry_id: str
    indexes: dict[str, str]
    """Entity ids by the label that the meter sends."""
    since: float


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def fast_meters(fast_home: Instance, bench: Bench) -> list[FastMeter]:
    """Add two fast meters whose every frame is shown."""
    historical = bench.meter(
        "fast_historical",
        MeterSetup(seed=31, contract=Contract.TEMPO, phases=3, subscribed_kva=12),
        mode=TicMode.HISTORICAL,
        at="2026-12-15T12:00",
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
        *(add_meter(fast_home, meter.port) for meter, _ in labels)
    )
    fast = []
    for (meter, names), entry_id in zip(labels, entry_ids, strict=True):
        await _show_every_frame(fast_home, entry_id)
        ids = {
            entity["translation_key"]: entity["entity_id"]
            for entity in await fast_home.user.entities(entry_id)
        }
        indexes = {label: ids[f"index_{name}"] for label, name in names.items()}
        fast.append(
            FastMeter(
                meter=meter, entry_id=entry_id, indexes=indexes, since=time.monotonic()
            )
        )
    return fast


async def test_fast_meters_are_added(
    fast_home: Instance, fast_meters: list[FastMeter]
) -> None:
    """They then live on while other tests run."""
    entities = [entity for fast in fast_meters for entity in fast.indexes.values()]
    await fast_home.expect(
        lambda: all(
            fast_home.watch.state(entity) not in (None, "unknown", "unavailable")
            for entity in entities
        ),
        20,
        "values of all indexes",
    )


async def test_no_index_is_held_back(
    fast_home: Instance, fast_meters: list[FastMeter]
) -> None:
    """What the meter says is shown, value by value, each within a frame or so.

    An index that is held back shows as said values that were never shown: it takes
    three frames to be believed.
    """
    remaining = _RUN_S - (time.monotonic() - fast_meters[-1].since)
    await asyncio.sleep(max(0.0, remaining))
    for fast in fast_meters:
        moved = 0
        for label, entity_id in fast.indexes.items():
            said = _deduplicated(
                int(group.data)
                for group in fast.meter.said
                if group.label == label and group.time > fast.since - _LATENESS_S
            )
            shown = _deduplicated(
                round(float(change.new or 0) * 1000)
                for change in fast_home.watch.since(fast.since, (entity_id,))
                if change.new not in (None, "unknown", "unavailable")
            )
            if len(said) < 3:
                continue
            moved += 1
            first, last = said.index(shown[0]), said.index(shown[-1])
            where = f"{fast.meter.name} {label}"
            # at the end something may be under way
            assert last >= len(said) - 3, where
            assert shown == said[first : last + 1], where
            assert all(before < after for before, after in pairwise(shown)), where
        assert moved >= 2, f"{fast.meter.name}: a day should use several indexes"
        assert fast.meter.listened()
        path = f"/api/diagnostics/config_entry/{fast.entry_id}"
        diagnostics = (await fast_home.user.get(path))["data"]
        assert diagnostics["line"]["held"] == {}
        assert diagnostics["line"]["frames"] > 10


async def test_statistics_only_grow(
    fast_home: Instance, fast_meters: list[FastMeter]
) -> None:
    entities = [entity for fast in fast_meters for entity in fast.indexes.values()]

    async def statistics() -> dict[str, list[dict[str, Any]]]:
        answer: dict[str, list[dict[str, Any]]] = await fast_home.user.ask(
            "recorder/statistics_during_period",
            start_time="2020-01-01T00:00:00+00:00",
            statistic_ids=entities,
            period="5minute",
            types=["sum", "state"],
        )
        return answer

    made = await until(
        statistics,
        _STATISTICS_S,
        "statistics of all indexes",
        lambda rows: len(rows) == len(entities),
    )
    for entity_id, rows in made.items():
        first = next(
            float(change.new or 0)
            for change in fast_home.watch.changes
            if change.entity_id == entity_id and _is_number(change.new)
        )
        sums = [row["sum"] for row in rows]
        assert sums == sorted(sums), entity_id
        assert sums[0] >= 0, entity_id
        # the sum is what was counted since the first state: no reset, nothing twice
        for row in rows:
            assert abs(row["sum"] - (row["state"] - first)) < 0.0015, (entity_id, row)


async def _show_every_frame(instance: Instance, entry_id: str) -> None:
    """Set the least time between two writes to nothing, in the options' form."""
    path = "/api/config/config_entries/options/flow"
    step = await instance.user.post(path, {"handler": entry_id})
    answer = {"update_interval": 0}
    step = await instance.user.post(f"{path}/{step['flow_id']}", answer)
    assert step["type"] == "create_entry", step


def _deduplicated(values: Iterable[int]) -> list[int]:
    result: list[int] = []
    for value in values:
        if not result or result[-1] != value:
            result.append(value)
    return result


def _is_number(state: str | None) -> bool:
    try:
        float(state or "")
    except ValueError:
        return False
    return True
