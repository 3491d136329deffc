"""A layer from the store is the layer that was read: every value, every word of its receipt."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

from geozone.land.layers.layer import Layer
from geozone.land.layers.select import answering, matching
from geozone.land.project import STORE, read_project
from geozone.land.store import opening
from geozone.land.store.content import TOLD, content_of
from geozone.law.condition import Condition
from geozone.law.errors import Refused

CELLS = np.array([[0, 1, 1], [2, 2, 1], [9, 0, 0]], np.uint8)


def raster(path: Path, cells: Any, **more: Any) -> None:
    at = Affine(1000, 0, 515_000, 0, -1000, 4_210_000)
    given = {"driver": "GTiff", "height": 3, "width": 3, "count": 1, "crs": "EPSG:4547"}
    with rasterio.open(path, "w", **given, transform=at, dtype=cells.dtype, **more) as file:
        file.write(cells, 1)


def polygons(case: Any, make: Any) -> None:
    square = make["square"]
    holed = square().difference(square(half_m=100))
    many = shapely.MultiPolygon([square(2000, 0), square(4000, 0)])
    made = make["frame"]([holed, many, square(0, 3000)], NAME=["甲", None, "乙"])
    case.add("pbf.gpkg", made, coverage="area")


def classes(case: Any, make: Any) -> None:
    lines = [
        shapely.LineString([(515_000 + d, 4_200_000), (520_000, 4_210_000 + d)]) for d in range(4)
    ]
    made = make["frame"](lines, LEVEL=["正线", "地铁", "正线", "?"])
    words = {"正线": "line", "地铁": "metro", "?": "unknown"}
    written = {"field": "LEVEL", "map": words}
    case.add("rail.shp", made, theme="railway", half_width_m=10, **{"class": written})


def points(case: Any, make: Any) -> None:
    made = make["frame"]([shapely.Point(520_000, 4_207_000), shapely.MultiPoint([(5e5, 42e5)])])
    case.add("wells.geojson", made.to_crs(4326), theme="geothermal_well", accuracy_m=3.5)


def rights(case: Any, make: Any) -> None:
    days = ["2020-01-02", None]
    made = make["frame"]([make["square"](), make["square"](50)], NO=["1", "2"], DAY=days)
    names = {"right_id": "NO", "granted_on": "DAY"}
    case.add("r.gpkg", made, theme="right_mining", fields=names, coverage="cover.geojson")
    cover = make["frame"]([shapely.box(505_000, 4_190_000, 525_000, 4_220_000)])
    cover.to_crs(4326).to_file(case.folder / "cover.geojson")


def sheets(case: Any, make: Any) -> None:
    make["frame"]([make["square"](0, 0)]).to_file(case.folder / "one.gpkg")
    make["frame"]([make["square"](3000, 0)]).to_file(case.folder / "two.geojson")
    case.add("one.gpkg", None, paths=["one.gpkg", "two.geojson"], crs="EPSG:4547")
    del case.layers[0]["path"], case.layers[0]["crs"]
    make["frame"]([make["square"](3000, 0)]).to_crs(4326).to_file(case.folder / "two.geojson")


def cells(case: Any, make: Any) -> None:
    raster(case.folder / "v.tif", CELLS, nodata=7)
    words = {"0": "none", "1": "present", "2": "present", "9": "unknown"}
    case.add("v.tif", None, theme="scenic_area", **{"class": {"values": words}})


def values(case: Any, make: Any) -> None:
    raster(case.folder / "v.tif", CELLS.astype(np.float32) / 3, nodata=-1.0)
    case.add("v.tif", None, theme="settlement")


def waived(case: Any, make: Any) -> None:
    why = [{"problem": "null-geometry", "why": "登记缺图"}, {"problem": "missing", "why": "未用"}]
    case.add("pbf.gpkg", [make["square"](), None], coverage="area", waive=why)


def absent(case: Any, make: Any) -> None:
    case.add("gone.gpkg", None, waive=[{"problem": "missing", "why": "待补"}])


def nothing(case: Any, make: Any) -> None:
    made = make["frame"]([make["square"]()]).iloc[:0]
    case.add("none.gpkg", made, empty_ok=True, coverage="area")


def mended(case: Any, make: Any) -> None:
    x, y = 520_000, 4_207_000
    places = [
        (x, y),
        (x + 50, y),
        (x + 50, y + 50),
        (x + 90, y + 90),
        (x + 50, y + 50),
        (x, y + 50),
    ]
    again = [(x + 500, y, 1), (x + 500, y, 1), (x + 600, y, 2), (x + 600, y + 90, 3)]
    case.add("pbf.gpkg", [shapely.Polygon(places), shapely.Polygon(again)])


KINDS = (polygons, classes, points, rights, sheets, cells, values, waived, absent, nothing, mended)


def told(layer: Layer) -> dict[str, Any]:
    """All that a layer says, in values that compare."""
    raster = layer.raster
    found = {one.name: getattr(layer, one.name) for one in fields(layer) if one.name != "held"}
    flat = layer.flat
    return found | {
        "shapes": [shapely.to_wkb(one) for one in layer.shapes],
        "coverage": shapely.to_wkb(layer.coverage),
        "spec": repr(layer.spec),
        "receipt": (layer.receipt, repr(layer.receipt)),
        "flat": [getattr(flat, one).tobytes() for one in ("xy", "starts", "sign", "owner")],
        "content": content_of(flat),
        "bounds": layer.bounds.tobytes(),
        "count": layer.count,
        "raster": None
        if raster is None
        else (
            raster.values.dtype,
            raster.values.shape,
            raster.values.tobytes(),
            raster.valid.dtype,
            raster.valid.tobytes(),
            raster.affine,
            raster.operation.says,
            raster.operation.is_identity,
            [shapely.to_wkb(one) for one in raster.where(0.1, 0.6)],
        ),
    }


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on no layer can be read from its files."""

    def stop(*_: object, **__: object) -> None:
        raise AssertionError("a layer was read that the store knows")

    return lambda: monkeypatch.setattr(opening, "read_layer", stop)


