"""The meter counts what the house draws, whatever the pace it is looked at."""

import json
import math
import random

import pytest

from custom_components.linky_pilote.engine.reading import Contract
from custom_components.linky_pilote.engine.tic import identify
from demo.meter import VirtualMeter
from demo.setup import MeterSetup
from demo.state import TOTAL, MeterState
from demo.tariff import OFFERS

from .households import CONTRACTS, Steady, epoch, make_meter, make_setup

START_S = epoch("2027-01-12T00:00")
HOUR_S = 3600


def total_wh(meter: VirtualMeter) -> float:
    return sum(meter.state.indexes_wh.values())


def test_energy_is_the_integral_of_power() -> None:
    def ramp(epoch_s: float) -> float:
        return (epoch_s - START_S) / 10

    meter = make_meter(make_setup(), START_S, Steady(ramp))
    before = total_wh(meter)
    meter.advance(START_S + 2 * HOUR_S)
    # power is held for a second: the integral of a ramp loses half a step
    expected = sum(ramp(START_S + second) for second in range(2 * HOUR_S)) / 3600
    assert total_wh(meter) - before == pytest.approx(expected)


def test_the_registers_do_not_depend_on_the_questions() -> None:
    setup = make_setup(Contract.TEMPO)
    at_once, often = (make_meter(setup, START_S, step_s=10) for _ in range(2))
    end_s = START_S + 8 * HOUR_S
    at_once.advance(end_s)
    chance = random.Random(1)  # noqa: S311
    now_s = START_S
    while now_s < end_s:
        now_s = min(end_s, now_s + chance.uniform(0.01, 90))
        often.advance(now_s)
        often.snapshot()
    for place, energy in at_once.state.indexes_wh.items():
        assert often.state.indexes_wh[place] == pytest.approx(energy)
    assert often.snapshot().indexes_wh == at_once.snapshot().indexes_wh


@pytest.mark.parametrize("contract", CONTRACTS)
def test_energy_goes_to_the_index_of_its_period(contract: Contract) -> None:
    meter = make_meter(make_setup(contract), START_S, Steady(1000), step_s=60)
    before = dict(meter.state.indexes_wh)
    meter.advance(START_S + 24 * HOUR_S)
    gained = {
        place: energy - before[place]
        for place, energy in meter.state.indexes_wh.items()
    }
    assert sum(gained.values()) == pytest.approx(24_000)
    assert sum(meter.state.distributor_wh) == pytest.approx(total_wh(meter))
    if contract is Contract.OFF_PEAK:
        assert gained["off_peak"] == pytest.approx(8000)


@pytest.mark.slow
def test_an_index_never_falls_and_a_year_passes() -> None:
    setup = make_setup(Contract.TEMPO, phases=3, producer=True)
    meter = make_meter(setup, epoch("2026-09-01T00:00"), step_s=600)
    before = meter.snapshot()
    for _ in range(365 * 2):
        meter.advance(meter.state.epoch_s + 12 * HOUR_S)
        now = meter.snapshot()
        assert all(now.indexes_wh[p] >= wh for p, wh in before.indexes_wh.items())
        assert now.injected_wh >= before.injected_wh
        assert all(
            new >= old
            for new, old in zip(now.reactive_varh, before.reactive_varh, strict=True)
        )
        before = now
    # all six periods have come
    assert len(set(before.indexes_wh)) == len(OFFERS[Contract.TEMPO].bands)


def test_what_goes_out_is_not_subtracted() -> None:
    meter = make_meter(
        make_setup(producer=True), START_S, Steady(lambda s: 500 if s % 2 else -1500)
    )
    drawn = total_wh(meter)
    injected = meter.state.injected_wh
    meter.advance(START_S + HOUR_S)
    assert total_wh(meter) - drawn == pytest.approx(250)
    assert meter.state.injected_wh - injected == pytest.approx(750)


def test_three_phases_are_added_with_their_signs() -> None:
    meter = make_meter(
        make_setup(phases=3, producer=True),
        START_S,
        Steady(-2000, phase=1),
        Steady(500, phase=2),
        Steady(300, phase=3),
    )
    meter.advance(START_S + 1)
    snapshot = meter.snapshot()
    assert snapshot.drawn_va == 0
    assert snapshot.injected_va == 1200
    assert snapshot.total_wh == int(total_wh(meter))


def test_reactive_energy_has_four_quadrants() -> None:
    meter = make_meter(
        make_setup(producer=True), START_S, Steady(800, power_factor=0.8)
    )
    before = list(meter.state.reactive_varh)
    meter.advance(START_S + HOUR_S)
    gained = [
        new - old for new, old in zip(meter.state.reactive_varh, before, strict=True)
    ]
    assert gained == pytest.approx([600, 0, 0, 0])


