"""What all entities of the virtual house have in common."""

from typing import override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity

from demo.plant import Device

from .const import CONTROL_PANEL, DOMAIN
from .home import VirtualHome


class VirtualEntity(Entity):
    """A part of an appliance, or of the control panel.

    Its id does not depend on the language: `<domain>.virtual_<appliance>[_<part>]`.
    """

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self, home: VirtualHome, domain: str, name: str, part: str = ""
    ) -> None:
        """`name` is the appliance's; without a part the entity is the appliance."""
        self.home = home
        full = "_".join(filter(None, (name if name != CONTROL_PANEL else "", part)))
        self.entity_id = f"{domain}.virtual_{full}"
        self._attr_unique_id = f"{domain}_{full}"
        if part:
            self._attr_translation_key = part
        else:
            self._attr_name = None
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, name)},
            translation_key=name,
            manufacturer="Linky Pilote",
            model_id="simulated",
        )

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the house."""
        await super().async_added_to_hass()
        self.async_on_remove(self.home.listen(self.house_changed))

    @callback
    def house_changed(self) -> None:
        """Show what is true now."""
        self.async_write_ha_state()


class ApplianceEntity[D: Device](VirtualEntity):
    """An entity that commands one appliance, or shows a part of it."""

    def __init__(
        self, home: VirtualHome, domain: str, device: D, part: str = ""
    ) -> None:
        """Follow that appliance."""
        super().__init__(home, domain, device.key, part)
        self.device = device

    @property
    @override
    def available(self) -> bool:
        """It answers."""
        return self.device.available


class PanelEntity(VirtualEntity):
    """A control of the world around the house."""

    def __init__(self, home: VirtualHome, domain: str, part: str) -> None:
        """Show that control."""
        super().__init__(home, domain, CONTROL_PANEL, part)
