"""Where a meter is heard: the one thing that an entry's source hangs on."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Self

from homeassistant.core import HomeAssistant

from .const import CONF_SERIAL_PORT, CONF_TOPIC
from .meter.store import MeterMemory
from .sources.base import MeterSource, SourceListener
from .sources.bridge import Bridge
from .sources.mqtt import MqttSource
from .sources.serial import SerialSource


class Place(NamedTuple):
    """A serial port, the URL of one, or an MQTT topic."""

    kind: str
    """The key that it has in the data of an entry."""
    where: str

    @classmethod
    def port(cls, port: str) -> Self:
        """Return the place of a serial port or of its URL."""
        return cls(CONF_SERIAL_PORT, port)

    @classmethod
    def topic(cls, topic: str) -> Self:
        """Return the place of an MQTT topic."""
        return cls(CONF_TOPIC, topic)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Return the place that is in the data of an entry."""
        kind = CONF_TOPIC if CONF_TOPIC in data else CONF_SERIAL_PORT
        return cls(kind, data[kind])

    def moved(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data of an entry whose meter is at this place from now on."""
        kept = {
            k: v for k, v in data.items() if k not in (CONF_SERIAL_PORT, CONF_TOPIC)
        }
        return {**kept, self.kind: self.where}

    @property
    def is_topic(self) -> bool:
        """Whether it is an MQTT topic, which many can hear at the same time."""
        return self.kind == CONF_TOPIC

    @property
    def bridge(self) -> Bridge | None:
        """The bridge on the network that is there, if one is."""
        return None if self.is_topic else Bridge.of(self.where)

    @property
    def name(self) -> str:
        """What people call it."""
        return self.where if self.bridge is None else self.bridge.address

    def make_source(
        self,
        hass: HomeAssistant,
        memory: MeterMemory,
        number: str | None,
        *,
        clock: Callable[[], float],
        listener: SourceListener,
    ) -> MeterSource:
        """Return the source for the meter with a number, or for whichever is there."""
        marks = memory.marks_of(number)
        if self.is_topic:
            return MqttSource(
                hass,
                self.where,
                clock=clock,
                listener=listener,
                expected=number,
                marks=marks,
                memory=memory.rhythm_of(self.where),
            )
        return SerialSource(
            self.where,
            clock=clock,
            listener=listener,
            expected=number,
            marks=marks,
            speed=memory.speed,
        )
