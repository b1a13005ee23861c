"""The world of the demo while Home Assistant runs."""

import asyncio
from collections.abc import Callable
import contextlib
from functools import partial
from pathlib import Path
from typing import Final, override

from homeassistant.components.websocket_api import http as websocket
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from custom_components.linky_pilote.engine.accounting import home as accounts
from custom_components.linky_pilote.engine.regulation.model import Setting
from custom_components.linky_pilote.engine.signals import web
from custom_components.linky_pilote.sources.base import SILENCE, MeterSource
from demo import clock
from demo.control import control_socket
from demo.plant import Device
from demo.scenarios import Scenario, seconds
from demo.virtual_line import LineSetup, write_file
from demo.web import served
from demo.world import World

from .const import DOMAIN

_TELL_S: Final = 2.0
"""Seconds between two looks at the house, and the same in seconds of the world where
time runs faster."""
_FAST_TELL_S: Final = 0.1
_SOON_S: Final = 1.1
"""After a command: the second in which the appliance obeys has passed."""
_PATIENCE_S: Final = 3.0
"""Seconds of the world that Home Assistant may be busy with something else."""
_ANSWER_S: Final = web.TIME_OUT
_LONGEST_STEP_S: Final = accounts.LONGEST_STEP
_LOG_IN_S: Final = 10.0
"""Seconds of the world in which a page has to log in."""
_SETTLING_S: Final = 30.0


class VirtualHome(World):
    """One world, and who wants to know of it."""

    def __init__(
        self, hass: HomeAssistant, setup: LineSetup, scenario: Scenario | None
    ) -> None:
        """Build it; `start` brings it to life."""
        super().__init__(
            setup,
            scenario,
            # not in the event loop
            write=lambda path, text: hass.async_add_executor_job(
                write_file, path, text
            ),
        )
        self.speed = 1.0
        """Seconds in a second of the world."""
        self.web_url = ""
        """Where the stand-in for the web services of the grid answers."""
        self._hass = hass
        self._listeners: list[Callable[[], None]] = []
        self._doors = contextlib.AsyncExitStack()
        self._life: asyncio.Task[None] | None = None
        self._cancel: CALLBACK_TYPE | None = None

    async def start(self, control: Path) -> None:
        """Let the house live; orders come by a socket too."""
        control.unlink(missing_ok=True)  # noqa: ASYNC240 - once, on a local disk
        await self._doors.enter_async_context(control_socket(self.obey, control))
        self.web_url = await self._doors.enter_async_context(served(self))
        self.line.go_on()
        self.line.plug()
        self.line.tick()
        self._life = self._hass.async_create_background_task(
            self.line.run(), "virtual house"
        )
        self._tell_again(_TELL_S)

    async def stop(self) -> None:
        """Unplug the meter and save its registers."""
        if self._cancel is not None:
            self._cancel()
        self.line.stop()
        if self._life is not None:
            await self._life
        await self._doors.aclose()

    @callback
    def listen(self, told: Callable[[], None]) -> CALLBACK_TYPE:
        """Call back whenever the house may have changed; return what ends it."""
        self._listeners.append(told)
        return lambda: self._listeners.remove(told)

    @callback
    @override
    def command(self, device: Device, setting: Setting) -> None:
        if not self.house.acting:
            # where time flies the house may be behind: a command counts from now on
            self.line.tick()
        super().command(device, setting)
        self.changed()

    @callback
    def changed(self) -> None:
        """Look at the house now, and when it had time to react."""
        self._tell()
        self._tell_again(_SOON_S)

    @callback
    def set_speed(self, speed: float) -> None:
        """Let time run that fast, for the house, its meter and Home Assistant.

        Raises `ValueError` for a speed out of range, or where time is real.
        """
        clock.set_speed(speed)
        if speed > self.speed:
            self._set_patience(speed)
        else:
            # what began while time flew may still be on its way
            later = self._hass.loop.call_later(
                _SETTLING_S, lambda: self._set_patience(self.speed)
            )
            self._doors.callback(later.cancel)
        self.speed = self.line.wire.hurry = speed
        self.changed()

    @staticmethod
    def _set_patience(speed: float) -> None:
        """Stretch the time limits that are about the world outside this process.

        A Home Assistant that is busy for a moment has not lost its meter, and a browser
        needs some tenths of a second to log in, whatever the time.
        """
        MeterSource.silence = max(SILENCE, _PATIENCE_S * speed)
        websocket.AUTH_MESSAGE_TIMEOUT = round(_LOG_IN_S * speed)
        web.TIME_OUT = _ANSWER_S * speed
        accounts.LONGEST_STEP = max(_LONGEST_STEP_S, _PATIENCE_S * speed)

    def _slow_down(self, word: str = "until", at: str = "") -> None:
        """Go back to real time at an instant of legal time, and note the energies."""
        if word != "until":
            raise ValueError("speed N [until TIME]")
        if at:
            at_s = seconds(at)
            self.note_at(at_s)
            self.house.schedule(at_s, partial(self.set_speed, 1.0))

    @override
    def obey(self, text: str) -> str:
        match text.split():
            case ["speed", speed, *until]:
                try:
                    self.set_speed(float(speed))
                    self._slow_down(*until)
                except (TypeError, ValueError) as error:
                    return f"error: {error}"
                return "ok"
            case ["quit"]:
                return "error: the house ends with the demo (Ctrl-C)"
            case _:
                answer = super().obey(text)
                self._hass.loop.call_soon(self.changed)
                return answer

    @callback
    def _tell(self) -> None:
        for told in self._listeners:
            told()

    @callback
    def _tell_again(self, seconds: float) -> None:
        if self._cancel is not None:
            self._cancel()

        @callback
        def later(_now: object) -> None:
            self._cancel = None
            self._tell()
            self._tell_again(max(_TELL_S, _FAST_TELL_S * self.speed))

        self._cancel = async_call_later(self._hass, seconds, later)


DATA_HOME: Final[HassKey[VirtualHome]] = HassKey(DOMAIN)
