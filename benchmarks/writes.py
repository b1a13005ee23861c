"""Write benchmark: state writes and database rows of an hour, by update interval.

    python -m benchmarks.writes [--hours H] [--at DATE-TIME] [--intervals N ...] [--json]

A virtual family house (`demo/`) is read by a Home Assistant with a recorder on SQLite,
in stepped time: nothing here hangs on the speed of the machine, and a run can be
repeated. The reference is what most readers do, one write of each sensor at each frame;
its rows are those of them that differ from the last.

- `writes`: changes of a state or of its attributes, and writes that change nothing;
- `states`, `attributes`: rows of the tables states and state_attributes;
- `statistics`: rows of statistics_short_term, one for 5 minutes of each measurement.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
import json
from pathlib import Path
import sqlite3
import sys
from tempfile import TemporaryDirectory
from time import monotonic as _real
from typing import Any, Final, NamedTuple, override
from unittest.mock import patch

from homeassistant.components.recorder.tasks import CommitTask
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import async_initialize_recorder, get_instance
from homeassistant.setup import async_setup_component

from custom_components.linky_pilote.const import DEFAULT_UPDATE_INTERVAL
from custom_components.linky_pilote.data import MeterData
from custom_components.linky_pilote.engine.reading import Contract, TicMode
from demo.faults import Faults
from demo.meter import VirtualMeter
from demo.moment import PARIS
from demo.setup import DEFAULT_KVA, MeterSetup
from demo.wire import SimulatedTime, Wire

from .home import home, meter_entry

_INTERVALS: Final = (0, 1, DEFAULT_UPDATE_INTERVAL, 30, 60)
_AT: Final = datetime(2026, 11, 20, 18, 30)  # noqa: DTZ001  the time on the wall
_SLICE_S: Final = 0.1
"""What an adapter hands over at a time is less; readings come at the same bytes."""
_WARM_UP_S: Final = 60.0
_COMMIT: Final = 3000
"""Slices after which all is written to the database: it makes statistics each 300 s."""
_CONNECT: Final = (
    "custom_components.linky_pilote.sources.serial.create_serial_connection"
)
_TABLES: Final = ("states", "state_attributes", "statistics_short_term")


class House(NamedTuple):
    """A home and its meter."""

    name: str
    mode: TicMode
    contract: Contract
    phases: int
    producer: bool


HOUSES: Final = (
    House("historical, 1 phase", TicMode.HISTORICAL, Contract.OFF_PEAK, 1, False),
    House("standard, 1 phase", TicMode.STANDARD, Contract.TEMPO, 1, False),
    House("standard, 3 phases, producer", TicMode.STANDARD, Contract.BASE, 3, True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writes:
    """What one hour costs at one interval; of one hour, whatever was measured."""

    house: str
    interval: float | None
    """None: the reference."""
    entities: int
    changed: float
    unchanged: float
    states: float
    attributes: float
    statistics: float
    share: float
    """Of the reference's writes."""
    most: dict[str, float]
    """The entities that write most."""


class _Clock:
    """The time that Home Assistant believes in: it goes by itself, or in steps."""

    def __init__(self, start: float) -> None:
        self._start = start
        self._offset = -_real()
        self._held: float | None = None

    def monotonic(self) -> float:
        """Return seconds since the start."""
        return _real() + self._offset if self._held is None else self._held

    def step(self, seconds: float) -> None:
        """Go on by that much, and stand still."""
        self._held = self.monotonic() + seconds

    def release(self) -> None:
        """Go on by itself: for what waits for timers."""
        self._offset = self.monotonic() - _real()
        self._held = None

    def time(self) -> float:
        """Return seconds since 1970."""
        return self._start + self.monotonic()

    def now(self) -> datetime:
        """Return the same as a date."""
        return datetime.fromtimestamp(self.time(), UTC)

    @contextmanager
    def shown(self) -> Generator[None]:
        """Show it everywhere, to the event loop too."""
        loop = asyncio.get_running_loop()
        with (
            patch("time.time", self.time),
            patch("homeassistant.helpers.entity.timer", self.time),
            patch("homeassistant.util.dt.utcnow", self.now),
            patch("homeassistant.helpers.event.time_tracker_timestamp", self.time),
            patch("homeassistant.helpers.event.time_tracker_utcnow", self.now),
            patch.object(loop, "time", self.monotonic),
        ):
            yield


