"""Surfaces against known fields, PyKrige's own answers and the laws; bad points told."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from geozone.answers.suitability.kriging import Kriged, Shape, Variogram, fitted_variogram
from geozone.answers.suitability.measured import Measured
from geozone.answers.suitability.surfaces import Preparation, Surface, surface
from geozone.engine.grid import Grid, Shape2d
from geozone.law.errors import Refused

ok = pytest.importorskip("pykrige.ok", reason="pykrige is not installed")

UTM = CRS.from_epsg(4547)
LEFT, TOP, SIZE = 500_000.0, 4_200_000.0, 1_000.0
GIVEN = Variogram(Shape.SPHERICAL, 4.0, 30_000.0, 0.5)
NAN = np.nan


def grid(rows: int = 40, cols: int = 50, size: float = SIZE) -> Grid:
    return Grid(UTM, LEFT, TOP, size, Shape2d(rows, cols))


def measured(places: Any, values: Any, names: Any = None) -> Measured:
    xy = np.asarray(places, float).reshape(-1, 2)
    ids = tuple(names or (f"P{number:02}" for number in range(len(xy))))
    return Measured(xy, np.asarray(values, float), ids, UTM, "mW/m2")


def field(count: int = 60, seed: int = 1) -> Measured:
    """A smooth field with a little noise, over the grid of 50 km by 40 km."""
    draw = np.random.default_rng(seed)
    xy = np.column_stack([draw.uniform(0, 50_000, count), draw.uniform(0, 40_000, count)])
    values = 60 + 8 * np.sin(xy[:, 0] / 9_000) * np.cos(xy[:, 1] / 8_000)
    values += draw.normal(0, 0.8, count)
    return measured(xy * [1, -1] + [LEFT, TOP], values)


def whole(one: Surface) -> tuple[np.ndarray, np.ndarray]:
    return one.window(0, 0, one.grid.shape)


def numbers(one: Variogram) -> dict[str, float]:
    return {"psill": one.sill, "range": one.range_m, "nugget": one.nugget}


@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize("nugget", [0.0, 0.4])
def test_agrees_with_pykrige(shape: Shape, nugget: float) -> None:
    """Estimates and variances of PyKrige itself, with the same variogram."""
    points = field(25)
    given = Variogram(shape, 30.0, 14_000.0, nugget or 0.01)
    found = Kriged.of(points.places, points.values, given)
    draw = np.random.default_rng(5)
    there = points.places[:20] + draw.normal(0, 2_000, (20, 2))
    peer = ok.OrdinaryKriging(
        *points.places.T, points.values, variogram_model=shape.value,
        variogram_parameters=numbers(given),
    )  # fmt: skip
    estimates, variances = peer.execute("points", *there.T)
    mine, errors = found.at(there)
    assert mine == pytest.approx(np.asarray(estimates), rel=1e-7)
    assert errors**2 == pytest.approx(np.asarray(variances), rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("shape", list(Shape))
def test_leaving_one_out_agrees_with_pykrige(shape: Shape) -> None:
    """Every point estimated by PyKrige from all the others, with the same variogram."""
    points = field(18)
    given = Variogram(shape, 30.0, 14_000.0, 0.4)
    estimates, errors = Kriged.of(points.places, points.values, given).left_out()
    for at in range(18):
        rest = np.arange(18) != at
        peer = ok.OrdinaryKriging(
            *points.places[rest].T, points.values[rest], variogram_model=shape.value,
            variogram_parameters=numbers(given),
        )  # fmt: skip
        value, variance = peer.execute("points", *points.places[[at]].T)
        assert estimates[at] == pytest.approx(value[0], rel=1e-8)
        assert errors[at] ** 2 == pytest.approx(variance[0], rel=1e-8)


def test_two_points_by_hand() -> None:
    """Midway between three points in a row: weights and variance worked out by hand.

    Linear part of a long spherical model; by symmetry the middle point decides with its
    neighbours: solved here with the covariances written out.
    """
    xy = np.array([[0.0, 0.0], [1_000.0, 0.0], [2_000.0, 0.0]])
    given = Variogram(Shape.EXPONENTIAL, 1.0, 3_000.0)  # semivariance 1 - exp(-h / 1000)
    z = np.array([1.0, 2.0, 6.0])
    a, b = np.exp(-1.0), np.exp(-2.0)
    c = np.array([[1, a, b, 1], [a, 1, a, 1], [b, a, 1, 1], [1, 1, 1, 0.0]])
    near, far = np.exp(-0.5), np.exp(-1.5)
    weights = np.linalg.solve(c, [near, near, far, 1.0])
    estimates, errors = Kriged.of(xy, z, given).at(np.array([[500.0, 0.0]]))
    assert estimates[0] == pytest.approx(weights[:3] @ z)
    assert errors[0] ** 2 == pytest.approx(1 - weights[:3] @ [near, near, far] - weights[3])


def test_data_points_are_reproduced() -> None:
    rows, cols = np.array([[3, 4], [20, 30], [35, 10], [8, 45], [25, 5]]).T
    xy = np.column_stack([LEFT + (cols + 0.5) * SIZE, TOP - (rows + 0.5) * SIZE])
    values = np.array([50.0, 61.0, 47.5, 72.0, 66.25])
    found, errors = whole(surface(measured(xy, values), grid(), Preparation(GIVEN)))
    assert found[rows, cols] == pytest.approx(values, rel=1e-6)
    assert errors[rows, cols] == pytest.approx(0, abs=1e-3)
    elsewhere = np.ones(found.shape, bool)
    elsewhere[rows, cols] = False
    assert np.nanmin(errors[elsewhere]) >= 0.5**0.5  # the nugget


def test_one_value_everywhere_is_kept() -> None:
    flat = replace(field(20), values=np.full(20, 55.0))
    found, errors = whole(surface(flat, grid(), Preparation(GIVEN)))
    assert np.nanmax(np.abs(found - 55.0)) < 1e-4
    assert np.nanmin(errors) > 0
    with pytest.raises(Refused, match="all values are the same"):
        surface(flat, grid())


def test_a_plane_comes_back() -> None:
    """From points every 5 km: at the middles of squares exactly, by symmetry; else nearly."""
    x, y = np.meshgrid(np.arange(0, 60_001, 5_000.0), np.arange(0, 60_001, 5_000.0))
    xy = np.column_stack([x.ravel() + LEFT, TOP - y.ravel()])

    def plane(places: np.ndarray) -> np.ndarray:
        return 40 + (places[:, 0] - LEFT) / 2_000 - (TOP - places[:, 1]) / 5_000

    given = Variogram(Shape.SPHERICAL, 100.0, 60_000.0)
    found = Kriged.of(xy, plane(xy), given)
    middle = np.array([[LEFT + 30_000, TOP - 30_000]])
    assert found.at(middle + 1e-3)[0] == pytest.approx(plane(middle), rel=1e-6)
    draw = np.random.default_rng(2)
    inner = np.array([LEFT + 15_000, TOP - 45_000]) + draw.uniform(0, 30_000, (200, 2))
    off = np.abs(found.at(inner)[0] - plane(inner))
    assert off.max() < 0.15  # of values that span 42


TRUE = Variogram(Shape.EXPONENTIAL, 9.0, 30_000.0, 1.0)


def random_field(seed: int, count: int = 400) -> Measured:
    """Drawn with the variogram above, over 100 km by 100 km."""
    draw = np.random.default_rng(seed)
    xy = draw.uniform(0, 100_000, (count, 2))
    far = np.hypot(*(xy[:, None] - xy).T)
    covariance = 9.0 * np.exp(-far / 10_000) + np.eye(count)
    return measured(xy, 60 + np.linalg.cholesky(covariance) @ draw.normal(size=count))


def test_the_variogram_of_fields_is_found_again() -> None:
    """One field says little of its law, six say more."""
    fields = [random_field(seed) for seed in range(6)]
    found = [fitted_variogram(one.places, one.values, TRUE.shape) for one in fields]
    assert all(one.is_fitted for one in found)
    assert np.mean([one.sill + one.nugget for one in found]) == pytest.approx(10.0, rel=0.2)
    assert np.mean([one.range_m for one in found]) == pytest.approx(30_000, rel=0.35)


def test_units_change_nothing_of_the_variogram() -> None:
    one = random_field(1)
    found = fitted_variogram(one.places, one.values, TRUE.shape)
    other = fitted_variogram(one.places / 1_000, one.values * 1_000 + 5, TRUE.shape)
    assert other.range_m == pytest.approx(found.range_m / 1_000, rel=1e-3)
    assert other.sill == pytest.approx(found.sill * 1e6, rel=1e-3)
    assert np.array(other.lags) == pytest.approx(np.array(found.lags) * [1e-3, 1e6], rel=1e-9)


def test_lags_are_mean_semivariances_by_hand() -> None:
    """Pairs in twelve equal steps of distance up to half of the longest."""
    one = random_field(2, 40)
    found = fitted_variogram(one.places, one.values, TRUE.shape).lags
    pairs = [(i, j) for i in range(40) for j in range(i)]
    far = np.array([np.hypot(*(one.places[i] - one.places[j])) for i, j in pairs])
    half = np.array([(one.values[i] - one.values[j]) ** 2 / 2 for i, j in pairs])
    edges = np.linspace(0, far.max() / 2, 13)
    steps = [(far > low) & (far <= high) for low, high in pairwise(edges)]
    wanted = [(far[step].mean(), half[step].mean()) for step in steps]
    assert np.array(found) == pytest.approx(np.array(wanted), rel=1e-9)


@pytest.mark.parametrize("seed", [0, 1, 5])
def test_the_fit_is_the_best_by_pairs_over_squared_distance(seed: int) -> None:
    """No small change of its numbers comes nearer to the lags, each weighed as is said."""
    one = random_field(seed, 200)
    found = fitted_variogram(one.places, one.values, TRUE.shape)
    far = np.hypot(*(one.places[:, None] - one.places).T)[np.triu_indices(200, 1)]
    edges = np.linspace(0, far.max() / 2, 13)
    counts, _ = np.histogram(far, edges)
    lags, halves = np.array(found.lags).T

    def cost(one: Variogram) -> float:
        return float(np.sum(counts / lags**2 * (one.semivariance(lags) - halves) ** 2))

    best = cost(found)
    for name in ("sill", "range_m", "nugget"):
        for share in (0.98, 1.02):
            other = replace(found, **{name: getattr(found, name) * share})
            assert cost(other) >= best * (1 - 1e-9), name


@pytest.fixture(scope="module")
def drawn() -> Surface:
    return surface(field(), grid())


@pytest.fixture(scope="module")
def all_cells(drawn: Surface) -> tuple[np.ndarray, np.ndarray]:
    return whole(drawn)


@examples(25)
@given(data=st.data())
def test_a_window_is_part_of_the_whole(
    drawn: Surface, all_cells: tuple[np.ndarray, np.ndarray], data: st.DataObject
) -> None:
    """Byte for byte, wherever it begins and however large it is."""
    row, col = data.draw(st.integers(0, 39)), data.draw(st.integers(0, 49))
    size = Shape2d(data.draw(st.integers(1, 40 - row)), data.draw(st.integers(1, 50 - col)))
    for part, cells in zip(drawn.window(row, col, size), all_cells, strict=True):
        there = cells[row : row + size.rows, col : col + size.cols]
        assert part.tobytes() == there.tobytes()


def test_cells_are_worked_out_in_fixed_blocks(
    drawn: Surface, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever a window begins: else other sums of the same numbers would round otherwise."""
    asked = []
    block = Surface._block

    def told(one: Surface, *at: int) -> Any:
        asked.append(at)
        return block(one, *at)

    monkeypatch.setattr(Surface, "_block", told)
    monkeypatch.setattr("geozone.answers.suitability.surfaces.AT_ONCE", 61 * 16 * 16)
    drawn.window(17, 30, Shape2d(20, 5))
    assert asked == [(16, 16, 16), (16, 32, 16), (32, 16, 16), (32, 32, 16)]


