"""Boundaries moved within their accuracy: told beside the zones, and never permission."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from made_models import ACTIVITY, factor, model_of

import geozone as gz
from geozone.answers.site import open_site
from geozone.answers.suitability.borders import LEFT, OPEN, Borders, BordersFound, Spread
from geozone.answers.suitability.constraints import Closed, closed
from geozone.answers.suitability.draws import middle, shifts
from geozone.answers.suitability.model import Chance, Class
from geozone.answers.suitability.worlds import MOST_THEMES, Move, Near, Worlds, near_of
from geozone.answers.working import Working
from geozone.law.condition import Condition
from geozone.law.state import State
from geozone.pages.scoreborders import borders_part, borders_told
from geozone.pages.tongue import Tongue

LAYERS = Path(__file__).parents[2] / "layers"
SIZE_M = 120.0
CLEAR, OUTSIDE, INSIDE, HOLDS, UNSEEN = State
UNDETERMINED = Class.UNDETERMINED.value
MODEL = model_of(
    factor("a", 1.0), chance=Chance(draws=50, resolution_m=SIZE_M), resolution_m=SIZE_M
)


def at(theme: str, *classes: str, within_m: float = 0.0) -> Condition:
    return Condition(theme, classes, within_m=within_m)


RAIL, TUNNEL = at("railway", within_m=200.0), at("railway", "tunnel", within_m=200.0)
FAR_RAIL = at("railway", within_m=500.0)
PLAIN, MOUNTAIN = at("landform", "plain"), at("landform", "mountain")
RELIC = at("cultural_relic")


@pytest.mark.parametrize(
    ("given", "moves", "rows"),
    [
        ([(RAIL, OUTSIDE)], ["outward"], [[CLEAR], [HOLDS]]),
        ([(RAIL, INSIDE)], ["inward"], [[HOLDS], [CLEAR]]),
        ([(RAIL, OUTSIDE), (RELIC, UNSEEN)], ["outward"], [[CLEAR, UNSEEN], [HOLDS, UNSEEN]]),
        # The same line, asked with and without its class.
        ([(RAIL, INSIDE), (TUNNEL, INSIDE)], ["inward"], [[HOLDS, HOLDS], [CLEAR, CLEAR]]),
        # Within 500 m and not within 200 m: never within 200 m and not within 500 m.
        (
            [(RAIL, OUTSIDE), (FAR_RAIL, INSIDE)],
            ["outward", "inward"],
            [[CLEAR, HOLDS], [HOLDS, HOLDS], [CLEAR, CLEAR]],
        ),
        # What one class loses the other gains, and the same border moves one way.
        ([(MOUNTAIN, OUTSIDE), (PLAIN, INSIDE)], ["outward"], [[CLEAR, HOLDS], [HOLDS, CLEAR]]),
        ([(MOUNTAIN, INSIDE), (PLAIN, OUTSIDE)], ["inward"], [[HOLDS, CLEAR], [CLEAR, HOLDS]]),
    ],
)
def test_a_place_crosses_the_limits_it_is_near_to(given: Any, moves: Any, rows: Any) -> None:
    found = near_of([one for one, _ in given], tuple(state for _, state in given))
    assert found is not None
    assert [one.move.value for one in found.moves[0]] == ["none", *moves]
    assert [list(row) for row in found.rows] == rows


def test_themes_move_apart_from_one_another() -> None:
    found = near_of([RAIL, RELIC], (OUTSIDE, INSIDE))
    assert found is not None
    assert found.themes == ("cultural_relic", "railway")
    assert found.rows == ((CLEAR, HOLDS), (HOLDS, HOLDS), (CLEAR, CLEAR), (HOLDS, CLEAR))


@pytest.mark.parametrize(("count", "is_told"), [(0, False), (MOST_THEMES, True), (7, False)])
def test_near_to_many_themes_nothing_is_told(count: int, is_told: bool) -> None:
    conditions = [at(f"theme{number}") for number in range(8)]
    row = (*[OUTSIDE] * count, *[CLEAR] * (8 - count))
    assert (near_of(conditions, row) is not None) is is_told


def test_ground_crosses_a_straight_limit_as_boundaries_move() -> None:
    """Cells every metre from a line: within 200 m is closed, known to 50 m."""
    distance = np.arange(0.5, 400.0)
    states = [
        (OUTSIDE if one > 200 else INSIDE)
        if abs(one - 200) <= 50
        else (CLEAR if one > 200 else HOLDS)
        for one in distance
    ]
    near = {one: near_of([RAIL], (one,)) for one in (OUTSIDE, INSIDE)}
    left = {
        one: [OPEN if row == (CLEAR,) else 4 for row in told.rows] for one, told in near.items()
    }
    for shift in np.linspace(-1, 1, 21):
        moved = {"railway": np.array([shift])}
        shares = {
            one: Worlds(near[one], np.array(left[one], np.uint8)).shares(OPEN, moved)[0]
            for one in near
        }
        found = sum(shares.get(one, float(one is CLEAR)) for one in states)
        assert found == pytest.approx((distance > 200 + 50 * shift).sum(), abs=0.6)


@examples(50)
@given(seed=st.integers(0, 10_000), themes=st.integers(1, 4))
def test_shares_are_those_of_all_worlds(seed: int, themes: int) -> None:
    draw = np.random.default_rng(seed)
    conditions = [at(f"t{one}", within_m=w) for one in range(themes) for w in (100.0, 300.0)]
    states = [[OUTSIDE, INSIDE, CLEAR][draw.integers(3)] for _ in conditions]
    states[0::2] = [OUTSIDE if one is CLEAR else one for one in states[0::2]]
    near = near_of(conditions, tuple(states))
    assert near is not None
    one = Worlds(near, draw.choice([2, 3, 4], near.shape).astype(np.uint8))
    moved = {name: draw.uniform(-1, 1, 5) for name in near.themes}
    whole = [one.shares(code, moved) for code in (2, 3, 4)]
    assert np.allclose(sum(whole), 1.0)
    for number in range(5):
        wanted = 0.0
        for place in np.ndindex(near.shape):
            likely = 1.0
            for name, moves, chosen in zip(near.themes, near.moves, place, strict=True):
                shift = moved[name][number]
                ways = {Move.OUTWARD: max(shift, 0.0), Move.INWARD: max(-shift, 0.0)}
                rest = 1.0 - sum(ways[each.move] for each in moves[1:])
                likely *= ways.get(moves[chosen].move, rest)
            wanted += likely * (one.left[place] == OPEN)
        assert whole[0][number] == pytest.approx(wanted, abs=1e-12)


def test_what_being_open_hangs_on() -> None:
    near = near_of([RAIL, RELIC], (OUTSIDE, INSIDE))
    assert isinstance(near, Near)
    relic, rail = near.themes
    for left, wanted in [
        ([[4, 4], [2, 2]], (relic,)),
        ([[4, 2], [3, 2]], (rail,)),
        ([[4, 4], [2, 4]], (relic, rail)),
        ([[4, 3], [3, 4]], ()),
        ([[2, 2], [2, 2]], ()),
    ]:
        assert Worlds(near, np.array(left, np.uint8)).hangs_on(OPEN) == wanted


def test_shifts_are_even_and_hang_on_seed_and_name_alone() -> None:
    model = replace(MODEL, chance=Chance(draws=10_000))
    found = shifts(model, ["railway", "landform"])
    assert np.array_equal(found["railway"], shifts(model, ["railway"])["railway"])
    assert not np.array_equal(found["railway"], found["landform"])
    other = shifts(replace(model, chance=Chance(draws=10_000, seed=2)), ["railway"])
    assert not np.array_equal(found["railway"], other["railway"])
    one = found["railway"]
    assert -1 <= one.min() < -0.99
    assert 0.99 < one.max() <= 1
    assert one.mean() == pytest.approx(0, abs=0.02)
    assert one.std() == pytest.approx(3**-0.5, rel=0.02)


def test_the_middle_of_the_draws() -> None:
    assert middle(np.arange(1.0, 201.0)) == (10.0, 191.0)
    assert middle(np.array([3.0])) == (3.0, 3.0)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, and beside it the same with boundaries that are exact."""
    folder = tmp_path_factory.mktemp("borders")
    for name in ("hebei-demo", "osm"):
        shutil.copytree(LAYERS / name, folder / name)
    shutil.copytree(folder / "hebei-demo", folder / "exact")
    file = folder / "exact" / "geozone.toml"
    text, count = re.subn(
        r"(?m)^(accuracy_m|half_width_m) = .*$", r"\1 = 0", file.read_text("utf-8")
    )
    assert count > 10
    file.write_text(text, "utf-8")
    return folder


