"""Surplus goes to a load, and what ran on it is given back off."""

from homeassistant.core import HomeAssistant
import pytest

from ..meters import SERIAL_HC, STANDARD_TEMPO, Meter
from .homes import Home

PRODUCER = Meter(
    mode=STANDARD_TEMPO.mode,
    groups={
        **STANDARD_TEMPO.groups,
        "ADSC": SERIAL_HC,
        "SINSTI": "00000",
        "EAIT": "004321098",
    },
    stamps=STANDARD_TEMPO.stamps,
    speed=9600,
)
PUMP = "input_boolean.pump"


class Roof:
    """A home with panels: the pump draws 1 kW while it is on."""

    def __init__(self, home: Home) -> None:
        """Begin without sun."""
        self.home = home
        self.sun = 0
        self._drawn, self._injected = 15_210_345.0, 4_321_098.0

    def live(self) -> None:
        """Let a second pass."""
        pump = 1000 if self.home.state(PUMP) == "on" else 0
        self.home.hass.states.async_set(
            "sensor.pump", str(pump), {"unit_of_measurement": "W"}
        )
        net = self.home.base + pump - self.sun
        self._drawn += max(net, 0) / 3600
        self._injected += max(-net, 0) / 3600
        self._net = net

    def frame(self) -> bytes:
        """Return what the meter says."""
        return PRODUCER.frame(
            SINSTS=f"{max(self._net, 0):05d}",
            SINSTI=f"{max(-self._net, 0):05d}",
            EAST=f"{int(self._drawn):09d}",
            EAIT=f"{int(self._injected):09d}",
        )


@pytest.fixture
async def roof(
    hass: HomeAssistant, home: Home, monkeypatch: pytest.MonkeyPatch
) -> Roof:
    """Return a home whose pump may run on the sun alone."""
    home.freezer.move_to("2026-06-16 12:00:00+02:00")
    await home.add_helpers("input_boolean", pump={"initial": False})
    roof = Roof(home)
    roof.live()
    home.after = roof.live
    monkeypatch.setattr(home, "frame", roof.frame)
    pump = home.add_load(
        PUMP,
        "Pump",
        behaviour="on_off",
        power=1000.0,
        power_sensor="sensor.pump",
        grid="never",
    )
    await home.start()
    home.arm(pump)
    return roof


async def test_it_runs_on_the_sun_alone(
    hass: HomeAssistant, home: Home, roof: Roof
) -> None:
    await home.run(120)
    assert home.calls == []
    assert home.state("sensor.pump_state") == "waiting"
    roof.sun = 3000
    await home.run(200)
    assert home.calls == [("input_boolean", "turn_on", PUMP)]
    assert home.state("sensor.pump_state") == "running"
    assert float(home.state("sensor.pump_energy_from_the_sun_today")) > 0
    assert float(home.state("sensor.pump_energy_from_the_grid_today")) < 0.001
    roof.sun = 0
    await home.run(400)
    assert home.calls[1:] == [("input_boolean", "turn_off", PUMP)]


@pytest.mark.parametrize(("hour", "share"), [(2, 0.0), (12, 0.5)])
async def test_no_sun_is_counted_by_night(
    hass: HomeAssistant,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    hour: int,
    share: float,
) -> None:
    """A tank without a sensor counts as drawing when it is hot, as told."""
    home.freezer.move_to(f"2026-06-16 {hour:02}:00:00+02:00")
    await home.add_helpers("input_boolean", pump={"initial": True})
    roof = Roof(home)
    monkeypatch.setattr(roof, "sun", 700)  # its meter says 300 W less than it is told
    roof.live()
    home.after = roof.live
    monkeypatch.setattr(home, "frame", roof.frame)
    home.add_load(PUMP, "Pump", behaviour="on_off", power=1000.0)
    await home.start()
    await home.run(60)
    (account,) = home.coordinator.memory.accounts.loads.values()
    assert account.energy == pytest.approx(1000 * 60 / 3600, rel=0.1)
    assert account.sun == pytest.approx(share * account.energy, rel=0.2, abs=0.01)


async def test_a_stop_switches_it_off(
    hass: HomeAssistant, home: Home, roof: Roof
) -> None:
    roof.sun = 3000
    await home.run(200)
    assert home.calls == [("input_boolean", "turn_on", PUMP)]
    await hass.async_stop(force=True)
    assert home.calls[1:] == [("input_boolean", "turn_off", PUMP)]


SUN = "sensor.linky_0123_energy_used_from_the_sun_today"
SHARE = "sensor.linky_0123_self_consumption_today"


def _know_the_panels(home: Home) -> None:
    home.hass.config_entries.async_update_entry(
        home.entry, options={"production": "sensor.panels"}
    )


async def test_what_the_whole_home_used_of_the_sun(
    hass: HomeAssistant, home: Home, roof: Roof
) -> None:
    roof.sun = 3000
    await home.run(200)
    by_loads = float(home.state(SUN))
    assert by_loads == float(home.state("sensor.pump_energy_from_the_sun_today"))
    hass.states.async_set("sensor.panels", "3000", {"unit_of_measurement": "W"})
    _know_the_panels(home)
    await home.run(360)
    used = (float(home.state(SUN)) - by_loads) * 3_600_000 / 360
    injected = -float(home.state("sensor.linky_0123_active_power_estimated"))
    assert used == pytest.approx(3000 - injected, rel=0.05)
    assert float(home.state(SHARE)) == pytest.approx(100 - injected / 30, abs=3)
    # loads and meter may speak a moment apart: no sun is more than there is
    hass.states.async_set("sensor.panels", "100", {"unit_of_measurement": "W"})
    await home.run(10)
    assert int(home.state("sensor.linky_0123_solar_surplus")) == 100


async def test_what_a_meter_does_not_say_is_not_made_up(
    hass: HomeAssistant, home: Home
) -> None:
    """In historical mode 0 VA may be anything that is injected."""
    await home.add_helpers("input_boolean", pump={"initial": False})
    home.add_load(PUMP, "Pump")
    hass.states.async_set("sensor.panels", "3000", {"unit_of_measurement": "W"})
    _know_the_panels(home)
    home.base = 0
    await home.start()
    await home.run(60)
    assert (home.state(SHARE), float(home.state(SUN))) == ("unknown", 0)
