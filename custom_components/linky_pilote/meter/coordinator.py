"""Brings the readings of a meter to its entities."""

from typing import TYPE_CHECKING, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from ..const import (
    CONF_METER_ID,
    CONF_UPDATE_INTERVAL,
    DEFAULT_UPDATE_INTERVAL,
    DOMAIN,
    LOGGER,
)
from ..engine.reading import MeterReading
from ..engine.tic import identify
from ..sources.base import Figures, Problem, SourceListener
from .reception import Reception

if TYPE_CHECKING:
    from ..data import LinkyPiloteConfigEntry


def other_meter_issue(entry: LinkyPiloteConfigEntry) -> str:
    """Return the id of the issue that tells of another meter on an entry's line."""
    return f"other_meter_{entry.entry_id}"


class MeterCoordinator(DataUpdateCoordinator[MeterReading | None], SourceListener):
    """Holds the last reading; None until the first one."""

    config_entry: LinkyPiloteConfigEntry

    def __init__(self, hass: HomeAssistant, entry: LinkyPiloteConfigEntry) -> None:
        """Prepare to be told what the source hears."""
        super().__init__(hass, LOGGER, config_entry=entry, name=DOMAIN)
        self.connected = False
        self.reception = Reception()
        self.write_interval: float = DEFAULT_UPDATE_INTERVAL
        self._stranger: str | None = None
        self._was_down = False
        number = entry.unique_id or ""
        identity = identify(number)
        self.device_info = DeviceInfo(
            identifiers={(DOMAIN, entry.data[CONF_METER_ID])},
            manufacturer=identity.maker,
            model=identity.model,
            name=entry.title,
            serial_number=number,
        )
        self.apply_options()

    @callback
    def apply_options(self) -> None:
        """Take over what the user set; the line stays open."""
        self.write_interval = self.config_entry.options.get(
            CONF_UPDATE_INTERVAL, DEFAULT_UPDATE_INTERVAL
        )

    @override
    async def _async_update_data(self) -> MeterReading | None:
        """Return what is known: the meter pushes, it cannot be asked."""
        return self.data

    @callback
    @override
    def reading(self, reading: MeterReading) -> None:
        """Show a reading."""
        if self._stranger is not None:
            self._stranger = None
            LOGGER.info("%s: the right meter answers again", self.config_entry.title)
        if not self.connected:
            ir.async_delete_issue(
                self.hass, DOMAIN, other_meter_issue(self.config_entry)
            )
        self.connected = True
        self.reception.take_reading(reading, dt_util.utcnow())
        self.async_set_updated_data(reading)

    @callback
    @override
    def figures(self, figures: Figures) -> None:
        """Judge the line; the reading that follows shows it."""
        self.reception.take_figures(figures)

    @callback
    @override
    def link_up(self) -> None:
        """Log, once, that the meter is heard again."""
        if self._was_down:
            self._was_down = False
            LOGGER.info("%s: the meter is heard again", self.config_entry.title)

    @callback
    @override
    def link_down(self, problem: Problem, detail: str) -> None:
        """Log, once, that the meter is not heard any more."""
        if self.data is None:
            return  # It was never heard: the set-up of the entry says so
        self._was_down = True
        LOGGER.warning(
            "%s: the meter is not heard any more (%s)",
            self.config_entry.title,
            f"{problem}: {detail}" if detail else problem,
        )
        self._show_unavailable()

    @callback
    @override
    def other_meter(self, serial: str) -> None:
        """Ask the user what to do about another meter on this line."""
        self._stranger = serial
        expected = self.config_entry.unique_id or ""
        LOGGER.warning(
            "%s: another meter answers, its number ends in %s and not in %s",
            self.config_entry.title,
            serial[-4:],
            expected[-4:],
        )
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            other_meter_issue(self.config_entry),
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="other_meter",
            translation_placeholders={
                "name": self.config_entry.title,
                "expected": expected[-4:],
                "found": serial[-4:],
            },
        )
        self._show_unavailable()

    def _show_unavailable(self) -> None:
        self.connected = False
        self.async_update_listeners()
