"""Homes and skies of the regulation's benchmark: read from tables, and generated."""

from collections.abc import Iterable
import gzip
from itertools import pairwise
from pathlib import Path
from statistics import mean

import pytest

from benchmarks.regulating import generator, traces
from benchmarks.regulating.generator import SkyKind

DAYS = 12


def write(path: Path, header: str, rows: Iterable[str]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as table:
        table.write("\n".join([header, *rows]) + "\n")


def test_home_by_second(tmp_path: Path) -> None:
    rows = ("0,0,126,126", "1,2000,126,2126", "2,0,0,0")
    write(tmp_path / "home_1s_some_Z.csv.gz", "s,kettle,fridge,total_w", rows)
    (home,) = traces.homes(tmp_path)
    assert home.name == "some Z"
    assert list(home.watts) == [126, 2126, 0]
    assert list(home.parts["kettle"]) == [0, 2000, 0]
    assert set(home.parts) == {"kettle", "fridge"}


def test_french_house_by_minute(tmp_path: Path) -> None:
    """A missing minute is like the one before; a day that is not whole is left out."""
    rows = [
        f"2020-01-{1 + minute // 1440:02} {minute // 60 % 24:02}:{minute % 60:02},"
        + (",,,,," if minute == 1 else f"{1000 + minute},10,240,5,0,0,0")
        for minute in range(1500)
    ]
    header = "ts_local,p_w,q_var,u_v,i_a,kitchen_w,laundry_w,heater_ac_w"
    write(tmp_path / "fr_sceaux_1min_2020-01-01_2020-01-02.csv.gz", header, rows)
    (day,) = traces.sceaux_days(tmp_path)
    assert day.name == "sceaux 2020-01-01"
    assert len(day.watts) == 86_400
    assert day.watts[59] == day.watts[60] == day.watts[119] == 1000
    assert day.watts[120] == 1002
    assert day.apparent is not None
    assert day.apparent[0] == 1200
    # never less than the active power
    assert day.apparent[-1] == day.watts[-1] == 2439


def test_skies_by_minute(tmp_path: Path) -> None:
    rows = ("0,0.0,0.0", "1,600,0.6", "2,300,0.3")
    write(tmp_path / "pv_1min_some_day.csv.gz", "minute,p_w,frac_of_max", rows)
    write(tmp_path / "irr_1min_dull.csv.gz", "minute,ghi_w_m2,frac_of_1000", rows)
    bright, dull = traces.skies(tmp_path)
    assert (bright.name, dull.name) == ("some day", "dull")
    assert bright.shares == dull.shares
    assert len(bright.shares) == 180
    assert bright.shares[30] == pytest.approx(0.3)
    assert bright.shares[90] == pytest.approx(0.45)
    assert bright.shares[179] == pytest.approx(0.3)


def test_half_hours(tmp_path: Path) -> None:
    rows = ("2025-01-01 00:00,420,,-2", "2025-01-01 00:30,410,5,")
    header = "ts_utc,load_w,pv_w,pv_forecast_w"
    write(tmp_path / "home_30min_some.csv.gz", header, rows)
    first, second = traces.half_hours(tmp_path)
    assert (first.load, first.production, first.forecast) == (420, None, -2)
    assert (second.production, second.forecast) == (5, None)
    assert second.time - first.time == 1800


def test_an_empty_folder_has_nothing(tmp_path: Path) -> None:
    assert traces.homes(tmp_path) == traces.sceaux_days(tmp_path) == ()
    assert traces.skies(tmp_path) == traces.half_hours(tmp_path) == ()


def test_generated_homes_are_like_measured_ones() -> None:
    homes = [generator.home(seed) for seed in range(DAYS)]
    energies = [sum(home.watts) / 3.6e6 for home in homes]
    assert 12 < mean(energies) < 18
    assert min(energies) > 11
    assert max(energies) < 19
    for home in homes:
        steps = [abs(after - before) for before, after in pairwise(home.watts)]
        assert 70 <= sum(step > 1000 for step in steps) <= 200
        assert 5000 < max(home.watts) < 8000
    assert 5000 < mean(max(home.watts) for home in homes) < 6700
    assert len({tuple(home.watts[::600]) for home in homes}) == DAYS


def test_generated_kettle() -> None:
    kettle = generator.home(3).parts["kettle"]
    starts = [
        second
        for second in range(1, len(kettle))
        if kettle[second] and not kettle[second - 1]
    ]
    lengths = []
    for start in starts:
        end = start
        while kettle[end]:
            end += 1
        lengths.append(end - start)
    assert 8 <= len(starts) <= 11
    assert min(lengths) >= 100
    assert max(kettle) < 2700


def test_a_seed_is_a_day() -> None:
    assert generator.home(4) == generator.home(4)
    kind = SkyKind.BROKEN_CLOUDS
    assert generator.sky(kind, 4) == generator.sky(kind, 4) != generator.sky(kind, 5)


def test_generated_skies() -> None:
    hours = {}
    change = {}
    for kind in SkyKind:
        shares = generator.sky(kind, 2).shares
        assert len(shares) == 86_400
        assert min(shares) == 0
        assert max(shares) <= 1
        hours[kind] = sum(shares) / 3600
        change[kind] = sum(abs(after - before) for before, after in pairwise(shares))
    assert hours[SkyKind.OVERCAST] < 2 < hours[SkyKind.CLEAR_WINTER] < 4
    assert 4 < hours[SkyKind.BROKEN_CLOUDS] < hours[SkyKind.CLEAR] < 8
    assert change[SkyKind.CLEAR] < 2
    assert change[SkyKind.BROKEN_CLOUDS] > 3 * change[SkyKind.PARTLY_CLOUDY]
