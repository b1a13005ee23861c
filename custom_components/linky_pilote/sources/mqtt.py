"""A meter whose bridge publishes by MQTT, heard through Home Assistant's integration.

That integration reconnects by itself; what the broker kept of earlier messages tells
about the meter, but not that it is heard.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING, Final, NoReturn, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..engine.reading import MeterReading
from ..engine.tic import Group, Mark, PayloadReader, is_label_topic, label_of
from .base import MeterSource, Problem, SourceError, SourceListener
from .rhythm import Rhythm

if TYPE_CHECKING:
    from homeassistant.components.mqtt import ReceiveMessage

_DOMAIN: Final = "mqtt"
_TICK: Final = 1.0
_RETRY: Final = 5.0
"""Seconds between looks whether MQTT has been set up."""

_QUIET: Final = 0.3
"""Seconds after which labels that come one by one make a reading: groups of one frame
follow each other within 0.1 s on the line."""

_LONG_AGO: Final = 30 * 86_400.0
"""Seconds by which values that the broker kept may be old: how far an index may have
risen since."""


def filters_of(topic: str) -> tuple[str, ...]:
    """Return what to subscribe to for a topic, a prefix or a pattern.

    A topic that ends with a label stands for those beside it, any other one for what
    is below it too.
    """
    if "+" in topic or "#" in topic:
        return (topic,)
    if label_of(topic) is not None:
        prefix, separator, _ = topic.rpartition("/")
        return (f"{prefix}{separator}+",)
    return (f"{topic.rstrip('/')}/#",)


class MqttSource(MeterSource):
    """A meter on an MQTT topic."""

    def __init__(
        self,
        hass: HomeAssistant,
        topic: str,
        *,
        clock: Callable[[], float],
        listener: SourceListener | None = None,
        expected: str | None = None,
        marks: Mapping[str, Mark] | None = None,
        memory: float | None = None,
    ) -> None:
        """Prepare to listen; `memory` is what an earlier source on the topic learnt."""
        self._payloads = PayloadReader()
        super().__init__(
            self._payloads,
            clock=clock,
            listener=listener,
            expected=expected,
            marks=marks,
        )
        self.rhythm = Rhythm(memory)
        self._hass = hass
        self._topic = topic
        self._only_labels = label_of(topic) is not None
        self._session = 0
        self._proved = asyncio.Event()
        self._again = asyncio.Event()
        self._pause: asyncio.TimerHandle | None = None
        self._is_connected = True

    @property
    @override
    def battery(self) -> float | None:
        return self._payloads.battery

    @property
    @override
    def memory(self) -> float | None:
        return self.rhythm.longest

    @override
    async def run(self) -> NoReturn:
        """Listen until cancelled, through reloads and removals of MQTT too."""
        while True:
            try:
                await self._listen()
            except HomeAssistantError as err:
                self._lose(Problem.MQTT_MISSING, str(err))
                self._proved.set()
            self._again.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(_RETRY):
                    await self._again.wait()

    @override
    def hurry(self) -> None:
        self._again.set()

    @override
    async def prove(self, timeout: float) -> None:
        """Wait for MQTT only: the next message may come in an hour."""
        try:
            async with asyncio.timeout(timeout):
                await self._proved.wait()
        except TimeoutError:
            raise SourceError(Problem.MQTT_MISSING, self.figures) from None
        if self._failure is not None:
            raise self._failure

    async def _listen(self) -> None:
        """Listen until MQTT is gone."""
        if not self._hass.config_entries.async_entries(_DOMAIN):
            raise HomeAssistantError("MQTT is not set up")
        from homeassistant.components import mqtt

        available = await mqtt.async_wait_for_mqtt_client(self._hass)
        if not (available and self._is_loaded()):
            raise HomeAssistantError("MQTT is not available")
        self._session += 1
        with ExitStack() as stack:
            stack.callback(self._end_pause)
            stack.callback(
                mqtt.async_subscribe_connection_status(
                    self._hass, self._connection_changed
                )
            )
            for topic in filters_of(self._topic):
                remove = await mqtt.async_subscribe(
                    self._hass,
                    topic,
                    partial(self._take_message, self._session),
                    0,
                    None,
                )
                stack.callback(_unsubscribe, remove)
            self._start_over()
            self._connection_changed(mqtt.is_connected(self._hass))
            self._proved.set()
            while self._is_loaded():
                await asyncio.sleep(_TICK)
                self._watch()
        raise HomeAssistantError("MQTT was unloaded")

    def _is_loaded(self) -> bool:
        return bool(self._hass.config_entries.async_loaded_entries(_DOMAIN))

    @callback
    def _connection_changed(self, connected: bool) -> None:
        """Begin anew with the broker: what it kept comes again."""
        if connected is self._is_connected:
            return
        self._is_connected = connected
        self.rhythm.pause()
        if connected:
            self._start_over()
            self._last_good = self._loop.time()
        else:
            # What came before is said before: later it would seem to be news.
            self._end_pause()
            self._take_pause()
            self._tell_down(Problem.BROKER_LOST)

    @callback
    def _take_message(self, session: int, message: ReceiveMessage) -> None:
        """Take a message, unless MQTT kept a subscription that we had given up."""
        payload = message.payload
        if session != self._session or not isinstance(payload, bytes):
            return
        if self._only_labels and not is_label_topic(message.topic):
            return
        live = not message.retain
        events = self._payloads.read(message.topic, payload, live=live)
        if live and any(isinstance(event, Group) and event.known for event in events):
            self.rhythm.note(self._loop.time())
            self._take_events(self._payloads.recall(), age=_LONG_AGO)
        self.rhythm.sleep = self._payloads.sleep or 0.0
        self._hear(b"\n" + payload, events)
        self._end_pause()
        self._pause = self._loop.call_later(_QUIET, self._take_pause)

    def _take_pause(self) -> None:
        self._take_events(self._payloads.pause())

    def _end_pause(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    @override
    def _is_identified(self, reading: MeterReading) -> bool:
        """Trust the topic: some bridges never say the meter's number."""
        return True

    @override
    def _says_enough(self, reading: MeterReading) -> bool:
        return True

    @override
    def _settle_if_sure(self) -> None:
        """A number that comes again ends a frame; not all shapes have other ends."""
        if self._first is not None and self._times_named > 1:
            self._settle()

    @override
    def _watch(self) -> None:
        """Notice a bridge that has been silent for longer than it uses to be."""
        if not self._is_connected:
            return
        if self._loop.time() - self._last_good >= self.rhythm.expiry:
            self._tell_down(self._diagnosis())

    @override
    def _diagnosis(self) -> Problem:
        if not self._is_connected:
            return Problem.BROKER_LOST
        known = self._payloads.accepted or self._payloads.kept or not self.received
        return Problem.SILENT_TOPIC if known else Problem.NOT_A_METER


def _unsubscribe(remove: Callable[[], None]) -> None:
    """End a subscription, of which a reload of MQTT may have taken the trace."""
    with suppress(HomeAssistantError):
        remove()
