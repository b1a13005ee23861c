"""The supply contracts of the demo: which index counts when, and what is announced."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from custom_components.linky_pilote.engine.reading import (
    Contract,
    TariffPeriod,
    TempoColor,
)

from .moment import DAY_S, PARIS, Moment
from .tempo import TempoCalendar

TEMPO_DAY_HOUR = 6
TEMPO_NIGHT_HOUR = 22
EJP_START_HOUR = 7
EJP_HOURS = 18
EJP_NOTICE_MIN = 30
# the meter learns tomorrow's colour about that time
ANNOUNCEMENT_HOUR = 20


@dataclass(frozen=True, slots=True)
class Band:
    """One index of a contract, with its names in both modes."""

    period: TariffPeriod
    label: str
    """Label of the index in historical mode."""
    ptec: str
    number: int
    """Number of the supplier's index in standard mode."""
    ltarf: str


@dataclass(frozen=True, slots=True)
class Block:
    """A span of every day, in seconds after midnight; it may pass over midnight."""

    start_s: int
    end_s: int

    @property
    def length_s(self) -> int:
        """How long it lasts, in seconds."""
        return (self.end_s - self.start_s) % DAY_S

    def elapsed_s(self, second: float) -> float | None:
        """Return how long it has run at a time of the day, None outside of it."""
        elapsed = (second - self.start_s) % DAY_S
        return elapsed if elapsed < self.length_s else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a contract makes the meter say."""

    contract: Contract
    optarif: str
    ngtf: str
    bands: tuple[Band, ...]
    off_peak: tuple[Block, ...]
    """When the water heater may run: by the contract, or by its own clock."""
    day_plan: tuple[str, ...]
    """The blocks of PJOURF+1."""


def _hours(start: float, end: float) -> Block:
    return Block(int(start * 3600), int(end * 3600))


_P = TariffPeriod
_NIGHT = (_hours(22, 6),)

OFFERS: Mapping[Contract, Offer] = MappingProxyType(
    {
        Contract.BASE: Offer(
            contract=Contract.BASE,
            optarif="BASE",
            ngtf="      BASE      ",
            bands=(Band(_P.BASE, "BASE", "TH..", 1, "      BASE      "),),
            off_peak=_NIGHT,
            day_plan=("00008001",),
        ),
        Contract.OFF_PEAK: Offer(
            contract=Contract.OFF_PEAK,
            optarif="HC..",
            ngtf="H PLEINE/CREUSE ",
            bands=(
                Band(_P.OFF_PEAK, "HCHC", "HC..", 1, " HEURE  CREUSE  "),
                Band(_P.PEAK, "HCHP", "HP..", 2, " HEURE  PLEINE  "),
            ),
            off_peak=(_hours(1.5, 6.5), _hours(13, 16)),
            day_plan=("00008002", "0130C001", "06308002", "1300C001", "16008002"),
        ),
        Contract.EJP: Offer(
            contract=Contract.EJP,
            optarif="EJP.",
            ngtf="      EJP       ",
            bands=(
                Band(_P.NORMAL, "EJPHN", "HN..", 1, " HEURE  NORMALE "),
                Band(_P.MOVING_PEAK, "EJPHPM", "PM..", 2, " POINTE  MOBILE "),
            ),
            off_peak=_NIGHT,
            day_plan=("00008001",),
        ),
        Contract.TEMPO: Offer(
            contract=Contract.TEMPO,
            optarif="BBR(",
            ngtf="     TEMPO      ",
            bands=(
                Band(_P.BLUE_OFF_PEAK, "BBRHCJB", "HCJB", 1, "    HC  BLEU    "),
                Band(_P.BLUE_PEAK, "BBRHPJB", "HPJB", 2, "    HP  BLEU    "),
                Band(_P.WHITE_OFF_PEAK, "BBRHCJW", "HCJW", 3, "   HC  BLANC    "),
                Band(_P.WHITE_PEAK, "BBRHPJW", "HPJW", 4, "   HP  BLANC    "),
                Band(_P.RED_OFF_PEAK, "BBRHCJR", "HCJR", 5, "   HC  ROUGE    "),
                Band(_P.RED_PEAK, "BBRHPJR", "HPJR", 6, "   HP  ROUGE    "),
            ),
            off_peak=_NIGHT,
            day_plan=("00004001", "06004002", "22004001"),
        ),
    }
)

# with Tempo, the number of the moving peak of a colour and its day plan
TEMPO_PEAKS: Mapping[TempoColor, tuple[int, tuple[str, ...]]] = MappingProxyType(
    {
        TempoColor.WHITE: (1, ("00004003", "06004004", "22004003")),
        TempoColor.RED: (2, ("00004005", "06004006", "22004005")),
    }
)
EJP_PEAK_PLAN = ("00008001", "07008002")


@dataclass(frozen=True, slots=True, kw_only=True)
class MovingPeakWindow:
    """A dear period that is known: it is announced, or it runs."""

    number: int
    start: datetime
    end: datetime
    plan: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffState:
    """What the contract says at one instant."""

    band: Band
    color_today: TempoColor | None = None
    color_tomorrow: TempoColor | None = None
    running: MovingPeakWindow | None = None
    """The dear period that runs."""
    announced: MovingPeakWindow | None = None
    """The next dear period, from its announcement to its start."""
    ejp_notice: bool = False


class Tariff:
    """One contract over time."""

    def __init__(self, contract: Contract, calendar: TempoCalendar) -> None:
        """Take one of the contracts of `OFFERS`."""
        self.offer = OFFERS[contract]
        self.calendar = calendar
        self._bands = {band.period: band for band in self.offer.bands}

    def band(self, moment: Moment) -> Band:
        """Return the index that counts."""
        return self._bands[self._period(moment)]

    def off_peak(self, moment: Moment) -> bool:
        """Say whether the contract's cheap hours run."""
        second = moment.second
        return any(block.elapsed_s(second) is not None for block in self.offer.off_peak)

    def state(self, moment: Moment) -> TariffState:
        """Return all that the meter knows of the contract."""
        band = self.band(moment)
        if self.offer.contract is Contract.TEMPO:
            return self._tempo_state(moment, band)
        if self.offer.contract is Contract.EJP:
            return self._ejp_state(moment, band)
        return TariffState(band=band)

    def _period(self, moment: Moment) -> TariffPeriod:
        match self.offer.contract:
            case Contract.TEMPO:
                color = self.calendar.color(moment.day_starting_at(TEMPO_DAY_HOUR))
                low = self.off_peak(moment)
                return TariffPeriod(f"{color}_{'off_peak' if low else 'peak'}")
            case Contract.EJP:
                peak = self._ejp_peak(moment) is not None
                return TariffPeriod.MOVING_PEAK if peak else TariffPeriod.NORMAL
            case Contract.OFF_PEAK:
                low = self.off_peak(moment)
                return TariffPeriod.OFF_PEAK if low else TariffPeriod.PEAK
            case _:
                return TariffPeriod.BASE

    def _tempo_state(self, moment: Moment, band: Band) -> TariffState:
        today = moment.day_starting_at(TEMPO_DAY_HOUR)
        tomorrow = today + timedelta(days=1)
        hour = moment.local.hour
        known = (
            not TEMPO_DAY_HOUR <= hour < ANNOUNCEMENT_HOUR
            or tomorrow in self.calendar.chosen
        )
        color_tomorrow = self.calendar.color(tomorrow) if known else None
        return TariffState(
            band=band,
            color_today=self.calendar.color(today),
            color_tomorrow=color_tomorrow,
            running=_tempo_peak(today, self.calendar.color(today)),
            announced=_tempo_peak(tomorrow, color_tomorrow),
        )

    def _ejp_peak(self, moment: Moment) -> MovingPeakWindow | None:
        """Return the peak that runs, 07:00 to 01:00."""
        day = moment.day_starting_at(EJP_START_HOUR)
        window = _ejp_peak(day, self.calendar.color(day))
        return window if window and moment.local < window.end else None

    def _ejp_state(self, moment: Moment, band: Band) -> TariffState:
        running = self._ejp_peak(moment)
        hour = moment.local.hour
        day = moment.day
        tomorrow = day + timedelta(days=1)
        if hour >= ANNOUNCEMENT_HOUR or (
            hour >= EJP_START_HOUR and tomorrow in self.calendar.chosen
        ):
            day = tomorrow
        known = (
            not EJP_START_HOUR <= hour < ANNOUNCEMENT_HOUR
            or day in self.calendar.chosen
        )
        announced = _ejp_peak(day, self.calendar.color(day)) if known else None
        notice = announced is not None and moment.local >= (
            announced.start - timedelta(minutes=EJP_NOTICE_MIN)
        )
        return TariffState(
            band=band, running=running, announced=announced, ejp_notice=notice
        )


def _tempo_peak(day: date, color: TempoColor | None) -> MovingPeakWindow | None:
    """Return the dear period of a Tempo day, None for a blue one."""
    if color is None or color not in TEMPO_PEAKS:
        return None
    number, plan = TEMPO_PEAKS[color]
    start = datetime.combine(day, time(TEMPO_DAY_HOUR), PARIS)
    return MovingPeakWindow(
        number=number, start=start, end=start + timedelta(days=1), plan=plan
    )


def _ejp_peak(day: date, color: TempoColor) -> MovingPeakWindow | None:
    """Return the peak of an EJP day; they are the red days of the calendar."""
    if color is not TempoColor.RED:
        return None
    start = datetime.combine(day, time(EJP_START_HOUR), PARIS)
    return MovingPeakWindow(
        number=1,
        start=start,
        end=start + timedelta(hours=EJP_HOURS),
        plan=EJP_PEAK_PLAN,
    )
