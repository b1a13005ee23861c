"""Adding a meter by its MQTT topic, and moving it there and back."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_pilote.const import DOMAIN
from custom_components.linky_pilote.sources.base import Problem

from ..broker import KIT, Broker, topic_entry
from ..conftest import PORT, make_entry, set_up, state
from ..engine.tic import bridges
from ..meters import HISTORICAL_HC, STANDARD_TEMPO, Meter
from ..serial_line import Port, Time

TOPIC = "tele/linky/SENSOR"
POWER = "sensor.linky_0123_apparent_power"
TOTAL = "sensor.linky_0123_energy_drawn"
WH = 12_345_678 + 23_456_789

type Says = Callable[[Broker], None]


def tasmota(broker: Broker) -> None:
    """Publish as Tasmota does."""
    broker.publish(bridges.tasmota, HISTORICAL_HC)


def linkytop(broker: Broker) -> None:
    """Publish as LinkyTop does: no number."""
    broker.publish(bridges.linkytop, HISTORICAL_HC)


class Form:
    """The form, at the step that asks for a topic."""

    def __init__(self, hass: HomeAssistant, time: Time) -> None:
        """Begin with `open`."""
        self.hass = hass
        self.time = time
        self.result: ConfigFlowResult

    async def open(self, entry: MockConfigEntry | None = None) -> ConfigFlowResult:
        """Choose MQTT in the menu."""
        if entry is None:
            flows = self.hass.config_entries.flow
            self.result = await flows.async_init(
                DOMAIN, context={"source": SOURCE_USER}
            )
        else:
            self.result = await entry.start_reconfigure_flow(self.hass)
        return await self.answer(next_step_id="mqtt_topic")

    async def answer(self, **data: Any) -> ConfigFlowResult:
        """Answer a step."""
        flows = self.hass.config_entries.flow
        self.result = await flows.async_configure(self.result["flow_id"], data)
        return self.result

    async def submit(
        self, topic: str, says: Says | None = None, broker: Broker | None = None
    ) -> ConfigFlowResult:
        """Answer with a topic, and wait while this is said each second."""
        result = await self.answer(topic=topic)
        assert result["type"] is FlowResultType.SHOW_PROGRESS
        going = result["step_id"]
        for _ in range(70):
            if self.step != going:
                break
            if says is not None and broker is not None:
                says(broker)
            await self.time.advance(0.5)
        return await self.show()

    async def show(self) -> ConfigFlowResult:
        """Look at the step that a progress has led to."""
        await self.hass.async_block_till_done()
        flows = self.hass.config_entries.flow
        self.result = await flows.async_configure(self.result["flow_id"])
        return self.result

    @property
    def step(self) -> str | None:
        """The step that is shown."""
        return next(
            flow["step_id"]
            for flow in self.hass.config_entries.flow.async_progress()
            if flow["flow_id"] == self.result["flow_id"]
        )

    @property
    def topic_field(self) -> Any:
        """The field of the topic: its kind, what it offers, what it is filled with."""
        schema = self.result["data_schema"]
        assert schema is not None
        ((key, field),) = schema.schema.items()
        options = [option["label"] for option in field.config.get("options", [])]
        return options, (key.description or {}).get("suggested_value")


@pytest.fixture
def form(hass: HomeAssistant, time: Time) -> Form:
    """Return the form."""
    return Form(hass, time)


async def test_topic_that_is_typed(
    hass: HomeAssistant, broker: Broker, form: Form
) -> None:
    result = await form.open()
    assert result["step_id"] == "mqtt_topic"
    assert not result["errors"]
    result = await form.submit(TOPIC, tasmota, broker)
    assert result["step_id"] == "confirm"
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["number"] == HISTORICAL_HC.serial
    result = await form.answer()
    await hass.async_block_till_done()
    entry = result["result"]
    assert entry.title == "Linky 0123"
    assert entry.unique_id == HISTORICAL_HC.serial
    assert entry.data.keys() == {"topic", "meter_id"}
    assert entry.data["topic"] == TOPIC
    assert entry.state is ConfigEntryState.LOADED
    await broker.heard(bridges.tasmota, HISTORICAL_HC)
    assert state(hass, POWER) == "720"


async def test_topic_that_is_found(
    hass: HomeAssistant, broker: Broker, form: Form
) -> None:
    await form.open()
    assert form.topic_field == ([], "")
    result = await form.submit("", tasmota, broker)
    assert result["step_id"] == "mqtt_topic"
    assert not result["errors"]
    assert form.topic_field == ([f"{TOPIC} · …0123 · 720 VA"], TOPIC)
    result = await form.submit(TOPIC, tasmota, broker)
    assert result["step_id"] == "confirm"


async def test_nothing_is_found(broker: Broker, form: Form) -> None:
    await form.open()
    result = await form.submit("")
    assert result["errors"] == {"base": "no_meter_found"}
    assert form.topic_field == ([], "")


async def test_meter_without_a_number(
    hass: HomeAssistant, broker: Broker, form: Form
) -> None:
    await form.open()
    result = await form.submit("PAPP", linkytop, broker)
    assert result["step_id"] == "confirm"
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["number"] == "not said by the bridge"
    result = await form.answer()
    await hass.async_block_till_done()
    entry = result["result"]
    assert entry.title == "Linky (PAPP)"
    assert entry.unique_id == "mqtt:PAPP"
    await broker.heard(bridges.linkytop, HISTORICAL_HC)
    assert state(hass, "sensor.linky_papp_apparent_power") == "720"
    await form.open()
    result = await form.answer(topic="HCHC")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured", "one of the same labels"


async def test_only_what_the_broker_kept(
    hass: HomeAssistant, broker: Broker, form: Form
) -> None:
    await form.open()
    for step in ("kept", "confirm"):
        if step == "confirm":
            await form.open()
        result = await form.submit(
            KIT,
            lambda broker: broker.publish(
                bridges.teleinfokit, HISTORICAL_HC, retain=True
            ),
            broker,
        )
        assert result["step_id"] == "kept"
    result = await form.answer()
    await hass.async_block_till_done()
    entry = result["result"]
    assert entry.unique_id == HISTORICAL_HC.serial
    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.get(POWER) is None
    await broker.heard(bridges.teleinfokit, HISTORICAL_HC)
    assert state(hass, POWER) == "720"


@pytest.mark.parametrize(
    ("topic", "payload", "errors"),
    [
        ("tele", None, {"topic": Problem.SILENT_TOPIC}),
        ("tele", b"<html>", {"topic": Problem.NOT_A_METER}),
        ("tele", b'{"temperature":19}', {"topic": Problem.NOT_A_METER}),
        ("tele", b"{" * 1_000_000, {"topic": Problem.NOT_A_METER}),
    ],
)
async def test_wrong_topic(
    broker: Broker,
    form: Form,
    topic: str,
    payload: bytes | None,
    errors: dict[str, str],
) -> None:
    def says(house: Broker) -> None:
        if payload is not None:
            house.say("tele/x", payload)

    await form.open()
    result = await form.submit(topic, says, broker)
    assert result["errors"] == errors
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["port"] == topic
    assert form.topic_field == ([], topic)


async def test_no_topic(broker: Broker, form: Form) -> None:
    await form.open()
    result = await form.answer(topic="tele/#/x")
    assert result["errors"] == {"topic": "no_topic"}


async def test_broker_is_lost(broker: Broker, form: Form) -> None:
    broker.connect(False)
    await form.open()
    result = await form.submit(TOPIC)
    assert result["errors"] == {"base": Problem.BROKER_LOST}


async def test_mqtt_is_missing(form: Form) -> None:
    result = await form.open()
    assert result["errors"] == {"base": Problem.MQTT_MISSING}
    result = await form.answer(topic=TOPIC)
    assert result["errors"] == {"base": Problem.MQTT_MISSING}


async def test_mqtt_goes_while_meters_are_looked_for(form: Form) -> None:
    with patch(
        "custom_components.linky_pilote.flows.meter.is_mqtt_there", return_value=True
    ):
        await form.open()
        result = await form.submit("")
    assert result["errors"] == {"base": Problem.MQTT_MISSING}


# --- Moving a meter -----------------------------------------------------------------


async def read(
    hass: HomeAssistant, entry: MockConfigEntry, time: Time, p: Port
) -> None:
    """Let the meter talk on its port until its entry runs."""
    for _ in range(50):
        await time.advance(0.5, p, HISTORICAL_HC)
        if entry.state is ConfigEntryState.LOADED:
            break
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    ("topic", "bridge"), [(TOPIC, bridges.tasmota), ("PAPP", bridges.linkytop)]
)
async def test_from_a_port_to_a_topic_and_back(
    hass: HomeAssistant,
    port: Port,
    time: Time,
    broker: Broker,
    form: Form,
    entity_registry: er.EntityRegistry,
    topic: str,
    bridge: bridges.Bridge,
) -> None:
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame())
    before = {e.unique_id: e.entity_id for e in entity_registry.entities.values()}
    assert float(state(hass, TOTAL)) == WH / 1000
    result = await form.open(entry)
    result = await form.submit(
        topic, lambda b: b.publish(bridge, HISTORICAL_HC), broker
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.data == {"topic": topic, "meter_id": "id0123"}
    assert entry.unique_id == HISTORICAL_HC.serial
    assert port.transport is None
    await broker.heard(bridge, HISTORICAL_HC, PAPP="00840")
    await broker.pause(5)
    await broker.heard(bridge, HISTORICAL_HC, PAPP="00840")
    assert state(hass, POWER) == "840"
    assert float(state(hass, TOTAL)) == WH / 1000

    result = await entry.start_reconfigure_flow(hass)
    form.result = result
    await form.answer(next_step_id="serial_port")
    await form.answer(serial_port=PORT)
    while form.step == "listen":
        await time.advance(0.5, port, HISTORICAL_HC)
    port.waiting = 2 * HISTORICAL_HC.frame()
    result = await form.show()
    assert result["reason"] == "reconfigure_successful"
    await read(hass, entry, time, port)
    assert entry.data == {"serial_port": PORT, "meter_id": "id0123"}
    assert state(hass, POWER) == "720"
    assert float(state(hass, TOTAL)) == WH / 1000
    after = {e.unique_id: e.entity_id for e in entity_registry.entities.values()}
    assert after == before


async def test_identity_follows_a_number_that_is_learnt(
    hass: HomeAssistant, broker: Broker, form: Form, entity_registry: er.EntityRegistry
) -> None:
    entry = topic_entry("PAPP", "mqtt:PAPP")
    await broker.set_up(entry)
    await broker.heard(bridges.linkytop, HISTORICAL_HC)
    known = {e.entity_id for e in entity_registry.entities.values()}
    total = state(hass, TOTAL)
    await form.open(entry)
    assert form.topic_field == ([], "PAPP")
    result = await form.submit(TOPIC, tasmota, broker)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.unique_id == HISTORICAL_HC.serial
    await broker.heard(bridges.tasmota, HISTORICAL_HC, HCHP="023456889")
    assert state(hass, TOTAL) == total, "what nobody can have consumed is no news"
    assert known <= {e.entity_id for e in entity_registry.entities.values()}


async def test_another_meter_on_the_topic(
    hass: HomeAssistant, broker: Broker, form: Form
) -> None:
    entry = topic_entry(TOPIC)
    await broker.set_up(entry)

    def other(house: Broker, meter: Meter = STANDARD_TEMPO) -> None:
        house.publish(bridges.teleinfo2mqtt, meter)

    await form.open(entry)
    result = await form.submit("teleinfo", other, broker)
    assert result["step_id"] == "replace"
    result = await form.answer()
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.unique_id == STANDARD_TEMPO.serial
    assert entry.state is ConfigEntryState.LOADED


async def test_topic_of_a_meter_that_does_not_run(
    hass: HomeAssistant, time: Time, broker: Broker, form: Form, port: Port
) -> None:
    port.unplug()
    entry = make_entry()
    await set_up(hass, entry, time, port)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    await form.open(entry)
    await form.submit(TOPIC, tasmota, broker)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
