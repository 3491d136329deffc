"""Draws over a study area: cell by cell those of plain numpy, closed by what the zones say."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from made_models import ACTIVITY, LIMITS, factor, model_of

import geozone as gz
from geozone.answers.grids import grid_evidence, whole_grid
from geozone.answers.site import open_site
from geozone.answers.suitability import openground
from geozone.answers.suitability.borders import NOTHING, Borders
from geozone.answers.suitability.breaks import classified
from geozone.answers.suitability.chance import CLASSES, NO_FACTOR, Chances
from geozone.answers.suitability.combine import combined
from geozone.answers.suitability.constraints import OPEN, Closed, closed
from geozone.answers.suitability.draws import drawn, weighed
from geozone.answers.suitability.maps import GroundCells
from geozone.answers.suitability.membership import worths
from geozone.answers.suitability.model import (
    OUTSIDE,
    Chance,
    Class,
    Combination,
    Curve,
    Membership,
    Model,
)
from geozone.answers.suitability.openground import OpenGround
from geozone.answers.suitability.scoring import Scored
from geozone.answers.suitability.sensitivity import changed, changes
from geozone.answers.suitability.stability import kendall, ranked, stability
from geozone.answers.suitability.statistics import Tract
from geozone.answers.working import Working
from geozone.answers.zoning import judge_rows
from geozone.engine.grid import Shape2d
from geozone.land.factors.spec import Measure
from geozone.law.errors import Refused
from geozone.law.verdict import Verdict
from geozone.pages.scorechance import CHANCE_FILES, told_of, write_chances

HEBEI = Path(__file__).parents[2] / "layers" / "hebei-demo"
SIZE_M = 400.0
GRIDS = ("percent", "codes", "sure", "deciding", "share", "limiting", "opened")


@dataclass
class Made:
    """Tiles made of a formula of x and y; unknown where it is not finite."""

    formula: Any
    receipt: Any = None

    def tile(self, window: Any) -> Any:
        x, y = np.meshgrid(window.x, window.y)
        return self.formula(x, y).astype(np.float32)


TILES = {
    "depth": Made(lambda x, y: np.where((x + y) % 40_000 < 2000, np.nan, np.cos(y / 5000) * 900)),
    "field": Made(lambda x, y: np.floor(x / 7000) % 3),
    "heat": Made(lambda x, y: np.sin(x / 3000) * 40 + 60),
    "network": Made(lambda x, y: np.minimum(np.abs(x % 9000 - 4500), 3000.0)),
}


S_SHAPED = Membership(Curve.S_SHAPED, ((-500.0, 1.0), (800.0, 0.0)))
FIELDS = Membership(Curve.CLASSES, ((0.0, 0.1), (1.0, 0.6), (2.0, 1.0)))
HEAT = Membership(Curve.LINEAR, ((30.0, 0.0), (90.0, 1.0)))
STEPS = Membership(Curve.TABLE, ((500.0, 0.6), (2000.0, 0.1)), 1.0)
FAR = {"measure": Measure.DISTANCE, "reach_m": 3000.0, "accuracy_m": 150.0}
MODEL = model_of(
    factor("depth", 0.25, 100.0, membership=S_SHAPED),
    factor("field", 0.2, membership=FIELDS),
    factor("heat", 0.35, 5.0, membership=HEAT),
    factor("network", 0.2, membership=STEPS, **FAR),
    chance=Chance(draws=24, seed=7, weight_spread=0.2, resolution_m=SIZE_M),
    resolution_m=SIZE_M,
)
CALM = replace(
    MODEL,
    factors=tuple(
        replace(one, error=0.0, source=replace(one.source, accuracy_m=0.0)) for one in MODEL.factors
    ),
    chance=replace(MODEL.chance, weight_spread=0.0),
)


@pytest.fixture(scope="module")
def site() -> Any:
    return open_site(gz.open(HEBEI).project, (ACTIVITY,))


@pytest.fixture(scope="module")
def verdicts(site: Any) -> Any:
    grid, burned = whole_grid(site, SIZE_M)
    judged = np.array([one.verdict for one in judge_rows(site, burned.evidence)[ACTIVITY]])
    found = np.full(burned.index.shape, OUTSIDE, np.uint8)
    found[burned.inside] = judged[burned.index[burned.inside]]
    return grid, found


def chances(site: Any, model: Model = MODEL, tiles: Any = TILES, **how: Any) -> Chances:
    return Chances(OpenGround(site, model, tiles, Working(**how)), model.classes.limits)


def whole(found: Chances) -> dict[str, Any]:
    strips = list(found.strips())
    return {name: np.concatenate([getattr(one, name) for one in strips], -2) for name in GRIDS}


class Plain:
    """The draws of a model over a grid in plain numpy."""

    def __init__(self, model: Model, grid: Any, tiles: Any = TILES) -> None:
        self.model, self.factors, self.drawn = model, weighed(model), drawn(model)
        x, y = np.meshgrid(grid.x, grid.y)
        self.values = [tiles[one.id].formula(x, y).astype(np.float32) for one in self.factors]
        self.weights = [one.weight for one in self.factors]

    def parts(self, errors: Any) -> Any:
        """Worths under one error a factor."""
        found = []
        for one, values, error in zip(self.factors, self.values, errors, strict=True):
            moved = values.astype(np.float64) + error
            if one.source.measure is Measure.DISTANCE:
                moved = np.clip(moved, 0.0, one.source.reach_m)
            found.append(worths(moved.astype(np.float32), one.membership))
        return np.stack(found)

    def score(self, errors: Any, weights: Any) -> Any:
        how, order = self.model.combination, self.model.order_weights
        return combined(self.parts(errors), weights, how, order)

    @property
    def base(self) -> Any:
        return self.score(np.zeros(len(self.factors)), self.weights)

    @property
    def scores(self) -> Any:
        """Of every draw (draws, rows, cols)."""
        pairs = zip(self.drawn.errors, self.drawn.weights, strict=True)
        return np.stack([self.score(*one) for one in pairs])

    @property
    def counts(self) -> Any:
        """In how many draws each cell is of each class, (3, rows, cols)."""
        codes = np.stack([classified(one, LIMITS) for one in self.scores])
        return np.stack([(codes == one.value).sum(axis=0) for one in CLASSES])


@pytest.mark.parametrize("how", list(Combination))
def test_every_cell_is_drawn_by_the_model(site: Any, verdicts: Any, how: Combination) -> None:
    order = (0.4, 0.3, 0.2, 0.1) if how is Combination.OWA else ()
    model = replace(MODEL, combination=how, order_weights=order)
    grid, said = verdicts
    found, plain = whole(chances(site, model)), Plain(model, grid)
    known = np.isin(said, OPEN) & ~np.isnan(plain.base)
    counts, draws = plain.counts, model.chance.draws
    assert len(np.unique(counts[:, known])) > 10
    assert (np.abs(found["percent"][:, known] - 100 * counts[:, known] / draws) < 1.01).all()
    assert (found["percent"][:, known].astype(int).sum(axis=0) == 100).all()
    best = np.where(np.isnan(plain.base), Class.UNDETERMINED.value, counts.argmax(axis=0))
    assert np.array_equal(found["codes"], closed(best.astype(np.uint8), said))
    sure = np.take_along_axis(found["percent"], counts.argmax(axis=0)[np.newaxis], axis=0)[0]
    assert np.array_equal(found["sure"][known], sure[known])
    for name in GRIDS:
        if name not in ("codes", "opened"):
            assert (found[name][..., ~known] == NOTHING).all(), name


def test_unknown_stays_unknown(site: Any, verdicts: Any) -> None:
    _, said = verdicts
    tiles = {**TILES, "field": Made(lambda x, _: np.full(x.shape, np.nan))}
    found = chances(site, tiles=tiles)
    grids = whole(found)
    assert set(np.unique(grids["codes"])) <= {
        Class.UNDETERMINED.value,
        Class.CLOSED.value,
        OUTSIDE,
    }
    assert (grids["codes"][np.isin(said, OPEN)] == Class.UNDETERMINED.value).all()
    assert (grids["percent"] == NOTHING).all()
    assert found.found.sensitivity.rows == ()
    assert {one.expected_ha for one in (found.found.odds or {}).values()} == {0.0}


def test_errors_make_nothing_known(site: Any, verdicts: Any) -> None:
    _, said = verdicts
    tiles = {**TILES, "network": Made(lambda x, _: np.full(x.shape, np.inf))}
    grids = whole(chances(site, tiles=tiles))
    assert (grids["codes"][np.isin(said, OPEN)] == Class.UNDETERMINED.value).all()
    assert (grids["sure"] == NOTHING).all()


@pytest.mark.parametrize("how", list(Combination))
def test_without_spread_and_errors_the_class_is_certain(site: Any, how: Combination) -> None:
    order = (0.4, 0.3, 0.2, 0.1) if how is Combination.OWA else ()
    model = replace(CALM, combination=how, order_weights=order)
    found = whole(chances(site, model))
    codes = np.concatenate([one.codes for one in Scored(site, model, TILES).strips()])
    assert np.array_equal(found["codes"], codes)
    told = np.isin(codes, [one.value for one in CLASSES])
    assert (found["sure"][told] == 100).all()
    assert (found["deciding"][told] == NO_FACTOR).all()
    assert len(np.unique(found["limiting"][told])) == 4


def test_without_limits_nothing_is_said_of_classes(site: Any, verdicts: Any) -> None:
    _, said = verdicts
    found = Chances(OpenGround(site, MODEL, TILES), None)
    grids = whole(found)
    assert (grids["percent"] == NOTHING).all()
    assert (grids["codes"][np.isin(said, OPEN)] == Class.UNDETERMINED.value).all()
    assert found.found.odds is None
    assert found.found.sensitivity.base.suitable_ha is None
    assert np.array_equal(grids["deciding"], whole(chances(site))["deciding"])


@pytest.mark.usefixtures("narrow_bands")
@pytest.mark.parametrize(("rows", "cols", "jobs"), [(32, 17, 1), (64, 5000, 3), (32, 40, 2)])
def test_strips_tiles_and_threads_change_nothing(
    site: Any, monkeypatch: pytest.MonkeyPatch, rows: int, cols: int, jobs: int
) -> None:
    plain = chances(site)
    before, told = whole(plain), plain.found
    ranking = stability(OpenGround(site, MODEL, TILES), blocks(plain.grid))
    monkeypatch.setattr(openground, "STRIP_ROWS", rows)
    monkeypatch.setattr(openground, "TILE_COLS", cols)
    cut = chances(site, jobs=jobs)
    after = whole(cut)
    assert all(np.array_equal(before[name], after[name]) for name in GRIDS)
    assert cut.found == told
    ground = OpenGround(site, MODEL, TILES, Working(jobs=jobs))
    assert stability(ground, blocks(cut.grid)) == ranking


@pytest.mark.usefixtures("narrow_bands")
def test_files_have_the_same_bytes_however_they_are_cut(
    site: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    write_chances(before, chances(site, jobs=1))
    told = json.dumps(told_of(chances(site, jobs=1)))
    monkeypatch.setattr(openground, "STRIP_ROWS", 32)
    monkeypatch.setattr(openground, "TILE_COLS", 100)
    cut = chances(site, jobs=3)
    write_chances(after, cut, jobs=2)
    assert {one.name for one in before.iterdir()} == {*CHANCE_FILES}
    for one in before.iterdir():
        assert one.read_bytes() == (after / one.name).read_bytes(), one.name
    assert json.dumps(told_of(cut)) == told
    with rasterio.open(after / "chance_open.tif") as opened:
        named = opened.tags(1)
    assert all("不是许可" in named[f"CLASS_{percent}"] for percent in range(100))


def test_draws_hang_on_the_seed(site: Any) -> None:
    one, same = whole(chances(site)), whole(chances(site))
    other = whole(chances(site, replace(MODEL, chance=replace(MODEL.chance, seed=8))))
    assert all(np.array_equal(one[name], same[name]) for name in GRIDS)
    assert not np.array_equal(one["percent"], other["percent"])


def test_a_factor_without_weight_never_decides(site: Any) -> None:
    nothing = factor("a_first", 0.0, 50.0, membership=HEAT)
    with_it = chances(site, replace(MODEL, factors=(nothing, *MODEL.factors)))
    without = chances(site)
    one, other = whole(with_it), whole(without)
    assert all(np.array_equal(one[name], other[name]) for name in GRIDS)
    assert with_it.legend == {0: "depth", 1: "field", 2: "heat", 3: "network"}
    assert with_it.found.sensitivity == without.found.sensitivity


def test_the_only_factor_that_errs_decides_where_it_matters(site: Any, verdicts: Any) -> None:
    """Of fixed weights and one error only that factor moves scores, and only on its slope."""
    factors = tuple(replace(one, error=1.0 if one.id == "heat" else 0.0) for one in CALM.factors)
    grid, said = verdicts
    found = whole(chances(site, replace(CALM, factors=factors)))
    x, _ = np.meshgrid(grid.x, grid.y)
    heat = TILES["heat"].formula(x, x)
    known = np.isin(said, OPEN) & (found["codes"] <= Class.SUITABLE.value)
    slope, level = (heat > 35) & (heat < 85), (heat < 25) | (heat > 95)
    assert set(found["deciding"][known & slope]) == {2}
    assert set(found["share"][known & slope]) == {100}
    assert set(found["deciding"][known & level]) == {NO_FACTOR}


def test_what_holds_a_cell_back(site: Any, verdicts: Any) -> None:
    grid, said = verdicts
    found, plain = whole(chances(site)), Plain(MODEL, grid)
    losses = np.array(plain.weights)[:, None, None] * (1 - plain.parts(np.zeros(4)))
    known = np.isin(said, OPEN) & ~np.isnan(plain.base)
    assert np.array_equal(found["limiting"][known], losses.argmax(axis=0)[known])


def test_nothing_holds_back_what_is_best(site: Any, verdicts: Any) -> None:
    _, said = verdicts
    best = Membership(Curve.LINEAR, ((-2.0, 1.0), (-1.0, 1.0)))
    model = replace(MODEL, factors=(factor("heat", 1.0, membership=best),))
    grids = whole(chances(site, model))
    assert (grids["limiting"][np.isin(said, OPEN)] == NO_FACTOR).all()


def test_hectares_are_those_of_the_ground(site: Any, verdicts: Any) -> None:
    grid, said = verdicts
    found, plain = chances(site), Plain(MODEL, grid)
    metres = GroundCells.of(grid).window(0, 0, Shape2d(*said.shape))
    known = np.isin(said, OPEN) & ~np.isnan(plain.base)
    counts, best = plain.counts, plain.counts.argmax(axis=0)
    for at, one in enumerate(CLASSES):
        odds = (found.found.odds or {})[one]
        expected = (counts[at] * metres)[known].sum() / MODEL.chance.draws / 1e4
        assert odds.expected_ha == pytest.approx(expected, rel=1e-9)
        assert odds.probable_ha == pytest.approx(metres[known & (best == at)].sum() / 1e4)
    base = found.found.sensitivity.base
    codes = classified(plain.base, LIMITS)
    wanted = metres[known & (codes == Class.SUITABLE.value)].sum() / 1e4
    assert base.suitable_ha == pytest.approx(wanted, rel=1e-9)


def test_ground_by_class_as_boundaries_move(site: Any, verdicts: Any) -> None:
    grid, said = verdicts
    found = chances(site)
    told, rows = (
        found.found.borders,
        Borders(site, Closed.of(site, ACTIVITY, SIZE_M, Working()), MODEL),
    )
    index = rows.places(tuple(grid_evidence(site, SIZE_M).runs()))
    inside, base = index != rows.rows, Plain(MODEL, grid).base
    assert np.array_equal(inside, said != OUTSIDE)
    metres = GroundCells.of(grid).window(0, 0, Shape2d(*said.shape))[inside] / 1e4
    classes = np.where(np.isnan(base), Class.UNDETERMINED.value, classified(base, LIMITS))[inside]
    for name in ("zoned", "mapped", "least", "most"):
        left = getattr(rows, name)[index[inside]]
        codes = np.where(left == Class.SUITABLE.value, classes, left)
        for one in Class:
            size = getattr(told, name)[one]
            assert size == pytest.approx(metres[codes == one.value].sum(), rel=1e-9), (name, one)
    percent = whole(found)["opened"][inside]
    assert np.array_equal(percent, rows.percent[index[inside]])
    hangs = percent != NOTHING
    assert told.hangs_ha == pytest.approx(metres[hangs].sum())
    assert 100 < told.hangs_ha <= sum(size for _, size in told.themes)
    for one in CLASSES:
        spread = told.drawn[one]
        some = (
            metres[hangs & (classes == one.value)] * percent[hangs & (classes == one.value)] / 100
        )
        assert spread.mean_ha == pytest.approx(told.zoned[one] + some.sum(), rel=1e-3)
        assert (
            told.zoned[one] <= spread.low_ha <= spread.mean_ha <= spread.high_ha <= told.most[one]
        )
    assert told.opened.mean_ha == pytest.approx(sum(told.drawn[one].mean_ha for one in CLASSES))


def test_no_chance_changes_a_class(site: Any) -> None:
    """Undetermined and prohibited ground stays so, whatever draws of boundaries say."""
    found = whole(chances(site))
    hangs = found["opened"] != NOTHING
    assert {Class.UNDETERMINED.value, Class.CLOSED.value} >= {*np.unique(found["codes"][hangs])}
    assert (found["sure"][hangs] == NOTHING).all()
    codes = np.concatenate([one.codes for one in Scored(site, MODEL, TILES).strips()])
    assert np.array_equal(found["codes"] >= 3, codes >= 3)


def test_changes_are_those_of_plain_numpy(site: Any, verdicts: Any) -> None:
    grid, said = verdicts
    table, plain, draws = chances(site).found.sensitivity, Plain(MODEL, grid), changed(MODEL)
    metres = GroundCells.of(grid).window(0, 0, Shape2d(*said.shape))
    known = np.isin(said, OPEN) & ~np.isnan(plain.base)

    def level(number: int) -> Any:
        scores = plain.score(draws.errors[number], draws.weights[number])
        codes = classified(scores, LIMITS)
        sizes = [metres[known & (codes == at)].sum() / 1e4 for at in (2, 1)]
        return np.array([*sizes, np.average(scores[known], weights=metres[known])])

    rows = {row.change: row for row in table.rows}
    assert len(rows) == 4 * 4 + 3 * 2
    for number, change in enumerate(changes(MODEL), start=1):
        row = rows[change]
        wanted = level(number) - level(0)
        found = (row.suitable_ha, row.moderate_ha, row.mean)
        assert np.allclose(found, wanted, rtol=1e-9, atol=1e-6)
    effects = [row.effect for row in table.rows]
    assert effects == sorted(effects, reverse=True)
    assert effects[0][0] > 0


def test_too_many_factors_are_refused(site: Any) -> None:
    few = factor("heat", 1 / 300, membership=HEAT)
    model = replace(MODEL, factors=tuple(replace(few, id=f"f{at}") for at in range(300)))
    ground = OpenGround(site, model, {one.id: TILES["heat"] for one in model.factors})
    with pytest.raises(Refused, match="254"):
        Chances(ground, LIMITS)


def blocks(grid: Any) -> list[Tract]:
    """Squares over the grid, one smaller than a cell, and one beyond it."""
    west, south, east, north = grid.bounds
    wide, high = (east - west) / 5, (north - south) / 5
    found = [
        Tract(f"b{col}{row}", shapely.box(*(west + col * wide, south + row * high),
                                          *(west + (col + 0.8) * wide, south + (row + 0.6) * high)))
        for col in range(5)
        for row in range(5)
    ]  # fmt: skip
    point = (west + 2.3 * wide // SIZE_M * SIZE_M + 10, south + 2.3 * high // SIZE_M * SIZE_M + 10)
    found.append(Tract("beyond", shapely.box(east + 10, north + 10, east + 900, north + 900)))
    found.append(Tract("small", shapely.Point(point).buffer(5)))
    return found


def test_ranks_are_those_of_plain_numpy(site: Any, verdicts: Any) -> None:
    grid, said = verdicts
    given, plain = blocks(grid), Plain(MODEL, grid)
    found = stability(OpenGround(site, MODEL, TILES), given)
    metres = GroundCells.of(grid).window(0, 0, Shape2d(*said.shape))
    known = np.isin(said, OPEN) & ~np.isnan(plain.base)
    x, y = np.meshgrid(grid.x, grid.y)
    means = {}
    for one in given:
        cells = known & shapely.intersects_xy(one.shape, x, y)
        if one.id == "small":
            col = int((one.shape.centroid.x - grid.left) // SIZE_M)
            row = int((grid.top - one.shape.centroid.y) // SIZE_M)
            cells[row, col] = known[row, col]
        if cells.any():
            scores = np.concatenate([[plain.base], plain.scores])[:, cells]
            means[one.id] = np.average(scores, axis=1, weights=metres[cells])
    assert 5 < len(means) < len(given)
    assert set(found.unranked) == {one.id for one in given} - set(means)
    assert "beyond" in found.unranked
    names = sorted(means, key=lambda name: -means[name][0])
    assert [one.id for one in found.places] == names
    ranks = ranked(np.array([means[name] for name in names]))[:, 1:]
    for at, place in enumerate(found.places):
        assert place.rank == at + 1
        assert place.mean == pytest.approx(means[place.id][0], abs=1e-8)
        assert place.deviation == pytest.approx(means[place.id][1:].std(), abs=1e-8)
        assert place.first == pytest.approx((ranks[at] == 1).mean())
        inside = (ranks[at] >= place.ranks[0]) & (ranks[at] <= place.ranks[1])
        assert inside.mean() >= 0.9
        assert {*place.ranks} <= {*ranks[at].tolist()}
    assert sum(one.first for one in found.places) == pytest.approx(1.0)
    assert 0 < (found.least_tau or 0) <= (found.tau or 0) < 1


def test_without_spread_and_errors_ranks_are_certain(site: Any) -> None:
    ground = OpenGround(site, CALM, TILES)
    found = stability(ground, blocks(ground.grid))
    assert all(one.ranks == (one.rank, one.rank) for one in found.places)
    assert [one.first for one in found.places] == [1.0, *[0.0] * (len(found.places) - 1)]
    assert (found.tau, found.least_tau) == (1.0, 1.0)


def test_the_order_of_blocks_changes_nothing(site: Any) -> None:
    ground = OpenGround(site, MODEL, TILES)
    given = blocks(ground.grid)
    assert stability(ground, given) == stability(ground, given[::-1])


def test_closed_ground_has_no_rank(site: Any, verdicts: Any) -> None:
    grid, said = verdicts
    row, col = np.argwhere(said == Verdict.PROHIBITED)[0]
    x, y = grid.x[col], grid.y[row]
    shut = Tract("shut", shapely.box(x - 50, y - 50, x + 50, y + 50))
    found = stability(OpenGround(site, MODEL, TILES), [shut])
    assert (found.places, found.unranked, found.tau) == ((), ("shut",), None)


def test_blocks_need_ids_of_their_own(site: Any) -> None:
    ground = OpenGround(site, MODEL, TILES)
    with pytest.raises(ValueError, match="ids"):
        stability(ground, blocks(ground.grid)[:1] * 2)


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ([1, 2, 3, 4], [1, 2, 3, 4], 1.0),
        ([1, 2, 3, 4], [4, 3, 2, 1], -1.0),
        ([1, 2, 3, 4], [1, 3, 2, 4], 2 / 3),
        ([1, 2, 2, 3], [1, 2, 3, 4], 5 / 30**0.5),
        ([1, 1, 1], [1, 2, 3], None),
        ([1], [1], None),
    ],
)
def test_kendalls_tau(one: list[float], other: list[float], wanted: float | None) -> None:
    found = kendall(np.array(one, float), np.array(other, float))
    assert found == (None if wanted is None else pytest.approx(wanted))
