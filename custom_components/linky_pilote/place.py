"""Where a meter is heard: the one thing that an entry's source hangs on."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, Self

from homeassistant.core import HomeAssistant

from .const import CONF_ENTITIES, CONF_SERIAL_PORT, CONF_TOPIC
from .meter.store import MeterMemory
from .sources.base import MeterSource, SourceListener
from .sources.bridge import Bridge
from .sources.entities import EntitySource
from .sources.mqtt import MqttSource
from .sources.picked import Picked
from .sources.serial import SerialSource

_KINDS: Final = (CONF_TOPIC, CONF_ENTITIES, CONF_SERIAL_PORT)


class Place(NamedTuple):
    """A serial port, the URL of one, an MQTT topic, or sensors."""

    kind: str
    """The key that it has in the data of an entry."""
    where: str
    """Of sensors: the main one's id."""
    picked: Picked | None = None
    """The sensors."""

    @classmethod
    def port(cls, port: str) -> Self:
        """Return the place of a serial port or of its URL."""
        return cls(CONF_SERIAL_PORT, port)

    @classmethod
    def topic(cls, topic: str) -> Self:
        """Return the place of an MQTT topic."""
        return cls(CONF_TOPIC, topic)

    @classmethod
    def sensors(cls, picked: Picked) -> Self:
        """Return the place of a meter that sensors stand for."""
        return cls(CONF_ENTITIES, picked.main, picked)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Return the place that is in the data of an entry."""
        kind = next(kind for kind in _KINDS if kind in data)
        if kind == CONF_ENTITIES:
            return cls.sensors(Picked.of(data[kind]))
        return cls(kind, data[kind])

    def moved(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data of an entry whose meter is at this place from now on."""
        kept = {key: value for key, value in data.items() if key not in _KINDS}
        place = self.where if self.picked is None else self.picked.as_dict()
        return {**kept, self.kind: place}

    @property
    def is_topic(self) -> bool:
        """Whether it is an MQTT topic."""
        return self.kind == CONF_TOPIC

    @property
    def is_line(self) -> bool:
        """Whether it is a line, which only one can hear at a time."""
        return self.kind == CONF_SERIAL_PORT

    @property
    def key(self) -> str:
        """What tells it from others where a meter does not say its number."""
        kind = "mqtt" if self.is_topic else "sensor"
        return f"{kind}:{self.where}"

    @property
    def bridge(self) -> Bridge | None:
        """The bridge on the network that is there, if one is."""
        return Bridge.of(self.where) if self.is_line else None

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
        if self.picked is not None:
            return EntitySource(
                hass,
                self.picked,
                clock=clock,
                listener=listener,
                memory=memory.rhythm_of(self.where),
            )
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
