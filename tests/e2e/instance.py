"""One real Home Assistant for tests: its process, its user, what it shows and logs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
import contextlib
from pathlib import Path
import signal
import socket
import time
from typing import Any, Final

import yaml

from demo.client import Client
from demo.config_folder import CLOCK_INTEGRATION, ConfigFolder
from demo.home_assistant import HomeAssistantProcess

from .watch import Log, Watch

DOMAIN: Final = "linky_pilote"
_USER: Final = ("Camille", "camille", "test-e2e")
_START_S: Final = 120.0
_STEP_S: Final = 0.1


def free_port() -> int:
    """Return a TCP port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def until[T](
    ask: Callable[[], Awaitable[T]],
    seconds: float,
    what: str,
    good: Callable[[T], bool] = bool,
) -> T:
    """Ask again and again until the answer is good; fail after some seconds."""
    end = time.monotonic() + seconds
    while not good(answer := await ask()):
        assert time.monotonic() < end, f"not in {seconds} s: {what}; last: {answer!r}"
        await asyncio.sleep(_STEP_S)
    return answer


class User(Client):
    """A person at the frontend."""

    @property
    def token(self) -> str:
        """What opens further connections."""
        return self._headers["Authorization"].removeprefix("Bearer ")

    async def ask(self, kind: str, **fields: Any) -> Any:
        """Send a command, on a new connection: nobody would answer pings on an old one."""
        await self.connect()
        try:
            return await super().ask(kind, **fields)
        finally:
            await self._websocket.close()

    async def delete(self, path: str) -> Any:
        """Delete what is at a path."""
        return await self._request("DELETE", path, None)

    async def entries(self) -> list[dict[str, Any]]:
        """Return the config entries of the integration."""
        path = f"/api/config/config_entries/entry?domain={DOMAIN}"
        entries: list[dict[str, Any]] = await self.get(path)
        return entries

    async def entities(self, entry_id: str) -> list[dict[str, Any]]:
        """Return the registry's entities of an entry, the disabled ones too."""
        return [
            entity
            for entity in await self.ask("config/entity_registry/list")
            if entity["config_entry_id"] == entry_id
        ]

    async def words(self, language: str, category: str) -> dict[str, str]:
        """Return the integration's translations, as the frontend gets them."""
        answer = await self.ask(
            "frontend/get_translations",
            language=language,
            category=category,
            integration=[DOMAIN],
        )
        words: dict[str, str] = answer["resources"]
        return words


class Instance:
    """A Home Assistant of its own, in a folder of its own."""

    def __init__(
        self,
        path: Path,
        *,
        speed: float | None = None,
        integrations: Sequence[Path] = (),
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """With a speed, the meters' clock runs that much faster.

        The process gets these environment variables on top of ours.
        """
        self.folder = ConfigFolder(path)
        self.url = f"http://127.0.0.1:{free_port()}"
        self.user: User
        self.watch = Watch(self.url)
        self.log = Log(path)
        self._speed = speed
        self._variables = variables
        self._integrations = integrations
        self._process: HomeAssistantProcess | None = None
        self._session = contextlib.AsyncExitStack()

    async def start(self) -> None:
        """Start it, in English, and log in."""
        if not self.folder.path.exists():
            self._fill()
        self._process = process = HomeAssistantProcess(
            self.folder.path, self.log.next_file(), self._variables
        )
        await process.start()
        died = asyncio.create_task(process.died())
        ready = asyncio.create_task(self._log_in())
        try:
            async with asyncio.timeout(_START_S):
                await asyncio.wait((died, ready), return_when=asyncio.FIRST_COMPLETED)
            if died.done():
                await died
            await ready
        except TimeoutError:
            raise AssertionError(
                f"Home Assistant did not start:\n{self.log.tail()}"
            ) from None
        finally:
            died.cancel()
            ready.cancel()
            await asyncio.gather(died, ready, return_exceptions=True)

    async def stop(self) -> None:
        """Stop it; it must do so by itself."""
        await self.watch.disconnect()
        await self._session.aclose()
        if self._process is not None:
            good = await self._process.stop()
            self._process = None
            assert good, f"Home Assistant had to be killed:\n{self.log.tail()}"

    async def kill(self) -> None:
        """End it without a word, as a power cut does."""
        await self.watch.disconnect()
        await self._session.aclose()
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        await self._process.stop()
        self._process = None

    async def restart(self) -> None:
        """Stop it and start it again."""
        await self.stop()
        await self.start()

    async def fall_asleep(self) -> None:
        """Let it stand still, as on a machine that is suspended."""
        await self.watch.disconnect()
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    async def wake_up(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)
        await self.watch.connect(self.user.token)

    async def expect(self, met: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait for a condition on the states, and fail with the end of the log."""
        if not await self.watch.until(met, seconds):
            raise AssertionError(f"not in {seconds} s: {what}\n{self.log.tail()}")

    def _fill(self) -> None:
        self.folder.open(fresh=True)
        self.folder.remember({})
        port = int(self.url.rpartition(":")[2])
        self.folder.fill(http_port=port, language="en", speed=self._speed or 1.0)
        for integration in self._integrations:
            link = self.folder.path / "custom_components" / integration.name
            link.symlink_to(integration, target_is_directory=True)
        if self._speed is None:
            # what people have: nothing of the demo
            (self.folder.path / "custom_components" / CLOCK_INTEGRATION.name).unlink()
            file = self.folder.path / "configuration.yaml"
            configuration = yaml.safe_load(file.read_text("utf-8"))
            del configuration[CLOCK_INTEGRATION.name]
            file.write_text(yaml.safe_dump(configuration), "utf-8")

    async def _log_in(self) -> None:
        name, username, password = _USER
        self.user = await self._session.enter_async_context(User(self.url))
        await self.user.wait_until_up()
        if not await self.user.onboard(name, username, password, "en"):
            await self.user.log_in(username, password)
        await self.user.wait_until_running()
        await self.watch.connect(self.user.token)
