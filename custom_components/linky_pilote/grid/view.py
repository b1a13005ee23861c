"""What is known at one time, out of all that the sources said: what entities show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from ..engine.reading import Contract, TariffPeriod, TempoColor
from ..engine.signals import (
    ONE_DAY,
    Carbon,
    CarbonHour,
    Ecowatt,
    EcowattDay,
    Mix,
    Prices,
    Season,
    TempoCalendar,
    Trouble,
    Verdict,
    Word,
    days_left,
    decide,
    next_change,
    paris,
    tempo_day,
    tempo_period,
)
from .peaks import Peak
from .pricing import PricePoint, Tariff
from .sources import RULES, SourceName

_TEMPO_SOURCES: Final = (SourceName.TEMPO_RTE, SourceName.TEMPO_KEYLESS)


class Why(StrEnum):
    """Why something is not known; a trouble of the source is one, too."""

    NOT_ASKED = "not_asked"
    """Nobody has answered yet."""
    NOT_PUBLISHED = "not_published"
    """It is not decided yet, or not said."""
    NOT_FINAL = "not_final"
    """There is only an indication, which may change."""
    TOO_OLD = "too_old"
    """The last value says nothing of now."""
    NOT_IN_PLAN = "not_in_plan"
    NO_METER = "no_meter"
    NO_PRICE = "no_price"
    DAYS_MISSING = "days_missing"
    """The colour of a day of the season is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one source said, and how it is."""

    answer: Any = None
    answered: datetime | None = None
    trouble: Trouble | None = None
    asked: datetime | None = None
    due: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class View:
    """All that is known at one time."""

    now: datetime
    heard: Mapping[SourceName, Heard]
    today: Verdict
    """Of the Tempo day that runs."""
    tomorrow: Verdict
    colors: Mapping[date, TempoColor]
    """Of all days that are known for good."""
    tariff: Tariff | None
    points: tuple[PricePoint, ...]
    """Prices now and next, where a contract is chosen."""
    grams_per_minute: float | None
    kg_today: float | None
    uncounted_wh: int | None

    # --- Tempo

    @property
    def period(self) -> TariffPeriod | None:
        """The period that runs."""
        return tempo_period(self.now, self.today.color)

    @property
    def next_change(self) -> datetime:
        """When it ends."""
        return next_change(self.now)

    @property
    def season(self) -> Season:
        """The season of the day that runs."""
        return Season.of(self.today.day)

    @cached_property
    def days_left(self) -> Mapping[TempoColor, int] | None:
        """Days left of the season after the day that runs; None when one is missing."""
        return days_left(self.colors, self.today.day)

    def why_no_color(self, verdict: Verdict) -> str | None:
        """Return why the colour of a day is not known; None when it is."""
        if verdict.color is not None:
            return None
        if verdict.indication is not None:
            return Why.NOT_FINAL
        asked = [self.heard[name] for name in _TEMPO_SOURCES if name in self.heard]
        if all(source.trouble for source in asked):
            return asked[0].trouble
        if all(source.answered is None for source in asked):
            return Why.NOT_ASKED
        return Why.NOT_PUBLISHED

    # --- EcoWatt

    @property
    def ecowatt(self) -> Ecowatt | None:
        """What is announced, and was."""
        answer = self._answer(SourceName.ECOWATT)
        return answer if isinstance(answer, Ecowatt) else None

    def ecowatt_day(self, ahead: int) -> EcowattDay | None:
        """Return today, or a day that is ahead, by the clock in Paris."""
        day = paris(self.now).date() + timedelta(ahead)
        return self.ecowatt.days.get(day) if self.ecowatt else None

    def why_no_ecowatt(self) -> str:
        """Return why a level of EcoWatt is not known."""
        return self._why(SourceName.ECOWATT) or Why.NOT_PUBLISHED

    # --- carbon and origin

    @property
    def maps_carbon(self) -> Carbon | None:
        """Of what is consumed in the user's zone, over the life cycle."""
        answer = self._answer(SourceName.ELECTRICITY_MAPS)
        return answer and self._fresh(SourceName.ELECTRICITY_MAPS, answer.carbon)

    @property
    def eco2mix_carbon(self) -> Carbon | None:
        """Of what is produced in France, by burning."""
        answer = self._answer(SourceName.ECO2MIX)
        return answer and self._fresh(SourceName.ECO2MIX, answer.carbon)

    @property
    def carbon_source(self) -> SourceName:
        """Whose figures are shown where there can be one only."""
        if SourceName.ELECTRICITY_MAPS in self.heard:
            return SourceName.ELECTRICITY_MAPS
        return SourceName.ECO2MIX

    @property
    def intensity(self) -> float | None:
        """The carbon of a kWh now, in g: what the home's is counted with."""
        maps = self.carbon_source is SourceName.ELECTRICITY_MAPS
        carbon = self.maps_carbon if maps else self.eco2mix_carbon
        return None if carbon is None else carbon.intensity

    @property
    def mix(self) -> Mix | None:
        """Where electricity comes from."""
        answer = self._answer(self.carbon_source)
        if answer is None or answer.mix is None:
            return None
        return self._fresh(self.carbon_source, answer.mix)

    @property
    def forecast(self) -> tuple[CarbonHour, ...] | None:
        """Carbon of the hours to come; None where no plan has it."""
        answer = self._answer(SourceName.ELECTRICITY_MAPS)
        if answer is None or answer.forecast is None:
            return None
        return tuple(
            hour
            for hour in answer.forecast
            if hour.time + timedelta(hours=1) > self.now
        )

    def why_no_measure(self, source: SourceName) -> str:
        """Return why a measure of a source is not known."""
        heard = self.heard.get(source)
        if heard is not None and heard.answered is not None and not heard.trouble:
            answer = heard.answer
            if getattr(answer, "mix", True) is None:
                return Why.NOT_IN_PLAN
            if self._fresh(source, answer.carbon) is None:
                return Why.TOO_OLD
        return self._why(source) or Why.NOT_PUBLISHED

    # --- prices

    @property
    def price(self) -> PricePoint | None:
        """What a kWh costs now."""
        return self.points[0] if self.points else None

    @property
    def next_price(self) -> PricePoint | None:
        """The next price that is another one, as far as it is known."""
        if self.price is None:
            return None
        return next(
            (
                point
                for point in self.points[1:]
                if point.price is None or point.price != self.price.price
            ),
            None,
        )

    def why_no_price(self, point: PricePoint | None) -> str:
        """Return why a price is not known."""
        if point is not None and point.period is not None:
            asked = SourceName.PRICES in self.heard
            return (asked and self._why(SourceName.PRICES)) or Why.NO_PRICE
        if self.tariff is not None and self.tariff.contract is Contract.EJP:
            return Why.NO_METER if self.tariff.peaks is None else Why.NOT_PUBLISHED
        verdict = self.today if point in (None, self.price) else self.tomorrow
        return self.why_no_color(verdict) or Why.NO_PRICE

    # --- all

    def _answer(self, source: SourceName) -> Any:
        heard = self.heard.get(source)
        return None if heard is None else heard.answer

    def _why(self, source: SourceName) -> str | None:
        heard = self.heard.get(source)
        if heard is None or heard.answered is None:
            return (heard and heard.trouble) or Why.NOT_ASKED
        return heard.trouble

    def _fresh[T: (Carbon, Mix)](self, source: SourceName, value: T) -> T | None:
        """Return a measure that still tells what is now."""
        return value if self.now - value.time < RULES[source].fresh else None


