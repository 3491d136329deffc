"""Very many wells in one table: the same proposals, files and lines as row by row."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from click.testing import CliRunner

import geozone as gz
from geozone.cli import main
from geozone.land.project import Project
from geozone.land.proposals import proposal as by_row
from geozone.land.proposals.bulkread import read_points
from geozone.land.proposals.plaintable import plain_table
from geozone.land.proposals.proposal import Proposals, read_proposals
from geozone.options import Options
from geozone.pages import bulktable

LAYERS = Path(__file__).parents[2] / "layers"
HEBEI = LAYERS / "hebei-demo"
EXPLORE, PRODUCE = (f"middeep_reinjection:well_{one}" for one in ("exploration", "production"))


@pytest.fixture(scope="module")
def project() -> Project:
    return gz.open(HEBEI).project


def places(project: Project, count: int, seed: int) -> list[tuple[str, str]]:
    """Degrees of points in the study area, near features as often as anywhere."""
    from geozone.land.coordinates.scale import to_degrees

    draw = np.random.default_rng(seed)
    west, south, east, north = project.area.bounds
    xy = draw.uniform((west, south), (east, north), (count * 3, 2))
    xy = xy[shapely.intersects_xy(project.area, xy)][:count]
    degrees = to_degrees(shapely.MultiPoint(xy), project.crs)
    return [(f"{x:.8f}", f"{y:.8f}") for x, y in shapely.get_coordinates(degrees)]


def table(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> Path:
    path.write_bytes("".join(",".join(row) + "\n" for row in rows).encode(encoding))
    return path


def wells(path: Path, project: Project, count: int = 150, seed: int = 1) -> Path:
    draw = np.random.default_rng(seed)
    rows = [["id", "lon", "lat", "activity", "阶段", "reinjection_ratio", "点位精度", "name"]]
    for number, (x, y) in enumerate(places(project, count, seed)):
        stage, ratio = draw.choice(["新建", "已有", ""]), draw.choice(["1.0", "0.8", ""])
        accuracy = draw.choice(["0", "5", "30", ""])
        rows.append([f"井{number}", x, y, EXPLORE, stage, ratio, accuracy, f" {number} "])
    return table(path, rows)


def one_by_one(monkeypatch: pytest.MonkeyPatch, *, large: bool) -> None:
    monkeypatch.setattr(by_row, "is_large_table", lambda path: large)


def assert_same(found: Proposals, expected: Proposals) -> None:
    for one in fields(Proposals):
        if one.name != "items":
            assert getattr(found, one.name) == getattr(expected, one.name)
    assert found.activities == expected.activities
    for column, row in zip(found.items, expected.items, strict=True):
        assert column.shape.equals_exact(row.shape, 0)
        for one in ("id", "activity", "accuracy_m", "facts", "place", "name", "other"):
            assert getattr(column, one) == getattr(row, one)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_columns_are_read_as_rows(tmp_path: Path, project: Project, encoding: str) -> None:
    path = wells(tmp_path / "wells.csv", project, 40)
    path.write_bytes(path.read_text("utf-8").replace("\n", "\r\n").encode(encoding))
    found = read_points(path, project)
    assert found is not None
    assert_same(found, read_proposals(path, project))


def test_samples_are_read_as_rows() -> None:
    for name in ("hebei-demo", "liaocheng", "beijing"):
        folder = LAYERS / name
        project = gz.open(folder).project
        found = read_points(folder / "wells.csv", project)
        assert found is not None
        assert_same(found, read_proposals(folder / "wells.csv", project))


HEADS = ["id", "lon", "lat", "activity"]


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\xff", b"a\rb", b"id\0,lon\n1,2\n"])
def test_what_is_no_plain_table_is_left(content: bytes) -> None:
    assert plain_table(content) is None


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["assess", str(HEBEI), *arguments])


@pytest.mark.parametrize("seed", [1, 2])
def test_files_and_lines_are_the_same_bytes(
    tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    path = wells(tmp_path / "wells.csv", project, 150, seed)
    out, told = tmp_path / "out.csv", []
    for large in (False, True):
        one_by_one(monkeypatch, large=large)
        shown = run(str(path), "--out", str(out))
        told.append((shown.exit_code, shown.output, out.read_bytes()))
    assert told[0] == told[1]


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_stretches_of_a_file_are_written_in_their_order(
    tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    path, out = wells(tmp_path / "wells.csv", project, 150), tmp_path / "out.csv"
    one_by_one(monkeypatch, large=True)
    run(str(path), "--out", str(out), "--jobs", jobs)
    whole = out.read_bytes()
    monkeypatch.setattr(bulktable, "AT_ONCE", 7)
    monkeypatch.setattr(bulktable, "TOGETHER", 3)
    monkeypatch.setattr(bulktable, "SYNCED", 2000)
    run(str(path), "--out", str(out), "--jobs", jobs)
    assert out.read_bytes() == whole


def test_a_disk_that_is_full_half_way_leaves_the_earlier_file(
    tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = wells(tmp_path / "wells.csv", project, 150), tmp_path / "out.csv"
    out.write_text("earlier")
    written, write = [], bulktable._Synced.write

    def full(self: Any, text: Any) -> None:
        written.append(len(text))
        if len(written) == 4:
            raise OSError(errno.ENOSPC, "no space left")
        write(self, text)

    monkeypatch.setattr(bulktable, "AT_ONCE", 7)
    monkeypatch.setattr(bulktable._Synced, "write", full)
    one_by_one(monkeypatch, large=True)
    shown = run(str(path), "--out", str(out), "--jobs", "2")
    assert shown.exit_code == 2
    assert "the disk is full" in shown.output
    assert len(written) == 4
    assert out.read_text() == "earlier"
    assert {one.name for one in tmp_path.iterdir()} == {"wells.csv", "out.csv"}


def test_one_by_one_they_are_the_same_assessments(
    tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = wells(tmp_path / "wells.csv", project, 40)
    one_by_one(monkeypatch, large=True)
    many = gz.open(HEBEI).assess(path)
    one_by_one(monkeypatch, large=False)
    few = gz.open(HEBEI).assess(path)
    assert many.bulk is not None
    assert few.bulk is None
    assert [one.to_dict() for one in many] == [one.to_dict() for one in few]
    assert many[3].to_dict() == few[3].to_dict()
    assert many.verdicts == few.verdicts
    for ending in ("json", "geojson"):
        many.save(tmp_path / f"many.{ending}")
        few.save(tmp_path / f"few.{ending}")
        texts = [(tmp_path / f"{one}.{ending}").read_bytes() for one in ("many", "few")]
        assert texts[0] == texts[1]


def test_ids_that_a_spreadsheet_would_run(
    tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = places(project, 5, 3)
    ids = ["=1+1", "-2", "＋3", "W,4", "W 5"]
    rows = [["id;lon;lat"], *([f"{name};{x};{y}"] for name, (x, y) in zip(ids, found, strict=True))]
    path, out, told = table(tmp_path / "wells.csv", rows), tmp_path / "out.csv", []
    for large in (False, True):
        one_by_one(monkeypatch, large=large)
        run(str(path), "--activity", EXPLORE, "--out", str(out), "--quiet")
        told.append(out.read_bytes())
    assert told[0] == told[1]


def test_rules_that_look_at_the_whole_file_are_asked_of_it(
    tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    x, y = places(project, 1, 4)[0]
    near = f"{float(x) + 0.001:.8f}"
    path = table(tmp_path / "wells.csv", [HEADS, ["A", x, y, PRODUCE], ["B", near, y, PRODUCE]])
    one_by_one(monkeypatch, large=True)
    found = gz.open(HEBEI).assess(path)
    assert found.bulk is None
    assert all(one.plan for one in found)


def test_refused_rows_are_left_out_of_the_same_files(
    tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = wells(tmp_path / "wells.csv", project, 40)
    lines = path.read_text("utf-8").splitlines()
    lines[5], lines[9] = lines[5].replace(EXPLORE, "well:well"), ""
    lines[12], lines[20] = lines[12].replace("井11", "井12"), '"' + lines[20].replace(",", '",', 1)
    path.write_text("\n".join(lines), "utf-8")
    told = []
    for large in (False, True):
        one_by_one(monkeypatch, large=large)
        files = [tmp_path / f"out{large}.{one}" for one in ("csv", "json")]
        shown = [run(str(path), "--keep-going", "--out", str(one)) for one in files]
        told.append([(one.exit_code, one.output.replace(str(large), "")) for one in shown])
        told[-1].append([one.read_bytes() for one in files])
    assert told[0] == told[1]
    assert "well:well" in str(told[0])


@pytest.mark.parametrize("jobs", [1, 3])
def test_as_many_threads_as_asked_for(
    tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    from geozone.answers import bulk
    from geozone.land.proposals import pointways

    asked, pool, locate = [], pointways.ThreadPoolExecutor, bulk.locate_points
    monkeypatch.setattr(pointways, "ThreadPoolExecutor", lambda n: asked.append(n) or pool(n))
    monkeypatch.setattr(bulk, "locate_points", lambda *all: asked.append(all[-1]) or locate(*all))
    one_by_one(monkeypatch, large=True)
    gz.open(HEBEI, Options(jobs=jobs)).assess(wells(tmp_path / "wells.csv", project, 5))
    assert set(asked) == {jobs}
