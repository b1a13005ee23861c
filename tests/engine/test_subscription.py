"""Which subscribed power fits, by the days that were."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import sqrt

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_pilote.engine.reading import MeterReading, Peak, TicMode
from custom_components.linky_pilote.engine.subscription import (
    DailyPeaks,
    DayPeak,
    Verdict,
    advise,
)

_FIRST = date(2026, 11, 1)
_READING = MeterReading(mode=TicMode.STANDARD, complete=True)
_NOON = datetime(2027, 1, 12, 11, tzinfo=UTC)


def winter(power: float, days: int = 120, **others: float) -> dict[date, DayPeak]:
    """Return days with the same peak, and others by their ISO date."""
    peaks = {
        _FIRST + timedelta(number): DayPeak(power, measured=True)
        for number in range(days)
    }
    for day, value in others.items():
        peaks[date.fromisoformat(day.removeprefix("d"))] = DayPeak(value, measured=True)
    return peaks


def test_a_smaller_power_fits() -> None:
    advice = advise(winter(4500), 1, 9000)
    assert advice.verdict is Verdict.SMALLER
    assert advice.fitting == 6
    assert [choice.power for choice in advice.choices] == [3, 6, 9, 12]
    assert advice.choices[0].days_above == 120
    assert advice.choices[0].days_cut == 120
    assert advice.days == 120
    assert advice.cold_days == 90


def test_one_evening_decides() -> None:
    advice = advise(winter(4500, d20261224=8000.0), 1, 6000)
    assert advice.verdict is Verdict.LARGER
    assert advice.fitting == 9
    assert advice.deciding[0] == (date(2026, 12, 24), DayPeak(8000.0, measured=True))
    six = advice.choices[1]
    assert (six.power, six.days_above, six.days_cut) == (6, 1, 1)


def test_what_is_there_fits() -> None:
    assert advise(winter(6500), 1, 6000).verdict is Verdict.KEEP


def test_three_phases_go_by_the_most_loaded_one() -> None:
    advice = advise(winter(3900), 3, 12_000)
    assert advice.fitting == 12
    assert advice.choices[0].power == 6
    assert advice.verdict is Verdict.KEEP


@pytest.mark.parametrize(
    "peaks",
    [
        {},
        winter(2000, 20),
        {
            date(2026, 6, 1) + timedelta(n): DayPeak(2000, measured=True)
            for n in range(90)
        },
    ],
)
def test_a_summer_or_a_month_is_too_early_to_advise_less(
    peaks: dict[date, DayPeak],
) -> None:
    assert advise(peaks, 1, 6000).verdict is Verdict.TOO_EARLY


def test_more_than_is_offered() -> None:
    advice = advise(winter(20_000), 1, 12_000)
    assert advice.fitting is None
    assert advice.verdict is Verdict.LARGER


def test_a_kettle_counts_less_than_an_hour() -> None:
    short, long = DailyPeaks(), DailyPeaks()
    for second in range(3600):
        now = _NOON + timedelta(seconds=second)
        short.take(_READING, (6000.0 if second < 120 else 500.0,), now)
        long.take(_READING, (500.0 if second < 1 else 6000.0,), now)
    day = date(2027, 1, 12)
    assert short.days[day].power == pytest.approx(6000, abs=1), "it began with it"
    assert long.days[day].power == pytest.approx(6000, abs=10)
    late = DailyPeaks()
    for second in range(240):
        power = 6000.0 if 120 <= second < 180 else 500.0
        late.take(_READING, (power,), _NOON + timedelta(seconds=second))
    # 0.008 of the square each second, for a minute
    kept = 0.992**60
    right = sqrt(6000**2 * (1 - kept) + 500**2 * kept)
    assert late.days[day].power == pytest.approx(right, rel=0.02)


def test_the_meter_knows_better() -> None:
    peaks = DailyPeaks()
    peaks.take(_READING, (9000.0,), _NOON)
    said = replace(
        _READING,
        peak_today=Peak(power=5300, time=_NOON),
        peak_yesterday=Peak(power=6100, time=_NOON - timedelta(days=1)),
    )
    peaks.take(said, (9000.0,), _NOON + timedelta(seconds=2))
    assert peaks.days[date(2027, 1, 12)] == DayPeak(5300, measured=True)
    assert peaks.days[date(2027, 1, 11)] == DayPeak(6100, measured=True)


def test_yesterdays_peak_that_is_said_after_midnight_is_yesterdays() -> None:
    peaks = DailyPeaks()
    midnight = datetime(2027, 1, 12, 23, 0, 5, tzinfo=UTC)
    late = replace(_READING, peak_today=Peak(power=7000, time=_NOON))
    peaks.take(late, (800.0,), midnight)
    assert peaks.days == {date(2027, 1, 13): DayPeak(800, measured=False)}


def test_days_are_forgotten_after_a_year_and_a_month() -> None:
    peaks = DailyPeaks()
    for number in range(500):
        peaks.take(_READING, (1000.0,), _NOON + timedelta(days=number))
    assert len(peaks.days) == 401


@given(
    st.dictionaries(
        st.dates(date(2026, 1, 1), date(2027, 12, 31)),
        st.tuples(st.integers(0, 40_000), st.booleans()),
    )
)
def test_what_is_dumped_is_loaded(days: dict[date, tuple[int, bool]]) -> None:
    peaks = DailyPeaks({d: DayPeak(float(p), measured=m) for d, (p, m) in days.items()})
    assert DailyPeaks.load(peaks.dump()).days == peaks.days


@pytest.mark.parametrize("spoiled", [None, [1], {"x": [1, True]}, {"2027-01-01": 3}])
def test_what_is_spoiled_is_said(spoiled: object) -> None:
    with pytest.raises(ValueError, match="not what was kept"):
        DailyPeaks.load(spoiled)
