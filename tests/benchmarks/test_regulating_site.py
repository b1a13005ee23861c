"""The simulated home of the regulation's benchmark: power, meter, commands."""

from math import sqrt

import pytest

from benchmarks.regulating.meter import Meter, MeterFault, PhaseFilter
from benchmarks.regulating.site import Base, Channel, Site
from custom_components.linky_pilote.engine.reading import TariffPeriod
from custom_components.linky_pilote.engine.regulation.model import Setting
from demo.breaker import filtered_square
from demo.plant import HomeBattery, Panels, Socket, Tank

NOON = 1_768_215_600.0
"""2026-01-12 12:00, Paris time."""
ON = Setting(power=10_000.0, value=1.0)
OFF = Setting(power=0.0, value=0.0)


def seconds_to_reach(guard: float, step: float) -> int | None:
    """Return how long the filter takes after a step from half the cut-off power."""
    phase = PhaseFilter(square=0.25)
    for second in range(1, 3000):
        if phase.feed(step) > guard * guard:
            return second
    return None


@pytest.mark.parametrize(
    ("guard", "times"),
    [
        (1.0, (264, 190, 124, 72, 59, 28, 12)),
        (1.1, (None, None, 205, 103, 82, 37, 15)),
        (1.3, (None, None, None, 230, 159, 61, 23)),
    ],
)
def test_filter(guard: float, times: tuple[int | None, ...]) -> None:
    steps = (1.05, 1.10, 1.20, 1.40, 1.50, 2.0, 3.0)
    for step, time in zip(steps, times, strict=True):
        found = seconds_to_reach(guard, step)
        if time is None:
            assert found is None
        else:
            assert found == pytest.approx(time, abs=1)


def test_filter_is_the_demos() -> None:
    phase = PhaseFilter(square=9.0)
    for _ in range(50):
        phase.feed(5.0)
    assert phase.square == pytest.approx(filtered_square(9.0, 5.0, 50))


def test_power_of_one_phase() -> None:
    """What is not managed has a reactive part, and adds up with the appliances."""
    site = Site(
        start=NOON,
        base=[Base(watts=[300.0], apparent=[500.0]), Base(watts=[100.0, 200.0])],
        devices=[Socket("pump", rated=600, setting=ON), Panels("pv", peak=2000)],
        sun=[0.0, 1.0],
    )
    site.step()
    assert site.net == 1000
    assert site.apparent == pytest.approx((sqrt(1000**2 + 400**2),))
    site.step()
    assert site.net == -900
    assert site.apparent == (0.0,)
    assert site.production == 2000


def test_power_of_three_phases() -> None:
    site = Site(
        start=NOON,
        base=[Base(watts=[1000.0], phase=2)],
        devices=[
            Socket("oven", rated=3000, phases=(1, 2, 3), setting=ON),
            Panels("pv", peak=2000, phases=(3,)),
        ],
        sun=[1.0],
        meter=Meter(phases=3, cutoff=3000),
    )
    site.step()
    assert site.active == [1000, 2000, -1000]
    assert site.apparent == (1000, 2000, 0)
    assert site.net == 2000


def test_something_unmanaged_comes_and_goes() -> None:
    site = Site(start=NOON, base=[], devices=[])
    site.switch_unmanaged("oven", 2500)
    site.step()
    assert site.net == 2500
    site.switch_unmanaged("oven", 0)
    site.step()
    assert site.net == 0
    assert site.base_energy == pytest.approx(2500 / 3600)


def test_off_peak_hours_close_the_contact() -> None:
    site = Site(
        start=NOON,
        base=[],
        devices=[Tank("tank", rated=2000, seed=1, on_contact=True, setting=ON)],
        tariff=lambda now: (
            TariffPeriod.OFF_PEAK if now >= NOON + 60 else TariffPeriod.PEAK
        ),
    )
    powers = []
    for _ in range(61):
        site.step()
        powers.append(site.net)
    assert powers == [0.0] * 60 + [2000.0]


def test_battery_follows_the_grid() -> None:
    site = Site(start=NOON, base=[Base(watts=[800.0])], devices=[HomeBattery("bat")])
    for _ in range(10):
        site.step()
    assert abs(site.net) < 1
    battery = site.battery_reading()
    assert battery is not None
    assert battery.power == pytest.approx(-800, abs=1)


def test_day_begins_anew_at_midnight() -> None:
    meter = Meter()
    start = NOON + 12 * 3600 - 60
    site = Site(start=start, base=[Base(watts=[3000.0] * 60 + [0.0] * 60)], devices=[])
    for _ in range(60):
        site.step()
    assert site.around.second == 0
    before = meter.filters[0].highest
    site.step()
    site.step()
    assert meter.filters[0].highest <= before


def readings(meter: Meter, powers: list[float]) -> list[tuple[float, float]]:
    told = []
    for second, power in enumerate(powers, 1):
        meter.measure(power, (max(0.0, power),))
        reading = meter.says(float(second), period=None, contact_closed=False)
        if reading is not None:
            told.append((reading.time, reading.net))
    return told


def test_meter_says_late_and_in_steps() -> None:
    meter = Meter(period=2, lag=1, resolution=10)
    assert readings(meter, [104.0, 206.0, -307.0, 418.0]) == [(2, 100), (4, -310)]


@pytest.mark.parametrize(("resolution", "peaks"), [(1, (89,)), (10, ())])
def test_meter_tells_the_peak_in_standard_mode(
    resolution: float, peaks: tuple[float, ...]
) -> None:
    meter = Meter(resolution=resolution)
    for power in (1000.0, 0.0):
        meter.measure(power, (power,))
    reading = meter.says(2.0, period=None, contact_closed=False)
    assert reading is not None
    assert reading.peak_today == peaks


@pytest.mark.parametrize(
    ("fault", "nets"),
    [
        (None, [1000, 2000]),
        (MeterFault.FROZEN, [1000, 1000]),
        (MeterFault.SILENT, [1000]),
        (MeterFault.UNAVAILABLE, [1000]),
        (MeterFault.SIGN, [1000, -2000]),
        (MeterFault.KILO, [1000, 2]),
    ],
)
def test_meter_fails(fault: MeterFault | None, nets: list[float]) -> None:
    meter = Meter(period=2, lag=0)
    told = readings(meter, [1000, 1000])
    meter.fault = fault
    told += readings(meter, [2000, 2000])
    assert [net for _, net in told] == nets


def test_commands_are_late() -> None:
    channel = Channel(latency=1.5)
    channel.send(10.0, "pump", ON)
    assert channel.arrive(11.0) == []
    assert channel.arrive(12.0) == [("pump", ON)]
    assert channel.arrive(13.0) == []


def test_some_commands_get_lost() -> None:
    def arrived(seed: int) -> list[float]:
        channel = Channel(latency=0, lost=0.05, seed=seed)
        for number in range(2000):
            channel.send(0.0, "car", Setting(power=0.0, value=number))
        return [setting.value for _, setting in channel.arrive(0.0)]

    assert len(arrived(1)) == pytest.approx(1900, abs=40)
    assert arrived(1) == arrived(1) != arrived(2)
