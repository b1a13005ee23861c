"""What the meter's readings tell: the filter, the rhythm, what nobody manages."""

from collections.abc import Iterable, Sequence
from math import inf, sqrt

from .breaker import blind_limit, bounded, filtered, limit_before, seconds_to
from .constants import (
    FIRST_PERIOD,
    HIGH_FOR,
    HIGH_KEPT,
    HIGH_SHARE,
    LAG,
    LASTS_AFTER,
    LEAST_RISE,
    LINKY_RATIO,
    LONGEST_BUSY,
    LONGEST_SHED,
    MEAN_OVER,
    MUTE_BELOW,
    RISE_KEPT,
    SHED_AHEAD,
    SHED_PERIODS,
    STALE_AFTER,
    STALE_PERIODS,
    STRICT_RISE,
    SWITCHED_ON,
)
from .memory import State
from .model import Battery, Guard, Reading, Settings
from .views import View, add_watts

_LONGEST_PERIOD = 120.0
_DOUBT = 0.005
_DOUBT_A_SECOND = 0.001
_MOST_DOUBT = 0.015
"""Shares of the guard that are kept back, as the filter is only estimated and more may
be switched on: in all, for each s between two readings, and at most."""
_AHEAD = 60.0
"""s that the clock of a reading may be ahead."""
_MOST = 200_000.0
"""W or VA: more than any home draws."""
_KILO = 1000.0
_SLOW = 0.98
"""Share of what is bearable for long below which a meter is slow."""
_STRICT_SHARE = 0.6
"""Share of the cut-off power that a household adds at most at once, where that is less
than `STRICT_RISE`."""
_LEAST_LIMIT = 0.5
"""Share of the cut-off power that is given away whatever was seen."""


def period_of(state: State) -> float:
    """Return the s between two readings."""
    return state.period or FIRST_PERIOD


def believable(now: float, reading: Reading | None) -> Reading | None:
    """Return a reading, or None where it cannot be one."""
    if reading is None or not reading.apparent or reading.time > now + _AHEAD:
        return None
    if len(reading.peak_today) not in (0, len(reading.apparent)):
        return None
    values = (reading.net, *reading.apparent, *reading.peak_today)
    return reading if all(abs(value) <= _MOST for value in values) else None


def is_old(now: float, time: float, state: State) -> bool:
    """Tell whether the meter's word of some time tells nothing any more."""
    return now - time > max(STALE_AFTER, STALE_PERIODS * period_of(state))


def signed(reading: Reading) -> tuple[float, ...]:
    """Return the VA by phase, negative where a single phase injects.

    What the meter says is drawn is, whatever another says of the sun.
    """
    only = reading.apparent[0] if len(reading.apparent) == 1 else None
    if only is not None and only <= MUTE_BELOW and reading.net < 0:
        return (reading.net,)
    return reading.apparent


def take_reading(state: State, reading: Reading, views: Iterable[View]) -> None:
    """Learn from a new reading; `state` is changed."""
    gap = reading.time - state.reading_time
    now_drawn = signed(reading)
    learnt = (
        state.apparent,
        state.squares,
        state.rise,
        state.calm_for,
        state.busy_for,
        state.base_squares,
    )
    fresh = {*map(len, learnt)} != {len(now_drawn)} or gap > _LONGEST_PERIOD
    if not fresh:
        # a late reading is no new rhythm; a faster one is
        share = 0.2 if gap < 2 * period_of(state) else 0.02
        state.period += share * (gap - state.period) if state.period else gap
    _filter(state, reading, now_drawn, gap, fresh=fresh)
    state.reading_time = reading.time
    state.apparent = now_drawn
    views = list(views)
    if fresh or not any(reading.time < view.memory.settles_at for view in views):
        _learn_base(state, reading, now_drawn, views, gap, fresh=fresh)


