"""A meter on a serial port: speeds, losses, delays, and real transports."""

import asyncio
import errno
from itertools import pairwise
import os
from socket import EAI_NONAME, gaierror
import tty
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
import pytest
import serialx

from custom_components.linky_pilote.sources.base import (
    Problem,
    SourceError,
)

from ..meters import HISTORICAL_HC, HISTORICAL_TRI_TEMPO, STANDARD_TEMPO
from ..serial_line import NOISE, Port, Time
from .listening import Diary, running


async def test_standard_meter_is_heard_at_the_first_speed(
    port: Port, time: Time
) -> None:
    port.speed = 9600
    diary = Diary()
    async with running(listener=diary) as source:
        await time.advance(3, port, STANDARD_TEMPO)
        reading = await source.first_reading(1)
    assert reading.complete
    assert port.opened == [9600]
    assert diary.entries == ["up"]
    assert port.transport is None


async def test_historical_meter_is_found_after_two_seconds_of_noise(
    port: Port, time: Time
) -> None:
    port.speed = 1200
    async with running() as source:
        await time.advance(1.5, port, HISTORICAL_TRI_TEMPO)
        assert port.opened == [9600]
        await time.advance(2, port, HISTORICAL_TRI_TEMPO)
        assert (await source.first_reading(1)).phases == 3
        assert source.figures.received > 0
        assert source.figures.accepted > 20
        await time.advance(60, port, HISTORICAL_TRI_TEMPO)
    assert port.opened == [9600, 1200]


@pytest.mark.parametrize(
    ("speed", "opened"), [(1200, [1200]), (9600, [9600, 1200]), (300, [9600, 1200])]
)
async def test_the_speed_of_the_last_time_comes_first(
    port: Port, time: Time, speed: int, opened: list[int]
) -> None:
    port.speed = 1200
    async with running(speed=speed) as source:
        await time.advance(5, port, HISTORICAL_HC)
        assert (await source.first_reading(1)).serial == HISTORICAL_HC.serial
        assert source.marks.keys() == {"HCHC", "HCHP"}
    assert port.opened == opened


async def test_another_meter_is_told_again_on_a_new_line(
    port: Port, time: Time
) -> None:
    diary = Diary()
    async with running(listener=diary, expected=STANDARD_TEMPO.serial):
        await time.advance(3, port, HISTORICAL_HC)
        port.unplug()
        await time.advance(2)
        port.plug()
        await time.advance(9)
        assert port.transport is not None
        await time.advance(3, port, HISTORICAL_HC)
        await time.advance(11)
    assert diary.entries == [
        HISTORICAL_HC.serial,
        Problem.CONNECTION_LOST,
        HISTORICAL_HC.serial,
        Problem.SILENT_LINE,
    ]


async def test_the_end_of_a_line_that_was_cut_is_no_news(
    port: Port, time: Time
) -> None:
    """What the old line said in its last, half frame must not be shown as live."""
    port.speed = 9600
    diary = Diary()
    async with running(listener=diary):
        await time.advance(3, port, STANDARD_TEMPO)
        port.send(STANDARD_TEMPO.frame()[:300])
        known = len(diary.readings)
        port.unplug()
        await time.advance(2)
        port.plug()
        await time.advance(9)
        assert port.transport is not None
        assert len(diary.readings) == known
        assert diary.entries == ["up", Problem.CONNECTION_LOST]
        await time.advance(12, port, STANDARD_TEMPO)
    assert diary.entries[-1] == "up"
    assert len(diary.readings) > known


async def test_what_comes_while_the_port_opens_belongs_to_the_new_line(
    port: Port, time: Time
) -> None:
    """ESPHome's proxy hands over what it had kept, be it noise of the wrong speed."""
    diary = Diary()
    async with running(listener=diary):
        await time.advance(2, port, STANDARD_TEMPO)
        port.send(STANDARD_TEMPO.frame()[:300])
        port.unplug()
        await time.settle()
        assert diary.entries == ["up", Problem.CONNECTION_LOST]
        heard = len(diary.readings)
        port.waiting = b"\x02" + NOISE + b"\n"
        port.plug()
        await time.advance(1)
        assert port.transport is not None
        assert len(diary.readings) == heard
        assert diary.entries == ["up", Problem.CONNECTION_LOST]


