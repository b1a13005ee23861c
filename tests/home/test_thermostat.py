"""The table of the shedding thermostat, row by row, at the climate entity.

The rows are those of SEMANTICS, section 3; what is beside it follows the table.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.setup import async_setup_component
import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.linky_pilote.engine.regulation.model import HouseMode, Reason
from custom_components.linky_pilote.engine.regulation.wishes import set_house

from .heated import HEATER, ORDERS, THERMOSTAT, HeatedHome
from .homes import Home

NOTHING: Mapping[str, Any] = MappingProxyType({})
COMFORT, ECO, FROST = 19.0, 15.5, 7.0
SHEDDING = "binary_sensor.linky_0123_shedding_active"
CANCELLED = "binary_sensor.linky_0123_shedding_cancelled"
RED_TOMORROW = "binary_sensor.linky_0123_red_day_tomorrow"
TOGGLE = "button.linky_0123_heat_all_the_same_or_resume_shedding"
NIGHT, DAY = "03:00", "10:00"


@pytest.fixture
def heated(home: Home) -> HeatedHome:
    """Return a home with a heater that is not set up yet."""
    return HeatedHome(home)


class Row(NamedTuple):
    """What is given in a row of the table, and what is expected."""

    row: str
    period: str
    mode: str
    action: str
    target: float
    order: str
    cancellable: bool = False
    shed: bool = False
    cancelled: bool = False
    ask: str | None = None
    refused: str | None = None
    then: str | None = None
    """Period that the meter switches to."""
    cold: bool = True
    options: Mapping[str, Any] = NOTHING
    load: Mapping[str, Any] = NOTHING
    ecowatt: int = 1
    base: int = 500
    sun: int = 0
    room: float = 18.0
    silent: bool = False
    observed: bool = False
    would_be: float | None = None


TO_ECO = {"white_level": "eco"}
WITH_OFF = {"thermostat_off": True}
NAMED = {"ecowatt": True}
FLOOR = {"floor": 14.0}
ON_SUN = {"on_sun_in_red": True}

# fmt: off
TABLE = [
    Row("1 off-peak", "HCJW", "auto", "heating", COMFORT, "comfort"),
    Row("1 blue", "HPJB", "auto", "heating", COMFORT, "comfort"),
    Row("1 warm enough", "HPJB", "auto", "idle", COMFORT, "comfort", cold=False),
    Row("1 no Tempo", "HP..", "auto", "heating", COMFORT, "comfort"),
    Row("2 frost", "HPJW", "auto", "idle", FROST, "frost", cancellable=True, shed=True),
    Row("2 eco", "HPJW", "auto", "heating", ECO, "eco", cancellable=True, shed=True, options=TO_ECO),
    Row("2 eco, warm", "HPJW", "auto", "idle", ECO, "eco", cancellable=True, shed=True, options=TO_ECO, cold=False),
    Row("3 red", "HPJR", "auto", "idle", FROST, "frost", shed=True),
    Row("3 EJP", "PM..", "auto", "idle", FROST, "frost", shed=True),
    Row("4", "HPJB", "auto", "heating", ECO, "eco", cancellable=True, shed=True, load=NAMED, ecowatt=3),
    Row("4 not named", "HPJB", "auto", "heating", COMFORT, "comfort", ecowatt=3),
    Row("5 white", "HPJW", "heat", "heating", COMFORT, "comfort", cancelled=True, ask="heat"),
    Row("5 EcoWatt", "HPJB", "heat", "heating", COMFORT, "comfort", cancelled=True, ask="heat", load=NAMED, ecowatt=3),
    Row("6", "HPJR", "auto", "idle", FROST, "frost", shed=True, ask="heat", refused="refused_red_peak_until"),
    Row("6 EJP", "PM..", "auto", "idle", FROST, "frost", shed=True, ask="heat", refused="refused_ejp_peak_until"),
    Row("7 off-peak", "HCJW", "heat", "heating", COMFORT, "comfort", ask="heat"),
    Row("7 blue", "HPJB", "heat", "heating", COMFORT, "comfort", ask="heat"),
    Row("8", "HPJB", "auto", "idle", FROST, "frost", shed=True, ask="heat", then="HPJR"),
    Row("9 AUTO", "HPJB", "auto", "idle", FROST, "frost", shed=True, base=5500),
    Row("9 HEAT", "HPJB", "heat", "idle", FROST, "frost", shed=True, ask="heat", base=5500),
    Row("10", "HPJR", "auto", "heating", COMFORT, "comfort", load=ON_SUN, sun=4000),
    Row("10 not opted in", "HPJR", "auto", "idle", FROST, "frost", shed=True, sun=4000),
    Row("11 red", "HPJR", "auto", "heating", ECO, "eco", shed=True, load=FLOOR, room=13.5),
    Row("11 white", "HPJW", "auto", "heating", ECO, "eco", shed=True, load=FLOOR, room=13.5),
    Row("12", "HPJB", "off", "off", FROST, "frost", ask="off", options=WITH_OFF),
    Row("13 white", "HPJW", "auto", "idle", FROST, "frost", cancellable=True, shed=True, silent=True),
    Row("13 red", "HPJR", "auto", "idle", FROST, "frost", shed=True, silent=True),
    Row("14 white", "HPJW", "auto", "heating", COMFORT, "comfort", observed=True, would_be=FROST),
    Row("14 HEAT", "HPJW", "heat", "heating", COMFORT, "comfort", ask="heat", observed=True, would_be=COMFORT),
]
# fmt: on


async def live(heated: HeatedHome, row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what a row gives happen, and come to rest."""
    home = heated.home
    home.freezer.move_to(
        f"2026-12-15 {NIGHT if row.period == 'HCJW' else DAY}:00+01:00"
    )
    heated.hass.config_entries.async_update_entry(home.entry, options=row.options)
    heated.cold, heated.room = row.cold, row.room
    heated.period(row.period)
    if row.sun:
        monkeypatch.setattr(home, "frame", heated.sunny_frame)
    await heated.furnish(armed=not row.observed, **row.load)
    heated.ecowatt(row.ecowatt)
    await home.run(12)
    if row.refused:
        with pytest.raises(ServiceValidationError) as refusal:
            await heated.ask("set_hvac_mode", hvac_mode=row.ask)
        assert refusal.value.translation_key == row.refused
    elif row.ask:
        await heated.ask("set_hvac_mode", hvac_mode=row.ask)
    await home.run(10)
    if row.then:
        heated.period(row.then)
    heated.sun, home.base, home.silent = row.sun, row.base, row.silent
    await home.run(340 if row.sun else 150 if row.base > 5000 else 40)


