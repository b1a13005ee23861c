"""A meter on a serial port or behind a serial port's URL.

The line is 7E1 at 1200 baud (historical mode) or 9600 baud (standard mode). The
speed is found by listening, again and again: Enedis can change it at any time.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
import errno
from socket import gaierror
from typing import Final, NoReturn, override

from serialx import Parity, StopBits, create_serial_connection

from ..engine.tic import Decoder, Mark
from .base import LONGEST_GROUP, MeterSource, Problem, SourceListener

_OTHER_SPEED: Final = {9600: 1200, 1200: 9600}
_FIRST_SPEED: Final = 9600

_NOISE_PATIENCE: Final = {9600: 2.0, 1200: 3.0}
"""Seconds of bytes without a good group before the other speed is tried."""
_QUIET_PATIENCE: Final = 5.0
"""Seconds without a byte before the other speed is tried."""
_QUIET_TRIES: Final = 3
"""Connections without a byte, one after the other, that are given up so soon."""
_RENEWAL: Final = 30.0
"""Seconds without a byte before a connection that was never heard, and has no speed
or was tried at all of them, is renewed: the other end may be gone without a word."""

_FLOOD: Final = 2**20
"""Bytes without a good group that no meter would send: a quarter of an hour of them."""
_GREETINGS: Final = {b"HTTP/": "HTTP", b"SSH-": "SSH"}
"""How other services of the network begin to speak, and what they are."""
_GREETING: Final = max(map(len, _GREETINGS))

_DELAYS: Final = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between attempts to open a line that was lost."""
_TICK: Final = 0.5
_CLOSING: Final = 5.0

_SPEEDLESS: Final = ("socket://", "tcp://")


