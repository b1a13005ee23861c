"""What all entities of loads and of the regulated house have in common."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, override

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from ..const import CONF_METER_ID, DOMAIN
from .coordinator import HomeCoordinator
from .load import HomeLoad

if TYPE_CHECKING:
    from ..data import LinkyPiloteConfigEntry


class HomeEntity(CoordinatorEntity[HomeCoordinator]):
    """Shows a part of the last decision; writes what changed."""

    _attr_has_entity_name = True
    _shown: Any = None
    _written = -inf

    def __init__(
        self, coordinator: HomeCoordinator, description: EntityDescription
    ) -> None:
        """Belong to the meter's device."""
        super().__init__(coordinator)
        self.entity_description = description
        self._paced: bool = getattr(description, "paced", False)
        meter_id = coordinator.config_entry.data[CONF_METER_ID]
        self._attr_unique_id = f"{meter_id}_{description.key}"
        self._attr_device_info = coordinator.meter.device_info

    @property
    @override
    def available(self) -> bool:
        """Whether something has been decided; what lies behind may be missing."""
        return self.coordinator.data is not None

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        elapsed = self.hass.loop.time() - self._written
        if self._paced and elapsed < self.coordinator.meter.write_interval:
            return
        now = (self.available, self._look(), self.extra_state_attributes)
        if now != self._shown:
            self._shown = now
            self._written = self.hass.loop.time()
            self.async_write_ha_state()

    def _look(self) -> Any:
        """Return what is shown as the state."""
        return self.state


class LoadEntity(HomeEntity):
    """Shows a part of what was decided about a load."""

    def __init__(
        self, coordinator: HomeCoordinator, key: str, description: EntityDescription
    ) -> None:
        """Belong to the load's own device."""
        super().__init__(coordinator, description)
        self.key = key
        self._attr_unique_id = f"{key}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, key)},
            name=self.load.name,
            via_device_id=coordinator.meter_device_id,
        )

    @property
    def load(self) -> HomeLoad:
        """The load."""
        return self.coordinator.drivers[self.key].load

    @property
    @override
    def available(self) -> bool:
        """Whether something has been decided about it."""
        return self.coordinator.verdict(self.key) is not None

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        if self.key in self.coordinator.drivers:  # or it is about to be removed
            super()._handle_coordinator_update()


@dataclass(frozen=True, kw_only=True)
class SomeLoadsDescription(EntityDescription):
    """Tells which loads have such an entity."""

    exists_fn: Callable[[HomeLoad], bool] = lambda load: True


@dataclass(frozen=True, kw_only=True)
class LoadDescription(SomeLoadsDescription):
    """How an entity is made of a load."""

    value_fn: Callable[[HomeCoordinator, str], Any]
    attributes_fn: Callable[[HomeCoordinator, str], Mapping[str, Any]] | None = None
    paced: bool = False
    """It changes all the time, and is written as often as the meter's values are."""


@dataclass(frozen=True, kw_only=True)
class HouseDescription(EntityDescription):
    """How an entity is made of the house."""

    value_fn: Callable[[HomeCoordinator], Any]
    attributes_fn: Callable[[HomeCoordinator], Mapping[str, Any]] | None = None
    paced: bool = False


def add_of_loads[D: EntityDescription](
    entry: LinkyPiloteConfigEntry,
    platform: Platform,
    async_add_entities: AddConfigEntryEntitiesCallback,
    *,
    descriptions: Iterable[D],
    make: Callable[[HomeCoordinator, str, D], Entity],
    house: Callable[[HomeCoordinator], Iterable[Entity]] = lambda coordinator: (),
) -> None:
    """Add the entities of the loads, now and when one comes; the house's with the first.

    `exists_fn` of a description tells whether a load has such a thing.
    """
    coordinator = entry.runtime_data.home
    descriptions = tuple(descriptions)
    known: dict[str, HomeLoad] | None = None

    def has(load: HomeLoad | None, description: D) -> bool:
        if load is None or not isinstance(description, SomeLoadsDescription):
            return load is not None
        return description.exists_fn(load)

    @callback
    def compare() -> None:
        nonlocal known
        loads = {key: driver.load for key, driver in coordinator.drivers.items()}
        if loads == known:
            return
        before, known = known, loads
        if before is None or bool(loads) is not bool(before):
            if loads:
                async_add_entities(house(coordinator))
            else:
                _remove_house(coordinator, platform)
        for key, load in loads.items():
            had = None if before is None else before.get(key)
            new = [it for it in descriptions if has(load, it) and not has(had, it)]
            if new:
                entities = [make(coordinator, key, description) for description in new]
                async_add_entities(entities, config_subentry_id=key)
            for description in descriptions:
                if has(had, description) and not has(load, description):
                    _remove(coordinator.hass, platform, f"{key}_{description.key}")

    compare()
    entry.async_on_unload(coordinator.async_add_listener(compare))


def add_with_heaters(
    entry: LinkyPiloteConfigEntry,
    platform: Platform,
    async_add_entities: AddConfigEntryEntitiesCallback,
    *,
    make: Callable[[HomeCoordinator], Iterable[Entity]],
    wanted: Callable[[HomeCoordinator], bool] = lambda coordinator: True,
) -> None:
    """Add what the house has while there is a heater, and take it away with the last.

    It is there while the user wants it.
    """
    coordinator = entry.runtime_data.home
    there: bool | None = None

    @callback
    def compare() -> None:
        nonlocal there
        before, there = there, bool(coordinator.heaters) and wanted(coordinator)
        if there is before:
            return
        entities = make(coordinator)
        if there:
            async_add_entities(entities)
            return
        for entity in entities:
            _remove(coordinator.hass, platform, entity.unique_id or "")

    compare()
    entry.async_on_unload(coordinator.async_add_listener(compare))


def _remove(hass: HomeAssistant, platform: Platform, unique_id: str) -> None:
    registry = er.async_get(hass)
    known = registry.async_get_entity_id(platform, DOMAIN, unique_id)
    if known is not None:
        registry.async_remove(known)


def _remove_house(coordinator: HomeCoordinator, platform: Platform) -> None:
    """Take the house's entities away with the last load."""
    registry = er.async_get(coordinator.hass)
    entry_id = coordinator.config_entry.entry_id
    for entity in er.async_entries_for_config_entry(registry, entry_id):
        ours = entity.unique_id.rpartition("_house_")[1]
        if ours and entity.domain == platform and entity.config_subentry_id is None:
            registry.async_remove(entity.entity_id)
