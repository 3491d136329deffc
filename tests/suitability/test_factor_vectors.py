"""Shapes as values of factors: held against GEOS and the scale of PROJ, and by hand."""

from __future__ import annotations

from itertools import pairwise

import geopandas
import numpy as np
import pytest
import shapely
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from geozone.engine.resampled import searched
from geozone.land.coordinates.scale import scale_at
from geozone.land.factors.density import UNITS_PER_M, Around, pieces_of, points_of, within
from geozone.land.factors.filling import Rings, inside, values_of
from geozone.land.factors.nearest import Segments, nearest_m
from geozone.land.factors.source import open_factor
from geozone.land.factors.spec import FactorSource, Measure
from geozone.land.factors.window import Window
from geozone.land.faults import Faults
from geozone.land.shapes.flat import Flat

UTM = "EPSG:4547"
WORKING = CRS.from_epsg(4547)
MERCATOR = CRS.from_epsg(3395)
LEFT, TOP = 510_000.0, 4_217_010.0
AREA = shapely.box(LEFT, TOP - 900, LEFT + 900, TOP)
GRID = Window(LEFT, TOP, 30.0, 30, 30, WORKING)
PLACES = np.stack(np.meshgrid(GRID.x, GRID.y), -1)


def write(folder, shapes, name="x.gpkg", crs=UTM, **columns):
    geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=crs).to_file(folder / name)


def opened(folder, measure, name="x.gpkg", area=AREA, **more):
    """The factor of a file, and the faults found."""
    faults = Faults("model.toml")
    source = FactorSource(name, measure, **more)
    tiles = open_factor(source, folder, area, WORKING, faults)
    return tiles, [str(one) for one in faults.found]


def values(folder, measure, window=GRID, **more):
    tiles, faults = opened(folder, measure, **more)
    assert faults == []
    return tiles.tile(window)


