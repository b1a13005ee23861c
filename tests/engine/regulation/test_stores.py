"""Stores of heat and what a load must have had: temperatures, guarantees, windows."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.linky_pilote.engine.reading import TariffPeriod
from custom_components.linky_pilote.engine.regulation.model import (
    Disinfection,
    GridUse,
    Guarantee,
    Load,
    Quantity,
    Reason,
    Signals,
    Span,
    Thermal,
    Window,
)

from .homes import SUMMER, WINTER, Bench, at, told

TANK = Load(
    key="tank",
    power=2000.0,
    grid=GridUse.OFF_PEAK,
    thermal=Thermal(must=40, eco=50, surplus=60, highest=65),
    min_on=0.0,
    min_off=0.0,
)
PEAK, OFF_PEAK = TariffPeriod.PEAK, TariffPeriod.OFF_PEAK


def home(load: Load = TANK, temperature: float | None = 55.0, **more: Any) -> Bench:
    """Return a home with one tank."""
    bench = Bench(load, **{"now": SUMMER, "base": 300, "period": PEAK, **more})
    bench.more["tank"] = {"temperature": temperature}
    return bench


@pytest.mark.parametrize(
    ("temperature", "sun", "period", "on"),
    [
        (39.0, False, PEAK, True),  # it must
        (41.0, False, PEAK, False),
        (46.0, False, OFF_PEAK, True),  # below eco by its hysteresis
        (52.0, False, OFF_PEAK, False),  # the grid heats up to eco
        (52.0, True, PEAK, True),  # the sun heats further
        (61.0, True, PEAK, False),
        (66.0, True, OFF_PEAK, False),
        (None, True, OFF_PEAK, False),  # its sensor is lost
    ],
)
def test_how_warm_it_is_decides(
    temperature: float | None, sun: bool, period: TariffPeriod, on: bool
) -> None:
    bench = home(temperature=temperature, period=period, base=-2500 if sun else 300)
    bench.run(300)
    assert (bench.on() == {"tank"}) is on


@pytest.mark.parametrize(
    ("temperature", "reason"), [(None, Reason.SENSOR_LOST), (66.0, Reason.HOT)]
)
def test_it_goes_off_at_once_when_it_is_not_safe(
    temperature: float | None, reason: Reason
) -> None:
    bench = home(replace(TANK, min_on=3600.0), 52.0, base=-2500)
    bench.run(300)
    bench.more["tank"] = {"temperature": temperature}
    assert told(bench.run(4)) == [("tank", False)]
    assert bench.verdict("tank").reason is reason


@pytest.mark.parametrize(
    ("sun", "reached", "kept", "again"), [(False, 51, 48, 46), (True, 61, 58, 56)]
)
def test_it_is_heated_again_once_it_has_cooled_down(
    sun: bool, reached: float, kept: float, again: float
) -> None:
    bench = home(temperature=reached, period=OFF_PEAK, base=-2500 if sun else 300)
    bench.run(60)
    bench.more["tank"] = {"temperature": kept}
    assert bench.run(600) == []
    bench.more["tank"] = {"temperature": again}
    assert told(bench.run(600)) == [("tank", True)]


def test_it_is_heated_up_to_its_targets() -> None:
    bench = home(temperature=30.0)
    offs = []
    for tenth in range(300, 620):
        bench.more["tank"] = {"temperature": tenth / 10}
        bench.base = [-2500.0 if tenth > 450 else 300.0]
        offs += [tenth / 10 for one in bench.run(120) if not one.order.setting.power]
    assert offs == pytest.approx([43.0, 60.0], abs=0.2)


# --- guarantees ---------------------------------------------------------------------


BLOCKS = (
    Span(start=at("2026-12-15 14:00"), end=at("2026-12-15 16:00")),
    Span(start=at("2026-12-16 02:00"), end=at("2026-12-16 06:00")),
)
GUARANTEED = Load(
    key="tank",
    power=2000.0,
    grid=GridUse.NEVER,
    guarantee=Guarantee(quantity=Quantity.ENERGY, amount=4000.0, by=7 * 60),
)


def night(bench: Bench, until: str, *, sun: bool) -> None:
    """Go on until a moment, by an hour-plan with two off-peak blocks."""
    end = at(until)
    while bench.now < end:
        left = tuple(block for block in BLOCKS if block.end > bench.now)
        bench.signals = Signals(off_peak=left)
        running = any(block.start <= bench.now < block.end for block in BLOCKS)
        bench.period = OFF_PEAK if running else PEAK
        noon = at("2026-12-15 11:00") <= bench.now < at("2026-12-15 14:00")
        bench.base = [-2500.0 if sun and noon else 300.0]
        bench.run(60)


def test_a_guarantee_is_completed_in_the_last_off_peak_block() -> None:
    bench = home(GUARANTEED, None, now=WINTER, every=20.0)
    night(bench, "2026-12-16 07:00", sun=False)
    on, off = bench.sent
    assert on.order.reason is Reason.GUARANTEE
    assert at("2026-12-16 02:00") <= on.at <= at("2026-12-16 02:05")
    assert (off.at - on.at) * 2000 / 3600 == pytest.approx(4000, rel=0.03)


def test_a_guarantee_that_the_sun_has_given_costs_nothing() -> None:
    bench = home(GUARANTEED, None, now=WINTER, every=20.0)
    night(bench, "2026-12-16 07:00", sun=True)
    assert told(bench.sent) == [("tank", True), ("tank", False)]
    assert max(one.at for one in bench.sent) < at("2026-12-15 15:00")


@pytest.mark.parametrize(
    "guarantee",
    [
        Guarantee(quantity=Quantity.MINUTES, amount=90, by=7 * 60),
        Guarantee(quantity=Quantity.ENERGY, amount=3000, by=7 * 60),
    ],
)
def test_a_guarantee_without_known_hours_is_kept_in_time(guarantee: Guarantee) -> None:
    load = replace(GUARANTEED, guarantee=guarantee)
    bench = home(load, None, now=at("2026-12-16 03:00"), period=None, every=20.0)
    bench.run(4 * 3600)
    on = bench.sent[0]
    assert on.order.reason is Reason.GUARANTEE
    assert at("2026-12-16 05:00") <= on.at <= at("2026-12-16 05:30")
    assert told(bench.sent) == [("tank", True), ("tank", False)]


def test_a_guarantee_is_not_kept_in_a_red_peak() -> None:
    red = TariffPeriod.RED_PEAK
    now = at("2026-12-15 17:00")
    load = replace(
        GUARANTEED,
        guarantee=Guarantee(quantity=Quantity.ENERGY, amount=4000, by=20 * 60),
    )
    bench = home(load, None, now=now, period=red, every=20.0)
    assert bench.run(3 * 3600) == []


# --- disinfection -------------------------------------------------------------------


WEEKLY = replace(
    TANK,
    thermal=Thermal(must=40, eco=50, surplus=55, highest=65),
    disinfection=Disinfection(),
)


def week(bench: Bench, days: int) -> list[int]:
    """Go on for some days; return those on which the tank was hot for an hour."""
    hot: dict[int, int] = {}
    temperature = 52.0
    start = bench.now
    while bench.now < start + days * 86_400:
        clock = (bench.now - start) % 86_400
        if bench.period in {PEAK, OFF_PEAK}:
            bench.period = OFF_PEAK if clock >= 13 * 3600 else PEAK
        heats = bench.draws("tank") > 0
        temperature += 1.0 if heats else -0.2
        temperature = min(max(temperature, 48.0), 64.0)
        bench.more["tank"] = {"temperature": temperature}
        bench.run(300)
        day = int((bench.now - start) // 86_400)
        hot[day] = hot.get(day, 0) + (300 if temperature >= 60 else 0)
    return [day for day, seconds in hot.items() if seconds >= 3600]


def test_a_tank_is_disinfected_once_a_week() -> None:
    bench = home(WEEKLY, 52.0, every=60.0, now=at("2026-07-15 09:00"))
    days = week(bench, 16)
    assert days == [7, 14]
    reasons = {one.order.reason for one in bench.sent}
    assert Reason.DISINFECTION in reasons


def test_a_tank_is_never_disinfected_in_a_red_peak() -> None:
    bench = home(WEEKLY, 52.0, every=60.0, now=at("2026-12-15 10:00"))
    bench.run(60)
    bench.state.loads["tank"].disinfected_at = bench.now - 30 * 86_400
    bench.period = TariffPeriod.RED_PEAK
    assert bench.run(3600) == []
    bench.period = PEAK
    assert bench.until_told()[0].order.reason is Reason.DISINFECTION


# --- windows ------------------------------------------------------------------------


def test_windows_are_kept() -> None:
    window = Window(start=14 * 60, end=16 * 60)
    load = Load(key="tank", power=2000.0, windows=(window,))
    bench = home(load, None, now=at("2026-07-15 13:00"), every=20.0)
    bench.run(600)
    assert bench.verdict("tank").blocked_by is Reason.SCHEDULE
    assert bench.verdict("tank").until == at("2026-07-15 14:00")
    on, off = bench.run(4 * 3600)
    assert 0 <= on.at - at("2026-07-15 14:00") <= 60
    assert 0 <= off.at - at("2026-07-15 16:00") <= 60
