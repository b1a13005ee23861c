"""Adding, changing and trying loads; what is wrong gets told."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigSubentry, SubentryFlowResult
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from ..home.homes import Home
from ..home.test_phases import THREE

HEATS = {
    "hvac_modes": ["off", "heat"],
    "min_temp": 5,
    "max_temp": 30,
    "temperature": 19,
    "current_temperature": 18,
}
PILOT_WIRE = {"options": ["comfort", "eco", "frost_protection", "off"]}


class Form:
    """One run through the form."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        self.hass = hass
        self.entry = entry
        self.step: SubentryFlowResult

    async def open(self) -> None:
        """Open the form that adds a load."""
        self.step = await self.hass.config_entries.subentries.async_init(
            (self.entry.entry_id, "load"), context={"source": SOURCE_USER}
        )

    async def change(self, subentry: ConfigSubentry) -> None:
        """Open the form that changes a load."""
        self.step = await self.entry.start_subentry_reconfigure_flow(
            self.hass, subentry.subentry_id
        )

    async def submit(self, **answers: Any) -> SubentryFlowResult:
        """Answer a step."""
        self.step = await self.hass.config_entries.subentries.async_configure(
            self.step["flow_id"], answers
        )
        return self.step

    def suggested(self) -> dict[str, Any]:
        """Return what the form is filled in with."""
        schema = self.step["data_schema"]
        assert schema is not None
        return {
            str(key): key.description["suggested_value"]
            for key in schema.schema
            if key.description
        }

    @property
    def load(self) -> ConfigSubentry:
        """The last load."""
        loads: list[ConfigSubentry] = list(self.entry.subentries.values())
        return loads[-1]


@pytest.fixture
async def form(hass: HomeAssistant, home: Home) -> Form:
    """Return the form of a meter that is being read."""
    await home.start()
    form = Form(hass, home.entry)
    await form.open()
    return form


@pytest.fixture
def home(hass: HomeAssistant, port: Any, time: Any, freezer: Any) -> Home:
    """Return a home."""
    return Home(hass, port, time, freezer)


def show(hass: HomeAssistant, entity_id: str, state: str, **attributes: Any) -> None:
    """Let an entity be there."""
    hass.states.async_set(entity_id, state, attributes)


async def test_an_appliance(hass: HomeAssistant, home: Home, form: Form) -> None:
    show(hass, "switch.plug", "on", friendly_name="Plug")
    step = await form.submit(entity=["switch.plug"], behaviour="appliance")
    assert step["step_id"] == "how"
    assert step["description_placeholders"] == {"entity": "Plug"}
    step = await form.submit(power=1200, inverted=False, follow=3)
    assert step["step_id"] == "when"
    step = await form.submit(sheddable=True, ecowatt=False, never_cut=False)
    assert step["type"] is FlowResultType.MENU
    step = await form.submit(next_step_id="finish")
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert form.load.title == "Plug"
    assert form.load.unique_id == "switch.plug"
    assert form.load.data["power"] == 1200
    assert home.port.opened == [9600], "the port stays open"
    await home.run(2)
    assert home.state("sensor.plug_state") == "running"
    assert home.state("switch.plug_allow_control") == "off"


