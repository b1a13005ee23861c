"""Lines at their real speed, fed to pseudo-terminals by a process of its own.

What the feeding costs is no part of what the reading costs.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
import time
from typing import Final

from demo.pty_port import PtyPort
from demo.uart import BITS_PER_CHARACTER

CHUNK: Final = 15
"""Bytes that a USB adapter delivers at a time at 9600 baud."""

PROCESSES: Final = get_context("spawn")
START_S: Final = 60.0
"""Seconds for processes to start, on a busy machine."""

_POLL_S: Final = 0.02


def chunks(data: bytes) -> list[bytes]:
    """Cut a line as an adapter delivers it."""
    return [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)]


def paced(
    pieces: Sequence[bytes], baud: int, lines: int
) -> Iterator[tuple[int, bytes]]:
    """Give each piece in turn for each line, when the line would have carried it.

    The lines are moved against each other, so that no reader waits for another's turn.
    """
    step = CHUNK * BITS_PER_CHARACTER / baud / lines
    due = time.monotonic()
    for piece in pieces:
        for line in range(lines):
            due += step
            time.sleep(max(0.0, due - time.monotonic()))
            yield line, piece


def open_ports(links: Sequence[Path], plugged: Event, stop: Event) -> list[PtyPort]:
    """Plug ports in, and wait until all of them are listened to."""
    ports = [PtyPort(link) for link in links]
    plugged.set()
    while not all(port.listened for port in ports) and not stop.wait(_POLL_S):
        for port in ports:
            port.notice_reader()
    return ports


def _feed(
    links: Sequence[Path], data: bytes, baud: int, plugged: Event, stop: Event
) -> None:
    ports = open_ports(links, plugged, stop)
    for line, piece in paced(chunks(data), baud, len(ports)):
        if stop.is_set():
            break
        ports[line].notice_reader()
        ports[line].write(piece)
    stop.wait()
    for port in ports:
        port.close()


@contextmanager
def fed_ports(links: Sequence[Path], data: bytes, baud: int) -> Generator[None]:
    """Plug in lines that begin once all are listened to, and all say the same."""
    plugged, stop = PROCESSES.Event(), PROCESSES.Event()
    process = PROCESSES.Process(target=_feed, args=(links, data, baud, plugged, stop))
    process.start()
    try:
        if not plugged.wait(START_S):
            raise TimeoutError("the feeder did not start")
        yield
    finally:
        stop.set()
        process.join()
