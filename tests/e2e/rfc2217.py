"""A server of RFC 2217: a serial line that its reader sets, by telnet.

python -m tests.e2e.rfc2217 PORT DEVICE

It serves the line of a device to one reader at a time, sets the line's speed as it is
told and acknowledges all else; what it was told is printed, an order a line.
"""

import asyncio
from collections.abc import Iterator
import os
import re
import sys
import termios
import tty
from typing import override

IAC, SB, SE = b"\xff", b"\xfa", b"\xf0"
WILL, DO = 0xFB, 0xFD
_ACCEPT = {WILL: b"\xfd", DO: b"\xfb"}
_REFUSE = {WILL: b"\xfe", DO: b"\xfc"}
_BINARY, _SUPPRESS_GO_AHEAD, COM_PORT = 0, 3, 44
_OPTIONS = (_BINARY, _SUPPRESS_GO_AHEAD, COM_PORT)
_ANSWER = 100
"""What RFC 2217 adds to the number of an order to acknowledge it."""
_ORDERS = {1: "speed", 2: "size", 3: "parity", 4: "stop"}
_TELNET = re.compile(
    rb"\xff(?:(?P<verb>[\xfb-\xfe])(?P<option>.)"
    rb"|\xfa\x2c(?P<order>.)(?P<value>(?:[^\xff]|\xff\xff)*)\xff\xf0)",
    re.DOTALL,
)


class Reader(asyncio.Protocol):
    """The one who reads the line."""

    def __init__(self, device: str) -> None:
        """Open the device."""
        self._rest = b""
        self._loop = asyncio.get_running_loop()
        self._device = os.open(device, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._device)

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._loop.add_reader(self._device, self._forward)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._loop.remove_reader(self._device)
        os.close(self._device)

    @override
    def data_received(self, data: bytes) -> None:
        self._rest += data
        self._transport.write(b"".join(self._answers()))

    def _answers(self) -> Iterator[bytes]:
        end = 0
        for found in _TELNET.finditer(self._rest):
            end = found.end()
            if found["verb"] is None:
                yield self._obey(found["order"][0], found["value"])
            elif (verb := found["verb"][0]) in _ACCEPT:
                answers = _ACCEPT if found["option"][0] in _OPTIONS else _REFUSE
                yield IAC + answers[verb] + found["option"]
        self._rest = self._rest[end:]

    def _obey(self, order: int, value: bytes) -> bytes:
        number = int.from_bytes(value.replace(IAC + IAC, IAC))
        if (name := _ORDERS.get(order)) is not None:
            sys.stdout.write(f"{name} {number}\n")
            sys.stdout.flush()
        if name == "speed":
            attributes = termios.tcgetattr(self._device)
            attributes[4] = attributes[5] = getattr(termios, f"B{number}")
            termios.tcsetattr(self._device, termios.TCSANOW, attributes)
        return IAC + SB + bytes((COM_PORT, order + _ANSWER)) + value + IAC + SE

    def _forward(self) -> None:
        try:
            data = os.read(self._device, 4096)
        except OSError:
            data = b""
        if data:
            self._transport.write(data.replace(IAC, IAC + IAC))
        else:
            self._transport.abort()


async def serve(port: int, device: str) -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Reader(device), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
