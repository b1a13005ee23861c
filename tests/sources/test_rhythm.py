"""How long a bridge may be silent: learnt from how it speaks."""

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_pilote.sources.rhythm import Rhythm

HOUR = 3600.0


def speak(rhythm: Rhythm, *gaps: float, start: float = 1000.0) -> float:
    """Have a bridge speak after each of these gaps; return when it did last."""
    rhythm.note(start)
    for gap in gaps:
        start += gap
        rhythm.note(start)
    return start


def test_it_is_patient_until_it_knows() -> None:
    rhythm = Rhythm()
    assert rhythm.expiry == 1800
    speak(rhythm, *[1.0] * 200)
    assert rhythm.longest is None
    assert rhythm.expiry == 1800


@pytest.mark.parametrize(
    ("gap", "expiry"),
    [(1, 15), (3, 15), (10, 30), (60, 180), (600, 1800), (HOUR, 10_800)],
)
def test_three_gaps_make_a_loss(gap: float, expiry: float) -> None:
    rhythm = Rhythm()
    speak(rhythm, *[gap] * max(4, round(400 / gap)))
    assert rhythm.longest == gap
    assert rhythm.expiry == expiry


def test_a_bridge_that_wakes_for_a_burst_sleeps_in_between() -> None:
    rhythm = Rhythm()
    speak(rhythm, *[0.01, 0.02, 1.0, 600.0] * 3)
    assert rhythm.expiry == 1800


def test_what_was_learnt_is_known_at_the_next_start() -> None:
    rhythm = Rhythm(600.0)
    assert rhythm.longest == 600
    assert rhythm.expiry == 1800
    assert Rhythm(1.0).expiry == 15


def test_an_outage_teaches_nothing() -> None:
    rhythm = Rhythm(1.0)
    speak(rhythm, *[1.0] * 10, 5 * HOUR, *[1.0] * 10)
    assert rhythm.expiry == 15


def test_a_new_rhythm_is_learnt_at_its_second_gap() -> None:
    rhythm = Rhythm(1.0)
    speak(rhythm, 1.0, 1.0, 600.0)
    assert rhythm.expiry == 15
    speak(rhythm, 600.0, start=10_000.0)
    rhythm = Rhythm(1.0)
    speak(rhythm, 1.0, 600.0, 590.0)
    assert rhythm.expiry == 1770


def test_time_without_a_broker_is_no_gap() -> None:
    rhythm = Rhythm(1.0)
    end = speak(rhythm, 1.0, 14.0)
    rhythm.pause()
    speak(rhythm, 1.0, start=end + 1000)
    assert rhythm.longest == 14


def test_old_gaps_are_forgotten() -> None:
    rhythm = Rhythm(600.0)
    speak(rhythm, *[10.0] * round(13 * HOUR / 10))
    assert rhythm.longest == 10


def test_an_announced_sleep_counts() -> None:
    rhythm = Rhythm(2.0)
    rhythm.sleep = 900.0
    assert rhythm.expiry == 2700
    rhythm.sleep = 0.0
    assert rhythm.expiry == 15


@given(st.lists(st.floats(0, 1e6)), st.none() | st.floats(0, 1e6))
def test_it_is_never_without_bounds(gaps: list[float], memory: float | None) -> None:
    rhythm = Rhythm(memory)
    speak(rhythm, *gaps)
    assert 15 <= rhythm.expiry <= 4 * HOUR
