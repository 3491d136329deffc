"""The command ``score`` and its Python twin: files, refusals, and the same bytes every time."""

from __future__ import annotations

import copy
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import numpy as np
import pyogrio
import pytest
import rasterio
from click.testing import CliRunner, Result

import geozone as gz
from geozone.answers.suitability.model import OUTSIDE, Class
from geozone.answers.suitability.modelfile import shipped_models
from geozone.cli import main
from geozone.law.errors import Refused
from geozone.law.verdict import Verdict
from geozone.pages import scorecharts, scorefont
from geozone.pages.scorechance import CHANCE_FILES, CHANCE_GRIDS
from geozone.pages.scorereport import report_html

SIZE_M = 150.0
SCHEMA = json.loads(files("geozone.schemas").joinpath("score.schema.json").read_text("utf-8"))
WRITTEN = {
    "score.tif", "classes.tif", "classes.tif.aux.xml", "classes.gpkg", "histogram.png",
    "weights.png", "map.png",
    "report.html", "summary.json", "tornado.png", *CHANCE_FILES,
}  # fmt: skip
SCORED = [Class.UNSUITABLE.value, Class.MODERATE.value, Class.SUITABLE.value]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(one) for one in words])


@pytest.fixture(scope="module")
def place(samples: Callable[..., Path]) -> Path:
    return samples("hebei-demo", "osm")


@pytest.fixture(scope="module")
def done(place: Path) -> tuple[Result, Path]:
    out = place.parent / "out"
    return run("score", place, place / "score.toml", "--resolution", "150", "--out", out), out