def opened(folder: Path, activity: Any = ACTIVITY) -> tuple[Any, Closed]:
    site = open_site(gz.open(folder).project, (activity,))
    return site, Closed.of(site, activity, SIZE_M, Working())


def rows_of(zones: Closed, found: Borders) -> Any:
    return np.concatenate([found.places((one,)) for one in zones.evidence.runs()])


def test_as_mapped_is_as_the_zones_of_exact_boundaries(place: Path) -> None:
    site, zones = opened(place / "hebei-demo")
    _, exact = opened(place / "exact")
    found = Borders(site, zones, MODEL)
    evidence = zones.evidence.told.evidence
    # How far coverage reaches is a matter of accuracy too.
    seen = np.array([*(UNSEEN not in row for row in evidence.rows), False])
    near = np.array([*(bool({OUTSIDE, INSIDE} & {*row}) for row in evidence.rows), False])
    rows = rows_of(zones, found)
    wanted = np.concatenate([exact.cells((one,)) for one in exact.evidence.runs()])
    left = closed(np.full(wanted.shape, OPEN, np.uint8), wanted)
    mapped = np.array([*found.mapped, 255], np.uint8)[rows]
    assert (seen & near)[rows].sum() > 500
    assert np.array_equal(mapped[seen[rows]], left[seen[rows]])