async def test_entities_are_kept_by_their_id(
    hass: HomeAssistant,
    home: Home,
    form: Form,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    """The device gives its name, and its power sensor."""
    other = MockConfigEntry(domain="test")
    other.add_to_hass(hass)
    device = device_registry.async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("test", "1")}, name="Strip"
    )
    plug = entity_registry.async_get_or_create(
        "switch", "test", "plug", device_id=device.id, config_entry=other
    )
    power = entity_registry.async_get_or_create(
        "sensor",
        "test",
        "power",
        device_id=device.id,
        config_entry=other,
        original_device_class="power",
    )
    show(hass, plug.entity_id, "on", friendly_name="Strip Socket 1")
    show(hass, power.entity_id, "1.5", unit_of_measurement="kW")
    await form.submit(entity=[plug.entity_id], behaviour="appliance")
    await form.submit(inverted=False, follow=3)
    await form.submit(sheddable=True, ecowatt=False, never_cut=False)
    await form.submit(next_step_id="finish")
    await hass.async_block_till_done()
    load = form.load
    assert load.title == "Strip"
    assert load.data["entity"] == load.unique_id == plug.id
    assert load.data["power_sensor"] == power.id
    await home.run(2)
    assert home.state("sensor.strip_power") == "1500", "kW are understood"

    await form.change(load)
    assert form.suggested()["entity"] == plug.entity_id
    assert form.suggested()["power_sensor"] == power.entity_id
    await form.submit(
        entity=plug.entity_id,
        behaviour="on_off",
        power_sensor=power.entity_id,
        name="Boiler",
    )
    await form.submit(inverted=False, follow=5)
    await form.submit(
        sheddable=True,
        ecowatt=True,
        never_cut=False,
        storable=False,
        surplus=True,
        grid="off_peak",
        guarantee="energy",
        guarantee_amount=4,
        guarantee_by="07:00:00",
    )
    step = await form.submit(next_step_id="finish")
    assert step["type"] is FlowResultType.ABORT
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert form.load.subentry_id == load.subentry_id
    assert form.load.title == "Boiler"
    assert home.port.opened == [9600]
    guarantee = home.coordinator.drivers[load.subentry_id].load.load.guarantee
    assert guarantee is not None
    assert (guarantee.amount, guarantee.by) == (4000.0, 420)


async def test_several_sockets_in_one_go(
    hass: HomeAssistant, home: Home, form: Form
) -> None:
    sockets = [f"switch.socket_{number}" for number in (1, 2, 3)]
    for socket in sockets:
        show(hass, socket, "on")
    await form.submit(entity=sockets, behaviour="appliance")
    await form.submit(inverted=False, follow=3)
    step = await form.submit(sheddable=True, ecowatt=False, never_cut=False)
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    titles = {load.title for load in home.entry.subentries.values()}
    assert titles == {"socket 1", "socket 2", "socket 3"}
    assert len(home.coordinator.drivers) == 3


@pytest.mark.parametrize(
    ("entity_id", "attributes", "behaviour", "errors"),
    [
        ("switch.gone", None, "appliance", {"entity": "entity_gone"}),
        (
            "number.speed",
            {"unit_of_measurement": "km/h"},
            "adjustable",
            {"entity": "wrong_unit"},
        ),
        (
            "number.power",
            {"unit_of_measurement": "kW"},
            "adjustable",
            {"entity": "wrong_unit"},
        ),
        (
            "select.color",
            {"options": ["red", "green"]},
            "heating",
            {"entity": "no_orders"},
        ),
        ("select.heater", PILOT_WIRE, "appliance", {"behaviour": "unsuitable"}),
        ("climate.room", HEATS, "charger", {"behaviour": "unsuitable"}),
        ("script.boiler", {}, "appliance", {"behaviour": "unsuitable"}),
        (
            "water_heater.tank",
            {"supported_features": 1, "operation_list": ["eco"]},
            "on_off",
            {"behaviour": "unsuitable"},
        ),
    ],
)
async def test_mistakes(
    hass: HomeAssistant,
    form: Form,
    entity_id: str,
    attributes: dict[str, Any] | None,
    behaviour: str,
    errors: dict[str, str],
) -> None:
    if attributes is not None:
        show(hass, entity_id, "1", **attributes)
    step = await form.submit(entity=[entity_id], behaviour=behaviour)
    assert step["errors"] == errors
    assert form.suggested()["entity"] == [entity_id], "nothing is lost"


async def test_nothing_chosen(hass: HomeAssistant, form: Form) -> None:
    step = await form.submit(entity=[], behaviour="appliance")
    assert step["errors"] == {"entity": "no_entity"}


async def test_our_own_entities_are_no_loads(
    hass: HomeAssistant, home: Home, form: Form
) -> None:
    show(hass, "switch.plug", "on")
    home.add_load("switch.plug", "Plug")
    await hass.async_block_till_done()
    await home.run(2)
    step = await form.submit(
        entity=["switch.plug_allow_control"], behaviour="appliance"
    )
    assert step["errors"] == {"entity": "own_entity"}
    step = await form.submit(entity=["switch.plug"], behaviour="appliance")
    assert step["errors"] == {"entity": "already_a_load"}


async def test_a_power_sensor_that_says_no_power(
    hass: HomeAssistant, form: Form
) -> None:
    show(hass, "switch.plug", "on")
    show(hass, "sensor.strange", "12", unit_of_measurement="VA")
    step = await form.submit(
        entity=["switch.plug"], behaviour="appliance", power_sensor="sensor.strange"
    )
    assert step["errors"] == {"power_sensor": "not_a_power"}


