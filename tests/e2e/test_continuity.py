"""Energies that go on when the index of a meter falls, or becomes another one."""

import time

import pytest
import pytest_asyncio

from custom_components.linky_pilote.engine.reading import Contract, TicMode
from demo.setup import MeterSetup

from .bench import Bench
from .flows import add_meter, show_every_frame
from .instance import Instance
from .line import OUR_LINES, Line
from .sums import check_sums

_LOST_WH = 120
"""What may be lost at each step: half a minute, at 7 kW and twice that for safety."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def line(troubled_home: Instance, bench: Bench) -> Line:
    """Add a meter whose total, in standard mode, has 3 MWh of an earlier contract."""
    setup = MeterSetup(
        seed=88,
        contract=Contract.BASE,
        charger=True,
        subscribed_kva=12,
        earlier_wh=3_000_000,
    )
    # while the car is charged the indexes move by one or two Wh a second
    meter = bench.meter("continuous", setup, at="2026-12-10T23:30")
    line = Line(troubled_home, meter, await add_meter(troubled_home, meter.port))
    await show_every_frame(troubled_home, line.entry_id)
    await line.refresh()
    await line.expect(line.available, 10, "the meter's values")
    return line


@pytest.fixture(scope="session")
def steps() -> list[float]:
    """When the index took a step, in seconds since 1970."""
    return []


async def _check_step(line: Line, order: str, moved_wh: int) -> None:
    """Let the index take a step, which is neither shown nor lost for good."""
    entity_id = line.entities["index_total"]
    watch = line.home.watch
    meter = line.meter.line.meter
    started, before_wh = time.monotonic(), meter.snapshot().total_wh
    shown = [float(watch.state(entity_id) or 0)]
    line.meter.order(order)
    # a step is believed after three frames; the other speed is found in some seconds
    await line.expect(
        lambda: len(watch.since(started + 8, (entity_id,))) >= 3,
        40,
        f"values after {order!r}",
    )
    changes = watch.since(started, (entity_id,))
    shown += [
        float(change.new or 0) for change in changes if change.new != "unavailable"
    ]
    assert shown == sorted(shown)
    consumed_wh = meter.snapshot().total_wh - before_wh - moved_wh
    grown_wh = (shown[-1] - shown[0]) * 1000
    # what is shown is some frames older than what the meter counts
    assert consumed_wh - _LOST_WH < grown_wh < consumed_wh + 10


async def test_index_that_falls_for_good(line: Line, steps: list[float]) -> None:
    steps.append(time.time())
    mark = line.home.log.mark()
    await _check_step(line, "index -2000", -2000)
    assert not line.home.log.matching(OUR_LINES, mark)


async def test_other_mode_with_another_total(line: Line, steps: list[float]) -> None:
    """The total of standard mode knows the earlier contract, of historical mode not."""
    steps.append(time.time())
    for mode in (TicMode.STANDARD, TicMode.HISTORICAL):
        mark = line.home.log.mark()
        await _check_step(line, f"mode {mode}", 0)
        await line.home.log.wait_for(f"in {mode} mode now", mark, 5)
        *outage, told = line.home.log.matching(OUR_LINES, mark)
        assert f"the meter is in {mode} mode now" in told
        assert len(outage) in (0, 2), outage
        line.home.log.allow(outage[:1])


async def test_sums_grew_by_what_was_shown(line: Line, steps: list[float]) -> None:
    ids = [line.entities[key] for key in line.entities if key.startswith("index_")]
    await check_sums(line.home, ids, of=max(steps, default=time.time()))
