"""An overload sheds by rank and what was shed comes back."""

from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Event, HomeAssistant, callback
import pytest

from .homes import Home


def appliances(home: Home, **watts: int) -> None:
    """Let helpers draw while they are on."""

    def draw() -> None:
        for name, power in watts.items():
            on = home.state(f"input_boolean.{name}") == "on"
            home.hass.states.async_set(
                f"sensor.draws_{name}",
                str(power if on else 0),
                {"unit_of_measurement": "W", "device_class": "power"},
            )

    home.after = draw
    draw()


async def two_heaters(home: Home) -> tuple[str, str]:
    """Return the keys of two appliances that are on."""
    on = {"initial": True}
    await home.add_helpers("input_boolean", first=on, last=on)
    appliances(home, first=2000, last=2000)
    first = home.add_load("input_boolean.first", power_sensor="sensor.draws_first")
    last = home.add_load("input_boolean.last", power_sensor="sensor.draws_last")
    return first, last


async def armed_heaters(home: Home) -> None:
    """Start with two appliances that are on and may be commanded."""
    first, last = await two_heaters(home)
    await home.start()
    home.arm(first, last)
    await home.run(10)
    assert home.calls == []


async def shed_the_last(home: Home) -> None:
    """Shed the last of two appliances, which still has to be."""
    await armed_heaters(home)
    home.base = 3500  # 7.5 kVA of 6
    await home.run(130)
    assert home.calls == [("input_boolean", "turn_off", "input_boolean.last")]


async def test_an_overload_sheds_the_last_and_gives_it_back(
    hass: HomeAssistant, home: Home
) -> None:
    await shed_the_last(home)
    assert home.state("input_boolean.first") == "on"
    assert home.state("sensor.last_state") == "shed"
    home.base = 500
    await home.run(320)
    assert home.calls[1:] == [("input_boolean", "turn_on", "input_boolean.last")]
    assert home.state("sensor.last_state") == "running"


async def test_nothing_is_sent_to_what_is_only_observed(
    hass: HomeAssistant, home: Home
) -> None:
    await two_heaters(home)
    await home.start()
    home.base = 6000
    await home.run(120)
    assert home.calls == []
    assert home.state("switch.last_allow_control") == "off"


async def test_an_order_goes_out_before_others_are_told_of_the_reading(
    hass: HomeAssistant, home: Home
) -> None:
    first, last = await two_heaters(home)
    await home.start()
    home.arm(first, last)
    await home.run(10)
    shown: list[str] = []

    @callback
    def order(event: Event) -> None:
        if event.data["domain"] == "input_boolean":
            shown.append(home.state("sensor.linky_0123_apparent_power"))

    hass.bus.async_listen(EVENT_CALL_SERVICE, order)
    home.base = 16_000
    await home.run(3)
    assert shown[0] == "4500", "the reading before"
    assert home.state("sensor.linky_0123_apparent_power") != "4500"


async def test_an_error_of_the_regulation_leaves_the_meter_alone(
    hass: HomeAssistant,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await two_heaters(home)
    await home.start()
    await home.run(10)

    def fail(*args: object) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr(
        "custom_components.linky_pilote.engine.regulation.Regulator.begin", fail
    )
    home.base = 1000
    await home.run(7)
    assert "The loads could not be regulated" in caplog.text
    assert home.state("sensor.linky_0123_apparent_power") == "5000"
    monkeypatch.undo()
