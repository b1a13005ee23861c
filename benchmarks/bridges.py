"""What a bridge costs: from the meter's last byte to the state, in one run.

    python -m benchmarks.bridges [--frames N] [--hurry N]

A process of its own says the same on three pseudo-terminals, piece by piece as a USB
adapter hands its bytes over, in standard mode. One Home Assistant reads the first as it
is, the second by ser2net (raw TCP) and the third by the tests' server of RFC 2217, all
on this machine: what the network itself takes is not in it.

`ms` is the time from the write of the piece that holds the last byte of the live power
(SINSTS) to the event of the new state, with the entities written at every reading;
`fresh` is the median time between two new values, in frames; `labels` counts the
entities that each line makes.
"""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from itertools import pairwise
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event as Signal
import os
from pathlib import Path
from statistics import median, quantiles
import sys
from tempfile import TemporaryDirectory
import time
from typing import Final, NamedTuple

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_pilote.const import (
    CONF_METER_ID,
    CONF_SERIAL_PORT,
    CONF_UPDATE_INTERVAL,
    DOMAIN,
)
from demo.pty_port import PtyPort
from demo.uart import BITS_PER_CHARACTER
from tests.e2e.bridges import KINDS, bridged
from tests.meters import STANDARD_TEMPO

from .home import home, set_up

_WAYS: Final = ("device", "ser2net, raw TCP", "RFC 2217")
_CHUNK: Final = 15
"""Bytes that a USB adapter delivers at a time at 9600 baud."""
_BAUD: Final = 9600
_START_S: Final = 60.0
_END_S: Final = 1.0
_PROCESSES: Final = get_context("spawn")


class Cost(NamedTuple):
    """What a way costs."""

    way: str
    samples: int
    lost: int
    median_ms: float
    p95_ms: float
    longest_ms: float
    fresh_frames: float
    labels: int


def _serial(line: int) -> str:
    return f"05226100000{line}"


def _power(number: int) -> int:
    return 500 + number % 1000


def _pieces(line: int, number: int) -> tuple[list[bytes], int]:
    """Return a frame in pieces, and which of them holds the end of the live power."""
    frame = STANDARD_TEMPO.frame(ADSC=_serial(line), SINSTS=f"{_power(number):05d}")
    end = frame.index(b"\r", frame.index(b"SINSTS\t"))
    starts = range(0, len(frame), _CHUNK)
    return [frame[start : start + _CHUNK] for start in starts], end // _CHUNK


def _feed(
    links: Sequence[Path],
    frames: int,
    hurry: float,
    signals: tuple[Signal, Signal, Signal],
    results: Connection,
) -> None:
    """Repeat a frame until told to go on; give back when each power was said."""
    plugged, go, stop = signals
    ports = [PtyPort(link) for link in links]
    plugged.set()
    step = _CHUNK * BITS_PER_CHARACTER / _BAUD / hurry / len(ports)
    said: dict[tuple[int, int], float] = {}
    due = time.monotonic()
    number = 0
    while number < frames and not stop.is_set():
        number += go.is_set()
        work = [_pieces(line, number) for line in range(len(ports))]
        for place in range(len(work[0][0])):
            for line, (pieces, last) in enumerate(work):
                due += step
                time.sleep(max(0.0, due - time.monotonic()))
                ports[line].notice_reader()
                if place == last:
                    said[line, _power(number)] = time.monotonic()
                ports[line].write(pieces[place])
    time.sleep(_END_S)
    results.send(said)
    stop.wait()
    for port in ports:
        port.close()


