"""A meter of its own, and what Home Assistant makes of it, whatever happens to its line."""

from collections.abc import AsyncIterator, Callable, Iterable
import contextlib
import re
import time
from typing import Final

from .bench import BenchMeter
from .instance import DOMAIN, Instance
from .watch import UNAVAILABLE, Change

BACK_S: Final = 20.0
"""Until a line is heard again: the next attempt, and both speeds."""
_FRESH_S: Final = 4.0
"""Frames take a second or so."""
_NOTHING: Final = frozenset((None, UNAVAILABLE, "unknown"))
OUR_LINES: Final = rf"\[custom_components\.{DOMAIN}"


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
        if state in _NOTHING:
            return False
        attributes = self.home.watch.states[self.entities["index_total"]]["attributes"]
        shown = attributes.get("meter_index", round(float(state or 0) * 1000))
        said = {
            int(frame.get("EAST") or frame.get("BASE") or -1)
            for frame in self.meter.frames(8)
        }
        return shown in said

    def total(self) -> float:
        """Return the energy drawn, in kWh."""
        return float(self.home.watch.state(self.entities["index_total"]) or "nan")

    async def expect(self, met: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait for a condition."""
        await self.home.expect(met, seconds, what)

    async def moves(self, seconds: float, *keys: str) -> None:
        """Wait for new values of some entities."""
        started = time.monotonic()
        for key in keys:
            entity_id = self.entities[key]
            await self.expect(
                lambda entity_id=entity_id: bool(  # type: ignore[misc]
                    self.home.watch.since(started, (entity_id,))
                ),
                seconds,
                f"new values of {entity_id}",
            )

    @contextlib.asynccontextmanager
    async def undisturbed(self, *, forgets: Iterable[str] = ()) -> AsyncIterator[None]:
        """Check that a fault is none for the user: not in the states, not in the log.

        What some entities, by key, do not know any more is no disturbance.
        """
        started, mark = time.monotonic(), self.home.log.mark()
        before = self.home.watch.state(self.entities["index_total"])
        try:
            yield
            await self.expect(self.follows, 10, "values that follow the meter")
        finally:
            self.meter.order("fault none")
        for key, entity_id in self.entities.items():
            said = {None, UNAVAILABLE} if key in forgets else _NOTHING
            changes = self.home.watch.since(started, (entity_id,))
            assert not [change for change in changes if change.new in said], key
        assert not self.home.log.matching(OUR_LINES, mark)
        self.check_index(started)
        self.check_growth(float(before or 0), started)

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
            self.home.log.allow(self.home.log.matching(OUR_LINES, mark))

    async def _check_interruption(self, reason: str, started: float, mark: int) -> None:
        await self.expect(self.available, BACK_S, "the meter is back by itself")
        await self.home.log.wait_for("heard again", mark, 5)
        await self.expect(self.follows, 10, "values that follow the meter again")
        for key, entity_id in self.entities.items():
            changes = self.home.watch.since(started, (entity_id,))
            lost = [change for change in changes if change.new == UNAVAILABLE]
            assert len(lost) == 1, f"{key}: {changes}"
        lines = self.home.log.matching(OUR_LINES, mark)
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

    def check_growth(self, before: float, since: float) -> None:
        """Check that the total index, in kWh, only grew, and not above the truth."""
        changes = self.home.watch.since(since, (self.entities["index_total"],))
        shown = [before]
        shown += [float(change.new or 0) for change in changes if _is_number(change)]
        assert shown == sorted(shown)
        assert shown[-1] * 1000 < self.meter.line.meter.snapshot().total_wh + 1

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


def _is_number(change: Change) -> bool:
    return change.new not in _NOTHING
