"""The perfect control of a scenario: nobody saves more with the same loads."""

from array import array
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from custom_components.linky_pilote.engine.regulation.model import (
    Order,
    Reading,
    Signals,
    Status,
    Verdict,
    Wishes,
)
from demo.plant import Car, Socket, Tank

from .outcome import Outcome
from .run import Scenario, run
from .site import Site

type _Driven = Car | Socket | Tank
_NO_VERDICTS: Final[Mapping[str, Verdict]] = MappingProxyType({})


class _Idle:
    """A controller that commands nothing."""

    wishes = Wishes()
    verdicts = _NO_VERDICTS

    def decide(
        self,
        now: float,
        reading: Reading | None,
        statuses: Mapping[str, Status],
        signals: Signals,
    ) -> tuple[Order, ...]:
        return ()


def bound(scenario: Scenario) -> Outcome:
    """Return what following the sun to the watt, each second, would give.

    The loads that take surplus get nothing from the grid; what their stores lack at the
    end is in the outcome's `completed_import`, as it is for every controller. Heaters
    and machines are left as the site starts them.
    """
    nets = array("f")

    def starve(site: Site) -> None:
        if site.battery is not None:
            site.battery.enabled = False
        for device in _driven(site, scenario):
            device.drive = 0.0
        site.each_second.append(lambda _second: nets.append(site.net))

    def feed(site: Site) -> None:
        highest = {
            load.key: load.thermal.surplus for load in scenario.loads if load.thermal
        }
        devices = _driven(site, scenario)
        for device in devices:
            if isinstance(device, Tank):
                device.highest = highest.get(device.key, device.highest)
        # the first of them is from before the start
        site.each_second.append(lambda second: _share(-nets[second + 1], devices))

    run(_with(scenario, starve, more=1), _Idle())
    return run(_with(scenario, feed), _Idle())


def _with(
    scenario: Scenario, change: Callable[[Site], None], more: int = 0
) -> Scenario:
    def make_site(seed: int) -> Site:
        site = scenario.make_site(seed)
        change(site)
        return site

    return replace(scenario, make_site=make_site, seconds=scenario.seconds + more)


def _driven(site: Site, scenario: Scenario) -> list[_Driven]:
    """Return the loads that take surplus, the first served first."""
    loads = {load.key: load for load in scenario.loads}
    found = []
    for key in (key for group in scenario.settings.ranks for key in group):
        load, device = loads[key], site.devices[key]
        held = load.heating or load.never_cut or load.forbid_only
        if load.surplus and not held and isinstance(device, Car | Socket | Tank):
            found.append(device)
    return found


def _share(surplus: float, devices: list[_Driven]) -> None:
    for device in devices:
        drive = max(0.0, surplus) if device.wants else 0.0
        device.drive = drive
        surplus -= min(drive, device.rated)
