"""What thermostats show: that of the home, and that of each room."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from .claims import Context, shed_level
from .constants import SATISFIED_BELOW
from .heating import HeatingRule, thermostat
from .model import HouseMode, Level, Reason, Thermostat
from .views import View


def home_thermostat(context: Context, views: Sequence[View]) -> Thermostat | None:
    """Return what the thermostat of the home shows."""
    heaters = [(view, rule) for view in views if (rule := view.rule) is not None]
    if not heaters:
        return None
    off = context.wishes.house is HouseMode.OFF
    commanded = [pair for pair in heaters if pair[0].armed and not off]
    of_them = commanded or heaters
    return thermostat(
        {view.key: _shown(view, rule) for view, rule in of_them},
        context.wishes,
        drawing=any(view.drawn >= SATISFIED_BELOW for view, _ in of_them),
        observed=not commanded,
    )


def room_thermostats(
    context: Context, views: Sequence[View]
) -> Mapping[str, Thermostat]:
    """Return what the thermostat of each heater alone shows."""
    return MappingProxyType(
        {
            view.key: thermostat(
                {view.key: _shown(view, rule)},
                context.wishes.of(view.key),
                drawing=view.drawn >= SATISFIED_BELOW,
                observed=not view.commanded,
            )
            for view in views
            if (rule := view.rule) is not None
        }
    )


def _shown(view: View, rule: HeatingRule) -> HeatingRule:
    """Return a heater's rule as the breaker and the sun have changed it."""
    heating, shed = view.load.heating, view.memory.shed
    assert heating is not None
    if shed is not None:
        return replace(
            rule,
            level=shed_level(view.load),
            target=heating.frost,
            reason=shed,
            blocked_by=shed,
            cancellable=False,
            until=view.until,
        )
    if rule.on_sun and view.on:
        return replace(
            rule,
            level=Level.COMFORT,
            target=heating.comfort,
            reason=Reason.SURPLUS,
            blocked_by=None,
        )
    return rule
