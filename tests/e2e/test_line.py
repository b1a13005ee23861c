"""The life of a line: pulled out, silent, noisy, switched, restarted, removed."""

import time
from typing import Any

import pytest
import pytest_asyncio

from custom_components.linky_pilote.engine.reading import Contract, TicMode
from demo.setup import MeterSetup

from .bench import Bench
from .flows import add_meter
from .instance import DOMAIN, Instance, until
from .line import BACK_S, OUR_LINES, Line
from .watch import UNAVAILABLE

_LOST_S = 3.0
"""Until a pulled plug is seen."""
_QUIET_S = 13.0
"""Until a line that says nothing (any more) counts as lost."""
_LASTING = {
    *("contract", "cutoff_power", "index_01", "index_total", "load_curve"),
    *("peak_today", "peak_yesterday", "subscribed_power"),
}
"""What is held while another meter answers, of what this meter has."""


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
    async with line.undisturbed():
        line.meter.order("fault noise 0.01")
        await line.moves(30, "index_total", "apparent_power")


@pytest.mark.parametrize("mode", [TicMode.HISTORICAL, TicMode.STANDARD])
async def test_mode_switched_by_the_grid_operator(line: Line, mode: TicMode) -> None:
    started, mark = time.monotonic(), line.home.log.mark()
    line.meter.order(f"mode {mode}")
    await line.home.log.wait_for(f"in {mode} mode now", mark, 30)
    noticed = time.monotonic()

    def shown() -> bool:
        changes = line.home.watch.since(noticed, (line.entities["index_total"],))
        return bool(changes) and line.follows()

    await line.expect(shown, 30, f"values in {mode} mode")
    *lines, told = line.home.log.matching(OUR_LINES, mark)
    assert f"the meter is in {mode} mode now" in told
    # the other speed is found in some seconds: seldom enough for an outage
    if lines:
        down, up = lines
        assert "WARNING" in down
        assert "heard again" in up
        line.home.log.allow([down])
    line.check_index(started)
    issues = await _issues(line.home)
    assert [issue["translation_key"] for issue in issues] == [f"mode_{mode}"]


async def test_reload(line: Line) -> None:
    """It is no outage: nothing is logged."""
    started, mark = time.monotonic(), line.home.log.mark()
    path = f"/api/config/config_entries/entry/{line.entry_id}/reload"
    result = await line.home.user.post(path, {})
    assert not result["require_restart"]
    assert line.meter.listened()

    def shown() -> bool:
        changes = line.home.watch.since(started, (line.entities["index_total"],))
        return bool(changes) and line.available() and line.follows()

    await line.expect(shown, 10, "values after the reload")
    assert time.monotonic() - started < 10
    assert not line.home.log.matching(OUR_LINES, mark)


async def test_restart(line: Line) -> None:
    await line.home.restart()
    await line.expect(line.available, BACK_S, "the meter after the restart")
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
    mark = line.home.log.mark()
    line.meter.order("unplug")
    await line.expect(line.unavailable, _LOST_S, "unavailable entities")
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
    # one line of ours, and one of Home Assistant's
    said = line.home.log.matching("Linky 0555", mark)
    assert len(said) == 2, said
    assert "not heard any more" in said[0]
    assert "not ready yet" in said[1]
    line.home.log.allow(said)


async def test_another_meter(line: Line) -> None:
    """Its values are not shown, what lasts is held, the user is told."""
    started, mark = time.monotonic(), line.home.log.mark()
    line.meter.order("meter 042161000666")
    await line.expect(lambda: _holds(line), 10, "live values gone, lasting ones held")
    line.home.log.allow(await line.home.log.wait_for("another meter answers", mark, 5))
    issue = await _other_meter(line.home)
    assert issue["translation_placeholders"]["found"] == "0666"
    assert len(line.home.log.matching(OUR_LINES, mark)) == 1
    assert not await line.home.watch.until(lambda: not _holds(line), 5)
    line.check_index(started)


async def test_the_meter_was_replaced(line: Line) -> None:
    """The repair carries on with the same entities, and energies without a step."""
    entities, total, started = dict(line.entities), line.total(), time.monotonic()
    mark = line.home.log.mark()
    path = "/api/repairs/issues/fix"
    issue = await _other_meter(line.home)
    answer = {"handler": DOMAIN, "issue_id": issue["issue_id"]}
    step = await line.home.user.post(path, answer)
    step = await line.home.user.post(f"{path}/{step['flow_id']}", {})
    assert step["type"] == "create_entry", step
    await line.expect(line.available, BACK_S, "the new meter's values")
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
    assert not line.home.log.matching(OUR_LINES, mark)


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
    await line.expect(line.available, BACK_S, "the meter after the restart")
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


def _holds(line: Line) -> bool:
    """Tell whether what lasts, and nothing else, shows something."""
    shown = {
        key
        for key, entity_id in line.entities.items()
        if line.home.watch.state(entity_id) != UNAVAILABLE
    }
    return shown == _LASTING


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
