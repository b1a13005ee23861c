"""Faults that are none for the user, and a machine that stands still for two minutes."""

import asyncio
from collections.abc import AsyncIterator
import contextlib
from dataclasses import dataclass
import re
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

_AWAKE_S = 10.0
"""Until values follow after a pause."""
_PAUSE_S = 120.0
_CLOCK_S = 60.0
"""Until an entity that was enabled has come, and the drift is known."""
_WRONG_WH = 1500
"""Less than what an index is wrong by, more than what is drawn meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Meters that suffer, each of them shown frame by frame."""

    home: Instance
    historical: Line
    standard: Line
    clock: Line
    """For the clock alone: it is set up anew while others suffer."""

    @property
    def both(self) -> tuple[Line, Line]:
        """One of each mode."""
        return self.historical, self.standard


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def lines(troubled_home: Instance, bench: Bench) -> Lines:
    """Add the meters, all at the same time."""
    meters = [
        bench.meter(
            f"troubled_{seed}",
            MeterSetup(
                seed=seed, contract=Contract.BASE, charger=True, subscribed_kva=12
            ),
            mode=mode,
            # while the car is charged the indexes move by one or two Wh a second
            at="2026-12-10T23:30",
        )
        for seed, mode in (
            (101, TicMode.HISTORICAL),
            (96, TicMode.STANDARD),
            (102, TicMode.STANDARD),
        )
    ]
    entry_ids = await asyncio.gather(
        *(add_meter(troubled_home, meter.port) for meter in meters)
    )
    lines = [
        Line(troubled_home, meter, entry_id)
        for meter, entry_id in zip(meters, entry_ids, strict=True)
    ]
    for entity in await troubled_home.user.entities(entry_ids[2]):
        if entity["translation_key"] == "clock_drift":
            assert entity["disabled_by"] == "integration"
            await troubled_home.user.ask(
                "config/entity_registry/update",
                entity_id=entity["entity_id"],
                disabled_by=None,
            )
    for line in lines:
        await show_every_frame(troubled_home, line.entry_id)
        await line.refresh()
    for line in lines[:2]:
        await line.expect(line.available, 10, "the meter's values")
    historical, standard, clock = lines
    return Lines(
        home=troubled_home, historical=historical, standard=standard, clock=clock
    )


@pytest.mark.parametrize("frames", [1, 2])
@pytest.mark.parametrize("wrong_wh", [50_000_000, -2000])
async def test_index_that_leaps_or_falls(
    lines: Lines, wrong_wh: int, frames: int
) -> None:
    """In one or two frames whose checksums are good: it is never shown."""
    async with contextlib.AsyncExitStack() as stack:
        for line in lines.both:
            await stack.enter_async_context(line.undisturbed())
        marks = [len(line.meter.said) for line in lines.both]
        right = [line.meter.line.meter.snapshot().total_wh for line in lines.both]
        for line in lines.both:
            line.meter.order(f"index {wrong_wh:+} {frames}")
        for line, mark, right_wh in zip(lines.both, marks, right, strict=True):

            def wrong(line: Line = line, mark: int = mark, wh: int = right_wh) -> int:
                return sum(
                    abs(int(group.data) - wh) > _WRONG_WH
                    for group in line.meter.said[mark:]
                    if group.label in ("BASE", "EAST")
                )

            await line.expect(
                lambda wrong=wrong: wrong() == frames,  # type: ignore[misc]
                20,
                "an index that is wrong",
            )
            await line.moves(30, "index_total")
            assert wrong() == frames


async def test_wrong_indexes_were_heard(lines: Lines) -> None:
    """And held back: nothing else kept them from being shown."""
    for line, labels in (
        (lines.historical, ("BASE",)),
        (lines.standard, ("EAST", "EASF01")),
    ):
        path = f"/api/diagnostics/config_entry/{line.entry_id}"
        diagnostics = (await lines.home.user.get(path))["data"]
        assert diagnostics["line"]["held"] == dict.fromkeys(labels, 6)


