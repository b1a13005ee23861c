"""Events: what happened to the loads."""

from collections.abc import Iterable
from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..data import LinkyPiloteConfigEntry
from .coordinator import HomeCoordinator
from .entity import HomeEntity, add_of_loads
from .occurrences import KINDS
from .verdicts import moment

REGULATION: Final = EventEntityDescription(
    key="house_regulation", translation_key="house_regulation", event_types=list(KINDS)
)


class RegulationEvent(HomeEntity, EventEntity):
    """Shed, restored, refused, not following: of which load, and why."""

    def __init__(
        self, coordinator: HomeCoordinator, description: EventEntityDescription
    ) -> None:
        """Tell what happens from now on."""
        super().__init__(coordinator, description)
        self._told = coordinator.occurrences.count

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        occurrences = self.coordinator.occurrences
        for occurrence in occurrences.since(self._told):
            driver = self.coordinator.drivers.get(occurrence.key or "")
            self._trigger_event(
                occurrence.kind,
                {
                    "load": driver.load.name if driver else None,
                    "reason": occurrence.reason,
                    "until": moment(occurrence.until),
                },
            )
            self.async_write_ha_state()
        self._told = occurrences.count


def _house(coordinator: HomeCoordinator) -> Iterable[RegulationEvent]:
    return [RegulationEvent(coordinator, REGULATION)]


async def async_setup_home(
    hass: HomeAssistant,
    entry: LinkyPiloteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event entity of the house."""
    descriptions: tuple[EventEntityDescription, ...] = ()
    add_of_loads(
        entry,
        Platform.EVENT,
        async_add_entities,
        descriptions=descriptions,
        make=lambda coordinator, key, description: RegulationEvent(
            coordinator, description
        ),
        house=_house,
    )
