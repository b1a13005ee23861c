"""How well the meters are heard, for the page of the system's health."""

from itertools import chain
from typing import Any, Final

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .data import meter_entries
from .grid.health import sources_answering

_NOTHING: Final = "–"


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Say where the page finds it."""
    register.async_register_info(_describe)


async def _describe(hass: HomeAssistant) -> dict[str, Any]:
    """Return what concerns all meters, and the grid."""
    entries = meter_entries(hass)
    running = [entry for entry in entries if entry.state is ConfigEntryState.LOADED]
    heard = sum(entry.runtime_data.coordinator.connected for entry in running)
    figures = [entry.runtime_data.source.figures for entry in running]
    accepted = sum(line.accepted for line in figures)
    pieces = accepted + sum(sum(line.rejected.values()) for line in figures)
    unknown = sorted(set(chain.from_iterable(line.unknown for line in figures)))
    return {
        "grid_sources_answering": sources_answering(hass) or _NOTHING,
        "meters_heard": f"{heard}/{len(entries)}",
        "unknown_labels": ", ".join(unknown) or _NOTHING,
        "valid_groups": f"{100 * accepted / pieces:.1f} %" if pieces else _NOTHING,
    }