async def test_a_number_must_be_heard_twice_where_any_meter_will_do(
    port: Port, time: Time
) -> None:
    port.speed = 9600
    async with running() as source:
        await time.advance(0.1)
        port.send(STANDARD_TEMPO.frame(ADSC="052261000780"))
        for _ in range(3):
            port.send(STANDARD_TEMPO.frame())
        assert (await source.first_reading(1)).serial == STANDARD_TEMPO.serial


async def test_silence_tries_the_speeds_in_turn(port: Port, time: Time) -> None:
    """Soon at first; a port where nothing is needs no opening every five seconds."""
    async with running():
        await time.advance(18)
        assert port.opened == [9600, 1200, 9600, 1200]
        await time.advance(60)
    assert port.opened == [9600, 1200, 9600, 1200, 9600, 1200]


async def test_never_heard_is_told_once(port: Port, time: Time) -> None:
    diary = Diary()
    async with running(listener=diary) as source:
        await time.advance(60)
        assert diary.entries == [Problem.SILENT_LINE]
        assert not source.connected
        with pytest.raises(SourceError) as caught:
            await source.first_reading(20)
        assert caught.value.problem is Problem.SILENT_LINE
        port.speed = 9600
        await time.advance(12, port, STANDARD_TEMPO)
    assert diary.entries == [Problem.SILENT_LINE, "up"]


async def test_a_glitch_is_not_noise(port: Port, time: Time) -> None:
    async with running():
        await time.advance(1)
        port.send(b"\x00\xff")
        await time.advance(4)
        assert port.opened == [9600]
        await time.advance(2)
    assert port.opened == [9600, 1200]


async def test_noise_at_the_slow_speed_takes_three_seconds(
    port: Port, time: Time
) -> None:
    opened_at: list[float] = []
    async with running():
        for count in range(20):
            opened = len(port.opened)
            port.send(NOISE)
            await time.advance(0.5)
            if len(port.opened) > opened:
                opened_at.append(count / 2)
    assert port.opened[:4] == [9600, 1200, 9600, 1200]
    assert opened_at[:4] == [0.0, 2.5, 6.0, 8.5]


async def test_known_speed_survives_short_noise_and_silence(
    port: Port, time: Time
) -> None:
    port.speed = 9600
    diary = Diary()
    async with running(listener=diary):
        await time.advance(3, port, STANDARD_TEMPO)
        port.send(NOISE)
        await time.advance(8)
        await time.advance(2, port, STANDARD_TEMPO)
    assert port.opened == [9600]
    assert diary.entries == ["up"]


async def test_delays_grow_and_a_good_group_resets_them(port: Port, time: Time) -> None:
    port.error = FileNotFoundError(errno.ENOENT, "gone")
    times: list[float] = []
    async with running() as source:
        for _ in range(340):
            attempts = port.attempts
            await time.advance(0.5)
            if port.attempts > attempts:
                times.append(asyncio.get_running_loop().time())
        gaps = [round(b - a) for a, b in pairwise(times)]
        assert gaps == [1, 2, 5, 10, *[30] * 5]

        port.plug()
        await time.advance(61, port, STANDARD_TEMPO)
        assert source.connected
        port.unplug()
        port.plug()
        await time.advance(1.5)
        assert port.transport is not None


