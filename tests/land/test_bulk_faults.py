"""Large tables with faults: the same words, rows and proposals as row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geozone.land.project import Project, read_project
from geozone.land.proposals import doubts
from geozone.land.proposals.bulkread import Wanted, read_points
from geozone.land.proposals.proposal import Proposal, Proposals, read_proposals
from geozone.land.proposals.rows import Given
from geozone.law.activity import Activity
from geozone.law.errors import Refused

EXPLORE = "middeep_reinjection:well_exploration"
GIVEN = Activity("middeep_reinjection", "well_exploration")
HEADS = ["id", "lon", "lat", "activity", "阶段", "回灌率", "点位精度", "name", "other"]
GOOD = ["W0", "114.22999991", "38.00799991", EXPLORE, "新建", "0.9", "5", "n", ""]
COLUMNS = {
    "id": ["W0", "W1", " W1 ", "", "  ", '"W2"', '"a"b', "=1", "井"],
    "lon": [
        *(
            "114.22999991",
            "114.2300",
            "114.2215",
            "114.221",
            "114.2",
            "114",
            "",
            "x",
            "１１４.2345678",
        ),
        *(
            "200.12345678",
            "100.12345678",
            "38.12345678",
            "114.2e0",
            "114°13'12\"",
            "114°13'60.0\"E",
        ),
        *("114.2299999123456789", "+114.22345678", "1.2.3", ".5", "5.", "N114.2234", "1143000"),
    ],
    "lat": [
        *("38.00799991", "38.0100", "38.01", "38", "", "abc", "95.12345678", "20.12345678"),
        *("114.12345678", "38°0'36\"", "-38.00799991", "0.00000000", "38.00799991N", "38/00.1"),
    ],
    "activity": [EXPLORE, f" {EXPLORE}", "中深层水热（同层等量回灌）:勘查井", "", "well:well"],
    "technology": ["middeep_reinjection", "", "waste_heat", "中深层水热（同层等量回灌）"],
    "object": ["well_exploration", "well_production", "block_mining", "", "no"],
    "阶段": ["新建", "new", "", "已有", "stage?"],
    "回灌率": ["0.9", "", "95", "much", "90%"],
    "点位精度": ["0", "5", "", "-1", "x", "1e9"],
    "east": [
        "519323.1531",
        "519323.0",
        "519323",
        "39519323.1531",
        "100.0",
        "38519323.1531",
        "",
        "x",
        "4207520.859",
        "9999999999.5",
    ],
    "north": ["4207520.8591", "4207520.0", "4200000", "519323.1531", "", "-1.0", "9500000.5"],
    "crs": [
        *("EPSG:4547", " EPSG:4547", "", "EPSG:4526", "EPSG:4490", "CGCS2000", "WGS84", "nowhere"),
        *("EPSG:4548", "GCJ-02", "1980西安坐标系"),
    ],
    "name": ["n", " n ", "", "名", "a\u2066b", "\x7f"],
    "other": ["", "", "\u200e", "\x01", "a\tb"],
}
"""The first of each column is good; hypothesis comes back to it."""
LINES = ["", "   ", ",,,", ",,,,,,,,", "W9", "W8,114.22999991,38.00799991", " , ", "\t"]
"""Lines that are no row of nine cells: blank ones, and short ones."""
EXTRA = ["W1,114.2,38.0,,,,,,,", "W1,114.2,38.0,,,,,,,x", '"W1,114.2', '"W1\n",114.2,38.0,,,,,,']
"""Rows with more cells than heads, and quotation marks that are not closed on their line."""


@pytest.fixture
def project(case: Any) -> Project:
    return read_project(case.write())


def outcome(read: Any) -> Any:
    """What a reading comes to, in values that can be compared."""
    try:
        found: Proposals | None = read()
    except Refused as refused:
        return refused.faults
    if found is None:
        return None
    told = [getattr(found, one.name) for one in fields(Proposals) if one.name != "items"]
    names = [one.name for one in fields(Proposal)]
    items = [{name: getattr(one, name) for name in names} for one in found.items]
    for one in items:
        one |= {"shape": one["shape"].wkb, "facts": dict(one["facts"])}
    return [*told, found.activities, items]


def assert_same(path: Path, project: Project, wanted: Wanted) -> bool:
    """Whether the table was read by column; where it was, it is the same."""
    many = outcome(lambda: read_points(path, project, wanted))
    if many is None:
        return False
    few = outcome(
        lambda: read_proposals(
            path,
            project,
            activity=wanted.activity,
            given=Given(wanted.crs),
            keep_going=wanted.keep_going,
        )
    )
    assert many == few
    return True


def rows(columns: Sequence[str]) -> st.SearchStrategy[str]:
    """Rows as text, of which hypothesis spoils as many cells as it likes."""
    cells = [st.sampled_from([COLUMNS[one][0]] * 8 + COLUMNS[one]) for one in columns]
    return st.tuples(*cells).map(",".join)


def many(columns: Sequence[str], *, odd: Sequence[str] = LINES) -> st.SearchStrategy[str]:
    """Tables of which most rows are good, with ids of their own."""
    good = [",".join(COLUMNS[one][0] for one in columns if one != "id")]
    line = st.one_of(rows(columns), st.sampled_from(good), st.sampled_from(odd))

    def numbered(lines: list[str]) -> str:
        own = [
            f"A{at},{one}" if one in good and "id" in columns else one
            for at, one in enumerate(lines)
        ]
        return "\n".join([",".join(columns), *own, ""])

    return st.lists(line, min_size=1, max_size=8).map(numbered)


PROPERTY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@PROPERTY
@given(
    table=st.one_of(
        many(HEADS),
        many(HEADS[1:]),
        many(HEADS[:3]),
        many(["id", "crs", *HEADS[1:4]]),
        many(["lon", "lat", "technology", "object"]),
        many(["id", "east", "north", "crs", "activity"]),
        many(["east", "north", "activity", "点位精度"]),
    ),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    activity=st.sampled_from([None, GIVEN]),
    crs=st.sampled_from([None, "EPSG:4547", "EPSG:4526", "CGCS2000", "no"]),
    keep_going=st.booleans(),
)
def test_the_same_faults_and_proposals(project: Project, tmp_path: Path, **drawn: Any) -> None:
    path = tmp_path / "wells.csv"
    path.write_bytes(drawn["table"].replace("\n", drawn["end"]).encode(drawn["encoding"]))
    assert_same(path, project, Wanted(drawn["activity"], drawn["crs"], drawn["keep_going"]))


def table(path: Path, lines: Sequence[str]) -> Path:
    path.write_text("".join(one + "\n" for one in lines), "utf-8")
    return path


SHORT = HEADS[:4]
ROW = ",".join(GOOD[:4])
NEXT = f"W1,{ROW.partition(',')[2]}"
READ = {
    "quoted": [f'"W0"{ROW[2:]}'],
    "blank row": [ROW, "", NEXT],
    "row of marks": [ROW, ",,,", NEXT],
    "short": [ROW, NEXT.rpartition(",")[0]],
    "blank cells too many": [f"{ROW},,", NEXT],
    "control": [f"W\u20660{ROW[2:]}", NEXT],
    "id twice": [ROW, ROW, NEXT],
    "id twice, once quoted": [ROW, f'"W0"{ROW[2:]}', NEXT],
    "id twice, once at fault": [ROW, f"W0,x,38.0,{EXPLORE}", NEXT],
    "no id": [ROW[2:], NEXT],
    "outside": [ROW, NEXT.replace("114.", "100.")],
    "coarse": [ROW, f"W1,114.221,38.009,{EXPLORE}"],
    "like packed digits": [ROW, f"W1,114.2200,38.0100,{EXPLORE}"],
    "like packed digits beyond the globe": [f"W0,200.12345678,38.0100,{EXPLORE}"],
    "marked angles": [ROW, f"W1,114°13'60\"E,38°0'36\",{EXPLORE}"],
    "full width": [ROW, f"W1,１１４.22999991,38.00799991,{EXPLORE}"],
    "swapped": [ROW, f"W1,38.00799991,114.22999991,{EXPLORE}"],
    "wrong activity": [ROW, "W1,114.22999991,38.00799991,well:well"],
    "block": [ROW, "W1,114.22999991,38.00799991,middeep_reinjection:block_mining"],
    "two quotation marks apart": [f'W"0{ROW[2:]}', f'W"1{ROW[2:]}', NEXT],
}


@pytest.mark.parametrize("keep_going", [False, True])
@pytest.mark.parametrize("name", READ)
def test_odd_rows_are_read_closely(
    tmp_path: Path, project: Project, name: str, keep_going: bool
) -> None:
    path = table(tmp_path / "wells.csv", [",".join(SHORT), *READ[name]])
    assert assert_same(path, project, Wanted(keep_going=keep_going))


LEFT = {
    "two heads": ["id,编号,lon,lat,activity", f"W0,{ROW}"],
    "nameless": ["id,lon,lat,activity,", f"{ROW},x"],
    "two kinds": ["id,lon,lat,activity,wkt", f"{ROW},POINT (114 38)"],
    "no place": ["id,lon,activity", f"W0,114.22999991,{EXPLORE}"],
    "corner": ["id,lon,lat,activity,点号", f"{ROW},1"],
    "format": ["id,lon,lat,activity,angle_format", f"{ROW},decimal"],
    "declared": ["id,lon(dms),lat,activity", ROW],
    "all may be packed digits": [",".join(SHORT), f"W0,114.2200,38.0100,{EXPLORE}"],
    "cells too many": [",".join(SHORT), ROW, f"{NEXT},x"],
    "a row of two lines": [",".join(SHORT), ROW, '"W\n1"' + ROW[2:]],
    "a mark that is not closed": [",".join(SHORT), '"' + ROW, NEXT],
    "no rows": [",".join(SHORT)],
    "blank rows": [",".join(SHORT), ",,,", "", " "],
}


@pytest.mark.parametrize("name", LEFT)
def test_what_the_table_itself_raises_is_left_to_the_reader_of_rows(
    tmp_path: Path, project: Project, name: str
) -> None:
    assert read_points(table(tmp_path / "wells.csv", LEFT[name]), project) is None


def spoilt(count: int, *, cell: str = "x") -> list[str]:
    """A table of which every third row has no number."""
    lon = ["114.22999991", cell, "114.22999991"]
    return [f"W{at},{lon[at % 3]},38.00799991,{EXPLORE}" for at in range(count)]


def faults_of(path: Path, project: Project, wanted: Wanted = Wanted()) -> list[str]:  # noqa: B008 - frozen
    with pytest.raises(Refused) as refused:
        read_points(path, project, wanted)
    return [str(one) for one in refused.value.faults]


def test_of_very_many_alike_the_first_are_told(
    tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubts, "MOST_ALIKE", 2)
    late = f"W99,114.22999991,38.00799991,{EXPLORE}:x"
    path = table(tmp_path / "wells.csv", [",".join(SHORT), *spoilt(12), late])
    first, second, other, rest = faults_of(path, project)
    assert "[row 3, column lon]" in first
    assert "[row 6, column lon]" in second
    assert "[row 14, activity]" in other
    assert "2 more rows" in rest
    assert assert_same(path, project, Wanted(keep_going=True))


def test_of_very_many_that_are_good_after_all_none_is_left_out(
    tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubts, "MOST_ALIKE", 2)
    for last in (ROW, f"W0,x,38.0,{EXPLORE}"):
        lines = spoilt(12, cell="114°13.2'")[1:]
        path = table(tmp_path / "wells.csv", [",".join(SHORT), *lines, last])
        for keep_going in (False, True):
            assert assert_same(path, project, Wanted(keep_going=keep_going))


def test_rows_of_one_id_are_told_together(
    tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubts, "MOST_ALIKE", 2)
    lines = [f"{name}{ROW[2:]}" for name in [*"ABCDE", *"EDCBA"]]
    path = table(tmp_path / "wells.csv", [",".join(SHORT), *lines])
    first, second, rest = faults_of(path, project)
    assert "[row 2, id]" in first
    assert "[row 11, id]" in second
    assert "8 more rows" in rest


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("id,lon,lat", "114.22999991,38.00799991"),
        ("id,east,north,activity", f"519323.5,4207520.5,{EXPLORE}"),
        ("id,east,north,activity", "519323.5,4207520.5,no"),
    ],
)
def test_what_every_row_lacks_is_told_at_once_even_when_going_on(
    tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch, head: str, row: str
) -> None:
    monkeypatch.setattr(doubts, "MOST_ALIKE", 1)
    path = table(tmp_path / "wells.csv", [head, *(f"W{at},{row}" for at in range(5))])
    for keep_going in (False, True):
        told = faults_of(path, project, Wanted(keep_going=keep_going))
        assert all("row 2" in one for one in told[:-1])
        assert "4 more rows" in told[-1]


def test_points_at_the_rim_of_a_zone_are_plain(tmp_path: Path, case: Any) -> None:
    case.project["crs"] = "EPSG:4546"  # its meridian lies three degrees to the west
    project = read_project(case.write())
    lines = ["id,east,north,crs,activity"]
    lines += [f"W{at},782900.{at}5,4213200.5,EPSG:4546,{EXPLORE}" for at in range(4)]
    path = table(tmp_path / "wells.csv", [*lines, f"W9,4213200.5,782900.5,EPSG:4546,{EXPLORE}"])
    assert assert_same(path, project, Wanted(keep_going=True))
    assert "row 6" in faults_of(path, project)[0]
