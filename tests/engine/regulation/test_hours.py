"""Which hours run, by three sources that are late, missing or wrong."""

from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.linky_pilote.engine.reading import TariffPeriod, TempoColor
from custom_components.linky_pilote.engine.regulation.hours import (
    METER_LATE,
    Hours,
    deadline,
    holidays,
    hours_at,
    in_windows,
    next_window,
    off_peak_blocks,
    paris,
)
from custom_components.linky_pilote.engine.regulation.model import (
    PeakKind,
    PeakSpan,
    Reason,
    Signals,
    Span,
    Window,
)

PARIS = ZoneInfo("Europe/Paris")
BLUE, WHITE, RED = TempoColor
T = TariffPeriod

TEMPO = Signals(tempo=True)
EJP_SPAN = PeakSpan(
    start=datetime(2026, 12, 15, 7, tzinfo=PARIS).timestamp(),
    end=datetime(2026, 12, 16, 1, tzinfo=PARIS).timestamp(),
    kind=PeakKind.EJP,
)
ANNOUNCED = Signals(peaks=(EJP_SPAN,))

MOMENTS = st.floats(
    datetime(2026, 1, 1, tzinfo=PARIS).timestamp(),
    datetime(2029, 1, 1, tzinfo=PARIS).timestamp(),
)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
COLORS = st.none() | st.sampled_from(TempoColor)
SPANS = st.builds(
    lambda start, length, kind: PeakSpan(start=start, end=start + length, kind=kind),
    MOMENTS,
    st.floats(60, 90_000),
    st.sampled_from(PeakKind),
)
SIGNALS = st.builds(
    Signals,
    tempo=st.booleans(),
    color=COLORS,
    color_tomorrow=COLORS,
    peaks=st.lists(SPANS, max_size=3).map(tuple),
)
PERIODS = st.none() | st.sampled_from(TariffPeriod)
CLOCK_CHANGES = (date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28))


def at(text: str) -> float:
    """Return a moment of Paris, as `12-15 08:30` of 2026 or with its year."""
    whole = text if len(text) > 11 else f"2026-{text}"
    return datetime.fromisoformat(whole).replace(tzinfo=PARIS).timestamp()


def tempo(color: TempoColor | None, tomorrow: TempoColor | None = None) -> Signals:
    return Signals(tempo=True, color=color, color_tomorrow=tomorrow)


