"""From bytes to groups and frames.

The decoder takes slices of any size, finds the mode by itself, resynchronises on
control bytes and accepts a group only by the one checksum of its mode and its
grammar. It never raises, whatever it is fed, and its memory is bounded.
"""

from collections import Counter
import re
from typing import Final
from zlib import adler32

from ..reading import TicMode
from .checksum import SEPARATOR, checksum
from .events import Cause, Event, FrameEnd, Group, Rejection
from .labels import CONFIRMED_LABELS, LABELS, METER_NUMBER_LABELS, LabelSpec

_STX, _ETX, _EOT, _HT, _SPACE, _DELETE = 0x02, 0x03, 0x04, 0x09, 0x20, 0x7F

_LONGEST: Final = 128
"""Longest group accepted, in bytes; PJOURF+1 has 109 between LF and CR."""

_SHORTEST: Final = 4
"""Bytes of a group: a label, a separator, a checksum and its separator."""

_STAMP_LENGTH: Final = 13
"""Characters of a horodate."""

_STAMPS: Final = 32
"""Verified horodates kept: a frame has few different ones."""

_UNKNOWN_LABELS: Final = 64
"""Unknown labels counted apart; noise must not fill the memory."""

_STRANGERS: Final = 3
"""Verified groups of the other mode, within a frame, that make a change of mode."""

_MODES: Final = {separator[0]: mode for mode, separator in SEPARATOR.items()}

_FRAME_BYTES: Final = re.compile(rb"([\x02\x03\x04])")
_UNKNOWN_LABEL: Final = re.compile(rb"[A-Z][A-Z0-9_+-]{1,8}")
_UNKNOWN_DATA: Final = re.compile(rb"[\t -~]{0,110}")


def _delimiter(byte: int) -> int:
    """Map a byte so that every control byte but four becomes LF.

    Bad adapters turn LF into 0x0B, 0x0E or 0x0F and CR into 0x08, 0x0A or 0x0C;
    HT, STX, ETX and EOT keep their meaning. Characters keep bit 7, for the parity.
    """
    character = byte & 0x7F
    if character in (_HT, _STX, _ETX, _EOT):
        return character
    return 0x0A if character < _SPACE or character == _DELETE else byte


_DELIMITERS: Final = bytes(_delimiter(byte) for byte in range(256))

_PARITY: Final = bytes(
    _DELETE if byte.bit_count() % 2 else byte & 0x7F for byte in range(256)
)
"""Takes the parity bit off; a character of odd parity becomes DEL."""

_GRAMMAR: Final = {
    mode: {
        spec.label.encode("ascii"): (spec, spec.compile())
        for spec in LABELS
        if spec.mode is mode
    }
    for mode in TicMode
}


class _Row:
    """A label of the current mode, and the last group that had it.

    Most groups repeat from frame to frame: what was verified once is not taken
    apart again. Most of those that change have a short way.
    """

    __slots__ = (
        "group",
        "has_short_way",
        "label",
        "length",
        "mode",
        "number",
        "pattern",
        "piece",
        "stamp_start",
        "start",
        "summed",
    )

    def __init__(self, spec: LabelSpec, pattern: re.Pattern[bytes]) -> None:
        name = len(spec.label) + 1
        self.mode = spec.mode
        self.label = spec.label
        self.stamp_start = 0 if spec.stamp is None else name
        self.start = name if spec.stamp is None else name + _STAMP_LENGTH + 1
        self.summed = -1 if spec.mode is TicMode.STANDARD else -2
        # Of a group whose data are digits; the others have a pattern.
        self.length = self.start + spec.data + 2 if isinstance(spec.data, int) else 0
        self.pattern = pattern
        self.has_short_way = spec.label not in CONFIRMED_LABELS
        self.group = Group(spec.mode, spec.label, "")  # until the first one comes
        self.forget()

    def forget(self) -> None:
        """Have the next group taken the long way."""
        self.piece = self.number = b""