@pytest.mark.parametrize("name", ["Congélateur", "Chest freezer", "VMC", "Box Wi-Fi"])
async def test_what_should_not_be_cut(
    hass: HomeAssistant, form: Form, name: str
) -> None:
    show(hass, "switch.plug", "on", friendly_name=name)
    step = await form.submit(entity=["switch.plug"], behaviour="appliance")
    assert step["step_id"] == "careful"
    assert step["description_placeholders"] == {"entity": name}
    step = await form.submit()
    assert step["step_id"] == "how"


REST = {
    "sheddable": True,
    "ecowatt": False,
    "never_cut": False,
    "storable": False,
    "surplus": True,
    "grid": "any",
}


async def test_a_charger(hass: HomeAssistant, home: Home, form: Form) -> None:
    show(hass, "number.car", "16", unit_of_measurement="A", min=6, max=16, step=1)
    show(hass, "switch.car", "on")
    await form.submit(entity=["number.car"], behaviour="charger")
    suggested = form.suggested()
    assert suggested == {"low": 6.0, "high": 16.0, "step": 1.0}
    step = await form.submit(**suggested, follow=3)
    assert step["errors"] == {"switch": "cannot_stop"}
    step = await form.submit(low=16, high=6, step=1, follow=3)
    assert step["errors"] == {"high": "too_low"}
    await form.submit(**suggested, switch="switch.car", follow=3)
    step = await form.submit(**REST, guarantee="energy")
    assert step["errors"] == {"guarantee": "half_a_promise"}
    await form.submit(**REST)
    await form.submit(next_step_id="finish")
    await hass.async_block_till_done()
    modulation = home.coordinator.drivers[form.load.subentry_id].load.load.modulation
    assert modulation is not None
    assert (modulation.low, modulation.high, modulation.unit) == (6, 16, "A")


async def test_a_dimmer(hass: HomeAssistant, home: Home, form: Form) -> None:
    show(hass, "light.tank", "off", friendly_name="Tank")
    await form.submit(entity=["light.tank"], behaviour="adjustable")
    suggested = form.suggested()
    assert suggested == {"low": 5.0, "high": 100.0, "step": 1.0}
    await form.submit(**suggested, power=1200, follow=3)
    await form.submit(**{**REST, "grid": "never"})
    await form.submit(next_step_id="finish")
    await hass.async_block_till_done()
    modulation = home.coordinator.drivers[form.load.subentry_id].load.load.modulation
    assert modulation is not None
    assert (modulation.low, modulation.high, modulation.unit) == (5, 100, "%")


@pytest.fixture
async def three(hass: HomeAssistant, home: Home) -> Form:
    """Return the form of a meter with three phases."""
    home.meter = THREE
    await home.start()
    form = Form(hass, home.entry)
    await form.open()
    return form


def asked(form: Form) -> set[str]:
    """Return what a form asks."""
    schema = form.step["data_schema"]
    assert schema is not None
    return set(map(str, schema.schema))


async def phases_of(home: Home, form: Form) -> tuple[int, ...]:
    """Finish the form; return the phases that the load counts on."""
    await form.submit(**REST)
    await form.submit(next_step_id="finish")
    await home.hass.async_block_till_done()
    driver = home.coordinator.drivers[form.load.subentry_id]
    return driver.load.load.phases


async def test_one_phase_is_no_question(hass: HomeAssistant, form: Form) -> None:
    show(hass, "number.car", "16", unit_of_measurement="A", min=0, max=16, step=1)
    await form.submit(entity=["number.car"], behaviour="charger")
    assert not {"phases", "phase_switch"} & asked(form)


@pytest.mark.parametrize(
    ("chosen", "phases"),
    [({}, (1, 2, 3)), ({"phases": []}, (1, 2, 3)), ({"phases": ["2"]}, (2,))],
)
async def test_phases_that_may_not_be_known(
    hass: HomeAssistant,
    home: Home,
    three: Form,
    chosen: dict[str, Any],
    phases: tuple[int, ...],
) -> None:
    show(hass, "switch.plug", "on")
    await three.submit(entity=["switch.plug"], behaviour="on_off")
    assert "phases" in asked(three)
    assert "phase_switch" not in asked(three)
    await three.submit(inverted=False, follow=3, **chosen)
    assert await phases_of(home, three) == phases