# 2026-12-15 is a Tuesday
@pytest.mark.parametrize(
    ("when", "period", "signals", "peak", "until", "off_peak", "dear"),
    [
        # all three agree
        ("12-15 10:00", T.RED_PEAK, tempo(RED), "red", "12-15 22:00", False, True),
        (
            "12-15 10:00",
            T.WHITE_PEAK,
            tempo(WHITE),
            "white",
            "12-15 22:00",
            False,
            True,
        ),
        ("12-15 10:00", T.BLUE_PEAK, tempo(BLUE), None, None, False, False),
        ("12-15 23:00", T.RED_OFF_PEAK, tempo(RED), None, None, True, True),
        # the day runs on until 06:00
        ("12-16 05:59", T.RED_OFF_PEAK, tempo(RED), None, None, True, True),
        # the meter is late
        ("12-15 06:10", T.BLUE_OFF_PEAK, tempo(RED), "red", "12-15 22:00", False, True),
        ("12-15 06:10", T.RED_OFF_PEAK, tempo(BLUE), None, None, False, False),
        ("12-15 22:10", T.RED_PEAK, tempo(RED), "red", None, False, True),
        # the dearer of two
        ("12-15 10:00", T.BLUE_PEAK, tempo(RED), "red", "12-15 22:00", False, True),
        ("12-15 10:00", T.RED_PEAK, tempo(BLUE), "red", "12-15 22:00", False, True),
        (
            "12-15 10:00",
            T.RED_OFF_PEAK,
            tempo(WHITE),
            "red",
            "12-15 22:00",
            False,
            True,
        ),
        # the meter alone, which tells that the contract is Tempo
        ("12-15 10:00", T.WHITE_PEAK, Signals(), "white", "12-15 22:00", False, True),
        ("12-15 10:00", T.BLUE_PEAK, TEMPO, None, None, False, False),
        # the meter is silent
        ("12-15 10:00", None, tempo(RED), "red", "12-15 22:00", False, True),
        ("12-15 23:00", None, tempo(RED), None, None, True, True),
        # no colour: white on a working day of winter
        ("12-15 10:00", None, TEMPO, "white", "12-15 22:00", False, True),
        ("12-15 10:00", T.PEAK, TEMPO, "white", "12-15 22:00", False, True),
        ("12-19 10:00", None, TEMPO, None, None, False, False),
        ("12-25 10:00", None, TEMPO, None, None, False, False),
        ("10-30 10:00", None, TEMPO, None, None, False, False),
        ("2027-03-29 10:00", None, TEMPO, None, None, False, False),
        ("2027-04-01 03:00", None, TEMPO, None, None, True, True),
        ("2027-04-01 06:00", None, TEMPO, None, None, False, False),
        # other contracts
        ("12-15 10:00", T.BASE, Signals(color=RED), None, None, None, False),
        ("12-15 10:00", T.PEAK, Signals(), None, None, False, False),
        ("12-15 10:00", T.OFF_PEAK, Signals(), None, None, True, False),
        ("12-15 10:00", T.WEEKEND, Signals(), None, None, True, False),
        ("12-15 10:00", None, Signals(), None, None, None, False),
        # moving peaks
        ("12-15 10:00", T.MOVING_PEAK, ANNOUNCED, "ejp", "12-16 01:00", False, True),
        ("12-15 10:00", T.NORMAL, ANNOUNCED, "ejp", "12-16 01:00", False, True),
        ("12-15 10:00", None, ANNOUNCED, "ejp", "12-16 01:00", False, True),
        ("12-15 06:59", T.NORMAL, ANNOUNCED, None, None, None, False),
        ("12-16 01:00", T.NORMAL, ANNOUNCED, None, None, None, False),
        ("12-15 10:00", T.MOVING_PEAK, Signals(), "ejp", "12-16 01:00", False, True),
        ("12-16 00:30", T.MOVING_PEAK, Signals(), "ejp", "12-16 01:00", False, True),
        ("12-16 01:10", T.MOVING_PEAK, Signals(), "ejp", None, False, True),
    ],
)
def test_hours(
    when: str,
    period: TariffPeriod | None,
    signals: Signals,
    peak: str | None,
    until: str | None,
    off_peak: bool | None,
    dear: bool,
) -> None:
    hours = hours_at(at(when), period, signals)
    assert (hours.peak, hours.until) == (peak, until and at(until))
    assert (hours.off_peak, hours.dear_day) == (off_peak, dear)


def test_a_supplier_announces_a_peak_that_its_meter_does_not_know() -> None:
    span = PeakSpan(
        start=at("12-15 08:00"), end=at("12-15 13:00"), kind=PeakKind.SUPPLIER
    )
    hours = hours_at(at("12-15 09:00"), T.BASE, Signals(peaks=(span,)))
    assert (hours.red, hours.until) == (Reason.SUPPLIER_PEAK, span.end)
    assert not hours.disagree_since


def test_white_is_not_red() -> None:
    assert Hours(peak=PeakKind.WHITE).red is None
    assert Hours().red is None
    assert Hours(peak=PeakKind.EJP).red is Reason.EJP_PEAK


def test_known_blocks_tell_off_peak_hours_while_the_meter_is_silent() -> None:
    night = Span(start=at("12-15 23:00"), end=at("12-16 05:00"))
    noon = Span(start=at("12-16 12:00"), end=at("12-16 15:00"))
    signals = Signals(off_peak=(night, noon))
    assert hours_at(at("12-15 22:00"), None, signals) == Hours(
        off_peak=False, off_peak_at=night.start
    )
    assert hours_at(at("12-16 00:00"), None, signals) == Hours(
        off_peak=True, off_peak_at=noon.start
    )
    # the meter knows better
    assert hours_at(at("12-16 00:00"), T.PEAK, signals).off_peak is False


@pytest.mark.parametrize(
    ("when", "signals", "ahead"),
    [
        ("12-15 20:00", tempo(WHITE, RED), "12-16 06:00"),
        ("12-16 05:59", tempo(WHITE, RED), "12-16 06:00"),
        ("12-15 20:00", tempo(RED, WHITE), None),
        ("12-15 20:00", Signals(color_tomorrow=RED), None),
        ("12-14 20:00", ANNOUNCED, "12-15 07:00"),
        ("12-15 07:00", ANNOUNCED, None),
    ],
)
def test_the_next_red_peak(when: str, signals: Signals, ahead: str | None) -> None:
    assert hours_at(at(when), None, signals).red_ahead == (ahead and at(ahead))


