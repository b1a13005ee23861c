"""What a period would have cost under each contract, from the energy of each hour.

An hour is all that statistics keep. Where off-peak hours begin or end within one, nobody
knows how its energy was spread: the cost takes it as even, and the bound is what the
worst spread would change. An hour without data, or of a Tempo day whose colour is not
known, is left out under every contract: only what is complete can be compared.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

from .reading import Contract, TariffPeriod, TempoColor
from .signals import Block, paris, stretches, tempo_day, tempo_period

_HOUR: Final = timedelta(hours=1)
_YEAR: Final = 365.25
"""Days."""

type Energies = Mapping[datetime, float]
"""kWh of an hour by its start, in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """A contract with its prices."""

    contract: Contract
    prices: Mapping[TariffPeriod, float]
    """EUR/kWh."""
    subscription: float | None = None
    """EUR a year."""
    off_peak: tuple[Block, ...] = ()
    """Where the contract has off-peak hours of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What energy costs under a contract."""

    energy: float
    """EUR."""
    bound: float
    """EUR by which that may be wrong either way, by how energy lay within hours."""
    by_period: Mapping[TariffPeriod, float]
    """kWh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a period would have cost."""

    costs: Mapping[Contract, Cost]
    subscriptions: Mapping[Contract, float | None]
    """EUR for the time compared; None where it is not known."""
    energy: float
    """kWh that were compared."""
    hours: int
    """Those compared."""
    missing: Mapping[date, int] = field(default_factory=dict)
    """Hours without data by day, in Paris."""
    uncolored: tuple[date, ...] = ()
    """Tempo days whose colour is not known."""


class _Part(NamedTuple):
    """A share of an hour."""

    period: TariffPeriod
    share: float


def compare(
    energies: Energies,
    start: datetime,
    end: datetime,
    tariffs: Sequence[Tariff],
    colors: Mapping[date, TempoColor],
) -> Comparison:
    """Compare contracts over the whole hours from `start` to before `end`.

    Without any colour Tempo is not compared at all, and leaves nothing out.
    """
    hours = list(_hours(start, end))
    missing: Counter[date] = Counter()
    uncolored: dict[date, None] = {}
    compared: dict[datetime, float] = {}
    known = {tempo_day(hour) for hour in hours} & colors.keys()
    tariffs = [t for t in tariffs if t.contract is not Contract.TEMPO or known]
    needs_color = any(tariff.contract is Contract.TEMPO for tariff in tariffs)
    for hour in hours:
        if hour not in energies:
            missing[paris(hour).date()] += 1
        elif needs_color and (day := tempo_day(hour)) not in colors:
            uncolored[day] = None
        else:
            compared[hour] = energies[hour]
    days = len(compared) / 24
    return Comparison(
        costs={tariff.contract: cost(compared, tariff, colors) for tariff in tariffs},
        subscriptions={
            tariff.contract: None
            if tariff.subscription is None
            else tariff.subscription * days / _YEAR
            for tariff in tariffs
        },
        energy=sum(compared.values()),
        hours=len(compared),
        missing=dict(missing),
        uncolored=tuple(uncolored),
    )


def cost(energies: Energies, tariff: Tariff, colors: Mapping[date, TempoColor]) -> Cost:
    """Return what energies cost; hours whose Tempo colour is not known cost nothing."""
    total = bound = 0.0
    by_period: dict[TariffPeriod, float] = {}
    off_peak = _OffPeak(tariff.off_peak, energies)
    for hour, energy in energies.items():
        parts = _parts(hour, tariff, colors, off_peak)
        prices = [tariff.prices[part.period] for part in parts]
        mean = sum(
            price * part.share for price, part in zip(prices, parts, strict=True)
        )
        total += energy * mean
        if len(parts) > 1:
            bound += energy * max(max(prices) - mean, mean - min(prices))
        for part in parts:
            kwh = energy * part.share
            by_period[part.period] = by_period.get(part.period, 0.0) + kwh
    return Cost(energy=total, bound=bound, by_period=by_period)


