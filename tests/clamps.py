"""Sensors in the place of a meter."""

from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.linky_pilote.const import DOMAIN

CLAMP = "sensor.clamp_power"
AMPS = "sensor.clamp_current"


def clamp_entry(**entities: Any) -> MockConfigEntry:
    """Return the entry of a home that a clamp measures, as the config flow makes it."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Linky",
        unique_id=f"sensor:{CLAMP}",
        data={
            "meter_id": "idclamp",
            "entities": {"power": [CLAMP], "subscribed_power": 6.0, **entities},
        },
    )


def say(
    hass: HomeAssistant, value: object, unit: str = "W", entity_id: str = CLAMP
) -> None:
    """Let a sensor say something, be it the same as before."""
    hass.states.async_set(entity_id, str(value), {"unit_of_measurement": unit})
