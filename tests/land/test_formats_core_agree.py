"""The readers against a driver's classic read: the same shapes and the same words for values."""

from __future__ import annotations

import warnings
from datetime import date, datetime

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely

from geozone.land.formats.features import Wanted, canonical_text
from geozone.land.formats.reading import read_features

ENDINGS = ["gpkg", "shp", "geojson", "fgb", "gdb"]
ROWS = 40
VALUES = {
    "text": lambda dice: str(dice.choice(["0102", "正线", "a b", "x" * 30])),
    "whole": lambda dice: int(dice.integers(-(10**6), 10**6)),
    "long": lambda dice: int(dice.integers(10**13, 10**15)),
    "real": lambda dice: float(np.round(dice.normal() * 1000, int(dice.integers(0, 4)))),
    "day": lambda dice: date(2000 + int(dice.integers(0, 25)), int(dice.integers(1, 13)), 5),
    "truth": lambda dice: bool(dice.integers(0, 2)),
    "time": lambda dice: datetime(2020, 1, int(dice.integers(1, 28)), int(dice.integers(0, 2)), 30),
}
LACKING = {"shp": {"truth", "time"}, "gdb": {"truth"}, "geojson": {"day", "time"}}
"""Kinds that a format has no field for, or only text."""
DRIVER = {"gdb": {"driver": "OpenFileGDB", "TARGET_ARCGIS_VERSION": "ARCGIS_PRO_3_2_OR_LATER"}}
SHAPES = {
    "point": lambda x, y: shapely.Point(x, y),
    "point_z": lambda x, y: shapely.Point(x, y, 5),
    "line": lambda x, y: shapely.LineString([(x, y), (x + 3, y + 1), (x + 5, y)]),
    "polygon": lambda x, y: shapely.box(x, y, x + 2, y + 3),
    "hole": lambda x, y: shapely.box(x, y, x + 9, y + 9) - shapely.box(x + 1, y + 1, x + 2, y + 2),
}


def made(folder, ending, kind, dice):
    """A file of rows with values, nulls among them and null shapes."""
    names = [one for one in VALUES if one not in LACKING.get(ending, ())]
    columns = {
        name: [None if dice.random() < 0.2 else VALUES[name](dice) for _ in range(ROWS)]
        for name in names
        if name != "truth"
    }
    if "truth" in names:
        columns["truth"] = [VALUES["truth"](dice) for _ in range(ROWS)]
    places = dice.integers(0, 1000, (ROWS, 2)).astype(float)
    shapes = [SHAPES[kind](*place) for place in places]
    if ending != "fgb":  # its driver would leave such rows out of the index
        shapes[3] = None
    frame = geopandas.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4547")
    for name in ("whole", "long"):
        frame[name] = frame[name].astype("Int64")
    path = folder / f"a.{ending}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # remarks on what it writes
        pyogrio.write_dataframe(frame, path, **DRIVER.get(ending, {}))
    return path, names


def classic(path, names):
    """Shapes, numbers and texts as the driver hands them on in the classic way."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        meta, fids, blobs, data = pyogrio.raw.read(path, columns=names, return_fids=True)
    by_name = dict(zip(meta["fields"], data, strict=True))
    texts = {}
    for name in names:
        values = by_name[name]
        if values.dtype.kind == "M":
            values = values.astype("datetime64[us]")
        texts[name] = tuple(canonical_text(one) for one in values.tolist())
    return shapely.from_wkb(blobs), fids, texts


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("ending", ENDINGS)
def test_readers_agree_with_the_classic_read(tmp_path, ending, kind):
    dice = np.random.default_rng([ENDINGS.index(ending), list(SHAPES).index(kind)])
    path, names = made(tmp_path, ending, kind, dice)
    found = read_features(path, Wanted(fields=tuple(names)))
    shapes, fids, texts = classic(path, names)
    assert found.columns == texts
    missing = shapely.is_missing(shapes)
    assert np.array_equal(shapely.is_missing(found.shapes), missing)
    assert (
        shapely.to_wkb(found.shapes[~missing]).tolist() == shapely.to_wkb(shapes[~missing]).tolist()
    )
    assert len(found.fids) == len(fids) == ROWS


@pytest.mark.parametrize("ending", ENDINGS)
def test_digits_stay_where_a_number_is_missing(tmp_path, ending):
    """The classic read makes floats of whole numbers with nulls, which rounds long codes."""
    frame = geopandas.GeoDataFrame(
        {"BSM": np.array([9007199254740993, None], object)},
        geometry=[shapely.Point(1, 1), shapely.Point(2, 2)],
        crs="EPSG:4547",
    )
    frame["BSM"] = frame["BSM"].astype("Int64")
    pyogrio.write_dataframe(frame, tmp_path / f"a.{ending}", **DRIVER.get(ending, {}))
    found = read_features(tmp_path / f"a.{ending}", Wanted(fields=("标识码",)))
    assert sorted(found.columns["标识码"], key=str) == ["9007199254740993", None]
