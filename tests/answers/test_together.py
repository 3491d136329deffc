"""Many parcels located at once are judged as one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
import shapely.affinity

import geozone as gz
from geozone.answers import together
from geozone.answers.assess import assess
from geozone.answers.site import Site, open_site
from geozone.land.proposals.proposal import Proposal
from geozone.rules import vocabulary

HEBEI = Path(__file__).parents[2] / "layers" / "hebei-demo"
PROJECT = next(one for one in vocabulary.activities() if str(one) == "middeep_reinjection:project")
BUFFER_M = 0.01


@pytest.fixture(scope="module")
def site() -> Site:
    return open_site(gz.open(HEBEI).project, [PROJECT])


def parcels(site: Site, count: int) -> list[Proposal]:
    draw = np.random.default_rng(4)
    west, south, east, north = site.project.area.bounds
    found = []
    for number in range(count):
        x, y = draw.uniform(west, east), draw.uniform(south, north)
        wide, high = draw.uniform(20, 900, 2)
        shape = shapely.affinity.rotate(shapely.box(x, y, x + wide, y + high), draw.uniform(0, 90))
        accuracy = float(draw.choice([0.0, 0.0, 0.0, 2.0]))
        facts = {"reinjection_ratio": 1.0} if number % 3 else {}
        found.append(Proposal(f"地块{number}", PROJECT, shape, accuracy, facts, f"row {number}"))
    return found


def assert_same(one: Any, other: Any, slack: float) -> None:
    """The same words and codes; areas and shares within the width of a drawn edge."""
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            assert_same(one[key], other[key], slack)
    elif isinstance(one, list):
        assert len(one) == len(other)
        for each, twin in zip(one, other, strict=True):
            assert_same(each, twin, slack)
    elif isinstance(one, float):
        assert one == pytest.approx(other, abs=slack)
    else:
        assert one == other


def test_parcels_are_judged_as_one_by_one(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    given = parcels(site, 150)
    alone = assess(site, given)
    assert not together.located_together(site, given, 1)
    monkeypatch.setattr(together, "MANY", 100)
    told = together.located_together(site, given, 2)
    assert len(told) == len(given)
    found = assess(site, given, jobs=2)
    rows = {part.row for one in found for part in one.located.parts}
    assert len(rows) > 10, "ground of one kind shows little"
    for one, other in zip(found, alone, strict=True):
        slack = max(one.proposal.shape.length * BUFFER_M, 0.02)
        assert_same(one.to_dict(), other.to_dict(), slack)
        assert [part.shape.area for part in one.located.parts] == pytest.approx(
            [part.shape.area for part in other.located.parts]
        )