class _EndError(Exception):
    """The connection ended, or had to be ended."""

    def __init__(self, problem: Problem, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem


_PROBLEMS: Final = {
    errno.ENOENT: Problem.NO_SUCH_PORT,
    errno.ENODEV: Problem.NO_SUCH_PORT,
    errno.ENXIO: Problem.NO_SUCH_PORT,
    errno.EBUSY: Problem.PORT_BUSY,
    errno.ECONNREFUSED: Problem.CONNECTION_REFUSED,
    errno.EHOSTUNREACH: Problem.HOST_UNREACHABLE,
    errno.ENETUNREACH: Problem.HOST_UNREACHABLE,
}


def _problem(error: Exception) -> Problem:
    """Say why the line was lost or could not be opened."""
    match error:
        case _EndError():
            return error.problem
        case gaierror():
            return Problem.HOST_NOT_FOUND
        case TimeoutError():
            return Problem.HOST_UNREACHABLE
        case OSError():
            return _PROBLEMS.get(error.errno or 0, Problem.CANNOT_OPEN)
    return Problem.CANNOT_OPEN


class _Line(asyncio.Protocol):
    """The receiving end of an open connection."""

    def __init__(
        self, begin: Callable[[], None], receive: Callable[[bytes], None]
    ) -> None:
        self.lost: asyncio.Future[Exception | None] = (
            asyncio.get_running_loop().create_future()
        )
        self._begin = begin
        self._receive = receive

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Data may come before the call that opens the connection has returned.
        self._begin()

    @override
    def data_received(self, data: bytes) -> None:
        self._receive(data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set_result(exc)


class SerialSource(MeterSource):
    """A meter on a serial port: a device, or any URL that serialx knows."""

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], float],
        listener: SourceListener | None = None,
        expected: str | None = None,
        marks: Mapping[str, Mark] | None = None,
        speed: int | None = None,
    ) -> None:
        """Prepare to listen to a port, at the speed that it had last."""
        self._decoder = Decoder()
        super().__init__(
            self._decoder,
            clock=clock,
            listener=listener,
            expected=expected,
            marks=marks,
        )
        self.baudrate = speed if speed in _OTHER_SPEED else _FIRST_SPEED
        self._url = url
        self._has_speed = not url.startswith(_SPEEDLESS)
        self._again = asyncio.Event()
        self._verified = False
        self._opening = b""
        self._quiet_tries = 0
        self._last_byte = self._noise_since = 0.0

    @property
    @override
    def speed(self) -> int | None:
        return self.baudrate if self._has_speed else None

    @override
    async def run(self) -> NoReturn:
        """Listen until cancelled, reconnecting with growing delays."""
        attempts = 0
        while True:
            self._verified = False
            try:
                await self._listen()
            except Exception as err:  # noqa: BLE001
                # Some ports belong to other integrations, which raise what they like;
                # whatever it is, listening must not end.
                self._lose(_problem(err), str(err))
                attempts = 0 if self._verified else attempts
                await self._wait(_DELAYS[min(attempts, len(_DELAYS) - 1)])
                attempts = 0 if self._again.is_set() else attempts + 1
            else:
                attempts = 0
                self._quiet_tries += 1
                # After a silence the meter speaks on as it did before.
                if self._has_speed and not (self._verified and self._is_quiet()):
                    self.baudrate = _OTHER_SPEED[self.baudrate]

    @override
    def hurry(self) -> None:
        self._again.set()

    async def _wait(self, delay: float) -> None:
        """Wait for the next attempt, or until somebody wants it at once."""
        self._again.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(delay):
                await self._again.wait()

    async def _listen(self) -> None:
        """Listen at one speed until there is a reason to try the other.

        Raises when the port cannot be opened or the connection is lost.
        """
        line = _Line(self._start_over, self.receive)
        transport, _ = await create_serial_connection(
            self._loop,
            lambda: line,
            self._url,
            baudrate=self.baudrate,
            parity=Parity.EVEN,
            stopbits=StopBits.ONE,
            byte_size=7,
        )
        try:
            while not self._is_hopeless():
                await asyncio.wait((line.lost,), timeout=max(_TICK, self._calm()))
                self._watch()
                self._end_what_is_no_meter()
                if line.lost.done():
                    detail = str(line.lost.result() or "end of stream")
                    raise _EndError(Problem.CONNECTION_LOST, detail)
        finally:
            transport.close()
            await asyncio.wait((line.lost,), timeout=_CLOSING)

    @override
    def _start_over(self) -> None:
        super()._start_over()
        self._opening = b""
        self._last_byte = self._noise_since = self._loop.time()

    def receive(self, data: bytes) -> None:
        """Take what was heard; see whether it comes at the right speed."""
        if self._unverified >= _FLOOD:
            return
        now = self._loop.time()
        if not self._unverified:
            self._noise_since = now
        self._last_byte = now
        self._quiet_tries = 0
        if len(self._opening) < _GREETING:
            self._opening += data[:_GREETING]
        self._hear(data, self._decoder.feed(data))
        self._verified |= not self._unverified

    def _calm(self) -> float:
        """Return for how many seconds nothing can be found wrong, by the last group."""
        return self._noise_since + _NOISE_PATIENCE[self.baudrate] - self._loop.time()

    def _end_what_is_no_meter(self) -> None:
        """Raise when something else speaks, whose bytes are of no use."""
        if self._unverified >= _FLOOD:
            raise _EndError(Problem.NOISE_ONLY, f"{self._unverified} bytes")
        for greeting, service in _GREETINGS.items():
            if self._opening.startswith(greeting) and not self._verified:
                raise _EndError(Problem.OTHER_SERVICE, service)

    def _is_hopeless(self) -> bool:
        """Tell whether another speed, or a new connection, may do better."""
        return self._is_quiet() or (
            self._has_speed
            and self._unverified >= LONGEST_GROUP
            and self._last_byte - self._noise_since >= _NOISE_PATIENCE[self.baudrate]
        )

    def _is_quiet(self) -> bool:
        """Tell whether no byte has come for too long."""
        if self._verified:
            patience = self.silence
        elif self._has_speed and self._quiet_tries < _QUIET_TRIES:
            patience = _QUIET_PATIENCE
        else:
            patience = _RENEWAL
        return self._loop.time() - self._last_byte >= patience
