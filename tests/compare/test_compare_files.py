"""The files of a comparison: their areas add up, they repeat byte by byte, names stay text."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest

from geozone.answers.compare import Comparison, compare
from geozone.land.project import read_project
from geozone.law.errors import Refused
from geozone.pages.changefiles import check_drawable, write_comparison
from geozone.pages.changelines import compare_lines
from geozone.pages.tables import neutral

A, B = "old.toml@2024-06-01", "wide.toml@2024-06-01"
ACTIVITIES = ("middeep_reinjection:well_production", "shallow_closed_loop:project")
NAMES = ["changes.csv", "changes.gpkg", "changes.html", "changes.json"]


@pytest.fixture(scope="module")
def found(folder: Path) -> Comparison:
    return compare(read_project(folder), A, B, ACTIVITIES, rules=True)


@pytest.fixture(scope="module")
def out(found: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("files") / "out"
    write_comparison(made, found)
    return made


def _rows(out: Path) -> list[dict[str, str]]:
    text = (out / "changes.csv").read_text("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_the_files(out: Path) -> None:
    assert sorted(one.name for one in out.iterdir()) == NAMES


def test_the_table_accounts_for_all_ground(out: Path) -> None:
    rows = _rows(out)
    for activity in ACTIVITIES:
        mine = [one for one in rows if one["activity"] == activity]
        total = sum(float(one["hectares"]) for one in mine)
        assert total == pytest.approx(1_600, rel=1e-6)
    turned = [one for one in rows if one["change"] == "verdict"]
    assert [(one["from"], one["to"], one["rules_b"], one["changed_by"]) for one in turned] == [
        ("allowed", "prohibited", "T1-1", "T1-1")
    ]
    assert (turned[0]["from_zh"], turned[0]["to_zh"]) == ("允许", "禁止")
    assert turned[0]["says"] == "T1-1 规定T1-1"
    assert {one["change"] for one in rows if one["activity"] == ACTIVITIES[1]} == {"none"}


def test_json_holds_the_same(out: Path) -> None:
    told = json.loads((out / "changes.json").read_text("utf-8"))
    assert [told[side]["given"] for side in "ab"] == [A, B]
    assert [told[side]["on"] for side in "ab"] == ["2024-06-01"] * 2
    assert told["a"]["policies"][0]["phase"] == "in_force"
    assert told["b"]["rules"]["T1-1"]["says"]["zh"] == "规定T1-1"
    assert told["synthetic"] is True
    first, second = told["activities"]
    assert [first["activity"], second["activity"]] == list(ACTIVITIES)
    areas = first["hectares"]
    assert areas["verdict"] + areas["rules"] + areas["none"] == pytest.approx(areas["all"])
    assert areas["none"] == pytest.approx(sum(first["unchanged"].values()))
    assert first["from_to"] == [
        {"from": "allowed", "to": "prohibited", "hectares": areas["verdict"]}
    ]
    in_table = [one for one in _rows(out) if one["change"] != "none"]
    assert [one["hectares"] for one in in_table] == [
        str(one["hectares"]) for one in first["changes"]
    ]
    assert (second["changes"], second["hectares"]["verdict"]) == ([], 0)


def test_layers_of_the_geopackage(out: Path, made: Any) -> None:
    path = out / "changes.gpkg"
    layers = [one.replace(":", "__") for one in ACTIVITIES]
    assert sorted(name for name, _ in pyogrio.list_layers(path)) == sorted(
        [*layers, "layer_styles"]
    )
    frame = geopandas.read_file(path, layer=layers[0])
    assert frame.crs.to_epsg() == 4548
    turned = frame[frame.verdict_a != frame.verdict_b]
    row = turned.iloc[0]
    assert (row.verdict_a, row.verdict_b, row.rules_b, row.changed_by) == (
        "allowed", "prohibited", "T1-1", "T1-1",
    )  # fmt: skip
    assert row.area_m2 == pytest.approx(2_400_000, rel=1e-6)
    assert row.geometry.area == pytest.approx(2_400_000, rel=1e-6)
    assert {"rules_a", "causes_a", "causes_b", "layers"} <= set(frame.columns)
    empty = pyogrio.read_info(path, layer=layers[1])
    assert (empty["features"], list(empty["fields"])) == (0, list(frame.columns[:-1]))
    with sqlite3.connect(path) as base:
        styles = dict(base.execute("SELECT f_table_name, styleQML FROM layer_styles"))
        stamps = {one for (one,) in base.execute("SELECT last_change FROM gpkg_contents")}
    base.close()
    assert sorted(styles) == sorted(layers)
    assert all('attr="verdict_b"' in style for style in styles.values())
    assert stamps == {"2024-06-01T00:00:00.000Z"}


def test_same_question_same_bytes(folder: Path, out: Path, tmp_path: Path) -> None:
    again = compare(read_project(folder), A, B, ACTIVITIES, rules=True)
    write_comparison(tmp_path / "again", again)
    assert _digests(tmp_path / "again") == _digests(out)


def _digests(folder: Path) -> dict[str, str]:
    return {
        one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in sorted(folder.iterdir())
    }


HOSTILE = "{{7*7}}</script><script>alert(1)</script><img src=x onerror=alert(1)>"


def test_hostile_names_stay_text(made: Any, tmp_path: Path) -> None:
    keys = f"source = {json.dumps(HOSTILE)}\nlicence = {json.dumps(HOSTILE)}"
    land = made.Land(name=HOSTILE, railway_keys=keys)
    found = compare(read_project(made.write(tmp_path / "project", land)), A, B)
    write_comparison(tmp_path / "out", found)
    html = (tmp_path / "out" / "changes.html").read_text("utf-8")
    assert "alert(1)</script>" not in html
    assert "<img" not in html
    assert "{{7*7}}" in html
    block = re.search(r'id="geozone-data">(.*?)</script>', html, re.DOTALL)
    assert block is not None
    data = json.loads(block[1])
    assert data["title"]["zh"].startswith(HOSTILE)
    assert data["attributions"] == [f"{HOSTILE} — {HOSTILE}"]


def test_cells_that_begin_like_formulas_are_neutral(made: Any, tmp_path: Path) -> None:
    project = made.write(tmp_path / "project", made.Land())
    odd = made.Pack([made.railway("T1", 500)], speaks=("railway",))
    (tmp_path / "project" / "=odd.toml").write_text(odd.text, "utf-8")
    found = compare(read_project(project), A, "=odd.toml@2024-06-01")
    write_comparison(tmp_path / "out", found)
    cells = {value for row in _rows(tmp_path / "out") for value in row.values()}
    assert not [one for one in cells if one.startswith("=")]
    assert neutral("=odd.toml") == "'=odd.toml"


def test_a_projection_that_no_map_draws_is_refused_and_nothing_written(
    made: Any, tmp_path: Path
) -> None:
    lambert = made.Land(crs="+proj=lcc +lat_1=35 +lat_2=41 +lon_0=115 +datum=WGS84")
    project = read_project(made.write(tmp_path / "project", lambert))
    with pytest.raises(Refused, match=r"project\.crs"):
        check_drawable(project)
    found = compare(project, A, B)
    with pytest.raises(Refused, match=r"project\.crs"):
        write_comparison(tmp_path / "out", found)
    assert not (tmp_path / "out").exists()


def test_a_folder_in_the_place_of_a_file_leaves_all_as_it_was(
    found: Comparison, tmp_path: Path
) -> None:
    (tmp_path / "changes.gpkg").mkdir()
    with pytest.raises(Refused, match=r"changes\.gpkg"):
        write_comparison(tmp_path, found)
    assert [one.name for one in tmp_path.iterdir()] == ["changes.gpkg"]


def test_lines_tell_both_sides_the_ground_and_the_rules(found: Comparison) -> None:
    lines = compare_lines(found)
    assert lines[1:3] == [
        f"  A  2024-06-01  {A}  T1（现行有效 in_force）",
        f"  B  2024-06-01  {B}  T1（现行有效 in_force）",
    ]
    start = lines.index(ACTIVITIES[0])
    assert lines[start + 1] == "  允许 allowed → 禁止 prohibited  240.00"
    assert lines[start + 2].strip() == "240.00  由 by T1-1  A: allowed → B: T1-1"
    assert "依据改变 / rules change 160.00" in lines[start + 5]
    assert lines[start + 5].endswith("合计 / total 1,600.00")
    assert any("合成示例数据" in one for one in lines)
