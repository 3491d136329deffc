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
from geozone.land.proposals.proposal import Proposals, read_proposals
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
        *("114.22999991", "114.2300", "114.2215", "114.221", "114.2", "114", "", "x", "１１４.2345678"),
        *("200.12345678", "100.12345678", "38.12345678", "114.2e0", "114°13'12\"", "114°13'60.0\"E"),
        *("114.2299999123456789", "+114.22345678", "1.2.3", ".5", "5.", "N114.2234", "1143000"),
    ],
    "lat": [
        *("38.00799991", "38.0100", "38.01", "38", "", "abc", "95.12345678", "20.12345678"),
        *("114.12345678", "38°0'36\"", "-38.00799991", "0.00000000", "38.00799991N", "38/00.1"),
    ],
    "activity": [EXPLORE, f" {EXPLORE}", "中深层水热（同层等量回灌）:勘查井", "", "well:well"]
    + ["middeep_reinjection:block_mining", "waste_heat:well_production", "no"],
    "阶段": ["新建", "new", "", "已有", "stage?"],
    "回灌率": ["0.9", "", "95", "much", "90%"],
    "点位精度": ["0", "5", "", "-1", "x", "1e9"],
    "east": ["519323.1531", "519323.0", "519323", "39519323.1531", "100.0", "38519323.1531", "", "x"]
    + ["4207520.859", "9999999999.5"],
    "north": ["4207520.8591", "4207520.0", "4200000", "519323.1531", "", "-1.0", "9500000.5"],
    "crs": ["EPSG:4547", " EPSG:4547", "", "EPSG:4526", "EPSG:4490", "CGCS2000", "WGS84", "nowhere"]
    + ["EPSG:4548", "GCJ-02", "1980西安坐标系"],
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
    items = [
        (one.id, one.activity, one.shape.wkb, one.accuracy_m, dict(one.facts), one.place, one.name)
        + (one.other,)
        for one in found.items
    ]
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
        own = [f"A{at},{one}" if one in good and "id" in columns else one for at, one in enumerate(lines)]
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
