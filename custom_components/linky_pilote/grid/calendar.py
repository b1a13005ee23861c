"""Calendars of the grid: Tempo days from 06:00 to 06:00, and EcoWatt alerts."""

from abc import abstractmethod
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, override

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..engine.signals import EcowattLevel, day_start, paris
from .describe import LEVELS
from .entity import GridEntity
from .hub import Grid
from .sources import SourceName
from .words import say

if TYPE_CHECKING:
    from ..data import GridConfigEntry

_DAY = timedelta(days=1)
_AHEAD = timedelta(days=7)
"""How far the next event is looked for; nothing is announced for longer."""


class GridCalendar(GridEntity, CalendarEntity):
    """Past and coming events of one kind."""

    _key: str

    def __init__(self, grid: Grid) -> None:
        """Begin with what is known."""
        super().__init__(grid, self._key)
        self._attr_translation_key = f"grid_{self._key}"

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """The event that runs, or the next one."""
        now = self._grid.view.now
        return next(iter(self._events(now, now + _AHEAD)), None)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return the events that a period touches."""
        return self._events(start_date, end_date)

    @abstractmethod
    def _events(self, start: datetime, end: datetime) -> list[CalendarEvent]:
        """Return the known ones that touch a period, in order."""

    @override
    def _look(self) -> object:
        event = self.event
        running = event is not None and event.start <= self._grid.view.now
        return event, running


class TempoCalendarEntity(GridCalendar):
    """The colours of Tempo days."""

    _key = "tempo"

    @override
    def _events(self, start: datetime, end: datetime) -> list[CalendarEvent]:
        return [
            CalendarEvent(
                start=day_start(day),
                end=day_start(day + _DAY),
                summary=say(self._grid.hass, "sensor.grid_tempo_today.state", color),
                uid=f"{self._attr_unique_id}_{day}",
            )
            for day, color in sorted(self._grid.view.colors.items())
            if day_start(day) < end and day_start(day + _DAY) > start
        ]


class EcowattCalendarEntity(GridCalendar):
    """Hours of an orange or red EcoWatt."""

    _key = "ecowatt"

    @override
    def _events(self, start: datetime, end: datetime) -> list[CalendarEvent]:
        ecowatt = self._grid.view.ecowatt
        if ecowatt is None:
            return []
        return [
            CalendarEvent(
                start=span.start,
                end=span.end,
                summary=say(
                    self._grid.hass,
                    "sensor.grid_ecowatt_now.state",
                    LEVELS[span.level],
                ),
                description=ecowatt.days[paris(span.start).date()].message,
                uid=f"{self._attr_unique_id}_{span.start.isoformat()}",
            )
            for span in ecowatt.spans
            if span.level >= EcowattLevel.ORANGE
            and span.start < end
            and span.end > start
        ]


async def async_set_up_calendars(
    hass: HomeAssistant,
    entry: GridConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the calendars that there is a source for."""
    grid = entry.runtime_data
    async_add_entities([TempoCalendarEntity(grid)])
    if SourceName.ECOWATT in grid.sources:
        async_add_entities([EcowattCalendarEntity(grid)])