def at(found, col, row):
    """The value of the cell whose centre is that many metres east and south of the corner."""
    return float(found[int(row // 30), int(col // 30)])


def edges(shapes):
    """Points as they are, and every edge of lines."""
    for one in shapes:
        corners = shapely.get_coordinates(one)
        yield from [one] if len(corners) == 1 else map(shapely.LineString, pairwise(corners))


def ground(window, shapes):
    """Ground metres to the nearest edge or point of all shapes, by GEOS and PROJ, one by one."""
    x, y = np.meshgrid(window.x, window.y)
    places = shapely.points(x.ravel(), y.ravel())
    best = np.full(len(places), np.inf)
    for one in edges(shapes):
        ends = shapely.get_coordinates(shapely.shortest_line(places, one)).reshape(-1, 4)
        planar = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
        middle = (ends[:, :2] + ends[:, 2:]) / 2
        best = np.minimum(best, planar / scale_at(window.crs, *middle.T))
    return best.reshape(window.rows, window.cols)


def drawn_window(random, *, share=0.2):
    """Somewhere within a zone, also far from its meridian; a share on a map that stretches."""
    stretched = random.random() < share
    left = 30.0 * random.integers(10_000, 23_000) + 12_000_000 * stretched
    top = 30.0 * random.integers(90_000, 160_000)
    rows, cols = random.integers(1, 60, 2)
    return Window(left, top, 30.0, int(rows), int(cols), MERCATOR if stretched else WORKING)


def drawn_shapes(random, window, spread_m, kinds=("point", "line", "polygon")):
    west, south, east, north = window.bounds
    low, high = (west - spread_m, south - spread_m), (east + spread_m, north + spread_m)
    made = []
    for _ in range(random.integers(1, 12)):
        kind = random.choice(kinds)
        if kind == "point":
            made.append(shapely.Point(random.uniform(low, high)))
        elif kind == "line":
            made.append(shapely.LineString(random.uniform(low, high, (random.integers(2, 6), 2))))
        else:
            sides = int(random.integers(1, 6))
            made.append(
                shapely.Point(random.uniform(low, high)).buffer(
                    random.uniform(20, spread_m), quad_segs=sides
                )
            )
    return np.array(made, object)


@given(seed=st.integers(0, 10_000))
@examples(40, each=4)
def test_distance_is_that_of_geos(seed):
    random = np.random.default_rng(seed)
    window, reach = drawn_window(random), float(random.uniform(100, 5000))
    shapes = drawn_shapes(random, window, float(random.uniform(50, 6000)), ("point", "line"))
    segments = Segments.of(Flat.of(shapes))
    found = nearest_m(segments, window, reach)
    exact = ground(window, shapes)
    assert (np.isinf(found) == (exact > reach)).all()
    near = np.isfinite(found)
    assert np.abs(found[near] - exact[near]).max(initial=0.0) < 1e-4
    size = random.integers(1, 40, 2)
    for where, part in window.parts(*size.tolist()):
        assert nearest_m(segments, part, reach).tobytes() == found[where].tobytes()
    assert nearest_m(segments, window, reach, searched).tobytes() == found.tobytes()


@pytest.mark.parametrize(("rows", "cols"), [(1, 700), (300, 5), (257, 513)])
def test_kernels_find_the_same_distances_over_several_blocks(rows, cols):
    random = np.random.default_rng(rows)
    window = Window(600_000.0, 4_200_000.0, 30.0, rows, cols, WORKING)
    walk = np.cumsum(random.normal(0, 25, (4000, 2)), axis=0) + np.array([606_000, 4_197_000])
    grid = window.x[::7], window.y[:: max(rows // 9, 1)]
    points = shapely.points(*[one.ravel()[:50] for one in np.meshgrid(*grid)])
    shapes = np.array([shapely.LineString(walk), *points], object)
    segments = Segments.of(Flat.of(shapes))
    for reach in (90.0, 2500.0, 40_000.0):
        found = nearest_m(segments, window, reach)
        assert nearest_m(segments, window, reach, searched).tobytes() == found.tobytes()
    nowhere = Segments.of(Flat.of(np.array([shapely.Point(0, 0)], object)))
    assert np.isinf(nearest_m(nowhere, window, 90.0, searched)).all()


@given(seed=st.integers(0, 10_000))
@examples(40)
def test_inside_is_that_of_geos(seed):
    random = np.random.default_rng(seed)
    window = drawn_window(random)
    shapes = drawn_shapes(random, window, 900.0, ("polygon",))
    corners = [
        shapely.box(*np.sort(random.choice(window.x, 2)), *np.sort(random.choice(window.y, 2)))
        for _ in range(3)
    ]
    boxes = [one for one in corners if one.area]  # their edges and corners are centres of cells
    holed = [one.difference(one.buffer(-45.0, join_style="mitre")) for one in boxes]
    x, y = np.meshgrid(window.x, window.y)
    for group in (shapes, boxes, holed, [*shapes, *boxes]):
        rings = Rings.of(Flat.of(np.array([*group], object)))
        exact = np.zeros(x.shape, bool)
        for one in group:
            exact |= shapely.intersects_xy(one, x, y)
        found = inside(rings, window)
        assert (found == exact).all()
        for where, part in window.parts(7, 11):
            assert (inside(rings, part) == found[where]).all()


def test_neighbours_share_centres_on_their_border_out():
    """A centre on the edge between two polygons is in one of them, whichever way they are drawn."""
    x, y = float(GRID.x[10]), float(GRID.y[12])
    west, south, east, north = GRID.bounds
    quarters = [
        shapely.box(west, south, x, y),
        shapely.box(x, south, east, y),
        shapely.box(west, y, x, north).reverse(),
        shapely.box(x, y, east, north).reverse(),
    ]
    rings = Rings.of(Flat.of(np.array(quarters, object)))
    found = values_of(rings, np.arange(4), GRID)
    assert (found >= 0).all()
    assert np.bincount(found.ravel()).sum() == 900
    assert found[20, 20] == 1
    assert found[2, 2] == 2


@given(seed=st.integers(0, 10_000))
@examples(25)
def test_points_within_reach_are_counted(seed):
    random = np.random.default_rng(seed)
    window, reach = drawn_window(random), float(random.uniform(20, 3000))
    xy = np.array(window.bounds[:2]) + random.uniform(-4000, 4000, (40, 2))
    flat = Flat.of(shapely.points(xy))
    found = within(points_of(flat, Around.of(window, reach)), Around.of(window, reach))
    x, y = np.meshgrid(window.x, window.y)
    exact = np.zeros(x.shape)
    for px, py in xy:
        scale = scale_at(window.crs, (x + px) / 2, (y + py) / 2)
        exact += np.hypot(x - px, y - py) / scale <= reach
    assert (found == exact).all()
    for where, part in window.parts(9, 13):
        one = Around.of(part, reach)
        assert (within(points_of(flat, one), one) == found[where]).all()


@given(seed=st.integers(0, 10_000))
@examples(15, each=20)
def test_length_of_lines_within_reach_is_off_by_half_a_piece_where_it_is_cut(seed):
    random = np.random.default_rng(seed)
    window = drawn_window(random, share=0).part(0, 0, 12, 12)
    reach = float(random.uniform(100, 2000))
    lines = drawn_shapes(random, window, 2000.0, ("line",))
    flat, around = Flat.of(lines), Around.of(window, reach)
    found = within(pieces_of(flat, around), around) / UNITS_PER_M
    x, y = np.meshgrid(window.x, window.y)
    scale = scale_at(window.crs, x, y)
    discs = shapely.buffer(shapely.points(x, y), reach * scale, quad_segs=128)
    exact, cuts = np.zeros(x.shape), np.zeros(x.shape)
    for line in lines:
        exact += shapely.length(shapely.intersection(discs, line)) / scale
        cuts += shapely.get_num_geometries(shapely.intersection(shapely.boundary(discs), line))
    edges = sum(shapely.get_num_coordinates(lines))  # a piece may be cut without being crossed
    bound = (cuts + 2 * edges) * around.longest_m / 2 + 1e-3 * exact + 1.0
    assert (np.abs(found - exact) <= bound).all()
    for where, part in window.parts(5, 7):
        one = Around.of(part, reach)
        assert (within(pieces_of(flat, one), one) / UNITS_PER_M == found[where]).all()


LINE = shapely.LineString([(LEFT + 300, TOP - 2000), (LEFT + 300, TOP + 2000)])
WIDE = AREA.buffer(5000)


def test_distance_by_hand(tmp_path):
    write(tmp_path, [LINE])
    write(tmp_path, [WIDE], "wide.gpkg")
    found = values(tmp_path, Measure.DISTANCE, reach_m=400.0, coverage="wide.gpkg")
    scale = float(scale_at(WORKING, LEFT + 300, TOP - 450))
    assert at(found, 15, 450) == pytest.approx(285 / scale, rel=1e-6)
    assert at(found, 315, 450) == pytest.approx(15 / scale, rel=1e-6)
    assert at(found, 885, 450) == 400.0
    assert not np.isnan(found).any()


def test_distance_is_known_as_far_as_the_coverage_reaches(tmp_path):
    write(tmp_path, [LINE])
    found = values(tmp_path, Measure.DISTANCE, reach_m=400.0, coverage="area")
    known = ~np.isnan(found)
    assert known[0, 10]  # 15 m from the edge of the area, 15 m from the line
    assert at(found, 315, 15) == pytest.approx(15, rel=1e-3)
    assert np.isnan(at(found, 345, 15))  # 45 m from the line, the edge nearer
    assert np.isnan(at(found, 885, 450))
    assert np.isnan(at(found, 75, 450))
    assert at(found, 195, 450) == pytest.approx(105, rel=1e-3)
    assert at(found, 495, 405) == pytest.approx(195, rel=1e-3)


def test_without_coverage_only_the_shapes_are_known(tmp_path):
    write(tmp_path, [shapely.box(LEFT + 90, TOP - 180, LEFT + 180, TOP - 90)])
    tiles, _ = opened(tmp_path, Measure.DISTANCE, reach_m=400.0)
    found = tiles.tile(GRID)
    assert (found[3:6, 3:6] == 0).all()
    assert np.isnan(found).sum() == 900 - 9
    assert any("coverage" in one for one in tiles.receipt.remarks)
    within_it = values(tmp_path, Measure.INSIDE)
    assert (within_it[3:6, 3:6] == 1).all()
    assert np.isnan(within_it).sum() == 900 - 9
    assert np.nansum(values(tmp_path, Measure.INSIDE, coverage="area")) == 9
    assert not np.isnan(values(tmp_path, Measure.INSIDE, coverage="area")).any()


def test_less_coverage_makes_nothing_known(tmp_path):
    """Taking coverage away turns values into unknown ones, and changes no other."""
    write(tmp_path, [LINE, shapely.Point(LEFT + 700, TOP - 600)])
    write(tmp_path, [shapely.box(LEFT - 50, TOP - 700, LEFT + 650, TOP + 50)], "small.gpkg")
    write(tmp_path, [WIDE], "wide.gpkg")
    wide = values(tmp_path, Measure.DISTANCE, reach_m=300.0, coverage="wide.gpkg")
    small = values(tmp_path, Measure.DISTANCE, reach_m=300.0, coverage="small.gpkg")
    known = ~np.isnan(small)
    assert 0 < known.sum() < 900
    assert (small[known] == wide[known]).all()


def test_density_by_hand(tmp_path):
    middle = (LEFT + 435, TOP - 435)
    write(tmp_path, [shapely.Point(middle)] * 2 + [shapely.Point(LEFT + 465, TOP - 435)])
    write(tmp_path, [WIDE], "wide.gpkg")
    found = values(tmp_path, Measure.DENSITY, reach_m=100.0, coverage="wide.gpkg")
    circle = np.pi * 0.1**2
    assert at(found, 435, 435) == pytest.approx(3 / circle)
    assert at(found, 345, 435) == pytest.approx(2 / circle)
    assert at(found, 555, 435) == pytest.approx(1 / circle)
    assert at(found, 15, 15) == 0.0
    rim = values(tmp_path, Measure.DENSITY, reach_m=100.0, coverage="area")
    assert np.isnan(at(rim, 75, 450))
    assert at(rim, 105, 450) == 0.0
    assert np.isnan(values(tmp_path, Measure.DENSITY, reach_m=100.0)).all()


def test_density_of_a_line_through_the_middle(tmp_path):
    write(tmp_path, [LINE])
    write(tmp_path, [WIDE], "wide.gpkg")
    found = values(tmp_path, Measure.DENSITY, reach_m=200.0, coverage="wide.gpkg")
    chord = 2 * np.sqrt(0.2**2 - 0.015**2)
    assert at(found, 315, 435) == pytest.approx(chord / (np.pi * 0.2**2), rel=0.01)


def test_attributes_of_polygons(tmp_path):
    def box(col, row):
        return shapely.box(LEFT + col, TOP - row - 120, LEFT + col + 120, TOP - row)

    shapes = [box(0, 0), box(60, 0), box(300, 0), box(330, 0), box(600, 0), box(600, 300)]
    write(tmp_path, shapes, v=[1.5, 2.5, 7.0, 7.0, None, np.nan])
    tiles, faults = opened(tmp_path, Measure.VALUE, field="v")
    assert faults == []
    assert any("2 polygons have no value" in one for one in tiles.receipt.remarks)
    found = tiles.tile(GRID)
    assert at(found, 15, 15) == 1.5
    assert np.isnan(at(found, 75, 15))  # two polygons that say different things
    assert at(found, 135, 15) == 2.5
    assert at(found, 345, 15) == 7.0  # two that say the same
    assert np.isnan(at(found, 615, 15))
    assert np.isnan(at(found, 225, 15))


def test_only_what_counts_counts(tmp_path):
    other = shapely.LineString([(LEFT, TOP - 450), (LEFT + 900, TOP - 450)])
    write(tmp_path, [LINE, other], kind=["fault", "road"])
    write(tmp_path, [WIDE], "wide.gpkg")
    asked = {"reach_m": 400.0, "coverage": "wide.gpkg"}
    some = values(tmp_path, Measure.DISTANCE, where=("kind", ("fault",)), **asked)
    write(tmp_path, [LINE], "y.gpkg")
    assert (some == values(tmp_path, Measure.DISTANCE, name="y.gpkg", **asked)).all()


def test_other_crs_and_receipt(tmp_path):
    turned = geopandas.GeoSeries([LINE.segmentize(50.0)], crs=UTM).to_crs("EPSG:4490")
    write(tmp_path, turned, crs="EPSG:4490")
    tiles, faults = opened(tmp_path, Measure.DISTANCE, reach_m=400.0, coverage="area")
    assert faults == []
    write(tmp_path, [LINE], "y.gpkg")
    plain, _ = opened(tmp_path, Measure.DISTANCE, "y.gpkg", reach_m=400.0, coverage="area")
    assert np.allclose(tiles.tile(GRID), plain.tile(GRID), atol=0.01, equal_nan=True)
    receipt = tiles.receipt
    assert (receipt.driver, receipt.read, receipt.kept, receipt.crs) == ("GPKG", 1, 1, "EPSG:4490")
    assert len(receipt.sha256) == 64
    again, faults = opened(
        tmp_path, Measure.DISTANCE, reach_m=400.0, coverage="area", sha256=receipt.sha256
    )
    assert faults == []
    assert again.receipt == receipt


POLYGON = shapely.box(LEFT + 90, TOP - 180, LEFT + 180, TOP - 90)
FAR = shapely.box(LEFT, TOP - 900_000, LEFT + 9, TOP - 899_000)
AROUND = {"reach_m": 100.0, "coverage": "area"}
FAULTS = {
    "text": ([POLYGON], {"v": ["a"]}, Measure.VALUE, {"field": "v"}, "no number"),
    "infinite": ([POLYGON], {"v": ["inf"]}, Measure.VALUE, {"field": "v"}, "no number"),
    "always_empty": ([POLYGON] * 2, {"v": [None, np.nan]}, Measure.VALUE, {"field": "v"}, "empty"),
    "no_such_field": ([POLYGON], {"v": [1]}, Measure.VALUE, {"field": "w"}, "no field"),
    "no_field": ([POLYGON], {"v": [1]}, Measure.VALUE, {}, "[field]"),
    "lines_inside": ([LINE], {}, Measure.INSIDE, {"coverage": "area"}, "wrong kind"),
    "lines_with_values": ([LINE], {"v": [1]}, Measure.VALUE, {"field": "v"}, "wrong kind"),
    "density_of_polygons": ([POLYGON], {}, Measure.DENSITY, AROUND, "wrong kind"),
    "no_reach": ([LINE], {}, Measure.DISTANCE, {"coverage": "area"}, "[reach_m]"),
    "reach_too_far": ([LINE], {}, Measure.DISTANCE, {"reach_m": 3e5}, "[reach_m]"),
    "reach_without_use": ([POLYGON], {}, Measure.INSIDE, {"reach_m": 5.0}, "[reach_m]"),
    "band": ([LINE], {}, Measure.DISTANCE, {**AROUND, "band": 1}, "[band]"),
    "far": ([FAR], {}, Measure.INSIDE, {"coverage": "area"}, "does not meet"),
    "far_and_uncovered": ([FAR], {}, Measure.INSIDE, {}, "does not meet"),
    "unknown_word": (
        [LINE],
        {"kind": ["road"]},
        Measure.DISTANCE,
        {**AROUND, "where": ("kind", ("raod",))},
        "road",
    ),
    "empty_word": (
        [LINE, LINE],
        {"kind": ["road", None]},
        Measure.DISTANCE,
        {**AROUND, "where": ("kind", ("road",))},
        "nobody knows",
    ),
    "missing": ([LINE], {}, Measure.DISTANCE, {**AROUND, "name": "y.gpkg"}, "does not exist"),
    "missing_coverage": (
        [LINE],
        {},
        Measure.DISTANCE,
        {**AROUND, "coverage": "no.gpkg"},
        "[coverage]",
    ),
    "other_hash": ([LINE], {}, Measure.DISTANCE, {**AROUND, "sha256": "0" * 64}, "another hash"),
    "no_shapes": ([], {"v": []}, Measure.DISTANCE, AROUND, "no feature"),
    "bow_tie": (
        [shapely.Polygon([(LEFT, TOP), (LEFT + 90, TOP - 90), (LEFT + 90, TOP), (LEFT, TOP - 90)])],
        {},
        Measure.INSIDE,
        {"coverage": "area"},
        "invalid geometry",
    ),
}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", FAULTS)
def test_vector_is_refused(tmp_path, name):
    shapes, columns, measure, asked, part = FAULTS[name]
    write(tmp_path, shapes, **columns)
    tiles, faults = opened(tmp_path, measure, **asked)
    assert tiles is None
    assert any(part in one for one in faults), faults


def test_wrong_crs_is_refused(tmp_path):
    write(tmp_path, [LINE], crs="EPSG:4490")
    _, faults = opened(tmp_path, Measure.DISTANCE, **AROUND)
    assert any("[crs]" in one for one in faults), faults
    write(tmp_path, [LINE], "y.gpkg", crs="EPSG:2435")
    _, faults = opened(tmp_path, Measure.DISTANCE, "y.gpkg", **AROUND)
    assert any("Beijing" in one for one in faults), faults


def test_nothing_near_a_covered_area_is_a_remark(tmp_path):
    write(tmp_path, [shapely.Point(LEFT + 30_000, TOP)])
    tiles, faults = opened(tmp_path, Measure.DISTANCE, reach_m=100.0, coverage="area")
    assert faults == []
    assert any("near the study area" in one for one in tiles.receipt.remarks)
    assert at(tiles.tile(GRID), 450, 450) == 100.0
