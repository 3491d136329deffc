"""Shapes that have broken overlays, one file each: areas, borders and labels are right."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from conftest import EAST, NORTH
from truth_grounds import MM, assert_covers, assert_whole, counter_of, cut

from geozone.engine.outlines.faces import to_shapely

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))
CELLS_MM = (8_192_000, 100_003, 9_001)
PLACES = {"where it was": (0.0, 0.0), "on the ground": (EAST, NORTH), "off the grid": (0.31, 0.77)}


def shapes_of(case: Any, shift: Any) -> dict[str, Any]:
    found = {}
    for name, texts in case["shapes"].items():
        given = shapely.from_wkt(np.array(texts, object))
        found[name] = shapely.transform(given, lambda xy: xy + shift)
    return found


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_areas_borders_and_labels(path: Path, place: str) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    kinds = shapes_of(case, PLACES[place])
    bounds = shapely.total_bounds(np.concatenate(list(kinds.values())))
    area = shapely.box(*np.floor(bounds) - (5, 5, -6, -6))
    names = list(kinds)
    counters = [counter_of([area]), *(counter_of(one) for one in kinds.values())]
    for cell_mm in CELLS_MM[: 2 if np.ptp(bounds[::2]) > 500 else 3]:
        found = cut(counters, cell_mm)
        assert_whole(found.faces, found.edges)
        assert_covers(found.faces, area)
        for asked, wanted in case["square_metres"].items():
            numbers = [names.index(one) + 1 for one in asked.split()]
            rims = sum(shapely.length(kinds[one]).sum() for one in asked.split())
            got = found.area_m2(*numbers)
            assert got == pytest.approx(wanted, rel=1e-6, abs=rims / MM), (asked, cell_mm)
        assert_kept(found, kinds)


def assert_kept(found: Any, kinds: dict[str, Any]) -> None:
    """Places inside and outside of every polygon, away from borders, have its label."""
    faces = to_shapely(found.faces)
    edges = shapely.union_all([shapely.boundary(one) for one in np.concatenate([*kinds.values()])])
    draw = np.random.default_rng(1)
    west, south, east, north = shapely.total_bounds(np.concatenate([*kinds.values()]))
    inner = [shapely.get_coordinates(shapely.point_on_surface(one)) for one in kinds.values()]
    places = np.concatenate([*inner, draw.uniform((west, south), (east, north), (300, 2))])
    places = places[~shapely.dwithin(edges, shapely.points(places), 0.005)]
    face, place = shapely.STRtree(shapely.points(places)).query(faces, "intersects")
    assert np.array_equal(np.sort(place), np.arange(len(places)))
    bits = found.bits[found.faces.label[face]]
    for number, shapes in enumerate(kinds.values(), start=1):
        inside = np.isin(
            np.arange(len(places)),
            shapely.STRtree(shapely.points(places)).query(shapes, "intersects")[1],
        )
        assert np.array_equal(bits[:, number], inside[place])


def test_every_kind_of_case_is_there() -> None:
    assert len(CASES) >= 14
    for one, other in combinations(CASES, 2):
        assert one.read_bytes() != other.read_bytes()
