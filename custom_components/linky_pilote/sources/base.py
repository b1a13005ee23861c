"""What every source of readings has in common.

A source decodes what it hears, tells its listener about readings and about the
state of the line, and knows why nothing comes.
"""

from abc import ABC, abstractmethod
import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
import re
from typing import ClassVar, Final, NoReturn, Protocol

from ..engine.reading import MeterReading
from ..engine.tic import Assembler, Cause, Event, Group, Mark, MeterChanged
from ..engine.tic.labels import METER_NUMBER_LABELS

SILENCE: Final = 10.0
"""Seconds without a good group before the line counts as lost (54E: 10 s)."""

FIGURES_INTERVAL: Final = 60.0
"""Least seconds between two reports of what was heard on the line."""

LONGEST_GROUP: Final = 128
"""Fewer bytes than that, and no group, are a glitch or a group that was cut."""

_KEPT: Final = 8192
"""Last bytes of the line that are kept: some six frames of the longest kind."""

_DELIMITER: Final = re.compile(rb"[\x02\n\x8a]")
"""Where a group or a frame begins; LF may come with its parity bit."""


class Problem(StrEnum):
    """Why there is no reading; also the key of the message that says it."""

    BROKER_LOST = "broker_lost"
    CANNOT_OPEN = "cannot_open"
    CONNECTION_LOST = "connection_lost"
    CONNECTION_REFUSED = "connection_refused"
    HOST_NOT_FOUND = "host_not_found"
    HOST_UNREACHABLE = "host_unreachable"
    MODE_NOT_RECOGNISED = "mode_not_recognised"
    MQTT_MISSING = "mqtt_missing"
    NOISE_ONLY = "noise_only"
    NOT_A_METER = "not_a_meter"
    NO_SUCH_PORT = "no_such_port"
    OTHER_METER = "other_meter"
    OTHER_SERVICE = "other_service"
    PORT_BUSY = "port_busy"
    SENSORS_SILENT = "sensors_silent"
    SENSORS_UNAVAILABLE = "sensors_unavailable"
    SILENT_LINE = "silent_line"
    SILENT_TOPIC = "silent_topic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was heard on the line so far."""

    received: int
    """Bytes."""
    accepted: int
    """Groups."""
    rejected: Mapping[str, int]
    """Pieces that are not groups, by cause."""
    frames: int
    unknown: Mapping[str, int]
    """Groups with a good checksum and a label that no table knows, by label."""
    held: Mapping[str, int]
    """Values of indexes that were held back, by label."""
    connections: int
    """How often the line was opened, changes of speed included."""
    battery: float | None = None
    """Voltage that a bridge says it runs on, in V."""


class SourceError(Exception):
    """No reading could be had."""

    def __init__(self, problem: Problem, figures: Figures, detail: str = "") -> None:
        """Keep why, what was heard, and what the system said."""
        super().__init__(f"{problem}: {detail}" if detail else problem)
        self.problem = problem
        self.figures = figures
        self.detail = detail


class SourceListener:
    """Told what happens on the line; this one does nothing about it."""

    def reading(self, reading: MeterReading) -> None:
        """Take a reading of the expected meter."""

    def figures(self, figures: Figures) -> None:
        """Take what was heard so far: with a first reading, then once a minute."""

    def link_up(self) -> None:
        """Note that readings come (again)."""

    def link_down(self, problem: Problem, detail: str) -> None:
        """Note that no reading comes (any more), and why."""

    def still_down(self, problem: Problem) -> None:
        """Note that it is another problem now that no reading comes."""

    def other_meter(self, serial: str) -> None:
        """Note that another meter than the expected one answers."""


class Reader(Protocol):
    """Finds groups and frames in what is heard, and counts them."""

    @property
    def accepted(self) -> int:
        """Groups accepted, unknown labels not counted."""

    @property
    def frames(self) -> int:
        """Frames that ended."""

    @property
    def rejected(self) -> Counter[Cause]:
        """What was refused, by cause."""

    @property
    def unknown(self) -> Counter[str]:
        """Groups with a label that no table knows, by label."""

    def finish(self) -> list[Event]:
        """Say that something was not heard."""


