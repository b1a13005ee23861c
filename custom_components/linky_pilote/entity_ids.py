"""How entities that the user picked are kept: a rename changes nothing."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er


def resolve(hass: HomeAssistant, stored: str | None) -> str | None:
    """Return the entity id of what was stored; None for what is gone."""
    if stored is None:
        return None
    return er.async_resolve_entity_id(er.async_get(hass), stored)


def stored_id(hass: HomeAssistant, entity_id: str) -> str:
    """Return what to store of an entity: its id in the registry where it has one."""
    entry = er.async_get(hass).async_get(entity_id)
    return entity_id if entry is None else entry.id
