"""One change at a time: which there are, and what is made of their totals."""

from __future__ import annotations

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from made_models import CODES, factor, model_of

from geozone.answers.suitability.model import Model
from geozone.answers.suitability.sensitivity import Change, Changed, changed, changes, table

HA = 10_000.0


def weights_of(*weights: float, errors: tuple[float, ...] = ()) -> Model:
    given = errors or (0.0,) * len(weights)
    return model_of(*(factor(*one) for one in zip("abcdefgh", weights, given, strict=False)))


def test_every_weight_and_every_stated_error_is_changed() -> None:
    found = changes(weights_of(0.5, 0.5, 0.0, errors=(0.0, 2.0, 1.0)))
    weight = [-0.2, -0.1, 0.1, 0.2]
    wanted = [Change("a", Changed.WEIGHT, step) for step in weight]
    wanted += [Change("b", Changed.WEIGHT, step) for step in weight]
    wanted += [Change("b", Changed.ERROR, -1.0), Change("b", Changed.ERROR, 1.0)]
    assert list(found) == wanted


@pytest.mark.parametrize(
    ("weights", "steps"),
    [((1.0,), []), ((0.9, 0.1), [-0.2, -0.1, 0.1]), ((0.95, 0.05), [-0.2, -0.1])],
)
def test_no_weight_becomes_the_whole(weights: tuple[float, ...], steps: list[float]) -> None:
    found = [one.step for one in changes(weights_of(*weights)) if one.factor == "a"]
    assert found == steps


def test_the_other_weights_keep_their_ratios() -> None:
    found = changed(weights_of(0.5, 0.3, 0.2, errors=(0.0, 4.0, 0.0)))
    assert found.weights[0].tolist() == [0.5, 0.3, 0.2]
    assert found.weights[1] == pytest.approx([0.4, 0.36, 0.24])  # a, 20 % less
    assert found.weights[4] == pytest.approx([0.6, 0.24, 0.16])
    assert found.errors[9:11].tolist() == [[0.0, -4.0, 0.0], [0.0, 4.0, 0.0]]
    assert not found.errors[:9].any()


@examples(30)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 8))
def test_changed_weights_sum_to_1(seed: int, count: int) -> None:
    weights = np.random.default_rng(seed).dirichlet(np.ones(count))
    found = changed(weights_of(*weights.tolist(), errors=tuple([1.0] * count)))
    assert np.allclose(found.weights.sum(axis=1), 1.0, rtol=0, atol=1e-9)
    assert (found.weights > 0).all()


def totals(*rows: tuple[float, float, float]) -> np.ndarray:
    """Rows of moderate or better, suitable and mean over 100 ha."""
    return np.array([(m * HA, s * HA, mean * 100 * HA, 100 * HA) for m, s, mean in rows])


TWO = weights_of(0.95, 0.05)


def test_rows_are_sorted_by_effect() -> None:
    base, same = (60, 20, 0.5), (60, 20, 0.5)
    # Of a -20 %, -10 %; of b -20 %, -10 %, 10 %, 20 %.
    given = totals(base, (60, 20, 0.6), (50, 20, 0.5), same, (70, 30, 0.5), (60, 25, 0.5), same)
    found = table(TWO, given, has_limits=True)
    assert (found.base.suitable_ha, found.base.moderate_ha, found.base.mean) == (20.0, 40.0, 0.5)
    told = [(one.change.factor, one.change.step) for one in found.rows]
    assert told == [("b", -0.1), ("a", -0.1), ("b", 0.1), ("a", -0.2), ("b", -0.2), ("b", 0.2)]
    assert (found.rows[0].suitable_ha, found.rows[0].moderate_ha) == (10.0, 0.0)
    assert (found.rows[2].suitable_ha, found.rows[2].moderate_ha) == (5.0, -5.0)
    assert found.rows[3].mean == pytest.approx(0.1)
    first, second = found.bars
    assert (first.factor, first.less, first.more) == ("b", found.rows[4], found.rows[5])
    assert (second.factor, second.less, second.more) == ("a", found.rows[3], None)
    assert found.to_dict()["rows"][0] == {
        "factor": "b",
        "changed": "weight",
        "step": -0.1,
        "suitable_ha": 10.0,
        "moderate_ha": 0.0,
        "mean": 0.0,
    }


def test_without_limits_there_are_no_hectares() -> None:
    rows = [(0, 0, 0.5), *[(0, 0, 0.5 + at / 100) for at in range(6)]]
    found = table(TWO, totals(*rows), has_limits=False)
    assert found.base.suitable_ha is None
    assert {one.suitable_ha for one in found.rows} == {None}
    assert [round(one.mean, 9) for one in found.rows] == [0.05, 0.04, 0.03, 0.02, 0.01, 0.0]


def test_without_known_ground_there_are_no_rows() -> None:
    found = table(TWO, np.zeros((7, 4)), has_limits=True)
    assert found.rows == ()
    assert found.base.mean is None


def test_codes_have_no_error() -> None:
    assert changes(model_of(factor("a", 1.0, 1.0, membership=CODES))) == ()
