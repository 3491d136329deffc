"""GeoParquet: what its metadata means, and what is noticed of damaged files."""

from __future__ import annotations

import json
import random
import struct

import geopandas
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from geozone.land.formats.features import UnreadableError, Wanted
from geozone.land.formats.reading import read_features

SQUARES = [shapely.box(0, 0, 1, 1), None, shapely.box(2, 2, 3, 3)]


def frame(shapes=SQUARES, **columns):
    columns = columns or {"DLBM": ["0102", "011", None], "n": [1, 2, 3]}
    return geopandas.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4547")


@pytest.fixture
def path(tmp_path):
    frame().to_parquet(tmp_path / "a.parquet", write_covering_bbox=True)
    return tmp_path / "a.parquet"


def spoiled(path, **changes):
    """The file with another ``geo`` document; ``None`` takes a key away, ``...`` the document."""
    table = pq.read_table(path)
    geo = json.loads(table.schema.metadata[b"geo"])
    for key, value in changes.items():
        place = geo if key in ("version", "primary_column", "columns") else geo["columns"]
        place = place if place is geo else place["geometry"]
        if value is None:
            place.pop(key, None)
        else:
            place[key] = json.loads(value)
    metadata = {} if "geo" in changes else {b"geo": json.dumps(geo).encode()}
    pq.write_table(table.replace_schema_metadata(metadata), path)
    return path


def fault(path, **wanted):
    with pytest.raises(UnreadableError) as refused:
        read_features(path, Wanted(**wanted))
    return f"{refused.value.what} -> {refused.value.todo}"


@pytest.mark.parametrize("encoding", ["WKB", "geoarrow"])
@pytest.mark.parametrize("ending", ["parquet", "geoparquet"])
def test_rows_shapes_texts_and_crs(tmp_path, encoding, ending):
    path = tmp_path / f"a.{ending}"
    frame().to_parquet(path, geometry_encoding=encoding)
    found = read_features(path, Wanted(fields=("dlbm", "n")))
    assert [one and one.bounds for one in found.shapes] == [(0, 0, 1, 1), None, (2, 2, 3, 3)]
    assert found.columns == {"dlbm": ("0102", "011", None), "n": ("1", "2", "3")}
    assert (found.declared, found.scanned, found.fids) == (3, 3, (1, 2, 3))
    assert found.crs.to_epsg() == 4547
    assert (found.driver, found.layer) == ("GeoParquet", "geometry")


@pytest.mark.parametrize(
    "shapes",
    [
        [shapely.Point(1, 2), None],
        [shapely.LineString([(0, 0), (1, 1)])],
        [shapely.Polygon([(0, 0, 5), (1, 0, 5), (1, 1, 5)])],
        [shapely.box(0, 0, 9, 9) - shapely.box(1, 1, 2, 2), shapely.Polygon(), None],
        [shapely.MultiPoint([(1, 2), (3, 4)])],
        [shapely.MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 3)]])],
        [shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3)]), None],
    ],
)
def test_native_encodings_agree_with_wkb(tmp_path, shapes):
    path = tmp_path / "a.parquet"
    made = frame(shapes, n=list(range(len(shapes))))
    found = []
    for encoding in ("WKB", "geoarrow"):
        made.to_parquet(path, geometry_encoding=encoding)
        found.append(read_features(path, Wanted()).shapes)
    assert [one is None for one in found[0]] == [one is None for one in shapes]
    assert shapely.to_wkb(found[0]).tolist() == shapely.to_wkb(found[1]).tolist()


def test_crs_left_out_is_degrees_and_null_is_undeclared(path):
    assert read_features(spoiled(path, crs=None), Wanted()).crs.to_epsg() == 4326
    assert read_features(spoiled(path, crs="null"), Wanted()).crs is None


def test_longitude_first_degrees_are_wgs_84(tmp_path):
    path = tmp_path / "a.parquet"
    frame().set_crs("OGC:CRS84", allow_override=True).to_parquet(path)
    assert read_features(path, Wanted()).crs.to_epsg() == 4326


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"geo": None}, "not GeoParquet"),
        ({"version": '"0.4.0"'}, "version 0.4.0"),
        ({"version": None}, "version"),
        ({"primary_column": '"other"'}, "damaged"),
        ({"columns": "[]"}, "damaged"),
        ({"columns": '{"geometry": 1}'}, "damaged"),
        ({"crs": '"EPSG:4547"'}, "PROJJSON"),
        ({"crs": '{"type": "x"}'}, "cannot be read"),
        ({"edges": '"spherical"'}, "not straight"),
        ({"encoding": '"WKT"'}, "encoding"),
        ({"encoding": '"polygon"'}, "cannot be read"),
        ({"encoding": None}, "encoding"),
    ],
)
def test_metadata_that_are_refused(path, changes, word):
    assert word in fault(spoiled(path, **changes))


