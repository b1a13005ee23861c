"""What the user is told about a meter's line, and until when."""

import asyncio
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..engine.reading import TicMode
from ..flows.ports import async_port_user
from ..place import Place
from ..sources.base import Problem

if TYPE_CHECKING:
    from ..data import LinkyPiloteConfigEntry

CONF_ENTRY_ID: Final = "entry_id"

_HELP: Final = (
    "https://github.com/linky-pilote/linky_pilote/blob/main/docs/en/meter.md"
    "#when-something-is-wrong"
)
_OTHER_METER: Final = "other_meter"
_OUTAGE: Final = "outage"
_MODE: Final = "mode"
_CUTOFF_POWER: Final = "cutoff_power"

_OUTAGES: Final = {
    Problem.BROKER_LOST: "broker_lost",
    Problem.MQTT_MISSING: "mqtt_missing",
    Problem.NOISE_ONLY: "line_noisy",
    Problem.NOT_A_METER: "not_a_meter",
    Problem.PORT_BUSY: "port_busy_unknown",
    Problem.SENSORS_SILENT: "sensors_silent",
    Problem.SENSORS_UNAVAILABLE: "sensors_unavailable",
    Problem.SILENT_LINE: "line_silent",
    Problem.SILENT_TOPIC: "topic_silent",
}
"""Translation keys; whatever else keeps a line closed, its port or bridge is gone."""


class MeterIssues:
    """The issues of one meter."""

    def __init__(self, hass: HomeAssistant, entry: LinkyPiloteConfigEntry) -> None:
        """Begin with what was told before."""
        self._hass = hass
        self._entry = entry
        self._search: asyncio.Task[None] | None = None

    @callback
    def tell_other_meter(self, found: str) -> None:
        """Ask whether another meter has taken the place of the old one."""
        expected = self._entry.unique_id or ""
        self._tell(
            _OTHER_METER,
            _OTHER_METER,
            is_fixable=True,
            expected=expected[-4:],
            found=found[-4:],
        )

    @callback
    def end_other_meter(self) -> None:
        """Note that the right meter is heard."""
        self._end(_OTHER_METER)

    @callback
    def tell_outage(self, problem: Problem) -> None:
        """Say why the meter has not been heard for long, then who is in the way."""
        self._end_search()
        place = Place.of(self._entry.data)
        gone = "port_gone" if place.bridge is None else "bridge_gone"
        key = _OUTAGES.get(problem, gone)
        self._tell(_OUTAGE, key, is_fixable=False, port=place.name)
        if problem is Problem.PORT_BUSY:
            self._search = self._entry.async_create_background_task(
                self._hass,
                self._name_user(place.where),
                f"{DOMAIN} looks who uses {place.where}",
            )

    @callback
    def end_outage(self) -> None:
        """Note that something is heard."""
        self._end_search()
        self._end(_OUTAGE)

    @callback
    def tell_mode(self, mode: TicMode) -> None:
        """Say that the meter has changed its mode, until the user has read it."""
        self._tell(_MODE, f"mode_{mode}", is_fixable=True, is_persistent=True)

    @callback
    def tell_cutoff_power(self, before: int, now: int) -> None:
        """Say that the breaker acts above another power, in VA, until it was read."""
        self._tell(
            _CUTOFF_POWER,
            _CUTOFF_POWER,
            is_fixable=True,
            is_persistent=True,
            before=f"{before / 1000:g}",
            now=f"{now / 1000:g}",
        )

    @callback
    def end(self, *, forget: bool) -> None:
        """Withdraw what may not be true any more; all of it with the entry."""
        self.end_other_meter()
        self.end_outage()
        if forget:
            self._end(_MODE)
            self._end(_CUTOFF_POWER)

    async def _name_user(self, port: str) -> None:
        if user := await async_port_user(self._hass, port):
            self._tell(_OUTAGE, "port_busy", is_fixable=False, port=port, user=user)

    def _end_search(self) -> None:
        if self._search is not None:
            self._search.cancel()
            self._search = None

    def _tell(
        self,
        kind: str,
        key: str,
        *,
        is_fixable: bool,
        is_persistent: bool = False,
        **placeholders: str,
    ) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._id(kind),
            data={CONF_ENTRY_ID: self._entry.entry_id},
            is_fixable=is_fixable,
            is_persistent=is_persistent,
            learn_more_url=_HELP,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders={"name": self._entry.title, **placeholders},
        )

    def _end(self, kind: str) -> None:
        ir.async_delete_issue(self._hass, DOMAIN, self._id(kind))

    def _id(self, kind: str) -> str:
        return f"{kind}_{self._entry.entry_id}"
