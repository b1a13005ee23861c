"""Stores of heat and what a load must have had: temperatures, guarantees, windows."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.linky_pilote.engine.reading import TariffPeriod, TempoColor
from custom_components.linky_pilote.engine.regulation.hours import paris
from custom_components.linky_pilote.engine.regulation.model import (
    Disinfection,
    GridUse,
    Guarantee,
    Load,
    PeakKind,
    PeakSpan,
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


def test_a_tank_that_is_full_early_has_had_its_time() -> None:
    hours = Guarantee(quantity=Quantity.MINUTES, amount=180, by=18 * 60)
    load = replace(GUARANTEED, guarantee=hours)
    bench = home(load, None, now=at("2026-12-15 22:00"), every=20.0)
    bench.signals = Signals(
        off_peak=(Span(start=at("2026-12-15 22:00"), end=at("2026-12-16 06:00")),)
    )
    bench.period = OFF_PEAK
    bench.run(3600)
    assert bench.on() == {"tank"}
    bench.idle.add("tank")  # its own thermostat has had enough
    bench.run(2.5 * 3600)
    bench.period, bench.signals = PEAK, Signals()
    bench.now = at("2026-12-16 09:00")
    bench.idle.clear()  # somebody has taken a bath
    assert told(bench.run(8.9 * 3600)) == [("tank", False)]


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
    bench.state.loads["tank"].disinfected_at = bench.now - 8.5 * 86_400
    bench.period = TariffPeriod.RED_PEAK
    assert bench.run(3600) == []
    bench.period = PEAK
    assert bench.until_told()[0].order.reason is Reason.DISINFECTION


@pytest.mark.parametrize(
    ("stops", "again", "done", "in_peak"),
    [(60.5, 57.0, True, 16), (58.0, 54.0, False, 24)],
)
def test_a_tank_whose_own_thermostat_cycles_is_disinfected_or_tries_by_night(
    stops: float, again: float, done: bool, in_peak: float
) -> None:
    """Hours in dear hours of a fortnight, of a tank that hardly gets hot enough."""
    tank = replace(WEEKLY, grid=GridUse.OFF_PEAK)
    bench = home(tank, 52.0, every=60.0, now=at("2026-12-15 06:00"))
    bench.run(120)
    due = bench.now
    bench.state.loads["tank"].disinfected_at = due - 7 * 86_400
    temperature, dear = 52.0, 0.0
    while bench.now < due + 14 * 86_400:
        hour = (bench.now - due) // 3600 % 24
        bench.period = OFF_PEAK if hour >= 16 else PEAK
        heats = "tank" in bench.on() and "tank" not in bench.idle
        temperature += 0.5 if heats else -0.02
        if temperature >= stops:
            bench.idle.add("tank")
        elif temperature <= again:
            bench.idle.discard("tank")
        bench.more["tank"] = {"temperature": temperature}
        bench.run(300)
        on = "tank" in bench.on()
        dear += 300 / 3600 if on and bench.period is PEAK else 0.0
    last = bench.state.loads["tank"].disinfected_at
    assert last is not None
    assert (last > due) is done
    assert dear <= in_peak


def _blocks(now: float) -> tuple[Span, ...]:
    """Return two blocks of each day, from now on."""
    days = ("2026-12-14", "2026-12-15", "2026-12-16")
    spans = [
        Span(start=at(f"{day} {start}"), end=at(f"{day} {end}"))
        for day in days
        for start, end in (("02:00", "07:00"), ("14:00", "17:00"))
    ]
    return tuple(span for span in spans if span.end > now)


@pytest.mark.parametrize(
    ("by", "minutes", "begins", "what"),
    [
        (18, 120, "2026-12-15 14:00", "blocks"),
        (18, 300, "2026-12-15 02:00", "blocks"),
        (23, 180, "2026-12-14 23:00", "white"),
        (23, 180, "2026-12-14 23:00", "red"),
        (22, 360, "2026-12-15 10:30", "windows"),
        (20, 120, "2026-12-15 14:30", "peak"),
    ],
)
def test_minutes_are_had_in_the_cheap_hours_that_there_are(
    by: int, minutes: float, begins: str, what: str
) -> None:
    """An earlier block where the last is too short; before what nothing may run in."""
    pump = replace(
        WEEKLY,
        power=1200.0,
        grid=GridUse.NEVER,
        thermal=None,
        disinfection=None,
        windows=(Window(start=540, end=1080),) if what == "windows" else (),
        guarantee=Guarantee(quantity=Quantity.MINUTES, amount=minutes, by=by * 60),
    )
    start = at(f"2026-12-14 {by}:00")
    bench = Bench(pump, base=400, now=start, every=60.0)
    peak = PeakSpan(
        start=at("2026-12-15 17:00"),
        end=at("2026-12-15 20:00"),
        kind=PeakKind.SUPPLIER,
    )
    first, had = None, 0.0
    while bench.now < start + 86_400 - 60:
        after = bench.now + 60
        night = not 6 <= paris(after).hour < 22
        if what == "blocks":
            bench.signals = Signals(off_peak=_blocks(after))
            cheap = any(span.start <= after for span in bench.signals.off_peak)
            bench.period = OFF_PEAK if cheap else PEAK
        elif what in ("white", "red"):
            color = TempoColor(what)
            bench.signals = Signals(tempo=True, color=color)
            cheap = night
        elif what == "peak":
            bench.signals = Signals(peaks=(peak,))
            cheap = after < peak.start
        else:
            cheap = True
        bench.step()
        if bench.draws(pump.key):
            assert cheap
            first = first or bench.now
            had += 1
    assert had >= minutes
    assert first is not None
    assert abs(first - at(begins)) < 300


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
