"""A supplier's peak days, out of a calendar of the user's own."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from homeassistant.const import ATTR_ENTITY_ID, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from ..const import CONF_PEAK_CALENDAR, DOMAIN, LOGGER
from ..engine.signals import at, paris_day

if TYPE_CHECKING:
    from ..data import GridConfigEntry

_EVERY: Final = timedelta(minutes=15)
_BEFORE: Final = timedelta(days=1)
_AHEAD: Final = timedelta(days=7)


class Peak(NamedTuple):
    """Hours that a supplier made dear."""

    start: datetime
    end: datetime


class PeakCalendar:
    """Reads the calendar now and then: it may be anybody's."""

    def __init__(self, hass: HomeAssistant, entry: GridConfigEntry) -> None:
        """Begin without any peak."""
        self.peaks: tuple[Peak, ...] = ()
        self.readable = True
        self._hass = hass
        self._id: str | None = entry.options.get(CONF_PEAK_CALENDAR)
        self._due: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is time to read it."""
        return self._id is not None and (self._due is None or now >= self._due)

    async def async_read(self, now: datetime) -> None:
        """Read it; what cannot be read keeps the peaks that were known."""
        self._due = now + _EVERY
        registry = er.async_get(self._hass)
        entity_id = er.async_resolve_entity_id(registry, self._id or "")
        try:
            answer = await self._hass.services.async_call(
                Platform.CALENDAR,
                "get_events",
                {
                    ATTR_ENTITY_ID: entity_id,
                    "start_date_time": (now - _BEFORE).isoformat(),
                    "end_date_time": (now + _AHEAD).isoformat(),
                },
                blocking=True,
                return_response=True,
            )
            events = _events(answer, entity_id)
            self.peaks = tuple(sorted(_peak(event) for event in events))
            self.readable = True
        except (HomeAssistantError, KeyError, ValueError) as err:
            if self.readable:
                LOGGER.warning("%s: %s cannot be read: %s", DOMAIN, entity_id, err)
            self.readable = False


def _events(answer: Any, entity_id: str | None) -> list[Mapping[str, Any]]:
    """Return the events in what the action answers; none for a calendar that is gone."""
    if not answer or entity_id not in answer:
        raise KeyError(entity_id)
    events: list[Mapping[str, Any]] = answer[entity_id]["events"]
    return events


def _peak(event: Mapping[str, Any]) -> Peak:
    return Peak(_instant(event["start"]), _instant(event["end"]))


def _instant(text: str) -> datetime:
    """Return an instant; a whole day is one in Paris."""
    if len(text) == 10:
        return at(paris_day(text), 0)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment
