"""Writing a meter's line and reading it back."""

from collections.abc import Iterable
from itertools import pairwise

from custom_components.linky_pilote.engine.reading import MeterReading, TicMode
from custom_components.linky_pilote.engine.tic import (
    Assembler,
    Decoder,
    Event,
    FrameEnd,
    Group,
    MeterChanged,
    Rejection,
    encode_frame,
    encode_group,
)

HISTORICAL, STANDARD = TicMode.HISTORICAL, TicMode.STANDARD

STX, ETX, EOT = b"\x02", b"\x03", b"\x04"

type Sent = tuple[str, str] | tuple[str, str, str]
"""Label and data of a group, and its stamp where it has one."""


def decode(*slices: bytes) -> list[Event]:
    """Return what a line fed in these slices makes, up to its end."""
    decoder = Decoder()
    events = [event for data in slices for event in decoder.feed(data)]
    return events + decoder.finish()


def cut(data: bytes, points: Iterable[int]) -> list[bytes]:
    """Cut a line at these points, of which some may be beyond its end."""
    bounds = [0, *sorted(point % (len(data) + 1) for point in points), len(data)]
    return [data[start:end] for start, end in pairwise(bounds)]


def single_bytes(data: bytes) -> list[bytes]:
    """Cut a line into bytes."""
    return [bytes((byte,)) for byte in data]


def groups(events: Iterable[Event]) -> list[Sent]:
    """Return the groups of known labels among the events."""
    return [
        (event.label, event.data)
        if event.stamp is None
        else (event.label, event.data, event.stamp)
        for event in events
        if isinstance(event, Group) and event.known
    ]


def causes(events: Iterable[Event]) -> list[str]:
    """Return why pieces were refused."""
    return [str(event.cause) for event in events if isinstance(event, Rejection)]


def frame_ends(events: Iterable[Event]) -> list[bool]:
    """Return, for each frame that ended, whether it was complete."""
    return [event.complete for event in events if isinstance(event, FrameEnd)]


def historical(*sent: Sent) -> bytes:
    """Write a frame in historical mode."""
    return encode_frame(HISTORICAL, sent)


def standard(*sent: Sent) -> bytes:
    """Write a frame in standard mode."""
    return encode_frame(STANDARD, sent)


def group(label: str, data: str, stamp: str | None = None) -> bytes:
    """Write a group in standard mode when it is stamped, else in historical mode."""
    return encode_group(HISTORICAL if stamp is None else STANDARD, label, data, stamp)


def changed(sent: Iterable[Sent], **changes: str | None) -> list[Sent]:
    """Return groups with other data, or left out with None; the rest is kept."""
    result: list[Sent] = []
    for item in sent:
        label, _, *stamp = item
        if label not in changes:
            result.append(item)
        elif (data := changes[label]) is not None:
            result.append((label, data, stamp[0]) if stamp else (label, data))
    return result


class Line:
    """A line from its bytes to readings, on a clock of its own."""

    def __init__(self, serial: str | None = None) -> None:
        """Expect the meter with this number, or any."""
        self.decoder = Decoder()
        self.assembler = Assembler(serial)
        self.now = 1000.0
        self.changes: list[MeterChanged] = []

    def hear(self, data: bytes, *, after: float = 1.0) -> list[MeterReading]:
        """Let time pass, then take bytes; return the readings that they make."""
        self.now += after
        readings = []
        for event in self.decoder.feed(data):
            match self.assembler.take(event, self.now):
                case MeterReading() as reading:
                    readings.append(reading)
                case MeterChanged() as change:
                    self.changes.append(change)
        return readings

    def last(self, data: bytes, *, after: float = 1.0) -> MeterReading:
        """Take bytes and return the last reading that they make."""
        return self.hear(data, after=after)[-1]


def read(*frames: bytes) -> MeterReading:
    """Return the last reading of these frames, a second apart."""
    line = Line()
    return [reading for frame in frames for reading in line.hear(frame)][-1]
