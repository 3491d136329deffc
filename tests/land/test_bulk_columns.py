"""Large tables by column: which lines are plain, and where their points may not be."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from pyproj import CRS

from geozone.land.coordinates.odd_metres import metre_odds
from geozone.land.proposals import plaintable
from geozone.land.proposals.columnfacts import stated_columns
from geozone.land.proposals.columnplaces import _decimals, _misfits
from geozone.land.proposals.doubts import LONGEST, all_differ, checked_ids
from geozone.land.proposals.plaintable import plain_table
from geozone.rules import vocabulary

HEAD = b"id,east,north\n"


@pytest.mark.parametrize(
    ("lines", "odd"),
    [
        (b"1,2,3\n4,5,6\n", []),
        (b"1,2,3\n4,5,6", []),
        (b"1,2,3\n4,5,6\n\n\n", []),
        (b"1,2\n1,2,3,4\n5,6,7\n", [2, 3]),  # as many marks in all as there should be
        (b"1,2,3,4\n1,2\n5,6,7\n", [2, 3]),
        (b"1,2,3\n4,5,6,\n", [3]),
        (b"1,2,3\n\n5,6,7\n", [3]),
        (b'1,2,3\n"4",5,6\n5,6,7\n', [3]),
        (b"1,2,3\n4,5\x07,6\n5,6,7\n", [3]),
        (b"1,2,3\n4,5,6\x7f\n", [3]),
        ("1,2,3\n井,5,\u202e6\n井,5,6\n".encode(), [3]),
    ],
)
def test_lines_that_need_a_closer_look(lines: bytes, odd: list[int]) -> None:
    found = plain_table(HEAD + lines)
    assert found is not None
    assert found.odd.tolist() == odd
    assert len(found.columns["east"]) == len(found.rows)


def test_lines_are_told_a_piece_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    content = HEAD + b"1,2,3\n4,5\n" + b"7,8,9\n" * 9
    whole = plain_table(content)
    monkeypatch.setattr(plaintable, "PIECE", 4)
    found = plain_table(content)
    assert whole is not None
    assert found is not None
    assert found.ends.tolist() == whole.ends.tolist()
    assert found.odd.tolist() == whole.odd.tolist() == [3]
    assert plaintable.places_of(1, np.empty(0, np.uint8)).tolist() == []


@pytest.mark.parametrize("first", [0, 1])
def test_plain_numbers_and_their_decimals(first: int) -> None:
    told = {
        "1.5": 1,
        "123456789.25": 2,
        "1234567890.25": 0,
        "12": 0,
        "": 0,
        ".5": 0,
        "5.": 0,
        "1.2.3": 0,
        "-1.5": 0,
        "1e5.0": 0,
        "1 .5": 0,
        "１.５": 0,
        "0.000": 3,
    }
    column = pa.array(["9.99", *told], pa.string())[first:]
    assert _decimals(column, 9).tolist() == [2, *told.values()][first:]


@pytest.mark.parametrize("epsg", [4546, 4534, 32649])
def test_each_point_is_odd_or_not_whatever_the_others(epsg: int) -> None:
    crs = CRS.from_epsg(epsg)
    draw = np.random.default_rng(epsg)
    wide = draw.uniform((-2e6, -1e5), (4e7, 7e6), (300, 2))
    near = draw.uniform((2e5, 3e6), (9e5, 5e6), (300, 2))
    edge = np.array(
        [[700_000.0, 4e6], [700_000.001, 4e6], [299_999.999, 3e5], [0.0, 0.0], [111, 38]]
    )
    xy = np.vstack([wide, near, edge])
    expected = np.zeros(len(xy), bool)
    for one in metre_odds(np.hstack([xy, xy]), np.array([], object), crs):
        expected |= one.picks
    assert _misfits(xy, crs).tolist() == expected.tolist()
    assert expected.any()
    assert not expected.all()


def test_very_many_texts_that_are_no_activity_are_told_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(vocabulary, "get_close_matches", lambda word, *_, **__: asked.append(word))
    rows = [f"{at},1.5,2.5,井{at},middeep_reinjection,well_production\n" for at in range(50)]
    rows += ["a,1.5,2.5,middeep_reinjection：WELL_PRODUCTION,,\n", "b,1.5,2.5,,,\n"]
    rows += ["c,1.5,2.5,,middeep_reinjection,\n"]
    table = plain_table("".join(["id,lon,lat,activity,technology,object\n", *rows]).encode())
    assert table is not None
    found = stated_columns(table, None)
    assert asked == []
    assert np.flatnonzero(~found.no_activity).tolist() == [50]
    given = stated_columns(table, vocabulary.parse_activity("middeep_reinjection:well_production"))
    assert np.flatnonzero(~given.no_activity).tolist() == [50, 51]


def test_ids_that_are_missing_or_stand_twice() -> None:
    ids = pa.array(["a", "b", "", "a", "c", "d"], pa.string())
    found = checked_ids(ids, {"c"})
    assert found.doubtful.tolist() == [True, False, True, True, True, False]
    assert found.kin[0] == found.kin[3]
    assert len(set(found.kin.tolist())) == 5
    assert not checked_ids(ids[1:2], ()).doubtful.any()


@pytest.mark.parametrize(
    ("texts", "differ"),
    [
        ([], True),
        (["a"], True),
        (["", "a"], True),
        (["a", "b", "a"], False),
        (["井1", "井2", "W" * 8, "W" * 9, "W" * 16, "W" * 17], True),
        (["12345678a", "12345678b", "a12345678"], True),
        (["12345678a", "x", "12345678a"], False),
        (["", "x", ""], False),
        (["W" * LONGEST, "W" * (LONGEST - 1)], True),
        (["W" * (LONGEST + 1), "x"], False),
    ],
)
def test_whether_all_texts_differ(texts: list[str], differ: bool) -> None:
    whole = pa.array(["a", *texts, "a"], pa.string())
    assert all_differ(pa.array(texts, pa.string())) == differ
    assert all_differ(whole.slice(1, len(texts))) == differ
