"""The Tempo calendar obeys the rules of the real one."""

from datetime import date, timedelta

import pytest

from custom_components.linky_pilote.engine.reading import TempoColor
from demo.tempo import TempoCalendar, public_holiday, season

SEASONS = [(seed, year) for seed in range(6) for year in (2024, 2026, 2027)]


@pytest.mark.parametrize(("seed", "year"), SEASONS)
def test_a_season_has_its_red_and_white_days(seed: int, year: int) -> None:
    colors = list(season(seed, year).values())
    assert colors.count(TempoColor.RED) == 22
    assert colors.count(TempoColor.WHITE) == 43


@pytest.mark.parametrize(("seed", "year"), SEASONS)
def test_dear_days_lie_where_they_may(seed: int, year: int) -> None:
    first, last = date(year, 9, 1), date(year + 1, 8, 31)
    for day, color in season(seed, year).items():
        assert first <= day <= last
        assert day.weekday() != 6
        if color is TempoColor.RED:
            assert day.month in (11, 12, 1, 2, 3)
            assert day.weekday() < 5
            assert not public_holiday(day)


def test_the_other_days_are_blue() -> None:
    calendar = TempoCalendar(1)
    days = [date(2026, 9, 1) + timedelta(days=number) for number in range(365)]
    blue = sum(calendar.color(day) is TempoColor.BLUE for day in days)
    assert blue == 300


def test_another_seed_gives_other_days() -> None:
    assert season(1, 2026) != season(2, 2026)
    assert season(1, 2026) == season(1, 2026)


@pytest.mark.parametrize(
    "day",
    [
        date(2027, 1, 1),
        date(2026, 11, 11),
        date(2024, 4, 1),  # Easter Monday
        date(2027, 3, 29),
        date(2008, 3, 24),
        date(2038, 4, 26),
        date(2027, 5, 6),  # Ascension
        date(2027, 5, 17),  # Whit Monday
    ],
)
def test_public_holidays(day: date) -> None:
    assert public_holiday(day)
    assert not public_holiday(day + timedelta(days=1))
