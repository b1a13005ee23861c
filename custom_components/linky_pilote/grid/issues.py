"""What the user is told about the sources, and until when."""

from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..engine.signals import Trouble
from .sources import RULES, SourceName

if TYPE_CHECKING:
    from ..data import GridConfigEntry

_HELP: Final = (
    "https://github.com/linky-pilote/linky_pilote/blob/main/docs/en/grid.md"
    "#when-something-is-wrong"
)

TEMPO_DISPUTED: Final = "tempo_disputed"
PRICES_OUTDATED: Final = "prices_outdated"

_TOLD: Final = {
    Trouble.NOT_SUBSCRIBED: "not_subscribed",
    Trouble.RETIRED: "service_retired",
}


class GridIssues:
    """The issues of the grid's entry."""

    def __init__(self, hass: HomeAssistant, entry: GridConfigEntry) -> None:
        """Begin with what was told before."""
        self._hass = hass
        self._entry = entry

    @callback
    def tell_source(self, source: SourceName, trouble: Trouble) -> None:
        """Say what only the user can put right; the rest is in the attributes."""
        rule = RULES[source]
        if (key := _TOLD.get(trouble)) is None:
            return
        if key == "not_subscribed" and source is SourceName.ELECTRICITY_MAPS:
            key = "zone_not_in_plan"
        self.tell(source, key, url=rule.help_url or _HELP, service=rule.service)

    @callback
    def end_source(self, source: SourceName) -> None:
        """Note that a source answers."""
        self.end(source)

    @callback
    def tell(
        self, name: str, key: str, *, url: str = _HELP, **placeholders: str
    ) -> None:
        """Say something, under a name that it is withdrawn by."""
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._id(name),
            is_fixable=False,
            learn_more_url=url,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders={"name": self._entry.title, **placeholders},
        )

    @callback
    def end(self, name: str) -> None:
        """Withdraw what was said."""
        ir.async_delete_issue(self._hass, DOMAIN, self._id(name))

    @callback
    def end_all(self) -> None:
        """Withdraw everything: nobody looks any more."""
        for name in (*SourceName, TEMPO_DISPUTED, PRICES_OUTDATED):
            self.end(name)

    def _id(self, name: str) -> str:
        return f"grid_{name}_{self._entry.entry_id}"
