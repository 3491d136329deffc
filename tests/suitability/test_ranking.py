"""Blocks in order: no score lifts one over a better standing, ties are told the same way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

import geozone as gz
from geozone.answers.assess import Assessment
from geozone.answers.finding import Open
from geozone.answers.site import Site, open_site
from geozone.answers.suitability.maps import ScoreMaps, of_arrays
from geozone.answers.suitability.model import OUTSIDE, Class
from geozone.answers.suitability.ranking import RankBy, RankedBlock, Standing, rank_blocks, ranked
from geozone.answers.suitability.statistics import ScoreSummary, TractStatistics
from geozone.engine.grid import grid_over
from geozone.land.proposals.proposal import Proposal, read_proposals
from geozone.law.activity import Activity
from geozone.law.errors import Refused
from geozone.law.judgement import Cause, Gap
from geozone.law.verdict import Verdict
from geozone.rules import vocabulary

HEBEI = Path(__file__).parents[2] / "layers" / "hebei-demo"
BLOCK = next(
    one for one in vocabulary.activities() if str(one) == "middeep_reinjection:block_mining"
)

ALLOWED, RESTRICTED, UNDETERMINED, PROHIBITED, NO_RULE = (
    Verdict.ALLOWED, Verdict.RESTRICTED, Verdict.UNDETERMINED, Verdict.PROHIBITED, Verdict.NO_RULE,
)  # fmt: skip
FACT, COVERAGE = Cause.FACT_NOT_STATED, Cause.OUTSIDE_COVERAGE


def judged(
    name: str, verdict: Verdict, ground: Verdict | None = None, causes: tuple[Cause, ...] = ()
) -> Assessment:
    located: Any = None
    gaps = tuple(Open(Gap(one, "R-1", fact="proof"), None, None) for one in causes)
    proposal = Proposal(name, BLOCK, shapely.box(0, 0, 1, 1), 0.0, {}, "row 1")
    ground = verdict if ground is None else ground
    return Assessment(proposal, verdict, ground, (), gaps, (), (), (), {}, {}, located)


def told(
    name: str, mean: float | None, suitable: float = 0.0, known: float = 1.0
) -> TractStatistics:
    scored = None if mean is None else ScoreSummary(100 * known, mean, 0.0, 1.0, 0.1)
    ground = {(Class.SUITABLE, None): suitable, (Class.MODERATE, None): 100 - suitable}
    return TractStatistics(name, 100.0, scored, scored, ground, 100 * (1 - known), 0.0, 0.0, False)


def order(
    rows: list[tuple[Assessment, TractStatistics]], by: RankBy = RankBy.MEAN, **how: float
) -> list[tuple[str, str, int | None]]:
    return [(one.id, one.standing.value, one.place) for one in ranked(rows, by=by, **how)]


STANDINGS = [  # verdict, ground, what keeps it open, standing
    (ALLOWED, ALLOWED, (), Standing.OPEN),
    (RESTRICTED, RESTRICTED, (), Standing.OPEN),
    (RESTRICTED, ALLOWED, (), Standing.OPEN),
    (UNDETERMINED, RESTRICTED, (FACT,), Standing.TO_SHOW),
    (UNDETERMINED, ALLOWED, (FACT, FACT), Standing.TO_SHOW),
    (UNDETERMINED, RESTRICTED, (FACT, COVERAGE), Standing.UNDETERMINED),
    (UNDETERMINED, RESTRICTED, (), Standing.UNDETERMINED),
    (UNDETERMINED, UNDETERMINED, (FACT,), Standing.UNDETERMINED),
    (RESTRICTED, UNDETERMINED, (), Standing.UNDETERMINED),
    (NO_RULE, NO_RULE, (), Standing.NO_RULE),
    (ALLOWED, NO_RULE, (), Standing.NO_RULE),
    (PROHIBITED, ALLOWED, (), Standing.PROHIBITED),
    (UNDETERMINED, PROHIBITED, (FACT,), Standing.PROHIBITED),
]


@pytest.mark.parametrize(("verdict", "ground", "causes", "standing"), STANDINGS)
def test_standing_comes_from_the_judged_ground(
    verdict: Verdict, ground: Verdict, causes: tuple[Cause, ...], standing: Standing
) -> None:
    best = [(judged("A", verdict, ground, causes), told("A", 1.0, 100))]
    (found,) = ranked(best)
    assert found.standing is standing
    assert (found.place is None) is (standing not in (Standing.OPEN, Standing.TO_SHOW))
    assert (found.verdict, found.ground) == (verdict, ground)
    assert found.to_show == ((("R-1", "proof"),) if FACT in causes else ())


def test_prohibited_and_undetermined_never_stand_on_top() -> None:
    rows = [
        (judged("best", PROHIBITED), told("best", 0.99, 99)),
        (judged("open", UNDETERMINED), told("open", 0.98, 98)),
        (judged("unstated", UNDETERMINED, ALLOWED, (FACT,)), told("unstated", 0.97, 97)),
        (judged("worst", ALLOWED), told("worst", 0.01, 0)),
        (judged("dark", ALLOWED), told("dark", None, 0, 0)),
    ]
    for by in RankBy:
        assert order(rows, by) == [
            ("worst", "open", 1),
            ("unstated", "to_show", 1),
            ("dark", "unscored", None),
            ("open", "undetermined", None),
            ("best", "prohibited", None),
        ]


def test_by_mean_or_by_suitable_hectares() -> None:
    rows = [
        (judged("A", ALLOWED), told("A", 0.7, 10)),
        (judged("B", RESTRICTED), told("B", 0.6, 60)),
        (judged("C", ALLOWED), told("C", 0.8, 5)),
    ]
    assert [row[0] for row in order(rows)] == ["C", "A", "B"]
    assert [row[0] for row in order(rows, RankBy.SUITABLE)] == ["B", "A", "C"]


def test_equals_share_a_place() -> None:
    rows = [
        (judged("B", ALLOWED), told("B", 0.5, 10)),
        (judged("A", ALLOWED), told("A", 0.5 + 1e-13, 10)),
        (judged("C", ALLOWED), told("C", 0.5, 20)),
        (judged("D", ALLOWED), told("D", 0.4, 90)),
    ]
    wanted = [("C", "open", 1), ("A", "open", 1), ("B", "open", 1), ("D", "open", 4)]
    assert order(rows) == order(rows[::-1]) == wanted


def test_little_known_ground_stands_apart() -> None:
    rows = [
        (judged("dark", ALLOWED), told("dark", 0.9, 10, 0.49)),
        (judged("half", ALLOWED), told("half", 0.8, 10, 0.5)),
    ]
    assert order(rows) == [("half", "open", 1), ("dark", "unscored", None)]
    assert order(rows, least_known=0.1) == [("dark", "open", 1), ("half", "open", 2)]


@examples(40)
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(STANDINGS), st.sampled_from([None, 0.2, 0.5, 0.9]), st.integers(0, 3)
        ),
        max_size=9,
    ),
    seed=st.randoms(use_true_random=False),
)
def test_order_of_the_file_changes_nothing(rows: list[Any], seed: Any) -> None:
    made = [
        (judged(f"B{number}", *case[:3]), told(f"B{number}", mean, 10.0 * suitable))
        for number, (case, mean, suitable) in enumerate(rows)
    ]
    mixed = list(made)
    seed.shuffle(mixed)
    for by in RankBy:
        assert ranked(made, by=by) == ranked(mixed, by=by)
        places = [one.standing for one in ranked(made, by=by)]
        assert places == sorted(places, key=list(Standing).index)


@pytest.fixture(scope="module")
def site() -> Site:
    return open_site(gz.open(HEBEI).project, [BLOCK])


@pytest.fixture(scope="module")
def blocks(site: Site) -> list[Proposal]:
    found = read_proposals(HEBEI / "blocks.gpkg", site.project)
    return [one for one in found.items if one.activity == BLOCK]


def flat(site: Site) -> ScoreMaps:
    """Scores that rise to the east over a grid of the area; every cell suitable."""
    grid = grid_over(site.project.area, site.project.crs, 200.0)
    shape = (grid.shape.rows, grid.shape.cols)
    scores = np.broadcast_to(np.linspace(0, 1, shape[1], dtype=np.float32), shape)
    inside = shapely.contains_xy(site.project.area, grid.centres).reshape(shape)
    classes = np.where(inside, Class.SUITABLE.value, OUTSIDE).astype(np.uint8)
    return of_arrays(grid, scores, classes)


def test_blocks_of_a_project(site: Site, blocks: list[Proposal]) -> None:
    pytest.importorskip("exactextract", reason="exactextract is not installed")
    found = {one.id: one for one in rank_blocks(site, flat(site), blocks, activity=BLOCK)}
    again = rank_blocks(site, flat(site), blocks[::-1], activity=BLOCK)
    assert list(found.values()) == list(again)
    assert found["B01"].standing is Standing.OPEN
    assert (found["B02"].standing, found["B02"].to_show) == (
        Standing.TO_SHOW, (("HB-10a", "expert_proof"),),
    )  # fmt: skip
    assert found["B03"].standing is Standing.PROHIBITED
    assert found["B04"].standing is Standing.UNDETERMINED
    assert found["B04"].statistics.partly_outside
    assert_told(found["B01"], blocks)


def assert_told(one: RankedBlock, blocks: list[Proposal]) -> None:
    """The mean of a score that rises evenly is that of the block's middle."""
    shape = next(each.shape for each in blocks if each.id == one.id)
    assert one.mean is not None
    assert 0 < one.mean < 1
    assert one.suitable_ha == pytest.approx(shape.area / 1e4, rel=2e-3)
    said = one.to_dict()
    assert (said["verdict"], said["standing"], said["place"]) == ("restricted", "open", 1)


