"""Weekly windows, as `schedule` helpers hold them."""

from collections.abc import Callable, Mapping
from datetime import time
from typing import Any, Final

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import (
    async_track_entity_registry_updated_event,
    async_track_state_change_event,
)

from ..const import LOGGER
from ..engine.regulation.model import Window
from ..entity_ids import resolve

_DAYS: Final = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
_NEVER: Final = (Window(days=frozenset()),)
"""A schedule without any time in it."""


class Schedules:
    """The schedules that loads follow; told of changes, it reads them again."""

    def __init__(self, hass: HomeAssistant, changed: Callable[[], None]) -> None:
        """`changed` is called when the windows of a schedule are others."""
        self._hass = hass
        self._changed = changed
        self._windows: dict[str, tuple[Window, ...]] = {}
        self._unfollow: dict[str, tuple[CALLBACK_TYPE, ...]] = {}

    def windows(self, stored: str | None) -> tuple[Window, ...]:
        """Return the windows of a schedule; empty, without one: always.

        One that is not read yet, or is gone, starts nothing.
        """
        return () if stored is None else self._windows.get(stored, _NEVER)

    def is_gone(self, stored: str) -> bool:
        """Tell whether a schedule has been removed; at a start it may still come."""
        entity_id = resolve(self._hass, stored)
        if entity_id is None:
            return True
        return self._hass.is_running and self._hass.states.get(entity_id) is None

    async def async_load(self, wanted: set[str]) -> None:
        """Follow these schedules, and no others."""
        for stored in self._unfollow.keys() - wanted:
            self._leave(stored)
            self._windows.pop(stored, None)
        for stored in wanted - self._unfollow.keys():
            await self._async_follow(stored)

    @callback
    def stop(self) -> None:
        """Follow none any more."""
        for stored in list(self._unfollow):
            self._leave(stored)

    def _leave(self, stored: str) -> None:
        for unfollow in self._unfollow.pop(stored, ()):
            unfollow()

    async def _async_follow(self, stored: str) -> None:
        """Read a schedule now and whenever it changes, by the name that it has then."""
        entity_id = resolve(self._hass, stored)
        if entity_id is None:
            self._set(stored, _NEVER)
            return

        async def changed(event: Event[EventStateChangedData]) -> None:
            await self._async_read(stored)

        async def renamed(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
            self._leave(stored)
            await self._async_follow(stored)

        self._unfollow[stored] = (
            async_track_state_change_event(self._hass, entity_id, changed),
            async_track_entity_registry_updated_event(self._hass, entity_id, renamed),
        )
        await self._async_read(stored)

    async def _async_read(self, stored: str) -> None:
        entity_id = resolve(self._hass, stored)
        if entity_id is None or self._hass.states.get(entity_id) is None:
            return
        try:
            answer = await self._hass.services.async_call(
                "schedule",
                "get_schedule",
                {ATTR_ENTITY_ID: entity_id},
                blocking=True,
                return_response=True,
            )
        except HomeAssistantError as err:
            LOGGER.warning("The schedule %s cannot be read: %s", entity_id, err)
            return
        blocks = answer.get(entity_id) if answer else None
        self._set(stored, windows_of(blocks) if isinstance(blocks, Mapping) else _NEVER)

    def _set(self, stored: str, windows: tuple[Window, ...]) -> None:
        if windows != self.windows(stored):
            self._windows[stored] = windows
            self._changed()


def windows_of(blocks: Mapping[str, Any]) -> tuple[Window, ...]:
    """Return the windows of a week, as `schedule.get_schedule` answers."""
    windows = tuple(
        Window(
            days=frozenset({day}),
            start=_minute(block["from"]),
            end=_minute(block["to"], end=True),
        )
        for day, name in enumerate(_DAYS)
        for block in blocks.get(name, ())
    )
    return windows or _NEVER


def _minute(at: time | str, *, end: bool = False) -> int:
    moment = at if isinstance(at, time) else time.fromisoformat(at)
    minute = moment.hour * 60 + moment.minute
    # The day's last minute stands for midnight
    return 1440 if end and moment >= time(23, 59) else minute
