"""What contracts would have cost, beside the truth of finer energies."""

from collections.abc import Mapping
import csv
from datetime import UTC, date, datetime, time, timedelta
import gzip
from pathlib import Path
from typing import Final

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.linky_pilote.engine.comparing import (
    Comparison,
    Tariff,
    avoided,
    compare,
    cost,
    learn_off_peak,
)
from custom_components.linky_pilote.engine.reading import (
    Contract,
    TariffPeriod as P,
    TempoColor,
)
from custom_components.linky_pilote.engine.signals import (
    PARIS,
    Block,
    paris,
    read_blocks,
    tempo_day,
    tempo_period,
)

_TRACE: Final = (
    Path(__file__).parents[3]
    / "shared"
    / "traces"
    / "home_30min_emhass_2024-02_2025-02.csv.gz"
)
_BASE: Final = Tariff(
    contract=Contract.BASE, prices={P.BASE: 0.1952}, subscription=182.64
)
_PRICES: Final = {P.OFF_PEAK: 0.1635, P.PEAK: 0.2081}
_TEMPO: Final = Tariff(
    contract=Contract.TEMPO,
    prices={
        P.BLUE_OFF_PEAK: 0.1232,
        P.BLUE_PEAK: 0.1494,
        P.WHITE_OFF_PEAK: 0.1391,
        P.WHITE_PEAK: 0.1730,
        P.RED_OFF_PEAK: 0.1460,
        P.RED_PEAK: 0.6468,
    },
)
_START: Final = datetime(2026, 3, 20, tzinfo=PARIS)
_COLORS: Final = (TempoColor.BLUE, TempoColor.WHITE, TempoColor.RED)


def off_peak(hours: str) -> Tariff:
    """Return a contract with these off-peak hours."""
    return Tariff(
        contract=Contract.OFF_PEAK, prices=_PRICES, off_peak=read_blocks(hours)
    )


def is_off(blocks: tuple[Block, ...], moment: datetime) -> bool:
    """Tell whether a moment is off-peak, by the clock alone."""
    wall = paris(moment).time()
    return any(
        block.start <= wall < block.end
        if block.start < block.end
        else wall >= block.start or wall < block.end
        for block in blocks
    )


def by_hour(fine: Mapping[datetime, float]) -> dict[datetime, float]:
    """Return what statistics keep of finer energies."""
    hours: dict[datetime, float] = {}
    for moment, energy in fine.items():
        hour = moment.astimezone(UTC).replace(minute=0)
        hours[hour] = hours.get(hour, 0.0) + energy
    return hours


def colors_of(year: Mapping[datetime, float]) -> dict[date, TempoColor]:
    """Return a colour for each Tempo day, in turn."""
    return {
        tempo_day(moment): _COLORS[tempo_day(moment).toordinal() % 3] for moment in year
    }


def check(fine: Mapping[datetime, float], hours: str) -> Comparison:
    """Compare with the truth of finer energies, and return what is compared."""
    colors = colors_of(fine)
    tariff = off_peak(hours)
    energies = by_hour(fine)
    first, last = min(energies), max(energies) + timedelta(hours=1)
    found = compare(energies, first, last, [_BASE, tariff, _TEMPO], colors)
    complete = {
        moment: energy
        for moment, energy in fine.items()
        if moment.astimezone(UTC).replace(minute=0) in energies
    }
    truth = {
        Contract.BASE: sum(complete.values()) * _BASE.prices[P.BASE],
        Contract.OFF_PEAK: sum(
            energy * _PRICES[P.OFF_PEAK if is_off(tariff.off_peak, moment) else P.PEAK]
            for moment, energy in complete.items()
        ),
        Contract.TEMPO: sum(
            energy * _TEMPO.prices[period]
            for moment, energy in complete.items()
            if (period := tempo_period(moment, colors[tempo_day(moment)]))
        ),
    }
    for contract, right in truth.items():
        said = found.costs[contract]
        assert abs(said.energy - right) <= said.bound + 1e-6, contract
        assert sum(said.by_period.values()) == pytest.approx(found.energy)
    assert found.costs[Contract.BASE].bound == 0
    assert found.costs[Contract.TEMPO].bound == 0
    return found


_HOURS: Final = (
    "22:30-06:30",
    "22:00-06:00",
    "23:30-05:30, 13:30-15:30",
    "01:30-07:00, 12:00-14:30",
)


@pytest.mark.skipif(not _TRACE.exists(), reason="the traces are not there")
@pytest.mark.parametrize("hours", _HOURS)
def test_a_real_year_of_half_hours(hours: str) -> None:
    with gzip.open(_TRACE, "rt") as file:
        rows = list(csv.DictReader(file))
    fine = {
        datetime.strptime(row["ts_utc"], "%Y-%m-%d %H:%M").replace(tzinfo=UTC): float(
            row["load_w"]
        )
        / 2000
        for row in rows
        if row["load_w"]
    }
    # an hour of which a half is missing has no statistic
    whole = {
        moment: energy
        for moment, energy in fine.items()
        if moment.replace(minute=0) in fine and moment.replace(minute=30) in fine
    }
    found = check(whole, hours)
    assert found.hours > 8000
    assert found.missing
    bound = found.costs[Contract.OFF_PEAK].bound
    assert bound < 0.05 * found.costs[Contract.OFF_PEAK].energy
    assert (bound > 0) is (":30" in hours)


