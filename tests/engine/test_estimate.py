"""The active power, which must never be more certain than it is."""

from collections.abc import Callable
from dataclasses import replace
from math import hypot, isfinite
from typing import Any, Final

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.linky_pilote.engine.estimate import (
    ActivePowerEstimator,
    Estimate,
    EstimateMethod,
)
from custom_components.linky_pilote.engine.reading import MeterReading, TicMode
from custom_components.linky_pilote.engine.tic.registers import parse_status

FRAME: Final = 1.5
"""s from one reading to the next."""

EXPORTING: Final = parse_status("003A0201")
DRAWING: Final = parse_status("003A0001")


class Home:
    """A home whose active and reactive power are set, and its meter."""

    def __init__(self, reading: MeterReading) -> None:
        """Begin with an index of a whole Wh."""
        self.now = 1000.0
        self.estimator = ActivePowerEstimator()
        self._base = reading
        self._drawn = 5000.3
        self._injected = 700.6

    def live(self, active: float, reactive: float, seconds: float) -> Estimate:
        """Let time pass and return the last estimate."""
        found: Estimate | None = None
        end = self.now + seconds
        while self.now < end:
            self.now += FRAME
            energy = active * FRAME / 3600
            self._drawn += max(energy, 0.0)
            self._injected += max(-energy, 0.0)
            found = self.estimator.take(self._reading(active, reactive), self.now)
        assert found is not None
        return found

    def skip(self, energy: float, seconds: float = 0.0) -> None:
        """Let the index leap, or time pass, unheard."""
        self._drawn += energy
        self.now += seconds

    def change(self, **changes: Any) -> None:
        """Let the meter be another one."""
        self._base = replace(self._base, **changes)

    def _reading(self, active: float, reactive: float) -> MeterReading:
        apparent = hypot(active, reactive)
        step = 10 if self._base.mode is TicMode.HISTORICAL else 1
        injects = self._base.injected_index is not None
        return replace(
            self._base,
            apparent_power=round(apparent / step) * step if active >= 0 else 0,
            injected_power=(round(apparent) if active < 0 else 0) if injects else None,
            total_index=int(self._drawn),
            injected_index=int(self._injected) if injects else None,
        )


HISTORICAL: Final = MeterReading(mode=TicMode.HISTORICAL, complete=True)
STANDARD: Final = MeterReading(mode=TicMode.STANDARD, complete=True, status=DRAWING)
PRODUCER: Final = replace(STANDARD, injected_index=0)

_EACH = pytest.mark.parametrize(
    "meter", [HISTORICAL, STANDARD], ids=["historical", "standard"]
)


def assert_right(estimate: Estimate, truth: float, error: int) -> None:
    """Check that the truth is within an error that is small enough."""
    assert abs(estimate.power - truth) <= estimate.error <= error


@_EACH
def test_the_apparent_power_is_all_at_first(meter: MeterReading) -> None:
    home = Home(meter)
    first = home.live(900, 300, FRAME)
    assert first.method is EstimateMethod.APPARENT_POWER
    assert_right(first, 900, 200)