async def test_the_phases_of_a_charger(
    hass: HomeAssistant, home: Home, three: Form
) -> None:
    show(hass, "number.car", "16", unit_of_measurement="A", min=0, max=16, step=1)
    show(hass, "select.odd", "0", options=["0", "1", "2"])
    show(hass, "select.phases", "1", options=["0", "1", "3"])
    await three.submit(entity=["number.car"], behaviour="charger")
    how = {"low": 6, "high": 16, "step": 1, "follow": 3}
    step = await three.submit(**how)
    assert step["errors"] == {"phases": "phases_unknown"}
    step = await three.submit(**how, phases=["1"], phase_switch="select.phases")
    assert step["errors"] == {"phases": "not_three_phases"}
    all_of_them = ["2", "3", "1"]
    step = await three.submit(**how, phases=all_of_them, phase_switch="select.odd")
    assert step["errors"] == {"phase_switch": "no_phase_counts"}
    step = await three.submit(**how, phases=all_of_them, phase_switch="select.phases")
    assert step["step_id"] == "when"
    assert await phases_of(home, three) == (2, 3, 1), "the first is used alone"
    modulation = home.coordinator.drivers[three.load.subentry_id].load.load.modulation
    assert modulation is not None
    assert modulation.phase_counts == (1, 3)


async def test_a_tank_needs_a_temperature(hass: HomeAssistant, form: Form) -> None:
    show(hass, "switch.tank", "on")
    show(hass, "sensor.tank", "50", unit_of_measurement="°C")
    await form.submit(entity=["switch.tank"], behaviour="tank")
    tank = {"must": 40, "eco": 55, "to_surplus": 62, "highest": 68}
    more = {"inverted": False, "follow": 3}
    step = await form.submit(**tank, **more)
    assert step["errors"] == {"temperature_sensor": "no_temperature"}
    step = await form.submit(**{**tank, "highest": 60}, **more)
    assert step["errors"] == {"highest": "too_low"}
    cooler = {**tank, "to_surplus": 60, "highest": 60, "disinfection": True}
    step = await form.submit(**cooler, **more)
    assert step["errors"] == {"highest": "too_cold_to_disinfect"}
    step = await form.submit(**tank, **more, temperature_sensor="sensor.tank")
    assert step["step_id"] == "when"


@pytest.mark.parametrize(
    ("entity_id", "attributes", "orders"),
    [
        (
            "select.heater",
            PILOT_WIRE,
            {
                "comfort": "comfort",
                "eco": "eco",
                "frost": "frost_protection",
                "off": "off",
            },
        ),
        ("climate.room", HEATS, {}),
        (
            "climate.room",
            {**HEATS, "preset_modes": ["comfort", "eco", "away", "off"]},
            {"comfort": "comfort", "eco": "eco", "frost": "away"},
        ),
        ("switch.module", {}, {"comfort": "on", "frost": "off"}),
        (
            "light.module",
            {"supported_color_modes": ["onoff"]},
            {"comfort": "on", "frost": "off"},
        ),
        (
            "light.module",
            {"supported_color_modes": ["brightness"]},
            {
                level: level
                for level in (
                    "off",
                    "frost",
                    "eco",
                    "comfort_2",
                    "comfort_1",
                    "comfort",
                )
            },
        ),
    ],
)
async def test_heaters(
    hass: HomeAssistant,
    form: Form,
    entity_id: str,
    attributes: dict[str, Any],
    orders: dict[str, str],
) -> None:
    show(hass, entity_id, "on", **attributes)
    await form.submit(entity=[entity_id], behaviour="heating")
    schema = form.step["data_schema"]
    assert schema is not None
    step = await form.submit(**schema({}))
    assert step["step_id"] == "when"
    await form.submit(sheddable=True, ecowatt=False)
    await form.submit(next_step_id="finish")
    await hass.async_block_till_done()
    assert form.load.data["orders"] == orders


# --- trying it ---


