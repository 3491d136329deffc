"""Scores of a study area: cell by cell those of the model, closed by what the zones say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import geozone as gz
from geozone.answers.grids import whole_grid
from geozone.answers.site import open_site
from geozone.answers.suitability import openground
from geozone.answers.suitability.breaks import classified
from geozone.answers.suitability.combine import combined
from geozone.answers.suitability.constraints import closed
from geozone.answers.suitability.membership import worths
from geozone.answers.suitability.model import (
    OUTSIDE,
    Breaks,
    Chance,
    Cite,
    Class,
    Classes,
    Combination,
    Curve,
    Factor,
    Label,
    Membership,
    Model,
)
from geozone.answers.suitability.scoring import Scored
from geozone.answers.working import Working
from geozone.answers.zoning import judge_rows
from geozone.land.factors.spec import FactorSource, Measure
from geozone.law.activity import Activity
from geozone.law.verdict import Verdict

HEBEI = Path(__file__).parents[2] / "layers" / "hebei-demo"
ACTIVITY = Activity("middeep_reinjection", "well_production")
SIZE_M = 150.0
NAME = Label("示例", "example")


@dataclass
class Made:
    """Tiles made of a formula of x and y; unknown where it is not finite."""

    formula: Any
    receipt: Any = None

    def tile(self, window: Any) -> Any:
        x, y = np.meshgrid(window.x, window.y)
        return self.formula(x, y).astype(np.float32)


TILES = {
    "heat": Made(lambda x, y: np.sin(x / 3000) * 40 + 60),
    "depth": Made(lambda x, y: np.where((x + y) % 40_000 < 2000, np.nan, np.cos(y / 5000) * 900)),
    "field": Made(lambda x, y: np.floor(x / 7000) % 3),
}


def factor(name: str, weight: float, membership: Membership) -> Factor:
    source = FactorSource("made.tif", Measure.VALUE)
    return Factor(name, NAME, "all", "", source, membership, weight, Cite("made"))


MODEL = Model(
    id="example",
    label=NAME,
    activity=ACTIVITY,
    factors=(
        factor("heat", 0.5, Membership(Curve.LINEAR, ((30.0, 0.0), (90.0, 1.0)))),
        factor("depth", 0.3, Membership(Curve.S_SHAPED, ((-500.0, 1.0), (800.0, 0.0)))),
        factor("field", 0.2, Membership(Curve.CLASSES, ((0.0, 0.1), (1.0, 0.6), (2.0, 1.0)))),
    ),
    groups=(),
    combination=Combination.WEIGHTED_SUM,
    classes=Classes(Breaks.THRESHOLDS, (0.4, 0.7)),
    chance=Chance(),
    resolution_m=SIZE_M,
)


@pytest.fixture(scope="module")
def site() -> Any:
    project = gz.open(HEBEI).project
    return open_site(project, (ACTIVITY,))


@pytest.fixture(scope="module")
def verdicts(site: Any) -> Any:
    grid, burned = whole_grid(site, SIZE_M)
    judged = np.array([one.verdict for one in judge_rows(site, burned.evidence)[ACTIVITY]])
    found = np.full(burned.index.shape, OUTSIDE)
    found[burned.inside] = judged[burned.index[burned.inside]]
    return grid, found


def whole(scored: Scored) -> tuple[Any, ...]:
    strips = list(scored.strips())
    names = ("scores", "verdicts", "classes", "codes")
    return tuple(np.concatenate([getattr(one, name) for one in strips]) for name in names)


@pytest.mark.parametrize("how", list(Combination))
def test_every_cell_is_scored_by_the_model(site: Any, verdicts: Any, how: Combination) -> None:
    order = (0.5, 0.3, 0.2) if how is Combination.OWA else ()
    model = replace(MODEL, combination=how, order_weights=order)
    grid, closed_by = verdicts
    scores, said, classes, codes = whole(Scored(site, model, TILES))
    assert np.array_equal(said, closed_by)
    x, y = np.meshgrid(grid.x, grid.y)
    values = [TILES[one.id].formula(x, y).astype(np.float32) for one in model.factors]
    parts = np.stack(
        [worths(v, one.membership) for v, one in zip(values, model.factors, strict=True)]
    )
    wanted = combined(parts, [one.weight for one in model.factors], how, order)
    inside = closed_by != OUTSIDE
    assert np.isnan(scores[~inside]).all()
    assert np.allclose(scores[inside], wanted[inside], rtol=0, atol=1e-7, equal_nan=True)
    assert np.array_equal(classes[inside], classified(scores, (0.4, 0.7))[inside])
    assert (classes[~inside] == OUTSIDE).all()
    assert np.array_equal(codes, closed(classes, said))


def test_zones_close_what_scores_praise(site: Any) -> None:
    _, said, classes, codes = whole(Scored(site, MODEL, TILES))
    assert set(np.unique(said)) >= {Verdict.PROHIBITED, Verdict.UNDETERMINED}
    assert (codes[said == Verdict.PROHIBITED] == Class.CLOSED.value).all()
    for verdict in (Verdict.UNDETERMINED, Verdict.NO_RULE):
        assert (codes[said == verdict] == Class.UNDETERMINED.value).all()
    for verdict in (Verdict.ALLOWED, Verdict.RESTRICTED):
        assert np.array_equal(codes[said == verdict], classes[said == verdict])
    assert (classes[said == Verdict.PROHIBITED] == Class.SUITABLE.value).any()


@pytest.mark.parametrize("verdict", list(Verdict))
def test_what_each_verdict_leaves(verdict: Verdict) -> None:
    classes = np.arange(4, dtype=np.uint8)
    left = closed(classes, np.full(4, verdict, np.uint8)).tolist()
    unclear, shut = Class.UNDETERMINED.value, Class.CLOSED.value
    wanted = {Verdict.PROHIBITED: [shut] * 4, Verdict.UNDETERMINED: [unclear] * 4}
    wanted[Verdict.NO_RULE] = [unclear] * 4
    assert left == wanted.get(verdict, [0, 1, 2, unclear])


def test_an_unknown_factor_leaves_ground_undetermined(site: Any) -> None:
    tiles = {**TILES, "field": Made(lambda x, _: np.full(x.shape, np.nan))}
    scored = Scored(site, MODEL, tiles)
    scores, said, classes, codes = whole(scored)
    assert np.isnan(scores).all()
    assert set(np.unique(codes)) <= {Class.UNDETERMINED.value, Class.CLOSED.value, OUTSIDE}
    assert (classes[said != OUTSIDE] == Class.UNDETERMINED.value).all()
    assert scored.found.unknown["field"] == 1.0
    assert 0 < scored.found.unknown["depth"] < 0.2
    assert scored.found.unknown["heat"] == 0.0


def test_a_factor_without_weight_is_not_looked_at(site: Any) -> None:
    no_weight = factor("nothing", 0.0, MODEL.factors[0].membership)
    with_it = replace(MODEL, factors=(*MODEL.factors, no_weight))
    one, other = whole(Scored(site, MODEL, TILES)), whole(Scored(site, with_it, TILES))
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


@pytest.mark.usefixtures("narrow_bands")
@pytest.mark.parametrize(("rows", "cols"), [(32, 17), (64, 5000)])
@pytest.mark.parametrize("jobs", [1, 3])
def test_strips_tiles_and_threads_change_nothing(
    site: Any, monkeypatch: pytest.MonkeyPatch, rows: int, cols: int, jobs: int
) -> None:
    natural = replace(MODEL, classes=Classes(Breaks.NATURAL))
    plain = Scored(site, natural, TILES)
    before, hectares = whole(plain), plain.hectares()
    monkeypatch.setattr(openground, "STRIP_ROWS", rows)
    monkeypatch.setattr(openground, "TILE_COLS", cols)
    cut = Scored(site, natural, TILES, Working(jobs=jobs))
    assert cut.found.limits == plain.found.limits
    after = whole(cut)
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, after, strict=True))
    for verdict, told in cut.hectares().items():
        assert told == pytest.approx(hectares[verdict], rel=1e-12, abs=2e-4)


def test_hectares_are_those_of_the_ground(site: Any) -> None:
    told = Scored(site, MODEL, TILES).hectares()
    zones = gz.open(HEBEI).zone(str(ACTIVITY), resolution_m=SIZE_M).summary()[str(ACTIVITY)]
    for verdict, wanted in zones.items():
        assert sum(told[verdict].values()) == pytest.approx(wanted, rel=0.02, abs=20)


def test_without_scores_nothing_has_a_class(site: Any) -> None:
    tiles = {**TILES, "heat": Made(lambda x, _: np.full(x.shape, np.nan))}
    scored = Scored(site, replace(MODEL, classes=Classes(Breaks.NATURAL)), tiles)
    assert scored.found.limits is None
    _, said, classes, _ = whole(scored)
    assert (classes[said != OUTSIDE] == Class.UNDETERMINED.value).all()
