"""Scores under many draws are those of plain numpy, draw by draw."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from geozone.answers.suitability.breaks import classified
from geozone.answers.suitability.combine import combined
from geozone.answers.suitability.membership import worths
from geozone.answers.suitability.model import Class, Combination, Curve, Membership
from geozone.answers.suitability.scoring import KINDS, WAYS
from geozone.engine.chances import SOME, Drawn, Gambler, least_reaching
from geozone.engine.kernels.combined import RUN, exchanges, room_of, way_of
from geozone.engine.kernels.combined import scored as combined_again
from geozone.engine.kernels.scores import CLOSENESS, ORDERED, SUM, together
from geozone.engine.scores import CurveOf, Kind, Scorer, Way

COUNT = {Curve.LINEAR: 2, Curve.S_SHAPED: 2, Curve.TRAPEZOID: 4, Curve.TABLE: 5, Curve.CLASSES: 3}
LIMITS = (0.4, 0.7)
few = examples(25)


class Case:
    """A model, its draws and values, all from one seed; codes have no errors."""

    def __init__(self, seed: int, how: Combination, cells: int = 700, draws: int = 20) -> None:
        draw = np.random.default_rng(seed)
        self.how, count = how, int(draw.integers(1, 7))
        self.members = [_membership(draw) for _ in range(count)]
        self.weights = draw.dirichlet(np.full(count, 3.0))
        self.order = draw.dirichlet(np.ones(count)) if how is Combination.OWA else np.empty(0)
        self.values = np.stack([_values(draw, one, cells) for one in self.members])
        times = draw.lognormal(0, 0.3, (draws, count))
        drawn = self.weights * times
        errors = draw.standard_normal((draws, count)) * draw.choice([0.0, 2.0], count)
        errors[:, [one.curve is Curve.CLASSES for one in self.members]] = 0.0
        errors[draw.random(errors.shape) < 0.1] = 0.0
        self.drawn = Drawn(drawn / drawn.sum(axis=1, keepdims=True), times, errors)
        bounded = draw.random((count, 1)) < 0.3
        self.reach = np.where(bounded, [-1.0, 3.0], [-np.inf, np.inf])

    @property
    def scorer(self) -> Scorer:
        curves = [CurveOf(KINDS[one.curve], one.points, one.below) for one in self.members]
        return Scorer(curves, self.weights.tolist(), WAYS[self.how], self.order.tolist())

    @property
    def gambler(self) -> Gambler:
        return Gambler(self.scorer, self.drawn, self.reach, LIMITS)

    def parts(self, draw: int | None = None, only: int | None = None) -> Any:
        """Worths (factors, n) under the errors of a draw, or of one factor in it."""
        found = []
        for at, one in enumerate(self.members):
            moved = self.values[at]
            error = 0.0 if draw is None else self.drawn.errors[draw, at]
            if error and only in (None, at):
                low, high = self.reach[at]
                clipped = np.clip(moved.astype(np.float64) + error, low, high).astype(np.float32)
                moved = np.where(np.isfinite(moved), clipped, np.float32(np.nan))
            found.append(worths(moved, one))
        return np.stack(found)

    def score(self, parts: Any, weights: Any) -> Any:
        return combined(parts, weights, self.how, self.order)


def _membership(draw: np.random.Generator) -> Membership:
    curve = list(COUNT)[draw.integers(len(COUNT))]
    xs = np.sort(draw.choice(np.arange(-20, 60), COUNT[curve], replace=False)).astype(float)
    if curve is not Curve.CLASSES:
        xs /= 7
    ys = np.round(draw.random(len(xs)), int(draw.integers(1, 9)))
    points = tuple(zip(xs.tolist(), ys.tolist(), strict=True))
    return Membership(curve, points, float(draw.random()))


def _values(draw: np.random.Generator, membership: Membership, count: int) -> Any:
    xs = [x for x, _ in membership.points]
    spread = draw.uniform(xs[0] - 2, xs[-1] + 2, count)
    is_on = draw.random(count) < (0.95 if membership.curve is Curve.CLASSES else 0.3)
    found = np.where(is_on, draw.choice(xs, count), spread).astype(np.float32)
    found[draw.random(count) < 0.03] = draw.choice([np.nan, np.inf, -np.inf])
    return found


@few
@given(seed=st.integers(0, 100_000), how=st.sampled_from(list(Combination)))
def test_classes_of_every_draw_are_those_of_numpy(seed: int, how: Combination) -> None:
    case = Case(seed, how)
    found = case.gambler.chances(case.values)
    base = case.score(case.parts(), case.weights)
    known = ~np.isnan(base)
    assert np.array_equal(np.isnan(found.scores), ~known)
    if how is not Combination.OWA:  # whose sums round otherwise
        assert np.array_equal(found.scores, base, equal_nan=True)
    scores = [
        case.score(case.parts(draw), weights) for draw, weights in enumerate(case.drawn.weights)
    ]
    codes = np.stack([classified(one, LIMITS) for one in scores])
    for row, least in enumerate((Class.MODERATE, Class.SUITABLE)):
        wanted = ((codes >= least.value) & (codes <= Class.SUITABLE.value)).sum(axis=0)
        assert np.array_equal(found.reached[row][known], wanted[known])


@few
@given(seed=st.integers(0, 100_000), how=st.sampled_from(list(Combination)))
def test_spreads_are_those_of_each_factor_alone(seed: int, how: Combination) -> None:
    case = Case(seed, how, cells=300)
    found = case.gambler.chances(case.values)
    draws = len(case.drawn.times) if how is Combination.WEIGHTED_SUM else SOME
    for at in range(len(case.members)):
        scores = []
        for draw in range(draws):
            weights = case.weights.copy()
            weights[at] *= case.drawn.times[draw, at]
            scores.append(case.score(case.parts(draw, at), weights / weights.sum()))
        known = ~np.isnan(found.scores)
        wanted = np.var(scores, axis=0)
        assert np.allclose(found.spread[at][known], wanted[known], rtol=1e-5, atol=1e-12)


@few
@given(seed=st.integers(0, 100_000), how=st.sampled_from(list(Combination)))
def test_totals_are_sums_over_rows(seed: int, how: Combination) -> None:
    case = Case(seed, how, cells=1300, draws=5)
    draw = np.random.default_rng(seed)
    ground = draw.uniform(1, 2, 1300)
    rows = np.array([0, 3, 3, 900, 1300])
    found = case.gambler.totals(case.values, rows, ground)
    for number, weights in enumerate(case.drawn.weights):
        scores = case.score(case.parts(number), weights)
        codes = classified(scores, LIMITS)
        for row, (start, stop) in enumerate(pairwise(rows)):
            at = slice(start, stop)
            size, code, score = ground[at], codes[at], scores[at]
            wanted = [
                size[(code == 1) | (code == 2)].sum(),
                size[code == 2].sum(),
                np.nansum(size * score),
                size[~np.isnan(score)].sum(),
            ]
            assert np.allclose(found[row, number], wanted, rtol=1e-12)


@pytest.mark.parametrize("how", list(Combination))
def test_cells_do_not_depend_on_their_company(how: Combination) -> None:
    case = Case(8, how, cells=3000)
    whole = case.gambler.chances(case.values)
    cut = [case.gambler.chances(case.values[:, at : at + 77]) for at in range(0, 3000, 77)]
    for name in ("scores", "reached", "spread"):
        joined = np.concatenate([getattr(one, name) for one in cut], axis=-1)
        assert np.array_equal(joined, getattr(whole, name), equal_nan=True), name


@few
@given(limit=st.floats(0, 1), seed=st.integers(0, 1000))
def test_limits_are_reached_as_scores_are_kept(limit: float, seed: int) -> None:
    least = least_reaching(limit)
    near = float(np.float32(limit)) + np.random.default_rng(seed).normal(0, 3e-8, 50)
    for score in [least, float(np.nextafter(least, -1)), *near]:
        assert (score >= least) == (np.float32(score) >= np.float32(limit))


def test_a_score_at_a_limit_has_reached_it_in_every_draw() -> None:
    """As a float32, 0.7 is less than 0.7; as classes are told, it is of the better class."""
    curves = [CurveOf(Kind.STRAIGHT, ((0.0, 0.0), (1.0, 1.0)))]
    drawn = Drawn(np.ones((5, 1)), np.ones((5, 1)), np.zeros((5, 1)))
    gambler = Gambler(Scorer(curves, [1.0], Way.SUM), drawn, np.array([[0.0, 1.0]]), LIMITS)
    at = np.float32(0.7)
    values = np.array([[at, np.nextafter(at, np.float32(0)), 0.4, 0.3]], np.float32)
    assert gambler.chances(values).reached.tolist() == [[5, 5, 5, 0], [5, 0, 0, 0]]
    assert gambler.totals(values, np.array([0, 4]), np.ones(4))[0, :, :2].tolist() == [[3, 1]] * 5


@few
@given(seed=st.integers(0, 100_000), how=st.sampled_from([SUM, ORDERED, CLOSENESS]))
def test_many_cells_at_once_come_to_what_one_does(seed: int, how: int) -> None:
    draw = np.random.default_rng(seed)
    factors, cells = int(draw.integers(1, 13)), RUN - 3
    weights = draw.dirichlet(np.ones(factors))
    rises = draw.dirichlet(np.full(int(draw.integers(1, 13)), draw.choice([0.1, 1.0])))
    risen = np.concatenate([[0.0], np.cumsum(rises)])
    parts = np.round(draw.random((factors, RUN)), int(draw.integers(1, 4)))  # many are equal
    parts[draw.random(parts.shape) < 0.02] = np.nan
    found, wanted = np.full(RUN, 7.0), np.empty(cells)
    together(parts, weights, how, risen, wanted, cells)
    combined_again(parts, weights, way_of(how, risen, factors), room_of(factors), found, cells)
    if how == ORDERED:
        assert np.allclose(found[:cells], wanted, rtol=0, atol=2e-15, equal_nan=True)
    else:
        assert np.array_equal(found[:cells], wanted, equal_nan=True)
    assert (found[cells:] == 7.0).all()


@pytest.mark.parametrize("count", range(1, 12))
def test_exchanges_put_all_things_in_order(count: int) -> None:
    """Of zeros and ones: what sorts these sorts everything."""
    pairs = exchanges(count)
    for number in range(2**count):
        found = [number >> at & 1 for at in range(count)]
        for one, other in pairs:
            if found[one] < found[other]:
                found[one], found[other] = found[other], found[one]
        assert found == sorted(found, reverse=True)
