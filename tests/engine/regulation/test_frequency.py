"""The grid's frequency: droop, steps, and a return at different moments."""

from dataclasses import replace

import pytest

from custom_components.linky_pilote.engine.regulation.frequency import (
    Help,
    Step,
    help_now,
    is_off_for_grid,
    return_at,
)
from custom_components.linky_pilote.engine.regulation.model import Frequency

_NOW = 1_700_000_000.0
_KEYS = [f"load {number}" for number in range(50)]


def _run(
    values: list[float], resolution: float = 0.001, before: Help | None = None
) -> Help:
    """Return the help after a value each second."""
    found = before or Help()
    for second, value in enumerate(values):
        now = _NOW + second
        found = help_now(
            now, Frequency(value=value, time=now, resolution=resolution), found
        )
    return found


@pytest.mark.parametrize(
    ("value", "share"),
    [(50.0, 0), (49.986, 0), (49.9, 0.459), (49.81, 0.946), (50.1, 0)],
)
def test_the_droop(value: float, share: float) -> None:
    assert _run([value] * 5).share == pytest.approx(share, abs=0.001)


def test_the_droop_takes_loads_off_one_after_the_other() -> None:
    off = [
        sum(is_off_for_grid(_run([value] * 3), key) for key in _KEYS)
        for value in (49.97, 49.93, 49.9, 49.85, 49.81)
    ]
    assert off == sorted(off)
    assert off[0] < 10
    assert 10 < off[2] < 40
    assert off[-1] == len(_KEYS)


@pytest.mark.parametrize(
    ("value", "step"),
    [
        (49.79, Step.LOW),
        (49.1, Step.VERY_LOW),
        (50.21, Step.HIGH),
        (49.85, Step.NORMAL),
    ],
)
def test_the_steps_want_a_second(value: float, step: Step) -> None:
    assert _run([50.0, value]).step is Step.NORMAL
    assert _run([50.0, value, value]).step is step


def test_a_coarse_source_does_for_the_steps_only() -> None:
    assert _run([49.9] * 3, resolution=0.1).share == 0
    assert _run([49.7] * 3, resolution=0.1).step is Step.LOW
    assert not _run([49.7] * 3, resolution=0.5).usable


def test_an_old_frequency_is_none() -> None:
    low = _run([49.7] * 3)
    old = Frequency(value=49.7, time=_NOW, resolution=0.01)
    assert help_now(_NOW + 30, old, low).step is Step.NORMAL
    assert not help_now(_NOW + 30, None, low).usable


def test_loads_come_back_at_moments_of_their_own() -> None:
    helped = _run([49.7] * 5 + [50.0] * 5)
    assert helped.step is Step.NORMAL
    back = sorted(return_at(helped, key) - helped.ended for key in _KEYS)
    assert back[0] >= 60
    assert back[-1] <= 300
    assert back[-1] - back[0] > 120


def test_the_grid_is_helped_for_half_an_hour_at_most() -> None:
    low = _run([49.7] * 3)
    tired = help_now(
        _NOW + 1900, Frequency(value=49.7, time=_NOW + 1900, resolution=0.01), low
    )
    assert tired.step is Step.NORMAL
    # and again only after it has been good
    again = help_now(
        _NOW + 1902, Frequency(value=49.7, time=_NOW + 1902, resolution=0.01), tired
    )
    assert again.step is Step.NORMAL
    fresh = _run([50.0, 50.0, 49.7, 49.7, 49.7], before=replace(tired))
    assert fresh.step is Step.LOW