@settings(max_examples=25)
@given(
    st.lists(st.floats(0, 9), min_size=24 * 12 * 2, max_size=24 * 12 * 2),
    st.tuples(st.integers(0, 287), st.integers(0, 287)).filter(lambda p: p[0] != p[1]),
    st.sampled_from([_START, datetime(2026, 3, 28, tzinfo=PARIS)]),
)
def test_any_energies_and_any_hours(
    kilowatts: list[float], edges: tuple[int, int], start: datetime
) -> None:
    """Five minutes are the truth here; one of the days has 23 hours."""
    begin = start.astimezone(UTC)
    fine = {
        begin + timedelta(minutes=5 * number): power / 12
        for number, power in enumerate(kilowatts)
    }
    text = "-".join(f"{edge // 12:02d}:{edge % 12 * 5:02d}" for edge in edges)
    if begin.date() == date(2026, 3, 27):
        # an edge in the hour that is left out has no time of its own on that day
        edge_hours = {edge // 12 for edge in edges}
        if 2 in edge_hours:
            return
    check(fine, text)


def flat(days: int, power: float = 1.0) -> dict[datetime, float]:
    """Return days with the same energy each hour."""
    begin = _START.astimezone(UTC)
    return {begin + timedelta(hours=number): power for number in range(24 * days)}


def test_hours_without_data_are_told_and_left_out() -> None:
    energies = flat(3)
    end = max(energies) + timedelta(hours=1)
    gone = sorted(energies)[30:36]
    for hour in gone:
        del energies[hour]
    found = compare(energies, _START, end, [_BASE], {})
    assert found.missing == {date(2026, 3, 21): 6}
    assert found.energy == 66
    assert found.hours == 66
    subscription = found.subscriptions[Contract.BASE]
    assert subscription == pytest.approx(182.64 * 66 / 24 / 365.25)


def test_days_without_a_colour_are_left_out_under_all_contracts() -> None:
    energies = flat(3)
    end = max(energies) + timedelta(hours=1)
    colors = {date(2026, 3, 20): TempoColor.RED, date(2026, 3, 21): TempoColor.BLUE}
    found = compare(energies, _START, end, [_BASE, _TEMPO], colors)
    assert found.uncolored == (date(2026, 3, 19), date(2026, 3, 22))
    assert found.hours == 48
    assert found.costs[Contract.BASE].energy == pytest.approx(48 * 0.1952)
    tempo = found.costs[Contract.TEMPO]
    assert tempo.by_period[P.RED_PEAK] == 16
    assert tempo.by_period[P.RED_OFF_PEAK] == 8


def test_without_any_colour_tempo_is_not_compared() -> None:
    energies = flat(2)
    end = max(energies) + timedelta(hours=1)
    found = compare(energies, _START, end, [_BASE, _TEMPO], {})
    assert found.costs.keys() == {Contract.BASE}
    assert found.hours == 48


def test_what_was_shed_is_drawn_later_or_never() -> None:
    red = {date(2026, 3, 20): TempoColor.RED}
    hours = {_START.astimezone(UTC) + timedelta(hours=10): 2.0}
    least, most = avoided(hours, _TEMPO, red)
    assert most == pytest.approx(2 * 0.6468)
    assert least == pytest.approx(2 * (0.6468 - 0.1460))
    assert avoided(hours, _BASE, {}) == (0.0, pytest.approx(2 * 0.1952))


def test_nothing_was_shed() -> None:
    assert avoided({}, off_peak("22:30-06:30"), {}) == (0.0, 0.0)
    assert cost({}, _BASE, {}).energy == 0


@pytest.mark.parametrize(
    "hours", ["22:30-06:30", "00:00-08:00", "12:00-14:00, 02:06-08:06", "23:00-07:00"]
)
def test_off_peak_hours_are_learnt_from_two_indexes(hours: str) -> None:
    blocks = read_blocks(hours)
    off: dict[datetime, float] = {}
    peak: dict[datetime, float] = {}
    for hour in flat(10):
        share = sum(is_off(blocks, hour + timedelta(minutes=n)) for n in range(60)) / 60
        off[hour], peak[hour] = 0.7 * share, 0.7 * (1 - share)
    assert learn_off_peak(off, peak) == blocks


def test_two_days_teach_nothing() -> None:
    energies = flat(2)
    assert learn_off_peak(energies, energies) == ()
    assert learn_off_peak({}, {}) == ()


def test_a_contract_without_off_peak_hours_is_all_peak() -> None:
    energies = flat(10)
    nothing = dict.fromkeys(energies, 0.0)
    assert learn_off_peak(nothing, energies) == ()
    assert learn_off_peak(energies, nothing) == ()
    assert Block(time(0), time(1)) not in learn_off_peak(nothing, energies)
