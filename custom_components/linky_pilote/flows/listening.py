"""Listening to a place, to learn which meter is there."""

import asyncio
from contextlib import suppress
from typing import Final, NamedTuple

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..engine.measured import reading_of
from ..engine.reading import MeterReading
from ..meter.clock import meter_clock
from ..place import Place
from ..sources.base import Figures, Problem, SourceError
from ..sources.picked import NoValueError, Picked, look
from ..sources.serial import SerialSource
from .topics import kept_reading, listen_topic

_PORT: Final = 20.0
"""Seconds; three phases in overload send a long frame every 15 of them."""

_TOPIC: Final = 30.0
"""Seconds; most bridges publish every 1 to 10 of them."""


_NOTHING: Final = Figures(
    received=0, accepted=0, rejected={}, frames=0, unknown={}, held={}, connections=0
)


class Heard(NamedTuple):
    """What was heard at a place."""

    reading: MeterReading
    speed: int | None = None
    """Baud, where the line has a speed."""
    kept: bool = False
    """Whether it is what a broker kept: nothing is known of who says so now."""


async def listen(hass: HomeAssistant, place: Place) -> Heard:
    """Listen until a meter has said who it is; a port is closed again by then.

    Raises `SourceError` when there is no such thing to hear.
    """
    if place.picked is not None:
        return Heard(_measured(hass, place.picked))
    if place.is_topic:
        try:
            return Heard(await listen_topic(hass, place.where, _TOPIC))
        except SourceError as err:
            if err.problem is not Problem.SILENT_TOPIC:
                raise
            kept = await kept_reading(hass, place.where)
            if kept is None:
                raise
            return Heard(kept, kept=True)
    source = SerialSource(place.where, clock=meter_clock(hass))
    task = hass.async_create_background_task(source.run(), f"{DOMAIN} listens")
    try:
        return Heard(await source.first_reading(_PORT), source.speed)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _measured(hass: HomeAssistant, picked: Picked) -> MeterReading:
    try:
        said, _ = look(hass, picked)
    except NoValueError as err:
        raise SourceError(Problem.SENSORS_UNAVAILABLE, _NOTHING, str(err)) from err
    return reading_of(said, dt_util.utcnow())