def look(
    now: datetime,
    heard: Mapping[SourceName, Heard],
    words: Iterable[Word],
    options: Mapping[str, Any],
    peaks: tuple[Peak, ...] | None,
) -> View:
    """Return what is known at one time, but for what the home draws."""
    words = list(words)
    day = tempo_day(now)
    today, tomorrow = decide(day, words), decide(day + ONE_DAY, words)
    colors = _known_colors(heard, words, day)
    prices = heard.get(SourceName.PRICES, Heard()).answer
    regulated = prices if isinstance(prices, Prices) else None
    tariff = Tariff.of(options, regulated, peaks, now)
    around = {day: today.color, tomorrow.day: tomorrow.color}
    return View(
        now=now,
        heard=heard,
        today=today,
        tomorrow=tomorrow,
        colors=colors,
        tariff=tariff,
        points=tariff.points(now, around) if tariff else (),
        grams_per_minute=None,
        kg_today=None,
        uncounted_wh=None,
    )


def _known_colors(
    heard: Mapping[SourceName, Heard], words: list[Word], today: date
) -> dict[date, TempoColor]:
    """Return colours that do not change any more: past days as the calendars have them.

    Of the day that runs and of those to come, only what is decided.
    """
    colors: dict[date, TempoColor] = {}
    for name in reversed(_TEMPO_SOURCES):
        answer = heard.get(name, Heard()).answer
        if isinstance(answer, TempoCalendar):
            colors |= {
                day: color for day, color in answer.colors.items() if day < today
            }
    for day in sorted({word.day for word in words}):
        if (color := decide(day, words).color) is not None:
            colors[day] = color
    return colors