def test_open_ground_stays_open_wherever_boundaries_lie(place: Path) -> None:
    """The zones fail safe: no move within the accuracy closes what they leave open."""
    project, several = gz.open(place / "hebei-demo").project, 0
    for activity in project.activities:
        site, zones = opened(place / "hebei-demo", activity)
        found = Borders(site, zones, replace(MODEL, activity=activity))
        is_open = found.zoned == OPEN
        several += int(is_open.sum())
        assert (found.least[is_open] == OPEN).all()
        assert not (found.hangs[:-1] & is_open).any()
        # Between two regimes that both leave it open, ground is undetermined, never closed.
        assert (found.zoned[(found.least == OPEN) & ~is_open] == UNDETERMINED).all()
        assert (found.most <= found.mapped).all()
        assert (found.mapped <= found.least).all()
    assert several > 50


def told_of_some() -> BordersFound:
    sizes = dict(zip(LEFT, (10.0, 20.0, 30.0, 40.0, 50.0), strict=True))
    spread = Spread(12.0, 11.0, 13.0)
    return BordersFound(
        sizes, sizes, sizes, sizes, dict.fromkeys(LEFT[:3], spread), spread, 3.5,
        (("railway", 3.0), ("<b>{{7*7}}", 0.5)), 1.5,
    )  # fmt: skip


def test_pages_say_that_it_is_no_permission() -> None:
    told = borders_told(told_of_some(), has_limits=True)
    assert told["hectares"]["most"]["closed"] == 50.0
    assert told["drawn"]["open"] == {"mean": 12.0, "low": 11.0, "high": 13.0}
    assert told["themes"][0] == {
        "theme": "railway", "zh": "铁路", "en": "Railway", "hangs_ha": 3.0
    }  # fmt: skip
    page = str(borders_part(told, Tongue("both")))
    for said in ("也不是许可", "is no permission", "铁路", "1.5 公顷", "居中 90% 抽样的下限"):
        assert said in page
    assert "<b>{{" not in page


def test_without_limits_no_hectares_by_class_are_told() -> None:
    told = borders_told(told_of_some(), has_limits=False)
    assert (told["hectares"], told["drawn"], told["hangs_ha"]) == (None, None, 3.5)
    page = str(borders_part(told, Tongue("zh")))
    assert "3.5 公顷" in page
    assert "精度之内最不利" not in page