def _filter(
    state: State,
    reading: Reading,
    drawn: Sequence[float],
    gap: float,
    *,
    fresh: bool,
) -> None:
    power = [max(value, 0.0) for value in drawn]
    if fresh:
        # nobody knows what was before: as high as the meter allows
        known = reading.peak_today or tuple(power)
        squares = [
            max(value, seen) ** 2 for value, seen in zip(power, known, strict=True)
        ]
        state.highest = tuple(power)
        state.peak_seen = ()
    else:
        # between two readings it may have been as high as the higher one
        squares = [
            filtered(square, max(value, before), gap)
            for square, value, before in zip(
                state.squares, power, state.apparent, strict=True
            )
        ]
    seen, before = reading.peak_today, state.peak_seen
    if len(seen) == len(squares):
        known_before = before if len(before) == len(seen) else (None,) * len(seen)
        squares = [
            bounded(square, highest, earlier, gap)
            for square, highest, earlier in zip(
                squares, seen, known_before, strict=True
            )
        ]
    state.peak_seen = seen
    state.squares = tuple(squares)
    state.highest = tuple(
        max(highest, sqrt(square))
        for highest, square in zip(state.highest, squares, strict=True)
    )


def _learn_base(
    state: State,
    reading: Reading,
    drawn: Sequence[float],
    views: Iterable[View],
    gap: float,
    *,
    fresh: bool,
) -> None:
    base = list(drawn)
    power = reading.net
    for view in views:
        power -= 0.0 if view.vague else view.drawn
        add_watts(base, view.phases, -view.drawn)
    if fresh:
        state.rise = (
            state.rise if len(state.rise) == len(base) else (LEAST_RISE,) * len(base)
        )
        state.calm_for = (inf,) * len(base)
        state.busy_for = (0.0,) * len(base)
        state.base_mean = power
        state.base_squares = tuple(max(value, 0.0) ** 2 for value in base)
    else:
        state.base_squares = tuple(
            filtered(square, max(value, before, 0.0), gap)
            for square, value, before in zip(
                state.base_squares, base, state.base, strict=True
            )
        )
        kept = RISE_KEPT**gap
        state.rise = tuple(
            max(rise * kept, now - before, LEAST_RISE)
            for rise, now, before in zip(state.rise, base, state.base, strict=True)
        )
        _note_household(state, base, gap)
        share = min(gap / MEAN_OVER, 1.0)
        state.base_mean += share * (power - state.base_mean)
    kept = HIGH_KEPT ** min(gap, 86_400.0)
    state.base_high = max(state.base_high * kept, *base)
    state.base = tuple(base)
    state.base_power = power


def _note_household(state: State, base: Sequence[float], gap: float) -> None:
    """Note since when, by phase, a household switches things on."""
    state.busy_for = tuple(
        busy + gap if calm < LONGEST_SHED else 0.0
        for busy, calm in zip(state.busy_for, state.calm_for, strict=True)
    )
    state.calm_for = tuple(
        0.0 if now - before >= SWITCHED_ON else calm + gap
        for now, before, calm in zip(base, state.base, state.calm_for, strict=True)
    )


def expected(state: State, views: Iterable[View]) -> list[float]:
    """Return the VA by phase that the home draws now, as far as it is known.

    Between two readings it is what nobody manages, as it was last, and what the loads
    say; a rise that the last reading shows is never left out.
    """
    drawn = list(state.base)
    pending = [0.0] * len(drawn)
    for view in views:
        memory = view.memory
        waits = state.reading_time < memory.settles_at
        more = memory.expected > 0
        if memory.tries and not more and state.now - memory.ordered_at >= SHED_AHEAD:
            waits = False  # it is told again, but others may have to give
        power = view.drawn
        if waits:
            # by its order: it has not followed yet, or the meter has not seen it
            power = (max if more else min)(power, memory.power)
        add_watts(drawn, view.phases, power)
        if waits:
            add_watts(pending, view.phases, min(memory.expected, 0.0))
    return [
        max(known, said + less)
        for known, said, less in zip(drawn, state.apparent, pending, strict=True)
    ]


def bearable_share(ratio: float) -> float:
    """Return the share of the cut-off power that a home may draw for long.

    Halfway to a ratio that the filter must not pass.
    """
    return (1 + ratio) / 2


def unseen(state: State, reading: Reading | None, views: Sequence[View]) -> list[float]:
    """Return the VA by phase that a home may draw by itself while nobody sees it.

    Its highest, for as long as that may last; then no more than what is usual. A meter
    that says nearly nothing and is not believed may speak in kW: so much is left to the
    home, up to the cut-off power.
    """
    cutoff = state.cutoff or 0.0
    high = state.base_high
    if state.now - state.reading_time > HIGH_FOR:
        high = min(high, HIGH_SHARE * cutoff)
    drawn = [high] * max(len(state.base), 1)
    apparent = reading.apparent if reading else ()
    if len(apparent) == len(drawn) and max(apparent) < MUTE_BELOW:
        said = [_KILO * value for value in apparent]
        for view in views:
            add_watts(said, view.phases, -view.drawn)
        drawn = [
            max(known, min(own, cutoff)) for known, own in zip(drawn, said, strict=True)
        ]
    return drawn