def test_document_that_is_none(path):
    table = pq.read_table(path)
    for text in (b"{", b"[]", b"\xff", b"null"):
        pq.write_table(table.replace_schema_metadata({b"geo": text}), path)
        assert "cannot be read" in fault(path)


def test_one_of_several_geometry_columns(tmp_path):
    path = tmp_path / "a.parquet"
    made = frame([shapely.box(0, 0, 1, 1)], n=[1])
    made["middle"] = made.geometry.centroid
    made.to_parquet(path)
    found = read_features(path, Wanted())
    assert found.shapes[0].geom_type == "Polygon"
    assert "middle" in found.notes[0]
    assert read_features(path, Wanted("middle")).shapes[0].geom_type == "Point"
    assert "did you mean middle" in fault(path, layer="midle")


def test_nested_dictionary_and_other_values_become_text(path):
    table = pq.read_table(path)
    for name, values in {
        "words": pa.array(["甲", "乙", None]).dictionary_encode(),
        "list": pa.array([["a", "b"], [], None]),
        "bytes": pa.array([b"x", "乙".encode(), None]),
        "flag": pa.array([True, False, None]),
        "real": pa.array([102.0, 1.5, float("nan")]),
        "day": pa.array(["2024-01-05", None, None]).cast(pa.date32()),
    }.items():
        table = table.append_column(name, values)
    pq.write_table(table, path)
    names = ("words", "list", "bytes", "flag", "real", "day")
    assert read_features(path, Wanted(fields=names)).columns == {
        "words": ("甲", "乙", None),
        "list": ('["a", "b"]', "[]", None),
        "bytes": ("x", "乙", None),
        "flag": ("True", "False", None),
        "real": ("102", "1.5", None),
        "day": ("2024-01-05", None, None),
    }


def test_unknown_field_is_refused(path):
    assert "no field 'DLMB'" in fault(path, fields=("DLMB",))
    assert "no field 'bbox'" in fault(path, fields=("bbox",))


def test_malformed_wkb_is_a_doubt_with_its_row(path):
    table = pq.read_table(path)
    blobs = table.column("geometry").to_pylist()
    blobs[2] = blobs[2][:-9]
    at = table.schema.get_field_index("geometry")
    table = table.set_column(at, table.schema.field(at), pa.array(blobs, pa.binary()))
    pq.write_table(table, path)
    found = read_features(path, Wanted())
    assert found.doubts[0][0] == "invalid-geometry"
    assert found.doubts[0][1].endswith("malformed: 3")


def test_curves_are_refused(path):
    table = pq.read_table(path)
    places = [(0, 0), (1, 1), (2, 0)]
    curve = struct.pack("<BII", 1, 8, 3) + b"".join(struct.pack("<2d", *one) for one in places)
    at = table.schema.get_field_index("geometry")
    blobs = pa.array([curve, None, None], pa.binary())
    pq.write_table(table.set_column(at, table.schema.field(at), blobs), path)
    assert "cannot be read" in fault(path)


def test_cut_and_flipped_files_are_refused_or_read_whole(path):
    """No damage brings anything down; checked pages are never read as something else."""
    pq.write_table(pq.read_table(path), path, write_page_checksum=True)
    content = path.read_bytes()
    whole = [one and one.wkb for one in read_features(path, Wanted()).shapes]
    chance = random.Random(7)
    for size in range(0, len(content), 97):
        path.write_bytes(content[:size])
        assert "cannot be read" in fault(path)
    for _ in range(120):
        damaged = bytearray(content)
        damaged[chance.randrange(4, len(content) // 3)] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        try:
            found = read_features(path, Wanted())
        except UnreadableError:
            continue
        assert [one and one.wkb for one in found.shapes] == whole


def test_declared_rows_beyond_reason_are_refused(path, monkeypatch):
    monkeypatch.setattr("geozone.land.formats.parquet.MOST_ROWS", 2)
    assert "too many" in fault(path)


def test_plain_table_is_refused(tmp_path):
    pq.write_table(pa.table({"lon": [1.0]}), tmp_path / "a.parquet")
    assert "not GeoParquet" in fault(tmp_path / "a.parquet")
