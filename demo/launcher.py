"""The demo: a meter, the real Home Assistant beside it, and a clean end."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
import contextlib
import fcntl
from pathlib import Path
import signal
import socket
import time
from typing import Any

from . import clock, furnish
from .choices import Choices, OtherMeterError, complete, config_path, parse
from .client import Client, RefusedError
from .config_folder import ConfigFolder, FolderError
from .control import ask, standard_input
from .home_assistant import HomeAssistantDiedError, HomeAssistantProcess
from .house_page import URL_PATH
from .loads import furnish_loads, has_loads
from .scenarios import SCENARIOS
from .texts import Speaker, own_language

USERNAME = PASSWORD = "demo"  # noqa: S105
_HOST = "127.0.0.1"
_FIRST_PORT = 8123
_PORTS = 50
_START_S = 240.0
# what must not be said of us in the log of a healthy run
_OUR_WORDS = (
    "custom_components.linky_pilote",
    "linky_pilote",
    "Detected that custom integration",
)
# said of every custom integration
_ALWAYS_SAID = "has not been tested by Home Assistant"
# said of anything that takes some milliseconds, where a minute is a second
_SAID_WHEN_FAST = "Updating state for"


class DemoError(Exception):
    """Something that the person has to know; the message is for them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo until it is told to stop."""
    given = parse(arguments)
    speaker = Speaker(given.language or own_language())
    folder = ConfigFolder(config_path(given))
    try:
        folder.open(fresh=given.fresh or given.scenario is not None)
        with _locked(folder, speaker):
            choices, kept = complete(given, folder.remembered())
            folder.remember(kept)
            return asyncio.run(Demo(choices, folder).run())
    except OtherMeterError as error:
        text = speaker.text("other_meter", folder=folder.path, differences=error)
        speaker.say("error", error=text)
    except (
        DemoError,
        FolderError,
        HomeAssistantDiedError,
        OSError,
        RefusedError,
        ValueError,
    ) as error:
        speaker.say("error", error=error)
    return 1


@contextlib.contextmanager
def _locked(folder: ConfigFolder, speaker: Speaker) -> Iterator[None]:
    with folder.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = speaker.text("folder_busy", folder=folder.path)
            raise DemoError(text) from None
        yield


class Demo:
    """One run of the demo."""

    def __init__(self, choices: Choices, folder: ConfigFolder) -> None:
        """Nothing starts before `run`."""
        self._choices = choices
        self._folder = folder
        self._speaker = Speaker(choices.language)
        self._stop = asyncio.Event()
        self._healthy = True
        self._simulated = False
        self._url = ""
        self._entry_id = ""

    async def run(self) -> int:
        """Start all, wait for the end, stop all; return the exit status."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._stop.set)
        choices, folder = self._choices, self._folder
        port = self._free_port()
        self._url = f"http://{_HOST}:{port}"
        folder.fill(
            http_port=port,
            language=choices.language,
            house=self._house(),
        )
        async with self._home_assistant() as home_assistant:
            with self._commands():
                await self._use(home_assistant)
        return 0 if self._healthy else 1

    async def _use(self, home_assistant: HomeAssistantProcess) -> None:
        stopped = await self._unless_stopped(
            self._set_up(home_assistant), home_assistant
        )
        if not stopped:
            await self._unless_stopped(self._show(home_assistant), home_assistant)

    def _free_port(self) -> int:
        wanted = self._choices.http_port
        if wanted is not None:
            if not _is_free(wanted):
                raise DemoError(self._speaker.text("port_taken", port=wanted))
            return wanted
        for port in range(_FIRST_PORT, _FIRST_PORT + _PORTS):
            if _is_free(port):
                return port
        raise DemoError(self._speaker.text("port_taken", port=_FIRST_PORT))

    def _house(self) -> dict[str, Any] | None:
        """Return the house as Home Assistant reads it; None beside a real meter."""
        choices = self._choices
        if choices.port is not None:
            return None
        return self._folder.house(
            choices.meter, choices.mode, choices.scenario, choices.control
        )

    @property
    def _control(self) -> Path:
        return self._choices.control or self._folder.control

    @contextlib.contextmanager
    def _commands(self) -> Iterator[None]:
        """Take commands for the virtual meter from the terminal."""
        if self._choices.port is not None:
            yield
            return
        loop = asyncio.get_running_loop()
        typed: asyncio.Queue[str] = asyncio.Queue()

        async def obey() -> None:
            while True:
                text = await typed.get()
                if text.strip() == "quit":
                    self._stop.set()
                else:
                    print(await self._order(text), flush=True)

        task = asyncio.create_task(obey())
        with standard_input(typed.put_nowait, loop):
            try:
                yield
            finally:
                task.cancel()

    async def _order(self, text: str) -> str:
        try:
            return await ask(self._control, text)
        except OSError as error:
            return f"error: {error}"

    @contextlib.asynccontextmanager
    async def _home_assistant(self) -> AsyncIterator[HomeAssistantProcess]:
        process = HomeAssistantProcess(
            self._folder.path, self._folder.console, self._clock_variables()
        )
        self._speaker.say("starting")
        await process.start()
        try:
            yield process
        finally:
            self._speaker.say("stopping")
            await self._set_speed(1)
            good = await process.stop()
            self._speaker.say("stopped" if good else "killed")
            self._healthy = self._healthy and good

    def _clock_variables(self) -> dict[str, str]:
        """Return what gives Home Assistant a clock of its own, where it needs one."""
        choices = self._choices
        if choices.port is not None:
            return {}
        now_s = time.time()
        if choices.scenario is not None:
            start_s = SCENARIOS[choices.scenario].start_s
        else:
            # the last run may have got ahead of the world
            start_s = max(now_s, self._folder.meter_time_s() or now_s)
        self._simulated = choices.speed > 1 or start_s != now_s
        if not self._simulated:
            return {}
        library = clock.find_library()
        if library is None:
            raise DemoError(self._speaker.text("no_faketime"))
        return clock.variables(library, start_s)

    async def _set_speed(self, speed: float) -> None:
        if not self._simulated:
            return
        answer = await self._order(f"speed {speed:g}")
        if answer != "ok" and speed > 1:
            raise DemoError(answer)

    async def _unless_stopped(
        self, work: Coroutine[Any, Any, None], home_assistant: HomeAssistantProcess
    ) -> bool:
        """Do something unless it is time to stop; raise when Home Assistant dies."""
        tasks = [
            asyncio.create_task(work),
            asyncio.create_task(self._stop.wait()),
            asyncio.create_task(home_assistant.died()),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return self._stop.is_set()

    async def _set_up(self, home_assistant: HomeAssistantProcess) -> None:
        """Bring Home Assistant to the point where there is something to look at."""
        choices, speaker = self._choices, self._speaker
        try:
            async with asyncio.timeout(_START_S), Client(self._url) as client:
                await client.wait_until_up()
                entry_id = await self._furnish(client)
                await furnish.wait_for_meter(client, entry_id)
                await client.log_out()
        except TimeoutError:
            text = speaker.text(
                "too_slow",
                seconds=_START_S,
                console=self._folder.console,
                tail=home_assistant.tail(),
            )
            raise DemoError(text) from None
        except furnish.NoMeterError as error:
            raise DemoError(speaker.text("no_meter", reason=error)) from None
        self._entry_id = entry_id
        speaker.say(
            "ready",
            url=self._url,
            username=USERNAME,
            password=PASSWORD,
            meter=self._describe_meter(),
            house=self._describe_house(),
        )
        await self._set_speed(choices.speed)
        if choices.fault:
            print(await self._order(f"fault {choices.fault}"), flush=True)

    async def _furnish(self, client: Client) -> str:
        language = self._choices.language
        if not await client.onboard("Demo", USERNAME, PASSWORD, language):
            await client.log_in(USERNAME, PASSWORD)
        await client.connect()
        await client.wait_until_running()
        self._speaker.say("adding")
        port = self._choices.port or str(self._folder.meter_link)
        entry_id = await furnish.add_meter(client, port)
        await furnish.wait_for_meter(client, entry_id)
        await furnish.set_language(client, language)
        await furnish.make_dashboard(client)
        await furnish.set_up_energy(client, entry_id)
        if self._choices.port is None:
            await furnish.add_grid(client)
            if not await has_loads(client, entry_id):
                await furnish_loads(client, entry_id)
            await furnish.make_house_page(client, entry_id, language)
        return entry_id

    async def _show(self, home_assistant: HomeAssistantProcess) -> None:
        """Let the person look, for ever or for a given time."""
        if self._choices.exit_after_s is None:
            await asyncio.Event().wait()
            return
        await asyncio.sleep(self._choices.exit_after_s)
        await self._check_health(home_assistant)

    async def _check_health(self, home_assistant: HomeAssistantProcess) -> None:
        """Notice what is wrong at the end of a run that was limited in time."""
        await self._set_speed(1)
        async with Client(self._url) as client:
            await client.log_in(USERNAME, PASSWORD)
            await client.connect()
            live = await furnish.meter_is_live(client, self._entry_id)
            await client.log_out()
        why = [
            line
            for line in home_assistant.complaints(_OUR_WORDS)
            if _ALWAYS_SAID not in line
            and not (self._simulated and _SAID_WHEN_FAST in line)
        ]
        if not live:
            why.append(self._speaker.text("not_live"))
        if why:
            self._healthy = False
            self._speaker.say("unhealthy", why="\n".join(why))

    def _describe_meter(self) -> str:
        speaker, choices = self._speaker, self._choices
        if choices.port is not None:
            return speaker.text("real", port=choices.port)
        speed = choices.speed
        name = "speed_1" if speed == 1 else "speed_n"
        return speaker.text("virtual", speed=speaker.text(name, speed=speed))

    def _describe_house(self) -> str:
        if self._choices.port is not None:
            return ""
        return self._speaker.text("house", url=f"{self._url}/{URL_PATH}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
        return True
