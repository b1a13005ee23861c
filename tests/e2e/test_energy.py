"""The Energy dashboard takes every index of every meter, and a power in W of each."""

from typing import Any

from .household import Added
from .instance import Instance, until
from .sums import MADE_S

_BEFORE_STATISTICS = {"statistics_not_defined"}
_NOT_ENERGY = ("index_reactive_",)


def _index_ids(household: dict[str, Added]) -> dict[str, list[str]]:
    """Return the ids of all energy indexes, by the name of their meter."""
    return {
        name: [
            entity["entity_id"]
            for key, entity in added.entities.items()
            if key.startswith("index_") and not key.startswith(_NOT_ENERGY)
        ]
        for name, added in household.items()
    }


async def test_rare_indexes_are_enabled(
    household: dict[str, Added], home: Instance
) -> None:
    """In the registry; Home Assistant adds them some time later by itself."""
    enabled = 0
    for added in household.values():
        for key, entity in added.entities.items():
            if key.startswith("index_") and entity["disabled_by"] is not None:
                assert entity["disabled_by"] == "integration"
                await home.user.ask(
                    "config/entity_registry/update",
                    entity_id=entity["entity_id"],
                    disabled_by=None,
                )
                enabled += 1
    assert enabled >= 8, "the distributor's indexes of two meters"


async def test_every_index_has_a_sum(
    household: dict[str, Added], home: Instance
) -> None:
    ids = [entity_id for part in _index_ids(household).values() for entity_id in part]
    await home.expect(
        lambda: all(
            home.watch.state(entity_id) not in (None, "unknown", "unavailable")
            for entity_id in ids
        ),
        60,
        "values of all indexes",
    )
    metadata = {
        item["statistic_id"]: item
        for item in await home.user.ask(
            "recorder/list_statistic_ids", statistic_type="sum"
        )
    }
    for entity_id in ids:
        item = metadata[entity_id]
        assert item["has_sum"]
        assert item["unit_class"] == "energy"
        assert item["statistics_unit_of_measurement"] == "kWh"


async def test_energy_dashboard_has_no_complaint(
    household: dict[str, Added], home: Instance
) -> None:
    ids = _index_ids(household)
    assert {name: len(part) for name, part in ids.items()} == {
        "historical_off_peak": 3,
        "historical_three_phase_tempo": 7,
        "standard_tempo": 11,
        "standard_three_phase_producer": 7,
        "historical_ejp": 3,
    }
    injected = household["standard_three_phase_producer"].entity_id("index_injected")
    sources: list[dict[str, Any]] = []
    for entity_id in (entity_id for part in ids.values() for entity_id in part):
        key = "stat_energy_to" if entity_id == injected else "stat_energy_from"
        sources.append({"type": "grid", key: entity_id, "cost_adjustment_day": 0})
    powers = [added.entity_id("active_power_estimated") for added in household.values()]
    of_total = {
        added.entity_id("index_total"): power
        for added, power in zip(household.values(), powers, strict=True)
    }
    for source in sources:
        if power := of_total.get(source.get("stat_energy_from", "")):
            # The field of the form: positive is drawn, negative is injected.
            source["power_config"] = {"stat_rate": power}
    await home.user.ask("energy/save_prefs", energy_sources=sources)
    kept = (await home.user.ask("energy/get_prefs"))["energy_sources"]
    assert len(kept) == len(sources)
    assert [s["stat_rate"] for s in kept if "stat_rate" in s] == powers

    async def complaints() -> set[str]:
        answer = await home.user.ask("energy/validate")
        assert len(answer["energy_sources"]) == len(sources)
        said = {
            issue["type"]
            for part in (*answer["energy_sources"], *answer["device_consumption"])
            for issue in part
        }
        assert said <= _BEFORE_STATISTICS, answer
        return said

    await until(
        complaints,
        MADE_S,
        "the Energy dashboard has nothing to complain of",
        lambda said: not said,
    )
    issues = await home.user.ask("recorder/validate_statistics")
    known = {entity_id for part in ids.values() for entity_id in part} | {*powers}
    assert not known & issues.keys()
