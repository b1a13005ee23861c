"""The contracts: which index counts when, and what is announced."""

from datetime import timedelta

import pytest

from custom_components.linky_pilote.engine.reading import (
    Contract,
    TariffPeriod as P,
    TempoColor as C,
)
from demo.moment import Moment
from demo.tariff import OFFERS, Tariff
from demo.tempo import TempoCalendar, season

from .households import moment


def tariff(contract: Contract) -> Tariff:
    return Tariff(contract, TempoCalendar(1))


def day_of(color: C, after: C | None = None) -> str:
    """Return a day of a colour, after a day of another one, as text."""
    calendar = TempoCalendar(1)
    for day in sorted(season(1, 2026)):
        before = calendar.color(day - timedelta(days=1))
        if calendar.color(day) is color and (after is None or before is after):
            return day.isoformat()
    raise AssertionError


@pytest.mark.parametrize("contract", OFFERS)
def test_texts_have_the_lengths_of_the_specification(contract: Contract) -> None:
    offer = OFFERS[contract]
    assert len(offer.optarif) == 4
    assert len(offer.ngtf) == 16
    for band in offer.bands:
        assert len(band.ptec) == 4
        assert len(band.ltarf) == 16
    assert [band.number for band in offer.bands] == list(range(1, len(offer.bands) + 1))


def test_base_has_one_index() -> None:
    assert tariff(Contract.BASE).band(moment("2027-01-05T03:00")).period is P.BASE


@pytest.mark.parametrize(
    ("time", "period"),
    [
        ("00:00", P.PEAK),
        ("01:30", P.OFF_PEAK),
        ("06:29:59", P.OFF_PEAK),
        ("06:30", P.PEAK),
        ("13:00", P.OFF_PEAK),
        ("16:00", P.PEAK),
    ],
)
def test_off_peak_hours(time: str, period: P) -> None:
    band = tariff(Contract.OFF_PEAK).band(moment(f"2027-01-05T{time}"))
    assert band.period is period


@pytest.mark.parametrize("color", C)
def test_a_tempo_day_runs_from_six_to_six(color: C) -> None:
    day = day_of(color) if color is not C.BLUE else "2026-09-15"
    tempo = tariff(Contract.TEMPO)
    start = moment(f"{day}T06:00")
    assert tempo.band(start).period == f"{color}_peak"
    evening = moment(f"{day}T22:00")
    assert tempo.band(evening).period == f"{color}_off_peak"
    last = Moment.at(start.epoch_s + 86_399)
    assert tempo.band(last).period == f"{color}_off_peak"
    assert tempo.state(last).color_today is color


def test_tomorrow_is_known_from_eight_in_the_evening_to_six() -> None:
    day = day_of(C.RED, after=C.RED)
    tempo = tariff(Contract.TEMPO)
    start = moment(f"{day}T06:00").epoch_s - 86_400
    known = {
        hour: tempo.state(Moment.at(start + hour * 3600)).color_tomorrow
        for hour in range(24)
    }
    assert known == {hour: None if hour < 14 else C.RED for hour in range(24)}


def test_a_dear_tempo_day_is_a_moving_peak() -> None:
    day = day_of(C.WHITE, after=C.BLUE)
    tempo = tariff(Contract.TEMPO)
    start = moment(f"{day}T06:00")
    before = tempo.state(Moment.at(start.epoch_s - 3600))
    assert before.running is None
    assert before.announced is not None
    assert before.announced.number == 1
    assert before.announced.start == start.local
    during = tempo.state(start)
    assert during.running == before.announced


def test_ejp_peaks_run_from_seven_to_one() -> None:
    day = day_of(C.RED, after=C.BLUE)
    ejp = tariff(Contract.EJP)
    start = moment(f"{day}T07:00").epoch_s
    periods = [
        ejp.band(Moment.at(start + hour * 3600)).period for hour in range(-1, 19)
    ]
    assert periods == [P.NORMAL] + [P.MOVING_PEAK] * 18 + [P.NORMAL]


def test_the_ejp_notice_comes_half_an_hour_before() -> None:
    day = day_of(C.RED, after=C.BLUE)
    ejp = tariff(Contract.EJP)
    start = moment(f"{day}T07:00").epoch_s
    notices = [
        ejp.state(Moment.at(start + minute * 60)).ejp_notice
        for minute in (-31, -30, -1)
    ]
    assert notices == [False, True, True]
