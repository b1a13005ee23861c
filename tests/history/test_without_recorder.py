"""The actions about the past, where nothing is recorded."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest

from custom_components.linky_pilote.const import DOMAIN

from ..clamps import clamp_entry, say
from ..serial_line import Time
from .test_actions import TOTAL, call


async def test_without_a_recorder(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    with pytest.raises(ServiceValidationError, match="recorder"):
        await call(hass, "compare_contracts", statistic_id=TOTAL)


async def test_a_subscribed_power_is_advised_and_days_are_remembered(
    hass: HomeAssistant, time: Time, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2027-01-12 12:00:00+01:00")
    say(hass, 9000)
    entry = clamp_entry()
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    freezer.move_to("2027-01-13 12:00:00+01:00")
    say(hass, 700)
    await time.advance(1)
    (told,) = (await call(hass, "advise_subscription"))["meters"]
    assert told["name"] == "Linky"
    assert told["subscribed_kva"] == 6
    assert told["verdict"] == "larger"
    assert told["fitting_kva"] == 9
    assert told["days"] == told["winter_days"] == 2
    assert told["deciding_days"][0] == {
        "day": "2027-01-12",
        "highest_va": 9000,
        "from": "estimate",
    }
    assert told["choices"][1] == {"kva": 6, "days_above": 1, "days_cut": 1}
