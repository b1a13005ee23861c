"""Trying a load: the opposite order for some seconds, what the watts do, and back."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from statistics import median
from typing import Final

from homeassistant.core import Context, HomeAssistant

from ..engine.regulation.model import Level, Setting
from ..measures import watts
from .actuators.handback import as_named, call_all
from .actuators.kinds.row import Aim
from .actuators.sight import aim_of, read, shows
from .actuators.table import row_of
from .load import HomeLoad

_SETTLE: Final = 10.0
"""s beside those of the load, for its power and the meter to show it."""
_SAMPLES: Final = 3
_LEAST: Final = 50.0
"""W that tell."""


class Finding(StrEnum):
    """What a trial has found; the steps of the form have these names."""

    WORKS = "tried_works"
    INVERTED = "tried_inverted"
    """It draws more when it is told to stop."""
    NO_WATTS = "tried_no_watts"
    """It says that it follows, and the power does not move."""
    DEAF = "tried_deaf"
    INTERRUPTED = "tried_interrupted"
    """Too much was drawn for it to go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What was seen."""

    finding: Finding
    on: float | None = None
    off: float | None = None
    """W that were measured while it was told so."""


class _EndedError(Exception):
    """The trial must not go on."""


async def try_load(
    hass: HomeAssistant,
    load: HomeLoad,
    meter: Callable[[], float | None],
    *,
    taken: Callable[[], bool],
    too_much: Callable[[], bool],
) -> Trial:
    """Tell a load the opposite of what it has, and give it back what it had.

    `meter` returns the W of the whole home, for a load without a sensor of its own.
    `taken` tells that an order has ended the trial, which then gives nothing back;
    `too_much` that the home draws too much for a load to be tried on.
    """

    def power() -> float | None:
        return meter() if load.power_sensor is None else watts(hass, load.power_sensor)

    aim = aim_of(hass, load)
    if aim is None:
        return Trial(finding=Finding.DEAF)
    row, entity_id = row_of(aim.state.entity_id), aim.state.entity_id
    kept, told = row.keep(aim), row.read(aim)
    stop = _is_on(load, aim)
    setting = _setting(load, on=not stop)

    def ended() -> bool:
        return taken() or (not stop and too_much())

    wait = partial(_wait, ended)
    try:
        before = await _measure(power, wait)
        try:
            error = await call_all(
                hass, row.write(aim, setting), Context(), go_on=lambda: not ended()
            )
            await wait(load.load.follow + _SETTLE)
            after = await _measure(power, wait)
            now = aim_of(hass, load)
            said = None if now is None else read(now, setting)
        finally:
            if not taken():
                back = row.give_back(entity_id, as_named(hass, kept))
                await call_all(hass, back, Context())
    except _EndedError:
        return Trial(finding=Finding.INTERRUPTED)
    silent = told.setting is None and told.level is None
    follows = silent or (said is not None and shows(load, said, setting))
    on, off = (before, after) if stop else (after, before)
    if error is not None or not follows:
        return Trial(finding=Finding.DEAF, on=on, off=off)
    if on is None or off is None or abs(on - off) < _LEAST:
        return Trial(finding=Finding.NO_WATTS, on=on, off=off)
    finding = Finding.WORKS if on > off else Finding.INVERTED
    return Trial(finding=finding, on=on, off=off)


def _is_on(load: HomeLoad, aim: Aim) -> bool:
    told = row_of(aim.state.entity_id).read(aim)
    if load.load.heating is not None:
        return told.level not in (None, Level.OFF, Level.FROST)
    return bool(told.setting)


def _setting(load: HomeLoad, *, on: bool) -> Setting:
    heating, modulation = load.load.heating, load.load.modulation
    power = (load.load.power or 1.0) if on else 0.0
    if heating is not None:
        level = Level.COMFORT if on else Level.FROST
        target = heating.comfort if on else heating.frost
        return Setting(power=power, value=float(on), level=level, target=target)
    value = modulation.high if modulation is not None else 1.0
    return Setting(power=power, value=value if on else 0.0)


async def _wait(ended: Callable[[], bool], seconds: float) -> None:
    """Let some seconds pass.

    Raises:
        _EndedError: within a second of the trial's end.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not ended():
        left = end - loop.time()
        if left <= 0:
            return
        await asyncio.sleep(min(left, 1.0))
    raise _EndedError


async def _measure(
    power: Callable[[], float | None], wait: Callable[[float], Awaitable[None]]
) -> float | None:
    """Return the median of some seconds: a fridge starts when it likes."""
    seen: list[float] = []
    for _ in range(_SAMPLES):
        value = power()
        if value is not None:
            seen.append(value)
        await wait(1.0)
    return median(seen) if seen else None
