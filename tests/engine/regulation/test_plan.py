"""The hours to come, and when to start something."""

from custom_components.linky_pilote.engine.reading import TariffPeriod, TempoColor
from custom_components.linky_pilote.engine.regulation.model import (
    PeakKind,
    Signals,
    Span,
)
from custom_components.linky_pilote.engine.regulation.plan import (
    best_start,
    planned_hours,
)

from .homes import at

DAY = 86_400.0
EVENING = at("2026-12-15 20:00")


def test_a_white_evening_before_a_red_day() -> None:
    signals = Signals(tempo=True, color=TempoColor.WHITE, color_tomorrow=TempoColor.RED)
    hours = planned_hours(EVENING, DAY, TariffPeriod.WHITE_PEAK, signals)
    assert [(span.start, span.end, span.peak, span.off_peak) for span in hours] == [
        (EVENING, at("2026-12-15 22:00"), PeakKind.WHITE, False),
        (at("2026-12-15 22:00"), at("2026-12-16 06:00"), None, True),
        (at("2026-12-16 06:00"), EVENING + DAY, PeakKind.RED, False),
    ]
    assert [span.color for span in hours] == ["white", "white", "red"]
    assert best_start(hours, 7200) == at("2026-12-15 22:00")
    assert best_start(hours, 9 * 3600) == at("2026-12-15 21:00"), "white before red"


def test_a_peak_that_the_meter_alone_knows_goes_on_to_its_end() -> None:
    morning = at("2026-12-15 10:07")
    ejp = planned_hours(morning, DAY, TariffPeriod.MOVING_PEAK, Signals())
    assert (ejp[0].peak, ejp[0].end) == (PeakKind.EJP, at("2026-12-16 01:00"))
    red = planned_hours(morning, DAY, TariffPeriod.RED_PEAK, Signals(tempo=True))
    assert (red[0].peak, red[0].end) == (PeakKind.RED, at("2026-12-15 22:00"))


def test_known_off_peak_blocks() -> None:
    block = Span(start=at("2026-12-15 23:30"), end=at("2026-12-16 07:30"))
    hours = planned_hours(EVENING, DAY, TariffPeriod.PEAK, Signals(off_peak=(block,)))
    assert [span.off_peak for span in hours] == [False, True, False]
    assert hours[1].start == block.start
    assert hours[1].end == block.end
    assert best_start(hours, 3600) == block.start
    assert [span.color for span in hours] == [None] * 3


def test_nothing_fits_into_too_few_hours() -> None:
    hours = planned_hours(EVENING, 3600, None, Signals())
    assert best_start(hours, 7200) is None
    assert best_start((), 60) is None
    assert best_start(hours, 3600) == EVENING
