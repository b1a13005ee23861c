"""Reader benchmark: CPU at the line's real speed, beside a bare reader in the same run.

    python -m benchmarks.reader [--seconds N] [--json]

A line of 1200 or 9600 baud gives little to decode at a time: what costs is to be woken
up for it, so the line is not hurried. The bare reader is a serialx connection with the
reference parser that keeps the last value of each label. All readers have a process
and a line of their own and run at the same time. Figures are medians over windows of
two seconds: of the CPU per byte, and of our CPU per byte over the bare reader's in the
same window (`ratio`; `goal` is the most it may be). The whole Home Assistant, with
coordinator and entities, stands beside for information.
"""

import argparse
import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import asdict, dataclass
import json
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
import sys
from tempfile import TemporaryDirectory
import time
from typing import Final, NamedTuple, override

from serialx import Parity, StopBits, create_serial_connection

from custom_components.linky_pilote.const import DEFAULT_UPDATE_INTERVAL
from custom_components.linky_pilote.engine.reading import TicMode
from custom_components.linky_pilote.sources.serial import SerialSource
from demo.uart import BITS_PER_CHARACTER
from demo.wire import BAUD

from .feeder import PROCESSES, fed_ports
from .home import home, meter_entry, set_up
from .reference import ReferenceParser
from .streams import Stream, clean_streams

_GOAL: Final = 1.5
_WINDOW_S: Final = 2.0
_SHORTEST_FRAME_S: Final = 0.9
_POLL_S: Final = 0.05
_WARM_UP_S: Final = 7.0
"""Two frames of the slowest line, and all that Home Assistant does once it reads."""

type _Received = Callable[[], int]
type _Reader = Callable[[Stream, Path], AbstractAsyncContextManager[_Received]]
"""Reads a line at a port; gives how many bytes came so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """CPU of the readers on one line, in µs per byte."""

    stream: str
    baud: int
    bare_us: float
    ours_us: float
    home_us: float
    """With coordinator and entities, in a Home Assistant that does nothing else."""
    ours_percent: float
    """Of a core, while the line never pauses."""
    home_percent: float
    ratio: float
    goal: float


class Timing(NamedTuple):
    """When the CPU is counted, in s."""

    windows: int
    window: float = _WINDOW_S
    warm_up: float = _WARM_UP_S


class _BareReader(asyncio.Protocol):
    """Keeps the last value of each label."""

    def __init__(self, mode: TicMode) -> None:
        self.received = 0
        self.values: dict[str, str] = {}
        self._parser = ReferenceParser(
            standard=mode is TicMode.STANDARD, sink=self._keep
        )

    def _keep(self, group: tuple[str, str | None, str]) -> None:
        self.values[group[0]] = group[2]

    @override
    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        self._parser.feed(data)


@asynccontextmanager
async def _bare(stream: Stream, port: Path) -> AsyncGenerator[_Received]:
    reader = _BareReader(stream.mode)
    transport, _ = await create_serial_connection(
        asyncio.get_running_loop(),
        lambda: reader,
        str(port),
        baudrate=BAUD[stream.mode],
        parity=Parity.EVEN,
        stopbits=StopBits.ONE,
        byte_size=7,
    )
    try:
        yield lambda: reader.received
    finally:
        transport.close()


@asynccontextmanager
async def _ours(stream: Stream, port: Path) -> AsyncGenerator[_Received]:
    source = SerialSource(str(port), clock=asyncio.get_running_loop().time)
    task = asyncio.create_task(source.run())
    try:
        yield lambda: source.received
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def _home(stream: Stream, port: Path) -> AsyncGenerator[_Received]:
    async with home(port.parent) as hass:
        entry = meter_entry(hass, str(port), stream.serial, DEFAULT_UPDATE_INTERVAL)
        await set_up(hass, entry)
        yield lambda: entry.runtime_data.source.received


_READERS: Final[dict[str, _Reader]] = {"bare": _bare, "ours": _ours, "home": _home}


def frames_for(seconds: float) -> int:
    """Return as many frames as last for that time and the warm-up, on each line."""
    return round((seconds + _WARM_UP_S) / _SHORTEST_FRAME_S) + 10


async def _read(
    reader: _Reader, stream: Stream, port: Path, timing: Timing
) -> list[float]:
    costs = []
    async with reader(stream, port) as received:
        while not received():  # noqa: ASYNC110
            await asyncio.sleep(_POLL_S)
        await asyncio.sleep(timing.warm_up)
        count, used = received(), time.process_time()
        for _ in range(timing.windows):
            await asyncio.sleep(timing.window)
            count_now, used_now = received(), time.process_time()
            if count_now == count:
                raise RuntimeError(f"nothing came of {stream.name}")
            costs.append((used_now - used) / (count_now - count) * 1e6)
            count, used = count_now, used_now
    return costs


def _run(
    results: Connection, name: str, stream: Stream, port: Path, timing: Timing
) -> None:
    """Measure one reader, in a process of its own."""
    results.send(asyncio.run(_read(_READERS[name], stream, port, timing)))


def measure_cost(stream: Stream, timing: Timing, *, baud: int | None = None) -> Cost:
    """Measure all readers at the same time, so that a busy machine slows all."""
    real_baud = BAUD[stream.mode]
    with TemporaryDirectory() as folder:
        ports = {name: Path(folder) / name / "port" for name in _READERS}
        with fed_ports(list(ports.values()), stream.data, baud or real_baud):
            runs = {}
            for name, port in ports.items():
                results, sender = PROCESSES.Pipe(duplex=False)
                process = PROCESSES.Process(
                    target=_run, args=(sender, name, stream, port, timing)
                )
                process.start()
                sender.close()
                runs[name] = process, results
            costs: dict[str, list[float]] = {
                name: results.recv() for name, (_, results) in runs.items()
            }
            for process, _ in runs.values():
                process.join()
    bare, ours, in_home = (median(costs[name]) for name in _READERS)
    percent = real_baud / BITS_PER_CHARACTER / 1e6 * 100
    return Cost(
        stream=stream.name,
        baud=real_baud,
        bare_us=bare,
        ours_us=ours,
        home_us=in_home,
        ours_percent=ours * percent,
        home_percent=in_home * percent,
        ratio=median(
            mine / other
            for mine, other in zip(costs["ours"], costs["bare"], strict=True)
        ),
        goal=_GOAL,
    )


def main(argv: list[str] | None = None) -> int:
    """Measure, print; exit status 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=24, help="on each line")
    parser.add_argument("--seed", type=int, default=42, help="of the values sent")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    costs = [
        measure_cost(stream, Timing(windows=round(args.seconds / _WINDOW_S)))
        for stream in clean_streams(frames_for(args.seconds), args.seed)
    ]
    passed = all(cost.ratio <= cost.goal for cost in costs)
    if args.json:
        report = {"cost": [asdict(cost) for cost in costs], "passed": passed}
        print(json.dumps(report, indent=1))
        return 0 if passed else 1
    print(
        f"{'CPU in µs per byte':32}{'baud':>6}{'bare':>8}{'ours':>8}{'ratio':>8}"
        f"{'goal':>7}{'ours %':>9}{'in a home':>11}{'home %':>8}"
    )
    for cost in costs:
        print(
            f"{cost.stream:32}{cost.baud:>6}{cost.bare_us:>8.2f}{cost.ours_us:>8.2f}"
            f"{cost.ratio:>8.2f}{cost.goal:>7.2f}{cost.ours_percent:>8.2f}%"
            f"{cost.home_us:>11.2f}{cost.home_percent:>7.2f}%"
        )
    print("\nall goals met" if passed else "\na goal was missed")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
