"""The two doors by which commands reach a running line."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
import contextlib
from functools import partial
import os
from pathlib import Path
import sys

type Obey = Callable[[str], str]


async def answer(
    obey: Obey, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Obey one visitor until he leaves."""
    while text := await reader.readline():
        writer.write(f"{obey(text.decode(errors='replace'))}\n".encode())
        await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def control_socket(obey: Obey, path: Path) -> AsyncIterator[None]:
    """Take commands from a Unix socket, one a line."""
    server = await asyncio.start_unix_server(partial(answer, obey), path)
    try:
        yield
    finally:
        server.close()


async def ask(path: Path, text: str) -> str:
    """Send one command to such a socket; return the answer."""
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(f"{text}\n".encode())
    # the end of what is asked ends the answer
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    return answer.decode().rstrip("\n")


@contextlib.contextmanager
def standard_input(
    give: Callable[[str], None], loop: asyncio.AbstractEventLoop
) -> Iterator[None]:
    """Give away what comes by standard input, line by line; its end changes nothing."""
    rest = b""

    def readable() -> None:
        nonlocal rest
        data = os.read(descriptor, 4096)
        if not data:
            loop.remove_reader(descriptor)
        *lines, rest = (rest + data).split(b"\n")
        for text in lines:
            give(text.decode(errors="replace"))

    try:
        descriptor = sys.stdin.fileno()
        loop.add_reader(descriptor, readable)
    except OSError:
        # not something that can be waited for: a file, or /dev/null
        yield
        return
    try:
        yield
    finally:
        loop.remove_reader(descriptor)
