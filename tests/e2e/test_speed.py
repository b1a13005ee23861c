"""Meters that live 600 times faster: no index is held back, statistics only grow."""

import asyncio
from collections.abc import Iterable
from itertools import pairwise
import time

from .fast import FastMeter
from .instance import Instance
from .sums import check_sums

_RUN_S = 75.0
"""Twelve hours and a half for the meters."""
_LATENESS_S = 6.0
"""Since when the first value that is looked at may have been said."""


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
    await check_sums(fast_home, entities)


def _deduplicated(values: Iterable[int]) -> list[int]:
    result: list[int] = []
    for value in values:
        if not result or result[-1] != value:
            result.append(value)
    return result