@pytest.fixture(scope="module")
def told(done: tuple[Result, Path]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((done[1] / "summary.json").read_text("utf-8"))
    return found


def test_all_files_are_written(done: tuple[Result, Path]) -> None:
    result, out = done
    assert result.exit_code == 0, result.output
    assert {one.name for one in out.iterdir() if not one.name.startswith(".")} >= WRITTEN
    assert "适宜性不是许可" in result.output


def test_the_summary_is_as_the_schema_says(told: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(told)
    assert told["synthetic"] is True
    assert told["model"]["id"] == "middeep_hydrothermal"
    assert set(told["to_verify"]) == {"model", *(one["id"] for one in told["factors"])}
    assert sum(one["weight"] for one in told["factors"]) == pytest.approx(1)
    assert all(one["data"]["sha256"] for one in told["factors"])


def test_no_score_can_be_read_where_ground_is_not_open(done: tuple[Result, Path]) -> None:
    with rasterio.open(done[1] / "classes.tif") as opened:
        codes, colours, names = opened.read(1), opened.colormap(1), opened.tags(1)
    with rasterio.open(done[1] / "score.tif") as opened:
        scores = opened.read(1)
    assert np.array_equal(np.isfinite(scores), np.isin(codes, SCORED))
    assert set(np.unique(codes)) <= {*(one.value for one in Class), OUTSIDE}
    assert names["CLASS_4"].startswith("禁止")
    assert colours[Class.CLOSED.value][:3] == (0xB2, 0x3A, 0x2E)


def test_hectares_are_those_of_grid_and_polygons(
    done: tuple[Result, Path], told: dict[str, Any]
) -> None:
    with rasterio.open(done[1] / "classes.tif") as opened:
        codes = opened.read(1)
    frame = pyogrio.read_dataframe(done[1] / "classes.gpkg", layer="classes")
    assert frame.geometry.is_valid.all()
    drawn = frame.groupby("class")["hectares"].sum()
    for one in Class:
        wanted = told["left"][one.name.lower()]
        assert (codes == one.value).sum() * SIZE_M**2 / 1e4 == pytest.approx(wanted, rel=2e-3)
        assert drawn.get(one.name.lower(), 0.0) == pytest.approx(wanted, rel=1e-4, abs=0.01)
    assert set(frame["verdict"]) <= {one.code for one in Verdict}
    shut = frame[frame["class"] == "closed"]
    assert set(shut["verdict"]) == {"prohibited"}
    lawful = frame[frame["class"].isin(["suitable", "moderate", "unsuitable"])]
    assert set(lawful["verdict"]) <= {"allowed", "restricted"}
    assert (frame["synthetic"] != "").all()


def test_values_have_names_where_gis_looks_for_them(done: tuple[Result, Path]) -> None:
    text = (done[1] / "classes.tif.aux.xml").read_text("utf-8")
    named = [one.text for one in ElementTree.fromstring(text).iter("Category")]
    assert [one and one.split(" / ")[0] for one in named] == [
        "不适宜", "较适宜", "适宜", "需核实", "禁止"
    ]  # fmt: skip


def test_the_style_is_inside(done: tuple[Result, Path]) -> None:
    styles = pyogrio.read_dataframe(done[1] / "classes.gpkg", layer="layer_styles")
    assert 'attr="class"' in styles["styleQML"][0]
    assert "较适宜" in styles["styleQML"][0]


def test_the_report_asks_for_nothing(done: tuple[Result, Path]) -> None:
    page = (done[1] / "report.html").read_text("utf-8")
    assert not re.findall(r"""(?:src|href)=["'](?!data:)""", page)
    assert "://" not in page
    assert "<script" not in page
    for said in ("适宜性不是许可", "待核对", "合成示例数据", "审图号", "一致性比率"):
        assert said in page
    assert page.index("地热开发适宜性评价") < page.index("Suitability for geothermal")


def test_names_out_of_files_stay_text(told: dict[str, Any]) -> None:
    hostile = "<img src=x onerror=alert(1)>$x_{ {{7*7}} \\alpha"
    changed = copy.deepcopy(told)
    changed["model"]["zh"] = changed["project"] = hostile
    for one in (*changed["factors"], *changed["sensitivity"]["rows"]):
        one["zh"] = one["en"] = hostile
    drawn = scorecharts.charts(changed, np.zeros((4, 6), np.uint8))
    page = report_html(changed, drawn)
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;$x_{ {{7*7}} \\alpha" in page


def test_pictures_are_pictures(done: tuple[Result, Path]) -> None:
    for name in (one for one in WRITTEN if one.endswith(".png")):
        assert (done[1] / name).read_bytes().startswith(b"\x89PNG")


def test_threads_and_a_second_run_change_no_byte(place: Path, done: tuple[Result, Path]) -> None:
    again = place.parent / "again"
    words = ("--resolution", "150", "--jobs", "3", "--fresh", "--quiet")
    result = run("score", place, place / "score.toml", "--out", again, *words)
    assert (result.exit_code, result.output) == (0, "")
    for name in WRITTEN:
        assert (again / name).read_bytes() == (done[1] / name).read_bytes(), name


def test_python_gives_the_same(place: Path, told: dict[str, Any]) -> None:
    scored = gz.open(place).score(place / "score.toml", resolution_m=SIZE_M)
    found = scored.summary()
    assert {key: told[key] for key in found} == json.loads(json.dumps(found))


def test_chances_are_told_of_open_ground_alone(
    done: tuple[Result, Path], told: dict[str, Any]
) -> None:
    grids = {}
    for name in CHANCE_GRIDS:
        with rasterio.open(done[1] / name) as opened:
            assert opened.dtypes == ("uint8",)
            grids[name] = opened.read(1)
            if name in ("deciding.tif", "limiting.tif"):
                named = opened.tags(1)
                assert named["CLASS_254"].startswith("无")
                assert len([one for one in named if one.startswith("CLASS_")]) == 7
    known = grids["chance_sure.tif"] != OUTSIDE
    assert np.array_equal(known, np.isin(grids["chance_class.tif"], SCORED))
    assert grids["chance_suitable.tif"][known].max() <= 100
    assert (grids["chance_sure.tif"][known] >= 33).all()
    assert set(told["chance"]["factors"].values()) == {one["id"] for one in told["factors"]}
    moved = told["sensitivity"]["rows"]
    assert {one["factor"] for one in moved} == {one["id"] for one in told["factors"]}
    assert {one["factor"] for one in moved if one["changed"] == "error"} >= {"temperature_c"}


def test_without_chances_none_are_written(place: Path, done: tuple[Result, Path]) -> None:
    other = place.parent / "certain"
    shutil.copytree(done[1], other)
    words = ("--resolution", "150", "--no-chance", "--out", other)
    assert run("score", place, place / "score.toml", *words).exit_code == 0
    left = {one.name for one in other.iterdir() if not one.name.startswith(".")}
    assert left == WRITTEN - {"tornado.png", *CHANCE_FILES}
    found = json.loads((other / "summary.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert "chance" not in found
    assert (other / "score.tif").read_bytes() == (done[1] / "score.tif").read_bytes()


def refused(place: Path, model: str | Path, *more: str | Path) -> str:
    out = place.parent / "refused"
    result = run("score", place, model, "--out", out, "--resolution", "150", *more)
    assert result.exit_code == 2, result.output
    assert not out.exists()
    return result.output


def written(place: Path, name: str, old: str, new: str) -> Path:
    text = (place / "score.toml").read_text("utf-8")
    assert old in text
    path = place / name
    path.write_text(text.replace(old, new), "utf-8")
    return path


def test_a_model_without_data_is_refused_with_the_way_out(place: Path) -> None:
    assert "--init" in refused(place, "shallow_closed_loop")


def test_a_model_that_is_not_there_is_refused(place: Path) -> None:
    said = refused(place, place / "nothing.toml")
    assert all(name in said for name in shipped_models())


def test_every_missing_file_is_told(place: Path) -> None:
    text = (place / "score.toml").read_text("utf-8")
    model = place / "gone.toml"
    model.write_text(text.replace(".tif", "-gone.tif"), "utf-8")
    said = refused(place, model)
    assert all(f"{name}-gone.tif" in said for name in ("temperature", "reservoir", "heat_demand"))


def test_a_file_that_was_read_is_spared(place: Path) -> None:
    model = written(place, "inplace.toml", "temperature.tif", "score.tif")
    shutil.copy(place / "temperature.tif", place / "score.tif")
    result = run("score", place, model, "--out", place, "--resolution", "150")
    assert result.exit_code == 2
    assert "score.tif" in result.output
    assert (place / "score.tif").read_bytes() == (place / "temperature.tif").read_bytes()


@pytest.mark.parametrize("words", [(), ("--out", "a", "--init", "b.toml")])
def test_one_of_out_and_init_is_needed(place: Path, words: tuple[str, ...]) -> None:
    assert run("score", place, place / "score.toml", *words).exit_code == 2


@pytest.mark.parametrize("name", shipped_models())
def test_a_skeleton_names_the_data_of_every_factor(place: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "model.toml"
    assert run("score", place, name, "--init", path).exit_code == 0
    assert run("score", place, name, "--init", path).exit_code == 2
    from geozone.answers.suitability.modelreader import read_model

    with pytest.raises(Refused) as told:
        read_model(path)
    places = {one.place for one in told.value.faults}
    wanted = re.findall(r"^\[(data\.\w+)\]", path.read_text("utf-8"), re.M)
    assert places == {f"{one}, path" for one in wanted}


def test_help_names_every_model_that_ships() -> None:
    said = run("score", "--help").output
    assert all(name in said for name in shipped_models())


def test_without_matplotlib_it_says_what_to_install(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert "pip install 'matplotlib" in refused(place, place / "score.toml")


def test_no_such_model_ships(place: Path, tmp_path: Path) -> None:
    result = run("score", place, "shalow_closed_loop", "--init", tmp_path / "a.toml")
    assert result.exit_code == 2
    assert "shallow_closed_loop" in result.output


def test_without_a_chinese_font_labels_are_english(
    told: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scorefont, "KNOWN", ())
    scorefont.chinese_font.cache_clear()
    drawn = scorecharts.charts(told, np.zeros((4, 6), np.uint8))
    scorefont.chinese_font.cache_clear()
    assert drawn.remark is not None
    assert "English" in drawn.remark["en"]


@pytest.fixture(autouse=True)
def _no_boxes(recwarn: pytest.WarningsRecorder) -> Iterator[None]:
    """A letter that a font lacks is a warning of matplotlib's, and warnings are errors."""
    yield
    assert not [one for one in recwarn if "Glyph" in str(one.message)]
