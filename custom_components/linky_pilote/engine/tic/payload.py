"""From the messages of a bridge to groups and frames, whatever shape they have.

A message is recognised by itself: a JSON object is a frame, a value on a topic that
ends with a label is a group, anything else is bytes of the line. Values pass the
same grammar as on a line, and those that hardly ever change are confirmed. It never
raises, whatever it is given, and its memory is bounded.
"""

from collections import Counter
from enum import StrEnum
import re
from typing import Final

from ..reading import TicMode
from .decoder import Decoder
from .events import Cause, Event, FrameEnd, Group, Rejection
from .labels import CONFIRMED_LABELS, METER_NUMBER_LABELS
from .shapes import BATTERY, MODES, UNKNOWN_LABEL, Field, parse_object, voltage
from .writing import write_group

LARGEST_MESSAGE: Final = 65_536
"""Bytes; the longest frame is 1.5 kB, and some 10 kB as nested JSON."""

_LINES: Final = 4
"""Topics with bytes of a line; more of them are no meter's."""

_UNKNOWN_LABELS: Final = 64
"""As many as the decoder counts apart."""

_STRANGERS: Final = 3
"""Labels of the other mode in a row that make a change of mode."""

_CONFIRMING: Final = 100
"""Labels after which a value that was not taken back is true. A wrong one is: the
bridge publishes the right one when it hears it in the next frame, of at most 63."""

_QUOTED: Final = 128
"""Bytes of a message that a rejection tells."""

_MOMENTARY: Final = frozenset(
    {
        *("PAPP", "IINST", "IINST1", "IINST2", "IINST3"),
        *("ADPS", "ADIR1", "ADIR2", "ADIR3", "PEJP"),
        *("SINSTS", "SINSTS1", "SINSTS2", "SINSTS3", "SINST1", "SINSTI"),
        *("IRMS1", "IRMS2", "IRMS3", "URMS1", "URMS2", "URMS3", "DATE"),
    }
)
"""Labels of which an old value says nothing."""

_ENDED_BY_ABSENCE: Final = frozenset({"MSG2", "PEJP", "PPOINTE"})
"""Labels that the meter stops sending: topic by topic that cannot be seen."""

_ALIASES: Final = {
    "ADC0": "ADCO",
    "HC": "HCHC",
    "HP": "HCHP",
    "NJOURF_1": "NJOURF+1",
    "PJOURF_1": "PJOURF+1",
}
"""Names of topics that stand for a label: a topic cannot have a +, and teleinfokit
up to 1.x had names of its own."""

_SLEEP: Final = "sleep_time"
"""Topic on which LinkyTop says for how many seconds it will sleep."""

_ANY_GROUP: Final = re.compile(
    rb"(?:^|[\x00-\x1f\x80-\x9f])(?:"
    + b"|".join(re.escape(label.encode("ascii")) for label in MODES)
    + rb")[ \t\xa0\x89]"
)

_NUMBER_FIRST: Final = re.compile(rb"\s*AD(?:CO|SC)[ \t]")

_FRAME_MARKS: Final = b"\x02\x03\x04"
"""STX, ETX and EOT; a bridge that hands them on may cut a frame anywhere."""

_FEWEST_LINES: Final = 4
"""Lines of the shortest frame."""


class Shape(StrEnum):
    """How a bridge hands the meter's groups on."""

    LINE = "line"
    """The bytes of the line."""
    OBJECT = "object"
    """One JSON object a frame."""
    TOPICS = "topics"
    """One topic a label."""


def label_of(topic: str) -> str | None:
    """Return the label that a topic stands for, if it does."""
    name = topic.rpartition("/")[2].upper()
    label = _ALIASES.get(name, name)
    return label if label in MODES else None


def is_label_topic(topic: str) -> bool:
    """Tell whether a topic is, or may be, one of those that have a label each."""
    name = topic.rpartition("/")[2]
    return (
        label_of(topic) is not None
        or name == _SLEEP
        or name.lower() in BATTERY
        or UNKNOWN_LABEL.fullmatch(name) is not None
    )


def shape_of(topic: str, payload: bytes) -> Shape | None:
    """Return the shape of a message, if it may be a meter's."""
    if len(payload) > LARGEST_MESSAGE:
        return None
    if payload.lstrip().startswith(b"{"):
        found = parse_object(payload, None)
        return Shape.OBJECT if found and (found.fields or found.mode) else None
    if label_of(topic) is not None:
        return Shape.TOPICS
    return Shape.LINE if _ANY_GROUP.search(payload) else None


def _is_whole_frame(text: bytes) -> bool:
    """Tell a frame as text, without the marks around it, from a part of one."""
    return (
        _NUMBER_FIRST.match(text) is not None and len(text.splitlines()) > _FEWEST_LINES
    )


