"""One ground: cells, zones, explanations, map, proposals and notice say the same of a place."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import geozone as gz
from geozone.answers.assess import assess_one
from geozone.answers.explain import explain
from geozone.answers.grids import whole_grid
from geozone.answers.zoning import judge_rows
from geozone.engine.grid import Grid
from geozone.land.proposals.proposal import Proposal
from geozone.law.verdict import Verdict, severest
from geozone.rules import vocabulary

CLOSE_M = 0.02
SHOWN = {
    "stage": "new",
    "use": "heating",
    "reservoir": ("bedrock",),
    "exploration_stage": "feasibility",
    "reinjection_ratio": 1.0,
    "reinjection_same_layer": True,
    "takes_water": True,
    "within_groundwater_quota": True,
    "capacity_is_natural": True,
    "abstraction_capacity_m3h": 80.0,
    "reinjection_capacity_m3h": 75.0,
    "expert_proof": "DOC-1",
    "approved_abstraction": "DOC-2",
}
"""What a good heating well shows."""

Codes = dict[str, np.ndarray[Any, Any]]  # verdict codes per activity, cell by cell
FEW = settings(
    max_examples=4,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class Whole:
    """A project with its zones, its burned cells and its map, all through the public doors."""

    def __init__(self, folder: Path) -> None:
        self.project = gz.open(folder)
        self.run = self.project.zone()
        self.zoning = self.run.zoning
        self.site = self.zoning.site
        self.grid, self.burned = whole_grid(self.site)
        self.html = self.project.map(zones=self.run).html

    @property
    def activities(self) -> list[Any]:
        return list(self.zoning.zones)

    def centres(self) -> np.ndarray[Any, Any]:
        """Centres of the inside cells, (n, 2)."""
        picked: np.ndarray[Any, Any] = self.grid.centres.reshape(-1, 2)
        return picked[self.burned.inside.ravel()]

    def cells(self) -> Codes:
        """Verdicts of the burned rows at the inside cells."""
        rows = self.burned.index[self.burned.inside]
        judged = judge_rows(self.site, self.burned.evidence)
        return {
            str(activity): np.array([one.verdict.code for one in judged[activity]])[rows]
            for activity in self.activities
        }

    def zones_at(self, points: np.ndarray[Any, Any]) -> Codes:
        """Verdicts of the zones that contain the points; empty within 2 cm of an edge."""
        return {
            str(activity): _by_zone(zones, points) for activity, zones in self.zoning.zones.items()
        }

    def on_map(self) -> Codes:
        """Verdicts that the page's own tables hold for the inside cells."""
        data, packed = (_block(self.html, name) for name in ("data", "index"))
        raw = gzip.decompress(base64.b64decode(packed))
        index = np.frombuffer(raw, f"<u{data['grid']['bits'] // 8}")
        rows = index[index != data["grid"]["outside"]]
        return {
            one["key"]: np.array([one["reasons"][place]["verdict"] for place in one["rows"]])[rows]
            for one in data["activities"]
        }

    def explained(self, points: np.ndarray[Any, Any]) -> Codes:
        told = [explain(self.site, shapely.Point(*one)) for one in points]
        return {
            str(activity): np.array([each[at].judgement.verdict.code for each in told])
            for at, activity in enumerate(self.activities)
        }


def _block(html: str, name: str) -> Any:  # JSON of the page
    found = re.search(rf'<script[^>]*id="geozone-{name}"[^>]*>(.*?)</script>', html, re.S)
    assert found
    return json.loads(found.group(1))