def _unseen_for(state: State) -> float:
    """Return the s for which a home may draw more before it shows and is shed."""
    return SHED_PERIODS * LAG + period_of(state)


def limits(
    state: State, settings: Settings, cutoff: float, share: float
) -> tuple[float, ...]:
    """Return the VA by phase that a share of the cut-off power allows.

    A slow meter sees what a household switches on too late: room is left for it. With
    the strict guard it is also left for what a household that has just switched something
    on would still draw when all loads are shed.
    """
    ratio = settings.guard.ratio
    ahead = _unseen_for(state)
    most = [
        blind_limit(ratio * cutoff, min(rise, cutoff), ahead) for rise in state.rise
    ]
    if settings.guard is Guard.STRICT:
        rise = min(STRICT_RISE, _STRICT_SHARE * cutoff)
        most = [
            min(
                limit,
                limit_before(cutoff, max(sqrt(square), base) + rise, LASTS_AFTER),
            )
            if switches
            else limit
            for limit, square, base, switches in zip(
                most, state.base_squares, state.base, _switches(state), strict=True
            )
        ]
    return tuple(
        min(share * cutoff, max(limit, _LEAST_LIMIT * cutoff)) for limit in most
    )


def _switches(state: State) -> Sequence[bool]:
    """Tell, by phase, whether a household may soon switch on more.

    Not what goes on and off for hours: that is a thermostat. A state that an older version
    saved does not know before the next reading.
    """
    if not state.calm_for:
        return [False] * len(state.base)
    return [
        calm < LONGEST_SHED and busy < LONGEST_BUSY
        for calm, busy in zip(state.calm_for, state.busy_for, strict=True)
    ]


def _is_slow(state: State, settings: Settings, cutoff: float) -> bool:
    """Tell whether a meter tells too late of what a home may always add.

    Beside what is bearable for long that would pass the guard before it shows. A strict
    guard bears nothing for long.
    """
    ratio = settings.guard.ratio
    rise = min(LEAST_RISE, cutoff)
    from_here = blind_limit(ratio * cutoff, rise, _unseen_for(state))
    return ratio > 1 and from_here < _SLOW * bearable_share(ratio) * cutoff


def unseen_rise_passes(
    state: State, settings: Settings, cutoff: float, drawn: Sequence[float]
) -> bool:
    """Tell whether one more rise would pass the guard before a slow meter tells of it."""
    return _is_slow(state, settings, cutoff) and any(
        filtered(square, max(value, 0.0) + min(rise, cutoff), _unseen_for(state))
        > (guard_ratio(settings, base, cutoff) * cutoff) ** 2
        for square, value, rise, base in zip(
            state.squares, drawn, state.rise, state.base_squares, strict=True
        )
    )


def time_left(
    state: State, settings: Settings, cutoff: float, drawn: Sequence[float]
) -> float:
    """Return after how many s the guard would be reached, on the worst phase."""
    doubt = min(_DOUBT + _DOUBT_A_SECOND * period_of(state), _MOST_DOUBT)
    aim = (1 - doubt) * cutoff
    return min(
        (
            seconds_to(
                square, max(value, 0.0), aim * guard_ratio(settings, base, cutoff)
            )
            for square, value, base in zip(
                state.squares, drawn, state.base_squares, strict=True
            )
        ),
        default=inf,
    )


def guard_ratio(settings: Settings, base_square: float, cutoff: float) -> float:
    """Return the guard; the Linky's own once the home alone has passed it."""
    ratio = settings.guard.ratio
    return ratio if base_square <= (ratio * cutoff) ** 2 else LINKY_RATIO


def shed_ahead(state: State, follow: float) -> float:
    """Return the s to the guard from which loads are shed."""
    return max(SHED_AHEAD, SHED_PERIODS * period_of(state) + follow + LAG)


def for_battery(battery: Battery | None, settings: Settings) -> float:
    """Return the W by which a battery hides a surplus, negative where it feigns one."""
    if battery is None:
        return 0.0
    if battery.power < 0:
        return battery.power  # what it gives is no surplus
    first = settings.battery_first and (battery.soc or 0.0) < settings.battery_enough
    return 0.0 if first else battery.power
