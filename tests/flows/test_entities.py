"""Adding a meter made of sensors, and a clamp beside a meter."""

from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest

from custom_components.linky_pilote.const import DOMAIN
from custom_components.linky_pilote.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.linky_pilote.sources.picked import NoValueError

from ..clamps import AMPS, CLAMP, clamp_entry, say
from ..conftest import PORT, make_entry, set_up, state
from ..meters import HISTORICAL_HC
from ..serial_line import Port, Time

POWER = "sensor.linky_active_power_estimated"
SUBSCRIBED = {"subscribed_power": 6}


class Form:
    """The form, from the menu on."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with `open`."""
        self.hass = hass
        self.result: ConfigFlowResult

    async def open(self) -> ConfigFlowResult:
        """Choose sensors in the menu."""
        flows = self.hass.config_entries.flow
        self.result = await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
        return await self.answer(next_step_id="entities")

    async def answer(self, **data: Any) -> ConfigFlowResult:
        """Answer a step; what only listens is over at once."""
        flows = self.hass.config_entries.flow
        self.result = await flows.async_configure(self.result["flow_id"], data)
        while self.result["type"] is FlowResultType.SHOW_PROGRESS:
            await self.hass.async_block_till_done()
            self.result = await flows.async_configure(self.result["flow_id"])
        return self.result


@pytest.fixture
def form(hass: HomeAssistant) -> Form:
    """Return the form."""
    return Form(hass)


async def _finish(form: Form, now: str) -> Any:
    result = await form.answer(now=now)
    assert result["step_id"] == "confirm"
    result = await form.answer()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await form.hass.async_block_till_done()
    return result["result"]


async def test_a_clamp(hass: HomeAssistant, form: Form, time: Time) -> None:
    say(hass, 1.2, "kW")
    await form.open()
    result = await form.answer(power=[CLAMP], **SUBSCRIBED)
    assert result["step_id"] == "direction"
    assert result["description_placeholders"] == {"power": "1200"}
    entry = await _finish(form, "draws")
    assert entry.state is ConfigEntryState.LOADED
    assert entry.title == "Linky"
    assert entry.unique_id == f"sensor:{CLAMP}"
    assert entry.data["entities"] == {"power": [CLAMP], "subscribed_power": 6}
    assert state(hass, POWER) == "1200"


@pytest.mark.parametrize(
    ("value", "now", "shown"),
    [
        (900, "draws", "900"),
        (900, "injects", "-900"),
        (-900, "draws", "900"),
        (-900, "injects", "-900"),
    ],
)
async def test_the_sign_follows_from_what_the_home_does(
    hass: HomeAssistant, form: Form, time: Time, value: int, now: str, shown: str
) -> None:
    say(hass, value)
    await form.open()
    await form.answer(power=[CLAMP], **SUBSCRIBED)
    await _finish(form, now)
    assert state(hass, POWER) == shown


async def test_a_sign_needs_some_watts(
    hass: HomeAssistant, form: Form, time: Time
) -> None:
    say(hass, 3)
    await form.open()
    await form.answer(power=[CLAMP], **SUBSCRIBED)
    result = await form.answer(now="draws")
    assert result["step_id"] == "direction"
    assert result["errors"] == {"base": "no_direction"}
    say(hass, -2000)
    await _finish(form, "draws")
    assert state(hass, POWER) == "2000"


@pytest.mark.parametrize(("up", "likely"), [(True, "injects"), (False, "draws")])
async def test_by_night_the_sun_gives_nothing(
    hass: HomeAssistant, form: Form, *, up: bool, likely: str
) -> None:
    say(hass, -500)
    await form.open()
    with patch("custom_components.linky_pilote.flows.entities.is_up", return_value=up):
        result = await form.answer(power=[CLAMP], **SUBSCRIBED)
    schema = result["data_schema"]
    assert schema is not None
    (key,) = schema.schema
    assert key.default() == likely


async def test_volt_amperes_have_no_sign_to_check(
    hass: HomeAssistant, form: Form, time: Time
) -> None:
    say(hass, 750, "VA")
    await form.open()
    result = await form.answer(power=[CLAMP], **SUBSCRIBED)
    assert result["step_id"] == "confirm"
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert "measured by sensors" in placeholders["line"]


