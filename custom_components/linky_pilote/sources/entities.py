"""A meter made of sensors that Home Assistant has: a clamp, an inverter, a Zigbee TIC."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import Final, NoReturn, override

from homeassistant.core import (
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import (
    async_track_state_change_event,
    async_track_state_report_event,
)
from homeassistant.util import dt as dt_util

from ..engine.measured import reading_of
from ..engine.reading import MeterReading
from ..engine.tic import Cause, Event as LineEvent
from ..entity_ids import resolve
from .base import MeterSource, Problem, SourceListener
from .picked import NoValueError, Picked, look
from .rhythm import Rhythm

_TICK: Final = 1.0
_TOGETHER: Final = 0.1
"""Seconds within which sensors of one device follow each other."""


class _Reports:
    """Counts what sensors said; there is no line that anything could go wrong on."""

    def __init__(self) -> None:
        self.accepted = 0
        self.frames = 0
        self.rejected: Counter[Cause] = Counter()
        self.unknown: Counter[str] = Counter()

    def finish(self) -> list[LineEvent]:
        return []


class EntitySource(MeterSource):
    """A meter that sensors stand for."""

    def __init__(
        self,
        hass: HomeAssistant,
        picked: Picked,
        *,
        clock: Callable[[], float],
        listener: SourceListener | None = None,
        memory: float | None = None,
    ) -> None:
        """Prepare to follow them; `memory` is what an earlier source learnt."""
        self._reports = _Reports()
        super().__init__(self._reports, clock=clock, listener=listener)
        self.rhythm = Rhythm(memory)
        self._hass = hass
        self._picked = picked
        self._together: asyncio.TimerHandle | None = None

    @property
    @override
    def memory(self) -> float | None:
        return self.rhythm.longest

    @property
    def _expiry(self) -> float:
        return max(self.rhythm.expiry, self.silence)

    @override
    async def run(self) -> NoReturn:
        """Follow the sensors until cancelled, whatever they are renamed to."""
        self.connections += 1
        self._look()
        while True:
            following = self._entities(self._picked.all)
            with ExitStack() as stack:
                stack.callback(self._end_wait)
                for track in (
                    async_track_state_change_event,
                    async_track_state_report_event,
                ):
                    stack.callback(track(self._hass, following, self._said))
                while following == self._entities(self._picked.all):
                    await asyncio.sleep(_TICK)
                    self._watch()

    @override
    def hurry(self) -> None:
        """Nothing is tried again later: sensors speak by themselves."""

    @override
    async def prove(self, timeout: float) -> None:
        """Wait for nothing: after a start some sensors take minutes to be there."""

    def _entities(self, stored: tuple[str, ...]) -> list[str]:
        found = (resolve(self._hass, entity) for entity in stored)
        return [entity_id for entity_id in found if entity_id is not None]

    @callback
    def _said(
        self, event: Event[EventStateChangedData] | Event[EventStateReportedData]
    ) -> None:
        """Take what came with what comes together with it."""
        if event.data["entity_id"] in self._entities(self._picked.measuring):
            self.rhythm.note(self._loop.time())
        if self._together is None:
            self._together = self._loop.call_later(_TOGETHER, self._look)

    def _end_wait(self) -> None:
        if self._together is not None:
            self._together.cancel()
            self._together = None

    @callback
    def _look(self) -> None:
        """Give a reading of what the sensors say, unless that is of old."""
        self._end_wait()
        now = dt_util.utcnow()
        try:
            said, spoke = look(self._hass, self._picked)
        except NoValueError as err:
            self._tell_down(Problem.SENSORS_UNAVAILABLE, str(err))
            return
        age = now.timestamp() - spoke
        if age >= self._expiry:
            self._tell_down(Problem.SENSORS_SILENT)
            return
        self._last_good = self._loop.time() - age
        self._reports.accepted += 1
        self._reports.frames += 1
        self._take(reading_of(said, now))

    @override
    def _says_enough(self, reading: MeterReading) -> bool:
        return True

    @override
    def _watch(self) -> None:
        """Notice sensors that have been silent for longer than they use to be."""
        if self._down and self._problem is Problem.SENSORS_UNAVAILABLE:
            return
        if self._loop.time() - self._last_good >= self._expiry:
            self._tell_down(Problem.SENSORS_SILENT)
