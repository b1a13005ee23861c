"""The life of a line: pulled out, silent, noisy, switched, restarted, removed."""

from collections.abc import AsyncIterator, Callable
import contextlib
import re
import time
from typing import Any

import pytest
import pytest_asyncio

from custom_components.linky_pilote.engine.reading import Contract, TicMode
from demo.setup import MeterSetup

from .bench import Bench, BenchMeter
from .flows import add_meter
from .instance import DOMAIN, Instance, until
from .watch import UNAVAILABLE

_LOST_S = 3.0
"""Until a pulled plug is seen."""
_QUIET_S = 13.0
"""Until a line that says nothing (any more) counts as lost."""
_BACK_S = 20.0
"""Until a line is heard again: the next attempt, and both speeds."""
_FRESH_S = 4.0
"""Frames take a second or so."""
_LASTING = {
    *("contract", "cutoff_power", "index_01", "index_total", "load_curve"),
    *("peak_today", "peak_yesterday", "subscribed_power"),
}
"""What is held while another meter answers, of what this meter has."""
_OUR_LINES = rf"\[custom_components\.{DOMAIN}"


class Line:
    """A meter of its own, and what Home Assistant makes of it."""

    def __init__(self, home: Instance, meter: BenchMeter, entry_id: str) -> None:
        """Look at an entry."""
        self.home = home
        self.meter = meter
        self.entry_id = entry_id
        self.entities: dict[str, str] = {}

    async def refresh(self) -> None:
        """Read the registry."""
        self.entities = {
            entity["translation_key"]: entity["entity_id"]
            for entity in await self.home.user.entities(self.entry_id)
            if entity["disabled_by"] is None
        }

    def available(self) -> bool:
        """Tell whether all entities show something."""
        return all(
            self.home.watch.state(entity_id) not in (None, UNAVAILABLE)
            for entity_id in self.entities.values()
        )

    def unavailable(self) -> bool:
        """Tell whether no entity shows something."""
        return all(
            self.home.watch.state(entity_id) == UNAVAILABLE
            for entity_id in self.entities.values()
        )

    def follows(self) -> bool:
        """Tell whether the total index is one that the meter has just said."""
        state = self.home.watch.state(self.entities["index_total"])
        if state in (None, UNAVAILABLE, "unknown"):
            return False
        attributes = self.home.watch.states[self.entities["index_total"]]["attributes"]
        shown = attributes.get("meter_index", round(float(state or 0) * 1000))
        said = {
            int(frame.get("EAST") or frame.get("BASE") or -1)
            for frame in self.meter.frames(8)
        }
        return shown in said

    def holds(self) -> bool:
        """Tell whether what lasts, and nothing else, shows something."""
        shown = {
            key
            for key, entity_id in self.entities.items()
            if self.home.watch.state(entity_id) != UNAVAILABLE
        }
        return shown == _LASTING

    def total(self) -> float:
        """Return the energy drawn, in kWh."""
        return float(self.home.watch.state(self.entities["index_total"]) or "nan")

    async def expect(self, met: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait for a condition."""
        await self.home.expect(met, seconds, what)

    @contextlib.asynccontextmanager
    async def interrupted(self, reason: str) -> AsyncIterator[None]:
        """Check that a loss is said once: by each entity, and in the log."""
        started, mark = time.monotonic(), self.home.log.mark()
        try:
            yield
            await self._check_interruption(reason, started, mark)
        finally:
            # whatever failed, the next test begins with a line that works
            self.meter.order("fault none")
            self.meter.order("plug")
            self.home.log.allow(self.home.log.matching(_OUR_LINES, mark))

    async def _check_interruption(self, reason: str, started: float, mark: int) -> None:
        await self.expect(self.available, _BACK_S, "the meter is back by itself")
        await self.home.log.wait_for("heard again", mark, 5)
        await self.expect(self.follows, 10, "values that follow the meter again")
        for key, entity_id in self.entities.items():
            changes = self.home.watch.since(started, (entity_id,))
            lost = [change for change in changes if change.new == UNAVAILABLE]
            assert len(lost) == 1, f"{key}: {changes}"
        lines = self.home.log.matching(_OUR_LINES, mark)
        assert len(lines) == 2, lines
        assert re.search(rf"WARNING .*not heard any more \({reason}", lines[0])
        assert re.search(r"INFO .*heard again", lines[1])
        # no half-read frame may have slipped through
        self.check_index(started)
        self.check_return(started)

    def check_index(self, since: float) -> None:
        """Check that the total index was always one that the meter said."""
        said = {
            int(group.data)
            for group in self.meter.said
            if group.label in ("EAST", "BASE")
        }
        for change in self.home.watch.since(since, (self.entities["index_total"],)):
            if change.new not in (None, UNAVAILABLE):
                assert round(float(change.new or 0) * 1000) in said, change

    def check_return(self, since: float) -> None:
        """Check that the first value after a loss is news, not what was known."""
        changes = self.home.watch.since(since, (self.entities["index_total"],))
        back = next(change for change in changes if change.old == UNAVAILABLE)
        said = [
            group
            for group in self.meter.said
            if group.label in ("EAST", "BASE") and group.time < back.time
        ]
        fresh = {int(group.data) for group in said if group.time > back.time - _FRESH_S}
        assert round(float(back.new or 0) * 1000) in fresh, (back, said[-9:])

    async def stays_lost(self) -> None:
        """Check that nothing comes while the line is as bad as it was."""
        assert not await self.home.watch.until(lambda: not self.unavailable(), 8)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def line(home: Instance, bench: Bench) -> Line:
    """Add a meter for these tests alone."""
    setup = MeterSetup(seed=15, contract=Contract.BASE, serial="022161000555")
    meter = bench.meter("line", setup, mode=TicMode.STANDARD, at="2026-12-10T19:30")
    line = Line(home, meter, await add_meter(home, meter.port))
    await line.refresh()
    await line.expect(line.available, 10, "the meter's values")
    return line


async def test_pulled_out_and_plugged_in(line: Line) -> None:
    async with line.interrupted("connection_lost"):
        line.meter.order("unplug")
        await line.expect(line.unavailable, _LOST_S, "unavailable entities")
        # long enough for attempts that fail
        await line.stays_lost()
        line.meter.order("plug")


async def test_silence(line: Line) -> None:
    async with line.interrupted("silent_line"):
        line.meter.order("fault silence")
        await line.expect(line.unavailable, _QUIET_S, "unavailable entities")
        await line.stays_lost()
        line.meter.order("fault none")


async def test_nothing_but_noise(line: Line) -> None:
    async with line.interrupted("noise_only"):
        line.meter.order("fault garbage")
        await line.expect(line.unavailable, _QUIET_S, "unavailable entities")
        await line.stays_lost()
        line.meter.order("fault none")


async def test_some_noise(line: Line) -> None:
    """One bit in a hundred characters: every fifth group is lost, no value is wrong."""
    started, mark = time.monotonic(), line.home.log.mark()
    line.meter.order("fault noise 0.01")
    moved = [line.entities["index_total"], line.entities["apparent_power"]]
    try:
        for entity_id in moved:
            await line.expect(
                lambda entity_id=entity_id: bool(  # type: ignore[misc]
                    line.home.watch.since(started, (entity_id,))
                ),
                30,
                f"new values of {entity_id} in spite of the noise",
            )
    finally:
        line.meter.order("fault none")
    assert line.available()
    assert not line.home.log.matching(_OUR_LINES, mark)
    line.check_index(started)


@pytest.mark.parametrize("mode", [TicMode.HISTORICAL, TicMode.STANDARD])
async def test_mode_switched_by_the_grid_operator(line: Line, mode: TicMode) -> None:
    started, mark = time.monotonic(), line.home.log.mark()
    line.meter.order(f"mode {mode}")

    def shown() -> bool:
        changes = line.home.watch.since(started + 2, (line.entities["index_total"],))
        return bool(changes) and line.follows()

    await line.expect(shown, 30, f"values in {mode} mode")
    *lines, told = line.home.log.matching(_OUR_LINES, mark)
    assert f"the meter is in {mode} mode now" in told
    assert len(lines) in (0, 2), lines
    line.home.log.allow(lines[:1])
    line.check_index(started)
    issues = await _issues(line.home)
    assert [issue["translation_key"] for issue in issues] == [f"mode_{mode}"]


async def test_reload(line: Line) -> None:
    started = time.monotonic()
    path = f"/api/config/config_entries/entry/{line.entry_id}/reload"
    result = await line.home.user.post(path, {})
    assert not result["require_restart"]
    assert line.meter.listened()

    def shown() -> bool:
        changes = line.home.watch.since(started, (line.entities["index_total"],))
        return bool(changes) and line.available() and line.follows()

    await line.expect(shown, 10, "values after the reload")
    assert time.monotonic() - started < 10


async def test_restart(line: Line) -> None:
    await line.home.restart()
    await line.expect(line.available, _BACK_S, "the meter after the restart")
    await line.expect(line.follows, 10, "values that follow the meter")
    states = {
        entry["entry_id"]: entry["state"] for entry in await line.home.user.entries()
    }
    assert set(states.values()) == {"loaded"}, states
    before = dict(line.entities)
    await line.refresh()
    assert line.entities == before


async def test_restart_while_pulled_out(line: Line) -> None:
    """The entry is tried again until the adapter is there."""
    line.meter.order("unplug")
    await line.expect(line.unavailable, _LOST_S, "unavailable entities")
    mark = line.home.log.mark()
    path = f"/api/config/config_entries/entry/{line.entry_id}/reload"
    await line.home.user.post(path, {})

    async def state() -> str:
        entries = await line.home.user.entries()
        return next(
            str(entry["state"])
            for entry in entries
            if entry["entry_id"] == line.entry_id
        )

    assert await state() == "setup_retry"
    line.meter.order("plug")
    await until(state, 40, "the entry is loaded", lambda now: now == "loaded")
    await line.expect(line.available, 10, "values")
    pattern = "not heard any more|not ready yet"
    line.home.log.allow(line.home.log.matching(pattern, mark - 2))


async def test_another_meter(line: Line) -> None:
    """Its values are not shown, what lasts is held, the user is told."""
    started, mark = time.monotonic(), line.home.log.mark()
    line.meter.order("meter 042161000666")
    await line.expect(line.holds, 10, "live values gone, lasting ones held")
    line.home.log.allow(await line.home.log.wait_for("another meter answers", mark, 5))
    issue = await _other_meter(line.home)
    assert issue["translation_placeholders"]["found"] == "0666"
    assert len(line.home.log.matching(_OUR_LINES, mark)) == 1
    assert not await line.home.watch.until(lambda: not line.holds(), 5)
    line.check_index(started)


async def test_the_meter_was_replaced(line: Line) -> None:
    """The repair carries on with the same entities, and energies without a step."""
    entities, total, started = dict(line.entities), line.total(), time.monotonic()
    path = "/api/repairs/issues/fix"
    issue = await _other_meter(line.home)
    answer = {"handler": DOMAIN, "issue_id": issue["issue_id"]}
    step = await line.home.user.post(path, answer)
    step = await line.home.user.post(f"{path}/{step['flow_id']}", {})
    assert step["type"] == "create_entry", step
    await line.expect(line.available, _BACK_S, "the new meter's values")
    await line.expect(line.follows, 10, "values that follow the new meter")
    await line.refresh()
    assert line.entities == entities
    attributes = line.home.watch.states[line.entities["index_total"]]["attributes"]
    assert abs(attributes["meter_index"] / 1000 - total) > 1, "the display moved"
    known = total
    for change in line.home.watch.since(started, (line.entities["index_total"],)):
        if change.new != UNAVAILABLE:
            assert known <= float(change.new or "nan") < total + 0.5, change
            known = float(change.new or "nan")
    keys = {issue["translation_key"] for issue in await _issues(line.home)}
    assert "other_meter" not in keys


async def test_diagnostics_tell_no_number(line: Line) -> None:
    path = f"/api/diagnostics/config_entry/{line.entry_id}"
    diagnostics = (await line.home.user.get(path))["data"]
    assert "042161000666" not in str(diagnostics)
    assert diagnostics["line"]["connected"] is True
    assert any("ADSC" in group for group in diagnostics["heard"])


async def test_switched_while_home_assistant_was_down(line: Line) -> None:
    """It is told, and the energy goes on from where it was over all that happened."""
    total = line.total()
    await line.home.stop()
    line.meter.order(f"mode {TicMode.HISTORICAL}")
    await line.home.start()
    await line.expect(line.available, _BACK_S, "the meter after the restart")
    await line.expect(line.follows, 10, "values that follow the meter")
    assert total <= line.total() < total + 0.5
    keys = {issue["translation_key"] for issue in await _issues(line.home)}
    assert keys == {"mode_historical"}


async def test_removal_leaves_nothing(line: Line) -> None:
    entities = set(line.entities.values())
    await line.home.user.delete(f"/api/config/config_entries/entry/{line.entry_id}")
    assert not line.meter.listened()
    await line.expect(
        lambda: not entities & line.home.watch.states.keys(), 5, "no states left"
    )
    assert not await line.home.user.entities(line.entry_id)
    devices = await line.home.user.ask("config/device_registry/list")
    assert not [d for d in devices if line.entry_id in d["config_entries"]]
    assert not await _issues(line.home)
    storage = line.home.folder.path / ".storage"
    meter_id = f"{DOMAIN}.meter.*"
    assert len(list(storage.glob(meter_id))) == len(await line.home.user.entries())
    entries = await line.home.user.entries()
    assert line.entry_id not in {entry["entry_id"] for entry in entries}


async def _other_meter(home: Instance) -> dict[str, Any]:
    (issue,) = [
        issue
        for issue in await _issues(home)
        if issue["translation_key"] == "other_meter"
    ]
    return issue


async def _issues(home: Instance) -> list[dict[str, Any]]:
    answer = await home.user.ask("repairs/list_issues")
    return [issue for issue in answer["issues"] if issue["domain"] == DOMAIN]
