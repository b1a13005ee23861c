"""What the user is told about loads, and until when."""

from collections.abc import Iterable
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN

_HELP: Final = (
    "https://github.com/linky-pilote/linky_pilote/blob/main/docs/en/loads.md"
    "#when-something-is-wrong"
)
ENTITY_GONE: Final = "load_entity_gone"
NOT_FOLLOWING: Final = "load_not_following"
NOT_GIVEN_BACK: Final = "load_not_given_back"
UNDONE: Final = "load_undone"
SCHEDULE_GONE: Final = "load_schedule_gone"
NOTHING_ARMED: Final = "nothing_armed"
_KINDS: Final = (ENTITY_GONE, NOT_FOLLOWING, SCHEDULE_GONE, UNDONE)


class LoadIssues:
    """The issues of a home's loads."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Begin with nothing told."""
        self._hass = hass
        self._entry_id = entry_id
        self._told: set[str] = set()

    @callback
    def show(self, kind: str, key: str, *, shown: bool, **placeholders: str) -> None:
        """Tell something of a load, or withdraw it."""
        issue_id = f"{kind}_{key}"
        if not shown:
            self._told.discard(issue_id)
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
            return
        if issue_id in self._told:
            return
        self._told.add(issue_id)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            # nobody is left to tell it again, nor to withdraw it after a restart
            is_fixable=kind == NOT_GIVEN_BACK,
            is_persistent=kind == NOT_GIVEN_BACK,
            learn_more_url=_HELP,
            severity=ir.IssueSeverity.WARNING,
            translation_key=kind,
            translation_placeholders=placeholders,
        )

    @callback
    def show_nothing_armed(self, *, shown: bool, name: str) -> None:
        """Say on the eve of a red day that nothing would be shed."""
        self.show(NOTHING_ARMED, self._entry_id, shown=shown, name=name)

    @callback
    def forget(self, key: str) -> None:
        """Withdraw all that was told of a load."""
        for kind in _KINDS:
            self.show(kind, key, shown=False)

    @callback
    def end(self, keys: Iterable[str]) -> None:
        """Withdraw all: nobody watches the loads any more."""
        for key in keys:
            self.forget(key)
        self.show_nothing_armed(shown=False, name="")
