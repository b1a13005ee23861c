"""The line at its real speed, without a clock of its own: which bytes are due when.

Simulated time may run many times faster than the line: the meter then says less often,
in its own time, what it has to say, as the line cannot be faster than it is.
"""

from collections.abc import Mapping
from types import MappingProxyType

from custom_components.linky_pilote.engine.reading import TicMode

from .faults import Faults
from .meter import Snapshot, VirtualMeter
from .talker import ETX, Talker
from .uart import BITS_PER_CHARACTER

BAUD: Mapping[TicMode, int] = MappingProxyType(
    {TicMode.HISTORICAL: 1200, TicMode.STANDARD: 9600}
)
FRAME_GAP_S = 0.02
# after a stall longer than that the line goes on from now; it never sends a burst
_LONGEST_DEBT_S = 0.25
# the same, and the pause between frames, in seconds of the world where the line's
# clock runs faster than it
_DEBT_S = 0.02
_GAP_S = 0.01


class SimulatedTime:
    """Simulated seconds since 1970 as a function of seconds of the line's clock."""

    def __init__(self, start_epoch_s: float, speed: float) -> None:
        """It starts with the first question."""
        self.speed = speed
        self._start_epoch_s = start_epoch_s
        self._started_s: float | None = None

    def at(self, now_s: float) -> float:
        """Return the simulated instant."""
        if self._started_s is None:
            self._started_s = now_s
        return self._start_epoch_s + (now_s - self._started_s) * self.speed


class Wire:
    """One meter on its line."""

    def __init__(
        self,
        meter: VirtualMeter,
        mode: TicMode,
        time: SimulatedTime,
        faults: Faults,
    ) -> None:
        """`take` is then called with the line's clock, often."""
        self.meter = meter
        self.faults = faults
        self.talker = Talker(self._look, mode)
        self.hurry = 1.0
        """Seconds of the line's clock in a second of the world: what is read so much
        faster is said less often, and may be late by more."""
        self._time = time
        self._now_s = 0.0
        self._sent_until_s: float | None = None
        self._rest = b""

    @property
    def baud(self) -> int:
        """Bits a second of what is being sent."""
        return BAUD[self.talker.frame_mode]

    def set_time(self, time: SimulatedTime) -> None:
        """Live on by another simulated time."""
        self._time = time

    def set_mode(self, mode: TicMode) -> None:
        """Let Enedis switch the mode: at the next frame."""
        self.talker.mode = mode

    def take(self, now_s: float) -> bytes:
        """Return what the line has carried since the last call, damages included."""
        if self._sent_until_s is None:
            self._sent_until_s = now_s
        debt_s = max(_LONGEST_DEBT_S, _DEBT_S * self.hurry)
        self._sent_until_s = max(self._sent_until_s, now_s - debt_s)
        self._now_s = now_s
        self.meter.advance(self._time.at(now_s))
        if not self.meter.mains:
            # a meter without electricity is silent, and begins anew when it is back
            self._sent_until_s = now_s
            self._rest = b""
            return b""
        gap_s = max(FRAME_GAP_S, _GAP_S * self.hurry)
        out = bytearray()
        while True:
            if not self._rest:
                self._rest = self.talker.next_piece()
            character_s = BITS_PER_CHARACTER / self.baud
            room = int((now_s - self._sent_until_s) / character_s + 1e-9)
            if room <= 0:
                break
            part, self._rest = self._rest[:room], self._rest[room:]
            out += part
            self._sent_until_s += len(part) * character_s
            if part.endswith(ETX):
                self._sent_until_s += gap_s
        return self.faults.apply(bytes(out), now_s)

    def _look(self) -> Snapshot:
        return self.meter.snapshot()
