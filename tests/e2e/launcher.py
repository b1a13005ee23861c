"""The demo as a person starts it: a program that prints and is stopped by Ctrl-C."""

import asyncio
from collections.abc import AsyncIterator
import contextlib
import os
from pathlib import Path
import re
import signal
import sys
from typing import Final

_REPOSITORY: Final = Path(__file__).parents[2]
_READY_S: Final = 120.0
_END_S: Final = 60.0


class Launcher:
    """A demo that runs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Begin without having read anything."""
        self.output = ""
        self._process = process
        self._reader = asyncio.create_task(self._read())
        self._printed = asyncio.Condition()

    async def url(self) -> str:
        """Return the address that it prints when it is ready."""

        def found() -> re.Match[str] | None:
            return re.search(r"(http://\S+)\n", self.output)

        async with asyncio.timeout(_READY_S), self._printed:
            await self._printed.wait_for(
                lambda: found() is not None or self._reader.done()
            )
        match = found()
        assert match is not None, self.output
        return match[1]

    async def end(self) -> int:
        """Wait for its end; return its exit status."""
        async with asyncio.timeout(_END_S):
            status = await self._process.wait()
            await self._reader
        return status

    async def interrupt(self) -> int:
        """Press Ctrl-C; return the exit status."""
        self._process.send_signal(signal.SIGINT)
        return await self.end()

    async def clean_up(self) -> None:
        """End it whatever happened."""
        if self._process.returncode is None:
            self._process.terminate()
            try:
                await self.end()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        await self._reader

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            async with self._printed:
                self.output += line.decode()
                self._printed.notify_all()
        async with self._printed:
            self._printed.notify_all()


@contextlib.asynccontextmanager
async def launched(*arguments: str) -> AsyncIterator[Launcher]:
    """Start the demo."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "demo",
        *arguments,
        cwd=_REPOSITORY,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    launcher = Launcher(process)
    try:
        yield launcher
    finally:
        await launcher.clean_up()
