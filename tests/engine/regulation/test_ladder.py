"""What a load is told for a power, in its own unit."""

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_pilote.engine.regulation.ladder import (
    OFF,
    at_most,
    highest_power,
    lowest_power,
    power_at,
    spread,
)
from custom_components.linky_pilote.engine.regulation.model import (
    Load,
    Modulation,
    Setting,
    Unit,
)

_DIMMER = Load(
    key="tank",
    power=2400,
    modulation=Modulation(
        low=1, high=100, unit=Unit.PERCENT, curve=((0, 0), (0.5, 0.25), (1, 1))
    ),
)
_CAR = Load(
    key="car",
    power=7360,
    modulation=Modulation(low=6, high=32, unit=Unit.AMPERE),
)
_CAR_1_OR_3 = Load(
    key="car",
    power=11_040,
    phases=(1, 2, 3),
    modulation=Modulation(low=6, high=16, unit=Unit.AMPERE, phase_counts=(1, 3)),
)
_BATTERY = Load(
    key="pump", power=1000, modulation=Modulation(low=200, high=1000, step=50)
)
_PLUG = Load(key="plug", power=1200)
_ALL = (_DIMMER, _CAR, _CAR_1_OR_3, _BATTERY, _PLUG)


@pytest.mark.parametrize(
    ("load", "watts", "value", "power", "phases"),
    [
        (_PLUG, 1199, 0, 0, None),
        (_PLUG, 1200, 1, 1200, None),
        (_CAR, 1379, 0, 0, None),
        (_CAR, 1380, 6, 1380, None),
        (_CAR, 2400, 10, 2300, None),
        (_CAR, 99_999, 32, 7360, None),
        # 6 A on three phases are 4140 W; below, one phase gives more
        (_CAR_1_OR_3, 4139, 16, 3680, 1),
        (_CAR_1_OR_3, 4140, 6, 4140, 3),
        (_BATTERY, 333, 300, 300, None),
        # half of the dimmer's range is a quarter of its power
        (_DIMMER, 600, 50, 600, None),
        (_DIMMER, 2400, 100, 2400, None),
    ],
)
def test_the_highest_setting_within_a_power(
    load: Load, watts: float, value: float, power: float, phases: int | None
) -> None:
    assert load.power is not None
    setting = at_most(load, load.power, watts, None)
    assert (setting.power, setting.value) == pytest.approx((power, value))
    assert setting.phases == phases


@given(st.sampled_from(_ALL), st.floats(-1000, 20_000))
def test_a_setting_never_draws_more_than_allowed(load: Load, watts: float) -> None:
    assert load.power is not None
    setting = at_most(load, load.power, watts, None)
    assert setting.power <= max(watts, 0) + 1e-3
    assert setting == OFF or (
        lowest_power(load, load.power) - 1e-3
        <= setting.power
        <= highest_power(load, load.power) + 1e-3
    )
    if setting.phases is None:
        assert power_at(load, load.power, setting.value) == pytest.approx(setting.power)


def test_a_charger_keeps_its_phases_when_told() -> None:
    assert at_most(_CAR_1_OR_3, 11_040, 4500, 1).phases == 1
    assert at_most(_CAR_1_OR_3, 11_040, 3000, 3) == OFF
    assert lowest_power(_CAR_1_OR_3, 11_040) == 1380
    assert lowest_power(_CAR_1_OR_3, 11_040, 3) == 4140


def test_a_charger_on_one_phase_draws_on_the_first() -> None:
    assert spread(_CAR_1_OR_3, Setting(power=1380, value=6, phases=1)) == (1,)
    assert spread(_CAR_1_OR_3, None) == (1, 2, 3)
