"""Blocks and areas beside a score: judged by ground, ranked by scores, summed exactly."""

from __future__ import annotations

import csv
import json
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import geopandas
import jsonschema
import pytest
from click.testing import CliRunner, Result
from shapely import box

from geozone.cli import main

LAYERS = Path(__file__).parents[2] / "layers"
SCHEMA = json.loads(files("geozone.schemas").joinpath("score.schema.json").read_text("utf-8"))
CRS = "EPSG:4548"
HECTARES = ("suitable_ha", "moderate_ha", "unsuitable_ha", "undetermined_ha", "closed_ha")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(one) for one in words])


def write(path: Path, boxes: dict[str, tuple[float, float, float, float]]) -> Path:
    shapes = [box(*one) for one in boxes.values()]
    geopandas.GeoDataFrame({"id": list(boxes)}, geometry=shapes, crs=CRS).to_file(path)
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("blocks")
    for name in ("hebei-demo", "osm"):
        shutil.copytree(LAYERS / name, folder / name)
    text = (folder / "hebei-demo" / "score.toml").read_text("utf-8")
    start = text.index("\n[data.")
    activity = '\n[model]\nactivity = "middeep_reinjection:block_mining"\n'
    changed = text[:start] + activity + text[start:]
    (folder / "hebei-demo" / "blocks.toml").write_text(changed, "utf-8")
    return folder / "hebei-demo"


BLOCKS = {
    f"B{col}{row}": (346_000.0 + 7000 * col, 4_304_000.0 + 6000 * row, 349_000.0 + 7000 * col,
                     4_306_000.0 + 6000 * row)
    for col in range(8) for row in range(3)
}  # fmt: skip
AREAS = {
    "西部 west": (330_000.0, 4_290_000.0, 372_000.0, 4_340_000.0),
    "=东部 east": (372_000.0, 4_290_000.0, 420_000.0, 4_340_000.0),
}


@pytest.fixture(scope="module")
def out(place: Path) -> Path:
    blocks, areas = write(place / "new.gpkg", BLOCKS), write(place / "halves.gpkg", AREAS)
    folder = place.parent / "out"
    more = ("--blocks", blocks, "--areas", areas, "--resolution", "100", "--out", folder)
    done = run("score", place, place / "blocks.toml", *more)
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="module")
def told(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "summary.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    return found


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def test_blocks_are_ranked_where_their_ground_is_open(out: Path, told: dict[str, Any]) -> None:
    rows = table(out / "blocks.csv")
    assert [one["id"] for one in rows] == [one["id"] for one in told["blocks"]]
    assert {one["id"] for one in rows} == set(BLOCKS)
    for one in told["blocks"]:
        assert (one["place"] is not None) == (one["standing"] in ("open", "to_show"))
        if one["verdict"] == "prohibited" or one["ground"] == "prohibited":
            assert one["standing"] == "prohibited"
    for standing in ("open", "to_show"):
        means = [one["mean"] for one in told["blocks"] if one["standing"] == standing]
        assert means == sorted(means, reverse=True)
    assert len({one["standing"] for one in told["blocks"]}) > 1


def test_halves_make_the_whole(out: Path, told: dict[str, Any]) -> None:
    rows = table(out / "areas.csv")
    assert [one["id"] for one in rows] == ["西部 west", "'=东部 east"]
    for name in HECTARES:
        total = sum(float(one[name]) for one in rows)
        assert total == pytest.approx(told["left"][name.removesuffix("_ha")], rel=2e-5, abs=0.05)


def test_the_ranking_is_drawn_too(out: Path, told: dict[str, Any]) -> None:
    placed = {one["id"] for one in told["blocks"] if one["place"] is not None}
    stable = told["stability"]
    assert {one["id"] for one in stable["places"]} | set(stable["unranked"]) == placed
    assert sum(one["first"] for one in stable["places"]) == pytest.approx(1, abs=1e-5)
    for one in table(out / "blocks.csv"):
        assert (one["first_share"] != "") == (
            one["id"] in placed and one["id"] not in stable["unranked"]
        )


def test_the_report_tells_of_them(out: Path) -> None:
    page = (out / "report.html").read_text("utf-8")
    assert "候选区块" in page
    assert "分区统计" in page
    assert "名次只在可比选的区块之间" in page
    assert "名次稳定性" in page


def test_a_run_without_them_leaves_no_old_tables(place: Path, out: Path) -> None:
    other = place.parent / "other"
    shutil.copytree(out, other)
    words = ("--resolution", "300", "--out", other)
    assert run("score", place, place / "blocks.toml", *words).exit_code == 0
    assert not (other / "blocks.csv").exists()
    assert not (other / "areas.csv").exists()
    assert "blocks" not in json.loads((other / "summary.json").read_text("utf-8"))


def test_points_are_no_blocks(place: Path) -> None:
    words = ("--blocks", place / "wells.csv", "--resolution", "300", "--out", place.parent / "no")
    assert run("score", place, place / "blocks.toml", *words).exit_code == 2
    assert not (place.parent / "no").exists()
