"""The layer of classes in the web map: which folders it takes, and what it shows."""

from __future__ import annotations

import base64
import gzip
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from click.testing import CliRunner, Result

import geozone as gz
from geozone.answers.site import open_site
from geozone.answers.suitability.model import OUTSIDE
from geozone.cli import main
from geozone.law.activity import Activity
from geozone.law.errors import Refused
from geozone.pages.scoremap import map_score

LAYERS = Path(__file__).parents[2] / "layers"
ACTIVITY = Activity("middeep_reinjection", "well_production")
BEST_FIRST = [2, 1, 0, 3, 4]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(one) for one in words])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scoremap")
    for name in ("hebei-demo", "osm"):
        shutil.copytree(LAYERS / name, folder / name)
    file = folder / "hebei-demo" / "geozone.toml"
    file.write_text(file.read_text("utf-8").replace("resolution_m = 30", "resolution_m = 200"))
    return folder / "hebei-demo"


@pytest.fixture(scope="module")
def out(place: Path) -> Path:
    folder = place.parent / "out"
    assert run("score", place, place / "score.toml", "--out", folder).exit_code == 0
    return folder


@pytest.fixture(scope="module")
def site(place: Path) -> Any:
    return open_site(gz.open(place).project, (ACTIVITY,))


def codes_of(out: Path) -> Any:
    with rasterio.open(out / "classes.tif") as opened:
        return opened.read(1)


def test_the_page_holds_the_classes(place: Path, out: Path) -> None:
    page = place.parent / "map.html"
    done = run("map", place, "--score", out, "--out", page)
    assert done.exit_code == 0, done.output
    html = page.read_text("utf-8")
    block = re.search(r'id="geozone-score">"([^"]+)"', html)
    assert block
    cells = np.frombuffer(gzip.decompress(base64.b64decode(block[1])), np.uint8)
    assert np.array_equal(cells, codes_of(out).ravel())
    data = json.loads(re.search(r'id="geozone-data">(.+?)</script>', html)[1])  # type: ignore[index]
    assert [one["value"] for one in data["score"]["classes"]] == BEST_FIRST
    assert "适宜性不是许可" in data["score"]["notes"][1]["zh"]
    assert data["score"]["grid"]["resolution_m"] == 200


def test_a_map_without_a_score_has_no_layer(place: Path) -> None:
    page = place.parent / "plain.html"
    assert run("map", place, "--out", page).exit_code == 0
    html = page.read_text("utf-8")
    assert 'id="geozone-score"' not in html
    assert '"score":null' in html


def test_the_map_spares_what_it_shows(place: Path, out: Path) -> None:
    copy = place.parent / "copy"
    shutil.copytree(out, copy)
    shutil.move(copy / "summary.json", copy / "s.html")
    (copy / "summary.json").symlink_to("s.html")
    assert run("map", place, "--score", copy, "--out", copy / "s.html").exit_code == 2
    assert json.loads((copy / "s.html").read_text("utf-8"))["schema"] == 1


@pytest.mark.parametrize("most", [20_000, 3000])
def test_larger_squares_are_as_bad_as_their_worst_cell(site: Any, out: Path, most: int) -> None:
    fine, shown = codes_of(out), map_score(out, site, most)
    side = round(shown.grid.resolution_m / 200)
    assert side > 1
    assert shown.codes.size <= most
    assert "最差" in shown.notes[-1]["zh"]
    order = [OUTSIDE, *BEST_FIRST]
    for i, j in np.ndindex(shown.codes.shape):
        block = fine[i * side : (i + 1) * side, j * side : (j + 1) * side]
        assert shown.codes[i, j] == max(np.unique(block).tolist(), key=order.index)


def changed(out: Path, folder: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    shutil.copytree(out, folder)
    told = json.loads((out / "summary.json").read_text("utf-8"))
    change(told)
    (folder / "summary.json").write_text(json.dumps(told), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told.update(on="2023-01-01"), "2023-01-01"),
        (lambda told: told.update(project="another"), "another"),
        (lambda told: told.update(schema=2), "schema"),
        (lambda told: told["left"].pop("closed"), "closed"),
        (lambda told: told["model"].update(activity="nonsense"), "nonsense"),
        (lambda told: told.clear(), "schema"),
    ],
    ids=["day", "project", "schema", "cut", "activity", "empty"],
)
def test_other_folders_are_refused(
    site: Any, out: Path, tmp_path: Path, change: Callable[[dict[str, Any]], Any], said: str
) -> None:
    with pytest.raises(Refused) as told:
        map_score(changed(out, tmp_path / "other", change), site)
    assert said in str(told.value)


def test_a_folder_without_grids_is_refused(site: Any, out: Path, tmp_path: Path) -> None:
    shutil.copy(out / "summary.json", tmp_path)
    with pytest.raises(Refused):
        map_score(tmp_path, site)


def test_an_empty_folder_is_refused(site: Any, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        map_score(tmp_path, site)
