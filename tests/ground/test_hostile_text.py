"""Hostile names through the whole pipeline: on the map and in the notice they are text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import geopandas
import pytest

import geozone as gz

HOSTILE = ("{{7*7}}", "<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>")
ALL = " ".join(HOSTILE)


class Tags(HTMLParser):
    """What a browser would take for tags, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.names: list[str] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def build(folder: Path, drawing: Any, word: str) -> tuple[Any, Any]:
    """The map and the notice of a project whose every free text is the word."""
    features = drawing.themes()
    named = [
        drawing.Theme(
            one.name, one.shapes, {**one.columns, "REMARK": [word] * len(one.shapes)},
            one.accuracy_m, one.coverage,
            f"{one.keys}\nsource = {json.dumps(word)}\nlicence = {json.dumps(word)}",
        )
        for one in features
    ]  # fmt: skip
    drawn = drawing.Drawn(f"名 {word}", f"局 {word}", tuple(named), 100.0)
    project = gz.open(drawing.write(folder, drawn))
    wells = [drawing.at(2_200, 300), drawing.at(1_200, 500)]
    columns = {"id": [f"A{word}", "B"], "name": [word, word], "remark": [word, word]}
    columns["activity"] = ["middeep_reinjection:well_production"] * 2
    _save(folder / "wells.gpkg", wells, drawing.crs, columns)
    parcel = {"id": [f"P{word}"], "name": [word], "holder": [word]}
    _save(folder / "parcel.gpkg", [drawing.box(900, 500, 700, 600)], drawing.crs, parcel)
    judged = project.assess(folder / "wells.gpkg")
    return project.map(judged), project.notice(folder / "parcel.gpkg", supply=word)


def _save(path: Path, shapes: list[Any], crs: str, columns: dict[str, list[str]]) -> None:
    geopandas.GeoDataFrame(columns, geometry=shapes, crs=crs).to_file(path)


@pytest.fixture(scope="module")
def pages(drawing: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Path]]:
    """The map's and the notice's file with hostile words, and with a quiet one."""
    found: dict[str, dict[str, Path]] = {}
    for kind, word in (("hostile", ALL), ("calm", "calm")):
        folder = tmp_path_factory.mktemp(kind)
        made, notice = build(folder / "project", drawing, word)
        paths = {"map": folder / "map.html", "notice": folder / "notice.html"}
        made.save(paths["map"])
        notice.save(paths["notice"])
        found[kind] = paths
    return found


@pytest.mark.parametrize("page", ["map", "notice"])
def test_hostile_words_make_no_tags(pages: dict[str, dict[str, Path]], page: str) -> None:
    hostile, calm = (Tags(pages[kind][page].read_text("utf-8")) for kind in ("hostile", "calm"))
    assert hostile.names == calm.names
    assert not [one for one in hostile.texts if re.fullmatch(r"\s*49\s*", one)]


def test_the_notice_shows_them_as_they_are(pages: dict[str, dict[str, Path]]) -> None:
    text = "".join(Tags(pages["hostile"]["notice"].read_text("utf-8")).texts)
    for expected in (f"P{ALL}", f"名 {ALL}", f"局 {ALL}"):
        assert expected in text


@pytest.mark.browser
def test_the_map_shows_them_as_they_are(page: Any, pages: dict[str, dict[str, Path]]) -> None:
    view = page(pages["hostile"]["map"])
    view.locator("html[data-ready=yes]").wait_for(timeout=20_000)
    view.locator("#proposals [data-proposal='0']").click()
    assert f"A{ALL}" in (view.locator("#card").text_content() or "")
    assert f"名 {ALL}" in (view.locator("#title").text_content() or "")
    assert ALL in (view.locator("#sources").text_content() or "")
    assert view.locator("#card img, #panel img, #head img, body script:not([nonce]):not([type])"
                        ).count() == 0  # fmt: skip


@pytest.mark.browser
def test_the_notice_runs_nothing(page: Any, pages: dict[str, dict[str, Path]]) -> None:
    view = page(pages["hostile"]["notice"])
    assert f"P{ALL}" in (view.locator("main").text_content() or "")
    assert view.locator("img, script").count() == 0
