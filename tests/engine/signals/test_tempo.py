"""Tempo's days and seasons, on the clock in Paris."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_pilote.engine.reading import TempoColor
from custom_components.linky_pilote.engine.signals import (
    PARIS,
    Season,
    at,
    day_start,
    days_left,
    next_change,
    tempo_day,
    tempo_period,
)

MOMENTS = st.integers(0, 5 * 366 * 86_400).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@given(MOMENTS)
def test_each_instant_is_in_one_day(now: datetime) -> None:
    day = tempo_day(now)
    assert day_start(day) <= now < day_start(day + timedelta(1))
    assert day_start(day).astimezone(PARIS).hour == 6


@given(MOMENTS, st.sampled_from(TempoColor))
def test_the_period_changes_when_it_was_told(now: datetime, color: TempoColor) -> None:
    change = next_change(now)
    assert timedelta() < change - now <= timedelta(hours=17)
    before = tempo_period(change - timedelta(seconds=1), color)
    assert tempo_period(now, color) == before
    assert tempo_period(change, color) != before
    assert tempo_period(now, None) is None


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-29 05:59", "2026-03-28"),
        ("2026-03-29 06:00", "2026-03-29"),
        ("2026-10-25 05:59", "2026-10-24"),
        ("2026-10-25 06:00", "2026-10-25"),
        ("2026-12-31 23:59", "2026-12-31"),
        ("2027-01-01 05:59", "2026-12-31"),
    ],
)
def test_a_day_starts_at_six(now: str, expected: str) -> None:
    assert tempo_day(paris(now)).isoformat() == expected


def test_the_hour_that_is_left_out() -> None:
    assert at(date(2026, 3, 29), 2) == at(date(2026, 3, 29), 3)
    assert at(date(2026, 3, 29), 24) == at(date(2026, 3, 30), 0)


@pytest.mark.parametrize(
    ("day", "name", "blue"),
    [
        ("2026-08-31", "2025-2026", 300),
        ("2026-09-01", "2026-2027", 300),
        ("2028-02-29", "2027-2028", 301),
    ],
)
def test_season(day: str, name: str, blue: int) -> None:
    season = Season.of(date.fromisoformat(day))
    assert season.name == name
    assert season.days == {"blue": blue, "white": 43, "red": 22}


def test_days_left() -> None:
    first = date(2026, 9, 1)
    colors = {first + timedelta(n): TempoColor.BLUE for n in range(90)}
    colors[date(2026, 11, 3)] = TempoColor.WHITE
    colors[date(2026, 8, 31)] = TempoColor.RED  # of the season before
    assert days_left(colors, first) == {"blue": 299, "white": 43, "red": 22}
    left = days_left(colors, date(2026, 11, 10))
    assert left == {"blue": 300 - 70, "white": 42, "red": 22}
    reds = {first + timedelta(n): TempoColor.RED for n in range(23)}
    assert days_left(colors | reds, date(2026, 11, 10)) is None, "one too many"
    del colors[date(2026, 10, 1)]
    assert days_left(colors, date(2026, 11, 10)) is None
