"""Appliances on a relay, and what can be switched in the world around them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from demo.plant import Car, Device, HomeBattery
from demo.plant.device import OFF
from demo.plant.machine import ON

from .entity import ApplianceEntity, PanelEntity
from .home import DATA_HOME, VirtualHome

RELAYS = (
    "heater_kitchen",
    "water_heater",
    "oven",
    "washing_machine",
    "dishwasher",
    "pool_pump",
)


@dataclass(frozen=True, kw_only=True)
class _Control(SwitchEntityDescription):
    """A switch of the control panel."""

    is_on: Callable[[VirtualHome], bool]
    turn: Callable[[VirtualHome, bool], None]


def _plug(home: VirtualHome, unplugged: bool) -> None:
    if unplugged:
        home.line.unplug()
    else:
        home.line.plug()


def _cut(home: VirtualHome, cut: bool) -> None:
    home.meter.mains = not cut


def _strain(home: VirtualHome, strained: bool) -> None:
    home.house.strained = strained


_CONTROLS = (
    _Control(key="power_cut", is_on=lambda home: not home.meter.mains, turn=_cut),
    _Control(
        key="meter_unplugged", is_on=lambda home: not home.line.plugged, turn=_plug
    ),
    _Control(key="grid_strained", is_on=lambda home: home.house.strained, turn=_strain),
)


async def async_setup_entry(
    hass: HomeAssistant,
    _entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the relays and the controls."""
    home = hass.data[DATA_HOME]
    devices = home.house.devices
    charger, battery = devices["charger"], devices["battery"]
    assert isinstance(charger, Car)
    assert isinstance(battery, HomeBattery)
    async_add_entities(
        [
            *(_Relay(home, "switch", devices[name]) for name in RELAYS),
            _Charger(home, "switch", charger),
            _Battery(home, "switch", battery),
            *(_ControlSwitch(home, control) for control in _CONTROLS),
        ]
    )


class _Relay(ApplianceEntity[Device], SwitchEntity):
    """Something that is on or off."""

    @property
    @override
    def is_on(self) -> bool:
        return self.device.is_on

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self.home.command(self.device, ON)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self.home.command(self.device, OFF)


class _Charger(ApplianceEntity[Car], SwitchEntity):
    """A charger, which keeps its amperes while it is off."""

    @property
    @override
    def is_on(self) -> bool:
        return self.device.is_on

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self.home.charge(self.device, on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self.home.charge(self.device, on=False)


class _Battery(ApplianceEntity[HomeBattery], SwitchEntity):
    """A battery that keeps the grid at zero, or rests."""

    @property
    @override
    def is_on(self) -> bool:
        return self.device.enabled

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self.device.enabled = True
        self.home.changed()

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self.device.enabled = False
        self.home.changed()


class _ControlSwitch(PanelEntity, SwitchEntity):
    """A switch of the control panel."""

    entity_description: _Control

    def __init__(self, home: VirtualHome, control: _Control) -> None:
        super().__init__(home, "switch", control.key)
        self.entity_description = control

    @property
    @override
    def is_on(self) -> bool:
        return self.entity_description.is_on(self.home)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self.entity_description.turn(self.home, True)
        self.home.changed()

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self.entity_description.turn(self.home, False)
        self.home.changed()