class _Shown:
    """When each power was shown."""

    def __init__(self, hass: HomeAssistant) -> None:
        registry = er.async_get(hass)
        self.times: list[dict[int, float]] = [{} for _ in _WAYS]
        self._lines = {
            registry.async_get_entity_id(
                "sensor", DOMAIN, f"{_serial(line)}_apparent_power"
            ): line
            for line in range(len(_WAYS))
        }
        hass.bus.async_listen(EVENT_STATE_CHANGED, self._note)

    @callback
    def _note(self, event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        line = self._lines.get(event.data["entity_id"])
        if line is not None and state is not None and state.state.isdigit():
            self.times[line].setdefault(int(state.state), time.monotonic())


async def measure(frames: int, hurry: float) -> list[Cost]:
    """Measure all ways at the same time."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        hass = await stack.enter_async_context(home(folder))
        links = [folder / f"line-{line}" for line in range(len(_WAYS))]
        go, plugged, stop = (_PROCESSES.Event() for _ in range(3))
        results, sender = _PROCESSES.Pipe(duplex=False)
        feeder = _PROCESSES.Process(
            target=_feed, args=(links, frames, hurry, (plugged, go, stop), sender)
        )
        feeder.start()
        stack.callback(feeder.join)
        stack.callback(stop.set)
        if not await hass.async_add_executor_job(plugged.wait, _START_S):
            raise TimeoutError("the feeder did not start")
        urls = [str(links[0])]
        for kind, link in zip(KINDS, links[1:], strict=True):
            bridge = stack.enter_context(bridged(kind, str(link), folder))
            urls.append(bridge.url)
        entries = [
            MockConfigEntry(
                domain=DOMAIN,
                title=way,
                unique_id=_serial(line),
                data={CONF_SERIAL_PORT: url, CONF_METER_ID: _serial(line)},
                options={CONF_UPDATE_INTERVAL: 0},
            )
            for line, (way, url) in enumerate(zip(_WAYS, urls, strict=True))
        ]
        for entry in entries:
            entry.add_to_hass(hass)
            await set_up(hass, entry)
        shown = _Shown(hass)
        go.set()
        said: dict[tuple[int, int], float] = await hass.async_add_executor_job(
            results.recv
        )
        registry = er.async_get(hass)
        labels = [
            len(er.async_entries_for_config_entry(registry, entry.entry_id))
            for entry in entries
        ]
        return [
            _judge(line, said, shown.times[line], labels[line])
            for line in range(len(_WAYS))
        ]


def _judge(
    line: int,
    said: dict[tuple[int, int], float],
    shown: dict[int, float],
    labels: int,
) -> Cost:
    # the first frame was repeated: its power is no news
    mine = {power: at for (at_line, power), at in said.items() if at_line == line}
    del mine[_power(0)]
    delays = [
        (shown[power] - at) * 1000 for power, at in mine.items() if power in shown
    ]
    instants = sorted(shown[power] for power in mine if power in shown)
    gaps = [late - soon for soon, late in pairwise(instants)]
    starts = sorted(mine.values())
    frame_s = (starts[-1] - starts[0]) / (len(starts) - 1)
    return Cost(
        way=_WAYS[line],
        samples=len(delays),
        lost=len(mine) - len(delays),
        median_ms=median(delays),
        p95_ms=quantiles(delays, n=20)[-1],
        longest_ms=max(delays),
        fresh_frames=median(gaps) / frame_s,
        labels=labels,
    )


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=300, help="at most 999")
    parser.add_argument("--hurry", type=float, default=1, help="times 9600 baud")
    args = parser.parse_args(argv)
    os.environ.setdefault("SER2NET", "ser2net")
    print(
        f"{'way':20}{'samples':>9}{'lost':>6}{'ms':>8}{'p95':>8}{'longest':>9}"
        f"{'fresh':>7}{'labels':>8}"
    )
    for row in asyncio.run(measure(args.frames, args.hurry)):
        print(
            f"{row.way:20}{row.samples:>9}{row.lost:>6}{row.median_ms:>8.2f}"
            f"{row.p95_ms:>8.2f}{row.longest_ms:>9.2f}{row.fresh_frames:>7.2f}"
            f"{row.labels:>8}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
