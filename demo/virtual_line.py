"""A virtual meter on a pseudo-terminal: the model, a line's speed and a real clock."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
import json
from pathlib import Path
import time

from custom_components.linky_pilote.engine.reading import TicMode

from .faults import Faults
from .house import Household
from .meter import Clock, VirtualMeter
from .moment import PARIS
from .pty_port import PtyPort
from .setup import MeterSetup
from .state import MeterState
from .uart import WrongSpeed
from .wire import SimulatedTime, Wire

# an adapter hands its bytes over in slices of about that length
SLICE_S = 0.02
# where the clock runs faster than the world: in seconds of the world
_FAST_SLICE_S = 0.005
AUTOSAVE_S = 5.0
_FAST = 30
_FINE_STEP_S, _COARSE_STEP_S = 1, 10
# the most cells that are counted one by one to catch up with the present
_LONG_GAP_S = 7 * 86_400
_CATCH_UP_STEP_S, _LONG_CATCH_UP_STEP_S = 60, 600


@dataclass(frozen=True, kw_only=True)
class LineSetup:
    """A meter, and the way it is attached."""

    link: Path
    meter: MeterSetup
    mode: TicMode = TicMode.HISTORICAL
    speed: float = 1.0
    start_s: float | None = None
    """Simulated seconds since 1970 at the start; None: now, or where it was left."""
    state_file: Path | None = None
    """Where the registers outlive the process."""
    any_speed: bool = False
    """Let a reader understand that listens at the wrong speed."""


class VirtualLine:
    """A virtual meter that can be read at a link in the file system."""

    def __init__(
        self,
        setup: LineSetup,
        *,
        clock: Callable[[], float] = time.monotonic,
        write: Callable[[Path, str], object] | None = None,
    ) -> None:
        """Restore or make the meter; the line starts with `run`.

        `write` puts a text in a file, where it must not be done at once.
        """
        self.setup = setup
        self.finished = False
        self._clock = clock
        self._write = write or write_file
        self._port: PtyPort | None = None
        self._wrong_speed: tuple[tuple[int, int], WrongSpeed] | None = None
        step_s = _COARSE_STEP_S if setup.speed > _FAST else _FINE_STEP_S
        meter = self._find_meter(step_s)
        self.wire = Wire(
            meter,
            setup.mode,
            SimulatedTime(meter.state.epoch_s, setup.speed),
            Faults(setup.meter.seed),
        )
        self._saved_s = clock()

    @property
    def meter(self) -> VirtualMeter:
        """The meter at the other end."""
        return self.wire.meter

    def inhabit(self, house: Household) -> None:
        """Let a house that remembers hang on the meter, from now on."""
        self.meter.house = house

    def go_on(self) -> None:
        """Live through what has passed since the start, and on with the clock.

        The registers of a day that is played are those of its start, however long the
        programs took to be there.
        """
        self.meter.advance(time.time())
        self.wire.set_time(SimulatedTime(self.meter.state.epoch_s, self.setup.speed))

    @property
    def plugged(self) -> bool:
        """Somebody could read it."""
        return self._port is not None

    async def run(self) -> None:
        """Send until `stop`; the registers are saved now and then and at the end."""
        if self._port is None:
            self.plug()
        try:
            while not self.finished:
                self.tick()
                await asyncio.sleep(max(SLICE_S, _FAST_SLICE_S * self.wire.hurry))
        finally:
            self.unplug()
            self.save()

    def tick(self) -> None:
        """Send what the line has carried since the last time."""
        now_s = self._clock()
        data = self.wire.take(now_s)
        if self._port is not None:
            self._port.notice_reader()
            self._port.write(self._as_heard(data))
        if now_s - self._saved_s >= AUTOSAVE_S * self.wire.hurry:
            self._saved_s = now_s
            self.save()

    def plug(self) -> None:
        """Plug the adapter in: a new device behind the same link."""
        if self._port is None:
            self._port = PtyPort(self.setup.link)

    def unplug(self) -> None:
        """Pull the adapter out; the meter goes on counting."""
        if self._port is not None:
            self._port.close()
            self._port = None

    def stop(self) -> None:
        """End `run` soon."""
        self.finished = True

    def set_mode(self, mode: TicMode) -> None:
        """Switch the meter to another mode, at its next frame."""
        self.wire.set_mode(mode)

    def set_fault(self, name: str, rate: float | None, seconds: float | None) -> None:
        """Damage the line, for some real seconds or for good."""
        until = None if seconds is None else self._clock() + seconds
        self.wire.faults.set(name, rate, until)

    def clear_faults(self) -> None:
        """Repair the line."""
        self.wire.faults.clear()

    def set_clock(self, clock: Clock) -> None:
        """Make the meter's clock wrong, or right."""
        self.meter.clock = clock

    def move_index(self, watt_hours: float, frames: int | None) -> None:
        """Make the index that counts leap, or fall, but not below zero.

        For some frames only, which say it wrong, or for good.
        """
        if frames is not None:
            self.wire.talker.misstate_index(watt_hours, frames)
            return
        meter = self.meter
        period = str(meter.snapshot().tariff.band.period)
        indexes = meter.state.indexes_wh
        indexes[period] = max(0.0, indexes.get(period, 0.0) + watt_hours)

    def exchange_meter(self, serial: str | None) -> None:
        """Put another meter in the place of this one, with registers of its own.

        The first one keeps its registers in the file, and is back at the next start.
        """
        self.save()
        old = self.meter
        seed = old.setup.seed + 1
        setup = replace(old.setup, seed=seed, serial=serial or "")
        new = VirtualMeter.new(setup, old.state.epoch_s, step_s=old.step_s)
        new.house = old.house
        self.wire.meter = new

    def status(self) -> str:
        """Return the state of the line, as JSON."""
        meter = self.meter
        local = datetime.fromtimestamp(meter.state.epoch_s, PARIS)
        return json.dumps(
            {
                "plugged": self._port is not None,
                "listened": self._port is not None and self._port.listened,
                "reader_baud": self._port.reader_baud if self._port else None,
                "mode": self.wire.talker.mode,
                "faults": self.wire.faults.active,
                "serial": meter.setup.number,
                "time": local.isoformat(timespec="seconds"),
                "indexes_wh": meter.snapshot().indexes_wh,
            }
        )

    def save(self) -> None:
        """Write the registers, if they are to outlive the process."""
        path = self.setup.state_file
        if path is None or self.meter.setup is not self.setup.meter:
            return
        saved = {
            "setup": _identity(self.setup.meter),
            "speed": self.setup.speed,
            "state": self.meter.state.to_json(),
        }
        self._write(path, json.dumps(saved))

    def _find_meter(self, step_s: int) -> VirtualMeter:
        setup = self.setup
        saved = _read_saved(setup)
        if saved is None:
            start_s = time.time() if setup.start_s is None else setup.start_s
            return VirtualMeter.new(setup.meter, start_s, step_s=step_s)
        state, speed = saved
        meter = VirtualMeter(setup.meter, state, step_s=step_s)
        # what was shown after the last save, if the process was killed, is counted
        # again in the same way: no index falls
        meter.advance(state.epoch_s + 2 * AUTOSAVE_S * speed)
        if setup.start_s is not None:
            _go_on(meter, setup.start_s, step_s)
        elif setup.speed == 1:
            _go_on(meter, time.time(), step_s)
        return meter

    def _as_heard(self, data: bytes) -> bytes:
        """Return what the reader gets at the speed it has chosen."""
        heard = self._port.reader_baud if self._port else None
        sent = self.wire.baud
        if heard is None or heard == sent or self.setup.any_speed:
            self._wrong_speed = None
            return data
        if self._wrong_speed is None or self._wrong_speed[0] != (sent, heard):
            self._wrong_speed = ((sent, heard), WrongSpeed(sent, heard))
        return self._wrong_speed[1].hear(data)


def write_file(path: Path, text: str) -> None:
    """Replace a file in one step."""
    new = path.with_suffix(".new")
    path.parent.mkdir(parents=True, exist_ok=True)
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _go_on(meter: VirtualMeter, epoch_s: float, step_s: int) -> None:
    """Count until an instant that may be far away."""
    gap_s = epoch_s - meter.state.epoch_s
    long = gap_s > _LONG_GAP_S
    meter.step_s = _LONG_CATCH_UP_STEP_S if long else _CATCH_UP_STEP_S
    meter.advance(epoch_s)
    meter.step_s = step_s


def _identity(meter: MeterSetup) -> dict[str, str | int | bool]:
    return {
        "serial": meter.number,
        "contract": str(meter.contract),
        "phases": meter.phases,
        "producer": meter.producer,
    }


def _read_saved(setup: LineSetup) -> tuple[MeterState, float] | None:
    """Return the saved registers and the speed they were saved at."""
    path = setup.state_file
    if path is None or not path.exists():
        return None
    saved = json.loads(path.read_text(encoding="utf-8"))
    if saved["setup"] != _identity(setup.meter):
        raise ValueError(f"{path} belongs to another meter: {saved['setup']}")
    return MeterState.from_json(saved["state"]), float(saved["speed"])
