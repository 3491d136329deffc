"""Kept evidence is fresh evidence, byte for byte, whatever changed and whatever was broken."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from plain.tiles import run

from geozone.engine import edition
from geozone.engine.bandnames import BandNames
from geozone.engine.burn import burn_runs, fitted_around
from geozone.engine.fields import asked
from geozone.engine.grid import grid_over
from geozone.engine.kept import KeptBands, renumbered
from geozone.engine.keptfile import peek_kept, read_kept, sweep_drafts, write_kept
from geozone.engine.tasks import burn_task, burn_tasks, read_ground, write_ground
from geozone.land.coordinates.scale import scale_at

ARRAYS = ("starts", "cols", "ids", "table")
few = examples(5)


def same(one: list[Any], other: list[Any]) -> None:
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert (a.row, a.shape, a.fields) == (b.row, b.shape, b.fields)
        for name in ARRAYS:
            first, second = getattr(a, name), getattr(b, name)
            assert first.dtype == second.dtype
            assert np.array_equal(first, second), name


@pytest.fixture
def made(land: Any, chance: Any) -> tuple[Any, ...]:
    regions = land.regions(*chance.layers(3), asks=chance.asks)
    ask = asked(regions, chance.area)
    grid = grid_over(chance.area, land.crs, 2.0)
    return ask.fields, grid, fitted_around(grid, ask.fields)


def kept(made: tuple[Any, ...], folder: Path, **options: Any) -> list[Any]:
    bands = KeptBands(*made, folder)
    return list(bands.runs(range(bands.count), **options))


def test_kept_is_fresh_and_then_nothing_is_burned(made: Any, tmp_path: Path) -> None:
    fresh = list(burn_runs(*made))
    same(kept(made, tmp_path), fresh)
    written = {one: one.read_bytes() for one in tmp_path.rglob("*.band")}
    assert len(written) == len(fresh)
    bands = KeptBands(*made, tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bands._burner, "runs", None)
        same(list(bands.runs(range(bands.count), jobs=2)), fresh)
    assert {one: one.read_bytes() for one in tmp_path.rglob("*.band")} == written


@few
@given(seed=st.integers(0, 10_000))
def test_changed_fields_alone_are_burned(
    land: Any, chance: Any, tmp_path_factory: Any, seed: int
) -> None:
    """Some vertices move, some fields go, their order turns: what comes back is fresh."""
    folder, draw = tmp_path_factory.mktemp("kept"), np.random.default_rng(seed)
    ask = asked(land.regions(*chance.layers(seed), asks=chance.asks), chance.area)
    grid = grid_over(chance.area, land.crs, 3.0)
    scale = fitted_around(grid, ask.fields)
    fields = list(ask.fields)
    for _ in range(3):
        fresh = list(burn_runs(fields, grid, scale))
        bands = KeptBands(fields, grid, scale, folder)
        for at, table in bands.tables().items():
            assert np.array_equal(table, fresh[at].table)
        same(kept((fields, grid, scale), folder), fresh)
        bands.keep_tables({at: one.table for at, one in enumerate(fresh)})
        assert len(bands.tables()) == len(fresh)
        at = int(draw.integers(len(fields)))
        flat = fields[at].flat
        if len(flat.xy):
            xy = flat.xy.copy()
            chain = int(draw.integers(len(flat.sign)))
            inner = np.arange(flat.starts[chain] + 1, flat.starts[chain + 1] - 1)
            xy[inner[:2]] += draw.normal(0, 40, (len(inner[:2]), 2))
            fields[at] = replace(fields[at], flat=replace(flat, xy=xy))
        turned = [fields[one] for one in draw.permutation(len(fields))]
        fields = turned[: max(len(turned) - 1, 1)]


@pytest.mark.parametrize("broken", ["cut", "flipped", "empty", "swapped", "gone"])
def test_what_is_not_whole_is_not_believed(made: Any, tmp_path: Path, broken: str) -> None:
    fresh = list(burn_runs(*made))
    kept(made, tmp_path)
    paths = sorted(tmp_path.rglob("*.band"))
    one, other = paths[0].read_bytes(), paths[1].read_bytes()
    if broken == "swapped":
        paths[0].write_bytes(other)
        paths[1].write_bytes(one)
    elif broken == "gone":
        paths[0].unlink()
    else:
        flipped = bytearray(one)
        flipped[len(one) // 2] ^= 4
        paths[0].write_bytes({"cut": one[:-3], "flipped": bytes(flipped), "empty": b""}[broken])
    same(kept(made, tmp_path), fresh)
    assert paths[0].read_bytes() == one


def test_other_ground_shares_nothing(made: Any, tmp_path: Path) -> None:
    fields, grid, scale = made
    kept(made, tmp_path)
    moved = [
        replace(one, flat=replace(one.flat, xy=one.flat.xy + np.array([0.25, 0.0])))
        for one in fields[1:]
    ]
    other = ([fields[0], *moved], grid, scale)
    same(kept(other, tmp_path), list(burn_runs(*other)))
    wider = ([replace(one, reach_m=one.reach_m + 1.0) for one in fields], grid, scale)
    same(kept(wider, tmp_path), list(burn_runs(*wider)))


def test_another_scale_shares_nothing(made: Any, tmp_path: Path) -> None:
    fields, grid, scale = made
    kept(made, tmp_path)
    coefs = scale.coefs.copy()
    coefs[0, 0] *= 1.01
    other = (fields, grid, replace(scale, coefs=coefs))
    same(kept(other, tmp_path), list(burn_runs(*other)))


@pytest.mark.parametrize(("reach_m", "alike"), [(0.0, True), (9000.0, True), (30_000.0, False)])
def test_the_scale_is_the_same_for_all_that_is_asked(
    made: Any, reach_m: float, alike: bool
) -> None:
    fields, grid, scale = made
    other = fitted_around(grid, [replace(fields[0], reach_m=reach_m)])
    frame = (other.x0, other.y0, other.half)
    assert (frame == (scale.x0, scale.y0, scale.half)) is alike
    assert (other.coefs.tobytes() == scale.coefs.tobytes()) is alike
    west, south, east, north = grid.bounds
    x = np.array([west - reach_m, east + reach_m])
    y = np.array([south - reach_m, north + reach_m])
    assert other(x, y) == pytest.approx(scale_at(grid.crs, x, y), abs=1e-10)


def test_a_folder_that_cannot_be_written_keeps_nothing(made: Any, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    same(kept(made, blocked), list(burn_runs(*made)))


def test_tasks_are_paths_and_numbers_and_may_be_done_twice(made: Any, tmp_path: Path) -> None:
    ground, folder = tmp_path / "ground", tmp_path / "kept"
    write_ground(ground, *made)
    fields, grid, scale = read_ground(ground)
    same(list(burn_runs(fields, grid, scale)), list(burn_runs(*made)))
    tasks = burn_tasks(ground, folder, KeptBands(*made, folder).count)
    here = [burn_task(one) for one in tasks]
    there = list(run(burn_task, tasks, len(tasks), jobs=2))
    assert here == there
    assert sum(one.runs for one in here) == sum(len(one.cols) for one in burn_runs(*made))
    same(kept(made, folder), list(burn_runs(*made)))


def test_renumbered_runs_are_as_long_as_can_be(made: Any) -> None:
    fields, grid, scale = made
    picked = [2, 0, 1]
    fresh = list(burn_runs([fields[one] for one in picked], grid, scale))
    same([renumbered(one, picked) for one in burn_runs(*made)], fresh)


def test_a_kept_file_is_whole_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "one"
    arrays = {"b": np.arange(5, dtype=np.int32), "a": np.zeros((0, 3), np.uint64)}
    assert read_kept(path) is None
    assert peek_kept(path) is None
    write_kept(path, {"says": "地热"}, arrays)
    found = read_kept(path)
    assert found is not None
    assert found[0] == peek_kept(path) == {"says": "地热"}
    assert {name: one.tolist() for name, one in found[1].items()} == {"b": [0, 1, 2, 3, 4], "a": []}
    whole = path.read_bytes()
    for at in range(len(whole)):
        spoilt = bytearray(whole)
        spoilt[at] ^= 1
        path.write_bytes(bytes(spoilt))
        assert read_kept(path) is None, at
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        assert read_kept(path) is None, size
    assert [one.name for one in path.parent.iterdir()] == ["one"]


def test_coverage_beyond_the_area_asks_nothing(land: Any, chance: Any) -> None:
    farm = land.layer(
        "permanent_basic_farmland",
        [land.box(0, 0, 100, 100)],
        coverage=land.box(-9e5, -9e5, 9e5, 9e5),
    )
    regions = land.regions(farm, asks=chance.asks[:0] or [chance.asks[0]])
    assert all(shapely.is_valid(one.seen) for one in regions)
    assert len(asked(regions, chance.area).fields) <= 3


def test_coordinates_that_were_met_are_not_gone_through(made: Any, tmp_path: Path) -> None:
    fields, grid, scale = made
    fresh = kept(made, tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BandNames, "_made", None)
        same(kept(made, tmp_path), fresh)
    moved = replace(fields[1].flat, xy=fields[1].flat.xy + np.array([0.25, 0.0]))
    other = ([fields[0], replace(fields[1], flat=moved), *fields[2:]], grid, scale)
    gone_through: list[int] = []
    way = BandNames._made

    def told(own: Any, one: Any) -> Any:
        gone_through.append(id(one.flat))
        return way(own, one)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BandNames, "_made", told)
        same(kept(other, tmp_path), list(burn_runs(*other)))
    assert set(gone_through) == {id(moved)}


def test_digests_of_another_folder_or_kind_are_not_believed(made: Any, tmp_path: Path) -> None:
    fields, grid, scale = made
    kept(made, tmp_path)
    lower = replace(grid, top=grid.top - 5.0)
    kept((fields, lower, scale), tmp_path)
    one, other = sorted(tmp_path.rglob("digests"))
    found = [one.read_bytes(), other.read_bytes()]
    one.write_bytes(found[1])
    other.write_bytes(found[0])
    same(kept(made, tmp_path), list(burn_runs(*made)))
    for path in (one, other):
        path.write_bytes(next(tmp_path.rglob("*.band")).read_bytes())
    same(kept(made, tmp_path), list(burn_runs(*made)))


@pytest.mark.parametrize("most", [0, 1, 3])
def test_few_digests_may_be_kept(made: Any, tmp_path: Path, most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("geozone.engine.bandnames.MOST_FIELDS", most)
        fresh = kept(made, tmp_path)
        same(kept(made, tmp_path), fresh)
    assert len(list(tmp_path.rglob("digests"))) == min(most, 1)


def test_a_band_in_the_place_of_another_is_burned(land: Any, tmp_path: Path) -> None:
    """Where nothing is near either of them their keys are the same."""
    area = land.box(0, 0, 400, 4000)
    farm = land.layer("permanent_basic_farmland", [land.box(10, 10, 20, 20)], coverage=area)
    ask = asked(land.regions(farm, asks=[]), area)
    grid = grid_over(area, land.crs, 5.0)
    made = (ask.fields, grid, fitted_around(grid, ask.fields))
    fresh = kept(made, tmp_path)
    paths = sorted(tmp_path.rglob("*.band"))
    paths[3].write_bytes(paths[4].read_bytes())
    same(kept(made, tmp_path), fresh)


def test_another_program_believes_nothing(made: Any, tmp_path: Path) -> None:
    kept(made, tmp_path)
    before = set(tmp_path.rglob("*.band"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("geozone.engine.kept.edition", lambda: "another")
        same(kept(made, tmp_path), list(burn_runs(*made)))
    assert len(set(tmp_path.rglob("*.band")) - before) == len(before)


def test_the_edition_counts_every_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(content: str) -> str:
        (tmp_path / "kernels").mkdir(exist_ok=True)
        (tmp_path / "kernels" / "deep.py").write_text(content)
        edition.edition.cache_clear()
        return edition.edition()

    monkeypatch.setattr(edition, "files", lambda name: tmp_path)
    assert told("a = 1") == told("a = 1") != told("a = 2")
    monkeypatch.setattr(edition, "installed", lambda name: "0")
    assert told("a = 1") != told("a = 2")
    edition.edition.cache_clear()


def test_old_drafts_go_and_young_ones_stay(tmp_path: Path) -> None:
    write_kept(tmp_path / "deep" / "one", {}, {})
    when = (tmp_path / "deep" / "one").stat().st_mtime
    for name, age in ((".draft-old", 4000.0), (".draft-young", 10.0)):
        (tmp_path / "deep" / name).write_bytes(b"half")
        os.utime(tmp_path / "deep" / name, (when - age, when - age))
    sweep_drafts(tmp_path)
    assert sorted(one.name for one in (tmp_path / "deep").iterdir()) == [".draft-young", "one"]


def test_answers_of_bands_are_believed_only_whole(made: Any, tmp_path: Path) -> None:
    bands = KeptBands(*made, tmp_path)
    assert bands.count > 2
    assert bands.tables() == {}
    bands.keep_tables({at: one.table for at, one in enumerate(kept(made, tmp_path))})
    assert len(KeptBands(*made, tmp_path).tables()) == bands.count
    place = next(tmp_path.rglob("answers"))
    place.write_bytes(place.read_bytes()[:-1])
    assert bands.tables() == {}
    assert KeptBands(*made, None).tables() == {}