class MeterSource(ABC):
    """A line on which one meter is heard."""

    silence: ClassVar[float] = SILENCE
    """Seconds without a good group before the line counts as lost.

    The demonstration, whose time may run hundreds of times faster, is more patient.
    """

    def __init__(
        self,
        reader: Reader,
        *,
        clock: Callable[[], float],
        listener: SourceListener | None = None,
        expected: str | None = None,
        marks: Mapping[str, Mark] | None = None,
    ) -> None:
        """Prepare to listen.

        The clock, in seconds, judges how fast the meter's indexes move; `marks` are
        their last good values in an earlier run, by label, in time of that clock.
        Readings of another meter than the one with the expected number are never
        given.
        """
        self.reader = reader
        self.assembler = Assembler(expected, marks)
        self.received = 0
        self.connections = 0
        self.unknown_values: dict[str, str] = {}
        """Last data of each unknown label."""
        self.connected = False
        self._heard = bytearray()
        self._down = False
        self._problem: Problem | None = None
        self._clock = clock
        self._listener = listener or SourceListener()
        self._expected = expected
        self._loop = asyncio.get_running_loop()
        self._last_good = self._loop.time()
        self._next_figures = 0.0
        self._received_then = 0
        self._unverified = 0
        self._times_named = 0
        self._whole = False
        self._settled = asyncio.Event()
        self._first: MeterReading | None = None
        self._failure: SourceError | None = None

    @abstractmethod
    async def run(self) -> NoReturn:
        """Listen until cancelled; everything is closed by then."""

    @abstractmethod
    def hurry(self) -> None:
        """Try at once what is to be tried again later."""

    @property
    def speed(self) -> int | None:
        """Return the speed in baud, where the line has one."""
        return None

    @property
    def battery(self) -> float | None:
        """Return the voltage that a bridge says it runs on, in V."""
        return None

    @property
    def memory(self) -> float | None:
        """Return what the source learnt and should know at its next start."""
        return None

    @property
    def figures(self) -> Figures:
        """Return what was heard so far."""
        return Figures(
            received=self.received,
            accepted=self.reader.accepted,
            rejected={str(k): n for k, n in self.reader.rejected.items()},
            frames=self.reader.frames,
            unknown=dict(self.reader.unknown),
            held=self.assembler.held,
            connections=self.connections,
            battery=self.battery,
        )

    @property
    def marks(self) -> dict[str, Mark]:
        """The last good values of the meter's indexes, by label."""
        return self.assembler.marks

    @property
    def heard(self) -> bytes:
        """Return the last bytes of the line, from the start of a group on."""
        heard = bytes(self._heard[-_KEPT:])
        start = _DELIMITER.search(heard)
        return heard[start.start() :] if start else b""

    async def prove(self, timeout: float) -> None:  # noqa: ASYNC109
        """Wait until it is certain that the source works.

        Raises `SourceError` when it does not, within the time-out, in seconds.
        """
        await self.first_reading(timeout)

    async def first_reading(self, timeout: float) -> MeterReading:  # noqa: ASYNC109
        """Wait for a reading that tells which meter and contract this is.

        Raises `SourceError` as soon as the line cannot be had, when nothing at all
        comes, or after the time-out, in seconds.
        """
        try:
            async with asyncio.timeout(timeout):
                await self._settled.wait()
        except TimeoutError:
            pass
        if self._failure is not None:
            raise self._failure
        if self._first is None:
            raise SourceError(self._diagnosis(), self.figures)
        return self._first

    def _diagnosis(self) -> Problem:
        """Say why no reading came, from what was heard."""
        if self.reader.accepted or self.reader.unknown:
            return Problem.MODE_NOT_RECOGNISED
        if self.received >= LONGEST_GROUP:
            return Problem.NOISE_ONLY
        return Problem.SILENT_LINE

    def _start_over(self) -> None:
        """Begin with a new line, on which another meter may be."""
        self._cut()
        self.connections += 1
        self._unverified = 0

    def _cut(self) -> None:
        """End the frame under way; what comes next says first which meter it is."""
        for event in self.reader.finish():
            # The end of the old line is counted, but it is no news.
            self.assembler.take(event, self._clock())
        self.assembler.begin_again()
        self._times_named = 0

    def _hear(self, data: bytes, events: Iterable[Event]) -> None:
        """Take what was heard, and tell what its events mean."""
        self.received += len(data)
        self._unverified += len(data)
        self._heard += data[-_KEPT:]
        if len(self._heard) > 2 * _KEPT:
            del self._heard[:-_KEPT]
        self._take_events(events)

    def _take_events(self, events: Iterable[Event], *, age: float = 0.0) -> None:
        """Tell what events mean, that may be some seconds old."""
        now, heard = self._clock(), self._loop.time()
        for event in events:
            if isinstance(event, Group):
                self._last_good = heard
                self._received_then = self.received
                self._unverified = 0
                self._times_named += event.label in METER_NUMBER_LABELS
                if not event.known and event.label in self.reader.unknown:
                    self.unknown_values[event.label] = event.data
            match self.assembler.take(event, now, age=age):
                case MeterReading() as reading if self._is_identified(reading):
                    self._take(reading)
                case MeterChanged(new=serial):
                    self._take_change(serial)
        if not self._settled.is_set():
            self._settle_if_sure()

    def _is_identified(self, reading: MeterReading) -> bool:
        """Tell whether it is known which meter gave a reading."""
        return self._times_named > 0 and reading.serial is not None

    def _says_enough(self, reading: MeterReading) -> bool:
        """Tell a reading of a meter and its contract from the bits of a first frame."""
        return reading.contract is not None or reading.total_index is not None

    def _take(self, reading: MeterReading) -> None:
        """Give a reading; a complete one ends the wait for the first."""
        if not self.connected:
            self.connected = True
            self._down = False
            self._problem = None
            self._listener.link_up()
        if (now := self._loop.time()) >= self._next_figures:
            self._next_figures = now + FIGURES_INTERVAL
            self._listener.figures(self.figures)
        self._listener.reading(reading)
        if not self._settled.is_set() and self._says_enough(reading):
            self._first = reading
            self._whole |= reading.complete

    def _take_change(self, serial: str) -> None:
        """Refuse another meter, unless any will do."""
        if self._expected is None:
            self.assembler = Assembler(serial)
            self._whole = False
            self._times_named = 1
            return
        self._down = False
        self._problem = None
        self._listener.other_meter(serial)
        self._settle(SourceError(Problem.OTHER_METER, self.figures))

    def _settle_if_sure(self) -> None:
        """End the wait for the first reading once the meter is known for sure.

        Where any meter will do, its number is to be heard twice: it becomes the
        identity of the meter for ever.
        """
        if self._whole and (self._expected or self._times_named > 1):
            self._settle()

    def _settle(self, failure: SourceError | None = None) -> None:
        """End the wait for the first reading."""
        if not self._settled.is_set():
            self._failure = failure
            self._settled.set()

    def _lose(self, problem: Problem, detail: str = "") -> None:
        """Note that the line is closed, or cannot be opened."""
        self._settle(SourceError(problem, self.figures, detail))
        self._tell_down(problem, detail)

    def _watch(self) -> None:
        """Notice a line that is open, and quiet or bad."""
        if self._loop.time() - self._last_good >= self.silence:
            noisy = self.received - self._received_then >= LONGEST_GROUP
            self._tell_down(Problem.NOISE_ONLY if noisy else Problem.SILENT_LINE)
            if not self.received:
                self._settle(SourceError(Problem.SILENT_LINE, self.figures))

    def _tell_down(self, problem: Problem, detail: str = "") -> None:
        """Tell, once, that no reading comes, and when it is for another reason."""
        if not self._down:
            self._cut()
            self._down = True
            self.connected = False
            self._listener.link_down(problem, detail)
        elif problem is not self._problem:
            self._listener.still_down(problem)
        self._problem = problem
