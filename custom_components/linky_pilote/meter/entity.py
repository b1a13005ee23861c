"""What all entities of a meter have in common."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, override

from homeassistant.const import Platform
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from ..const import CONF_METER_ID
from ..engine.reading import MeterReading
from .coordinator import MeterCoordinator

if TYPE_CHECKING:
    from ..data import LinkyPiloteConfigEntry

type Value = StateType | datetime


@dataclass(frozen=True, kw_only=True)
class MeterEntityDescription(EntityDescription):
    """How an entity is made of a reading."""

    value_fn: Callable[[MeterReading], Value]
    exists_fn: Callable[[MeterReading], bool] | None = None
    """Whether the meter has such a thing; by default, whether it gives a value."""
    enabled_fn: Callable[[MeterReading], bool] | None = None
    """Whether most people want it, where the reading decides."""
    attributes_fn: Callable[[MeterReading], Mapping[str, Any]] | None = None
    immediate: bool = False
    """Whether a change is written at once, whatever the interval."""
    lasting: bool = False
    """Whether it stays true when the meter is not heard for a while: then it is held
    while another meter answers."""
    told_first: bool = False
    """Whether it is told of a reading before most others, as immediate ones are."""

    def exists(self, reading: MeterReading, coordinator: MeterCoordinator) -> bool:
        """Tell whether the meter that gave this reading has the entity."""
        if self.exists_fn is not None:
            return self.exists_fn(reading)
        return self.value_fn(reading) is not None

    def value(self, reading: MeterReading, coordinator: MeterCoordinator) -> Value:
        """Return what is shown."""
        return self.value_fn(reading)

    def attributes(
        self, reading: MeterReading, coordinator: MeterCoordinator
    ) -> Mapping[str, Any] | None:
        """Return what is shown beside the value."""
        return self.attributes_fn(reading) if self.attributes_fn else None


class _Shown(NamedTuple):
    """What the state machine has of an entity."""

    available: bool
    value: Value
    attributes: Mapping[str, Any] | None


class MeterEntity[DescriptionT: MeterEntityDescription](
    CoordinatorEntity[MeterCoordinator]
):
    """Shows a part of the readings, as often as the user wants to see it."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: MeterCoordinator, description: DescriptionT
    ) -> None:
        """Begin with what the last reading says."""
        first = description.immediate or description.told_first
        super().__init__(coordinator, context=first or None)
        self.entity_description = self._description = description
        meter_id = coordinator.config_entry.data[CONF_METER_ID]
        self._attr_unique_id = f"{meter_id}_{description.key}"
        self._attr_device_info = coordinator.device_info
        reading = coordinator.data
        if description.enabled_fn is not None and reading is not None:
            self._attr_entity_registry_enabled_default = description.enabled_fn(reading)
        self._written = 0.0
        self._shown = self._look()
        self._show(self._shown.value)

    @property
    @override
    def available(self) -> bool:
        """Whether the meter is heard, or the value held."""
        return self._shown.available

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """What else the reading says about the value."""
        return self._shown.attributes

    @override
    async def async_added_to_hass(self) -> None:
        """Catch up with what came since the entity was made."""
        await super().async_added_to_hass()
        self._take(self._look())

    @abstractmethod
    def _show(self, value: Value) -> None:
        """Take a value over into the entity's state."""

    def _look(self) -> _Shown:
        """Return what the last reading says."""
        coordinator, description = self.coordinator, self._description
        reading = coordinator.data
        if reading is None:
            return _Shown(available=False, value=None, attributes=None)
        return _Shown(
            available=coordinator.connected
            or (coordinator.held and description.lasting),
            value=description.value(reading, coordinator),
            attributes=description.attributes(reading, coordinator),
        )

    def _take(self, now: _Shown) -> None:
        self._written = self.hass.loop.time()
        self._shown = now
        self._show(now.value)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write what changed; values that follow too fast wait for a later reading."""
        now = self._look()
        if now == self._shown:
            return
        urgent = self._description.immediate or now.available != self._shown.available
        elapsed = self.hass.loop.time() - self._written
        if urgent or elapsed >= self.coordinator.write_interval:
            self._take(now)
            self.async_write_ha_state()


@callback
def add_what_the_meter_sends[DescriptionT: MeterEntityDescription](
    entry: LinkyPiloteConfigEntry,
    platform: Platform,
    descriptions: Iterable[DescriptionT],
    make: Callable[[MeterCoordinator, DescriptionT], Entity],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the entities that the meter has, now and when it sends more.

    Those that the registry knows come back at once: after a restart the first
    reading may lack what the meter sends only now and then.
    """
    coordinator = entry.runtime_data.coordinator
    registry = er.async_get(coordinator.hass)
    meter_id = entry.data[CONF_METER_ID]
    known = {
        entity.unique_id.removeprefix(f"{meter_id}_")
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id)
        if entity.domain == platform
    }
    waiting = list(descriptions)

    @callback
    def add_new() -> None:
        reading = coordinator.data
        new = [
            description
            for description in waiting
            if description.key in known
            or (reading is not None and description.exists(reading, coordinator))
        ]
        if new:
            waiting[:] = [item for item in waiting if item not in new]
            async_add_entities(make(coordinator, description) for description in new)

    add_new()
    entry.async_on_unload(coordinator.async_add_listener(add_new))