@pytest.mark.parametrize(
    ("limit", "unit"), [(9, "kVA"), (9000, "VA"), (45, "A"), (9, "kW")]
)
async def test_the_subscribed_power_of_a_sensor(
    hass: HomeAssistant, form: Form, time: Time, limit: float, unit: str
) -> None:
    say(hass, 750, "VA")
    say(hass, limit, unit, "sensor.limit")
    await form.open()
    result = await form.answer(power=[CLAMP], subscribed_power_sensor="sensor.limit")
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["power"] == "9 kVA"


async def test_what_is_injected_has_a_sensor_of_its_own(
    hass: HomeAssistant, form: Form, time: Time
) -> None:
    say(hass, 0)
    say(hass, 1.2, "kW", "sensor.injected")
    await form.open()
    result = await form.answer(power=[CLAMP], injected="sensor.injected", **SUBSCRIBED)
    assert result["step_id"] == "confirm"
    await form.answer()
    await hass.async_block_till_done()
    assert state(hass, POWER) == "-1200"


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({**SUBSCRIBED}, {"base": "nothing_measured"}),
        ({"power": [CLAMP, AMPS], **SUBSCRIBED}, {"power": "one_or_three"}),
        (
            {"power": [CLAMP, CLAMP, CLAMP], "current": [AMPS], **SUBSCRIBED},
            {"current": "one_or_three"},
        ),
        ({"power": [CLAMP]}, {"subscribed_power": "no_limit"}),
        ({"power": ["sensor.gone"], **SUBSCRIBED}, {"base": "sensors_unavailable"}),
        ({"power": ["sensor.odd"], **SUBSCRIBED}, {"base": "sensors_unavailable"}),
        (
            {"power": [CLAMP], "tariff": "sensor.odd", **SUBSCRIBED},
            {"tariff": "not_understood"},
        ),
        (
            {"power": [CLAMP], "tempo_today": "sensor.odd", **SUBSCRIBED},
            {"tempo_today": "not_understood"},
        ),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_lost(
    hass: HomeAssistant,
    form: Form,
    time: Time,
    fields: dict[str, Any],
    errors: dict[str, str],
) -> None:
    say(hass, 500)
    say(hass, 2, "A", AMPS)
    say(hass, 12, "m³", "sensor.odd")
    await form.open()
    result = await form.answer(**fields)
    assert result["step_id"] == "entities"
    assert result["errors"] == errors
    schema = result["data_schema"]
    assert schema is not None
    shown = {str(key): key.description for key in schema.schema}
    for name, value in fields.items():
        assert shown[name] == {"suggested_value": value}
    result = await form.answer(power=[CLAMP], **SUBSCRIBED)
    assert result["step_id"] == "direction"


async def test_sensors_that_go_while_one_answers(
    hass: HomeAssistant, form: Form, time: Time
) -> None:
    say(hass, 500)
    await form.open()
    await form.answer(power=[CLAMP], **SUBSCRIBED)
    hass.states.async_set(CLAMP, "unavailable")
    result = await form.answer(now="draws")
    assert result["step_id"] == "entities"
    assert result["errors"] == {"base": "sensors_unavailable"}
    say(hass, 500)
    result = await form.answer(power=[CLAMP], **SUBSCRIBED)
    assert result["step_id"] == "direction"
    gone = NoValueError([CLAMP])
    with patch("custom_components.linky_pilote.flows.listening.look", side_effect=gone):
        result = await form.answer(now="draws")
    assert result["step_id"] == "entities"
    assert result["errors"] == {"base": "sensors_unavailable"}
    await form.answer(power=[CLAMP], **SUBSCRIBED)
    await _finish(form, "draws")
    assert state(hass, POWER) == "500"


async def test_our_own_sensors_are_refused(
    hass: HomeAssistant, form: Form, time: Time
) -> None:
    er.async_get(hass).async_get_or_create(
        "sensor", DOMAIN, "1", suggested_object_id="clamp_power"
    )
    say(hass, 500)
    await form.open()
    result = await form.answer(power=[CLAMP], **SUBSCRIBED)
    assert result["errors"] == {"base": "own_entity"}


