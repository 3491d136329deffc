"""The edge of a union is found for every case; kernels find none that plain libraries do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import CRS

from geozone.engine.outline import closed_m, outline, polygons_of
from geozone.engine.outlines.merging import union_edge
from geozone.engine.scalefit import fitted
from geozone.land.shapes.flat import Flat

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))
KINDS = [(path, kind) for path in CASES for kind in json.loads(path.read_text("utf-8"))["shapes"]]


def case(path: Path, kind: str) -> Any:
    name = f"{path.stem}-{kind}"
    return pytest.param(path, kind, id=name)


EXACT_M = 0.004


@pytest.mark.parametrize(("path", "kind"), [case(*one) for one in KINDS])
def test_edges_of_unions(path: Path, kind: str) -> None:
    told = json.loads(path.read_text(encoding="utf-8"))["shapes"][kind]
    shapes = polygons_of(shapely.from_wkt(np.array(told, object)))
    plain = shapely.union_all(outline(shapes))
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    scale = fitted(CRS.from_epsg(4547), (west, south, east, north))
    grown = closed_m(CRS.from_epsg(4547), (west + east) / 2, (south + north) / 2)
    flat = union_edge(Flat.of(shapes).rings, grown, scale)
    if (shapely.area(shapes) < EXACT_M * shapely.length(shapes)).any():
        return  # what is so thin may vanish from either
    for at, to in zip(flat.starts[:-1], flat.starts[1:], strict=True):
        edge = shapely.segmentize(shapely.LineString(flat.xy[at:to]), 1.0)
        places = shapely.points(shapely.get_coordinates(edge))
        assert shapely.dwithin(plain, places, EXACT_M).all()
