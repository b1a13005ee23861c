"""What the regulation remembers from one decision to the next, and over a restart."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from enum import Enum
from math import inf
from typing import Any, Final, Self

from .frequency import Help, Step
from .hours import Hours
from .model import (
    HeatingMode,
    HeatingWish,
    HouseMode,
    Level,
    LoadMode,
    LoadWish,
    Reason,
    Setting,
    Wishes,
)

_MOMENTS: Final = ("_at", "since", "ended", "_until", "_time", "next_start")
"""How the names of moments end."""

VERSION: Final = 1
"""Of what is saved."""


@dataclass(kw_only=True)
class LoadMemory:
    """What is remembered of a load; moments in s since 1970."""

    ordered: Setting | None = None
    """What it was told last."""
    reason: Reason = Reason.SWITCHED_OFF
    """Why."""
    ordered_at: float = -inf
    settles_at: float = -inf
    """When the order is to be seen at the meter."""
    expected: float = 0.0
    """W that the order changes at the meter."""
    net_then: float | None = None
    """W that the meter said before the order."""
    drawn_then: float = 0.0
    """W that the load drew before the order."""
    protective: bool = False
    """The order was given to protect the breaker."""
    tries: int = 0
    """How often it was told in vain."""
    lies: int = 0
    """How often its own sensor was wrong about an order that the meter showed."""
    on_since: float | None = None
    off_since: float = -inf
    starts: int = 0
    """Of the day."""
    changes: float = 0.0
    """Commands of the last hour, fading."""
    changes_today: int = 0
    """Of the day, as the starts."""
    learnt: float | None = None
    """W at full power."""
    steps: tuple[float, ...] = ()
    """The same by each of the last orders that the meter showed."""
    power_then: float | None = None
    """W that its own sensor told when the meter's word began."""
    satisfied_since: float | None = None
    shed: Reason | None = None
    """It has less than it wants, for the breaker's sake."""
    shed_at: float = -inf
    failures: int = 0
    """How often it came back in vain."""
    returned_at: float = -inf
    fits_since: float | None = None
    """Since when there has been room for more."""
    room_since: float | None = None
    """Since when what is drawn has left room for it while it was shed."""
    short_since: float | None = None
    """Since when it has had less surplus than it takes."""
    short_energy: float = 0.0
    """Ws that it drew from the grid meanwhile."""
    drift: float = 0.0
    """Ws given away (positive) or drawn since a modulated load was right."""
    drift_since: float = -inf
    phases_at: float = -inf
    """When a charger's number of phases changed."""
    hand_until: float = -inf
    fault_until: float = -inf
    for_grid: bool = False
    """It is off, or was until now, for the frequency's sake."""
    energy: float = 0.0
    """Wh since the last deadline of its guarantee."""
    seconds: float = 0.0
    """s that it ran since then."""
    deadline: float = -inf
    """The next one."""
    pressing: float = -inf
    """The one that it runs for and does not wait any more."""
    coldest: float = 0.0
    """K below its target that a room was since it was warm."""
    reached: float = -inf
    """°C of the highest target that a store of heat has reached and not left."""
    hot_for: float = 0.0
    """s that a tank has been hot enough to be disinfected."""
    disinfected_at: float | None = None
    """None: not since it is managed."""

    @property
    def power(self) -> float:
        """W that it may draw by its last order."""
        return 0.0 if self.ordered is None else self.ordered.power

    def copy(self) -> Self:
        """Return one that may be changed without changing this one."""
        return _twin(self)


