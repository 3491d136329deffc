"""Points from files: what counts, what is told, and every fault at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import CRS

from geozone.answers.suitability.measured import Measured, Reading, read_measured
from geozone.answers.suitability.settled import Duplicates, OffLand, Settling, settled
from geozone.land.faults import Faults
from geozone.land.layers.sheet import Frame

UTM = CRS.from_epsg(4547)
AREA = shapely.box(360_000, 4_140_000, 380_000, 4_160_000)  # about 112.4 … 112.7 E, 37.4 … 37.6 N
ROWS = "A,112.5,37.5,61.5\nB,112.6,37.5,\nC,112.5,37.6,70\n"


def read(path: Path, text: str, **how: Any) -> tuple[Measured | None, list[tuple[str, str]]]:
    """The points of a table, and its faults as place and words."""
    path.write_text(text, "utf-8")
    faults = Faults(str(path))
    reading = Reading(**{"value": "q", **how})
    found = read_measured(str(path), reading, Frame(AREA, UTM), faults)
    return found, [(one.place, one.what) for one in faults.found]


def test_points_of_a_table(tmp_path: Path) -> None:
    file = tmp_path / "q.csv"
    more = {"name": "id", "unit": "mW/m2", "skip_empty": True}
    found, faults = read(file, "id,lon,lat,q\n" + ROWS, **more)
    assert faults == []
    assert found is not None
    assert found.names == ("A", "C")
    assert found.values.tolist() == [61.5, 70.0]
    assert found.unit == "mW/m2"
    assert found.places[0] == pytest.approx([367_358, 4_153_059], abs=1)
    assert any("1 rows have no value" in one for one in found.notes)
    assert (found.receipt.read, found.receipt.kept, found.receipt.crs) == (3, 2, "EPSG:4490")
    assert len(found.receipt.sha256) == 64
    plain, _ = read(file, "id,lon,lat,q\n" + ROWS, skip_empty=True)
    assert plain is not None
    assert plain.names == ("1", "3")
    twice, _ = read(file, "id,lon,lat,q\nA,112.5,37.5,1\nA,112.6,37.5,2\n", name="id")
    assert twice is not None
    assert twice.names == ("A#1", "A#2")


def test_points_move_to_the_working_crs(tmp_path: Path) -> None:
    """The same place in degrees, in another zone and in the working CRS."""
    rows = {
        "lon,lat,q": "112.5,37.5,1",
        "east,north,crs,q": "632642.1271,4153059.2612,EPSG:4546,1",
        "wkt,crs,q": "POINT (367357.8729 4153059.2612),EPSG:4547,1",
    }
    for number, (head, row) in enumerate(rows.items()):
        found, faults = read(tmp_path / f"{number}.csv", f"{head}\n{row}\n")
        assert faults == []
        assert found is not None
        assert found.places[0] == pytest.approx([367_357.8729, 4_153_059.2612], abs=0.01)


FAULTS = {
    "no number": ("lon,lat,q\n112.5,37.5,warm\n", "feature 1, q", "is no number"),
    "nan": ("lon,lat,q\n112.5,37.5,nan\n", "feature 1, q", "is no number"),
    "infinite": ("lon,lat,q\n112.5,37.5,inf\n", "feature 1, q", "is no number"),
    "empty": ("lon,lat,q\n112.5,37.5,\n", "feature 1, q", "has no value"),
    "filler": ("lon,lat,q\n112.5,37.5,-9999\n", "q", "a code for no value: -9999 × 1"),
    "no place": ("lon,lat,q\n,,3\n", "", "null geometry"),
    "wrong place": ("lon,lat,q\nwest,37.5,3\n", "", "row 2"),
    "line": ('wkt,crs,q\n"LINESTRING (0 0, 1 1)",EPSG:4547,3\n', "", "no single point"),
    "several": ('wkt,crs,q\n"MULTIPOINT (366000 4150000, 367000 4150000)",EPSG:4547,3\n', "",
                "no single point"),
    "no crs": ('wkt,q\nPOINT (366000 4150000),3\n', "crs", "no CRS is stated"),
    "another crs": ("lon,lat,q\n112.5,37.5,1\n", "crs", "is declared"),
    "old datum": ("east,north,crs,q\n366000,4150000,EPSG:2384,1\n", "crs", "refused"),
    "degrees as metres": ("wkt,crs,q\nPOINT (112.5 37.5),EPSG:4547,3\n", "crs", ""),
    "singular": ('wkt,crs,q\nPOINT (24 0),EPSG:4490,1\nPOINT (112.5 37.5),EPSG:4490,1\n', "",
                 "cannot be drawn in the working CRS"),
    "far": ("lon,lat,q\n112.5,37.5,1\n90,37.5,2\n", "2", "km from the study area"),
    "elsewhere": ("lon,lat,q\n116.5,39.5,1\n", "", "no point is near the study area"),
    "no column": ("lon,lat,heat\n112.5,37.5,1\n", "", "no field"),
    "no rows": ("lon,lat,q\n", "", "there are no points"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_faults(name: str, tmp_path: Path) -> None:
    text, place, what = FAULTS[name]
    more = {"crs": "EPSG:4547"} if name == "another crs" else {}
    _, faults = read(tmp_path / "q.csv", text, **more)
    assert [one for one in faults if one[0] == place and what in one[1]], faults


def test_points_farther_off_than_the_area_is_wide_are_told(tmp_path: Path) -> None:
    found, faults = read(tmp_path / "q.csv", "lon,lat,q\n112.5,37.5,1\n113.5,38.5,2\n")
    assert faults == []
    assert found is not None
    assert any("1 points are farther off" in one for one in found.notes)


def test_faults_are_told_together(tmp_path: Path) -> None:
    text = "id,wkt,q\nA,POINT (366000 4150000),warm\nB,POINT (1 2),\nC,POINT (3 4),inf\n"
    found, faults = read(tmp_path / "q.csv", text)
    assert found is None
    places = [place for place, _ in faults]
    assert places == ["feature 1, q", "feature 2, q", "feature 3, q", "crs"]


def test_of_many_wrong_rows_the_first_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    text = "lon,lat,q\n" + "112.5,37.5,warm\n" * 9
    _, faults = read(tmp_path / "q.csv", text)
    assert [place for place, _ in faults] == [*(f"feature {k}, q" for k in range(1, 6)), "q"]
    assert "4 more rows" in faults[-1][1]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    faults = Faults("none.csv")
    assert read_measured(str(tmp_path / "none.csv"), Reading("q"), Frame(AREA, UTM), faults) is None
    assert [one.file for one in faults.found] == ["none.csv"]


def measured(places: Any, values: Any) -> Measured:
    names = tuple(f"P{number:02}" for number in range(len(values)))
    return Measured(np.asarray(places, float), np.asarray(values, float), names, UTM)


def field(count: int) -> Measured:
    draw = np.random.default_rng(1)
    return measured(draw.uniform(0, 40_000, (count, 2)), draw.normal(60, 8, count))


def made(given: Measured, how: Settling) -> tuple[Measured, list[tuple[str, str]]]:
    faults = Faults("points")
    found = settled(given, how, faults=faults)
    return found, [(one.place, one.what) for one in faults.found]


def test_duplicates_are_refused_or_averaged() -> None:
    points = field(20)
    xy = np.vstack([points.places, points.places[[4, 4]], points.places[[7]] + 0.5])
    values = np.append(points.values, points.values[4] + [3.0, 6.0]), points.values[[7]] + 1
    twice = measured(xy, np.concatenate(values))
    _, faults = made(twice, Settling())
    assert sorted(place for place, _ in faults) == ["P04 = P20 = P21", "P07 = P22"]
    assert all("points of one place" in what for _, what in faults)
    found, faults = made(twice, Settling(Duplicates.MEAN))
    assert faults == []
    assert len(found.values) == 20
    at = dict(zip(found.names, found.values.tolist(), strict=True))
    assert at["P04=P20=P21"] == pytest.approx(points.values[4] + 3)
    assert at["P07=P22"] == pytest.approx(points.values[7] + 0.5)
    assert "2 places have several points, averaged" in found.notes[-1]


def test_points_off_land_are_refused_kept_or_left_out() -> None:
    points, land = field(30), shapely.box(0, 0, 25_000, 40_000)
    pairs = zip(points.names, points.places[:, 0], strict=True)
    off = {name for name, x in pairs if x > 25_000}
    _, faults = made(points, Settling(land=land))
    assert [place for place, _ in faults] == ["land"]
    assert f"{len(off)} points off land" in faults[0][1]
    kept, faults = made(points, Settling(off_land=OffLand.KEEP, land=land))
    assert (len(kept.values), faults) == (30, [])
    assert "used all the same" in kept.notes[0]
    less, faults = made(points, Settling(off_land=OffLand.LEAVE_OUT, land=land))
    assert (set(less.names), faults) == (set(points.names) - off, [])
    assert "left out" in less.notes[0]
    assert set(kept.off_land) == set(less.off_land) == off
    everywhere, faults = made(points, Settling(land=land.buffer(1e5)))
    assert (everywhere.notes, everywhere.off_land, faults) == ((), (), [])


def test_numbers_that_are_none_are_told_and_the_others_stay() -> None:
    points = field(5)
    places, values = points.places.copy(), points.values.copy()
    places[1, 0], values[3] = np.inf, np.nan
    found, faults = made(measured(places, values), Settling())
    assert [place for place, _ in faults] == ["P01", "P03"]
    assert sorted(found.names) == ["P00", "P02", "P04"]


def test_the_order_of_points_changes_nothing() -> None:
    points = field(30)
    mixed = points.taken(np.random.default_rng(9).permutation(30))
    one, other = (made(each, Settling())[0] for each in (points, mixed))
    assert one.names == other.names
    assert one.places.tobytes() == other.places.tobytes()
