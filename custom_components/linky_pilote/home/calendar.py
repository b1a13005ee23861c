"""Calendar: when the heating was shed, and when it will be."""

from datetime import datetime
from typing import Final, override

from homeassistant.components.calendar import (
    CalendarEntity,
    CalendarEntityDescription,
    CalendarEvent,
)
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from ..data import LinkyPiloteConfigEntry
from ..grid.words import say
from .entity import HomeEntity, add_with_heaters
from .sheds import Shed, planned

SHED_PERIODS: Final = CalendarEntityDescription(
    key="house_shed_periods", translation_key="house_shed_periods"
)
_MINUTE: Final = 60.0


class ShedCalendar(HomeEntity, CalendarEntity):
    """Past, running and announced; an overload is never announced."""

    _next: Shed | None = None
    _next_of: object = None

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """The one that runs, or the next one; looked for once a minute."""
        coordinator = self.coordinator
        now, last = coordinator.now(), coordinator.memory.sheds
        asked = coordinator.wishes.heat_until, coordinator.options
        key = (now // _MINUTE, last.runs, len(last.past), asked)
        if key != self._next_of:
            self._next_of = key
            sheds = (shed for shed in self._sheds() if self._is_to_come(shed, now))
            self._next = next(sheds, None)
        return None if self._next is None else self._event(self._next)

    def _is_to_come(self, shed: Shed, now: float) -> bool:
        return shed.start > now or (
            self.coordinator.memory.sheds.runs and shed.end >= now
        )

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return those that a period touches."""
        start, end = start_date.timestamp(), end_date.timestamp()
        return [
            self._event(shed)
            for shed in self._sheds()
            if shed.start < end and shed.end > start
        ]

    def _sheds(self) -> list[Shed]:
        """Return all, in order; the one that runs lasts until it is known to end."""
        coordinator, decision = self.coordinator, self.coordinator.data
        sheds = list(coordinator.memory.sheds.past)
        shown = None if decision is None else decision.thermostat
        if shown is None or shown.observed:
            return sheds
        now, reading = coordinator.now(), coordinator.meter.data
        after = now
        if coordinator.memory.sheds.runs:
            last = sheds.pop()
            after = max(now, shown.shed_until or now)
            sheds.append(Shed(start=last.start, end=after, reason=last.reason))
        return sheds + [
            shed
            for shed in planned(
                now,
                reading.period if reading else None,
                coordinator.signals,
                coordinator.options.settings(coordinator.memory.ranks),
                coordinator.wishes,
                ecowatt=any(
                    driver.load.load.ecowatt for driver in coordinator.heaters.values()
                ),
            )
            if shed.start >= after and shed.end > after
        ]

    def _event(self, shed: Shed) -> CalendarEvent:
        start, end = (
            dt_util.as_local(dt_util.utc_from_timestamp(at))
            for at in (shed.start, max(shed.end, shed.start + 1))
        )
        reason = say(self.hass, "sensor.house_last_decision.state", shed.reason)
        return CalendarEvent(
            start=start,
            # Home Assistant compares what a clock on the wall shows, which is set back
            end=max(start, end),
            summary=reason[:1].upper() + reason[1:],
            uid=f"{self._attr_unique_id}_{start.isoformat()}",
        )

    @override
    def _look(self) -> object:
        return self.state, self.event


async def async_setup_home(
    hass: HomeAssistant,
    entry: LinkyPiloteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the calendar once there is a heater."""
    add_with_heaters(
        entry,
        Platform.CALENDAR,
        async_add_entities,
        make=lambda coordinator: [ShedCalendar(coordinator, SHED_PERIODS)],
    )