def test_the_day_s_maximum_is_that_of_the_breaker_s_filter() -> None:
    meter = make_meter(make_setup(), START_S, Steady(5000))
    meter.advance(START_S + 60)
    expected = 5000 * math.sqrt(1 - 0.992**60)
    assert meter.state.today[TOTAL].va == pytest.approx(expected)
    assert meter.state.today[TOTAL].epoch_s == START_S + 60


@pytest.mark.parametrize("step_s", [1, 10])
def test_the_breaker_opens_as_the_specification_says(step_s: int) -> None:
    """1.4 times the power for about 250 s, 2.5 times for about 40 s."""
    for ratio, seconds in ((1.4, 250), (2.5, 40)):
        meter = make_meter(make_setup(), START_S, Steady(6000 * ratio), step_s=step_s)
        while not meter.snapshot().breaker_open:
            meter.advance(meter.state.epoch_s + 1)
        assert meter.state.epoch_s - START_S == pytest.approx(seconds, abs=16)


def test_a_breaker_that_opened_is_closed_again() -> None:
    meter = make_meter(
        make_setup(),
        START_S,
        Steady(lambda s: 15_000 if s < START_S + 300 else 1000),
    )
    meter.advance(START_S + 100)
    assert meter.snapshot().breaker_open
    assert meter.snapshot().drawn_va == 0
    meter.advance(START_S + 600)
    assert not meter.snapshot().breaker_open
    assert meter.snapshot().drawn_va == 1000


def test_a_tenth_too_much_never_opens_it() -> None:
    meter = make_meter(make_setup(), START_S, Steady(6600), step_s=10)
    meter.advance(START_S + 6 * HOUR_S)
    assert not meter.snapshot().breaker_open


def test_midnight_makes_today_yesterday() -> None:
    meter = make_meter(make_setup(), START_S, Steady(2000), step_s=60)
    meter.advance(START_S + 24 * HOUR_S - 60)
    best = meter.snapshot().today[TOTAL]
    meter.advance(START_S + 24 * HOUR_S)
    assert meter.snapshot().yesterday[TOTAL].va == pytest.approx(best.va, rel=1e-6)
    assert meter.snapshot().today == {}


def test_the_load_curve_has_half_hours() -> None:
    meter = make_meter(
        make_setup(), START_S, Steady(lambda s: 1000 if s < START_S + 1800 else 3000)
    )
    meter.advance(START_S + HOUR_S + 5)
    last, before = meter.snapshot().curve
    assert (last.end_s, last.drawn_w) == (START_S + 3600, pytest.approx(3000))
    assert (before.end_s, before.drawn_w) == (START_S + 1800, pytest.approx(1000))


def test_registers_survive_as_json() -> None:
    setup = make_setup(Contract.TEMPO, phases=3, producer=True)
    meter = VirtualMeter.new(setup, START_S + 12.5, step_s=10)
    text = json.dumps(meter.state.to_json())
    again = VirtualMeter.restored(setup, json.loads(text), step_s=10)
    assert again.state == meter.state
    assert MeterState.from_json(json.loads(text)) == meter.state
    for one in (meter, again):
        one.advance(START_S + HOUR_S)
    assert again.snapshot() == meter.snapshot()


def test_a_new_meter_already_knows_yesterday() -> None:
    snapshot = VirtualMeter.new(make_setup(), START_S + 3600).snapshot()
    assert snapshot.yesterday[TOTAL].va > 0
    assert len(snapshot.curve) == 2
    assert all(220 < volts < 240 for volts in snapshot.mean_voltages_v)


@pytest.mark.parametrize("contract", CONTRACTS)
@pytest.mark.parametrize("phases", [1, 3])
def test_meter_numbers_are_those_of_a_linky(contract: Contract, phases: int) -> None:
    for seed in range(20):
        number = make_setup(contract, phases=phases, seed=seed).number
        identity = identify(number)
        assert identity.maker is not None
        assert identity.model is not None
        assert identity.model.startswith("Linky")
        assert f"({phases} phase" in identity.model
    assert len(make_setup().delivery_point) == 14


def test_meters_of_one_test_can_be_told_apart() -> None:
    numbers = {
        make_setup(contract, phases=phases, seed=seed).number
        for contract in CONTRACTS
        for phases in (1, 3)
        for seed in range(5)
    }
    assert len(numbers) == 40


def test_a_chosen_number_is_kept() -> None:
    setup = MeterSetup(seed=1, contract=Contract.BASE, serial="021861900001")
    assert setup.number == "021861900001"


def test_a_grid_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="divide"):
        make_meter(make_setup(), START_S, step_s=7)