def test_bands_and_small_blocks_make_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geozone.answers.suitability.surfaces.AT_ONCE", 61 * 16 * 16)
    one = surface(field(), grid())
    values, errors = whole(one)
    bands = list(one.bands(7, jobs=2))
    assert [row for row, _, _ in bands] == list(range(0, 40, 7))
    assert np.vstack([band for _, band, _ in bands]).tobytes() == values.tobytes()
    assert np.vstack([band for _, _, band in bands]).tobytes() == errors.tobytes()


def test_order_of_points_changes_no_byte() -> None:
    points = field()
    mixed = points.taken(np.random.default_rng(9).permutation(60))
    for one, other in zip(
        whole(surface(points, grid())), whole(surface(mixed, grid())), strict=True
    ):
        assert one.tobytes() == other.tobytes()


def test_left_out_errors_are_honest(drawn: Surface) -> None:
    told = drawn.errors
    off = [one.off for one in drawn.left_out]
    assert told["bias"] == pytest.approx(np.mean(off))
    assert told["rmse"] == pytest.approx(np.sqrt(np.mean(np.square(off))))
    fields = [surface(random_field(seed), grid(), Preparation(TRUE)) for seed in range(4)]
    ratios = [one.errors["ratio"] for one in fields]
    assert ratios == pytest.approx([1.0] * 4, abs=0.3)
    assert not any("standard errors" in note for one in fields for note in one.notes)
    small = Preparation(replace(TRUE, sill=0.9, nugget=0.1))
    told = surface(random_field(1), grid(), small).errors["ratio"]
    assert told == pytest.approx(
        10 * ratios[1], rel=1e-6
    )  # a tenth of the sill, the same estimates
    wanted = f"off by {told**0.5:.1f} standard errors"
    assert wanted in surface(random_field(1), grid(), small).notes[-1]
    said = drawn.to_dict()
    assert said["variogram"]["fitted"] is True
    assert len(said["left_out"]["points"]) == said["points"] == 60
    assert surface(field(), grid(), Preparation(GIVEN)).to_dict()["variogram"]["lags"] == []


