"""Latency benchmark: from the last byte on a pseudo-terminal to the state change.

    python -m benchmarks.latency [--frames N] [--hurry N] [--json]

A process of its own sends a line to three readers that live in one Home Assistant, to
each in turn, piece by piece:

- `bare`: a serialx connection that sets a state for every piece that comes; it gets
  those pieces only that tell a change, so that it sets states as often as the others;
- `parser`: the same line as ours, with the reference parser; it sets a state when the
  data of one of the labels differ from the last;
- `ours`: the integration, with all its entities, written at every reading.

The clock starts when the piece is written that holds the last byte of the group that
tells the change, and stops at the event of the new state. `ratio` is our median over
the bare loop's.

On the last line every other frame brings the breaker's guard near, in a home of five
loads: the clock of `ours` stops at the service call that sheds one of them, and what
was shed is as it was before the next frame comes. There `ratio` is over our own median
for the power's state change alone, in a home without loads on the same line.

`goal` is the most that a ratio may be; no sample of ours may take longer than 50 ms. Pieces follow each other `--hurry` times as fast as on
a line of 9600 baud, or the run would take many minutes; the line is idle most of the
time all the same. Ratios are for a machine that does nothing else.
"""

import argparse
import asyncio
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, replace
import gc
from itertools import groupby
import json
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event as Signal
from pathlib import Path
from statistics import median, quantiles
import sys
from tempfile import TemporaryDirectory
import time
from typing import Final, NamedTuple, override

from homeassistant.const import EVENT_CALL_SERVICE, EVENT_STATE_CHANGED, Platform
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from serialx import Parity, StopBits, create_serial_connection

from custom_components.linky_pilote.const import DOMAIN
from custom_components.linky_pilote.engine.reading import TicMode
from custom_components.linky_pilote.engine.tic import encode_group

from .feeder import CHUNK, PROCESSES, START_S, chunks, open_ports, paced
from .home import METER_ID, add_load, arm_all, home, meter_entry, set_up
from .reference import ReferenceParser
from .streams import Sent, groups_of, mode_of

_GOAL: Final = 3.0
_ORDER_GOAL: Final = 5.0
_LONGEST_MS: Final = 50.0
_BAUD: Final = 9600
_LOST_S: Final = 0.5
"""A change that was not told until then was lost."""

_READERS: Final = ("bare", "parser", "ours")


class Kind(NamedTuple):
    """A change: what is told, and with which group."""

    name: str
    carrier: str


class Case(NamedTuple):
    """A line, what changes on it, and how its frames are made."""

    line: str
    kinds: tuple[Kind, ...]
    frame: Callable[[int], list[Sent]]
    changes: Callable[[int], Iterable[str]]
    """Names of the kinds that change in a frame, after the first one."""
    loads: int = 0
    """How many the home has, all of them armed."""
    goal: float = _GOAL


def _with(groups: Iterable[Sent], **values: str) -> list[Sent]:
    return [(label, stamp, values.get(label, data)) for label, stamp, data in groups]


def _frame(line: str, number: int) -> list[Sent]:
    """Return a frame at some 1000 VA: another power, and a Wh in every fourth frame."""
    counted = f"{23_456_789 + number // 4:09d}"
    return _with(
        groups_of(line, 0, 1000 + number % 500),
        **dict.fromkeys(("EAST", "EASF02", "EASD04", "HCHP", "BBRHPJB"), counted),
    )


