"""The table of the shedding thermostat, row by row, at HomeKit's characteristics.

Home Assistant's own accessory shows our thermostat, in the same process. A real client,
which is paired and speaks the protocol, is in the end-to-end tests.
"""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple
from unittest.mock import patch

from homeassistant.components.homekit.accessories import HomeDriver, get_accessory
from homeassistant.components.homekit.iidmanager import AccessoryIIDStorage
from homeassistant.components.homekit.type_thermostats import Thermostat
from homeassistant.core import HomeAssistant
import pytest

from .heated import THERMOSTAT, HeatedHome
from .homes import Home
from .test_thermostat import TABLE, WITH_OFF, Row, live

OFF, HEAT, AUTO = 0, 1, 3
MODES = {"off": OFF, "heat": HEAT, "auto": AUTO}
IDLE, HEATING = 0, 1


class Shown(NamedTuple):
    """What the Home app shows."""

    mode: int
    state: int
    target: float
    current: float


class App:
    """The Home app, in front of the accessory of our thermostat."""

    def __init__(self, hass: HomeAssistant, driver: HomeDriver) -> None:
        """Take it in as a bridge does."""
        state = hass.states.get(THERMOSTAT)
        assert state is not None
        accessory = get_accessory(hass, driver, state, 1, {"name": "Heating"})
        assert isinstance(accessory, Thermostat), "and no heater-cooler"
        driver.add_accessory(accessory)
        self._hass = hass
        self._driver = driver
        self._accessory = accessory
        accessory.run()

    @property
    def modes(self) -> set[int]:
        """Those that can be chosen."""
        return set(
            self._accessory.char_target_heat_cool.properties["ValidValues"].values()
        )

    @property
    def lowest(self) -> float:
        """The lowest target that can be shown, in °C."""
        return float(self._accessory.char_target_temp.properties["minValue"])

    def shown(self) -> Shown:
        """Return what the characteristics say."""
        accessory = self._accessory
        return Shown(
            accessory.char_target_heat_cool.value,
            accessory.char_current_heat_cool.value,
            accessory.char_target_temp.value,
            accessory.char_current_temp.value,
        )

    async def choose(
        self, *, mode: int | None = None, target: float | None = None
    ) -> None:
        """Choose a mode, a temperature, or both in one write."""
        accessory = self._accessory
        wanted: dict[Any, float | None] = {
            accessory.char_target_heat_cool: mode,
            accessory.char_target_temp: target,
        }
        written = [
            {"aid": 1, "iid": accessory.iid_manager.get_iid(char), "value": value}
            for char, value in wanted.items()
            if value is not None
        ]
        self._driver.set_characteristics({"characteristics": written}, "app")
        await self._hass.async_block_till_done()


@pytest.fixture
async def driver(hass: HomeAssistant) -> AsyncIterator[HomeDriver]:
    """Return what drives accessories, without a network."""
    ids = AccessoryIIDStorage(hass, "")
    await ids.async_initialize()
    where = "pyhap.accessory_driver"
    with (
        patch(f"{where}.AsyncZeroconf"),
        patch(f"{where}.AccessoryEncoder"),
        patch(f"{where}.HAPServer"),
        patch(f"{where}.AccessoryDriver.publish"),
        patch(f"{where}.AccessoryDriver.persist"),
    ):
        yield HomeDriver(
            hass,
            "",
            "Bridge",
            "Bridge",
            ids,
            pincode=b"123-45-678",
            address="127.0.0.1",
            loop=hass.loop,
        )


@pytest.fixture
def heated(home: Home) -> HeatedHome:
    """Return a home with a heater that is not set up yet."""
    return HeatedHome(home)


@pytest.mark.parametrize("row", TABLE, ids=[row.row for row in TABLE])
async def test_row(
    hass: HomeAssistant,
    heated: HeatedHome,
    driver: HomeDriver,
    row: Row,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await live(heated, row, monkeypatch)
    expected = Shown(
        mode=MODES[row.mode],
        state=HEATING if row.action == "heating" else IDLE,
        target=row.target,
        current=row.room,
    )
    assert App(hass, driver).shown() == expected


async def test_what_is_asked_from_the_phone(
    hass: HomeAssistant, home: Home, heated: HeatedHome, driver: HomeDriver
) -> None:
    home.freezer.move_to("2026-12-15 10:00:00+01:00")
    heated.period("HPJW")
    await heated.furnish()
    await home.run(12)
    app = App(hass, driver)
    assert app.modes == {HEAT, AUTO}
    assert app.lowest <= 7
    assert app.shown() == (AUTO, IDLE, 7.0, 18.0)

    await app.choose(target=21.0)
    await home.run(2)
    assert app.shown() == (AUTO, IDLE, 7.0, 18.0), "a setpoint cancels nothing"
    await app.choose(mode=HEAT)
    await home.run(10)
    assert app.shown() == (HEAT, HEATING, 19.0, 18.0)
    await app.choose(mode=AUTO)
    await home.run(10)
    assert app.shown() == (AUTO, IDLE, 7.0, 18.0)
    await app.choose(mode=HEAT, target=21.0)
    await home.run(10)
    assert app.shown() == (HEAT, HEATING, 19.0, 18.0)
    await app.choose(mode=OFF)
    await home.run(10)
    assert app.shown() == (AUTO, IDLE, 7.0, 18.0), "Off is not enabled: it is Auto"

    await app.choose(mode=HEAT)
    heated.period("HPJR")
    await home.run(10)
    assert app.shown() == (AUTO, IDLE, 7.0, 18.0), "a red peak begins"
    await app.choose(mode=HEAT)
    assert app.shown() == (AUTO, IDLE, 7.0, 18.0), "it is refused, and back to Auto"


async def test_off_where_it_is_enabled(
    hass: HomeAssistant, home: Home, heated: HeatedHome, driver: HomeDriver
) -> None:
    hass.config_entries.async_update_entry(home.entry, options=WITH_OFF)
    await heated.furnish()
    app = App(hass, driver)
    assert app.modes == {OFF, HEAT, AUTO}
    await app.choose(mode=OFF)
    await home.run(10)
    assert app.shown() == (OFF, IDLE, 7.0, 18.0)
    await app.choose(mode=AUTO)
    await home.run(10)
    assert app.shown() == (AUTO, HEATING, 19.0, 18.0)