def test_blocks_of_another_technology_are_refused(site: Site, blocks: list[Proposal]) -> None:
    other = next(
        one for one in vocabulary.activities() if str(one) == "shallow_closed_loop:project"
    )
    with pytest.raises(Refused, match="the model is for shallow_closed_loop:") as all_told:
        rank_blocks(site, flat(site), blocks, activity=other)
    assert len(all_told.value.faults) == len(blocks)


def test_maps_of_another_crs_are_refused(site: Site, blocks: list[Proposal]) -> None:
    maps = flat(site)
    moved = replace(maps, grid=replace(maps.grid, crs=CRS.from_epsg(4547)))
    with pytest.raises(ValueError, match="different CRSs"):
        rank_blocks(site, moved, blocks, activity=BLOCK)


def test_blocks_are_assessed_for_what_they_are_for(site: Site, blocks: list[Proposal]) -> None:
    """The model's activity says which technology; a block's own one says what it may."""
    pytest.importorskip("exactextract", reason="exactextract is not installed")
    well = Activity("middeep_reinjection", "well_production")
    here = open_site(site.project, [well])
    found = rank_blocks(here, flat(here), blocks, activity=well)
    own = rank_blocks(site, flat(site), blocks, activity=BLOCK)
    assert [(one.id, one.verdict, one.standing) for one in found] == [
        (one.id, one.verdict, one.standing) for one in own
    ]
    assert {one.to_dict()["activity"] for one in found} == {str(BLOCK)}


def test_scores_of_closed_ground_lift_no_block() -> None:
    """The best scores of A lie where it is prohibited; what is left of it is worse than B."""
    scored, left = (
        ScoreSummary(size, mean, 0.0, 1.0, 0.1) for size, mean in ((90, 0.9), (20, 0.3))
    )
    ground = {(Class.UNSUITABLE, None): 20.0, (Class.CLOSED, None): 70.0}
    closed = TractStatistics("A", 90.0, scored, left, ground, 0.0, 0.0, 0.0, False)
    rows = [(judged("A", ALLOWED), closed), (judged("B", ALLOWED), told("B", 0.5, 10))]
    assert order(rows) == [("B", "open", 1), ("A", "open", 2)]
    assert ranked(rows)[1].mean == 0.3
    assert closed.open_share == 1.0
