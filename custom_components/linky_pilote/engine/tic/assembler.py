"""From groups and frames to readings: what persists, what is urgent, what is doubted."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from ..reading import Contract, MeterReading, TariffPeriod, TicMode
from .builder import ReadingBuilder, is_three_phase, read_contract
from .events import Event, FrameEnd, Group
from .labels import INDEX_LABELS, METER_NUMBER_LABELS
from .parts import Facts
from .plausibility import IndexGate, Mark
from .tariff import index_periods

_WARNINGS: Final = {"ADPS": 1, "ADIR1": 1, "ADIR2": 2, "ADIR3": 3}
"""Overload warnings of historical mode, and the phase they are about."""

_WARNING_LASTS: Final = 60.0
"""s; a warning that no complete frame has ended is dropped after that."""

_LIVE_LABELS: Final = ("SINSTI", "SINSTS3", "SINSTS", "SINST1", "PAPP")
"""The last group of a frame about power, the first of these that the meter sends."""

_URGENT_LABELS: Final = frozenset({"DEMAIN", "LTARF", "PTEC", "STGE"})
"""Labels whose news are told at once: period, colours, overload, breaker."""

_UNBOUNDED: Final = frozenset({"EAIT", "ERQ1", "ERQ2", "ERQ3", "ERQ4"})
"""Indexes that the subscribed power does not bound."""


class MeterChanged(NamedTuple):
    """Another meter answers than the one that was read."""

    old: str
    new: str


class _Warning(NamedTuple):
    current: int
    time: float


class Assembler:
    """Assembles the readings of one meter from the events of its line."""

    def __init__(
        self, serial: str | None = None, marks: Mapping[str, Mark] | None = None
    ) -> None:
        """Read the meter with this number, or whichever answers first.

        `marks` are the last good values of its indexes in an earlier run, by label.
        """
        self.serial = serial
        self._gate = IndexGate(marks)
        self._builder = ReadingBuilder()
        self._begins = True
        self._mode: TicMode | None = None
        self._groups: dict[str, Group] = {}
        self._frame: dict[str, Group] = {}
        self._whole_frame: dict[str, Group] = {}
        self._phases = 1
        self._contract: Contract | None = None
        self._periods: tuple[TariffPeriod, ...] | None = None
        self._warnings: dict[int, _Warning] = {}
        self._warned: set[int] = set()
        self._live_label: str | None = None
        self._last: MeterReading | None = None
        self._stranger: str | None = None
        self._reported: str | None = None

    @property
    def held(self) -> dict[str, int]:
        """How many index values were held back, by label."""
        return dict(self._gate.held)

    @property
    def marks(self) -> dict[str, Mark]:
        """The last good values of the meter's indexes, by label."""
        return self._gate.marks

    def begin_again(self) -> None:
        """Take what comes next for a new line: what was known or told may be over."""
        self._reported = None
        self._begins = True

    def take(
        self, event: Event, now: float, *, age: float = 0.0
    ) -> MeterReading | MeterChanged | None:
        """Take the next event and return what it makes, if anything.

        `now` is in s of a clock that never goes back. A reading comes at each end
        of a frame, and in between as soon as the live power is known, or an overload,
        a change of the tariff period, of a colour or of the status register.
        What was kept somewhere may be up to `age` s old.
        """
        match event:
            case Group(known=True):
                return self._take_group(event, now, age)
            case FrameEnd():
                return self._end_frame(event, now)
        return None

    def _take_group(
        self, group: Group, now: float, age: float
    ) -> MeterReading | MeterChanged | None:
        label = group.label
        if label in METER_NUMBER_LABELS and (changed := self._check_meter(group.data)):
            return changed
        if self._stranger is not None:
            return None
        if label in INDEX_LABELS:
            power = None
            if self._last is not None and label not in _UNBOUNDED:
                power = self._last.subscribed_power
            if not self._gate.admits(label, int(group.data), now, power, age=age):
                if label in self._groups:
                    self._frame.setdefault(label, self._groups[label])
                return None
        self._frame[label] = group
        if label in _WARNINGS:
            phase = _WARNINGS[label]
            urgent = phase not in self._warnings
            self._warnings[phase] = _Warning(int(group.data), now)
            self._warned.add(phase)
        else:
            urgent = self._is_urgent(group)
        if urgent and self._last is not None and group.mode is self._mode:
            self._groups.update(self._frame)
            if self._begins:
                return self._build(complete=False)
            self._last = self._builder.renew(self._groups, self._facts, label)
            return self._last
        return None

    def _check_meter(self, serial: str) -> MeterChanged | None:
        if self.serial is None:
            self.serial = serial
        if serial == self.serial:
            self._stranger = self._reported = None
            return None
        self._stranger = serial
        if serial == self._reported:
            return None
        self._reported = serial
        self._frame.clear()
        return MeterChanged(self.serial, serial)

    def _is_live_power(self, label: str) -> bool:
        """Tell the last live power of a frame; any, until frames are known."""
        if self._live_label is None:
            return label in _LIVE_LABELS
        return label == self._live_label

    def _is_urgent(self, group: Group) -> bool:
        """Tell the last group about live power, and news that must not wait."""
        if group.label in _URGENT_LABELS:
            known = self._groups.get(group.label)
            return known is not None and known.data != group.data
        return self._is_live_power(group.label)

    def _end_frame(self, end: FrameEnd, now: float) -> MeterReading | None:
        frame, self._frame = self._frame, {}
        if self._stranger is not None or not frame:
            return None
        if end.mode is not self._mode:
            self._mode = end.mode
            self._groups = {}
            self._whole_frame = {}
            self._contract = None
            self._periods = None
            self._live_label = None
        # The short frames of an overload say little: they end nothing.
        whole = end.complete and (end.mode is TicMode.STANDARD or "OPTARIF" in frame)
        if whole:
            # What two whole frames no longer say is over: notices, peaks, messages.
            # Slow readers drop a group now and then, and nothing shows it.
            self._groups = (self._whole_frame or self._groups) | frame
            self._whole_frame = frame
            self._warnings = {
                phase: warning
                for phase, warning in self._warnings.items()
                if phase in self._warned
            }
            self._warned = set()
            self._live_label = next(
                (label for label in _LIVE_LABELS if label in frame), None
            )
        else:
            self._groups.update(frame)
        self._warnings = {
            phase: warning
            for phase, warning in self._warnings.items()
            if now - warning.time < _WARNING_LASTS
        }
        if is_three_phase(self._groups):
            self._phases = 3
        self._learn_periods(frame, whole=whole)
        self._begins = self._begins and METER_NUMBER_LABELS.isdisjoint(frame)
        return self._build(complete=whole)

    def _learn_periods(self, frame: dict[str, Group], *, whole: bool) -> None:
        """Learn what the supplier's indexes count: once for each contract.

        One frame tells it: groups of two frames may be from before and after a
        change of period. Until then it is not known, which None says.
        """
        contract, _ = read_contract(self._groups)
        if contract is not self._contract:
            self._contract = contract
            self._periods = None
        tells = contract is not None and {"LTARF", "NTARF"} <= frame.keys()
        if self._periods is None and (whole or tells):
            _, period = read_contract(frame)
            running = frame.get("NTARF")
            self._periods = index_periods(
                contract, int(running.data) if running else None, period
            )

    def _build(self, *, complete: bool) -> MeterReading:
        self._last = self._builder.build(self._groups, self._facts, complete=complete)
        return self._last

    @property
    def _facts(self) -> Facts:
        assert self._mode is not None
        warnings = {p: warning.current for p, warning in self._warnings.items()}
        return Facts(self._mode, self._phases, self._periods, warnings)