def compare(heated: HeatedHome, row: Row) -> None:
    """Compare what is shown and done with what a row expects."""
    home = heated.home
    assert (
        heated.shown(),
        heated.shown("hvac_action"),
        heated.shown("temperature"),
        heated.shown("cancellable"),
        heated.shown("shed"),
        home.state(HEATER),
        home.state(SHEDDING),
        home.state(CANCELLED),
    ) == (
        row.mode,
        row.action,
        row.target,
        row.cancellable,
        row.shed,
        ORDERS[row.order],
        "on" if row.shed else "off",
        "on" if row.cancelled else "off",
    )
    if row.observed:
        assert heated.shown("would_be")["temperature"] == row.would_be
        assert ("input_select", "select_option", HEATER) not in home.calls


every_row = pytest.mark.parametrize("row", TABLE, ids=[row.row for row in TABLE])


@every_row
async def test_row(
    hass: HomeAssistant,
    heated: HeatedHome,
    row: Row,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await live(heated, row, monkeypatch)
    compare(heated, row)
    home = heated.home
    if row.then:
        event = hass.states.get("event.linky_0123_regulation")
        assert event is not None
        told = [
            (occurrence.kind, occurrence.reason)
            for occurrence in home.coordinator.occurrences.since(0)
        ]
        assert ("ended", "red_peak") in told


# --- what is beside the table ---------------------------------------------------------


async def test_heat_asked_at_half_past_five_holds_until_ten_in_the_evening(
    hass: HomeAssistant, home: Home, heated: HeatedHome
) -> None:
    home.freezer.move_to("2026-12-15 05:30:00+01:00")
    heated.period("HCJB")
    await heated.furnish()
    await heated.ask("set_hvac_mode", hvac_mode="heat")
    assert heated.shown("until").isoformat() == "2026-12-15T21:00:00+00:00"
    home.freezer.move_to("2026-12-15 06:01:00+01:00")
    heated.period("HPJW")
    await home.run(30)
    assert (heated.shown(), heated.shown("temperature")) == ("heat", COMFORT)
    assert home.state(CANCELLED) == "on"
    home.freezer.move_to("2026-12-15 21:59:00+01:00")
    await home.run(30)
    assert heated.shown() == "heat"
    home.freezer.move_to("2026-12-15 22:01:00+01:00")
    heated.period("HCJW")
    await home.run(30)
    assert (heated.shown(), heated.shown("temperature")) == ("auto", COMFORT)
    assert home.state(CANCELLED) == "off"


async def test_presets_and_setpoints_cancel_no_shed(
    hass: HomeAssistant, home: Home, heated: HeatedHome
) -> None:
    heated.period("HPJW")
    await heated.furnish()
    await home.run(20)
    for service, data, preset, asked in (
        ("set_preset_mode", {"preset_mode": "eco"}, "eco", ECO),
        ("set_temperature", {"temperature": 21}, "comfort", COMFORT),
        ("set_temperature", {"temperature": 16.5}, "eco", ECO),
        ("set_temperature", {"temperature": 7}, "frost", FROST),
        ("set_preset_mode", {"preset_mode": "comfort"}, "comfort", COMFORT),
    ):
        await heated.ask(service, **data)
        await home.run(12)
        assert heated.shown("preset_mode") == preset
        assert heated.shown("asked_temperature") == asked, "a pilot wire has no degrees"
        assert heated.shown("temperature") == FROST
        assert home.state(HEATER) == ORDERS["frost"]


async def test_what_changes_nothing_is_said_again(
    hass: HomeAssistant, home: Home, heated: HeatedHome
) -> None:
    heated.period("HPJR")
    await heated.furnish()
    await home.run(20)
    heard: list[float] = []

    @callback
    def hear(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        assert state is not None
        heard.append(state.attributes["temperature"])

    unheard = async_track_state_change_event(hass, THERMOSTAT, hear)
    await heated.ask("set_temperature", temperature=19)
    await hass.async_block_till_done()
    unheard()
    assert heard == [FROST], "a phone that shows 19 hears of frost protection"


async def _add_thermostat(hass: HomeAssistant, home: Home, *, lowest: int) -> str:
    """Add a heater that is commanded by degrees; return its load."""
    hass.states.async_set("sensor.room", "18.0", {"unit_of_measurement": "°C"})
    await home.add_helpers("input_boolean", relay={"initial": False})
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(
        hass,
        "climate",
        {
            "climate": {
                "platform": "generic_thermostat",
                "name": "Room",
                "heater": "input_boolean.relay",
                "target_sensor": "sensor.room",
                "target_temp": 19,
                "initial_hvac_mode": "heat",
                "min_temp": lowest,
                "max_temp": 30,
            }
        },
    )
    await hass.async_block_till_done()
    key = home.add_load("climate.room", "Room", behaviour="heating", power=1000.0)
    await home.start()
    home.arm(key)
    await home.run(3)
    return key


async def test_a_heat_pump_that_begins_at_16_follows(
    hass: HomeAssistant, home: Home, heated: HeatedHome
) -> None:
    """Frost protection is then the lowest that it can have."""
    key = await _add_thermostat(hass, home, lowest=16)
    heated.period("HPJR")
    home.freezer.move_to("2026-12-15 10:00:00+01:00")
    await home.run(300, every=5)
    room = hass.states.get("climate.room")
    assert room is not None
    assert room.attributes["temperature"] == 16
    assert home.state("sensor.room_state") == "shed"
    await hass.services.async_call(
        "climate",
        "set_temperature",
        {"entity_id": "climate.room", "temperature": 20},
        blocking=True,
    )
    await home.run(10)
    verdict = home.entry.runtime_data.home.verdict(key)
    assert verdict is not None
    assert verdict.reason is Reason.HAND


async def test_degrees_are_ordered_where_they_can_be(
    hass: HomeAssistant, home: Home, heated: HeatedHome
) -> None:
    await _add_thermostat(hass, home, lowest=5)
    for asked in (21.5, 16.5):  # nearer to eco, and yet comfort
        await heated.ask("set_temperature", temperature=asked)
        await home.run(20)
        assert heated.shown("temperature") == heated.shown("asked_temperature") == asked
        room = hass.states.get("climate.room")
        assert room is not None
        assert room.attributes["temperature"] == asked
        assert home.state("sensor.room_state") in ("running", "satisfied")
    assert heated.shown("current_temperature") == 18.0
    heated.period("HPJW")
    home.freezer.move_to("2026-12-15 10:00:00+01:00")
    await home.run(20)
    assert heated.shown("temperature") == FROST
    heated.period("HCJW")
    home.freezer.move_to("2026-12-15 22:01:00+01:00")
    await home.run(400, every=5)
    assert heated.shown("temperature") == 16.5, "what was asked for is kept"


async def test_a_mode_may_come_with_a_temperature(
    home: Home, heated: HeatedHome
) -> None:
    await heated.furnish()
    await heated.ask("set_temperature", temperature=19, hvac_mode="heat")
    assert heated.shown() == "heat"
    heated.period("HPJR")
    home.freezer.move_to("2026-12-15 10:00:00+01:00")
    await home.run(20)
    with pytest.raises(ServiceValidationError):
        await heated.ask("set_temperature", temperature=19, hvac_mode="heat")


async def test_off_has_to_be_enabled(
    hass: HomeAssistant, home: Home, heated: HeatedHome
) -> None:
    await heated.furnish()
    assert heated.shown("hvac_modes") == ["auto", "heat"]
    assert heated.shown("min_temp") <= FROST
    with pytest.raises(ServiceValidationError):
        await heated.ask("set_hvac_mode", hvac_mode="off")
    hass.config_entries.async_update_entry(home.entry, options=WITH_OFF)
    await hass.async_block_till_done()
    assert heated.shown("hvac_modes") == ["auto", "heat", "off"]
    await heated.ask("turn_off")
    await home.run(10)
    assert (heated.shown(), heated.shown("hvac_action")) == ("off", "off")
    hass.config_entries.async_update_entry(home.entry, options={})
    await hass.async_block_till_done()
    assert heated.shown("hvac_modes") == ["auto", "heat", "off"], "it is still off"
    await heated.ask("set_hvac_mode", hvac_mode="auto")
    assert heated.shown("hvac_modes") == ["auto", "heat"]


async def test_off_is_left_by_turning_on(
    hass: HomeAssistant, home: Home, heated: HeatedHome
) -> None:
    hass.config_entries.async_update_entry(home.entry, options=WITH_OFF)
    await heated.furnish()
    await heated.ask("turn_off")
    await heated.ask("turn_on")
    assert heated.shown() == "auto"


async def test_the_sensor_of_the_users_choice(
    hass: HomeAssistant, home: Home, heated: HeatedHome
) -> None:
    await heated.furnish()
    assert heated.shown("current_temperature") == 18.0
    hass.states.async_set("sensor.hall", "17.2", {"unit_of_measurement": "°C"})
    hass.config_entries.async_update_entry(
        home.entry, options={"temperature": "sensor.hall"}
    )
    await hass.async_block_till_done()
    assert heated.shown("current_temperature") == 17.2


async def test_nothing_is_promised_while_the_house_is_not_regulated(
    hass: HomeAssistant, home: Home, heated: HeatedHome
) -> None:
    heated.period("HPJW")
    await heated.furnish()
    home.coordinator.wish(lambda wishes: set_house(HouseMode.OFF, float("inf"), wishes))
    with pytest.raises(ServiceValidationError) as refusal:
        await heated.ask("set_hvac_mode", hvac_mode="heat")
    assert refusal.value.translation_key == "refused_house_off"
    assert heated.shown("shed") is False
    assert home.state(SHEDDING) == "off"


async def test_the_button_cancels_and_resumes(
    hass: HomeAssistant, home: Home, heated: HeatedHome
) -> None:
    async def press() -> None:
        await hass.services.async_call(
            "button", "press", {"entity_id": TOGGLE}, blocking=True
        )

    home.freezer.move_to("2026-12-15 10:00:00+01:00")
    heated.period("HPJW")
    await heated.furnish()
    await home.run(12)
    assert (home.state(SHEDDING), home.state(CANCELLED)) == ("on", "off")
    await press()
    button = hass.states.get(TOGGLE)
    assert button is not None
    assert button.attributes["next"] == "resume"
    assert button.attributes["until"].isoformat() == "2026-12-15T21:00:00+00:00"
    assert (home.state(SHEDDING), home.state(CANCELLED)) == ("off", "on")
    await press()
    assert heated.shown() == "auto"
    assert (home.state(SHEDDING), home.state(CANCELLED)) == ("on", "off")
    heated.period("HPJR")
    await home.run(12)
    with pytest.raises(ServiceValidationError):
        await press()


@pytest.mark.parametrize(
    ("said", "shown"), [("ROUG", "on"), ("BLEU", "off"), ("----", "unknown")]
)
async def test_red_tomorrow(
    hass: HomeAssistant, home: Home, heated: HeatedHome, said: str, shown: str
) -> None:
    heated.period("HPJB")
    home.meter = type(home.meter)(
        mode=home.meter.mode,
        groups={**home.meter.groups, "DEMAIN": said},
        stamps=home.meter.stamps,
        speed=home.meter.speed,
    )
    await heated.furnish()
    assert home.state(RED_TOMORROW) == shown


async def test_it_is_there_while_there_is_a_heater(
    hass: HomeAssistant,
    home: Home,
    heated: HeatedHome,
    entity_registry: er.EntityRegistry,
) -> None:
    await home.add_helpers("input_boolean", lamp={"initial": True})
    home.add_load("input_boolean.lamp", "Lamp")
    await heated.furnish()
    assert heated.shown() == "auto"
    hass.config_entries.async_remove_subentry(home.entry, heated.key)
    await hass.async_block_till_done()
    for gone in (THERMOSTAT, TOGGLE, SHEDDING, CANCELLED, RED_TOMORROW):
        assert hass.states.get(gone) is None
        assert entity_registry.async_get(gone) is None
    assert home.state("sensor.lamp_state") == "running"


async def test_entities(
    hass: HomeAssistant,
    home: Home,
    heated: HeatedHome,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    home.freezer.move_to("2026-12-15 10:00:00+01:00")
    heated.period("HPJW")
    await heated.furnish()
    await home.run(12)
    for entity_id in (THERMOSTAT, TOGGLE, SHEDDING, CANCELLED, RED_TOMORROW):
        entry = entity_registry.async_get(entity_id)
        assert entry is not None
        assert (hass.states.get(entity_id), entry.unique_id) == snapshot(name=entity_id)
