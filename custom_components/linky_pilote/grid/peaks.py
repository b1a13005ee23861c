"""A supplier's peak days, out of a calendar of the user's own."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from homeassistant.const import ATTR_ENTITY_ID, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from ..const import CONF_PEAK_CALENDAR, DOMAIN, LOGGER
from ..engine.reading import Contract, MeterReading, TariffPeriod
from ..engine.signals import ONE_DAY, at, paris, paris_day

if TYPE_CHECKING:
    from ..data import GridConfigEntry

_EVERY: Final = timedelta(minutes=15)
_BEFORE: Final = timedelta(days=1)
_AHEAD: Final = timedelta(days=7)

_EJP_STARTS: Final = 7
_EJP_ENDS: Final = 1
"""Hours in Paris, the end on the next day."""

_SILENT: Final = timedelta(minutes=5)
"""What a meter that was not heard for so long said is not known any more."""


class Peak(NamedTuple):
    """Hours that a supplier made dear."""

    start: datetime
    end: datetime


def ejp_peaks(reading: MeterReading, now: datetime) -> tuple[Peak, ...] | None:
    """Return the EJP peak that runs or is announced; None from another contract.

    It is announced half an hour before (PEJP), and runs from 07:00 to 01:00.
    """
    if reading.contract is not Contract.EJP or reading.period is None:
        return None
    today = paris(now).date()
    runs = reading.period is TariffPeriod.MOVING_PEAK
    if not runs and reading.peak_notice_minutes is None:
        return ()
    if runs and now < at(today, _EJP_ENDS):
        return (Peak(at(today - ONE_DAY, _EJP_STARTS), at(today, _EJP_ENDS)),)
    # A meter's clock is not ours: what runs has begun
    start = min(now, at(today, _EJP_STARTS)) if runs else at(today, _EJP_STARTS)
    return (Peak(start, at(today + ONE_DAY, _EJP_ENDS)),)


class PeakCalendar:
    """Reads the calendar now and then: it may be anybody's."""

    def __init__(self, hass: HomeAssistant, entry: GridConfigEntry) -> None:
        """Begin without any peak."""
        self.peaks: tuple[Peak, ...] = ()
        self.readable = True
        self._read = False
        self._ejp: tuple[datetime, tuple[Peak, ...]] | None = None
        self._hass = hass
        self._id: str | None = entry.options.get(CONF_PEAK_CALENDAR)
        self._due: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is time to read it."""
        return self._id is not None and (self._due is None or now >= self._due)

    def take(self, reading: MeterReading, now: datetime) -> bool:
        """Take what a meter says of EJP; tell whether that is news."""
        if (peaks := ejp_peaks(reading, now)) is None:
            return False
        before = self.priced(now)
        self._ejp = (now, peaks)
        return self.priced(now) != before

    def priced(self, now: datetime) -> tuple[Peak, ...] | None:
        """Return the peaks that an EJP contract is billed by; None: not known.

        What a meter says of now makes the bill; the calendar knows the days to come.
        """
        calendar = self.peaks if self._read else None
        if self._ejp is None or now - self._ejp[0] > _SILENT:
            return calendar
        running = self._ejp[1]
        later = (peak for peak in calendar or () if peak.start > now)
        return (*running, *(peak for peak in later if peak not in running))

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
            self.readable = self._read = True
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
