"""Registers and horodates, against the tables of the specification."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.linky_pilote.engine.reading import (
    Breaker,
    DayBlock,
    EuridisOutput,
    PowerLineStatus,
    TempoColor,
)
from custom_components.linky_pilote.engine.tic.registers import (
    is_degraded,
    parse_day_plan,
    parse_missing_phases,
    parse_relays,
    parse_stamp,
    parse_status,
)

from .figures import PARIS, SUMMER, WINTER, block, status

# --- STGE -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ("003A0001", {}),
        (
            "013AC401",
            {
                "color_today": TempoColor.BLUE,
                "supplier_index": 2,
                "distributor_index": 4,
            },
        ),
        (
            "013A0501",
            {"producer": True, "color_today": TempoColor.BLUE, "supplier_index": 2},
        ),
        (
            "002A0301",
            {"producer": True, "exporting": True, "euridis": EuridisOutput.OPEN},
        ),
        (
            "463A0800",
            {
                "moving_peak": 1,
                "color_tomorrow": TempoColor.BLUE,
                "color_today": TempoColor.WHITE,
                "supplier_index": 3,
                "dry_contact_open": False,
            },
        ),
        (
            "000A4411",
            {
                "cover_open": True,
                "supplier_index": 2,
                "distributor_index": 2,
                "euridis": EuridisOutput.OPEN,
                "power_line": PowerLineStatus.NEW_UNLOCKED,
            },
        ),
        (
            "193AC001",
            {
                "moving_peak_notice": 1,
                "color_tomorrow": TempoColor.WHITE,
                "color_today": TempoColor.BLUE,
                "distributor_index": 4,
            },
        ),
    ],
)
def test_status_of_real_meters(data: str, fields: dict[str, Any]) -> None:
    assert parse_status(data) == status(**fields)


_NOTHING = replace(
    status(),
    dry_contact_open=False,
    standard_output=False,
    euridis=EuridisOutput.OFF,
    power_line=PowerLineStatus.NEW_UNLOCKED,
)


@pytest.mark.parametrize(
    ("bit", "value", "fields"),
    [
        (0, 1, {"dry_contact_open": True}),
        (1, 1, {"breaker": Breaker.OVERPOWER}),
        (1, 2, {"breaker": Breaker.OVERVOLTAGE}),
        (1, 3, {"breaker": Breaker.LOAD_SHEDDING}),
        (1, 4, {"breaker": Breaker.REMOTE_ORDER}),
        (1, 5, {"breaker": Breaker.OVERHEATING_ABOVE_LIMIT}),
        (1, 6, {"breaker": Breaker.OVERHEATING_BELOW_LIMIT}),
        (1, 7, {"breaker": None}),
        (4, 1, {"cover_open": True}),
        (5, 1, {}),
        (6, 1, {"overvoltage": True}),
        (7, 1, {"over_subscribed_power": True}),
        (8, 1, {"producer": True}),
        (9, 1, {"exporting": True}),
        (10, 9, {"supplier_index": 10}),
        (10, 10, {"supplier_index": None}),
        (14, 3, {"distributor_index": 4}),
        (16, 1, {"clock_degraded": True}),
        (17, 1, {"standard_output": True}),
        (18, 1, {}),
        (19, 1, {"euridis": EuridisOutput.OPEN}),
        (19, 2, {"euridis": None}),
        (19, 3, {"euridis": EuridisOutput.SECURED}),
        (21, 1, {"power_line": PowerLineStatus.NEW_LOCKED}),
        (21, 2, {"power_line": PowerLineStatus.REGISTERED}),
        (21, 3, {"power_line": None}),
        (23, 1, {"power_line_synchronised": True}),
        (24, 1, {"color_today": TempoColor.BLUE}),
        (24, 2, {"color_today": TempoColor.WHITE}),
        (24, 3, {"color_today": TempoColor.RED}),
        (26, 1, {"color_tomorrow": TempoColor.BLUE}),
        (26, 2, {"color_tomorrow": TempoColor.WHITE}),
        (26, 3, {"color_tomorrow": TempoColor.RED}),
        (28, 1, {"moving_peak_notice": 1}),
        (28, 3, {"moving_peak_notice": 3}),
        (30, 1, {"moving_peak": 1}),
        (30, 3, {"moving_peak": 3}),
    ],
)
def test_status_bit_by_bit(bit: int, value: int, fields: dict[str, Any]) -> None:
    assert parse_status(f"{value << bit:08X}") == replace(_NOTHING, **fields)


@settings(max_examples=100)
@given(st.integers(0, 2**32 - 1))
def test_any_status_is_read(word: int) -> None:
    parse_status(f"{word:08X}")


# --- RELAIS, PPOT -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "closed"),
    [("000", ()), ("001", (1,)), ("140", (3, 4, 8)), ("255", tuple(range(1, 9)))],
)
def test_relays(data: str, closed: tuple[int, ...]) -> None:
    assert parse_relays(data) == tuple(relay in closed for relay in range(1, 9))


@pytest.mark.parametrize(
    ("data", "missing"),
    [("00", ()), ("02", (1,)), ("04", (2,)), ("08", (3,)), ("0E", (1, 2, 3))],
)
def test_missing_phases(data: str, missing: tuple[int, ...]) -> None:
    assert parse_missing_phases(data) == missing


# --- Day profiles -----------------------------------------------------------------

_UNUSED = " NONUTILE"


@pytest.mark.parametrize(
    ("data", "plan"),
    [
        ("NONUTILE" + _UNUSED * 10, ()),
        (
            "00004001 06004002 22004001" + _UNUSED * 8,
            (block(0, 1), block(360, 2), block(1320, 1)),
        ),
        (
            "00004005 06004006 22004005" + _UNUSED * 8,
            (block(0, 5), block(360, 6), block(1320, 5)),
        ),
        (
            "00008002 0256C001 07568002 1156C001 14568002" + _UNUSED * 6,
            (
                block(0, 2, "open"),
                block(176, 1, "closed"),
                block(476, 2, "open"),
                block(716, 1, "closed"),
                block(896, 2, "open"),
            ),
        ),
    ],
)
def test_day_plans(data: str, plan: tuple[DayBlock, ...]) -> None:
    assert parse_day_plan(data) == plan


@pytest.mark.parametrize(
    ("action", "index", "contact", "virtual"),
    [
        ("0000", None, "unchanged", ()),
        ("000A", 10, "unchanged", ()),
        ("000B", None, "unchanged", ()),
        ("0011", 1, "unchanged", (1,)),
        ("0402", 2, "unchanged", (7,)),
        ("47F3", 3, "tempo", (1, 2, 3, 4, 5, 6, 7)),
        ("B800", None, "open", ()),
        ("FFFF", None, "closed", (1, 2, 3, 4, 5, 6, 7)),
    ],
)
def test_actions_of_a_plan(
    action: str, index: int | None, contact: str, virtual: tuple[int, ...]
) -> None:
    assert parse_day_plan(f"2359{action}" + _UNUSED * 10) == (
        DayBlock(
            minute=1439, index=index, dry_contact=contact, virtual_contacts=virtual
        ),
    )


# --- Horodates --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        ("H081225223518", datetime(2008, 12, 25, 22, 35, 18, tzinfo=WINTER)),
        ("E250701120000", datetime(2025, 7, 1, 12, 0, tzinfo=SUMMER)),
        (" 250315060000", datetime(2025, 3, 15, 6, 0, tzinfo=PARIS)),
        (" 250715060000", datetime(2025, 7, 15, 4, 0, tzinfo=UTC)),
        ("H240229000000", datetime(2024, 2, 29, tzinfo=WINTER)),
        ("H990101000000", datetime(2099, 1, 1, tzinfo=WINTER)),
    ],
)
def test_stamps(stamp: str, moment: datetime) -> None:
    parsed = parse_stamp(stamp)
    assert parsed == moment.astimezone(parsed.tzinfo if parsed else None)
    assert not is_degraded(stamp)


def test_the_season_settles_the_hour_that_an_october_night_has_twice() -> None:
    summer, winter = parse_stamp("E251026023000"), parse_stamp("H251026023000")
    assert summer is not None
    assert winter is not None
    assert winter - summer == timedelta(hours=1)
    assert summer.astimezone(UTC) == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("stamp", ["h250101120000", "e250701120000"])
def test_degraded_clock(stamp: str) -> None:
    assert parse_stamp(stamp) is None
    assert is_degraded(stamp)


@pytest.mark.parametrize("stamp", ["H250230120000", "E250431000000", "H000000000000"])
def test_dates_that_do_not_exist(stamp: str) -> None:
    assert parse_stamp(stamp) is None
