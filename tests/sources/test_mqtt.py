"""A meter on an MQTT topic: shapes, kept values, silence, the broker, MQTT itself."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
import pytest

from custom_components.linky_pilote.engine.reading import Contract
from custom_components.linky_pilote.engine.tic import Shape
from custom_components.linky_pilote.flows.topics import async_find_meters, listen_topic
from custom_components.linky_pilote.sources.base import Problem, SourceError
from custom_components.linky_pilote.sources.mqtt import MqttSource, filters_of

from ..broker import KIT, Broker
from ..engine.tic import bridges
from ..engine.tic.bridges import Bridge
from ..meters import HISTORICAL_HC, HISTORICAL_TRI_TEMPO, STANDARD_TEMPO, Meter
from ..serial_line import Time
from .listening import Diary


class House(Broker):
    """A broker, a bridge that publishes on it, and who listens."""

    def __init__(self, hass: HomeAssistant, time: Time) -> None:
        super().__init__(hass, time)
        self.diary = Diary()

    @asynccontextmanager
    async def listening(
        self, topic: str, expected: str | None = None, memory: float | None = None
    ) -> AsyncGenerator[MqttSource]:
        """Run a source, and see that it ends with every subscription."""
        source = MqttSource(
            self.hass,
            topic,
            clock=self.hass.loop.time,
            listener=self.diary,
            expected=expected,
            memory=memory,
        )
        task = asyncio.create_task(source.run())
        await self.time.settle()
        try:
            yield source
        finally:
            assert not task.done(), "the source never gives up by itself"
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            heard = len(self.diary.readings)
            self.publish(bridges.flat, HISTORICAL_HC)
            assert len(self.diary.readings) == heard


@pytest.fixture
def house(broker: Broker) -> House:
    """Return a house with a broker."""
    return House(broker.hass, broker.time)


@pytest.mark.parametrize(
    ("topic", "filters"),
    [
        ("tele/linky/SENSOR", ("tele/linky/SENSOR/#",)),
        ("tic", ("tic/#",)),
        ("tic/", ("tic/#",)),
        ("tic/SINSTS", ("tic/+",)),
        ("PAPP", ("+",)),
        ("tic/#", ("tic/#",)),
        ("+/data/PAPP", ("+/data/PAPP",)),
    ],
)
def test_what_is_subscribed_to(topic: str, filters: tuple[str, ...]) -> None:
    assert filters_of(topic) == filters


@pytest.mark.parametrize(
    ("bridge", "topic"),
    [
        (bridges.raw, "tele/linky/RAW"),
        (bridges.fragments, "tele/linky/RAW"),
        (bridges.flat, "tele/linky/TIC"),
        (bridges.tasmota, "tele/linky"),
        (bridges.teleinfo2mqtt, f"teleinfo/{HISTORICAL_HC.serial}"),
        (bridges.teleinfo2mqtt, "teleinfo"),
        (bridges.teleinfokit, KIT),
        (bridges.teleinfokit, f"{KIT}/PAPP"),
        (bridges.bernaerts, "tele/linky/SENSOR"),
    ],
)
async def test_shapes(house: House, bridge: Bridge, topic: str) -> None:
    async with house.listening(topic, expected=HISTORICAL_HC.serial) as source:
        house.publish(bridge, HISTORICAL_HC)
        await house.pause()
        reading = house.diary.readings[-1]
        assert reading.serial == HISTORICAL_HC.serial
        assert reading.contract is Contract.OFF_PEAK
        assert reading.total_index == 12_345_678 + 23_456_789
        assert reading.apparent_power == 720
        assert house.diary.entries == ["up"]
        assert source.speed is None


async def test_a_meter_without_a_number(house: House) -> None:
    async with house.listening("PAPP"):
        house.say("hello", b"coucou from esp")
        house.publish(bridges.linkytop, HISTORICAL_HC)
        house.say("thermostat", b'{"PAPP":1}')
        await house.pause()
        reading = house.diary.readings[-1]
        assert reading.serial is None
        assert reading.contract is Contract.OFF_PEAK
        assert reading.apparent_power == 720


async def test_labels_make_a_reading_when_no_other_follows(house: House) -> None:
    async with house.listening(KIT):
        house.publish(bridges.teleinfokit, HISTORICAL_HC)
        assert house.diary.readings == []
        await house.pause()
        assert len(house.diary.readings) == 1
        house.say(f"{KIT}/PAPP", b"00900")
        assert house.diary.readings[-1].apparent_power == 900
        house.say(f"{KIT}/ADPS", b"046")
        assert house.diary.readings[-1].overload


async def test_kept_values_are_not_fresh(house: House) -> None:
    async with house.listening(KIT) as source:
        house.publish(bridges.teleinfokit, HISTORICAL_HC, retain=True)
        await house.pause()
        assert house.diary.entries == []
        assert not source.connected
        house.say(f"{KIT}/IINST", b"004")
        await house.pause()
        reading = house.diary.readings[-1]
        assert house.diary.entries == ["up"]
        assert reading.serial == HISTORICAL_HC.serial
        assert reading.apparent_power is None
        assert reading.currents == (4,)
        # How old the index was is not known: the first live one may be far ahead.
        house.say(f"{KIT}/HCHP", b"023999999")
        await house.pause()
        assert house.diary.readings[-1].indexes["peak"] == 23_999_999
        house.say(f"{KIT}/HCHP", b"123999999")
        await house.pause()
        assert house.diary.readings[-1].indexes["peak"] == 23_999_999


async def test_another_meter_is_refused(house: House) -> None:
    async with house.listening("tele", expected=HISTORICAL_TRI_TEMPO.serial):
        house.publish(bridges.flat, HISTORICAL_HC)
        assert house.diary.entries == [HISTORICAL_HC.serial]
        assert house.diary.readings == []


async def test_a_quick_bridge_is_missed_soon(house: House) -> None:
    async with house.listening("tele", memory=1.0):
        house.publish(bridges.flat, HISTORICAL_HC)
        await house.pause(14)
        assert house.diary.entries == ["up"]
        await house.pause(3)
        assert house.diary.entries == ["up", Problem.SILENT_TOPIC]
        house.publish(bridges.flat, HISTORICAL_HC)
        assert house.diary.entries == ["up", Problem.SILENT_TOPIC, "up"]


async def test_a_bridge_that_sleeps_is_not_missed(house: House) -> None:
    async with house.listening("PAPP") as source:
        for _ in range(3):
            house.publish(bridges.linkytop, HISTORICAL_HC)
            house.say("sleep_time", b"600")
            await house.pause(600)
        assert house.diary.entries == ["up"]
        assert source.memory == pytest.approx(600, abs=5)
        await house.pause(1300)
        assert house.diary.entries == ["up", Problem.SILENT_TOPIC]


async def test_other_messages_make_no_reading(house: House) -> None:
    async with house.listening("tele", memory=1.0):
        for _ in range(20):
            house.say("tele/plug/SENSOR", b'{"ENERGY":{"Power":12}}')
            house.say("tele/page", b"<html>\n<body>")
            house.say("tele/big", b"{" * 1_000_000)
            await house.pause(1)
        assert house.diary.entries == [Problem.NOT_A_METER]
        assert house.diary.readings == []


async def test_the_broker_goes_and_comes_back(house: House) -> None:
    async with house.listening("tele", memory=1.0) as source:
        house.publish(bridges.flat, HISTORICAL_HC)
        house.connect(False)
        assert house.diary.entries == ["up", Problem.BROKER_LOST]
        await house.pause(60)
        house.connect(True)
        house.publish(bridges.flat, HISTORICAL_HC, retain=True)
        assert house.diary.entries == ["up", Problem.BROKER_LOST]
        house.publish(bridges.flat, HISTORICAL_HC)
        assert house.diary.entries == ["up", Problem.BROKER_LOST, "up"]
        assert source.figures.connections == 2
        assert source.memory == 1.0


async def test_labels_heard_just_before_the_broker_went_are_no_news(
    house: House,
) -> None:
    async with house.listening(KIT):
        house.publish(bridges.teleinfokit, HISTORICAL_HC)
        house.connect(False)
        await house.pause(2)
        assert house.diary.entries == ["up", Problem.BROKER_LOST]
        assert len(house.diary.readings) == 1


async def test_mqtt_is_reloaded(house: House, hass: HomeAssistant) -> None:
    (entry,) = hass.config_entries.async_entries("mqtt")
    async with house.listening("tele") as source:
        house.publish(bridges.flat, HISTORICAL_HC)
        await hass.config_entries.async_unload(entry.entry_id)
        await house.pause(2)
        assert house.diary.entries[-1] in {Problem.BROKER_LOST, Problem.MQTT_MISSING}
        await hass.config_entries.async_setup(entry.entry_id)
        source.hurry()
        await house.pause(1)
        heard = len(house.diary.readings)
        house.publish(bridges.flat, HISTORICAL_HC)
        assert house.diary.entries[-1] == "up"
        once = len(house.diary.readings) - heard
        house.publish(bridges.flat, HISTORICAL_HC)
        assert len(house.diary.readings) - heard == 2 * once


async def test_mqtt_is_missing(hass: HomeAssistant, time: Time) -> None:
    house = House(hass, time)
    source = MqttSource(hass, "tele", clock=hass.loop.time, listener=house.diary)
    task = asyncio.create_task(source.run())
    with pytest.raises(SourceError) as caught:
        await source.prove(5)
    assert caught.value.problem is Problem.MQTT_MISSING
    assert house.diary.entries == [Problem.MQTT_MISSING]
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    with pytest.raises(SourceError) as caught:
        await async_find_meters(hass, 1)
    assert caught.value.problem is Problem.MQTT_MISSING


async def test_mqtt_is_off(house: House, hass: HomeAssistant) -> None:
    (entry,) = hass.config_entries.async_entries("mqtt")
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    house.connect(False)  # the mock does not notice
    search = asyncio.create_task(async_find_meters(hass, 1))
    async with house.listening("tele") as source:
        for attempt in (search, asyncio.create_task(source.prove(5))):
            await house.pause(2)
            with pytest.raises(SourceError) as caught:
                await attempt
            assert caught.value.problem is Problem.MQTT_MISSING
        assert house.diary.entries == [Problem.MQTT_MISSING]


async def test_mqtt_that_never_comes_up_is_missing(
    house: House, hass: HomeAssistant
) -> None:
    (entry,) = hass.config_entries.async_entries("mqtt")
    await hass.config_entries.async_unload(entry.entry_id)
    async with house.listening("tele") as source:
        proof = asyncio.create_task(source.prove(5))
        await house.pause(6)
        with pytest.raises(SourceError) as caught:
            await proof
        assert caught.value.problem is Problem.MQTT_MISSING


async def test_no_broker_from_the_start(house: House) -> None:
    house.connect(False)
    task = await listen(house, "tele")
    await house.pause(31)
    with pytest.raises(SourceError) as caught:
        await task
    assert caught.value.problem is Problem.BROKER_LOST


async def test_a_source_is_proved_before_a_message_comes(house: House) -> None:
    async with house.listening("tele") as source:
        await source.prove(5)
        assert house.diary.entries == []


async def test_voltage_of_the_bridge(house: House) -> None:
    async with house.listening("tele") as source:
        house.publish(bridges.flat, HISTORICAL_HC)
        assert source.figures.battery is None
        house.say("tele/linky/STATE", b'{"Vcc":2.9}')
        assert source.figures.battery == 2.9
        assert house.diary.entries == ["up"]


# --- What the config flow asks ------------------------------------------------------


async def listen(
    house: House, topic: str, *published: tuple[Bridge, Meter]
) -> asyncio.Task[Any]:
    task = asyncio.create_task(listen_topic(house.hass, topic, 30))
    await house.time.settle()
    for bridge, meter in published:
        house.publish(bridge, meter)
    await house.pause(0.5)
    return task


async def test_a_number_heard_twice_ends_the_listening(house: House) -> None:
    each = (bridges.tasmota, HISTORICAL_HC)
    task = await listen(house, "tele/linky/SENSOR", each)
    assert not task.done()
    house.publish(*each)
    assert (await task).serial == HISTORICAL_HC.serial


async def test_one_message_is_enough_in_the_end(house: House) -> None:
    task = await listen(house, "tic", (bridges.optimiser, STANDARD_TEMPO))
    await house.pause(31)
    assert (await task).apparent_power == 912


@pytest.mark.parametrize(
    ("published", "problem"),
    [
        ((), Problem.SILENT_TOPIC),
        ((("tele/x", b'{"temperature":19}'),), Problem.NOT_A_METER),
    ],
)
async def test_nothing_to_hear(
    house: House, published: tuple[tuple[str, bytes], ...], problem: Problem
) -> None:
    task = await listen(house, "tele")
    for topic, payload in published:
        house.say(topic, payload)
    await house.pause(31)
    with pytest.raises(SourceError) as caught:
        await task
    assert caught.value.problem is problem


async def test_a_broker_full_of_topics_is_not_searched_for_ever(house: House) -> None:
    task = asyncio.create_task(async_find_meters(house.hass, 30))
    await house.time.settle()
    for count in range(200):
        house.say(f"meter/{count}", b'{"PAPP":1,"IINST":1}')
    await house.pause(31)
    assert len(await task) == 32


async def test_meters_are_found(house: House) -> None:
    task = asyncio.create_task(async_find_meters(house.hass, 30))
    await house.time.settle()
    for count in range(100):
        house.say(f"zigbee2mqtt/{count}", b'{"temperature":19.5}')
    house.say("tele/plug/SENSOR", b'{"ENERGY":{"Power":12}}')
    house.say("tele/page", b"<html>\n<body>")
    house.say("home/BASE", b"1")
    house.say("big", b'{"PAPP":1,"ADCO":"' + b"0" * 1_000_000)
    house.publish(bridges.linkytop, HISTORICAL_HC)
    house.publish(bridges.teleinfo2mqtt, HISTORICAL_HC)
    house.publish(bridges.tasmota, STANDARD_TEMPO)
    house.publish(bridges.raw, HISTORICAL_TRI_TEMPO)
    house.publish(bridges.optimiser, STANDARD_TEMPO)
    house.publish(bridges.teleinfokit, HISTORICAL_HC, retain=True)
    await house.pause(31)
    found = [
        (meter.topic, meter.shape, meter.reading and meter.reading.serial)
        for meter in await task
    ]
    assert found == [
        ("HCHC", Shape.TOPICS, None),
        ("tele/linky/RAW", Shape.LINE, HISTORICAL_TRI_TEMPO.serial),
        ("tele/linky/SENSOR", Shape.OBJECT, STANDARD_TEMPO.serial),
        (f"teleinfo/{HISTORICAL_HC.serial}", Shape.OBJECT, HISTORICAL_HC.serial),
        (KIT, Shape.TOPICS, None),
    ]
