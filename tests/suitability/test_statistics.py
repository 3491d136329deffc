"""Zonal statistics against hand-worked tables, an overlay by GEOS, and the laws."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import rasterio
import shapely
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.answers.suitability import zonal
from geozone.answers.suitability.maps import (
    GroundCells,
    ScoreMaps,
    of_arrays,
    of_files,
    of_strips,
    unpacked,
)
from geozone.answers.suitability.model import OUTSIDE, Class
from geozone.answers.suitability.scoring import Strip
from geozone.answers.suitability.statistics import Tract, TractStatistics, tract_statistics
from geozone.engine.grid import Grid, Shape2d
from geozone.land.coordinates.scale import ellipsoidal_area
from geozone.law.errors import Refused
from geozone.law.verdict import Verdict

pytest.importorskip("exactextract", reason="exactextract is not installed")

UTM = CRS.from_epsg(4547)
LEFT, TOP, SIZE = 540_000.0, 4_200_000.0, 100.0
NAN = np.nan

SCORES = np.array([[0.2, 0.4, NAN], [0.6, 0.8, 1.0], [0.1, NAN, 0.3]], np.float32)
CLASSES = np.array([[0, 1, 3], [1, 2, 2], [OUTSIDE, 3, 4]], np.uint8)
VERDICTS = np.array([[1, 2, 3], [2, 1, 1], [OUTSIDE, 1, 4]], np.uint8)


def grid(rows: int = 3, cols: int = 3) -> Grid:
    return Grid(UTM, LEFT, TOP, SIZE, Shape2d(rows, cols))


def maps() -> ScoreMaps:
    return of_arrays(grid(), SCORES, CLASSES, VERDICTS)


def box(west: float, south: float, east: float, north: float) -> BaseGeometry:
    """A box in cells from the upper left corner: x to the east, y to the south."""
    return shapely.box(
        LEFT + west * SIZE, TOP - south * SIZE, LEFT + east * SIZE, TOP - north * SIZE
    )


def of(shape: BaseGeometry, given: ScoreMaps | None = None) -> TractStatistics:
    return tract_statistics([Tract("A", shape)], given or maps())[0]


HECTARE = 1.0
"""Of a cell of 100 m: its ground at this place is 1 / k² = 1 within 1e-4."""

TABLE = [  # polygon, known ha, mean, least, most, deviation, unknown, outside, classes by name
    ("one cell", box(1, 2, 2, 1), 1, 0.8, 0.8, 0.8, 0.0, 0, 0, {"SUITABLE": 1}),
    ("two halves", box(0.5, 1, 1.5, 0), 1, 0.3, 0.2, 0.4, 0.1, 0, 0,
     {"UNSUITABLE": 0.5, "MODERATE": 0.5}),
    ("a quarter of one", box(0, 1, 1, 0.75), 0.25, 0.2, 0.2, 0.2, 0.0, 0, 0, {"UNSUITABLE": 0.25}),
    ("half unknown", box(1.5, 1, 3, 0), 0.5, 0.4, 0.4, 0.4, 0.0, 1, 0,
     {"MODERATE": 0.5, "UNDETERMINED": 1}),
    ("nothing known", box(2, 1, 3, 0), 0, None, None, None, None, 1, 0, {"UNDETERMINED": 1}),
    # the score of the cell outside (0.1) must not count
    ("partly outside", box(0, 3, 1, 1), 1, 0.6, 0.6, 0.6, 0.0, 0, 1, {"MODERATE": 1}),
    # 0.2+0.4+0.6+0.8+1.0+0.3 = 3.3 of 6; squares 0.04+0.16+0.36+0.64+1.0+0.09 = 2.29
    ("all", box(0, 3, 3, 0), 6, 0.55, 0.2, 1.0, (2.29 / 6 - 0.55**2) ** 0.5, 2, 1,
     {"UNSUITABLE": 1, "MODERATE": 2, "SUITABLE": 2, "UNDETERMINED": 2, "CLOSED": 1}),
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_by_hand(row: tuple) -> None:
    _, shape, known, mean, least, most, deviation, unknown, outside, classes = row
    found = of(shape)
    assert found.hectares == pytest.approx(shape.area / 1e4, rel=2e-4)
    if mean is None:
        assert found.scores is None
    else:
        assert found.scores is not None
        assert found.scores.hectares == pytest.approx(known * HECTARE, rel=2e-4)
        told = (found.scores.mean, found.scores.least, found.scores.most, found.scores.deviation)
        assert told == pytest.approx((mean, least, most, deviation), abs=1e-6)
    assert found.unknown_ha == pytest.approx(unknown, rel=2e-4)
    assert found.outside_ha == pytest.approx(outside, rel=2e-4)
    assert found.partly_outside is (outside > 0)
    there = {one.name: size for one, size in found.classes.items() if size}
    assert there == pytest.approx(classes, rel=2e-4)
    assert sum(found.shares.values()) == pytest.approx(1.0)


def test_hectares_by_class_and_verdict() -> None:
    found = of(box(0, 3, 3, 0)).ground
    assert list(found) == [
        (Class.SUITABLE, Verdict.ALLOWED),
        (Class.MODERATE, Verdict.RESTRICTED),
        (Class.UNSUITABLE, Verdict.ALLOWED),
        (Class.UNDETERMINED, Verdict.ALLOWED),
        (Class.UNDETERMINED, Verdict.UNDETERMINED),
        (Class.CLOSED, Verdict.PROHIBITED),
    ]
    assert list(found.values()) == pytest.approx([2, 2, 1, 1, 1, 1], rel=2e-4)


def test_open_scores_leave_out_closed_ground() -> None:
    found = of(box(0, 3, 3, 0)).open_scores
    assert found is not None
    assert (found.mean, found.hectares) == pytest.approx((3.0 / 5, 5), rel=2e-4)
    assert of(box(2, 3, 3, 2)).open_scores is None
    assert of(box(2, 3, 3, 2)).open_share == 0
    assert of(box(0, 3, 3, 0)).open_share == pytest.approx(5 / 8, rel=2e-4)


def test_who_leaves_the_area_is_asked_of_the_area() -> None:
    """The middle of the lower left cell lies outside, half of its ground inside."""
    area = box(0, 3, 3, 0).difference(box(0, 3, 0.6, 2))
    within, across = Tract("W", box(0.7, 3, 2, 2)), Tract("A", box(0.5, 3, 2, 2))
    found = tract_statistics([within, across], maps(), area)
    assert [one.partly_outside for one in found] == [False, True]
    assert all(one.outside_ha > 0 for one in found)
    assert [one.partly_outside for one in tract_statistics([within, across], maps())] == [
        True,
        True,
    ]
    assert not tract_statistics([Tract("I", box(1, 2, 2, 1))], maps())[0].partly_outside


def test_closed_ground_without_a_score_is_not_unknown() -> None:
    """Files show no score on closed ground: that it is closed is known."""
    scores = np.where(Class.CLOSED.value == CLASSES, np.float32(NAN), SCORES)
    found = of(box(0, 3, 3, 0), of_arrays(grid(), scores, CLASSES, VERDICTS))
    assert found.unknown_ha == pytest.approx(2, rel=2e-4)
    assert found.scores is not None
    assert found.scores.hectares == pytest.approx(5, rel=2e-4)


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_strips_of_a_scored_area_say_the_same(tmp_path: Path, rows: int) -> None:
    strips = [
        Strip(row, SCORES[part], VERDICTS[part], CLASSES[part], CLASSES[part])
        for row in range(0, 3, rows)
        for part in [slice(row, row + rows)]
    ]
    tracts = [Tract("A", box(0.3, 2.7, 2.9, 0.1)), Tract("B", box(-1, 2, 1, 1))]
    kept = of_strips(grid(), strips, tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert tract_statistics(tracts, kept) == tract_statistics(tracts, maps())
    for wrong in (strips[1:], strips[:-1], [*strips, strips[-1]]):
        with pytest.raises(ValueError, match="strip"):
            of_strips(grid(), wrong, tmp_path)


def test_without_verdicts_classes_stand_alone() -> None:
    found = of(box(0, 3, 3, 0), of_arrays(grid(), SCORES, CLASSES))
    assert {verdict for _, verdict in found.ground} == {None}
    assert found.inside_ha == pytest.approx(8, rel=2e-4)


def test_ground_beyond_the_grid_is_told() -> None:
    half = of(box(-1, 1, 1, 0))
    assert half.partly_outside
    assert half.beyond_ha == pytest.approx(1, rel=2e-4)
    assert half.scores is not None
    assert half.scores.mean == pytest.approx(0.2)
    assert half.open_share == pytest.approx(0.5, rel=1e-6)
    far = of(box(-9, 9, -8, 8))
    assert (far.scores, far.shares, far.ground, far.inside_ha) == (None, {}, {}, 0)
    assert far.beyond_ha == far.hectares > 0
    assert far.to_dict()["shares"] == {}


def test_ground_is_that_of_the_ellipsoid() -> None:
    """Far from the meridian a planar hectare is less on the ground; k is 1.0004 there."""
    far = Grid(UTM, 700_000.0, TOP, 1_000.0, Shape2d(30, 40))
    shape = shapely.Point(720_000, TOP - 15_000).buffer(9_000)
    cells = np.ones((30, 40), np.uint8)
    found = of(shape, of_arrays(far, cells.astype(np.float32), cells))
    ground = ellipsoidal_area(shape, UTM) / 1e4
    assert found.hectares == pytest.approx(ground, rel=1e-12)
    assert found.inside_ha == pytest.approx(ground, rel=1e-7)
    assert shape.area / 1e4 / ground > 1.0008
    one = GroundCells.of(far).window(7, 11, Shape2d(1, 1))[0, 0]
    cell = shapely.box(711_000, TOP - 8_000, 712_000, TOP - 7_000)
    assert one == pytest.approx(ellipsoidal_area(cell, UTM), rel=1e-8)


@examples(25)
@given(seed=st.integers(0, 10_000), turn=st.floats(0, 90), side=st.floats(0.3, 6))
def test_agrees_with_an_overlay(seed: int, turn: float, side: float) -> None:
    """Every cell cut by GEOS, weighted by its part of the polygon and its ground."""
    draw = np.random.default_rng(seed)
    scores = draw.random((7, 8)).astype(np.float32)
    scores[draw.random((7, 8)) < 0.2] = NAN
    classes = draw.choice([0, 1, 2, 3, 4, OUTSIDE], (7, 8)).astype(np.uint8)
    verdicts = np.where(classes == OUTSIDE, OUTSIDE, draw.integers(0, 5, (7, 8))).astype(np.uint8)
    where = box(4, 3.3, 4 + side, 3.3 - side / 2)
    shape = shapely.affinity.rotate(where, turn, origin=(LEFT + 400, TOP - 330))
    found = of(shape, of_arrays(grid(7, 8), scores, classes, verdicts))
    ground = GroundCells.of(grid(7, 8)).window(0, 0, Shape2d(7, 8)) / 1e4
    part = np.array([
        [shape.intersection(box(c, r + 1, c + 1, r)).area / SIZE**2 for c in range(8)]
        for r in range(7)
    ])  # fmt: skip
    weight = part * ground
    for (one, verdict), size in found.ground.items():
        here = (classes == one.value) & (verdicts == verdict)
        assert size == pytest.approx(weight[here].sum(), rel=1e-5, abs=1e-9)
    known = np.isfinite(scores) & (classes != OUTSIDE) & (part > 0)
    assert found.outside_ha == pytest.approx(weight[classes == OUTSIDE].sum(), rel=1e-5, abs=1e-9)
    total = found.inside_ha + found.outside_ha + found.beyond_ha
    assert total == pytest.approx(found.hectares, rel=1e-5)
    if known.sum() == 0:
        assert found.scores is None
        return
    mean = np.average(scores[known], weights=weight[known])
    deviation = np.sqrt(np.average((scores[known] - mean) ** 2, weights=weight[known]))
    assert found.scores is not None
    assert found.scores.mean == pytest.approx(mean, rel=1e-5)
    assert found.scores.deviation == pytest.approx(deviation, abs=1e-5)
    if (part[known] > 1e-6).all():
        assert found.scores.least == scores[known].min()
        assert found.scores.most == scores[known].max()
    closed = (classes == Class.CLOSED.value) & np.isnan(scores)
    told = found.scores.hectares + found.unknown_ha + weight[closed].sum()
    assert told == pytest.approx(found.inside_ha, rel=1e-6)


def test_parts_of_a_window_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(3)
    scores = draw.random((60, 70)).astype(np.float32)
    classes = draw.choice([0, 1, 2, 3, 4, OUTSIDE], (60, 70)).astype(np.uint8)
    given = of_arrays(grid(60, 70), scores, classes)
    shape = shapely.Point(LEFT + 3_300, TOP - 2_900).buffer(2_500)
    whole = of(shape, given)
    monkeypatch.setattr(zonal, "MOST_CELLS", 100)
    parts = of(shape, given)
    assert list(parts.ground) == list(whole.ground)
    assert list(parts.ground.values()) == pytest.approx(list(whole.ground.values()), rel=1e-9)
    assert parts.scores is not None
    assert whole.scores is not None
    assert parts.scores.mean == pytest.approx(whole.scores.mean, rel=1e-12)
    assert parts.scores.deviation == pytest.approx(whole.scores.deviation, rel=1e-9)


def test_neighbours_share_and_order_does_not_matter() -> None:
    """Overlapping polygons are told of each on its own; halves make the whole."""
    tracts = [
        Tract("W", box(0, 3, 1.5, 0)),
        Tract("E", box(1.5, 3, 3, 0)),
        Tract("all", box(0, 3, 3, 0)),
    ]
    found = {one.id: one for one in tract_statistics(tracts, maps())}
    again = {one.id: one for one in tract_statistics(reversed(tracts), maps())}
    assert found == again
    for of_class in Class:
        halves = found["W"].classes[of_class] + found["E"].classes[of_class]
        assert halves == pytest.approx(found["all"].classes[of_class], rel=1e-6)


def write(path: Path, values: np.ndarray, nodata: float | None, at: Grid) -> Path:
    with rasterio.open(
        path, "w", driver="GTiff", height=at.shape.rows, width=at.shape.cols, count=1,
        dtype=values.dtype, nodata=nodata, crs=at.crs.to_wkt(), transform=at.transform,
    ) as file:  # fmt: skip
        file.write(values, 1)
    return path


def test_files_say_the_same(tmp_path: Path) -> None:
    filled = np.where(np.isnan(SCORES), np.float32(-1), SCORES)
    scores = write(tmp_path / "scores.tif", filled, -1.0, grid())
    classes = write(tmp_path / "classes.tif", CLASSES, OUTSIDE, grid())
    verdicts = write(tmp_path / "verdicts.tif", VERDICTS, None, grid())
    tracts = [Tract("A", box(0.3, 2.7, 2.9, 0.1)), Tract("B", box(-1, 2, 1, 1))]
    files = tract_statistics(tracts, of_files(scores, classes, verdicts))
    assert files == tract_statistics(tracts, maps())


def test_files_that_do_not_fit_are_refused_together(tmp_path: Path) -> None:
    scores = write(tmp_path / "scores.tif", SCORES, None, grid())
    moved = Grid(UTM, LEFT + 1, TOP, SIZE, Shape2d(3, 3))
    classes = write(tmp_path / "classes.tif", CLASSES, None, moved)
    with pytest.raises(Refused, match="not of the grid of the scores") as told:
        of_files(scores, classes, classes)
    assert len(told.value.faults) == 1  # the same file twice
    with pytest.raises(Refused) as told:
        of_files(classes, scores, tmp_path / "none.tif")
    assert len(told.value.faults) == 3


def test_codes_that_are_none_are_refused() -> None:
    with pytest.raises(Refused, match="codes that are none"):
        of(box(0, 3, 3, 0), of_arrays(grid(), SCORES, np.full((3, 3), 9, np.uint8)))
    with pytest.raises(ValueError, match="a grid of"):
        of_arrays(grid(2, 2), SCORES, CLASSES)


def test_shapes_that_are_none_are_refused_together() -> None:
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    bad = [Tract("A", box(0, 1, 1, 0)), Tract("A", shapely.Point(0, 0)), Tract("C", bow)]
    with pytest.raises(Refused) as told:
        tract_statistics(bad, maps())
    assert sorted((one.place, one.what.split("/")[0].strip()[:4]) for one in told.value.faults) == [
        ("A", "不是有效"), ("A", "编号重复"), ("C", "不是有效"),
    ]  # fmt: skip
    assert tract_statistics([], maps()) == ()


def test_every_code_unpacks_to_what_was_packed() -> None:
    _, codes = maps().window(0, 0, Shape2d(3, 3))
    for (row, col), code in np.ndenumerate(codes):
        told, outside = unpacked(int(code)), CLASSES[row, col] == OUTSIDE
        assert told.of is (None if outside else Class(CLASSES[row, col]))
        assert told.verdict is (None if outside else Verdict(VERDICTS[row, col]))
        assert told.known is bool(np.isfinite(SCORES[row, col]) and not outside)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> ModuleType:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr("geozone.answers.suitability.library.import_module", missing)
    with pytest.raises(Refused, match=r"pip install 'exactextract==0\.3\.0'"):
        of(box(0, 3, 3, 0))


def test_figures_weigh_ground_not_cells() -> None:
    """Four cells of 100 km: the farther from the meridian, the larger they are drawn."""
    wide = Grid(UTM, 500_000.0, TOP, 100_000.0, Shape2d(1, 4))
    cells = np.array([[0.0, 0.0, 0.0, 1.0]], np.float32)
    found = of(shapely.box(*wide.bounds), of_arrays(wide, cells, np.ones((1, 4), np.uint8)))
    ground = GroundCells.of(wide).window(0, 0, Shape2d(1, 4))[0]
    share = ground[3] / ground.sum()
    assert share < 0.2497
    assert found.scores is not None
    assert found.scores.mean == pytest.approx(share, rel=1e-7)
    assert found.scores.deviation == pytest.approx((share * (1 - share)) ** 0.5, rel=1e-6)