async def begin_trial(
    hass: HomeAssistant,
    form: Form,
    *,
    again: bool = False,
    state: str = "on",
    power_sensor: str | None = "sensor.draws_plug",
) -> None:
    """Begin a trial; again, of a load that is there."""
    measured = {} if power_sensor is None else {"power_sensor": power_sensor}
    if not again:
        show(hass, "fan.plug", state, friendly_name="Plug")
    await form.submit(
        entity="fan.plug" if again else ["fan.plug"],
        behaviour="appliance",
        **measured,
    )
    await form.submit(follow=3)
    await form.submit(sheddable=True, ecowatt=False, never_cut=False)
    step = await form.submit(next_step_id="try_it")
    assert step["type"] is FlowResultType.SHOW_PROGRESS


async def end_trial(
    hass: HomeAssistant, home: Home, form: Form, seconds: int = 25
) -> SubentryFlowResult:
    """Let it take its time; return what the form then shows."""
    await home.run(seconds)
    flows = hass.config_entries.subentries
    form.step = await flows.async_configure(form.step["flow_id"])
    return form.step


async def try_it(
    hass: HomeAssistant, home: Home, form: Form, **how: Any
) -> SubentryFlowResult:
    """Go through a trial."""
    await begin_trial(hass, form, **how)
    return await end_trial(hass, home, form)


def watts(hass: HomeAssistant, power: int) -> None:
    """Let the plug draw."""
    show(hass, "sensor.draws_plug", str(power), unit_of_measurement="W")


def plug_of(hass: HomeAssistant, *, on: int, off: int, deaf: bool = False) -> list[str]:
    """Let the plug follow, and draw; return what it hears."""
    heard: list[str] = []
    watts(hass, on)

    def turn(call: ServiceCall) -> None:
        heard.append(call.service)
        if not deaf:
            turned = call.service == "turn_on"
            show(hass, "fan.plug", "on" if turned else "off", friendly_name="Plug")
            watts(hass, on if turned else off)

    for service in ("turn_on", "turn_off"):
        hass.services.async_register("fan", service, turn)
    return heard


