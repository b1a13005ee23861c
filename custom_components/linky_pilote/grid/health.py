"""How many of the grid's sources answer, for the page of the system's health."""

from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant

from ..const import CONF_KIND, DOMAIN

if TYPE_CHECKING:
    from ..data import GridConfigEntry


def sources_answering(hass: HomeAssistant) -> str:
    """Return how many answer, and what is wrong with the others."""
    entries: list[GridConfigEntry] = [
        entry
        for entry in hass.config_entries.async_loaded_entries(DOMAIN)
        if CONF_KIND in entry.data
    ]
    sources = [
        source for entry in entries for source in entry.runtime_data.sources.values()
    ]
    if not sources:
        return ""
    silent = [source for source in sources if source.record.trouble is not None]
    told = "".join(f", {source.source}: {source.record.trouble}" for source in silent)
    return f"{len(sources) - len(silent)}/{len(sources)}{told}"
