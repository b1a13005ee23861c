"""The house: the same for the same seed, and one that people could live in."""

import pytest

from custom_components.linky_pilote.engine.reading import Contract
from demo.house import House, family_house
from demo.moment import Moment
from demo.tariff import OFFERS
from demo.weather import Weather

from .households import Steady, epoch, moment

OFF_PEAK = OFFERS[Contract.TEMPO].off_peak
DAY_S = 86_400


def family(*, phases: int = 1, seed: int = 1, solar: bool = False) -> House:
    return family_house(seed=seed, phases=phases, off_peak=OFF_PEAK, solar=solar)


def powers_w(house: House, start: str, days: float, step_s: int) -> list[float]:
    start_s = epoch(start)
    return [
        sum(power.active_w for power in house.powers(Moment.at(start_s + place)))
        for place in range(0, int(days * DAY_S), step_s)
    ]


def test_any_instant_can_be_asked_in_any_order() -> None:
    forward, backward = family(), family()
    instants = [Moment.at(epoch("2027-01-12T00:00") + 977 * n) for n in range(400)]
    there = [forward.powers(instant) for instant in instants]
    back = [backward.powers(instant) for instant in reversed(instants)]
    assert there == back[::-1]


def test_another_seed_is_another_house() -> None:
    one = powers_w(family(seed=1), "2027-01-12T00:00", 1, 600)
    other = powers_w(family(seed=2), "2027-01-12T00:00", 1, 600)
    assert one != other


def test_three_phases_share_what_one_carries() -> None:
    instant = moment("2027-01-12T19:30")
    one, three = family().powers(instant), family(phases=3).powers(instant)
    assert len(three) == 3
    assert sum(phase.active_w for phase in three) == pytest.approx(one[0].active_w)
    assert all(phase.active_w > 0 for phase in three)


def test_the_year_of_a_family_that_heats_with_electricity() -> None:
    house = family()
    winter = sum(powers_w(house, "2027-01-01T00:00", 28, 900)) / 4000
    summer = sum(powers_w(house, "2027-07-01T00:00", 28, 900)) / 4000
    assert 700 < winter < 1800
    assert 250 < summer < 700


def test_an_overload_now_and_then_on_six_kva() -> None:
    watts = powers_w(family(), "2027-01-01T00:00", 28, 120)
    over = sum(power > 6900 for power in watts) / len(watts)
    assert 0 < over < 0.02
    # nor does the breaker have reason to open all the time
    assert sum(power > 1.3 * 6000 for power in watts) / len(watts) < 0.005


def test_the_water_heats_in_the_cheap_hours_only() -> None:
    house = family()
    hours = {
        instant.local.hour
        for instant in (
            Moment.at(epoch("2026-09-15T00:00") + 600 * n) for n in range(7 * 144)
        )
        if house.appliance_powers_w(instant)["water_heater"]
    }
    assert 22 in hours
    assert hours <= {22, 23, 0, 1, 2, 3, 4, 5}


def test_panels_deliver_by_day_only() -> None:
    house = family(solar=True)
    noon = moment("2027-06-21T13:45")
    midnight = moment("2027-06-21T01:45")
    assert -4200 <= house.appliance_powers_w(noon)["panels"] < -300
    assert house.appliance_powers_w(midnight)["panels"] == 0


def test_a_motor_draws_reactive_power_a_heater_does_not() -> None:
    motor = House([Steady(600, power_factor=0.8)], 1)
    (power,) = motor.powers(moment("2027-01-12T12:00"))
    assert power.reactive_var == pytest.approx(450)
    assert power.apparent_va == pytest.approx(750)
    (power,) = House([Steady(600)], 1).powers(moment("2027-01-12T12:00"))
    assert power.reactive_var == 0


def test_it_is_colder_in_winter_and_at_night() -> None:
    weather = Weather(1)
    january = [weather.mean_c(moment(f"2027-01-{day:02d}").day) for day in range(1, 31)]
    july = [weather.mean_c(moment(f"2027-07-{day:02d}").day) for day in range(1, 31)]
    assert sum(january) / 30 < 9
    assert sum(july) / 30 > 15
    night = weather.outdoor_c(moment("2027-01-12T03:00"))
    assert night < weather.outdoor_c(moment("2027-01-12T15:00"))