def test_beyond_the_range_nothing_is_said() -> None:
    points = measured([[LEFT, TOP], [LEFT + 4_000, TOP], [LEFT, TOP - 4_000]], [50, 60, 70])
    near = Variogram(Shape.SPHERICAL, 4.0, 6_000.0)
    one = surface(points, grid(), Preparation(near))
    values, errors = whole(one)
    x, y = one.grid.centres.T
    far = np.min([np.hypot(x - px, y - py) for px, py in one.points.places], axis=0)
    assert np.array_equal(np.isnan(values).ravel(), far > 6_000)
    assert np.array_equal(np.isnan(values), np.isnan(errors))


def test_too_few_points_are_refused() -> None:
    with pytest.raises(Refused, match="9 points, 10 to 3000 wanted"):
        surface(field(9), grid())
    assert surface(field(9), grid(), Preparation(GIVEN)).notes == ()
    with pytest.raises(Refused, match="2 points, 3 to 3000 wanted"):
        surface(field(2), grid(), Preparation(GIVEN))
    assert "rests on 12 points only" in surface(field(12), grid()).notes[0]


def test_values_without_structure_are_refused_or_told() -> None:
    draw = np.random.default_rng(3)
    noise = replace(field(300), values=draw.normal(60, 5, 300))
    notes = surface(noise, grid()).notes
    assert any("no better than the mean" in one for one in notes)
    assert not any("the mean" in one for one in surface(field(), grid()).notes)
    x, y = np.meshgrid(np.arange(15) * 1e3, np.arange(15) * 1e3)
    lattice = np.column_stack([x.ravel(), y.ravel()])
    alone = measured(lattice, np.random.default_rng(1).normal(size=225))
    with pytest.raises(Refused, match="nothing to do with distance"):
        surface(alone, grid(), Preparation(shape=Shape.EXPONENTIAL))


