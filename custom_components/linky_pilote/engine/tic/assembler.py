"""From groups and frames to readings: what persists, what is urgent, what is doubted."""

from typing import Final, NamedTuple

from ..reading import Contract, MeterReading, TariffPeriod, TicMode
from .builder import ReadingBuilder, is_three_phase, read_contract
from .events import Event, FrameEnd, Group
from .labels import INDEX_LABELS, METER_NUMBER_LABELS
from .parts import Facts
from .plausibility import IndexGate
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

    def __init__(self, serial: str | None = None) -> None:
        """Read the meter with this number, or whichever answers first."""
        self.serial = serial
        self._gate = IndexGate()
        self._builder = ReadingBuilder()
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

    @property
    def held(self) -> dict[str, int]:
        """How many index values were held back, by label."""
        return dict(self._gate.held)

    def take(self, event: Event, now: float) -> MeterReading | MeterChanged | None:
        """Take the next event and return what it makes, if anything.

        `now` is in s of a clock that never goes back. A reading comes at each end
        of a frame, and in between as soon as the live power is known, or an overload,
        a change of the tariff period, of a colour or of the status register.
        """
        match event:
            case Group(known=True):
                return self._take_group(event, now)
            case FrameEnd():
                return self._end_frame(event, now)
        return None

    def _take_group(
        self, group: Group, now: float
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
            if not self._gate.admits(label, int(group.data), now, power):
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
            self._last = self._builder.renew(self._groups, self._facts, label)
            return self._last
        return None

    def _check_meter(self, serial: str) -> MeterChanged | None:
        if self.serial is None:
            self.serial = serial
        if serial == self.serial:
            self._stranger = None
        elif serial != self._stranger:
            self._stranger = serial
            self._frame.clear()
            return MeterChanged(self.serial, serial)
        return None

    def _is_urgent(self, group: Group) -> bool:
        """Tell the last group about live power, and news that must not wait."""
        if group.label in _URGENT_LABELS:
            known = self._groups.get(group.label)
            return known is not None and known.data != group.data
        return group.label == self._live_label

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
        self._last = self._builder.build(self._groups, self._facts, complete=whole)
        return self._last

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

    @property
    def _facts(self) -> Facts:
        assert self._mode is not None
        warnings = {p: warning.current for p, warning in self._warnings.items()}
        return Facts(self._mode, self._phases, self._periods, warnings)