@_EACH
def test_the_indexes_narrow_the_error(meter: MeterReading) -> None:
    home = Home(meter)
    errors = [home.live(900, 300, 30).error for _ in range(4)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < errors[0]
    last = home.live(900, 300, 30)
    assert last.method is EstimateMethod.INDEXES
    assert_right(last, 900, 50)


@_EACH
def test_a_bad_power_factor_is_found(meter: MeterReading) -> None:
    """Stand-by of 90 W that draws 180 VA: a Wh every 40 s."""
    assert_right(Home(meter).live(90, 156, 300), 90, 20)


def test_nothing_counted_is_nothing_drawn() -> None:
    """A battery that holds the house at zero: apparent power, and no step at all."""
    assert_right(Home(STANDARD).live(2, 120, 250), 2, 20)


def test_a_resistive_load_is_known_at_once() -> None:
    home = Home(STANDARD)
    home.live(300, 150, 200)
    assert_right(home.live(2300, 150, FRAME), 2300, 200)
    assert home.live(2300, 150, FRAME).power == pytest.approx(2300, abs=10)
    assert_right(home.live(300, 150, FRAME), 300, 20)


def test_a_motor_widens_the_error_until_it_is_counted() -> None:
    home = Home(STANDARD)
    known = home.live(300, 60, 200)
    at_first = home.live(1300, 500, FRAME)
    assert at_first.error > known.error
    assert_right(at_first, 1300, 200)
    assert_right(home.live(1300, 500, 60), 1300, 50)


def test_a_producer_is_measured_in_both_directions() -> None:
    home = Home(PRODUCER)
    home.live(400, 200, 200)
    assert_right(home.live(-900, 200, 30), -900, 50)
    assert_right(home.live(-900, 200, 90), -900, 20)
    assert_right(home.live(-3000, 200, FRAME), -3000, 200)


def test_a_self_consumer_is_estimated_by_his_currents() -> None:
    home = Home(STANDARD)
    home.live(400, 200, 200)
    home.change(status=EXPORTING, currents=(9,), voltages=(238,))
    found = home.live(-2050, 200, FRAME)
    assert found.method is EstimateMethod.CURRENTS
    assert_right(found, -2050, 300)


def test_a_historical_meter_hides_what_is_injected() -> None:
    home = Home(replace(HISTORICAL, currents=(9,)))
    found = home.live(-2050, 0, FRAME)
    assert found.power == 0
    assert found.method is EstimateMethod.CURRENTS
    assert 9 * 230 < found.error <= 5000


def test_a_meter_without_a_power_has_currents() -> None:
    reading = replace(HISTORICAL, currents=(10,), total_index=5)
    found = ActivePowerEstimator().take(reading, 0.0)
    assert found is not None
    assert found.method is EstimateMethod.CURRENTS
    assert_right(found, 2200, 500)


def test_nothing_is_made_of_nothing() -> None:
    assert ActivePowerEstimator().take(STANDARD, 0.0) is None


def test_phases_in_opposite_directions() -> None:
    """500 W with 800 VA on one phase against 2000 W of sun on another."""
    reading = replace(
        STANDARD,
        phases=3,
        apparent_power=0,
        injected_power=1200,
        apparent_power_by_phase=(0, 800, 0),
        currents=(9, 4, 0),
        voltages=(230, 230, 230),
    )
    by_power = ActivePowerEstimator().take(reading, 0.0)
    assert by_power is not None
    assert by_power.method is EstimateMethod.APPARENT_POWER
    assert by_power.power == -1200
    assert_right(by_power, -1350, 200)
    by_currents = ActivePowerEstimator().take(
        replace(reading, injected_power=None, status=EXPORTING), 0.0
    )
    assert by_currents is not None
    assert by_currents.method is EstimateMethod.CURRENTS
    assert_right(by_currents, -1350, 500)


def test_exporting_without_currents_is_zero() -> None:
    reading = replace(STANDARD, apparent_power=0, status=EXPORTING)
    found = ActivePowerEstimator().take(reading, 0.0)
    assert found is not None
    assert found.power == 0


@pytest.mark.parametrize(
    "disturb",
    [
        pytest.param(lambda home: home.skip(4000), id="leap"),
        pytest.param(lambda home: home.skip(-4000), id="fall"),
        pytest.param(lambda home: home.skip(30, seconds=120), id="gap"),
        pytest.param(lambda home: home.change(mode=TicMode.HISTORICAL), id="mode"),
    ],
)
def test_what_the_index_did_unheard_is_no_power(
    disturb: Callable[[Home], None],
) -> None:
    home = Home(STANDARD)
    home.live(900, 300, 100)
    disturb(home)
    for _ in range(40):
        assert_right(home.live(900, 300, FRAME), 900, 100)


def test_what_was_long_ago_is_forgotten() -> None:
    home = Home(STANDARD)
    home.live(90, 156, 250)
    home.skip(0, seconds=1000)
    assert home.live(90, 156, FRAME).method is EstimateMethod.APPARENT_POWER


def test_a_reading_within_a_frame_tells_no_index() -> None:
    """Its power is new, its index may be; steps of the index are seen by frames."""
    home = Home(replace(STANDARD, complete=False))
    assert home.live(900, 300, 25).method is EstimateMethod.APPARENT_POWER


@pytest.mark.parametrize(
    ("power", "error", "expected"),
    [
        (1234.4, 0.0, (1234, 1)),
        (1234.4, 1.5, (1234, 2)),
        (1234.4, 9.0, (1234, 10)),
        (1234.4, 25.0, (1234, 30)),
        (1234.4, 40.0, (1235, 50)),
        (-1234.4, 199.0, (-1240, 300)),
        (1234.4, 950.0, (1200, 1000)),
        (1234.4, 960.0, (1200, 2000)),
    ],
)
def test_no_more_digits_than_are_known(
    power: float, error: float, expected: tuple[int, int]
) -> None:
    found = Estimate.rounded(power, error, EstimateMethod.INDEXES)
    assert (found.power, found.error) == expected
    assert abs(found.power - power) + error <= found.error + 0.5


def test_an_hour_of_estimates_is_the_energy_of_the_hour() -> None:
    """A hob that switches, a fridge, and the stand-by of a home."""
    home = Home(HISTORICAL)
    estimated = true = 0.0
    for second in range(0, 3600, 3):
        active, reactive = 170.0, 80.0
        if second % 1500 < 600:
            active, reactive = active + 90, reactive + 65
        if second % 42 < 21:
            active += 1900
        estimated += home.live(active, reactive, 3).power
        true += active
    assert estimated == pytest.approx(true, rel=0.02)


_power = st.integers(0, 40_000)
_phases = st.sampled_from((1, 3))


@st.composite
def _readings(draw: st.DrawFn) -> MeterReading:
    phases = draw(_phases)

    def by_phase(values: st.SearchStrategy[int]) -> tuple[int, ...]:
        known = st.tuples(*(values for _ in range(phases)))
        return draw(st.one_of(st.just(()), known))

    return MeterReading(
        mode=draw(st.sampled_from(TicMode)),
        complete=draw(st.booleans()),
        phases=phases,
        status=draw(st.sampled_from((None, EXPORTING, DRAWING))),
        apparent_power=draw(st.none() | _power),
        injected_power=draw(st.none() | _power),
        apparent_power_by_phase=by_phase(_power) if phases == 3 else (),
        currents=by_phase(st.integers(0, 90)),
        voltages=by_phase(st.integers(0, 260)),
        total_index=draw(st.none() | st.integers(0, 999_999_999)),
        injected_index=draw(st.none() | st.integers(0, 999_999_999)),
    )


@settings(max_examples=300)
@given(st.lists(st.tuples(_readings(), st.floats(0, 100)), max_size=40))
def test_any_order_of_readings(steps: list[tuple[MeterReading, float]]) -> None:
    estimator = ActivePowerEstimator()
    now = 0.0
    for reading, seconds in steps:
        now += seconds
        found = estimator.take(reading, now)
        told = reading.apparent_power, reading.injected_power, *reading.currents
        assert (found is None) is all(value is None for value in told)
        if found is None:
            continue
        assert isfinite(found.power)
        assert isfinite(found.error)
        assert found.error >= 1
        if found.method is not EstimateMethod.CURRENTS:
            apparent = reading.apparent_power or reading.injected_power or 0
            assert abs(found.power) <= apparent + found.error / 20 + 0.5


@given(st.lists(st.integers(60, 6000), min_size=1, max_size=6), st.integers(0, 150))
def test_heaters_that_come_and_go_are_known(loads: list[int], reactive: int) -> None:
    """The truth is within the error once the index has stepped some times."""
    home = Home(STANDARD)
    for active in loads:
        assert_right(home.live(active, reactive, 250), active, 200)