class _Transport(asyncio.Transport):
    """An open port."""

    def __init__(self, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self._protocol = protocol

    @override
    def close(self) -> None:
        self._protocol.connection_lost(None)


class _Port:
    """Stands in for serialx: a port whose bytes are given."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()
        self._protocol: asyncio.Protocol

    async def connect(
        self, loop: Any, factory: Any, url: str, **settings: Any
    ) -> tuple[asyncio.Transport, asyncio.Protocol]:
        """Open it."""
        protocol: asyncio.Protocol = factory()
        self._protocol = protocol
        self.opened.set()
        return _Transport(protocol), protocol

    def send(self, data: bytes) -> None:
        """Hand bytes to whoever listens."""
        self._protocol.data_received(data)


def _setup(house: House) -> MeterSetup:
    return MeterSetup(
        seed=1,
        contract=house.contract,
        phases=house.phases,
        producer=house.producer,
        solar=house.producer,
        subscribed_kva=DEFAULT_KVA[house.phases],
    )


def line_of(house: House, start: float, seconds: float) -> Iterator[bytes]:
    """Give what a meter sends, slice by slice."""
    meter = VirtualMeter.new(_setup(house), start)
    wire = Wire(meter, house.mode, SimulatedTime(start, 1), Faults(1))
    for number in range(round(seconds / _SLICE_S)):
        yield wire.take(number * _SLICE_S)


class _Counter:
    """Counts the writes of each entity, and what the reference would write."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[MeterData]) -> None:
        self.changed: Counter[str] = Counter()
        self.unchanged: Counter[str] = Counter()
        self.reference: Counter[str] = Counter()
        self.reference_changed: Counter[str] = Counter()
        self.entities = [
            entity.entity_id
            for entity in er.async_entries_for_config_entry(
                er.async_get(hass), entry.entry_id
            )
            if entity.disabled_by is None
        ]
        self._hass = hass
        self._coordinator = entry.runtime_data.coordinator
        self._last: dict[str, Any] = {}
        self._coordinator.async_add_listener(self._frame)
        for kind, counter in (
            (EVENT_STATE_CHANGED, self.changed),
            (EVENT_STATE_REPORTED, self.unchanged),
        ):
            hass.bus.async_listen(kind, self._count(counter), event_filter=_anything)

    @staticmethod
    def _count(counter: Counter[str]) -> Any:
        @callback
        def count(event: Event[Any]) -> None:
            counter[event.data["entity_id"]] += 1

        return count

    @callback
    def _frame(self) -> None:
        """Write every entity at the end of every frame, as the reference does."""
        reading = self._coordinator.data
        if reading is None or not reading.complete:
            return
        for entity_id in self.entities:
            state = self._hass.states.get(entity_id)
            shown = state and (state.state, state.attributes)
            self.reference[entity_id] += 1
            self.reference_changed[entity_id] += shown != self._last.get(entity_id)
            self._last[entity_id] = shown


@callback
def _anything(_: object) -> bool:
    return True


def _rows(database: Path) -> Counter[str]:
    connection = sqlite3.connect(database)
    try:
        return Counter(
            {
                table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
                for table in _TABLES
            }
        )
    finally:
        connection.close()


async def _run(
    house: House, line: list[bytes], interval: float, start: float
) -> tuple[_Counter, Counter[str]]:
    clock, port = _Clock(start), _Port()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        stack.enter_context(patch(_CONNECT, port.connect))
        stack.enter_context(clock.shown())
        hass = await stack.enter_async_context(home(folder))
        stack.callback(clock.release)
        database = folder / "home-assistant.db"
        recorder = {"recorder": {"db_url": f"sqlite:///{database}"}}
        async_initialize_recorder(hass)
        if not await async_setup_component(hass, "recorder", recorder):
            raise RuntimeError("the recorder was not set up")
        entry = meter_entry(hass, "/dev/ttyTIC", _setup(house).number, interval)
        task = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
        warm_up = round(_WARM_UP_S / _SLICE_S)
        await port.opened.wait()
        await _feed(hass, clock, port, line[:warm_up])
        await task
        await _commit(hass, clock)
        counter, before = _Counter(hass, entry), _rows(database)
        await _feed(hass, clock, port, line[warm_up:])
        rows = _rows(database)
    rows.subtract(before)
    return counter, rows


async def _feed(
    hass: HomeAssistant, clock: _Clock, port: _Port, line: list[bytes]
) -> None:
    """Hand over what a line says, slice by slice; all is in the database at the end."""
    for number, data in enumerate(line, start=1):
        clock.step(_SLICE_S)
        port.send(data)
        await asyncio.sleep(0)
        if number % _COMMIT == 0:
            await _commit(hass, clock)
    await _commit(hass, clock)


async def _commit(hass: HomeAssistant, clock: _Clock) -> None:
    """Wait until all that is known is in the database."""
    clock.release()
    await hass.async_block_till_done()
    recorder = get_instance(hass)
    recorder.queue_task(CommitTask())
    await hass.async_add_executor_job(recorder.block_till_done)


def measure_house(
    house: House,
    intervals: tuple[float, ...],
    hours: float,
    at: datetime = _AT,
) -> list[Writes]:
    """Measure all intervals on the same line; the reference comes first."""
    start = at.replace(tzinfo=PARIS).timestamp()
    line = list(line_of(house, start, _WARM_UP_S + hours * 3600))
    measured: list[Writes] = []
    reference = 0.0
    for interval in sorted(intervals):
        counter, rows = asyncio.run(_run(house, line, interval, start))
        if not measured:
            # At interval 0 every change is shown by the end of its frame.
            reference = counter.reference.total() / hours
            changed = counter.reference_changed.total() / hours
            measured.append(
                Writes(
                    house=house.name,
                    interval=None,
                    entities=len(counter.entities),
                    changed=changed,
                    unchanged=reference - changed,
                    states=changed,
                    attributes=0,
                    statistics=rows["statistics_short_term"] / hours,
                    share=1,
                    most=_most(counter.reference_changed, hours),
                )
            )
        writes = counter.changed + counter.unchanged
        measured.append(
            Writes(
                house=house.name,
                interval=interval,
                entities=len(counter.entities),
                changed=counter.changed.total() / hours,
                unchanged=counter.unchanged.total() / hours,
                states=rows["states"] / hours,
                attributes=rows["state_attributes"] / hours,
                statistics=rows["statistics_short_term"] / hours,
                share=writes.total() / hours / reference,
                most=_most(writes, hours),
            )
        )
    return measured


def _most(counter: Counter[str], hours: float) -> dict[str, float]:
    return {name: count / hours for name, count in counter.most_common(12)}


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=1)
    parser.add_argument("--at", type=datetime.fromisoformat, default=_AT)
    parser.add_argument("--intervals", type=float, nargs="+", default=_INTERVALS)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    rows = [
        row
        for house in HOUSES
        for row in measure_house(house, tuple(args.intervals), args.hours, args.at)
    ]
    if args.json:
        print(json.dumps({"writes": [asdict(row) for row in rows]}, indent=1))
        return 0
    print(
        f"{'an hour of':30}{'interval':>10}{'entities':>9}{'changed':>9}{'same':>8}"
        f"{'states':>8}{'attributes':>11}{'statistics':>11}{'of reference':>13}"
    )
    for row in rows:
        name = "reference" if row.interval is None else f"{row.interval:g} s"
        print(
            f"{row.house:30}{name:>10}{row.entities:>9}{row.changed:>9.0f}"
            f"{row.unchanged:>8.0f}{row.states:>8.0f}{row.attributes:>11.0f}"
            f"{row.statistics:>11.0f}{row.share:>13.1%}"
        )
    for row in rows:
        if row.interval in (0, DEFAULT_UPDATE_INTERVAL):
            print(f"\nmost writes of {row.house} at {row.interval:g} s")
            for name, count in row.most.items():
                print(f"  {name:50}{count:>8.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
