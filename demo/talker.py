"""What a meter says, piece by piece: it may change its mind after any group.

Historical mode is interrupted by an overload. On one phase the warning follows the
group in progress, and keeps its regular place afterwards. On three phases the frame is
broken off with EOT, then come cycles of twenty short frames and a long one until a
minute after the end of the overload.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from custom_components.linky_pilote.engine.reading import TicMode
from custom_components.linky_pilote.engine.tic.checksum import encode_group

from .historical import Group, long_frame, overload_warning, short_frame
from .meter import Snapshot
from .standard import standard_frame

STX, ETX, EOT = b"\x02", b"\x03", b"\x04"
SHORT_FRAMES = 20
AFTER_OVERLOAD_S = 60.0


class Talker:
    """The customer output of one meter, without a clock."""

    def __init__(self, look: Callable[[], Snapshot], mode: TicMode) -> None:
        """`look` gives the meter as it is at the present simulated instant."""
        self._look = look
        self.mode = mode
        """Taken over at the next frame."""
        self.frame_mode = mode
        """The mode of the frame that is being sent."""
        self._wrong: tuple[float, int] = (0.0, 0)
        """Wh that the index that counts is wrong by, and for how many frames."""
        self._quiet_from_s: float | None = None
        """When the short frames end, if nothing happens until then."""
        self._pieces = self._frames()

    def next_piece(self) -> bytes:
        """Return the next group or control byte of the stream."""
        return next(self._pieces)

    def misstate_index(self, watt_hours: float, frames: int) -> None:
        """Say a wrong index in the next frames, with a good checksum."""
        self._wrong = watt_hours, frames

    def _frames(self) -> Iterator[bytes]:
        while True:
            self.frame_mode = self.mode
            if self.frame_mode is TicMode.STANDARD:
                yield from self._frame(standard_frame(self._look_for_frame()))
            elif self._look().setup.phases == 1:
                yield from self._single_phase_frame()
            else:
                yield from self._three_phase_frames()

    def _frame(self, groups: list[Group]) -> Iterator[bytes]:
        yield STX
        for group in groups:
            yield encode_group(self.frame_mode, *group)
        yield ETX

    def _single_phase_frame(self) -> Iterator[bytes]:
        start = self._look_for_frame()
        warned = bool(start.overloaded_phases)
        yield STX
        for group in long_frame(start):
            yield encode_group(self.frame_mode, *group)
            if not warned and (now := self._look()).overloaded_phases:
                warned = True
                yield encode_group(self.frame_mode, *overload_warning(now))
        yield ETX

    def _three_phase_frames(self) -> Iterator[bytes]:
        """Send one long frame, or go over to short ones in the middle of it."""
        start = self._look_for_frame()
        interrupted = self._overloaded(start)
        if not interrupted:
            yield STX
            for group in long_frame(start):
                yield encode_group(self.frame_mode, *group)
                if self._overloaded(self._look()):
                    interrupted = True
                    break
            yield EOT if interrupted else ETX
        while interrupted:
            for _ in range(SHORT_FRAMES):
                now = self._look()
                interrupted = self._overloaded(now)
                if not interrupted:
                    break
                yield from self._frame(short_frame(now))
            yield from self._frame(long_frame(self._look_for_frame()))

    def _look_for_frame(self) -> Snapshot:
        """Return what the next frame with indexes says."""
        snapshot = self._look()
        watt_hours, frames = self._wrong
        if not frames:
            return snapshot
        self._wrong = watt_hours, frames - 1
        indexes = snapshot.indexes_wh
        period = str(snapshot.tariff.band.period)
        wrong = max(0, indexes.get(period, 0) + round(watt_hours))
        return replace(snapshot, indexes_wh={**indexes, period: wrong})

    def _overloaded(self, snapshot: Snapshot) -> bool:
        """Say whether short frames are due: in an overload, and a minute more."""
        now_s = snapshot.moment.epoch_s
        if snapshot.overloaded_phases:
            self._quiet_from_s = now_s + AFTER_OVERLOAD_S
        if self._quiet_from_s is not None and now_s >= self._quiet_from_s:
            self._quiet_from_s = None
        return self._quiet_from_s is not None
