"""The thermostat of one room: the table again, and what it is beside the home's."""

from collections.abc import Callable
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from syrupy.assertion import SnapshotAssertion

from .heated import HEATER, ORDERS, ROOM_THERMOSTAT, THERMOSTAT, HeatedHome
from .homes import Home
from .test_thermostat import (
    COMFORT,
    ECO,
    FROST,
    WITH_OFF,
    Row,
    compare,
    every_row,
    live,
)

BEDROOM = "input_boolean.bedroom"
BEDROOM_THERMOSTAT = "climate.bedroom_thermostat"

enabled = pytest.mark.usefixtures("all_enabled")


@pytest.fixture
def heated(home: Home) -> HeatedHome:
    """Return a home that is not set up yet, of whose room we look at the thermostat."""
    heated = HeatedHome(home)
    heated.thermostat = ROOM_THERMOSTAT
    return heated


class TwoRooms:
    """A home whose bedroom has a heater behind a relay, beside that of the living room."""

    def __init__(self, heated: HeatedHome) -> None:
        """Begin on a white day, at ten."""
        self.heated = heated
        self.home = heated.home
        self.bedroom = ""
        self.home.freezer.move_to("2026-12-15 10:00:00+01:00")
        heated.period("HPJW")

    async def furnish(self, **options: Any) -> None:
        """Set the home up, with both heaters allowed."""
        home = self.home
        home.hass.config_entries.async_update_entry(home.entry, options=options)
        await home.add_helpers("input_boolean", bedroom={"initial": True})
        self._draw()
        self.bedroom = home.add_load(
            BEDROOM,
            "Bedroom",
            behaviour="heating",
            orders={"comfort": "on", "frost": "off"},
            power=1000.0,
            power_sensor="sensor.draws_bedroom",
            follow=1.0,
        )
        await self.heated.furnish()
        live = home.after
        home.after = lambda: self._live(live)
        home.arm(self.bedroom)
        await home.run(12)

    def _live(self, living_room: Callable[[], None]) -> None:
        living_room()
        self._draw()

    def _draw(self) -> None:
        drawn = "1000" if self.home.state(BEDROOM) == "on" else "0"
        self.home.hass.states.async_set(
            "sensor.draws_bedroom", drawn, {"unit_of_measurement": "W"}
        )

    async def ask(self, thermostat: str, service: str, **data: Any) -> None:
        """Ask a thermostat for something, and wait for what comes of it."""
        self.heated.thermostat = thermostat
        await self.heated.ask(service, **data)
        await self.home.run(12)

    def warm(self) -> tuple[bool, bool]:
        """Tell whether the living room and the bedroom are told comfort."""
        state = self.home.state
        return state(HEATER) == ORDERS["comfort"], state(BEDROOM) == "on"

    def modes(self) -> tuple[str, str, str]:
        """Return those of the home, the living room and the bedroom."""
        home, living_room, bedroom = map(
            self.home.state, (THERMOSTAT, ROOM_THERMOSTAT, BEDROOM_THERMOSTAT)
        )
        return home, living_room, bedroom


@pytest.fixture
def rooms(heated: HeatedHome) -> TwoRooms:
    """Return a home with two rooms that is not set up yet."""
    return TwoRooms(heated)