@pytest.mark.parametrize("fault", ["lf-lost", "lf-0f", "cr-lf", "parity"])
async def test_spoiled_delimiters(lines: Lines, fault: str) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for line in lines.both:
            await stack.enter_async_context(line.undisturbed())
        for line in lines.both:
            line.meter.order(f"fault {fault}")
        # some frames; then those are awaited that come in spite of the fault
        await asyncio.sleep(4)
        await asyncio.gather(*(line.moves(30, "index_total") for line in lines.both))


async def test_clock_is_wrong(lines: Lines) -> None:
    """Its entities say so; whatever else is shown goes on."""
    line = lines.clock
    await line.refresh()
    drift, degraded = line.entities["clock_drift"], line.entities["clock_degraded"]
    watch = line.home.watch

    def drifts_by(seconds: int) -> bool:
        state = watch.state(drift)
        if state in (None, "unknown", "unavailable"):
            return False
        ahead = line.meter.line.meter.state.epoch_s - time.time() + seconds
        return abs(float(state or 0) - ahead) <= 2

    await line.expect(lambda: drifts_by(0), _CLOCK_S, "the drift")
    async with line.undisturbed(forgets=("clock_drift",)):
        line.meter.order("clock 7200")
        await line.expect(lambda: drifts_by(7200), 30, "two hours of drift")
        assert watch.state(degraded) == "off"
        line.meter.order("clock 7200 degraded")
        await line.expect(
            lambda: (watch.state(drift), watch.state(degraded)) == ("unknown", "on"),
            30,
            "a clock that says itself that it is not to be trusted",
        )
        line.meter.order("clock -3600")
        await line.expect(lambda: drifts_by(-3600), 30, "a drift of minus an hour")
        assert watch.state(degraded) == "off"
        await line.moves(30, "index_total")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def asleep(lines: Lines) -> AsyncIterator[float]:
    """Let that Home Assistant fall asleep; say since when."""
    await lines.home.fall_asleep()
    yield time.monotonic()
    # it could not stop in its sleep
    await lines.home.wake_up()


async def test_machine_is_suspended(lines: Lines, asleep: float) -> None:
    """While other tests go on elsewhere."""
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(lines.home.user.answers("/manifest.json"), 2)


async def test_two_minutes_later(lines: Lines, asleep: float) -> None:
    """A virtual machine that was paused goes on as if nothing had been."""
    await asyncio.sleep(asleep + _PAUSE_S - time.monotonic())
    home = lines.home
    before = {
        line: float(home.watch.state(line.entities["index_total"]) or 0)
        for line in lines.both
    }
    mark, woken = home.log.mark(), time.monotonic()
    await home.wake_up()
    for line in lines.both:
        await line.expect(line.follows, _AWAKE_S, "values that follow the meter")
        await line.expect(line.available, _AWAKE_S, "all values")
    assert time.monotonic() < woken + _AWAKE_S
    for line in lines.both:
        line.check_index(woken)
        line.check_growth(before[line], woken)
    lost = home.log.matching("not heard any more", mark)
    await home.log.wait_for("heard again", mark, 5, count=len(lost))
    said = home.log.matching(OUR_LINES, mark)
    for line in lines.both:
        title = f"Linky {line.meter.serial[-4:]}"
        levels = [_level(text) for text in said if title in text]
        assert levels in ([], ["WARNING", "INFO"]), said
    home.log.allow(said)
    assert not home.log.matching("Traceback", mark)


async def test_statistics_did_not_move(lines: Lines, asleep: float) -> None:
    """Of all that went wrong the Energy dashboard has seen nothing."""
    ids = [
        line.entities[key]
        for line in lines.both
        for key in line.entities
        if key.startswith("index_")
    ]
    assert len(ids) >= 3
    slept_s = time.monotonic() - asleep
    await check_sums(lines.home, ids, of=time.time() - slept_s)


def _level(text: str) -> str:
    found = re.search(r" (INFO|WARNING|ERROR) ", text)
    return found[1] if found else ""