BAD = [
    (Variogram(Shape.SPHERICAL, 0.0, 1_000.0), "the variogram is none"),
    (Variogram(Shape.SPHERICAL, -1.0, 1_000.0, 3.0), "the variogram is none"),
    (Variogram(Shape.SPHERICAL, 1.0, 0.0), "the variogram is none"),
    (Variogram(Shape.SPHERICAL, 1.0, NAN), "the variogram is none"),
    (Variogram(Shape.GAUSSIAN, 1.0, 1e7), "cannot be solved"),
]


@pytest.mark.parametrize(("variogram", "why"), BAD)
def test_variograms_that_are_none_are_refused(variogram: Variogram, why: str) -> None:
    with pytest.raises(Refused, match=why):
        surface(field(), grid(), Preparation(variogram))


def test_numbers_that_are_none_are_all_refused() -> None:
    points = field(20)
    values, places = points.values.copy(), points.places.copy()
    values[3], places[8, 1] = NAN, np.inf
    with pytest.raises(Refused) as told:
        surface(replace(points, values=values, places=places), grid())
    assert [one.place for one in told.value.faults] == ["P03", "P08"]
    with pytest.raises(ValueError, match="different CRSs"):
        surface(points, replace(grid(), crs=CRS.from_epsg(4548)))


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name.partition(".")[0])

    monkeypatch.setattr("geozone.answers.suitability.library.import_module", missing)
    with pytest.raises(Refused, match=r"pip install 'geozone\[surfaces\]'") as told:
        surface(field(), grid())
    assert "pykrige" in told.value.faults[0].what