@pytest.mark.parametrize(
    ("plug", "step_id"),
    [
        ({"on": 1500, "off": 2}, "tried_works"),
        ({"on": 2, "off": 1500}, "tried_inverted"),
        ({"on": 2, "off": 2}, "tried_no_watts"),
        ({"on": 1500, "off": 2, "deaf": True}, "tried_deaf"),
    ],
)
async def test_trying(
    hass: HomeAssistant, home: Home, form: Form, plug: dict[str, Any], step_id: str
) -> None:
    heard = plug_of(hass, **plug)
    step = await try_it(hass, home, form)
    assert step["step_id"] == step_id
    assert heard == ["turn_off", "turn_on"], "it gets back what it had"
    placeholders = step["description_placeholders"]
    assert placeholders is not None
    assert placeholders["entity"] == "Plug"
    assert placeholders["on"] == str(plug["on"])
    step = await form.submit()
    assert step["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert form.load.data.get("inverted", False) is (step_id == "tried_inverted")
    found = step_id in ("tried_works", "tried_inverted")
    assert form.load.data.get("power") == (1498 if found else None)


async def test_trying_a_heat_pump_that_begins_at_16(
    hass: HomeAssistant, home: Home, form: Form
) -> None:
    """It cannot be told 7 °C: its lowest is its frost protection."""
    heard: list[float] = []

    def be(degrees: float) -> None:
        said = {**HEATS, "min_temp": 16, "max_temp": 30, "temperature": degrees}
        show(hass, "climate.room", "heat", **said)
        watts(hass, 1500 if degrees > 16 else 2)

    def set_temperature(call: ServiceCall) -> None:
        heard.append(call.data["temperature"])
        be(call.data["temperature"])

    be(19)
    hass.services.async_register("climate", "set_temperature", set_temperature)
    hass.services.async_register("climate", "set_hvac_mode", lambda call: None)
    await form.submit(
        entity=["climate.room"],
        behaviour="heating",
        power_sensor="sensor.draws_plug",
    )
    schema = form.step["data_schema"]
    assert schema is not None
    await form.submit(**schema({"follow": 3}))
    await form.submit(sheddable=True, ecowatt=False)
    await form.submit(next_step_id="try_it")
    step = await end_trial(hass, home, form)
    assert step["step_id"] == "tried_works"
    assert heard == [16, 19]


async def test_trying_without_a_power_sensor(
    hass: HomeAssistant, home: Home, form: Form
) -> None:
    """The watts of the meter are looked at."""
    plug_of(hass, on=1500, off=0)
    step = await try_it(hass, home, form, power_sensor=None)
    assert step["step_id"] == "tried_works"
    await form.submit()
    await hass.async_block_till_done()
    assert form.load.data["power"] == pytest.approx(1500, abs=150), "an estimate"


async def test_trying_what_is_commanded_is_no_hand(
    hass: HomeAssistant, home: Home, form: Form
) -> None:
    heard = plug_of(hass, on=1500, off=2)
    await try_it(hass, home, form)
    await form.submit()
    await hass.async_block_till_done()
    key = form.load.subentry_id
    home.arm(key)
    await home.run(5)
    heard.clear()
    await form.change(form.load)
    await try_it(hass, home, form, again=True)
    await form.submit()
    await home.run(30)
    assert heard == ["turn_off", "turn_on"]
    verdict = home.coordinator.verdict(key)
    assert verdict is not None
    assert verdict.reason != "hand"
    assert not verdict.observed


# --- too much is drawn meanwhile ---


@pytest.fixture
async def managed(hass: HomeAssistant, home: Home, form: Form) -> list[str]:
    """Let the plug be a load that is commanded and on; return what it hears."""
    heard = plug_of(hass, on=1500, off=2)
    await try_it(hass, home, form)
    await form.submit()
    await hass.async_block_till_done()
    home.arm(form.load.subentry_id)
    await home.run(5)
    heard.clear()
    await form.change(form.load)
    await begin_trial(hass, form, again=True)
    return heard


@pytest.mark.parametrize("after", [0, 6], ids=["still on", "told off by the trial"])
async def test_what_is_tried_is_shed_at_once(
    hass: HomeAssistant, home: Home, form: Form, managed: list[str], after: int
) -> None:
    key = form.load.subentry_id
    await home.run(after)
    home.base = 25_000
    await home.run(2)
    assert managed == ["turn_off"], "it does not wait for the trial"
    step = await end_trial(hass, home, form, 4)
    assert step["type"] is FlowResultType.MENU
    assert step["step_id"] == "tried_interrupted"
    assert step["description_placeholders"] == {"entity": "Plug"}
    await home.run(25)
    assert managed == ["turn_off"], "the trial gives nothing back"
    assert home.state("sensor.plug_state") == "shed"

    home.base = 500
    await form.submit(next_step_id="finish")
    await home.run(320)
    assert managed == ["turn_off", "turn_on"], "it had been on"
    assert key not in home.coordinator.memory.changes


async def test_what_was_shed_during_a_trial_is_given_back_as_it_was_before(
    hass: HomeAssistant, home: Home, form: Form, managed: list[str]
) -> None:
    await home.run(6)
    home.base = 25_000
    await home.run(3)
    await home.coordinator.async_give_all_back()
    assert managed == ["turn_off", "turn_on"]


async def test_it_can_be_tried_again_after_an_interruption(
    hass: HomeAssistant, home: Home, form: Form, managed: list[str]
) -> None:
    home.base = 25_000
    await end_trial(hass, home, form, 5)
    home.base = 500
    await home.run(320)
    managed.clear()
    step = await form.submit(next_step_id="try_it")
    assert step["type"] is FlowResultType.SHOW_PROGRESS
    step = await end_trial(hass, home, form)
    assert step["step_id"] == "tried_works"
    assert managed == ["turn_off", "turn_on"]


async def test_what_is_tried_on_goes_off_when_too_much_is_drawn(
    hass: HomeAssistant, home: Home, form: Form
) -> None:
    """Of a load that is only being added, too, which nobody commands."""
    show(hass, "switch.other", "on")
    home.add_load("switch.other", "Other")
    heard = plug_of(hass, on=1500, off=2)
    watts(hass, 2)
    await begin_trial(hass, form, state="off")
    await home.run(6)
    assert heard == ["turn_on"]
    home.base = 25_000
    step = await end_trial(hass, home, form, 9)
    assert heard == ["turn_on", "turn_off"]
    assert step["step_id"] == "tried_interrupted"

    # and nothing is tried on while it lasts
    await form.submit(next_step_id="try_it")
    step = await end_trial(hass, home, form, 4)
    assert step["step_id"] == "tried_interrupted"
    assert heard == ["turn_on", "turn_off"]
