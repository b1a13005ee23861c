"""A source that runs, and what it tells."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import override

from custom_components.linky_pilote.engine.reading import MeterReading
from custom_components.linky_pilote.sources.base import Problem, SourceListener
from custom_components.linky_pilote.sources.serial import SerialSource

from ..conftest import PORT


class Diary(SourceListener):
    """Notes what it is told."""

    def __init__(self) -> None:
        self.entries: list[str] = []
        self.readings: list[MeterReading] = []
        self._more = asyncio.Event()

    async def until(self, count: int) -> None:
        """Wait for a number of entries."""
        async with asyncio.timeout(10):
            while len(self.entries) < count:
                self._more.clear()
                await self._more.wait()

    @override
    def reading(self, reading: MeterReading) -> None:
        self.readings.append(reading)

    @override
    def link_up(self) -> None:
        self._note("up")

    @override
    def link_down(self, problem: Problem, detail: str) -> None:
        self._note(problem)

    @override
    def other_meter(self, serial: str) -> None:
        self._note(serial)

    def _note(self, entry: str) -> None:
        self.entries.append(entry)
        self._more.set()


@asynccontextmanager
async def running(
    url: str = PORT,
    listener: SourceListener | None = None,
    expected: str | None = None,
    speed: int | None = None,
) -> AsyncGenerator[SerialSource]:
    """Run a source, and see that it ends with everything closed."""
    clock: Callable[[], float] = asyncio.get_running_loop().time
    source = SerialSource(
        url, clock=clock, listener=listener, expected=expected, speed=speed
    )
    task = asyncio.create_task(source.run())
    try:
        yield source
    finally:
        assert not task.done(), "the source never gives up by itself"
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
