"""What could not be given back when we left: told, and given back once it is there."""

from typing import Final

from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..entity_ids import resolve
from .actuators.handback import HandBack, beside
from .issues import NOT_GIVEN_BACK, LoadIssues
from .store import HomeMemory

_WAITING: Final[HassKey[dict[str, list[CALLBACK_TYPE]]]] = HassKey(f"{DOMAIN}_left")
"""By the id of an entry: how to wait no more."""


@callback
def async_leave(hass: HomeAssistant, entry_id: str, memory: HomeMemory) -> None:
    """Tell what is not given back yet, and wait for it.

    The entry may be gone; a start of Home Assistant ends the waiting, not what is told.
    """
    for key, change in memory.changes.items():
        if (entity_id := resolve(hass, change.entity)) is None:
            continue
        state = hass.states.get(entity_id)
        LoadIssues(hass, entry_id).show(
            NOT_GIVEN_BACK,
            key,
            shown=True,
            name=entity_id if state is None else state.name,
            had=", ".join(str(value) for value in change.due.values() if value),
        )
        _wait(hass, entry_id, memory, key=key, entity_id=entity_id)


@callback
def async_come_back(hass: HomeAssistant, entry_id: str, memory: HomeMemory) -> None:
    """Wait no more: the entry runs again, and gives back what is there."""
    for unfollow in hass.data.get(_WAITING, {}).pop(entry_id, ()):
        unfollow()
    for key in memory.changes:
        LoadIssues(hass, entry_id).show(NOT_GIVEN_BACK, key, shown=False)


def _wait(
    hass: HomeAssistant, entry_id: str, memory: HomeMemory, *, key: str, entity_id: str
) -> None:
    waits, hand_back = True, HandBack(hass, memory)

    async def changed(event: Event[EventStateChangedData]) -> None:
        nonlocal waits
        if not waits or not hand_back.can(key):
            return
        waits = False  # what its own change shows is not another chance
        await hand_back.give_back(key)
        if key in memory.changes:
            waits = True
            return
        waiting = hass.data.get(_WAITING, {}).get(entry_id, [])
        if unfollow in waiting:
            waiting.remove(unfollow)
            unfollow()
        LoadIssues(hass, entry_id).show(NOT_GIVEN_BACK, key, shown=False)
        await memory.async_save()

    names = beside(hass, memory.changes[key].due).values()
    watched = [entity_id, *(name for name in names if name)]
    unfollow = async_track_state_change_event(hass, watched, changed)
    hass.data.setdefault(_WAITING, {}).setdefault(entry_id, []).append(unfollow)