def _standard(number: int) -> list[Sent]:
    """Overload and colour, which are in the same group, change in turns."""
    overloaded = number // 2 % 2
    tomorrow = (1, 2)[(number + 1) // 2 % 2]
    return _with(
        _frame("standard, 1 phase, Tempo", number),
        LTARF=("    HP  BLEU    ", "    HC  BLEU    ")[number % 2],
        STGE=f"0{tomorrow << 2 | 1:X}3AC4{overloaded << 3:X}1",
    )


def _single_phase(number: int) -> list[Sent]:
    """Every other frame warns, the next one takes it back and changes the tariff."""
    groups = _with(
        _frame("historical, 1 phase, off-peak", number),
        PTEC=("HP..", "HC..")[number // 2 % 2],
    )
    if number % 2:
        place = next(n for n, (label, _, _) in enumerate(groups) if label == "IMAX")
        groups.insert(place, ("ADPS", None, "031"))
    return groups


def _three_phase(number: int) -> list[Sent]:
    return _with(
        _frame("historical, 3 phases, Tempo", number),
        PTEC=("HPJB", "HCJB")[number % 2],
        DEMAIN=("BLEU", "BLAN")[number % 2],
    )


def _overloaded(number: int) -> list[Sent]:
    """Every other frame is of a home that draws four times what it may."""
    power = f"{24_000 if number % 2 else 1000:05d}"
    return _with(groups_of("standard, 1 phase, Tempo", 0, 1000), SINSTS=power)


_POWER, _TARIFF = "power", "tariff"
_ORDER: Final = "order"
_OVERLOAD, _COLOUR = "overload", "colour"
_SHOWN: Final = {
    _POWER: (Platform.SENSOR, "apparent_power"),
    _TARIFF: (Platform.SENSOR, "tariff_period"),
    _OVERLOAD: (Platform.BINARY_SENSOR, "overload"),
    _COLOUR: (Platform.SENSOR, "tempo_tomorrow"),
}
"""Platform and key of the entity that tells each kind of change."""


_CASES: Final = (
    Case(
        "standard, 1 phase, Tempo",
        (
            Kind(_OVERLOAD, "STGE"),
            Kind(_TARIFF, "LTARF"),
            Kind(_COLOUR, "STGE"),
            Kind(_POWER, "SINSTS"),
        ),
        _standard,
        lambda number: (_POWER, _TARIFF, _COLOUR if number % 2 else _OVERLOAD),
    ),
    Case(
        "historical, 1 phase, off-peak",
        (Kind(_OVERLOAD, "ADPS"), Kind(_TARIFF, "PTEC"), Kind(_POWER, "PAPP")),
        _single_phase,
        lambda number: (_POWER, _OVERLOAD if number % 2 else _TARIFF),
    ),
    Case(
        "historical, 3 phases, Tempo",
        (Kind(_TARIFF, "PTEC"), Kind(_COLOUR, "DEMAIN"), Kind(_POWER, "PAPP")),
        _three_phase,
        lambda number: (_POWER, _TARIFF, _COLOUR),
    ),
    Case(
        "standard, 1 phase, Tempo",
        (Kind(_ORDER, "SINSTS"),),
        _overloaded,
        lambda number: (_ORDER,) if number % 2 else (),
        loads=5,
        goal=_ORDER_GOAL,
    ),
)


KINDS: Final = [(case.line, kind.name) for case in _CASES for kind in case.kinds]


class Run(NamedTuple):
    """A line by its place in the table, its frames, and how fast they follow."""

    case: int
    frames: int
    hurry: float


class _Mark(NamedTuple):
    """The write of the piece that holds the last byte of a change."""

    reader: str
    kind: str
    time: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Times in ms, from the last byte to the event, of one kind of change."""

    line: str
    kind: str
    carrier: str
    samples: int
    lost: int
    """Changes of ours that were not told."""
    bare_median: float
    parser_median: float
    median: float
    p95: float
    longest: float
    ratio: float
    goal: float


def _frames(case: Case, numbers: Iterable[int]) -> Iterator[tuple[bytes, list[str]]]:
    """Give each piece of these frames, with the kinds that it is the last of."""
    mode = mode_of(case.line)
    for number in numbers:
        changed = set(case.changes(number))
        frame = bytearray(b"\x02")
        ends: dict[str, int] = {}
        for label, stamp, data in case.frame(number):
            frame += encode_group(mode, label, data, stamp)
            ends[label] = len(frame)
        frame += b"\x03"
        last = {
            kind.name: (ends[kind.carrier] - 1) // CHUNK
            for kind in case.kinds
            if kind.name in changed
        }
        for place, piece in enumerate(chunks(bytes(frame))):
            yield piece, [name for name, at in last.items() if at == place]


class _Signals(NamedTuple):
    """How the processes understand each other."""

    plugged: Signal
    go: Signal
    stop: Signal


def _feed(
    run: Run, links: Sequence[Path], signals: _Signals, results: Connection
) -> None:
    """Repeat the first frame until told to go on; give back all marks."""
    case = _CASES[run.case]
    plugged, go, stop = signals
    ports = open_ports(links, plugged, stop)
    baud = round(_BAUD * run.hurry)
    warm_up = [piece for piece, _ in _frames(case, (0, 0))]
    while not go.is_set() and not stop.is_set():
        for line, piece in paced(warm_up, baud, len(ports)):
            ports[line].notice_reader()
            ports[line].write(piece)
    work = list(_frames(case, range(1, run.frames + 1)))
    marks: list[_Mark] = []
    pieces = [piece for piece, _ in work]
    for count, (line, piece) in enumerate(paced(pieces, baud, len(ports))):
        _, kinds = work[count // len(ports)]
        if kinds or _READERS[line] != "bare":
            written = time.monotonic()
            ports[line].write(piece)
            marks += [_Mark(_READERS[line], kind, written) for kind in kinds]
    time.sleep(_LOST_S)
    results.send(marks)
    stop.wait()
    for port in ports:
        port.close()


class _BareLoop(asyncio.Protocol):
    """Sets a state for every piece."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._count = 0

    @override
    def data_received(self, data: bytes) -> None:
        self._count += 1
        self._hass.states.async_set("sensor.bare", str(self._count))


class _ParserLoop(asyncio.Protocol):
    """Sets a state when the data of a label change."""

    def __init__(self, hass: HomeAssistant, case: Case) -> None:
        self._hass = hass
        self._shown = {kind.carrier: "" for kind in case.kinds}
        self._parser = ReferenceParser(
            standard=mode_of(case.line) is TicMode.STANDARD, sink=self._show
        )

    def _show(self, group: tuple[str, str | None, str]) -> None:
        label, _, data = group
        # A warning comes and goes.
        if label == "ADPS" or self._shown.get(label, data) != data:
            self._shown[label] = data
            self._hass.states.async_set(
                "sensor.parser", f"{label} {data}", force_update=True
            )

    @override
    def data_received(self, data: bytes) -> None:
        self._parser.feed(data)


class _Notes:
    """When each state changed."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.times: defaultdict[str, list[float]] = defaultdict(list)
        hass.bus.async_listen(EVENT_STATE_CHANGED, self._note)

        hass.bus.async_listen(EVENT_CALL_SERVICE, self._note_order)

    @callback
    def _note(self, event: Event[EventStateChangedData]) -> None:
        self.times[event.data["entity_id"]].append(time.monotonic())

    @callback
    def _note_order(self, event: Event) -> None:
        self.times[_ORDER].append(time.monotonic())

    def latency(self, entity: str, since: float) -> float | None:
        """Return after how many ms an entity changed, None for a lost change."""
        times = self.times[entity]
        place = bisect_left(times, since)
        if place == len(times) or times[place] - since > _LOST_S:
            return None
        return (times[place] - since) * 1000


async def _listen(
    hass: HomeAssistant, stack: AsyncExitStack, protocol: asyncio.Protocol, port: Path
) -> None:
    transport, _ = await create_serial_connection(
        hass.loop,
        lambda: protocol,
        str(port),
        baudrate=_BAUD,
        parity=Parity.EVEN,
        stopbits=StopBits.ONE,
        byte_size=7,
    )
    stack.callback(transport.close)


async def _measure(run: Run) -> list[Latency]:
    case = _CASES[run.case]
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        hass = await stack.enter_async_context(home(folder))
        links = [folder / reader / "port" for reader in _READERS]
        signals = _Signals(*(PROCESSES.Event() for _ in range(3)))
        results, sender = PROCESSES.Pipe(duplex=False)
        feeder = PROCESSES.Process(target=_feed, args=(run, links, signals, sender))
        feeder.start()
        stack.callback(feeder.join)
        stack.callback(signals.stop.set)
        sender.close()
        if not await hass.async_add_executor_job(signals.plugged.wait, START_S):
            raise TimeoutError("the feeder did not start")
        await _listen(hass, stack, _BareLoop(hass), links[0])
        await _listen(hass, stack, _ParserLoop(hass, case), links[1])
        serial = case.frame(0)[0][2]
        entry = meter_entry(hass, str(links[2]), serial, interval=0)
        for number in range(case.loads):
            add_load(hass, entry, f"switch.load_{number}")
        await set_up(hass, entry)
        if case.loads:
            arm_all(hass, entry)
        notes = _Notes(hass)
        # What Home Assistant and its helpers have loaded takes long to go through.
        gc.collect()
        gc.freeze()
        signals.go.set()
        marks: list[_Mark] = await hass.async_add_executor_job(results.recv)
        return [
            _judge(case, kind, marks, notes, _entity_id(hass, kind))
            for kind in case.kinds
        ]


def _entity_id(hass: HomeAssistant, kind: Kind) -> str:
    if kind.name == _ORDER:
        return _ORDER
    platform, key = _SHOWN[kind.name]
    entity_id = er.async_get(hass).async_get_entity_id(
        platform, DOMAIN, f"{METER_ID}_{key}"
    )
    assert entity_id is not None
    return entity_id


def _judge(
    case: Case, kind: Kind, marks: Iterable[_Mark], notes: _Notes, entity_id: str
) -> Latency:
    entities = {"bare": "sensor.bare", "parser": "sensor.parser", "ours": entity_id}
    found: dict[str, list[float | None]] = {reader: [] for reader in _READERS}
    for mark in marks:
        if mark.kind == kind.name:
            entity = entities[mark.reader]
            found[mark.reader].append(notes.latency(entity, mark.time))
    told = {
        reader: [latency for latency in latencies if latency is not None]
        for reader, latencies in found.items()
    }
    ours, bare = told["ours"], median(told["bare"])
    return Latency(
        line=case.line,
        kind=kind.name,
        carrier=kind.carrier,
        samples=len(ours),
        lost=len(found["ours"]) - len(ours),
        bare_median=bare,
        parser_median=median(told["parser"]),
        median=median(ours),
        p95=quantiles(ours, n=20, method="inclusive")[-1],
        longest=max(ours),
        ratio=median(ours) / bare,
        goal=case.goal,
    )


def measure_latencies(frames: int, hurry: float) -> list[Latency]:
    """Measure each line for that many frames."""
    latencies = [
        latency
        for number in range(len(_CASES))
        for latency in asyncio.run(_measure(Run(number, frames, hurry)))
    ]
    *_, order = latencies
    alone = next(
        row.median for row in latencies if (row.line, row.kind) == (order.line, _POWER)
    )
    return [*latencies[:-1], replace(order, ratio=order.median / alone)]


def main(argv: list[str] | None = None) -> int:
    """Measure, print; exit status 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=240, help="on each line")
    parser.add_argument("--hurry", type=float, default=7, help="times 9600 baud")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    latencies = measure_latencies(args.frames, args.hurry)
    passed = all(
        row.ratio <= row.goal and row.longest <= _LONGEST_MS and not row.lost
        for row in latencies
    )
    if args.json:
        report = {"latency": [asdict(row) for row in latencies], "passed": passed}
        print(json.dumps(report, indent=1))
        return 0 if passed else 1
    print(
        f"{'ms from the last byte':32}{'told at':>13}{'samples':>9}{'lost':>6}"
        f"{'bare':>8}{'parser':>8}{'ours':>8}{'p95':>8}{'longest':>9}"
        f"{'ratio':>8}{'goal':>6}"
    )
    for line, rows in groupby(latencies, key=lambda row: row.line):
        print(line)
        for row in rows:
            print(
                f"  {row.kind:30}{row.carrier:>13}{row.samples:>9}{row.lost:>6}"
                f"{row.bare_median:>8.3f}{row.parser_median:>8.3f}{row.median:>8.3f}"
                f"{row.p95:>8.3f}{row.longest:>9.3f}{row.ratio:>8.2f}{row.goal:>6.1f}"
            )
    print("\nall goals met" if passed else "\na goal was missed")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
