"""Brings the readings of a meter to its entities."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, override

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util
from homeassistant.util.signal_type import SignalType

from ..const import (
    CONF_METER_ID,
    CONF_UPDATE_INTERVAL,
    DEFAULT_UPDATE_INTERVAL,
    DOMAIN,
    LOGGER,
)
from ..engine.continuity import Continuity
from ..engine.estimate import ActivePowerEstimator, Estimate
from ..engine.reading import MeterReading
from ..engine.subscription import DailyPeaks
from ..engine.tic import identify
from ..sources.base import Figures, Problem, SourceListener
from .beside import Beside
from .changes import Changes
from .headroom import phase_powers
from .issues import MeterIssues
from .naming import number_of
from .reception import Reception
from .store import MeterMemory

if TYPE_CHECKING:
    from ..data import LinkyPiloteConfigEntry


SIGNAL_READING: Final[SignalType[str, MeterReading, float | None]] = SignalType(
    f"{DOMAIN}_reading"
)
"""Sent with each reading: the meter's id, the reading, and its active power in W."""

_LONG: Final = 900.0
"""Seconds without a reading after which the user is told why."""


class MeterCoordinator(DataUpdateCoordinator[MeterReading | None], SourceListener):
    """Holds the last reading; None until the first one."""

    config_entry: LinkyPiloteConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: LinkyPiloteConfigEntry,
        memory: MeterMemory,
        clock: Callable[[], float],
    ) -> None:
        """Prepare to be told what the source hears, by the clock of the source."""
        super().__init__(hass, LOGGER, config_entry=entry, name=DOMAIN)
        self.connected = False
        self._first: list[CALLBACK_TYPE] = []
        self.held = False
        """Another meter answers instead: what is lasting is still shown."""
        self.estimate: Estimate | None = None
        """Active power by the last reading."""
        self.reception = Reception()
        self.write_interval: float = DEFAULT_UPDATE_INTERVAL
        self.stranger: str | None = None
        """Number of another meter that answers."""
        self._beside = Beside(hass)
        self._memory = memory
        self._clock = clock
        self._estimator = ActivePowerEstimator()
        self._issues = MeterIssues(hass, entry)
        self._changes = Changes(entry, memory, self._issues)
        self.back_from: Problem | None = None
        """Why it was not heard before the last reading, if it was not."""
        self.down_for = 0.0
        """s for which that was known."""
        self._down_by: Problem | None = None
        self._down_at = 0.0
        self._problem: Problem | None = None
        self._cancel_wait: CALLBACK_TYPE | None = None
        self._was_down = False
        number = number_of(entry.unique_id)
        identity = identify(number or "")
        self.device_info = DeviceInfo(
            identifiers={(DOMAIN, entry.data[CONF_METER_ID])},
            manufacturer=identity.maker,
            model=identity.model,
            name=entry.title,
            serial_number=number,
        )
        self.apply_options()

    @property
    def continuity(self) -> Continuity:
        """The cumulative values that are shown."""
        return self._memory.continuity

    @property
    def peaks(self) -> DailyPeaks:
        """The highest power of each day."""
        return self._memory.peaks

    @callback
    def apply_options(self) -> None:
        """Take over what the user set; the line stays open."""
        self.write_interval = self.config_entry.options.get(
            CONF_UPDATE_INTERVAL, DEFAULT_UPDATE_INTERVAL
        )
        self._beside.apply(self.config_entry.options)

    @override
    async def _async_update_data(self) -> MeterReading | None:
        """Return what is known: the meter pushes, it cannot be asked."""
        return self.data

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: Any = None
    ) -> Callable[[], None]:
        """Add a listener; one with a context is told before all work on a reading too."""
        remove = super().async_add_listener(update_callback, context)
        if context is None:
            return remove
        self._first.append(update_callback)

        @callback
        def remove_both() -> None:
            self._first.remove(update_callback)
            remove()

        return remove_both

    @callback
    @override
    def reading(self, reading: MeterReading) -> None:
        """Show a reading."""
        if self.stranger is not None:
            self.stranger = None
            LOGGER.info("%s: the right meter answers again", self.config_entry.title)
        if not self.connected:
            self._issues.end_other_meter()
            self._end_outage()
        self.back_from, self._down_by = self._down_by, None
        self.down_for = self.hass.loop.time() - self._down_at
        self.connected = True
        self.held = False
        reading = self._beside.complete(reading)
        self.data = reading
        now = self._clock()
        self.estimate = self._estimator.take(reading, now)
        self._tell_first()
        utc = dt_util.utcnow()
        self.reception.take_reading(reading, utc)
        self.peaks.take(reading, phase_powers(reading), utc)
        before = self.continuity.origin
        self._memory.take(reading, now)
        self._changes.take(reading, before)
        self.async_update_listeners()
        async_dispatcher_send(
            self.hass,
            SIGNAL_READING,
            self.config_entry.data[CONF_METER_ID],
            reading,
            None if self.estimate is None else self.estimate.power,
        )

    @callback
    def _tell_first(self) -> None:
        """Show what must not wait: overload, tariff, colours, live power."""
        for update in self._first:
            # An error is logged when all are told, this one among them.
            with suppress(Exception):
                update()

    @callback
    @override
    def figures(self, figures: Figures) -> None:
        """Judge the line; the reading that follows shows it."""
        self.reception.take_figures(figures)

    @callback
    @override
    def link_up(self) -> None:
        """Log, once, that the meter is heard again."""
        if self._was_down:
            self._was_down = False
            LOGGER.info("%s: the meter is heard again", self.config_entry.title)

    @callback
    @override
    def link_down(self, problem: Problem, detail: str) -> None:
        """Log, once, that the meter is not heard any more."""
        self._down_by, self._down_at = problem, self.hass.loop.time()
        self.still_down(problem)
        if self.data is None:
            return  # It was never heard: the set-up of the entry says so
        self._was_down = True
        LOGGER.warning(
            "%s: the meter is not heard any more (%s)",
            self.config_entry.title,
            f"{problem}: {detail}" if detail else problem,
        )
        self._show_unavailable(held=False)

    @callback
    @override
    def still_down(self, problem: Problem) -> None:
        """Tell the user what the problem is once it has lasted."""
        lasts = self._problem is not None and self._cancel_wait is None
        self._problem = problem
        if lasts:
            self._tell_outage()
        elif self._cancel_wait is None:
            self._cancel_wait = async_call_later(
                self.hass, _LONG, HassJob(self._tell_outage, cancel_on_shutdown=True)
            )

    @callback
    def _tell_outage(self, now: datetime | None = None) -> None:
        assert self._problem is not None
        self._cancel_wait = None
        self._issues.tell_outage(self._problem)

    @callback
    def _end_outage(self) -> None:
        self._problem = None
        if self._cancel_wait is not None:
            self._cancel_wait()
            self._cancel_wait = None
        self._issues.end_outage()

    @callback
    def stop(self) -> None:
        """Withdraw what was told: nobody watches the line any more."""
        self._end_outage()
        self._issues.end(forget=self.config_entry.disabled_by is not None)

    @callback
    @override
    def other_meter(self, serial: str) -> None:
        """Ask the user what to do about another meter on this line."""
        self.stranger = serial
        expected = self.config_entry.unique_id or ""
        LOGGER.warning(
            "%s: another meter answers, its number ends in %s and not in %s",
            self.config_entry.title,
            serial[-4:],
            expected[-4:],
        )
        self._end_outage()
        self._issues.tell_other_meter(serial)
        self._show_unavailable(held=True)

    def _show_unavailable(self, *, held: bool) -> None:
        self.connected = False
        self.held = held
        self.async_update_listeners()
