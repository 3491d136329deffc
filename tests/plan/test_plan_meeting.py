"""How areas lie to each other, within what their accuracy lets anybody say."""

from __future__ import annotations

from typing import Any

import pytest
import shapely

from geozone.answers.plan.meeting import Meeting, covered, meeting

BASE = shapely.box(0, 0, 100, 100)


@pytest.mark.parametrize(
    ("other", "accuracy_m", "expected"),
    [
        (shapely.box(10, 10, 20, 20), 0.0, Meeting.INSIDE),
        (shapely.box(0, 0, 100, 100), 0.0, Meeting.INSIDE),
        (shapely.box(0, 0, 100, 100), 5.0, Meeting.SHARES),
        (shapely.box(4.9, 5, 50, 50), 5.0, Meeting.SHARES),
        (shapely.box(5, 5, 50, 50), 5.0, Meeting.INSIDE),
        (shapely.box(90, 0, 200, 100), 0.0, Meeting.SHARES),
        (shapely.box(-50, -50, 200, 200), 0.0, Meeting.SHARES),
        (shapely.box(99.998, 0, 200, 100), 0.0, Meeting.SHARES),
        (shapely.box(99.9995, 0, 200, 100), 0.0, Meeting.NEAR),
        (shapely.box(99.9999999, 0, 200, 100), 0.0, Meeting.EDGE),
        (shapely.box(100, 0, 200, 100), 0.0, Meeting.EDGE),
        (shapely.box(100, 100, 200, 200), 0.0, Meeting.EDGE),
        (shapely.box(100, 0, 200, 100), 0.5, Meeting.NEAR),
        (shapely.box(100.4, 0, 200, 100), 0.5, Meeting.NEAR),
        (shapely.box(100.6, 0, 200, 100), 0.5, Meeting.APART),
        (shapely.box(100.001, 0, 200, 100), 0.0, Meeting.APART),
        (shapely.box(90, 0, 200, 100), 11.0, Meeting.NEAR),
        (shapely.box(90, 0, 200, 100), 9.9, Meeting.SHARES),
        (shapely.box(40, 40, 42, 42), 11.0, Meeting.INSIDE),
    ],
)
def test_how_areas_meet(other: shapely.Polygon, accuracy_m: float, expected: Meeting) -> None:
    assert meeting(other, BASE, accuracy_m, 1.0) is expected


def test_accuracy_counts_on_the_ground() -> None:
    """10 m on the ground are more on a plane that stretches them."""
    near = shapely.box(110.02, 0, 200, 100)
    assert meeting(near, BASE, 10.0, 1.0) is Meeting.APART
    assert meeting(near, BASE, 10.0, 1.003) is Meeting.NEAR


@pytest.mark.parametrize(
    ("shape", "margin", "expected"),
    [
        (BASE, 0.0, True),
        (shapely.box(0, 0, 100.0005, 100), 0.0, True),
        (shapely.box(0, 0, 100.002, 100), 0.0, False),
        (shapely.box(10, 10, 90, 90), 9.9, True),
        (shapely.box(10, 10, 90, 90), 10.1, False),
        (shapely.box(200, 0, 300, 100), 0.0, False),
        (shapely.Point(50, 50), 49.9, True),
        (shapely.Point(50, 50), 50.1, False),
    ],
)
def test_covered(shape: Any, margin: float, expected: bool) -> None:
    assert covered(BASE, shape, margin) is expected
    assert not covered(shapely.Polygon(), shape, margin)