@pytest.mark.parametrize("build", KINDS, ids=lambda one: one.__name__)
def test_a_layer_from_the_store_is_the_layer_that_was_read(case, make, unread, build):
    build(case, make)
    path = case.write()
    fresh, first = read_project(path, store=None), read_project(path)
    unread()
    again = read_project(path)
    assert [one.held is None for one in (*fresh.layers, *again.layers)] == [True, False]
    for project in (first, again):
        assert [told(one) for one in project.layers] == [told(one) for one in fresh.layers]
        assert project.warnings == fresh.warnings
        assert [one.to_dict() for one in project.inputs] == [one.to_dict() for one in fresh.inputs]


def test_a_layer_from_the_store_may_go_to_another_process(case, make):
    classes(case, make)
    read_project(case.write())
    (layer,) = read_project(case.folder).layers
    assert told(pickle.loads(pickle.dumps(layer))) == told(layer)
    assert told(pickle.loads(pickle.dumps(layer))) == told(layer)  # once more, with all built


def test_coordinates_from_the_store_know_their_content_and_changed_ones_forget_it(case, make):
    classes(case, make)
    read_project(case.write())
    (layer,) = read_project(case.folder).layers
    flat = layer.flat
    assert vars(flat)[TOLD] == content_of(replace(flat)) == content_of(flat)
    for name in ("xy", "starts", "sign", "owner"):
        other = replace(flat, **{name: getattr(flat, name) + 1})
        assert content_of(other) != content_of(flat), name


def test_a_declared_coverage_stays_one_shape(case, make, unread):
    rights(case, make)
    case.layers.append({**case.layers[0], "theme": "right_exploration"})
    path = case.write()
    read_project(path)
    unread()
    one, two = read_project(path).layers
    assert one.coverage is two.coverage


def test_layers_are_kept_that_passed_and_no_others(case, make, unread):
    polygons(case, make)
    path = case.write()
    x, y = 520_000, 4_207_000
    case.add("torn.gpkg", [shapely.Polygon([(x, y), (x + 9, y + 9), (x + 9, y), (x, y + 9)])])
    for _ in range(2):
        with pytest.raises(Refused, match="Self-intersection"):
            read_project(case.write())
        assert len(list((case.folder / STORE).glob("*.layer"))) == 1
    del case.layers[1]
    path = case.write()
    unread()
    assert len(read_project(path).layers) == 1


def test_a_declared_shift_is_never_kept(case, make, monkeypatch):
    polygons(case, make)
    case.layers[0]["datum_shift"] = "shift.toml"
    monkeypatch.setattr(opening, "with_shift", lambda spec, *_: replace(spec, shift=None))
    layer = read_project(case.write()).layers[0]
    assert layer.held is None
    assert not list((case.folder / STORE).glob("*.layer"))


@pytest.mark.parametrize("store", [STORE, None], ids=["kept", "fresh"])
def test_what_is_near_is_found_by_bounds(case, make, store):
    case.add("pbf.gpkg", [make["square"](at * 2000, 0) for at in range(-4, 5)])
    path = case.write()
    read_project(path, store=store)
    (layer,) = read_project(path, store=store).layers
    x, y = 520_000, 4_207_000
    for bounds in [
        (x, y, x, y),
        (x + 500, y, x + 1500, y),
        (x + 501, y, x + 1499, y),
        (0, 0, 1, 1),
    ]:
        places, shapes = layer.near(bounds)
        box = shapely.box(*bounds)
        wanted = [at for at, one in enumerate(layer.shapes) if shapely.intersects(one, box)]
        assert places.tolist() == wanted
        assert [one.wkb for one in shapes] == [layer.shapes[at].wkb for at in wanted]
        assert layer.named(places) == tuple(layer.ids[at] for at in wanted)


@pytest.mark.parametrize("store", [STORE, None], ids=["kept", "fresh"])
def test_conditions_match_the_same(case, make, store):
    classes(case, make)
    path = case.write()
    read_project(path, store=store)
    (layer,) = read_project(path, store=store).layers
    certain, maybe = matching(layer, Condition("railway", ("line",)))
    assert (certain.tolist(), maybe.tolist()) == ([0, 2], [3])
    certain, maybe = matching(layer, Condition("railway", attributes=(("adcode", ("13",)),)))
    assert (certain.tolist(), maybe.tolist()) == ([], [0, 1, 2, 3])


def test_a_copy_with_other_shapes_has_nothing_of_the_old_ones(case, make):
    polygons(case, make)
    (layer,) = read_project(case.write()).layers
    other = replace(layer, shapes=layer.shapes[:1], classes=(None,), ids=("x",))
    assert (other.count, len(other.flat.owner), len(other.bounds)) == (1, 2, 1)
    assert other.named(np.array([0])) == ("x",)


def test_values_are_answered_from_the_store(case, make, unread):
    values(case, make)
    path = case.write()
    asked = Condition("settlement", above=0.5)
    fresh = answering(read_project(path, store=None).layers[0], asked)[0]
    read_project(path)
    unread()
    kept = answering(read_project(path).layers[0], asked)[0]
    assert [one.wkb for one in kept.shapes] == [one.wkb for one in fresh.shapes]
    assert len(kept.shapes) == 1
