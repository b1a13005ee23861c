"""Who is believed, and when: the colour of a Tempo day."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import example, given, strategies as st
import pytest

from custom_components.linky_pilote.engine.reading import (
    MeterReading,
    TempoColor,
    TicMode,
)
from custom_components.linky_pilote.engine.signals import (
    PARIS,
    TempoCalendar,
    TempoSource,
    Word,
    decide,
    tempo_day,
    words_of_calendar,
    words_of_meter,
)

DAY = date(2026, 12, 15)
BLUE, WHITE, RED = TempoColor
METER, RTE, PAGE, COPY = TempoSource

CLOCK_CHANGES = (date(2026, 3, 29), date(2026, 10, 25))
DAYS = st.sampled_from(
    [day + timedelta(n) for day in (DAY, *CLOCK_CHANGES) for n in (-1, 0, 1)]
)


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def word(
    source: TempoSource, color: TempoColor, said: str = "2026-12-14 11:00"
) -> Word:
    return Word(source=source, day=DAY, color=color, said=paris(said))


def reading(
    today: TempoColor | None = None,
    tomorrow: TempoColor | None = None,
    *,
    clock_degraded: bool = False,
) -> MeterReading:
    return MeterReading(
        mode=TicMode.STANDARD,
        complete=True,
        color_today=today,
        color_tomorrow=tomorrow,
        clock_degraded=clock_degraded,
    )


@pytest.mark.parametrize(
    ("words", "color", "source", "indication", "dearest", "disputed"),
    [
        ([], None, None, None, None, False),
        # on the web, before and after 11:00 of the day before
        ([word(RTE, RED, "2026-12-14 10:59")], None, RTE, RED, None, False),
        ([word(RTE, RED)], RED, RTE, None, RED, False),
        ([word(PAGE, WHITE, "2026-12-14 08:00")], None, PAGE, WHITE, None, False),
        (
            [word(PAGE, WHITE), word(RTE, RED, "2026-12-14 08:00")],
            *(WHITE, PAGE, None, WHITE, False),
        ),
        (
            [word(PAGE, WHITE, "2026-12-14 09:00"), word(RTE, RED, "2026-12-14 08:00")],
            *(None, RTE, RED, None, False),
        ),
        # the same source, later
        (
            [word(RTE, WHITE, "2026-12-14 08:00"), word(RTE, BLUE)],
            *(BLUE, RTE, None, BLUE, False),
        ),
        # by rank, whatever the time; the dearest of all
        ([word(COPY, RED), word(PAGE, BLUE)], BLUE, PAGE, None, RED, True),
        (
            [word(RTE, BLUE, "2026-12-15 07:00"), word(METER, RED, "2026-12-14 20:00")],
            *(RED, METER, None, RED, True),
        ),
        (
            [word(RTE, RED, "2026-12-15 07:00"), word(METER, BLUE, "2026-12-15 06:21")],
            *(BLUE, METER, None, RED, True),
        ),
        # a meter announces nothing that is not decided
        ([word(METER, WHITE, "2026-12-14 09:00")], WHITE, METER, None, WHITE, False),
    ],
)
def test_verdict(
    words: list[Word],
    color: TempoColor | None,
    source: TempoSource | None,
    indication: TempoColor | None,
    dearest: TempoColor | None,
    disputed: bool,
) -> None:
    for order in (words, words[::-1]):
        verdict = decide(DAY, order)
        assert verdict.color is color
        assert verdict.source is source
        assert verdict.indication is indication
        assert verdict.dearest is dearest
        assert verdict.disputed is disputed


WORDS = st.builds(
    Word,
    source=st.sampled_from(TempoSource),
    day=DAYS,
    color=st.sampled_from(TempoColor),
    said=st.integers(0, 266 * 86_400).map(
        lambda seconds: datetime(2026, 3, 26, tzinfo=UTC) + timedelta(seconds=seconds)
    ),
)


@given(st.lists(WORDS, max_size=12), DAYS)
def test_no_colour_comes_from_nowhere(words: list[Word], day: date) -> None:
    verdict = decide(day, words)
    about = [one for one in words if one.day == day]
    for color in (verdict.color, verdict.dearest, verdict.indication):
        assert color is None or color in {one.color for one in about}
    assert (verdict.color is None) is not any(one.final for one in about)
    assert verdict.color is None or verdict.indication is None
    assert (verdict.source is None) is (not about)


@given(st.lists(WORDS, max_size=12), DAYS)
def test_the_order_of_words_does_not_matter(words: list[Word], day: date) -> None:
    once = {(one.source, one.day, one.said): one for one in words}
    some = list(once.values())
    assert decide(day, some) == decide(day, some[::-1])


@given(
    DAYS,
    st.timedeltas(timedelta(hours=-40), timedelta(hours=40)),
    st.sampled_from([RTE, PAGE, COPY]),
)
@example(DAY, timedelta(), RTE)
def test_final_from_eleven_on_the_day_before(
    day: date, before: timedelta, source: TempoSource
) -> None:
    eve = day - timedelta(1)
    binding = datetime(eve.year, eve.month, eve.day, 11, tzinfo=PARIS).astimezone(UTC)
    said = binding + before
    verdict = decide(day, [Word(source=source, day=day, color=RED, said=said)])
    assert (verdict.color is RED) is (said >= binding)


@given(
    DAYS,
    st.integers(0, 25 * 60 - 1),
    st.lists(st.sampled_from(TempoColor), min_size=2, max_size=2),
    st.integers(0, 19),
)
def test_a_late_meter_is_never_misunderstood(
    day: date, minute: int, colors: list[TempoColor], late: int
) -> None:
    """A meter begins its day up to 20 minutes late; tomorrow comes at 20:00."""
    today, tomorrow = colors
    midnight = datetime(day.year, day.month, day.day, tzinfo=PARIS)
    now = datetime.fromtimestamp(midnight.timestamp() + 60 * minute, PARIS)
    truth = {day - timedelta(1): WHITE, day: today, day + timedelta(1): tomorrow}
    truth[day + timedelta(2)] = RED
    its_day = tempo_day(now - timedelta(minutes=late))
    its_hour = (now - timedelta(minutes=late)).hour
    announced = its_hour >= 20 or its_hour < 6
    said = reading(truth[its_day], truth[its_day + timedelta(1)] if announced else None)
    for one in words_of_meter(said, now):
        assert one.color is truth[one.day]
        assert one.day in (tempo_day(now), tempo_day(now) + timedelta(1))


def test_a_meter_that_knows_little() -> None:
    now = paris("2026-12-15 12:00")
    assert words_of_meter(reading(), now) == ()
    assert words_of_meter(reading(RED, clock_degraded=True), now) == ()
    assert words_of_meter(reading(RED), paris("2026-12-15 06:19")) == ()
    (only,) = words_of_meter(reading(RED), paris("2026-12-15 06:20"))
    assert (only.day, only.color, only.source) == (DAY, RED, METER)


def test_tomorrow_becomes_today_without_a_gap() -> None:
    evening = words_of_meter(reading(BLUE, RED), paris("2026-12-14 20:30"))
    for now in ("2026-12-15 05:59", "2026-12-15 06:00", "2026-12-15 06:10"):
        words = [*evening, *words_of_meter(reading(BLUE, None), paris(now))]
        day = tempo_day(paris(now))
        expected = RED if now >= "2026-12-15 06:00" else BLUE
        assert decide(day, words).color is expected


def test_words_of_a_calendar() -> None:
    colors = {DAY - timedelta(n): BLUE for n in range(3)}
    calendar = TempoCalendar(source=RTE, colors=colors)
    said = paris("2026-12-15 12:00")
    words = words_of_calendar(calendar, said, DAY - timedelta(1))
    assert {one.day for one in words} == {DAY, DAY - timedelta(1)}
    assert {one.said for one in words} == {said}
