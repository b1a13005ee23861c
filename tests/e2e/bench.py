"""Virtual meters on a test bench: each on its own line, all that they say is noted."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from datetime import datetime
import json
from pathlib import Path
from threading import Thread
import time
from typing import Any, Final, NamedTuple, Self

from custom_components.linky_pilote.engine.reading import TicMode
from demo.moment import PARIS
from demo.orders import obey
from demo.setup import MeterSetup
from demo.virtual_line import LineSetup, VirtualLine

_ANSWER_S: Final = 20.0
_SEPARATORS: Final = {TicMode.HISTORICAL: " ", TicMode.STANDARD: "\t"}
_FIRST_LABELS: Final = frozenset(("ADCO", "ADSC"))
_WARNINGS: Final = frozenset(("ADPS", "ADIR1", "ADIR2", "ADIR3"))
_LONG_FRAME: Final = 9
"""Groups; short frames of an overload have fewer."""
_TWO_FRAMES: Final = 200
"""Groups, at least."""

type Frame = Mapping[str, str]


class Said(NamedTuple):
    """A group, noted when the meter begins to send it."""

    time: float
    """Of the monotonic clock."""
    label: str
    data: str


def unfold(groups: Iterable[Said]) -> Iterator[tuple[float, Frame]]:
    """Tell after each group what the meter has said so far, by label.

    It begins with the end of a first whole frame; what a whole frame does not say is
    forgotten at its end.
    """
    known: dict[str, str] = {}
    frame: set[str] = set()
    begun = whole = False
    for instant, label, data in groups:
        if label in _FIRST_LABELS:
            if begun and len(frame - _WARNINGS) >= _LONG_FRAME:
                whole = True
                known = {name: known[name] for name in known if name in frame}
            begun = True
            frame = set()
        frame.add(label)
        known[label] = data
        if whole:
            yield instant, dict(known)


class BenchMeter:
    """A meter on the bench; the thread of the tests may call everything."""

    def __init__(self, name: str, line: VirtualLine, bench: Bench) -> None:
        """Listen to what the meter says, before any fault spoils it."""
        self.name = name
        self.said: list[Said] = []
        self.line = line
        self._bench = bench
        talker = line.wire.talker
        speak: Callable[[], bytes] = talker.next_piece

        def next_piece() -> bytes:
            piece = speak()
            self._note(piece, talker.frame_mode)
            return piece

        talker.next_piece = next_piece  # type: ignore[method-assign]

    @property
    def port(self) -> str:
        """What a person chooses in the form."""
        return str(self.line.setup.link)

    @property
    def device(self) -> str:
        """What is behind the link."""
        return str(self.line.setup.link.resolve())

    @property
    def serial(self) -> str:
        """The meter's number."""
        return self.line.meter.setup.number

    def frames(self, seconds: float) -> list[Frame]:
        """Return all that could be shown in the last seconds, the latest last."""
        since = time.monotonic() - seconds
        said = self.said[:]
        first = len(said)
        while first and said[first - 1].time >= since:
            first -= 1
        steps = list(unfold(said[max(0, first - _TWO_FRAMES) :]))
        # what was true before the first of these seconds still was then
        recent = [frame for instant, frame in steps if instant >= since]
        before = [frame for instant, frame in steps if instant < since]
        return before[-1:] + recent

    def order(self, text: str) -> str:
        """Give an order, as at the demo's prompt."""

        async def give() -> str:
            return obey(self.line, text)

        answer = self._bench.call(give())
        assert not answer.startswith("error"), answer
        return answer

    def listened(self) -> bool:
        """Tell whether somebody has the port open."""
        status = json.loads(self.order("status").removeprefix("ok "))
        return bool(status["listened"])

    def _note(self, piece: bytes, mode: TicMode) -> None:
        if not piece.startswith(b"\n"):
            return
        label, *fields, _ = piece.decode("ascii").strip("\n\r").split(_SEPARATORS[mode])
        # a checksum that is a space makes one more field, an empty one
        data = fields[-1] if mode is TicMode.STANDARD else fields[0]
        self.said.append(Said(time.monotonic(), label, data))


class Bench:
    """Runs virtual meters in a thread of its own, whatever the tests wait for."""

    def __init__(self, folder: Path) -> None:
        """The folder holds the links."""
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="bench", daemon=True)
        self._lines: list[tuple[VirtualLine, asyncio.Task[None]]] = []

    def __enter__(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop all meters; an error of one is raised here."""
        try:
            self.call(self._stop())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_ANSWER_S)
            self._loop.close()

    def call[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Run something where the meters are."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_ANSWER_S)

    def meter(
        self,
        name: str,
        setup: MeterSetup,
        *,
        mode: TicMode = TicMode.HISTORICAL,
        at: str | None = None,
        speed: float = 1.0,
    ) -> BenchMeter:
        """Plug a meter in; `at` is the legal time that it lives in."""
        start = at and datetime.fromisoformat(at).replace(tzinfo=PARIS).timestamp()
        line_setup = LineSetup(
            link=self._folder / name,
            meter=setup,
            mode=mode,
            speed=speed,
            start_s=start or None,
        )

        async def start_line() -> BenchMeter:
            line = VirtualLine(line_setup)
            meter = BenchMeter(name, line, self)
            line.plug()
            self._lines.append((line, asyncio.create_task(line.run())))
            return meter

        return self.call(start_line())

    async def _stop(self) -> None:
        for line, _ in self._lines:
            line.stop()
        results = await asyncio.gather(
            *(task for _, task in self._lines), return_exceptions=True
        )
        errors = [result for result in results if isinstance(result, Exception)]
        if errors:
            raise ExceptionGroup("meters of the bench", errors)
