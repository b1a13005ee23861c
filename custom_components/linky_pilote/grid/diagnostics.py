"""What a user can hand in about the grid, without keys."""

from typing import TYPE_CHECKING, Any, Final

from homeassistant.components.diagnostics import async_redact_data

from ..const import (
    CONF_GRID_ID,
    CONF_MAPS_TOKEN,
    CONF_PEAK_CALENDAR,
    CONF_RTE_CLIENT_ID,
    CONF_RTE_CLIENT_SECRET,
)
from .hub import Grid

if TYPE_CHECKING:
    from ..data import GridConfigEntry

_PRIVATE: Final = {
    CONF_GRID_ID,
    CONF_MAPS_TOKEN,
    CONF_PEAK_CALENDAR,
    CONF_RTE_CLIENT_ID,
    CONF_RTE_CLIENT_SECRET,
}


def describe_grid(entry: GridConfigEntry) -> dict[str, Any]:
    """Return the entry, its sources with their last answers, and who said what."""
    grid: Grid | None = getattr(entry, "runtime_data", None)
    return {
        "entry": {
            "data": async_redact_data(dict(entry.data), _PRIVATE),
            "options": async_redact_data(dict(entry.options), _PRIVATE),
            "version": [entry.version, entry.minor_version],
        },
        **(_describe(grid) if grid else {}),
    }


def _describe(grid: Grid) -> dict[str, Any]:
    view = grid.view
    return {
        "sources": {
            name: {
                "asked": source.record.asked and source.record.asked.isoformat(),
                "answered": source.record.answered
                and source.record.answered.isoformat(),
                "due": source.record.due and source.record.due.isoformat(),
                "requests": source.requests,
                "trouble": source.record.trouble,
                "detail": source.record.detail,
                "answer": source.record.body,
            }
            for name, source in grid.sources.items()
        },
        "tempo": [
            {
                "day": verdict.day.isoformat(),
                "color": verdict.color,
                "source": verdict.source,
                "indication": verdict.indication,
                "voices": dict(verdict.voices),
            }
            for verdict in (view.today, view.tomorrow)
        ],
    }
