"""What one Home Assistant calls otherwise than another that we support."""

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, override

from homeassistant.components.climate import ClimateEntity

_NATIVE: Final = hasattr(ClimateEntity, "native_target_temperature")
"""From 2026.11 on; it warns of the names before that."""


class NativeClimateEntity(ClimateEntity):
    """A climate entity by the names of 2026.11: what is native is in its own unit."""

    if TYPE_CHECKING or not _NATIVE:

        @property
        @abstractmethod
        def native_temperature_unit(self) -> str:
            """The unit of all its temperatures."""

        @property
        @abstractmethod
        def native_current_temperature(self) -> float | None:
            """The temperature that is measured."""

        @property
        @abstractmethod
        def native_target_temperature(self) -> float | None:
            """The temperature to be reached."""

    if not _NATIVE:

        @property
        @override
        def temperature_unit(self) -> str:
            """The unit, by its older name."""
            return self.native_temperature_unit

        @property
        @override
        def current_temperature(self) -> float | None:
            """The temperature that is measured, by its older name."""
            return self.native_current_temperature

        @property
        @override
        def target_temperature(self) -> float | None:
            """The temperature to be reached, by its older name."""
            return self.native_target_temperature
