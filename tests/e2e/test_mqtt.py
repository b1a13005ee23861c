"""A meter on MQTT topics: a real broker, Home Assistant's own integration, bridges."""

import asyncio
from collections.abc import AsyncIterator, Iterator
import contextlib
import json
import os
from pathlib import Path
import subprocess
import time
from typing import Any, Final

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
import pytest
import pytest_asyncio

from custom_components.linky_pilote.engine.reading import Contract, TicMode
from demo.setup import MeterSetup

from ..engine.tic import bridges
from .bench import Bench, BenchMeter
from .flows import Flow, show_every_frame
from .instance import Instance, free_port, until
from .line import OUR_LINES, Line

_TASMOTA: Final = "tele/linky/SENSOR"
_KIT: Final = "teleinfokit-a1b2c3/data"
_CONFIGURATION: Final = """listener {port} 127.0.0.1
allow_anonymous true
persistence false
"""
_BACK_S: Final = 40.0
"""Until Home Assistant's client is connected again: it waits longer each time."""


class Mosquitto:
    """Debian's broker."""

    def __init__(self, folder: Path) -> None:
        """Prepare its configuration."""
        self.port = free_port()
        self._file = folder / "mosquitto.conf"
        self._file.write_text(_CONFIGURATION.format(port=self.port), "utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run it."""
        self._process = subprocess.Popen(
            [os.environ["MOSQUITTO"], "-c", self._file],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Publisher:
    """An ESP: it publishes what the meter says, each second."""

    def __init__(self, broker: Mosquitto) -> None:
        """Connect, again and again where that is needed."""
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        self.bridges: dict[str, tuple[BenchMeter, bridges.Bridge, bool]] = {}
        self.silent = False

    async def run(self) -> None:
        """Publish for ever."""
        while True:
            if not self.silent:
                self.publish()
            await asyncio.sleep(1)

    def publish(self) -> None:
        """Publish the last frame of each meter."""
        for meter, bridge, retain in list(self.bridges.values()):
            if frames := meter.frames(8):
                for topic, payload in bridge(frames[-1].items()):
                    self.say(topic, payload, retain=retain)

    def say(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish a message; while there is no broker it is lost."""
        if self._client.is_connected():
            self._client.publish(topic, payload, retain=retain)

    def close(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """Run a broker."""
    broker = Mosquitto(tmp_path_factory.mktemp("broker"))
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(
    tmp_path_factory: pytest.TempPathFactory, broker: Mosquitto
) -> AsyncIterator[Instance]:
    """Start a Home Assistant with MQTT, added as a person does."""
    instance = Instance(tmp_path_factory.mktemp("mqtt") / "config")
    try:
        await instance.start()
        async with Flow(instance) as flow:
            await flow.submit(next_step_id="mqtt_topic")
            assert flow.step["errors"] == {"base": "mqtt_missing"}
            assert "MQTT" in await flow.text("fr")
        async with Flow(instance, "mqtt") as flow:
            step = await flow.submit(
                broker="127.0.0.1",
                port=broker.port,
                other_settings={
                    "set_client_cert": False,
                    "set_ca_cert": "off",
                    "transport": "tcp",
                },
            )
            assert step["type"] == "create_entry", step
        yield instance
    finally:
        await instance.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def esp(broker: Mosquitto) -> AsyncIterator[Publisher]:
    """Run the bridges."""
    publisher = Publisher(broker)
    task = asyncio.create_task(publisher.run())
    try:
        yield publisher
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        publisher.close()


def _meter(bench: Bench, name: str, serial: str, mode: TicMode) -> BenchMeter:
    setup = MeterSetup(seed=41, contract=Contract.BASE, serial=serial)
    return bench.meter(name, setup, mode=mode, at="2026-12-10T19:30")


async def _add(house: Instance, topic: str) -> str:
    async with Flow(house) as flow:
        await flow.submit(next_step_id="mqtt_topic")
        await flow.submit(topic=topic)
        assert flow.step.get("step_id") == "confirm", flow.step
        await flow.submit()
        entry_id = str(flow.step["result"]["entry_id"])
    await show_every_frame(house, entry_id)
    return entry_id


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def lines(house: Instance, bench: Bench, esp: Publisher) -> list[Line]:
    """Find two meters, and add them: one object a frame, and one topic a label."""
    meters = {
        _TASMOTA: _meter(bench, "tasmota", "022161000821", TicMode.STANDARD),
        _KIT: _meter(bench, "kit", "022161000822", TicMode.HISTORICAL),
    }
    esp.bridges["tasmota"] = meters[_TASMOTA], bridges.tasmota, False
    esp.bridges["kit"] = meters[_KIT], bridges.teleinfokit, True
    async with Flow(house) as flow:
        await flow.submit(next_step_id="mqtt_topic")
        await flow.submit()
        assert flow.step["step_id"] == "mqtt_topic", flow.step
        (field,) = flow.step["data_schema"]
        found = {option["value"] for option in field["selector"]["select"]["options"]}
        assert found == set(meters)
    entries = await asyncio.gather(*(_add(house, topic) for topic in meters))
    lines = [
        Line(house, meter, entry_id)
        for meter, entry_id in zip(meters.values(), entries, strict=True)
    ]
    for line in lines:
        await until(lambda line=line: _has_total(line), 20, "entities")  # type: ignore[misc]
        await line.expect(line.available, 10, "the meter's values")
    return lines


async def _has_total(line: Line) -> bool:
    await line.refresh()
    return "index_total" in line.entities and "apparent_power" in line.entities


async def test_values_follow(lines: list[Line]) -> None:
    for line in lines:
        await line.expect(line.follows, 10, "values that follow the meter")


async def test_broker_killed_and_started_again(
    lines: list[Line], broker: Mosquitto
) -> None:
    house = lines[0].home
    started, mark = time.monotonic(), house.log.mark()
    broker.kill()
    for line in lines:
        await line.expect(line.unavailable, 5, "unavailable entities")
    await asyncio.sleep(3)
    broker.start()
    for line in lines:
        await line.expect(line.available, _BACK_S, "the meter is back by itself")
        await line.expect(line.follows, 10, "values that follow the meter again")
        line.check_index(started)
    await house.log.wait_for("heard again", mark, 5, count=2)
    said = house.log.matching(OUR_LINES, mark)
    assert len([one for one in said if "not heard any more (broker_lost" in one]) == 2
    assert len([one for one in said if "heard again" in one]) == 2
    assert len(said) == 4, said
    house.log.allow(said)


async def test_wrong_payloads_change_nothing(lines: list[Line], esp: Publisher) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for line in lines:
            await stack.enter_async_context(line.undisturbed())
        for _ in range(3):
            for topic in (_TASMOTA, f"{_KIT}/PAPP", f"{_KIT}/BASE", f"{_KIT}/x"):
                esp.say(topic, b"<html>\n<body>not a meter</body>\n</html>")
                esp.say(topic, b'{"local_temperature": 19.5, "battery": 87}')
                esp.say(topic, b"\x00" * 1_000_000)
                esp.say(topic, b"")
            await asyncio.sleep(1)


async def test_silent_bridge(lines: list[Line], esp: Publisher) -> None:
    """One that was quick for long is missed soon, one that is new is not."""
    quick, new = lines
    home, started = quick.home, time.monotonic()
    await _disable(quick, "user")
    (file,) = (
        file
        for file in (home.folder.path / ".storage").glob("linky_pilote.meter.*")
        if quick.meter.serial in file.read_text("utf-8")
    )
    known = json.loads(file.read_text("utf-8"))
    known["data"]["rhythm"] = [_TASMOTA, 1.0]
    file.write_text(json.dumps(known), "utf-8")
    await _disable(quick, None)
    await quick.expect(lambda: quick.available() and quick.follows(), 20, "values")
    mark = home.log.mark()
    esp.silent = True
    await asyncio.sleep(10)
    assert quick.available()
    await quick.expect(quick.unavailable, 8, "unavailable entities")
    assert new.available()
    esp.silent = False
    await quick.expect(lambda: quick.available() and quick.follows(), 5, "values")
    await home.log.wait_for("heard again", mark, 5)
    said = home.log.matching(OUR_LINES, mark)
    assert ["silent_topic" in line for line in said] == [True, False], said
    home.log.allow(said)
    quick.check_index(started)


async def _disable(line: Line, by: str | None) -> None:
    await line.home.user.ask(
        "config_entries/disable", entry_id=line.entry_id, disabled_by=by
    )


async def test_from_usb_to_a_topic_and_back(
    house: Instance, bench: Bench, esp: Publisher, lines: list[Line]
) -> None:
    """Same entities, same entry, the values of the same meter."""
    meter = _meter(bench, "moves", "022161000823", TicMode.STANDARD)
    async with Flow(house) as flow:
        await flow.choose(meter.port)
        await flow.submit()
        line = Line(house, meter, flow.step["result"]["entry_id"])
    await show_every_frame(house, line.entry_id)
    await line.refresh()
    await line.expect(line.available, 10, "the meter's values")
    before = dict(line.entities)
    topic = f"teleinfo/{meter.serial}"
    esp.bridges["moves"] = meter, bridges.teleinfo2mqtt, False
    for move in ({"topic": topic}, {"port": meter.port}):
        await _move(line, **move)
        assert line.entities == before
    del esp.bridges["moves"]


async def _move(line: Line, **where: Any) -> None:
    started = time.monotonic()
    async with Flow(line.home, entry_id=line.entry_id) as flow:
        if "topic" in where:
            await flow.submit(next_step_id="mqtt_topic")
            await flow.submit(**where)
        else:
            await flow.choose(where["port"])
        assert flow.step["reason"] == "reconfigure_successful", flow.step
    await line.expect(
        lambda: line.available() and line.follows(), 20, "values from the new place"
    )
    await line.refresh()
    line.check_index(started)
