"""A Home Assistant in this process that reads meters, for measuring."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final, cast
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

from custom_components.linky_pilote.const import (
    CONF_METER_ID,
    CONF_SERIAL_PORT,
    CONF_UPDATE_INTERVAL,
    DOMAIN,
)
from custom_components.linky_pilote.data import MeterData
from custom_components.linky_pilote.engine.regulation.wishes import arm

METER_ID: Final = "benchmark"
"""Unique ids of entities are this and their key."""


@asynccontextmanager
async def home(folder: Path) -> AsyncGenerator[HomeAssistant]:
    """Run a Home Assistant without a user, away from the ports of this machine."""
    with (
        patch("homeassistant.components.usb.scan_serial_ports", return_value=[]),
        patch("homeassistant.components.usb.AIOUSBWatcher"),
    ):
        async with async_test_home_assistant(config_dir=str(folder)) as hass:
            # Without it no custom integration is looked for.
            hass.data.pop(DATA_CUSTOM_COMPONENTS)
            try:
                yield hass
            finally:
                await hass.async_stop(force=True)


def meter_entry(
    hass: HomeAssistant, port: str, serial: str, interval: float
) -> ConfigEntry[MeterData]:
    """Add the entry of a meter, as the config flow makes it; it is not set up yet."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Linky",
        unique_id=serial,
        data={CONF_SERIAL_PORT: port, CONF_METER_ID: METER_ID},
        options={CONF_UPDATE_INTERVAL: interval},
    )
    entry.add_to_hass(hass)
    return cast("ConfigEntry[MeterData]", entry)


async def set_up(hass: HomeAssistant, entry: ConfigEntry[MeterData]) -> None:
    """Set a meter up while its line is fed; all its entities exist afterwards."""
    if not await hass.config_entries.async_setup(entry.entry_id):
        raise RuntimeError(f"the meter was not set up: {entry.reason}")
    await hass.async_block_till_done()


def add_load(
    hass: HomeAssistant, entry: ConfigEntry[MeterData], entity_id: str
) -> None:
    """Add a load of 3 kW that is on, as its flow does."""
    hass.states.async_set(entity_id, "on")
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType(
                {"entity": entity_id, "behaviour": "appliance", "power": 3000.0}
            ),
            subentry_type="load",
            title=entity_id,
            unique_id=entity_id,
        ),
    )


def arm_all(hass: HomeAssistant, entry: ConfigEntry[MeterData]) -> None:
    """Let all loads be commanded; a moment after an order the home is as it is now."""
    home = entry.runtime_data.home
    for key in home.drivers:
        home.wish(partial(arm, key))
    before = home.memory.state.copy()

    @callback
    def forget() -> None:
        home.memory.state = before.copy()
        home.memory.changes.clear()

    @callback
    def serve(call: ServiceCall) -> None:
        hass.loop.call_later(0.005, forget)

    hass.services.async_register("switch", "turn_off", serve)