@pytest.mark.parametrize(
    ("when", "period", "signals"),
    [
        ("12-15 10:00", T.BLUE_PEAK, tempo(RED)),
        ("12-15 06:00", T.BLUE_OFF_PEAK, tempo(BLUE)),
        ("12-15 22:00", T.BLUE_PEAK, tempo(BLUE)),
        ("12-15 10:00", T.NORMAL, ANNOUNCED),
        ("12-16 01:00", T.MOVING_PEAK, ANNOUNCED),
    ],
)
def test_the_meter_may_be_late_but_not_for_long(
    when: str, period: TariffPeriod, signals: Signals
) -> None:
    start = at(when)
    first = hours_at(start, period, signals, Hours())
    late = hours_at(start + METER_LATE, period, signals, first)
    wrong = hours_at(start + METER_LATE + 1, period, signals, late)
    right = hours_at(start + METER_LATE + 2, None, signals, wrong)
    assert [hours.disagree for hours in (first, late, wrong, right)] == [
        False,
        False,
        True,
        False,
    ]
    assert wrong.disagree_since == start
    assert right.disagree_since is None


@pytest.mark.parametrize(
    ("period", "signals"),
    [
        (T.RED_PEAK, tempo(RED)),
        (T.BLUE_PEAK, TEMPO),
        (T.OTHER, tempo(RED)),
        (T.MOVING_PEAK, Signals()),
        (T.MOVING_PEAK, ANNOUNCED),
        (None, tempo(RED)),
    ],
)
def test_what_does_not_contradict(
    period: TariffPeriod | None, signals: Signals
) -> None:
    assert hours_at(at("12-15 10:00"), period, signals).disagree_since is None


@given(MOMENTS, PERIODS, SIGNALS)
def test_any_moment_has_hours(
    now: float, period: TariffPeriod | None, signals: Signals
) -> None:
    hours = hours_at(now, period, signals)
    assert hours.until is None or hours.until > now
    assert hours.off_peak_at is None or hours.off_peak_at > now
    assert hours.red_ahead is None or hours.red_ahead > now
    assert not (hours.peak and hours.off_peak)
    assert not hours.peak or hours.dear_day


def _quarters_of_peak(day: date) -> int:
    midnight = datetime.combine(day, datetime.min.time(), PARIS)
    end = datetime.combine(day + timedelta(1), datetime.min.time(), PARIS)
    quarters = range(int(midnight.timestamp()), int(end.timestamp()), 900)
    return sum(hours_at(now, None, TEMPO).off_peak is False for now in quarters)


@given(DAYS)
def test_every_tempo_day_has_16_peak_hours(day: date) -> None:
    assert _quarters_of_peak(day) == 16 * 4


@pytest.mark.parametrize("day", CLOCK_CHANGES)
def test_so_has_a_day_on_which_the_clocks_change(day: date) -> None:
    assert _quarters_of_peak(day) == 16 * 4
    morning = datetime.combine(day, datetime.min.time(), PARIS).replace(hour=6)
    switch = morning.timestamp()
    assert hours_at(switch - 1, None, TEMPO).off_peak is True
    assert hours_at(switch, None, TEMPO).off_peak is False


@given(MOMENTS, st.integers(0, 1439))
def test_a_deadline_is_the_next_time_its_minute_comes(now: float, minute: int) -> None:
    moment = deadline(now, minute)
    assert now < moment <= now + 25 * 3600 + 60
    wall = paris(moment)
    skipped = (wall.hour, wall.minute) == (3, 0) and 120 <= minute < 180
    assert wall.hour * 60 + wall.minute == minute or skipped


def test_a_minute_that_the_clocks_leave_out_comes_with_the_next_hour() -> None:
    assert deadline(at("03-29 01:00"), 150) == at("03-29 03:00")


def test_a_deadline_that_is_now_is_tomorrows() -> None:
    assert deadline(at("12-15 07:00"), 420) == at("12-16 07:00")


