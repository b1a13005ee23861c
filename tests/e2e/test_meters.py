"""Every kind of meter, added through the form and looked at in Home Assistant."""

import time

import pytest

from custom_components.linky_pilote.engine.reading import Contract
from demo.setup import MeterSetup

from .bench import Bench
from .flows import add_meter
from .household import Added
from .instance import Instance
from .kinds import KINDS, Kind, shows

_LATENESS_S = 15.0
"""A slow frame, the least time between two writes, and a busy machine."""
_AT_ONCE_S = 1.5
"""From the warning in the middle of a frame to the state."""

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.name))


@each_kind
def test_form_says_what_was_found(kind: Kind, household: dict[str, Added]) -> None:
    added = household[kind.name]
    for language, parts in kind.found.items():
        for part in parts:
            assert part in added.texts[language], language
        assert "{" not in added.texts[language]
        assert added.meter.port in added.progress[language]
    assert added.texts["en"] != added.texts["fr"]
    assert added.progress["en"] != added.progress["fr"]
    assert added.entry["title"].endswith(kind.setup.serial[-4:])


@each_kind
async def test_device(kind: Kind, household: dict[str, Added], home: Instance) -> None:
    added = household[kind.name]
    devices = [
        device
        for device in await home.user.ask("config/device_registry/list")
        if added.entry["entry_id"] in device["config_entries"]
    ]
    assert len(devices) == 1
    device = devices[0]
    assert device["name"] == added.entry["title"]
    assert device["manufacturer"] == kind.maker
    assert device["model"] == kind.model
    assert device["serial_number"] == kind.setup.serial


@each_kind
async def test_entities(
    kind: Kind, household: dict[str, Added], home: Instance
) -> None:
    added = household[kind.name]
    missing = kind.entities.keys() - added.entities.keys()
    assert not missing
    foreign = {key for other in KINDS for key in other.entities} - kind.entities.keys()
    assert not foreign & added.entities.keys()
    for key, expected in kind.entities.items():
        entity = added.entities[key]
        assert (entity["disabled_by"] is None) == expected.enabled, key
        if not expected.enabled:
            continue
        assert entity["entity_id"].startswith(f"{expected.platform}."), key
        attributes = home.watch.states[entity["entity_id"]]["attributes"]
        assert attributes.get("device_class") == expected.device_class, key
        assert attributes.get("unit_of_measurement") == expected.unit, key
        assert attributes.get("state_class") == expected.state_class, key


@each_kind
async def test_nothing_is_without_a_value(
    kind: Kind, household: dict[str, Added], home: Instance
) -> None:
    added = household[kind.name]
    empty = {
        entity_id: state
        for entity_id in added.enabled_ids()
        if (state := home.watch.state(entity_id)) in (None, "unknown", "unavailable")
    }
    # The one waits for its announcement, the other for a minute of the line.
    waiting = {"tempo_tomorrow", "link_quality"} & added.entities.keys()
    assert not empty.keys() - {added.entity_id(key) for key in waiting}


@each_kind
async def test_values_follow_the_meter(
    kind: Kind, household: dict[str, Added], home: Instance
) -> None:
    added = household[kind.name]
    started = time.monotonic()
    enabled = {key: e for key, e in kind.entities.items() if e.enabled}

    def wrong() -> dict[str, str | None]:
        frames = added.meter.frames(_LATENESS_S)
        return {
            key: state
            for key, expected in enabled.items()
            if (state := home.watch.state(added.entity_id(key))) is None
            or not any(shows(state, expected.value(frame)) for frame in frames)
        }

    assert not wrong(), {
        key: [enabled[key].value(frame) for frame in added.meter.frames(3)][-3:]
        for key in wrong()
    }
    moving = [added.entity_id(key) for key in kind.moves]

    def moved() -> bool:
        changes = home.watch.since(started, moving)
        return {change.entity_id for change in changes} == set(moving)

    await home.expect(moved, 60, f"new values of {kind.moves}")
    assert not wrong()


async def test_overload_is_shown_at_once(home: Instance, bench: Bench) -> None:
    """The meter warns in the middle of its frame; it does not wait for the interval."""
    setup = MeterSetup(
        seed=11, contract=Contract.BASE, subscribed_kva=3, serial="022061000999"
    )
    # the oven goes on at 19:30:14
    meter = bench.meter("overload", setup, at="2026-12-10T19:29:54")
    entry_id = await add_meter(home, meter.port)
    entities = await home.user.entities(entry_id)
    overload = next(
        entity["entity_id"]
        for entity in entities
        if entity["translation_key"] == "overload"
    )
    assert home.watch.state(overload) == "off"
    await home.expect(lambda: home.watch.state(overload) == "on", 30, "the overload")
    shown = home.watch.since(0, (overload,))[-1].time
    warned = next(group.time for group in meter.said if group.label == "ADPS")
    assert 0 < shown - warned < _AT_ONCE_S
    await home.user.delete(f"/api/config/config_entries/entry/{entry_id}")
