"""Serial ports that exist in memory only, in place of serialx's connections."""

import asyncio
from collections.abc import Callable
import errno
from typing import Any

from serialx import Parity, StopBits

from .meters import Meter

NOISE = bytes(range(0x21, 0x7F))


class Transport(asyncio.Transport):
    """An open connection to a port."""

    def __init__(self, port: Port, protocol: asyncio.Protocol, baudrate: int) -> None:
        """Lock the port."""
        super().__init__()
        self.baudrate = baudrate
        self.protocol = protocol
        self._port = port

    def close(self) -> None:
        """Release the port a little later, as serialx does."""
        asyncio.get_running_loop().call_soon(self.lose, None)

    def lose(self, error: Exception | None) -> None:
        """End the connection, from either side."""
        if self._port.transport is self:
            self._port.transport = None
            self.protocol.connection_lost(error)


class Port:
    """What is at the end of one URL."""

    def __init__(self) -> None:
        """Begin unplugged from any meter, and free."""
        self.transport: Transport | None = None
        self.error: Exception | None = None
        self.speed: int | None = None
        """Speed of the line; None for one that any speed can read."""
        self.opened: list[int] = []
        """Speeds that it was opened at."""
        self.attempts = 0
        self.waiting = b""
        """Bytes that are handed over while the port is being opened."""

    async def open(
        self, factory: Callable[[], asyncio.Protocol], **settings: Any
    ) -> tuple[Transport, asyncio.Protocol]:
        """Open the port, unless it is to fail or is open already."""
        self.attempts += 1
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        if self.transport is not None:
            raise OSError(errno.EBUSY, "already locked by another process")
        assert settings["parity"] is Parity.EVEN
        assert settings["stopbits"] is StopBits.ONE
        assert settings["byte_size"] == 7
        protocol = factory()
        self.opened.append(settings["baudrate"])
        self.transport = Transport(self, protocol, settings["baudrate"])
        protocol.connection_made(self.transport)
        if self.waiting:
            self.send(self.waiting)
        return self.transport, protocol

    def send(self, data: bytes) -> None:
        """Send bytes, which are heard wrong at another speed than the line's."""
        if self.transport is None:
            return
        if self.speed not in (None, self.transport.baudrate):
            data = (NOISE * (len(data) // len(NOISE) + 1))[: len(data)]
        self.transport.protocol.data_received(data)

    def unplug(self, error: Exception | None = None) -> None:
        """Pull the plug; it cannot be opened until it is plugged in again."""
        self.error = FileNotFoundError(errno.ENOENT, "No such file or directory")
        if self.transport is not None:
            self.transport.lose(error)

    def plug(self) -> None:
        """Plug it in (again)."""
        self.error = None


class Ports:
    """All ports there are; one that nobody made does not exist."""

    def __init__(self) -> None:
        """Begin without any."""
        self._ports: dict[str, Port] = {}

    def __getitem__(self, url: str) -> Port:
        """Return the port of a URL, making it at the first call."""
        return self._ports.setdefault(url, Port())

    async def connect(
        self,
        loop: asyncio.AbstractEventLoop,
        factory: Callable[[], asyncio.Protocol],
        url: str,
        **settings: Any,
    ) -> tuple[Transport, asyncio.Protocol]:
        """Stand in for `serialx.create_serial_connection`."""
        if url not in self._ports:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", url)
        return await self._ports[url].open(factory, **settings)


class Time:
    """Makes the event loop believe that time has passed."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take the loop's clock over."""
        self._real = loop.time
        self._ahead = 0.0
        loop.slow_callback_duration = 60
        loop.time = lambda: self._real() + self._ahead  # type: ignore[method-assign]

    async def settle(self) -> None:
        """Let everything run that is due."""
        for _ in range(12):
            await asyncio.sleep(0)

    async def advance(
        self, seconds: float, port: Port | None = None, meter: Meter | None = None
    ) -> None:
        """Let seconds pass, while a meter sends a frame each half second."""
        await self.settle()
        for _ in range(round(seconds * 2)):
            self._ahead += 0.5
            if port is not None and meter is not None:
                port.send(meter.frame())
            await self.settle()