def _by_zone(zones: Any, points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    found = np.full(len(points), "", object)
    spots = shapely.points(points)
    for zone in zones:
        shapely.prepare(zone.shape)
        held = shapely.contains(zone.shape, spots)
        far = np.zeros(len(points), bool)
        far[held] = shapely.distance(shapely.boundary(zone.shape), spots[held]) >= CLOSE_M
        assert not (found[far] != "").any(), "zones overlap"
        found[far] = zone.reason.verdict.code
    return found


@pytest.fixture(scope="module")
def whole(small: Path) -> Whole:
    return Whole(small)


def check(whole: Whole, explained: int) -> None:
    """Cells, zones, map and a seeded sample of explanations agree."""
    points, cells = whole.centres(), whole.cells()
    zones, shown = whole.zones_at(points), whole.on_map()
    picked = np.random.default_rng(5).choice(len(points), min(explained, len(points)), False)
    told = whole.explained(points[picked])
    for key, codes in cells.items():
        sure = zones[key] != ""
        assert sure.mean() > 0.98
        assert _differ(points[sure], codes[sure], zones[key][sure]) == []
        assert _differ(points, codes, shown[key]) == []
        assert _differ(points[picked], codes[picked], told[key]) == []


def _differ(points: Any, ones: Any, others: Any) -> list[Any]:
    return [
        (tuple(points[at]), str(ones[at]), str(others[at]))
        for at in np.flatnonzero(ones != others)[:5]
    ]


def test_the_small_project_shows_every_verdict(whole: Whole) -> None:
    seen = {code for codes in whole.cells().values() for code in codes}
    assert seen >= {"prohibited", "undetermined", "restricted", "allowed", "no_rule"}


def test_cells_zones_map_and_explanations_agree(whole: Whole) -> None:
    check(whole, explained=900)


def test_hectares_of_cells_and_zones_are_alike(whole: Whole) -> None:
    hectare = whole.grid.resolution_m**2 / 1e4
    for key, codes in whole.cells().items():
        for code, area in whole.run.summary()[key].items():
            assert (codes == code).sum() * hectare == pytest.approx(area, abs=9.0)


def _proposal(activity: Any, shape: Any, **facts: Any) -> Proposal:
    return Proposal("W", activity, shape, 0.0, facts, "row 1")


@pytest.mark.parametrize("siting", ["well_production", "block_mining"])
def test_a_new_project_that_shows_all_gets_the_ground(whole: Whole, siting: str) -> None:
    activity = vocabulary.parse_activity(f"middeep_reinjection:{siting}")
    points, codes = whole.centres(), whole.cells()[str(activity)]
    for at in np.random.default_rng(11).choice(len(points), 60, False):
        judged = assess_one(whole.site, _proposal(activity, shapely.Point(points[at]), **SHOWN))
        assert judged.ground.code == codes[at]
        assert (tuple(points[at]), judged.verdict.code) == (tuple(points[at]), codes[at])


def test_a_new_project_that_shows_nothing_is_never_milder(whole: Whole) -> None:
    activity = whole.activities[0]
    points = whole.centres()
    for at in np.random.default_rng(12).choice(len(points), 40, False):
        bare = assess_one(whole.site, _proposal(activity, shapely.Point(points[at])))
        assert bare.verdict >= bare.ground


PARCELS = {
    "mixed": (820, 610, 700, 800),
    "quiet": (1_420, 1_620, 90, 80),
    "by the line": (1_310, 2_130, 333, 140),
    "unseen hole": (340, 2_540, 100, 90),
    "mountain": (60, 60, 120, 130),
    "park": (2_030, 40, 311, 210),
}


@pytest.mark.parametrize("place", PARCELS)
def test_the_matrix_is_the_severest_ground_of_the_parcel(
    whole: Whole, drawing: Any, tmp_path: Path, place: str
) -> None:
    shape = drawing.box(*PARCELS[place])
    matrix = _matrix(whole, drawing, shape, tmp_path)
    for activity, zones in whole.zoning.zones.items():
        inside = [one for one in zones if one.shape.intersection(shape).area > 1e-3]
        assert matrix[str(activity)] == _together(one.reason.verdict for one in inside).code


@pytest.mark.parametrize("place", PARCELS)
def test_the_matrix_is_never_milder_than_a_cell_of_the_parcel(
    whole: Whole, drawing: Any, tmp_path: Path, place: str
) -> None:
    shape = drawing.box(*PARCELS[place])
    matrix = _matrix(whole, drawing, shape, tmp_path)
    held = shapely.contains(shape, shapely.points(whole.centres()))
    assert held.any()
    for key, codes in whole.cells().items():
        worst = severest(_verdict(one) for one in codes[held])
        assert _verdict(matrix[key]) >= worst


def _matrix(whole: Whole, drawing: Any, shape: Any, folder: Path) -> dict[str, str]:
    path = folder / "parcel.gpkg"
    geopandas.GeoDataFrame({"id": ["P"]}, geometry=[shape], crs=drawing.crs).to_file(path)
    cells = whole.project.notice(path).content["matrix"]
    return {f"{one['technology']}:{one['object']}": one["ground"] for one in cells}


def _verdict(code: str) -> Verdict:
    return next(one for one in Verdict if one.code == code)


def _together(verdicts: Any) -> Verdict:
    """The severest; ground mixed with ground that no rule governs is at least open."""
    found = set(verdicts)
    mixed = Verdict.NO_RULE in found and len(found) > 1
    return severest([*found, Verdict.UNDETERMINED] if mixed else found)


def _random(drawing: Any, seed: int) -> Any:
    """The project with other shapes: boxes, turned and overlapping, at odd coordinates."""
    rng = np.random.default_rng(seed)

    def somewhere(one: Any) -> Any:
        if not one.shapes or one.name == "suitable_zone":
            return one
        if shapely.length(one.shapes[0]) and one.shapes[0].geom_type == "LineString":
            drawn = [drawing.line(*rng.uniform(-400, 3_400, (3, 2))) for _ in one.shapes]
        else:
            drawn = [_blob(drawing, rng) for _ in one.shapes]
        return replace(one, shapes=drawn, accuracy_m=float(rng.choice([0, 3, 12])))

    return drawing.Drawn(themes=tuple(somewhere(one) for one in drawing.themes()))


def _blob(drawing: Any, rng: np.random.Generator) -> Any:
    wide, high = rng.uniform(60, 900, 2)
    made = drawing.box(*rng.uniform(-100, 2_700, 2), wide, high)
    return shapely.affinity.rotate(made, rng.uniform(0, 90))


@given(seed=st.integers(0, 10_000))
@FEW
def test_other_ground_agrees_too(
    tmp_path_factory: pytest.TempPathFactory, drawing: Any, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("drawn")
    check(Whole(drawing.write(folder, _random(drawing, seed))), explained=40)


def test_the_grid_starts_at_the_edge_of_the_area(whole: Whole) -> None:
    grid: Grid = whole.grid
    assert (grid.shape.rows, grid.shape.cols) == (60, 60)
    assert whole.burned.inside.all()
