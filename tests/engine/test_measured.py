"""Readings made of what sensors measure."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_pilote.engine.measured import (
    Measured,
    color_of_words,
    reading_of,
)
from custom_components.linky_pilote.engine.reading import (
    Contract,
    MeterReading,
    TariffPeriod,
    TempoColor,
)

NIGHT = datetime(2027, 1, 12, 2, tzinfo=UTC)
NOON = datetime(2027, 1, 12, 11, tzinfo=UTC)


def read(now: datetime = NOON, **said: Any) -> MeterReading:
    """Return the reading of what sensors say."""
    return reading_of(Measured(**said), now)


def test_a_clamp_that_sees_what_the_home_draws() -> None:
    reading = read(powers=(1234.4,), subscribed=6000.0)
    assert reading.mode is None
    assert reading.phases == 1
    assert reading.active_power == 1234
    assert reading.apparent_power is None, "nobody has measured it"
    assert reading.subscribed_power == 6000
    assert not reading.overload


def test_one_that_sees_what_it_injects() -> None:
    reading = read(powers=(-800.0,), currents=(-3.5,))
    assert reading.active_power == -800
    assert reading.apparent_power == 0


def test_an_inverter_with_a_sensor_for_each_direction() -> None:
    assert read(powers=(0.0,), injected=700.0).active_power == -700
    assert read(powers=(300.0,), injected=-0.0).active_power == 300


def test_a_current_tells_volt_amperes() -> None:
    reading = read(powers=(2000.0,), currents=(10.0,), subscribed=2000.0)
    assert reading.apparent_power == 2300
    assert reading.overload


def test_three_phases_one_of_which_injects() -> None:
    reading = read(powers=(1000.0, -400.0, 20.0), currents=(5.0, 2.0, 0.2))
    assert reading.phases == 3
    assert reading.active_power == 620
    assert reading.active_power_by_phase == (1000, -400, 20)
    assert reading.apparent_power_by_phase == (1150, 0, 46)
    assert reading.apparent_power == 1196


def test_a_power_in_all_with_currents_by_phase() -> None:
    reading = read(powers=(3000.0,), currents=(5.0, 5.0, 5.0))
    assert reading.phases == 3
    assert reading.active_power == 3000
    assert reading.apparent_power_by_phase == (1150, 1150, 1150)


def test_a_zigbee_tic_gives_volt_amperes_and_no_sign() -> None:
    reading = read(apparent=(900.0,), tariff="HPJR")
    assert reading.apparent_power == 900
    assert reading.active_power is None
    assert reading.period is TariffPeriod.RED_PEAK
    assert reading.contract is Contract.TEMPO


def test_volt_amperes_of_each_direction() -> None:
    reading = read(apparent=(0.0,), injected=2500.0)
    assert reading.apparent_power == 0
    assert reading.injected_power == 2500
    assert reading.active_power is None


def test_volt_amperes_in_all_with_currents_by_phase() -> None:
    reading = read(apparent=(3450.0,), currents=(5.0, 5.0, 5.0))
    assert reading.apparent_power_by_phase == (1150, 1150, 1150)


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("HP..", TariffPeriod.PEAK),
        ("TH", TariffPeriod.BASE),
        ("HEURES CREUSES", TariffPeriod.OFF_PEAK),
        ("HC BLANC", TariffPeriod.WHITE_OFF_PEAK),
        ("red_peak", TariffPeriod.RED_PEAK),
        ("offpeak", TariffPeriod.OFF_PEAK),
        ("Off-peak", TariffPeriod.OFF_PEAK),
        ("hello", None),
        ("", None),
    ],
)
def test_periods_by_many_names(words: str, period: TariffPeriod | None) -> None:
    assert read(tariff=words).period is period


@pytest.mark.parametrize(
    ("words", "color"),
    [
        ("Bleu", TempoColor.BLUE),
        ("TEMPO_BLANC", TempoColor.WHITE),
        ("red", TempoColor.RED),
        ("bleu, rouge", None),
        ("reddish", None),
        (None, None),
    ],
)
def test_colors(words: str | None, color: TempoColor | None) -> None:
    assert color_of_words(words) is color


def test_a_colour_tells_the_period_by_the_clock() -> None:
    assert read(NOON, today="Rouge").period is TariffPeriod.RED_PEAK
    assert read(NIGHT, today="Rouge").period is TariffPeriod.RED_OFF_PEAK
    assert read(NIGHT, today="Rouge", tomorrow="bleu").color_tomorrow is TempoColor.BLUE


@given(
    st.lists(st.floats(-40_000, 40_000), min_size=1, max_size=3),
    st.lists(st.floats(-100, 100), min_size=0, max_size=3),
)
def test_what_is_drawn_is_never_negative(
    powers: list[float], currents: list[float]
) -> None:
    reading = read(powers=tuple(powers), currents=tuple(currents))
    assert all(power >= 0 for power in reading.apparent_power_by_phase)
    assert (reading.apparent_power or 0) >= 0
    assert reading.active_power == pytest.approx(sum(powers), abs=0.51)
