"""How well the meters are heard, for the page of the system's health."""

from itertools import chain
from typing import Any, Final

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .data import LinkyPiloteConfigEntry

_NOTHING: Final = "–"


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Say where the page finds it."""
    register.async_register_info(_describe)


async def _describe(hass: HomeAssistant) -> dict[str, Any]:
    """Return what concerns all meters."""
    entries = hass.config_entries.async_entries(
        DOMAIN, include_ignore=False, include_disabled=False
    )
    running: list[LinkyPiloteConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    heard = sum(entry.runtime_data.coordinator.connected for entry in running)
    figures = [entry.runtime_data.source.figures for entry in running]
    accepted = sum(line.accepted for line in figures)
    pieces = accepted + sum(sum(line.rejected.values()) for line in figures)
    unknown = sorted(set(chain.from_iterable(line.unknown for line in figures)))
    return {
        "meters_heard": f"{heard}/{len(entries)}",
        "unknown_labels": ", ".join(unknown) or _NOTHING,
        "valid_groups": f"{100 * accepted / pieces:.1f} %" if pieces else _NOTHING,
    }