@enabled
@every_row
async def test_row(
    hass: HomeAssistant,
    heated: HeatedHome,
    row: Row,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await live(heated, row, monkeypatch)
    compare(heated, row)


async def test_it_is_there_once_it_is_enabled(
    hass: HomeAssistant,
    home: Home,
    heated: HeatedHome,
    entity_registry: er.EntityRegistry,
) -> None:
    await home.add_helpers("input_boolean", tank={"initial": True})
    home.add_load("input_boolean.tank", "Tank", behaviour="on_off")
    await heated.furnish()
    assert hass.states.get(ROOM_THERMOSTAT) is None
    entry = entity_registry.async_get(ROOM_THERMOSTAT)
    assert entry is not None
    assert entry.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    assert entity_registry.async_get("climate.tank_thermostat") is None
    entity_registry.async_update_entity(ROOM_THERMOSTAT, disabled_by=None)
    await home.reload()
    await home.run(3)
    assert (heated.shown(), heated.shown("hvac_modes")) == ("auto", ["auto", "heat"])
    hass.config_entries.async_remove_subentry(home.entry, heated.key)
    await hass.async_block_till_done()
    assert entity_registry.async_get(ROOM_THERMOSTAT) is None


@enabled
async def test_entity(
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
    entry = entity_registry.async_get(ROOM_THERMOSTAT)
    assert entry is not None
    assert entry.unique_id == f"{heated.key}_heating"
    assert entry.config_subentry_id == heated.key
    assert hass.states.get(ROOM_THERMOSTAT) == snapshot


# --- beside the home's ----------------------------------------------------------------


@enabled
async def test_one_room_is_heated_while_the_other_stays_shed(rooms: TwoRooms) -> None:
    await rooms.furnish()
    assert rooms.warm() == (False, False)
    await rooms.ask(BEDROOM_THERMOSTAT, "set_hvac_mode", hvac_mode="heat")
    heated = rooms.heated
    assert rooms.warm() == (False, True)
    assert rooms.modes() == ("auto", "auto", "heat")
    assert (heated.shown("shed"), heated.shown("hvac_action")) == (False, "heating")
    assert heated.shown("until").isoformat() == "2026-12-15T21:00:00+00:00"
    heated.thermostat = ROOM_THERMOSTAT
    assert (heated.shown("shed"), heated.shown("hvac_action")) == (True, "idle")
    assert heated.shown("cancellable")
    sheds = rooms.home.coordinator.memory.sheds
    assert [shed.reason for shed in sheds.past] == ["white_peak"]
    await rooms.ask(BEDROOM_THERMOSTAT, "set_hvac_mode", hvac_mode="auto")
    assert rooms.warm() == (False, False)


@enabled
async def test_what_the_home_is_asked_for_holds_in_every_room(rooms: TwoRooms) -> None:
    await rooms.furnish()
    await rooms.ask(BEDROOM_THERMOSTAT, "set_hvac_mode", hvac_mode="heat")
    await rooms.ask(THERMOSTAT, "set_hvac_mode", hvac_mode="auto")
    assert rooms.modes() == ("auto", "auto", "auto")
    await rooms.ask(THERMOSTAT, "set_hvac_mode", hvac_mode="heat")
    assert rooms.modes() == ("heat", "heat", "heat")
    await rooms.home.run(30)
    assert rooms.warm() == (True, True)
    await rooms.ask(BEDROOM_THERMOSTAT, "set_hvac_mode", hvac_mode="auto")
    assert rooms.modes() == ("heat", "heat", "auto")
    assert rooms.warm() == (True, False)


@enabled
async def test_a_room_is_asked_for_less_until_the_home_is_asked(
    rooms: TwoRooms,
) -> None:
    rooms.heated.period("HPJB")
    await rooms.furnish()
    assert rooms.warm() == (True, True)
    await rooms.ask(ROOM_THERMOSTAT, "set_preset_mode", preset_mode="eco")
    heated = rooms.heated
    assert (heated.shown("preset_mode"), heated.shown("temperature")) == ("eco", ECO)
    assert rooms.home.state(HEATER) == ORDERS["eco"]
    await rooms.ask(BEDROOM_THERMOSTAT, "set_temperature", temperature=8)
    assert heated.shown("asked_temperature") == FROST
    assert rooms.warm() == (False, False)
    await rooms.ask(THERMOSTAT, "set_temperature", temperature=19)
    await rooms.home.run(30)
    assert rooms.warm() == (True, True)
    for thermostat in (ROOM_THERMOSTAT, BEDROOM_THERMOSTAT):
        heated.thermostat = thermostat
        assert heated.shown("asked_temperature") == COMFORT


@enabled
async def test_heat_in_a_room_is_refused_in_a_red_peak(rooms: TwoRooms) -> None:
    rooms.heated.period("HPJR")
    await rooms.furnish()
    with pytest.raises(ServiceValidationError) as refusal:
        await rooms.ask(BEDROOM_THERMOSTAT, "set_hvac_mode", hvac_mode="heat")
    assert refusal.value.translation_key == "refused_red_peak_until"
    told = rooms.home.coordinator.occurrences.since(0)[-1]
    assert (told.kind, told.key) == ("refused", rooms.bedroom)
    await rooms.home.run(12)
    assert (rooms.modes()[2], rooms.warm()) == ("auto", (False, False))


@enabled
async def test_heat_is_refused_in_a_room_that_is_kept_off(
    hass: HomeAssistant, rooms: TwoRooms
) -> None:
    await rooms.furnish()
    await hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": "select.bedroom_mode", "option": "off"},
        blocking=True,
    )
    with pytest.raises(ServiceValidationError) as refusal:
        await rooms.ask(BEDROOM_THERMOSTAT, "set_hvac_mode", hvac_mode="heat")
    assert refusal.value.translation_key == "refused_switched_off"


@enabled
@pytest.mark.parametrize(
    ("moment", "period"), [("15 22:01", "HCJW"), ("16 06:01", "HPJR")]
)
async def test_heat_in_a_room_ends(rooms: TwoRooms, moment: str, period: str) -> None:
    await rooms.furnish()
    if period == "HPJR":  # asked in the evening, for all of the next day
        rooms.home.freezer.move_to("2026-12-15 22:30:00+01:00")
        rooms.heated.period("HCJW")
        await rooms.home.run(30)
    await rooms.ask(BEDROOM_THERMOSTAT, "set_hvac_mode", hvac_mode="heat")
    await rooms.ask(BEDROOM_THERMOSTAT, "set_preset_mode", preset_mode="eco")
    assert rooms.modes() == ("auto", "auto", "heat")
    rooms.home.freezer.move_to(f"2026-12-{moment}:00+01:00")
    rooms.heated.period(period)
    await rooms.home.run(30)
    assert rooms.modes() == ("auto", "auto", "auto")
    assert rooms.heated.shown("preset_mode") == "eco", "that has no end"
    ended = [
        occurrence.reason
        for occurrence in rooms.home.coordinator.occurrences.since(0)
        if occurrence.kind == "ended"
    ]
    assert ended == ["red_peak" if period == "HPJR" else "off_peak"]


@enabled
async def test_heat_in_a_room_outlives_a_restart(rooms: TwoRooms) -> None:
    await rooms.furnish()
    await rooms.ask(BEDROOM_THERMOSTAT, "set_hvac_mode", hvac_mode="heat")
    await rooms.home.crash()
    await rooms.home.come_back()
    await rooms.home.run(30)
    assert rooms.modes() == ("auto", "auto", "heat")
    assert rooms.warm() == (False, True)


@enabled
async def test_one_room_may_be_off(rooms: TwoRooms) -> None:
    rooms.heated.period("HPJB")
    await rooms.furnish(**WITH_OFF)
    await rooms.ask(BEDROOM_THERMOSTAT, "turn_off")
    assert rooms.modes() == ("auto", "auto", "off")
    assert rooms.warm() == (True, False)
    await rooms.ask(THERMOSTAT, "turn_off")
    await rooms.ask(BEDROOM_THERMOSTAT, "turn_on")
    assert rooms.modes() == ("off", "off", "auto")
    await rooms.home.run(30)
    assert rooms.warm() == (False, True)


@enabled
async def test_what_a_hand_has_set_is_shown_as_it_is(
    hass: HomeAssistant, rooms: TwoRooms
) -> None:
    await rooms.furnish()
    await hass.services.async_call(
        "input_boolean", "turn_on", {"entity_id": BEDROOM}, blocking=True
    )
    await rooms.home.run(5)
    assert rooms.home.state("sensor.bedroom_state") == "by_hand"
    heated = rooms.heated
    heated.thermostat = BEDROOM_THERMOSTAT
    assert (heated.shown("temperature"), heated.shown("shed")) == (COMFORT, False)
    assert heated.shown("would_be")["temperature"] == FROST


@enabled
async def test_what_it_costs_is_told_by_room(rooms: TwoRooms) -> None:
    rooms.heated.period("HPJB")
    await rooms.furnish()
    await rooms.home.run(300, every=10)
    rooms.heated.ecowatt(1)  # whose prices are known
    rooms.heated.period("HPJW")
    rooms.home.freezer.move_to("2026-12-15 12:00:00+01:00")
    await rooms.home.run(30)
    costs = {}
    for thermostat in (THERMOSTAT, ROOM_THERMOSTAT, BEDROOM_THERMOSTAT):
        rooms.heated.thermostat = thermostat
        costs[thermostat] = rooms.heated.shown("cancel_cost")
    for_an_hour_of_one_kw = 10 * 0.2  # until 22:00
    assert costs == {
        THERMOSTAT: pytest.approx(3 * for_an_hour_of_one_kw, rel=0.05),
        ROOM_THERMOSTAT: pytest.approx(2 * for_an_hour_of_one_kw, rel=0.05),
        BEDROOM_THERMOSTAT: pytest.approx(for_an_hour_of_one_kw, rel=0.05),
    }
    await rooms.ask(BEDROOM_THERMOSTAT, "set_hvac_mode", hvac_mode="heat")
    rooms.heated.thermostat = THERMOSTAT
    assert rooms.heated.shown("cancel_cost") == pytest.approx(
        2 * for_an_hour_of_one_kw, rel=0.05
    ), "only what it would still end"
