"""MQTT topics on which a meter is heard."""

import asyncio
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN
from ..engine.reading import MeterReading
from ..engine.tic import Assembler, Event, Group, PayloadReader, Shape, shape_of
from ..meter.clock import meter_clock
from ..sources.base import Problem, SourceError
from ..sources.mqtt import MqttSource, filters_of

if TYPE_CHECKING:
    from homeassistant.components.mqtt import ReceiveMessage

_MOST: Final = 32
"""Topics that are looked at closely; a broker may have thousands."""

_KEPT: Final = 2.0
"""Seconds in which a broker says what it kept."""

_MOST_KEPT: Final = 256
"""Groups; a meter has fewer than a hundred."""

_FEWEST: Final = 2
"""Labels that a meter says at least: one alone may be a word that others use too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMeter:
    """A meter that was heard on a broker."""

    topic: str
    """What `MqttSource` is to be given: a topic, or the prefix of several."""
    shape: Shape
    reading: MeterReading | None
    """What it said; None where all that came was kept by the broker."""


@dataclass(slots=True)
class _Candidate:
    """A topic on which a meter may be."""

    topic: str
    shape: Shape
    reader: PayloadReader = field(default_factory=PayloadReader)
    assembler: Assembler = field(default_factory=Assembler)
    labels: set[str] = field(default_factory=set)
    reading: MeterReading | None = None

    def take(self, events: Iterable[Event], now: float) -> None:
        for event in events:
            if isinstance(event, Group) and event.known:
                self.labels.add(event.label)
            reading = self.assembler.take(event, now)
            if isinstance(reading, MeterReading):
                self.reading = reading


class _Search:
    """Sorts the messages of a whole broker."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._now = hass.loop.time
        self._candidates: dict[tuple[Shape, str], _Candidate] = {}

    @callback
    def take(self, message: ReceiveMessage) -> None:
        """Look at a message; most of them are no meter's."""
        topic, payload = message.topic, message.payload
        assert isinstance(payload, bytes)
        shape = shape_of(topic, payload)
        if shape is None:
            return
        prefix = topic.rpartition("/")[0]
        key = (shape, prefix if shape is Shape.TOPICS else topic)
        if key not in self._candidates:
            if len(self._candidates) >= _MOST:
                return
            # Where there is no prefix, one of the topics stands for all.
            self._candidates[key] = _Candidate(key[1] or topic, shape)
        candidate = self._candidates[key]
        live = not message.retain
        events = candidate.reader.read(topic, payload, live=live)
        if live:
            candidate.take(candidate.reader.recall(), self._now())
        candidate.take(events, self._now())

    def found(self) -> list[FoundMeter]:
        """Return the meters among what was heard, those that speak first."""
        for candidate in self._candidates.values():
            candidate.take(candidate.reader.pause(), self._now())
            candidate.labels |= candidate.reader.kept
        return sorted(
            (
                FoundMeter(topic=each.topic, shape=each.shape, reading=each.reading)
                for each in self._candidates.values()
                if len(each.labels) >= _FEWEST
            ),
            key=lambda meter: (meter.reading is None, meter.topic),
        )


async def async_find_meters(hass: HomeAssistant, seconds: float) -> list[FoundMeter]:
    """Listen to all topics for some seconds and return those of meters.

    Raises `SourceError` when MQTT is missing.
    """
    if not hass.config_entries.async_loaded_entries("mqtt"):
        source = MqttSource(hass, "#", clock=hass.loop.time)
        raise SourceError(Problem.MQTT_MISSING, source.figures)
    from homeassistant.components import mqtt

    search = _Search(hass)
    unsubscribe = await mqtt.async_subscribe(hass, "#", search.take, 0, None)
    try:
        await asyncio.sleep(seconds)
    finally:
        unsubscribe()
    return search.found()


async def listen_topic(hass: HomeAssistant, topic: str, seconds: float) -> MeterReading:
    """Listen to a topic until a meter has spoken, for some seconds at most.

    Raises `SourceError` when there is no such thing to hear.
    """
    source = MqttSource(hass, topic, clock=meter_clock(hass))
    task = hass.async_create_background_task(source.run(), f"{DOMAIN} listens")
    try:
        return await source.first_reading(seconds)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def kept_reading(hass: HomeAssistant, topic: str) -> MeterReading | None:
    """Return what a broker kept of a meter on a topic, taken for what it says now."""
    from homeassistant.components import mqtt

    reader, assembler = PayloadReader(), Assembler()
    events: list[Event] = []

    @callback
    def take(message: ReceiveMessage) -> None:
        if isinstance(message.payload, bytes) and len(events) < _MOST_KEPT:
            events.extend(reader.read(message.topic, message.payload))

    with ExitStack() as stack:
        for each in filters_of(topic):
            stack.callback(await mqtt.async_subscribe(hass, each, take, 0, None))
        await asyncio.sleep(_KEPT)
    taken = [assembler.take(event, 0.0) for event in [*events, *reader.pause()]]
    return next((one for one in reversed(taken) if isinstance(one, MeterReading)), None)
