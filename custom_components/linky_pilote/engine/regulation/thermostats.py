"""What thermostats show: that of each room, and that of the home, which sums them up."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from .claims import Context
from .constants import SATISFIED_BELOW
from .heating import HeatingRule, shed_level
from .model import HeatingWish, HouseMode, Level, Reason, Thermostat
from .views import View


def thermostats(
    context: Context, views: Sequence[View]
) -> tuple[Thermostat | None, Mapping[str, Thermostat]]:
    """Return what the home's shows, None without a heater, and those of the rooms."""
    rooms: dict[str, Thermostat] = {}
    commanded: list[Thermostat] = []
    off = context.wishes.house is HouseMode.OFF
    for view in views:
        if (rule := view.rule) is None:
            continue
        rooms[view.key] = room = of_room(
            _shown(view, rule),
            context.wishes.of(view.key),
            drawing=view.drawn >= SATISFIED_BELOW,
            observed=not view.commanded,
        )
        if view.armed and not off:
            commanded.append(room)
    home = None
    if rooms:
        of_them = commanded or rooms.values()
        home = of_home(of_them, context.wishes, observed=not commanded)
    return home, MappingProxyType(rooms)


def of_room(
    rule: HeatingRule, wish: HeatingWish, *, drawing: bool, observed: bool
) -> Thermostat:
    """Return what the thermostat of one heater shows, by what it has."""
    return Thermostat(
        mode=wish.heating,
        heating=drawing,
        target=rule.target,
        shed_by=rule.blocked_by,
        shed_until=rule.until if rule.blocked_by else None,
        reason=rule.reason,
        cancellable=rule.cancellable,
        until=rule.until,
        cancelled=rule.cancelled,
        observed=observed,
    )


def of_home(
    rooms: Collection[Thermostat], wish: HeatingWish, *, observed: bool
) -> Thermostat:
    """Return what the thermostat of several rooms shows.

    It is what most of them have: they have it for the same reason, and of those counts
    the warmest.

    Raises:
        ValueError: there is no room.
    """
    counts = Counter(room.reason for room in rooms)
    main = max(rooms, key=lambda room: (counts[room.reason], room.target))
    sheds = Counter(room.shed_by for room in rooms if room.shed_by is not None)
    shed_by = max(sheds, key=sheds.__getitem__, default=None)
    ends = [room.shed_until for room in rooms if room.shed_by is shed_by]
    return replace(
        main,
        mode=wish.heating,
        heating=any(room.heating for room in rooms),
        shed_by=shed_by,
        shed_until=max((end for end in ends if end is not None), default=None),
        cancellable=any(room.cancellable for room in rooms),
        cancelled=any(room.cancelled for room in rooms),
        observed=observed,
    )


def _shown(view: View, rule: HeatingRule) -> HeatingRule:
    """Return a heater's rule as the breaker and the sun have changed it."""
    heating, shed = view.load.heating, view.memory.shed
    assert heating is not None
    if shed is not None:
        return replace(
            rule,
            level=shed_level(heating),
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
