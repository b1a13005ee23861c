"""Actions on loads, and what they answer."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
import pytest
import voluptuous as vol

from .homes import Home
from .test_shedding import two_heaters


def device(home: Home, key: str) -> str:
    """Return the id of a load's device."""
    found = dr.async_get(home.hass).async_get_device_by_identifier(
        ("linky_pilote", key), home.entry.entry_id
    )
    assert found is not None
    return found.id


async def act(hass: HomeAssistant, name: str, **data: Any) -> Any:
    """Call one of our actions."""
    return await hass.services.async_call(
        "linky_pilote",
        name,
        data,
        blocking=True,
        return_response=name in ("explain", "get_plan"),
    )


async def a_heater(home: Home) -> str:
    """Return the key of a heater, in a red peak."""
    home.hass.states.async_set(
        "select.heater", "comfort", {"options": ["comfort", "frost_protection"]}
    )
    key = home.add_load(
        "select.heater",
        "Heater",
        behaviour="heating",
        orders={"comfort": "comfort", "frost": "frost_protection"},
    )
    home.freezer.move_to("2026-12-15 10:00:00+01:00")
    home.meter = home.meter.with_period("HPJR")
    await home.start()
    await home.run(2)
    return key


async def test_forcing_pausing_and_releasing(hass: HomeAssistant, home: Home) -> None:
    first, last = await two_heaters(home)
    await home.start()
    home.arm(first, last)
    await home.run(2)
    mode = "select.last_mode"
    await act(
        hass, "force_load", device_id=device(home, last), duration={"minutes": 10}
    )
    assert home.state(mode) == "forced"
    await act(
        hass, "pause_load", device_id=[device(home, last)], duration={"minutes": 10}
    )
    assert home.state("sensor.last_state") == "paused"
    assert home.state(mode) == "unknown"
    await act(hass, "release_load", device_id=[device(home, last)])
    assert home.state(mode) == "automatic"
    await act(
        hass, "force_load", device_id=[device(home, last)], duration={"minutes": 2}
    )
    await home.run(130, every=2)
    assert home.state(mode) == "automatic", "it has ended"


@pytest.mark.parametrize(("hours", "shape"), [(1, "%H:%M"), (30, "%d/%m %H:%M")])
async def test_the_end_fits_on_a_tile(
    hass: HomeAssistant, home: Home, hours: int, shape: str
) -> None:
    first, last = await two_heaters(home)
    await home.start()
    home.arm(first, last)
    await home.run(2)
    await act(
        hass, "pause_load", device_id=[device(home, last)], duration={"hours": hours}
    )
    state = hass.states.get("sensor.last_state")
    assert state is not None
    until = dt_util.as_local(state.attributes["until"])
    assert state.attributes["until_clock"] == f"→ {until.strftime(shape)}"


async def test_a_heater_is_refused_in_a_red_peak(
    hass: HomeAssistant, home: Home
) -> None:
    key = await a_heater(home)
    for name, data in (
        ("force_load", {"duration": {"hours": 1}}),
        ("pause_load", {"duration": {"hours": 1}}),
        ("release_load", {}),
    ):
        with pytest.raises(ServiceValidationError) as refused:
            await act(hass, name, device_id=[device(home, key)], **data)
        assert refused.value.translation_key == "refused_red_peak_until"
    with pytest.raises(ServiceValidationError):
        await hass.services.async_call(
            "select",
            "select_option",
            {"entity_id": "select.heater_mode", "option": "forced"},
            blocking=True,
        )
    told = hass.states.get("event.linky_0123_regulation")
    assert told is not None
    assert told.attributes["event_type"] == "refused"
    assert told.attributes["load"] == "Heater"
    assert told.attributes["reason"] == "red_peak"


async def test_a_red_peak_with_nothing_armed_is_told(
    hass: HomeAssistant, home: Home
) -> None:
    key = await a_heater(home)
    issue = f"nothing_armed_{home.entry.entry_id}"
    assert home.issue(issue) is not None
    assert home.state("sensor.linky_0123_appliances_that_would_be_shed") == "1"
    home.arm(key)
    assert home.issue(issue) is None
    assert home.state("sensor.heater_state") == "shed"


async def test_without_a_load_there_is_nothing_to_arm(
    hass: HomeAssistant, home: Home
) -> None:
    key = await a_heater(home)
    issue = f"nothing_armed_{home.entry.entry_id}"
    assert home.issue(issue) is not None
    hass.config_entries.async_remove_subentry(home.entry, key)
    await hass.async_block_till_done()
    await home.run(2)
    assert home.issue(issue) is None


async def test_explain(hass: HomeAssistant, home: Home) -> None:
    _, last = await two_heaters(home)
    await home.start()
    home.arm(last)
    home.base = 3500
    await home.run(140)
    answer = await act(hass, "explain")
    assert [load["name"] for load in answer["loads"]] == ["First", "Last"]
    answer = await act(hass, "explain", device_id=[device(home, last)])
    (load,) = answer["loads"]
    assert load["name"] == "Last"
    assert load["armed"]
    assert load["group"] == 2
    assert load["blocked_by"] == "overload"
    assert load["granted_w"] == 0
    assert load["wanted_w"] == 2000
    assert not load["observed"]


async def test_plan(hass: HomeAssistant, home: Home) -> None:
    await home.add_helpers("input_boolean", boiler={"initial": False})
    home.add_load(
        "input_boolean.boiler",
        "Boiler",
        behaviour="on_off",
        guarantee="energy",
        guarantee_amount=4,
        guarantee_by="07:00:00",
    )
    home.meter = home.meter.with_period("HPJW")
    home.freezer.move_to("2026-12-15 18:00:00+01:00")
    await home.start()
    await home.run(2)
    answer = await act(hass, "get_plan", duration={"hours": 2})
    (plan,) = answer["homes"]
    assert plan["name"] == "Linky 0123"
    assert plan["hours"][0]["peak"] == "white"
    assert plan["hours"][1]["start"] == "2026-12-15T21:00:00+00:00"
    assert plan["best_start"] == "2026-12-15T21:00:00+00:00"
    assert plan["guarantees"] == [
        {"name": "Boiler", "quantity": "energy", "amount": 4000.0, "by": "07:00"}
    ]
    assert (await act(hass, "get_plan"))["homes"][0]["best_start"] is None


async def test_what_is_no_load(hass: HomeAssistant, home: Home) -> None:
    _, last = await two_heaters(home)
    await home.start()
    meter = home.coordinator.meter_device_id
    load = device(home, last)
    for wrong in (meter, "nothing"):
        with pytest.raises(ServiceValidationError) as invalid:
            await act(hass, "release_load", device_id=[wrong])
        assert invalid.value.translation_key == "not_a_load"
    with pytest.raises(vol.Invalid):
        await act(hass, "pause_load", device_id=[load])
    await hass.config_entries.async_unload(home.entry.entry_id)
    with pytest.raises(ServiceValidationError) as invalid:
        await act(hass, "release_load", device_id=[load])
    assert invalid.value.translation_key == "not_running"
