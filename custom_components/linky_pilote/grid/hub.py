"""The grid while it runs: its sources, the time, and what is known."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_utc_time_change
from homeassistant.util import dt as dt_util

from ..const import CONF_GRID_ID, DOMAIN
from ..engine.reading import MeterReading
from ..engine.signals import (
    TempoCalendar,
    TempoSource,
    Word,
    paris,
    tempo_day,
    words_of_calendar,
    words_of_meter,
)
from ..meter.coordinator import SIGNAL_READING
from .coordinator import SourceCoordinator
from .home_carbon import HomeCarbon
from .issues import PRICES_OUTDATED, TEMPO_DISPUTED, GridIssues
from .peaks import PeakCalendar
from .servers import servers_of
from .sources import SourceName, make_clients
from .store import GridMemory
from .view import Heard, View, look
from .words import say_voices

if TYPE_CHECKING:
    from ..data import GridConfigEntry

_KEPT: Final = timedelta(days=2)
"""Words about days that are longer gone are forgotten: the calendars have them."""

_LASTING: Final = timedelta(hours=1)
"""Sources that disagree for that long are told of: a meter may be 20 minutes late."""


class Grid:
    """Asks the sources when it is time, and tells the entities what is known."""

    view: View
    """What is known; made anew every minute and with every answer."""

    def __init__(
        self, hass: HomeAssistant, entry: GridConfigEntry, memory: GridMemory
    ) -> None:
        """Begin with what was remembered."""
        self.hass = hass
        self.entry = entry
        self.grid_id: str = entry.data[CONF_GRID_ID]
        clients = make_clients(entry, async_get_clientsession(hass), servers_of(hass))
        self.sources: dict[SourceName, SourceCoordinator] = {
            name: SourceCoordinator(hass, entry, name, client=client, memory=memory)
            for name, client in clients.items()
        }
        self.peaks = PeakCalendar(hass, entry)
        self.home_carbon = HomeCarbon(memory.home_carbon)
        self.device_info = DeviceInfo(
            identifiers={(DOMAIN, self.grid_id)},
            entry_type=DeviceEntryType.SERVICE,
            name=entry.title,
        )
        self._memory = memory
        self._issues = GridIssues(hass, entry)
        self._words: dict[tuple[TempoSource, date], Word] = {
            (word.source, word.day): word for word in memory.words
        }
        self._disputed_since: datetime | None = None
        self._listeners: list[CALLBACK_TYPE] = []
        self._look_again()

    @callback
    def start(self) -> None:
        """Watch the time, the sources and the meters; ask all that are due."""
        on_unload = self.entry.async_on_unload
        for coordinator in self.sources.values():
            on_unload(coordinator.async_add_listener(self._follow(coordinator)))
        on_unload(
            async_dispatcher_connect(self.hass, SIGNAL_READING, self._take_reading)
        )
        on_unload(async_track_utc_time_change(self.hass, self._tick, second=0))
        on_unload(self._issues.end_all)
        self._tick()

    @callback
    def forget_waits(self) -> None:
        """Let the sources be asked at once by the entry as it is now."""
        for coordinator in self.sources.values():
            coordinator.forget_waits()
        self._memory.save_soon()

    @callback
    def async_add_listener(self, update: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Have a function called whenever what is known may have changed."""
        self._listeners.append(update)
        return lambda: self._listeners.remove(update)

    @callback
    def _tick(self, _: datetime | None = None) -> None:
        now = dt_util.utcnow()
        for coordinator in self.sources.values():
            if coordinator.is_due(now) and not coordinator.asking:
                self.entry.async_create_background_task(
                    self.hass,
                    coordinator.async_refresh(),
                    f"{coordinator.name} asks",
                )
        if self.peaks.is_due(now):
            self.entry.async_create_background_task(
                self.hass, self.peaks.async_read(now), f"{DOMAIN} reads peak days"
            )
        self.home_carbon.turn_day(now)
        if self.home_carbon.heard:
            self._memory.save_later()
        self._update()

    def _follow(self, coordinator: SourceCoordinator) -> CALLBACK_TYPE:
        @callback
        def answered() -> None:
            answer, said = coordinator.data, coordinator.record.answered
            if isinstance(answer, TempoCalendar) and said is not None:
                first = tempo_day(said) - _KEPT
                self._take_words(words_of_calendar(answer, said, first))
            self._update()

        return answered

    @callback
    def _take_reading(
        self, meter: str, reading: MeterReading, power: float | None
    ) -> None:
        """Take what a meter says of the colours, and of what the home draws."""
        now = dt_util.utcnow()
        self.home_carbon.take(meter, reading, power, self.view.intensity, now)
        peaks = self.peaks.take(reading, now)
        if self._take_words(words_of_meter(reading, now)) or peaks:
            self._update()

    def _take_words(self, words: Iterable[Word]) -> bool:
        """Keep what is said; tell whether that is news."""
        news = False
        for word in words:
            key = (word.source, word.day)
            before = self._words.get(key)
            same = before is not None and before.color is word.color
            if same and word.source is TempoSource.METER:
                continue  # it repeats itself every second
            if before is not None and before.said > word.said:
                continue
            self._words[key] = word
            news = True
        if news:
            self._memory.save_soon()
        return news

    @callback
    def _update(self) -> None:
        self._look_again()
        self._tell_what_lasts()
        for update in list(self._listeners):
            update()

    def _look_again(self) -> None:
        now = dt_util.utcnow()
        oldest = tempo_day(now) - _KEPT
        self._words = {
            key: word for key, word in self._words.items() if word.day >= oldest
        }
        self._memory.words = list(self._words.values())
        self._memory.home_carbon = self.home_carbon.dump()
        view = look(
            now,
            self._heard(),
            self._words.values(),
            self.entry.options,
            self.peaks.priced(now),
        )
        carbon = self.home_carbon
        self.view = replace(
            view,
            grams_per_minute=carbon.grams_per_minute(view.intensity, now),
            kg_today=carbon.kg if carbon.heard else None,
            uncounted_wh=carbon.uncounted if carbon.heard else None,
        )

    def _heard(self) -> Mapping[SourceName, Heard]:
        return {
            name: Heard(
                answer=source.data,
                answered=source.record.answered,
                trouble=source.record.trouble,
                asked=source.record.asked,
                due=source.record.due,
            )
            for name, source in self.sources.items()
        }

    def _tell_what_lasts(self) -> None:
        """Raise and withdraw the repairs that are about what is known."""
        view = self.view
        disputed = next(
            (day for day in (view.today, view.tomorrow) if day.disputed), None
        )
        if disputed is None:
            self._disputed_since = None
            self._issues.end(TEMPO_DISPUTED)
        else:
            self._disputed_since = self._disputed_since or view.now
            if view.now - self._disputed_since >= _LASTING:
                self._issues.tell(
                    TEMPO_DISPUTED,
                    TEMPO_DISPUTED,
                    day=disputed.day.strftime("%d/%m/%Y"),
                    voices=say_voices(self.hass, disputed.voices),
                )
        tariff = view.tariff
        if (
            tariff is not None
            and tariff.regulated is not None
            and tariff.uses_regulated
            and tariff.regulated.outdated(paris(view.now).date())
        ):
            self._issues.tell(
                PRICES_OUTDATED,
                PRICES_OUTDATED,
                since=tariff.regulated.since.strftime("%d/%m/%Y"),
            )
        else:
            self._issues.end(PRICES_OUTDATED)