async def test_the_same_clamp_twice(
    hass: HomeAssistant, form: Form, time: Time
) -> None:
    clamp_entry().add_to_hass(hass)
    say(hass, 500)
    await form.open()
    await form.answer(power=[CLAMP], **SUBSCRIBED)
    result = await form.answer(now="draws")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_a_clamp_that_is_replaced(
    hass: HomeAssistant, form: Form, time: Time
) -> None:
    say(hass, 500)
    entry = clamp_entry()
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    form.result = await entry.start_reconfigure_flow(hass)
    result = await form.answer(next_step_id="entities")
    schema = result["data_schema"]
    assert schema is not None
    shown = {str(key): (key.description or {}) for key in schema.schema}
    assert shown["power"] == {"suggested_value": [CLAMP]}
    say(hass, -640, entity_id="sensor.other")
    await form.answer(power=["sensor.other"], **SUBSCRIBED)
    result = await form.answer(now="draws")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.data["meter_id"] == "idclamp"
    assert entry.data["entities"]["inverted"]
    assert state(hass, POWER) == "640"


async def test_a_clamp_beside_a_meter(
    hass: HomeAssistant, time: Time, port: Port
) -> None:
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame(), HISTORICAL_HC.frame())
    say(hass, 0)
    flows = hass.config_entries.options
    result = await flows.async_init(entry.entry_id)
    result = await flows.async_configure(
        result["flow_id"], {"update_interval": 0, "clamp": CLAMP}
    )
    assert result["step_id"] == "clamp"
    result = await flows.async_configure(result["flow_id"], {"now": "draws"})
    assert result["errors"] == {"base": "no_direction"}
    say(hass, 1300)
    result = await flows.async_configure(result["flow_id"], {"now": "injects"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options["clamp_inverted"]
    power = "sensor.linky_0123_active_power_estimated"
    port.send(HISTORICAL_HC.frame(PAPP="00000"))
    await time.settle()
    assert state(hass, power) == "-1300"
    # drawing is the meter's to say
    say(hass, -700)
    port.send(HISTORICAL_HC.frame(PAPP="00720"))
    await time.settle()
    assert 0 < int(state(hass, power)) <= 720
    # what was asked once is not asked again, and it can be taken away
    result = await flows.async_init(entry.entry_id)
    result = await flows.async_configure(
        result["flow_id"], {"update_interval": 5, "clamp": CLAMP}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options["clamp_inverted"]
    result = await flows.async_init(entry.entry_id)
    result = await flows.async_configure(result["flow_id"], {"update_interval": 5})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert "clamp" not in entry.options


async def test_from_an_adapter_to_a_clamp_and_back(
    hass: HomeAssistant, time: Time, port: Port, form: Form
) -> None:
    """Moving keeps the device and the number; nothing of it is told as a change."""
    entry = make_entry()
    await set_up(hass, entry, time, port, HISTORICAL_HC.frame(), HISTORICAL_HC.frame())
    say(hass, 640)
    form.result = await entry.start_reconfigure_flow(hass)
    await form.answer(next_step_id="entities")
    await form.answer(power=[CLAMP], **SUBSCRIBED)
    result = await form.answer(now="draws")
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.unique_id == HISTORICAL_HC.serial
    assert entry.data["meter_id"] == "id0123"
    power = "sensor.linky_0123_active_power_estimated"
    assert state(hass, power) == "640"
    hass.config_entries.async_update_entry(
        entry, data={"meter_id": "id0123", "serial_port": PORT}
    )
    await time.settle()
    for _ in range(20):
        port.send(HISTORICAL_HC.frame())
        await time.advance(0.5)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert state(hass, "sensor.linky_0123_apparent_power") == "720"
    assert not ir.async_get(hass).issues


async def test_what_can_be_handed_in(hass: HomeAssistant, time: Time) -> None:
    say(hass, 640)
    entry = clamp_entry()
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    told = await async_get_config_entry_diagnostics(hass, entry)
    assert told["entry"]["data"]["entities"]["power"] == [CLAMP]
    assert told["entry"]["data"]["meter_id"] == "**REDACTED**"
    assert told["line"]["connected"]
    assert told["reading"]["active_power"] == 640
