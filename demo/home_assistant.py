"""Home Assistant as a child process."""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
import contextlib
import os
from pathlib import Path
import signal
import sys

_STOP_S = 30.0
_TAIL_LINES = 25


class HomeAssistantDiedError(Exception):
    """Home Assistant ended by itself; the message has the end of its log."""


class HomeAssistantProcess:
    """The real thing, in a folder of its own."""

    def __init__(
        self, config: Path, console: Path, variables: Mapping[str, str] | None = None
    ) -> None:
        """Its output goes to a file; it gets these variables on top of ours."""
        self._config = config
        self._variables = variables or {}
        self._console = console
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; it takes some seconds until it answers."""
        environment = {**os.environ, **self._variables}
        # without compiled files each start would take some seconds more
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        with self._console.open("wb") as console:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "homeassistant",
                "--config",
                str(self._config),
                # all that it needs is in the environment of the demo
                "--skip-pip",
                cwd=self._config,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=console,
                stderr=asyncio.subprocess.STDOUT,
                # Ctrl-C is for us: we stop it in good order
                start_new_session=True,
            )

    async def died(self) -> None:
        """Wait for its end, and raise: it should not end by itself."""
        assert self._process is not None
        code = await self._process.wait()
        raise HomeAssistantDiedError(
            f"Home Assistant ended with exit status {code}. The end of its log"
            f" ({self._console}):\n{self.tail()}"
        )

    async def stop(self) -> bool:
        """Stop it; return whether it stopped by itself in good time."""
        process = self._process
        if process is None or process.returncode is not None:
            return True
        process.terminate()
        try:
            async with asyncio.timeout(_STOP_S):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            return False
        return True

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal: it can be made to sleep, and be woken up."""
        assert self._process is not None
        self._process.send_signal(number)

    def tail(self) -> str:
        """Return the last lines that it wrote."""
        with self._console.open(encoding="utf-8", errors="replace") as lines:
            return "".join(deque(lines, _TAIL_LINES)).rstrip()

    def complaints(self, words: Iterable[str]) -> list[str]:
        """Return the warnings and errors in its log that contain one of some words."""
        wanted = tuple(words)
        with self._console.open(encoding="utf-8", errors="replace") as lines:
            return [
                line.rstrip()
                for line in lines
                if (" ERROR " in line or " WARNING " in line)
                and any(word in line for word in wanted)
            ]