class Decoder:
    """Incremental decoder of one meter's line."""

    def __init__(self) -> None:
        """Start in the middle of nowhere, as a receiver does."""
        self.mode: TicMode | None = None
        self.accepted = 0
        """Groups accepted, unknown labels not counted."""
        self.frames = 0
        self.rejected: Counter[Cause] = Counter()
        self.unknown: Counter[str] = Counter()
        self._rest = b""
        self._separator = b" "
        self._rows: dict[bytes, _Row] = {}
        self._stamps: dict[bytes, str] = {}
        self._strangers = 0
        self._trusted: dict[str, str] = {}
        self._candidates: dict[str, str] = {}
        self._synchronised = False
        self._heard_from_start = False
        self._open = False
        self._failed = False
        self._numbered = False

    def feed(self, data: bytes) -> list[Event]:
        """Take the next bytes of the line and return what they complete."""
        pieces = (self._rest + data.translate(_DELIMITERS)).split(b"\n")
        rest = pieces.pop()
        events: list[Event] = []
        if pieces:
            if not self._synchronised:
                self._take_apart(pieces.pop(0), events)
            rows, separator = self._rows, self._separator
            accepted = 0
            for piece in pieces:
                if not piece:
                    continue
                row = rows.get(piece.partition(separator)[0])
                if row is not None and (piece == row.piece or self._renew(row, piece)):
                    self._open = True
                    accepted += 1
                    events.append(row.group)
                else:
                    self._take_apart(piece, events)
                    # It may have changed the mode.
                    rows, separator = self._rows, self._separator
            self.accepted += accepted
        if len(rest) > _LONGEST:
            rest = self._take_to_last_mark(rest, events)[: _LONGEST + 1]
        while rest and rest[0] <= _EOT:
            # The end of a frame is told at once, not when the next one begins.
            self._take_mark(rest[0], events)
            rest = rest[1:]
        self._rest = rest
        return events

    def finish(self) -> list[Event]:
        """Say that the line ended, as a file does; what was cut off is lost."""
        events: list[Event] = []
        self._take_to_last_mark(self._rest, events)
        self._rest = b""
        self._end_frame(events, closed=False)
        self._synchronised = self._heard_from_start = False
        return events

    def _renew(self, row: _Row, piece: bytes) -> bool:
        """Check a group the short way; False leaves it to the long one."""
        if piece == row.number:
            # The meter's own number, as ever; once in a frame.
            numbered, self._numbered = self._numbered, True
            return not numbered
        start = row.start
        data = piece[start:-2]
        if (
            not row.has_short_way
            # Without its start value, the lower half of Adler-32 is a plain sum.
            or (adler32(piece[: row.summed], 0) & 0x3F) + 0x20 != piece[-1]
            or piece[-2:-1] != self._separator
            or not (
                (data.isdigit() and len(piece) == row.length)
                if row.length
                else row.pattern.fullmatch(data)
            )
        ):
            return False
        stamp = None
        if row.stamp_start:
            stamp = self._stamps.get(piece[row.stamp_start : start])
            if stamp is None:
                return False
        # Half the time of Group(...), on the way that most new groups take.
        row.group = tuple.__new__(
            Group, (row.mode, row.label, data.decode(), stamp, True)
        )
        row.piece = piece
        return True

    def _take_to_last_mark(self, rest: bytes, events: list[Event]) -> bytes:
        """Handle all up to the last STX, ETX or EOT; return what follows it."""
        cut = 1 + max(rest.rfind(mark) for mark in (b"\x02", b"\x03", b"\x04"))
        if cut:
            self._take_apart(rest[:cut], events)
        return rest[cut:]

    def _take_mark(self, mark: int, events: list[Event]) -> None:
        """Handle STX, ETX or EOT."""
        self._synchronised = True
        if mark != _STX:
            self._end_frame(events, closed=mark == _ETX)
            return
        if self._open:
            self._end_frame(events, closed=False)
        self._heard_from_start = True
        self._failed = False

    def _take_apart(self, piece: bytes, events: list[Event]) -> None:
        """Handle a piece between two delimiters the long way."""
        if len(piece) == 1 and piece[0] <= _EOT:
            self._take_mark(piece[0], events)
            return
        for part in _FRAME_BYTES.split(piece):
            if part and part[0] <= _EOT:
                self._take_mark(part[0], events)
            elif part and self._synchronised:
                events.append(self._verify(part, events))
            # The first bytes heard may be the tail of a group: no group at all.
            self._synchronised = True

    def _end_frame(self, events: list[Event], *, closed: bool) -> None:
        if self._open and self.mode is not None:
            # A damaged LF can read as STX: a frame that begins there has no number.
            complete = (
                closed
                and self._heard_from_start
                and self._numbered
                and not self._failed
            )
            self.frames += 1
            self._strangers = 0
            events.append(FrameEnd(self.mode, complete))
        self._open = self._failed = self._numbered = False
        self._heard_from_start = True

    def _reject(self, cause: Cause, raw: bytes) -> Rejection:
        self.rejected[cause] += 1
        self._failed = True
        return Rejection(cause, raw)

    def _verify(self, raw: bytes, events: list[Event]) -> Event:
        """Check one group, from its length to its meaning."""
        if len(raw) > _LONGEST:
            return self._reject(Cause.TOO_LONG, raw[: _LONGEST + 1])
        text = raw if raw.isascii() else raw.translate(_PARITY)
        if _DELETE in text:
            return self._reject(Cause.PARITY, raw)
        mode = _MODES.get(text[-2]) if len(text) >= _SHORTEST else None
        if mode is None:
            return self._reject(Cause.FRAMING, raw)
        summed = text[:-1] if mode is TicMode.STANDARD else text[:-2]
        if checksum(summed) != text[-1]:
            return self._reject(Cause.CHECKSUM, raw)
        name, separator, rest = text[:-2].partition(SEPARATOR[mode])
        if name not in _GRAMMAR[mode]:
            return self._verify_unknown(mode, name, rest, raw)
        spec, pattern = _GRAMMAR[mode][name]
        match = pattern.fullmatch(rest) if separator else None
        if match is None:
            return self._reject(Cause.DATA, raw)
        if mode is not self.mode and not self._change_mode(mode, events):
            return self._reject(Cause.MODE, raw)
        *stamp, data = (field.decode("ascii") for field in match.groups())
        group = Group(mode, spec.label, data, stamp[0] if stamp else None)
        if spec.label in CONFIRMED_LABELS and not self._is_trusted(group):
            self._rows[name].forget()
            return self._reject(Cause.UNCONFIRMED, raw)
        if spec.label in METER_NUMBER_LABELS:
            if self._numbered:
                self._end_frame(events, closed=False)
            self._numbered = True
        self._remember(name, raw, group)
        self.accepted += 1
        self._open = True
        return group

    def _remember(self, name: bytes, raw: bytes, group: Group) -> None:
        """Keep a verified group, and its stamp, to compare the next ones with."""
        row = self._rows[name]
        row.group = group
        if group.label in METER_NUMBER_LABELS:
            row.number = raw
        else:
            row.piece = raw
        # Moving peaks have stamps that would not do elsewhere.
        if group.stamp is not None and not group.stamp.startswith(" "):
            if len(self._stamps) >= _STAMPS:
                self._stamps.clear()
            self._stamps[group.stamp.encode("ascii") + b"\t"] = group.stamp

    def _verify_unknown(
        self, mode: TicMode, name: bytes, rest: bytes, raw: bytes
    ) -> Event:
        """Keep a group with an unknown label and a good checksum apart."""
        if (
            mode is not self.mode
            or _UNKNOWN_LABEL.fullmatch(name) is None
            or _UNKNOWN_DATA.fullmatch(rest) is None
        ):
            return self._reject(Cause.LABEL, raw)
        label = name.decode("ascii")
        if label in self.unknown or len(self.unknown) < _UNKNOWN_LABELS:
            self.unknown[label] += 1
        if self.unknown[label] <= 1:
            # A wreck of a known group, unless it comes again.
            self._failed = True
        *stamp, data = rest.decode("ascii").split("\t", 1)
        return Group(mode, label, data, stamp[0] if stamp else None, known=False)

    def _change_mode(self, mode: TicMode, events: list[Event]) -> bool:
        """Follow a change of mode once it is certain; it ends the frame under way."""
        if self.mode is not None:
            self._strangers += 1
            if self._strangers < _STRANGERS:
                return False
            if self._open:
                self._end_frame(events, closed=False)
                self._failed = True  # The first groups of the new frame were refused.
        self.mode = mode
        self._strangers = 0
        self._separator = SEPARATOR[mode]
        self._rows = {name: _Row(*rule) for name, rule in _GRAMMAR[mode].items()}
        return True

    def _is_trusted(self, group: Group) -> bool:
        """Tell whether a value that hardly ever changes can be believed.

        Two errors that cancel each other pass the checksum, so another value than
        the last one is believed only when it comes twice in a row.
        """
        label, data = group.label, group.data
        trusted = self._trusted.get(label)
        if trusted in (None, data) or self._candidates.get(label) == data:
            self._trusted[label] = data
            self._candidates.pop(label, None)
            return True
        self._candidates[label] = data
        return False