class PayloadReader:
    """Incremental reader of the messages about one meter."""

    def __init__(self) -> None:
        """Begin without knowing the meter's mode."""
        self.battery: float | None = None
        """Last voltage that the bridge said it runs on, in V."""
        self.sleep: float | None = None
        """Seconds that the bridge last said it would sleep."""
        self._mode: TicMode | None = None
        self._accepted = 0
        self._frames = 0
        self._rejected: Counter[Cause] = Counter()
        self._unknown: Counter[str] = Counter()
        self._lines: dict[str, Decoder] = {}
        self._marked: set[str] = set()
        self._by_topic = False
        self._open: set[str] = set()
        self._strangers = 0
        self._trusted: dict[str, str] = {}
        self._candidates: dict[str, tuple[Group, int]] = {}
        self._old: dict[str, Group] = {}

    @property
    def mode(self) -> TicMode | None:
        """The meter's mode, as far as it is known."""
        modes = [self._mode, *(line.mode for line in self._lines.values())]
        return next((mode for mode in modes if mode is not None), None)

    @property
    def accepted(self) -> int:
        """Groups accepted, unknown labels not counted."""
        return self._accepted + sum(line.accepted for line in self._lines.values())

    @property
    def frames(self) -> int:
        """Frames that ended."""
        return self._frames + sum(line.frames for line in self._lines.values())

    @property
    def rejected(self) -> Counter[Cause]:
        """What was refused, by cause."""
        return sum((line.rejected for line in self._lines.values()), self._rejected)

    @property
    def unknown(self) -> Counter[str]:
        """Labels that no table knows."""
        return sum((line.unknown for line in self._lines.values()), self._unknown)

    @property
    def kept(self) -> frozenset[str]:
        """Labels whose values the broker kept, and that no live message followed."""
        return frozenset(self._old)

    def read(self, topic: str, payload: bytes, *, live: bool = True) -> list[Event]:
        """Take a message and return what it completes.

        One that is not `live`, but was kept by the broker, makes nothing: what is not
        outdated in it is returned by `recall`.
        """
        if len(payload) > LARGEST_MESSAGE:
            return [self._reject(Cause.TOO_LONG, payload)]
        if payload.lstrip().startswith(b"{"):
            return self._read_object(payload, live=live)
        name = topic.rpartition("/")[2]
        if self._is_about_the_bridge(name, payload) or not payload:
            return []
        label = label_of(topic)
        if label is not None:
            return self._read_value(label, payload, live=live)
        if not live:
            return []
        if self._by_topic and UNKNOWN_LABEL.fullmatch(name):
            return [self._take_unknown(name, payload.decode("latin-1"))]
        return self._read_line(topic, payload)

    def pause(self) -> list[Event]:
        """Say that no message follows for the moment: a frame topic by topic ends."""
        return self._end_frame() if self._open else []

    def recall(self) -> list[Event]:
        """Return what was kept by the broker and is still worth knowing.

        Only once the mode is known by a live message: another meter, or this one in
        the other mode, may have left values for ever.
        """
        mode = self.mode
        if mode is None:
            return []
        old = [group for group in self._old.values() if group.mode is mode]
        self._old.clear()
        return [event for group in old for event in self._confirm(group)]

    def finish(self) -> list[Event]:
        """Say that messages were lost: what is unfinished stays so."""
        events = self.pause()
        for line in self._lines.values():
            events += line.finish()
        return events

    # --- One JSON object a frame -----------------------------------------------------

    def _read_object(self, payload: bytes, *, live: bool) -> list[Event]:
        found = parse_object(payload, self.mode)
        if found is None:
            return [self._reject(Cause.FRAMING, payload)]
        if found.battery is not None:
            self.battery = found.battery
        if not found.fields:
            # What a bridge says of itself is no fault.
            about = found.battery is not None or found.mode is not None
            return [] if about else [self._reject(Cause.LABEL, payload)]
        events: list[Event] = self.pause()
        groups = self._write(found.fields, events)
        if not live:
            self._keep(groups)
            return []
        labels = {group.label for group in groups}
        complete = not METER_NUMBER_LABELS.isdisjoint(labels)
        modes = Counter(group.mode for group in groups if group.known)
        if not modes:
            return events
        mode = modes.most_common(1)[0][0]
        self._mode = mode
        self._strangers = 0
        for group in groups:
            if group.mode is mode:
                events += self._confirm(group) if group.known else [group]
            else:
                events.append(self._reject(Cause.MODE, group.data.encode("utf-8")))
        if any(isinstance(event, Group) and event.known for event in events):
            self._frames += 1
            events.append(FrameEnd(mode, complete))
        return events

    def _write(self, fields: list[Field], events: list[Event]) -> list[Group]:
        """Return the groups that the fields make; what makes none is rejected."""
        groups = []
        for field in fields:
            if field.value is None:
                continue
            if field.label not in MODES:
                groups.append(self._take_unknown(field.label, str(field.value)))
                continue
            group = write_group(*field)
            if group is None:
                raw = f"{field.label} {field.value!r:.100}".encode()
                events.append(self._reject(Cause.DATA, raw))
            else:
                groups.append(group)
        return groups

    # --- One topic a label -----------------------------------------------------------

    def _read_value(self, label: str, payload: bytes, *, live: bool) -> list[Event]:
        group = write_group(label, payload[: _QUOTED + 1].decode("latin-1"))
        if group is None or len(payload) > _QUOTED:
            return [self._reject(Cause.DATA, label.encode("ascii") + b" " + payload)]
        if label in _ENDED_BY_ABSENCE:
            return []
        if not live:
            self._keep([group])
            return []
        if self._mode not in (None, group.mode):
            self._strangers += 1
            if self._strangers < _STRANGERS:
                return [self._reject(Cause.MODE, payload)]
        events: list[Event] = []
        if label in self._open or (self._open and self._mode is not group.mode):
            events += self._end_frame()
        self._mode = group.mode
        self._by_topic = True
        self._strangers = 0
        events += self._confirm_in_time()
        events += self._confirm(group)
        self._open.add(label)
        return events

    def _end_frame(self) -> list[Event]:
        """End a frame that has no marks: it is never known to be complete."""
        assert self._mode is not None
        self._open.clear()
        self._frames += 1
        return [FrameEnd(self._mode, complete=False)]

    def _confirm_in_time(self) -> list[Event]:
        """Believe what was said once and not taken back for long.

        Where only changes are published, another value comes once.
        """
        events: list[Event] = []
        for label, (group, left) in list(self._candidates.items()):
            if left:
                self._candidates[label] = group, left - 1
            else:
                events += self._confirm(group)
        return events

    # --- The bytes of a line ---------------------------------------------------------

    def _read_line(self, topic: str, payload: bytes) -> list[Event]:
        line = self._lines.get(topic)
        if line is None:
            if len(self._lines) >= _LINES:
                return [self._reject(Cause.FRAMING, payload)]
            line = self._lines[topic] = Decoder()
        if any(mark in payload for mark in _FRAME_MARKS):
            self._marked.add(topic)
        if _ANY_GROUP.match(payload):
            # The mark at the beginning is lost, and with it the end of the last group.
            payload = b"\n" + payload
            if topic not in self._marked and _is_whole_frame(payload):
                payload += b"\n\x04"
        events = line.feed(payload)
        if line.mode is not None:
            self._mode = line.mode
        return events

    # --- All shapes ------------------------------------------------------------------

    def _is_about_the_bridge(self, name: str, payload: bytes) -> bool:
        """Take what a bridge says of itself on a topic of its own."""
        text = payload[:32].decode("latin-1")
        volts = voltage(name, text)
        if volts is not None:
            self.battery = volts
            return True
        if name == _SLEEP:
            self.sleep = float(text) if text.isascii() and text.isdigit() else None
            return True
        return False

    def _keep(self, groups: list[Group]) -> None:
        self._old.update(
            (group.label, group)
            for group in groups
            if group.known and group.label not in _MOMENTARY
        )

    def _confirm(self, group: Group) -> list[Event]:
        """Return a group, unless it is to be heard again before it is believed."""
        label, data = group.label, group.data
        self._old.pop(label, None)
        if label in CONFIRMED_LABELS:
            candidate, _ = self._candidates.get(label, (None, 0))
            trusted = self._trusted.get(label)
            if trusted not in (None, data) and candidate != group:
                self._candidates[label] = group, _CONFIRMING
                return [self._reject(Cause.UNCONFIRMED, data.encode("ascii"))]
            self._trusted[label] = data
            self._candidates.pop(label, None)
        self._accepted += 1
        return [group]

    def _take_unknown(self, label: str, data: str) -> Group:
        """Count a label that no table knows, as the decoder does."""
        if label in self._unknown or len(self._unknown) < _UNKNOWN_LABELS:
            self._unknown[label] += 1
        mode = self._mode or TicMode.STANDARD
        return Group(mode, label, data[:_QUOTED], known=False)

    def _reject(self, cause: Cause, raw: bytes) -> Rejection:
        self._rejected[cause] += 1
        return Rejection(cause, raw[:_QUOTED])