def avoided(
    energies: Energies, tariff: Tariff, colors: Mapping[date, TempoColor]
) -> tuple[float, float]:
    """Return the EUR that energies would have cost that were shed, at least and at most.

    At least: all was drawn later, at the contract's lowest price of the same colour. At
    most: it never was.
    """
    spent = cost(energies, tariff, colors)
    lowest = 0.0
    for period, energy in spent.by_period.items():
        rivals = [
            price
            for other, price in tariff.prices.items()
            if _color(other) == _color(period)
        ]
        lowest += energy * min(rivals)
    return max(spent.energy - lowest, 0.0), spent.energy


def learn_off_peak(
    off_peak: Energies, peak: Energies, least: int = 3
) -> tuple[Block, ...]:
    """Return the off-peak hours by what the two indexes of a contract counted.

    Each hour of the day needs `least` days on which something was drawn, else nothing is
    learnt. An edge within an hour is put where the energy was shared, to the nearest
    tenth of it; the last of several timetables wins by its days.
    """
    shares: dict[int, list[float]] = {}
    for hour, off in off_peak.items():
        total = off + peak.get(hour, 0.0)
        if hour in peak and total > 0:
            shares.setdefault(paris(hour).hour, []).append(off / total)
    if len(shares) < 24 or min(map(len, shares.values())) < least:
        return ()
    typical = [round(_median(shares[number]), 1) for number in range(24)]
    minutes = [False] * 1440
    for number, share in enumerate(typical):
        count = round(60 * share)
        # off-peak hours that go on begin late in their first hour, or end early
        begins = typical[(number + 1) % 24] > typical[number - 1]
        first = number * 60 + (60 - count if begins else 0)
        minutes[first : first + count] = [True] * count
    return _blocks(minutes)


def _median(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def _blocks(minutes: Sequence[bool]) -> tuple[Block, ...]:
    """Return the stretches of a day that are true, over midnight too."""
    edges = [n for n in range(1440) if minutes[n] != minutes[n - 1]]
    if not edges:
        return ()
    starts = [n for n in edges if minutes[n]]
    blocks = []
    for start in starts:
        end = next((n for n in edges if n > start and not minutes[n]), None)
        end = next(n for n in edges if not minutes[n]) if end is None else end
        blocks.append(Block(_clock(start), _clock(end)))
    return tuple(sorted(blocks))


def _clock(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _hours(start: datetime, end: datetime) -> Iterable[datetime]:
    hour = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if hour < start:
        hour += _HOUR
    while hour + _HOUR <= end:
        yield hour
        hour += _HOUR


class _OffPeak:
    """The off-peak stretches of all days that some hours are on."""

    def __init__(self, blocks: tuple[Block, ...], energies: Energies) -> None:
        self._seconds: Counter[datetime] = Counter()
        if not blocks or not energies:
            return
        first, last = min(energies), max(energies)
        for stretch in stretches(blocks, first, last - first + timedelta(days=1)):
            moment, end = stretch.start.astimezone(UTC), stretch.end.astimezone(UTC)
            while moment < end:
                hour = moment.replace(minute=0, second=0, microsecond=0)
                until = min(hour + _HOUR, end)
                self._seconds[hour] += round((until - moment).total_seconds())
                moment = until

    def share(self, hour: datetime) -> float:
        """Return the share of an hour that is off-peak."""
        return min(self._seconds[hour] / _HOUR.total_seconds(), 1.0)


def _parts(
    hour: datetime,
    tariff: Tariff,
    colors: Mapping[date, TempoColor],
    off_peak: _OffPeak,
) -> list[_Part]:
    match tariff.contract:
        case Contract.TEMPO:
            period = tempo_period(hour, colors.get(tempo_day(hour)))
            return [] if period is None else [_Part(period, 1.0)]
        case Contract.OFF_PEAK:
            off = off_peak.share(hour)
            parts = (
                _Part(TariffPeriod.OFF_PEAK, off),
                _Part(TariffPeriod.PEAK, 1.0 - off),
            )
            return [part for part in parts if part.share > 0]
        case _:
            return [_Part(TariffPeriod.BASE, 1.0)]


def _color(period: TariffPeriod) -> str:
    return period.partition("_")[0] if period.startswith(tuple(TempoColor)) else ""