async def test_lost_before_anything_was_heard_does_not_reset_the_delay(
    port: Port, time: Time
) -> None:
    async with running():
        for _ in range(20):
            await time.advance(1)
            if port.transport is not None:
                port.transport.lose(None)
    assert port.attempts == 5


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (FileNotFoundError(errno.ENOENT, "no"), Problem.NO_SUCH_PORT),
        (OSError(errno.ENXIO, "no"), Problem.NO_SUCH_PORT),
        (OSError(errno.EBUSY, "no"), Problem.PORT_BUSY),
        (PermissionError(errno.EACCES, "no"), Problem.CANNOT_OPEN),
        (OSError(errno.ENOTTY, "no"), Problem.CANNOT_OPEN),
        (
            ConnectionRefusedError(errno.ECONNREFUSED, "no"),
            Problem.CONNECTION_REFUSED,
        ),
        (OSError(errno.EHOSTUNREACH, "no"), Problem.HOST_UNREACHABLE),
        (TimeoutError("no"), Problem.HOST_UNREACHABLE),
        (gaierror(EAI_NONAME, "no"), Problem.HOST_NOT_FOUND),
        (serialx.SerialException("no"), Problem.CANNOT_OPEN),
        (ValueError("no"), Problem.CANNOT_OPEN),
        (ConfigEntryNotReady("no"), Problem.CANNOT_OPEN),
        (RuntimeError("no"), Problem.CANNOT_OPEN),
    ],
)
async def test_why_a_port_cannot_be_opened(
    port: Port, time: Time, error: Exception, problem: Problem
) -> None:
    port.error = error
    diary = Diary()
    async with running(listener=diary) as source:
        with pytest.raises(SourceError) as caught:
            await source.first_reading(20)
    assert caught.value.problem is problem
    assert "no" in caught.value.detail
    assert diary.entries == [problem]


async def test_connection_that_ends_at_once(port: Port, time: Time) -> None:
    async with running() as source:
        await time.settle()
        assert port.transport is not None
        port.transport.lose(None)
        with pytest.raises(SourceError, match="end of stream") as caught:
            await source.first_reading(20)
    assert caught.value.problem is Problem.CONNECTION_LOST


async def test_another_meter_than_the_expected(port: Port, time: Time) -> None:
    diary = Diary()
    async with running(listener=diary, expected="012345678901") as source:
        await time.advance(3, port, HISTORICAL_HC)
        with pytest.raises(SourceError) as caught:
            await source.first_reading(1)
    assert caught.value.problem is Problem.OTHER_METER
    assert diary.entries == [HISTORICAL_HC.serial]
    assert not diary.readings


async def test_cancelled_while_the_port_opens(port: Port, time: Time) -> None:
    async with running():
        await asyncio.sleep(0)
    assert port.transport is None


async def test_transport_that_does_not_close(port: Port, time: Time) -> None:
    """A stuck driver delays the end, but not for ever."""
    with patch("custom_components.linky_pilote.sources.serial._CLOSING", 0.01):
        async with running():
            await time.advance(1)
            assert port.transport is not None
            port.transport.close = lambda: None  # type: ignore[method-assign]


async def test_real_pseudo_terminal(hass: HomeAssistant) -> None:
    """The real serialx, on a device: heard, unplugged, and closed at the end."""
    master, slave = os.openpty()
    tty.setraw(slave)
    path = os.ttyname(slave)
    os.close(slave)
    diary = Diary()
    try:
        async with running(path, diary) as source:
            while not source.received:
                os.write(master, 2 * STANDARD_TEMPO.frame())
                await asyncio.sleep(0.02)
            reading = await source.first_reading(5)
            assert reading.serial == STANDARD_TEMPO.serial

            with pytest.raises(OSError, match="already locked"):
                await serialx.create_serial_connection(
                    hass.loop, asyncio.Protocol, path, baudrate=1200
                )
            os.close(master)
            master = -1
            await diary.until(2)
    finally:
        if master >= 0:
            os.close(master)
    assert diary.entries == ["up", Problem.CONNECTION_LOST]


@pytest.mark.usefixtures("socket_enabled")
async def test_real_socket(hass: HomeAssistant) -> None:
    """The real serialx, on TCP: the end of the stream is noticed."""
    writers: list[asyncio.StreamWriter] = []

    async def meter(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        writer.write(2 * HISTORICAL_HC.frame())

    server = await asyncio.start_server(meter, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    diary = Diary()
    async with running(f"socket://127.0.0.1:{address[1]}", diary) as source:
        assert (await source.first_reading(5)).serial == HISTORICAL_HC.serial
        writers[0].close()
        await diary.until(2)
    server.close()
    await server.wait_closed()
    assert diary.entries == ["up", Problem.CONNECTION_LOST]
