"""A meter behind a bridge on the network, and what goes wrong there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
import contextlib
import errno
from itertools import pairwise
import socket
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
import pytest

from custom_components.linky_pilote.sources.base import Problem, SourceError

from ..meters import HISTORICAL_HC, STANDARD_TEMPO, Meter
from ..serial_line import NOISE, Port, Ports, Time
from .listening import Diary, running

RAW = "socket://meter:2000"
RFC2217 = "rfc2217://meter:2000"
LOST_S = {HISTORICAL_HC.mode: 30, STANDARD_TEMPO.mode: 15}
"""The promise: a connection of which one end is gone is noticed that soon."""

type Peer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(peer: Peer) -> AsyncIterator[int]:
    """Serve on a port of this machine."""
    writers: list[asyncio.StreamWriter] = []

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with contextlib.suppress(ConnectionError):
            await peer(writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        for writer in writers:
            writer.close()
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize("url", [RAW, "tcp://meter:2000", RFC2217])
@pytest.mark.parametrize("meter", [HISTORICAL_HC, STANDARD_TEMPO])
async def test_other_end_is_gone_without_a_word(
    ports: Ports, time: Time, meter: Meter, url: str
) -> None:
    port = ports[url]
    port.speed = meter.speed if url == RFC2217 else None
    diary = Diary()
    async with running(url, diary):
        await time.advance(5, port, meter)
        assert diary.entries == ["up"]
        opened = len(port.opened)
        await time.advance(LOST_S[meter.mode])
        assert diary.entries == ["up", Problem.SILENT_LINE]
        assert port.opened[opened] == port.opened[opened - 1], "the good speed first"
        await time.advance(5, port, meter)
    assert diary.entries == ["up", Problem.SILENT_LINE, "up"]


async def test_bridge_that_restarts(ports: Ports, time: Time) -> None:
    """It is back within seconds of the bridge, even after a long time."""
    port = ports[RAW]
    diary = Diary()
    async with running(RAW, diary):
        await time.advance(3, port, STANDARD_TEMPO)
        for away in (8, 3600):
            diary.entries.clear()
            port.unplug(ConnectionResetError(errno.ECONNRESET, "reset"))
            port.error = ConnectionRefusedError(errno.ECONNREFUSED, "refused")
            await time.advance(away)
            assert diary.entries == [Problem.CONNECTION_LOST]
            port.plug()
            await time.advance(31, port, STANDARD_TEMPO)
            assert diary.entries == [Problem.CONNECTION_LOST, "up"]


async def test_bridge_for_one_reader_that_has_not_forgotten_the_old_connection(
    ports: Ports, time: Time
) -> None:
    """It closes the new ones at once: they come ever more rarely."""
    port = ports[RAW]
    tried: list[float] = []
    async with running(RAW) as source:
        await time.advance(3, port, STANDARD_TEMPO)
        for _ in range(200):
            attempts = port.attempts
            await time.advance(0.5)
            if port.attempts > attempts and port.transport is not None:
                tried.append(asyncio.get_running_loop().time())
                port.transport.lose(None)
        gaps = [round(later - earlier) for earlier, later in pairwise(tried)]
        assert gaps == [1, 2, 5, 10, 30, 30]
        await time.advance(31, port, STANDARD_TEMPO)
        assert source.connected


async def test_bursts_are_no_silence(ports: Ports, time: Time) -> None:
    """A bridge that gathers eight seconds of frames delays them, no more."""
    port = ports[RAW]
    diary = Diary()
    async with running(RAW, diary):
        for _ in range(20):
            port.send(b"".join(HISTORICAL_HC.frame() for _ in range(5)))
            await time.advance(8)
    assert diary.entries == ["up"]
    assert port.opened == [9600]


@pytest.mark.parametrize("size", [1, 7, 536, 1460, 100_000])
@pytest.mark.parametrize("parity", [False, True])
@pytest.mark.parametrize("meter", [HISTORICAL_HC, STANDARD_TEMPO])
async def test_packets_of_any_size_with_or_without_the_parity_bit(
    ports: Ports, time: Time, meter: Meter, size: int, parity: bool
) -> None:
    """A bridge at 8N1 leaves the parity bit where 7E1 would take it off."""
    sent = b"".join(meter.frame() for _ in range(4))
    if parity:
        sent = bytes(byte | (byte.bit_count() % 2) << 7 for byte in sent)
    port = ports[RAW]
    async with running(RAW) as source:
        await time.settle()
        for start in range(0, len(sent), size):
            port.send(sent[start : start + size])
        reading = await source.first_reading(1)
        assert reading.complete
        assert reading.serial == meter.serial
        assert not source.reader.rejected


async def test_peer_that_never_says_anything(ports: Ports, time: Time) -> None:
    """The connection is renewed: the meter may be behind a new one."""
    port = ports[RAW]
    diary = Diary()
    async with running(RAW, diary):
        await time.advance(29)
        assert port.opened == [9600]
        await time.advance(3)
        assert port.opened == [9600, 9600]
        assert diary.entries == [Problem.SILENT_LINE]


async def test_noise_has_no_cure_without_a_speed(ports: Ports, time: Time) -> None:
    port = ports[RAW]
    async with running(RAW):
        for _ in range(40):
            port.send(NOISE)
            await time.advance(1)
    assert port.opened == [9600]


@pytest.mark.parametrize(
    ("meter", "index"), [(HISTORICAL_HC, "HCHP"), (STANDARD_TEMPO, "EASF02")]
)
async def test_what_was_known_before_the_noise_is_no_news(
    ports: Ports, time: Time, meter: Meter, index: str
) -> None:
    """The connection stays, so that only the silence tells the frames apart."""
    port = ports[RAW]
    diary = Diary()
    later = meter.frame(**{index: f"{int(meter.groups[index]) + 3:09d}"})
    half = len(later) // 2
    async with running(RAW, diary):
        await time.advance(3, port, meter)
        port.send(meter.frame()[: len(later) - 30])
        for _ in range(24):
            port.send(NOISE)
            await time.advance(0.5)
        assert diary.entries == ["up", Problem.NOISE_ONLY]
        known = len(diary.readings)
        for part in (later[half:], later[:half], later[half:]):
            port.send(part)
    assert diary.entries == ["up", Problem.NOISE_ONLY, "up"]
    before, *news = (dict(r.indexes) for r in diary.readings[known - 1 :])
    assert news
    assert all(indexes == news[-1] != before for indexes in news)


async def test_flood(ports: Ports, time: Time) -> None:
    """Megabytes of something else are neither kept nor read on for ever."""
    port = ports[RAW]
    diary = Diary()
    junk = NOISE * 700
    async with running(RAW, diary) as source:
        await time.advance(3, port, STANDARD_TEMPO)
        for _ in range(100):
            port.send(junk)
        assert source.received < 2**20 + 2 * len(junk)
        assert len(source.heard) <= 8192
        await time.advance(1)
        assert port.transport is None
        assert diary.entries == ["up", Problem.NOISE_ONLY]
        await time.advance(3, port, STANDARD_TEMPO)
        assert source.connected


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize(
    ("greeting", "service"),
    [
        (b"SSH-2.0-OpenSSH_10.0\r\n", "SSH"),
        (b"HTTP/1.1 408 Request Timeout\r\n\r\n<html></html>", "HTTP"),
    ],
)
async def test_another_service_answers(
    hass: HomeAssistant, greeting: bytes, service: str
) -> None:
    async def greet(writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await writer.drain()

    async with (
        serving(greet) as port,
        running(f"socket://127.0.0.1:{port}") as source,
    ):
        with pytest.raises(SourceError) as caught:
            await source.first_reading(5)
    assert caught.value.problem is Problem.OTHER_SERVICE
    assert caught.value.detail == service


@pytest.mark.usefixtures("socket_enabled")
async def test_name_that_gets_another_address(hass: HomeAssistant) -> None:
    """It is looked up at each connection."""
    connections: list[str] = []

    def meter(name: str) -> Peer:
        async def talk(writer: asyncio.StreamWriter) -> None:
            connections.append(name)
            writer.write(STANDARD_TEMPO.frame())
            await writer.drain()
            if name == "old":
                writer.close()

        return talk

    diary = Diary()
    async with serving(meter("old")) as old, serving(meter("new")) as new:
        addresses = [old, new]

        async def look_up(*_: Any, **__: Any) -> list[Any]:
            place = ("127.0.0.1", addresses.pop(0))
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place)]

        with (
            patch.object(hass.loop, "getaddrinfo", look_up),
            patch("custom_components.linky_pilote.sources.serial._DELAYS", (0.01,)),
        ):
            async with running("socket://meter.lan:2000", diary):
                await diary.until(3)
    assert diary.entries == ["up", Problem.CONNECTION_LOST, "up"]
    assert connections == ["old", "new"]


@pytest.mark.usefixtures("socket_enabled")
async def test_connection_is_closed_at_the_end(hass: HomeAssistant) -> None:
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(2 * STANDARD_TEMPO.frame())
        assert await reader.read() == b"", "nothing is ever sent to a bridge"
        writer.close()
        ended.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with running(f"socket://127.0.0.1:{port}") as source:
        await source.first_reading(5)
    async with asyncio.timeout(5):
        await ended.wait()
    server.close()
    await server.wait_closed()


async def test_speed_of_rfc_2217_follows_the_meter(ports: Ports, time: Time) -> None:
    """A new connection gives new orders for the line."""
    port: Port = ports[RFC2217]
    port.speed = 1200
    async with running(RFC2217) as source:
        await time.advance(6, port, HISTORICAL_HC)
        assert source.speed == 1200
        port.speed = 9600
        await time.advance(6, port, STANDARD_TEMPO)
        assert source.speed == 9600
        assert source.connected
    assert port.opened == [9600, 1200, 9600]


async def test_a_raw_connection_has_no_speed(ports: Ports, time: Time) -> None:
    for url in (RAW, "tcp://meter:2000"):
        port = ports[url]
        async with running(url) as source:
            await time.advance(2, port, HISTORICAL_HC)
            await time.advance(2, port, STANDARD_TEMPO)
            assert source.speed is None
        assert port.opened == [9600]
