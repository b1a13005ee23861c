"""Cycles of machines, and what they draw at rest."""

from itertools import repeat

import pytest

from custom_components.linky_pilote.engine.accounting import Cycles, Standby

WINTER = 1_800_000_000.0

WASH = [
    *repeat(80.0, 5),
    *repeat(2050.0, 18),
    *repeat(3.0, 4),  # it soaks
    *repeat(180.0, 50),
    *repeat(520.0, 9),
]
"""W by minute."""


def cycles_of(*powers: float, rest: int = 10) -> Cycles:
    """Return what is known after some minutes and a rest."""
    cycles = Cycles()
    for minute, power in enumerate([1.5, *powers, *repeat(1.5, rest)]):
        cycles.take(WINTER + 60 * minute, 60.0, power)
    return cycles


def test_a_washing_cycle() -> None:
    cycles = cycles_of(*WASH)
    assert cycles.count == 1
    assert cycles.seconds == len(WASH) * 60
    assert cycles.energy == pytest.approx(sum(WASH) / 60)
    assert cycles.started_at == WINTER
    assert cycles.running_since is None


def test_one_that_runs_is_not_counted_yet() -> None:
    cycles = cycles_of(*WASH, rest=3)
    assert (cycles.count, cycles.energy, cycles.seconds) == (0, None, None)
    assert cycles.running_since == WINTER


def test_two_cycles_are_two() -> None:
    cycles = cycles_of(*WASH, *repeat(1.5, 6), *WASH)
    assert cycles.count == 2
    assert cycles.energy == pytest.approx(sum(WASH) / 60)


@pytest.mark.parametrize("powers", [(2000.0,) * 3, (25.0,) * 10, (5.0,) * 60])
def test_what_is_no_cycle(powers: tuple[float, ...]) -> None:
    assert cycles_of(*powers).count == 0


def standby_after(*powers: float, days: int = 0) -> float | None:
    """Return what is known after some minutes."""
    standby = Standby()
    for minute, power in enumerate(powers):
        standby.take(WINTER + 60 * minute, 60.0, power)
    for day in range(days):
        for minute in range(10):
            standby.take(WINTER + 86_400 * (day + 1) + 60 * minute, 60.0, 9.0)
    return standby.power


def test_the_lowest_steady_power() -> None:
    moving = [1.0, 30.0] * 5
    assert standby_after(*repeat(4.0, 10), *moving, *repeat(6.0, 10)) == 4.0
    assert standby_after(*moving) is None, "it is not steady"
    assert standby_after(*repeat(0.0, 60)) is None, "it is cut off"
    assert standby_after(*repeat(0.0, 60), *repeat(2.0, 10)) == 2.0
    assert standby_after(*repeat(2.0, 4)) is None, "not for long enough"
    assert standby_after(3.8, 4.2, 3.9, 4.1, 4.0, 4.0) == pytest.approx(4.0)


def test_what_it_was_more_than_a_week_ago_is_forgotten() -> None:
    assert standby_after(*repeat(4.0, 10), days=6) == 4.0
    assert standby_after(*repeat(4.0, 10), days=8) == 9.0
