"""Scores by the kernel are those of plain numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from geozone.answers.suitability.combine import combined
from geozone.answers.suitability.membership import worths
from geozone.answers.suitability.model import Combination, Curve, Membership
from geozone.engine.scores import CurveOf, Kind, Scorer, Way

KINDS = {
    Curve.LINEAR: Kind.STRAIGHT,
    Curve.TRAPEZOID: Kind.STRAIGHT,
    Curve.S_SHAPED: Kind.S_SHAPED,
    Curve.TABLE: Kind.STEPS,
    Curve.CLASSES: Kind.CODES,
}
WAYS = {
    Combination.WEIGHTED_SUM: Way.SUM,
    Combination.OWA: Way.ORDERED,
    Combination.TOPSIS: Way.CLOSENESS,
}
COUNT = {Curve.LINEAR: 2, Curve.S_SHAPED: 2, Curve.TRAPEZOID: 4, Curve.TABLE: 5, Curve.CLASSES: 3}
few = examples(30)


def drawn(draw: np.random.Generator) -> Membership:
    curve = list(COUNT)[draw.integers(len(COUNT))]
    xs = np.sort(draw.choice(np.arange(-20, 60), COUNT[curve], replace=False)).astype(float)
    if curve is not Curve.CLASSES:
        xs /= 7
    ys = np.round(draw.random(len(xs)), int(draw.integers(1, 9)))
    return Membership(
        curve, tuple(zip(xs.tolist(), ys.tolist(), strict=True)), float(draw.random())
    )


def values_of(draw: np.random.Generator, membership: Membership, count: int) -> Any:
    """Values around the points and on them, codes, and some that are unknown."""
    xs = [x for x, _ in membership.points]
    spread = draw.uniform(xs[0] - 2, xs[-1] + 2, count)
    found = np.where(draw.random(count) < 0.4, draw.choice(xs, count), spread).astype(np.float32)
    found[draw.random(count) < 0.03] = draw.choice([np.nan, np.inf, -np.inf])
    return found


@few
@given(seed=st.integers(0, 100_000), how=st.sampled_from(list(Combination)))
def test_scores_are_those_of_numpy(seed: int, how: Combination) -> None:
    draw = np.random.default_rng(seed)
    members = [drawn(draw) for _ in range(draw.integers(1, 7))]
    weights = draw.dirichlet(np.ones(len(members)))
    order = draw.dirichlet(np.ones(len(members))) if how is Combination.OWA else ()
    values = np.stack([values_of(draw, one, 5000) for one in members])
    curves = [CurveOf(KINDS[one.curve], one.points, one.below) for one in members]
    scorer = Scorer(curves, weights.tolist(), WAYS[how], list(order))
    parts = np.stack([worths(row, one) for row, one in zip(values, members, strict=True)])
    for number, row in enumerate(values):
        assert np.array_equal(scorer.worths(number, row), parts[number], equal_nan=True)
    wanted = combined(parts, weights.tolist(), how, list(order))
    found = scorer.scores(values)
    if how is Combination.OWA:
        assert np.array_equal(np.isnan(found), np.isnan(wanted))
        assert np.allclose(found, wanted, rtol=0, atol=1e-7, equal_nan=True)
    else:
        assert np.array_equal(found, wanted.astype(np.float32), equal_nan=True)


def test_cells_do_not_depend_on_their_company() -> None:
    draw = np.random.default_rng(3)
    members = [drawn(draw) for _ in range(4)]
    curves = [CurveOf(KINDS[one.curve], one.points, one.below) for one in members]
    scorer = Scorer(curves, [0.1, 0.2, 0.3, 0.4], Way.SUM)
    values = np.stack([values_of(draw, one, 9000) for one in members])
    whole = scorer.scores(values)
    parts = np.concatenate([scorer.scores(values[:, at : at + 777]) for at in range(0, 9000, 777)])
    assert np.array_equal(whole, parts, equal_nan=True)


def test_cells_that_are_not_inside_have_no_score_and_count_for_nothing() -> None:
    draw = np.random.default_rng(4)
    members = [drawn(draw) for _ in range(3)]
    curves = [CurveOf(KINDS[one.curve], one.points, one.below) for one in members]
    scorer = Scorer(curves, [0.2, 0.3, 0.5], Way.SUM)
    values = np.stack([values_of(draw, one, 7000).reshape(70, 100) for one in members])
    inside = draw.random((70, 100)) < 0.5
    inside[20:60] = False  # longer than what the kernel looks at together
    found, unknown = scorer.within(values, inside)
    assert np.isnan(found[~inside]).all()
    assert np.array_equal(found[inside], scorer.scores(values[:, inside]), equal_nan=True)
    parts = [worths(row[inside], one) for row, one in zip(values, members, strict=True)]
    assert unknown.tolist() == np.isnan(parts).sum(axis=1).tolist()
    assert unknown.all()


@pytest.mark.parametrize("weights", [[], [0.0, 1.0], [1.0]])
def test_every_factor_counts(weights: list[float]) -> None:
    curves = [CurveOf(Kind.STRAIGHT, ((0.0, 0.0), (1.0, 1.0)))] * 2
    with pytest.raises(ValueError, match="weight above 0"):
        Scorer(curves, weights, Way.SUM)