def test_holidays() -> None:
    days = " ".join(f"{day:%d/%m}" for day in sorted(holidays(2026)))
    assert days == "01/01 06/04 01/05 08/05 14/05 25/05 14/07 15/08 01/11 11/11 25/12"
    easter_mondays = {2024: (4, 1), 2025: (4, 21), 2027: (3, 29), 2038: (4, 26)}
    for year, (month, day) in easter_mondays.items():
        assert date(year, month, day) in holidays(year)


@pytest.mark.parametrize(
    ("when", "by", "signals", "period", "block"),
    [
        ("12-15 12:00", "12-16 07:00", TEMPO, None, ("12-15 22:00", "12-16 06:00")),
        ("12-15 12:00", "12-16 04:00", TEMPO, None, ("12-15 22:00", "12-16 04:00")),
        ("12-16 05:00", "12-16 07:00", TEMPO, None, ("12-15 22:00", "12-16 06:00")),
        ("12-16 06:30", "12-16 07:00", TEMPO, None, None),
        ("12-15 12:00", "12-15 23:00", TEMPO, None, ("12-15 22:00", "12-15 23:00")),
        (
            "12-15 12:00",
            "12-16 07:00",
            Signals(),
            T.BLUE_PEAK,
            ("12-15 22:00", "12-16 06:00"),
        ),
        ("12-15 12:00", "12-16 07:00", Signals(), T.PEAK, None),
    ],
)
def test_the_last_off_peak_block(
    when: str,
    by: str,
    signals: Signals,
    period: TariffPeriod | None,
    block: tuple[str, str] | None,
) -> None:
    found = off_peak_blocks(at(when), at(by), signals, period)
    assert found[-1:] == ([Span(start=at(block[0]), end=at(block[1]))] if block else [])


def test_several_known_blocks() -> None:
    noon = Span(start=at("12-15 12:00"), end=at("12-15 15:00"))
    night = Span(start=at("12-15 23:00"), end=at("12-16 05:00"))
    signals = Signals(off_peak=(noon, night))
    now = at("12-15 11:00")
    until = partial(off_peak_blocks, now, signals=signals, period=T.PEAK)
    assert until(by=at("12-16 07:00")) == [noon, night]
    assert until(by=at("12-15 18:00")) == [noon]
    assert until(by=at("12-15 11:30")) == []


def test_the_nights_of_tempo_until_a_deadline() -> None:
    blocks = off_peak_blocks(at("12-15 23:00"), at("12-16 23:00"), TEMPO, None)
    assert blocks == [
        Span(start=at("12-15 22:00"), end=at("12-16 06:00")),
        Span(start=at("12-16 22:00"), end=at("12-16 23:00")),
    ]


@pytest.mark.parametrize(
    ("when", "window", "is_open"),
    [
        ("12-15 08:00", Window(start=480, end=600), True),
        ("12-15 10:00", Window(start=480, end=600), False),
        ("12-15 23:30", Window(start=1380, end=300), True),
        ("12-16 04:59", Window(start=1380, end=300), True),
        ("12-16 05:00", Window(start=1380, end=300), False),
        ("12-15 09:00", Window(start=0, end=0), True),
        # Tuesday's window goes on into Wednesday, and Sunday's into Monday
        ("12-16 04:00", Window(days=frozenset({1}), start=1380, end=300), True),
        ("12-15 04:00", Window(days=frozenset({1}), start=1380, end=300), False),
        ("12-21 04:00", Window(days=frozenset({6}), start=1380, end=300), True),
    ],
)
def test_windows(when: str, window: Window, is_open: bool) -> None:
    assert in_windows(at(when), (window,)) is is_open


def test_without_windows_it_is_always_time() -> None:
    assert in_windows(at("12-15 08:00"), ())
    assert next_window(at("12-15 08:00"), ()) is None


@given(
    MOMENTS,
    st.builds(
        Window,
        days=st.frozensets(st.integers(0, 6), min_size=1),
        start=st.integers(0, 1439),
        end=st.integers(1, 1440),
    ),
)
def test_a_window_opens_when_it_is_said_to(now: float, window: Window) -> None:
    start = next_window(now, (window,))
    assert start is not None
    assert now < start <= now + 8 * 86_400
    # the whole of it may be in the hour that the clocks leave out
    left_out = paris(start - 1).hour == 1 and paris(start).hour == 3
    assert in_windows(start, (window,)) or left_out
    assert in_windows(now, (window,)) or not in_windows(start - 1, (window,))
