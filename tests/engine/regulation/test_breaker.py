"""The Linky's filter: the times of the specification, and what bounds the estimate."""

from math import inf, sqrt

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_pilote.engine.regulation.breaker import (
    blind_limit,
    bounded,
    filtered,
    limit_before,
    seconds_to,
)

_POWER = st.floats(10, 20_000)


@pytest.mark.parametrize(
    ("guard", "load", "seconds"),
    [
        # from half load, in s: a step to so many times the cut-off power
        (1.0, 1.05, 264),
        (1.0, 1.2, 124),
        (1.0, 2.0, 28),
        (1.1, 1.2, 205),
        (1.1, 1.5, 82),
        (1.1, 3.0, 15),
        (1.3, 1.4, 230),
        (1.3, 2.0, 61),
        (1.3, 3.0, 23),
        (1.1, 1.1, inf),
        (1.3, 1.2, inf),
    ],
)
def test_the_time_to_the_guard(guard: float, load: float, seconds: float) -> None:
    found = seconds_to(0.5**2, load, guard)
    assert found == pytest.approx(seconds, abs=1.5)


@given(_POWER, _POWER, _POWER)
def test_the_time_to_a_limit_is_when_the_filter_is_there(
    before: float, power: float, limit: float
) -> None:
    seconds = seconds_to(before**2, power, limit)
    if 0 < seconds < inf:
        assert sqrt(filtered(before**2, power, seconds)) == pytest.approx(limit, abs=1)
    elif seconds == 0:
        assert before >= limit
    else:
        assert filtered(before**2, power, 3600) <= limit**2 + 1


def test_the_filter_a_second_at_a_time_is_the_filter_at_once() -> None:
    square = 3000.0**2
    for _ in range(60):
        square = 0.008 * 7000**2 + 0.992 * square
    assert filtered(3000**2, 7000, 60) == pytest.approx(square)


def test_the_meters_own_highest_bounds_the_estimate() -> None:
    # never above it
    assert bounded(7000**2, 6500, 6500, 2) == 6500**2
    # and there, a moment ago, when it has just risen
    assert sqrt(bounded(6000**2, 6800, 6500, 2)) == pytest.approx(6800, rel=0.01)
    # what rose before the first reading is over
    assert bounded(3000**2, 6800, None, 2) == 3000**2


@given(
    limit=st.floats(3000, 15_000), rise=st.floats(0, 5000), seconds=st.floats(0, 120)
)
def test_the_blind_limit_leaves_room_for_a_rise(
    limit: float, rise: float, seconds: float
) -> None:
    power = blind_limit(limit, rise, seconds)
    assert 0 <= power <= limit * 1.001
    if power > 0:
        after = filtered(power**2, power + rise, seconds)
        assert sqrt(after) <= limit * 1.001


@given(limit=st.floats(3000, 15_000), alone=_POWER, seconds=st.floats(1, 300))
def test_the_limit_before_is_from_where_a_home_alone_just_reaches_the_limit(
    limit: float, alone: float, seconds: float
) -> None:
    power = limit_before(limit, alone, seconds)
    if power == inf:
        assert alone <= limit
    elif power > 0:
        after = sqrt(filtered(power**2, alone, seconds))
        assert after == pytest.approx(limit, rel=0.001)
    else:
        assert filtered(0.0, alone, seconds) >= limit**2 * 0.999
