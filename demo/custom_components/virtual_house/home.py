"""The house and its meter while Home Assistant runs."""

import asyncio
from collections.abc import Callable
import contextlib
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from custom_components.linky_pilote.engine.reading import TempoColor
from custom_components.linky_pilote.engine.regulation.model import Setting
from demo.chance import key as key_of, unit
from demo.control import control_socket
from demo.meter import VirtualMeter
from demo.moment import Moment
from demo.plant import Car, Device
from demo.plant.device import VOLT
from demo.residence import AMPERES, residence
from demo.sky import Sky
from demo.tariff import TEMPO_DAY_HOUR
from demo.virtual_line import LineSetup, VirtualLine, write_file
from demo.weather import Weather

from .const import DOMAIN

TELL_S: Final = 2.0
"""Seconds between two looks at the house."""
_SOON_S: Final = 1.1
"""After a command: the second in which the appliance obeys has passed."""
_DROPS: Final = key_of("dropped commands")


class VirtualHome:
    """One house, its meter on a pseudo-terminal, and who wants to know of them."""

    def __init__(self, hass: HomeAssistant, setup: LineSetup) -> None:
        """Build it; `start` brings it to life."""
        self.sky = Sky(Weather(setup.meter.seed))
        self.line = VirtualLine(
            setup, write=partial(hass.async_add_executor_job, write_file)
        )
        self.house = residence(
            seed=setup.meter.seed, phases=setup.meter.phases, sky=self.sky
        )
        self.line.inhabit(self.house)
        self.dropped = 0.0
        """Share of the commands that get lost on their way, 0 to 1."""
        self.amperes = AMPERES.high
        """What the charger is set to, on or off."""
        self.told = 0
        """Commands that were sent to the appliances."""
        self._hass = hass
        self._listeners: list[Callable[[], None]] = []
        self._doors = contextlib.AsyncExitStack()
        self._life: asyncio.Task[None] | None = None
        self._cancel: CALLBACK_TYPE | None = None

    @property
    def meter(self) -> VirtualMeter:
        """The meter."""
        return self.line.meter

    @property
    def now(self) -> Moment:
        """The instant that the house has reached."""
        return Moment.at(self.meter.state.epoch_s)

    async def start(self, control: Path) -> None:
        """Let the house live; orders for the meter come by a socket."""
        control.unlink(missing_ok=True)  # noqa: ASYNC240 - once, on a local disk
        await self._doors.enter_async_context(control_socket(self.line, control))
        self.line.plug()
        self.line.tick()
        self._life = self._hass.async_create_background_task(
            self.line.run(), "virtual house"
        )
        self._tell_again(TELL_S)

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
    def command(self, device: Device, setting: Setting) -> None:
        """Send a command to an appliance; it may get lost."""
        self.told += 1
        if unit(_DROPS, self.told) >= self.dropped:
            device.command(setting)
        self.changed()

    @callback
    def changed(self) -> None:
        """Look at the house now, and when it had time to react."""
        self._tell()
        self._tell_again(_SOON_S)

    @callback
    def charge(self, charger: Car, *, on: bool) -> None:
        """Let the car charge with the amperes that were set, or not at all."""
        value = self.amperes if on else 0.0
        self.command(charger, Setting(power=value * VOLT, value=value))

    # --- what is around the house ---

    def choose_color(self, days: int, color: TempoColor | None) -> None:
        """Choose the colour of the Tempo day so many days after today's, or let go."""
        day = self.now.day_starting_at(TEMPO_DAY_HOUR) + timedelta(days=days)
        chosen = self.meter.tariff.calendar.chosen
        if color is None:
            chosen.pop(day, None)
        else:
            chosen[day] = color
        self.changed()

    def chosen_color(self, days: int) -> TempoColor | None:
        """Return the colour that was chosen for that day."""
        day = self.now.day_starting_at(TEMPO_DAY_HOUR) + timedelta(days=days)
        return self.meter.tariff.calendar.chosen.get(day)

    # --- telling ---

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
            self._tell_again(TELL_S)

        self._cancel = async_call_later(self._hass, seconds, later)


DATA_HOME: Final[HassKey[VirtualHome]] = HassKey(DOMAIN)
