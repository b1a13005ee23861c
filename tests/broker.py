"""A broker with bridges that publish on it."""

from typing import Any

from homeassistant.components import mqtt
from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_send
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_mqtt_message,
)

from custom_components.linky_pilote.const import DOMAIN

from .engine.tic.bridges import Bridge
from .engine.tic.lines import Sent
from .meters import HISTORICAL_HC, Meter
from .serial_line import Time

KIT = "teleinfokit-a1b2c3/data"


def sent_by(meter: Meter, **changes: str) -> list[Sent]:
    """Return the groups of a meter's frame."""
    return [
        (label, data, meter.stamps[label]) if label in meter.stamps else (label, data)
        for label, data in {**meter.groups, **changes}.items()
    ]


def topic_entry(topic: str, unique_id: str = HISTORICAL_HC.serial) -> MockConfigEntry:
    """Return the entry of a meter on a topic, as the config flow makes it."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Linky 0123",
        unique_id=unique_id,
        data={"topic": topic, "meter_id": "id0123"},
    )


class Broker:
    """A broker that Home Assistant is connected to."""

    def __init__(self, hass: HomeAssistant, time: Time) -> None:
        """Begin without a message."""
        self.hass = hass
        self.time = time

    def publish(
        self, bridge: Bridge, meter: Meter, *, retain: bool = False, **changes: str
    ) -> None:
        """Have a bridge publish a frame of a meter."""
        for topic, payload in bridge(sent_by(meter, **changes)):
            self.say(topic, payload, retain=retain)

    def say(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish a message."""
        async_fire_mqtt_message(self.hass, topic, payload, retain=retain)

    async def pause(self, seconds: float = 0.5) -> None:
        """Let time pass."""
        await self.time.advance(seconds)

    async def set_up(self, entry: MockConfigEntry) -> None:
        """Set an entry up."""
        if entry not in self.hass.config_entries.async_entries():
            entry.add_to_hass(self.hass)
        task = self.hass.async_create_task(
            self.hass.config_entries.async_setup(entry.entry_id)
        )
        while not task.done():
            await self.pause()
        await self.hass.async_block_till_done()

    async def heard(
        self, bridge: Bridge, meter: Meter, *, retain: bool = False, **changes: str
    ) -> None:
        """Publish a frame, and let it be shown."""
        self.publish(bridge, meter, retain=retain, **changes)
        await self.pause(1)
        await self.hass.async_block_till_done()

    def connect(self, connected: bool) -> None:
        """Have the connection to the broker end, or begin again."""
        mqtt_data: Any = self.hass.data[mqtt.DATA_MQTT]
        mqtt_data.client.connected = connected
        async_dispatcher_send(self.hass, mqtt.MQTT_CONNECTION_STATE, connected)