@dataclass(kw_only=True)
class State:
    """All that one decision leaves to the next."""

    wishes: Wishes = field(default_factory=Wishes)
    loads: dict[str, LoadMemory] = field(default_factory=dict)
    now: float = -inf
    resumed_at: float = -inf
    """When decisions began again after a pause: a start."""
    day: int = 0
    """Ordinal of the day in Paris, for what is counted by day."""
    reading_time: float = -inf
    period: float = 0.0
    """s between two readings, learnt; 0: not known."""
    apparent: tuple[float, ...] = ()
    squares: tuple[float, ...] = ()
    """The filter by phase, VA²."""
    highest: tuple[float, ...] = ()
    """Highest square root of it today, VA."""
    peak_seen: tuple[float, ...] = ()
    """The meter's own highest, as it last said."""
    slow_since: float | None = None
    """Since when it has been a little too much."""
    over_since: float | None = None
    """Since when it has been more than the guard."""
    base: tuple[float, ...] = ()
    """VA by phase that nobody manages; negative while the home injects."""
    base_squares: tuple[float, ...] = ()
    """What the filter would be with that alone, VA²."""
    base_power: float = 0.0
    """W of the same."""
    base_mean: float = 0.0
    lending: bool = False
    """Warm rooms wait for what others are owed."""
    sun_mean: float = 0.0
    """W of surplus without any load, over half an hour."""
    rise: tuple[float, ...] = ()
    """Highest rise of it between two readings, fading within hours, VA."""
    calm_for: tuple[float, ...] = ()
    """s since it last rose because somebody had switched something on, by phase."""
    busy_for: tuple[float, ...] = ()
    """s for which that has gone on, or went on."""
    base_high: float = 0.0
    """Highest of it, fading, VA: what is to be left to it without a meter."""
    promised: float = 0.0
    """W that the last sheddings should have brought, until the meter tells."""
    shed_from: tuple[float, ...] = ()
    """VA by phase before them."""
    shed_settles_at: float = -inf
    futile: int = 0
    """Sheddings in a row that did not help."""
    contradictions: int = 0
    """Orders in a row that the meter contradicted."""
    said: tuple[float, ...] = ()
    """What the meter last said, believed or not: W, and VA by phase."""
    said_since: float = -inf
    """Since when it has said exactly that."""
    suspect_until: float = -inf
    cutoff: float | None = None
    """VA by phase, as the meter last said it."""
    next_start: float = -inf
    """When another load may be switched on."""
    help: Help = field(default_factory=Help)
    hours: Hours | None = None
    """Those of the last decision; a restart does without."""

    def copy(self) -> Self:
        """Return one that may be changed without changing this one."""
        new = _twin(self)
        new.loads = {key: memory.copy() for key, memory in self.loads.items()}
        return new

    def moved(self, seconds: float) -> None:
        """Follow a clock that was set back: moments stay as long ago as they were."""
        self.help = replace(self.help, **_moved(self.help, seconds))
        owners: list[State | LoadMemory] = [self, *self.loads.values()]
        for owner in owners:
            for name, moment in _moved(owner, seconds).items():
                setattr(owner, name, moment)

    def with_wishes(self, wishes: Wishes) -> Self:
        """Return it with what persons choose now."""
        return replace(self, wishes=wishes)

    def without(self, key: str) -> Self:
        """Return it without a load that is not managed any more."""
        state = self.copy()
        state.loads.pop(key, None)
        wishes = state.wishes
        state.wishes = replace(
            wishes,
            armed=wishes.armed - {key},
            loads=_all_but(key, wishes.loads),
            rooms=_all_but(key, wishes.rooms),
        )
        return state

    def released(self, key: str) -> Self:
        """Return it with a load that others command from now on: nothing was told."""
        state = self.copy()
        memory = state.loads.get(key)
        if memory is not None:
            memory.ordered, memory.shed, memory.net_then = None, None, None
            memory.tries = 0
        rooms = _all_but(key, state.wishes.rooms)
        state.wishes = replace(state.wishes, rooms=rooms)
        return state

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {"version": VERSION, **_plain(asdict(replace(self, hours=None)))}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Self:
        """Return what was saved; what is missing or unknown is as in a new state.

        Raises ValueError for what a newer version has saved.
        """
        if saved.get("version") != VERSION:
            raise ValueError(f"state of version {saved.get('version')}")
        return cls(**_known(cls, saved, _STATE_TYPES))


def _twin[T](one: T) -> T:
    """Return a copy, ten times as fast as `copy` does: there is one at each reading."""
    new: T = object.__new__(type(one))
    new.__dict__ |= one.__dict__
    return new


def _moved(owner: State | LoadMemory | Help, seconds: float) -> dict[str, Any]:
    """Return the moments of one that remembers, later by some s."""
    moments = {
        item.name: getattr(owner, item.name)
        for item in fields(owner)
        if item.name.endswith(_MOMENTS)
    }
    return {
        name: moment + seconds for name, moment in moments.items() if moment is not None
    }


def _all_but[T](key: str, items: Mapping[str, T]) -> dict[str, T]:
    return {other: item for other, item in items.items() if other != key}


def _plain(value: Any) -> Any:
    """Return a value with infinities and enumerations as JSON has them."""
    match value:
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case frozenset():
            return sorted(value)
        case list() | tuple():
            return [_plain(item) for item in value]
        case Enum():
            return value.value
        case float() if value in (inf, -inf):
            return str(value)
    return value


def _number(value: Any) -> Any:
    return float(value) if value in ("inf", "-inf") else value


def _numbers(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(map(_number, values))


def _known(
    cls: type, saved: Mapping[str, Any], types: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the fields of a class of which what was saved can be read."""
    known = {}
    for name in {item.name for item in fields(cls)} & saved.keys():
        with suppress(*_UNREADABLE):
            known[name] = types.get(name, _number)(saved[name])
    return known


def _reads[T](cls: type[T], **types: Any) -> Callable[[Mapping[str, Any]], T]:
    """Return what reads one that was saved, with what reads some of its fields."""
    return lambda saved: cls(**_known(cls, saved, types))


def _each[T](read: Callable[[Any], T]) -> Callable[[Mapping[str, Any]], dict[str, T]]:
    """Return what reads some by key, without those that cannot be read."""

    def read_all(saved: Mapping[str, Any]) -> dict[str, T]:
        found = {}
        for key, item in saved.items():
            with suppress(*_UNREADABLE):
                found[key] = read(item)
        return found

    return read_all


def _setting(saved: Mapping[str, Any] | None) -> Setting | None:
    """Return an order as it was: half of one is another."""
    if saved is None:
        return None
    level = saved.get("level")
    return Setting(**{**saved, "level": level and Level(level)})


_UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError)
"""What is raised by what another version has saved."""
_HEATING_TYPES: Final[dict[str, Any]] = {"heating": HeatingMode, "preset": Level}
_STATE_TYPES: Final[dict[str, Any]] = {
    "wishes": _reads(
        Wishes,
        house=HouseMode,
        house_before=HouseMode,
        rooms=_each(_reads(HeatingWish, **_HEATING_TYPES)),
        loads=_each(_reads(LoadWish, mode=LoadMode)),
        armed=frozenset,
        **_HEATING_TYPES,
    ),
    "loads": _each(
        _reads(
            LoadMemory,
            ordered=_setting,
            reason=Reason,
            shed=lambda reason: reason and Reason(reason),
            steps=_numbers,
        )
    ),
    "help": _reads(Help, step=Step, beyond=Step),
    **dict.fromkeys(
        (
            "apparent",
            "squares",
            "highest",
            "peak_seen",
            "base",
            "base_squares",
            "rise",
            "calm_for",
            "busy_for",
            "said",
            "shed_from",
        ),
        _numbers,
    ),
}
