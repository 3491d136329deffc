"""The layer of classes in a browser: off at first, in the colours of classes when it is on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyproj import CRS, Transformer

from geozone.pages.content import (
    MapActivity,
    MapClass,
    MapContent,
    MapGrid,
    MapScore,
    Projection,
    RowReason,
)
from geozone.pages.scorewords import CLASS_COLOURS, CLASS_NAMES, CLASSES, IS_NOT, code_of
from geozone.pages.style import rgb
from geozone.pages.text import text
from geozone.pages.webmap import web_map

pytestmark = pytest.mark.browser

ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
ZONE = CRS.from_epsg(4548)
LEFT, TOP, SIZE, SIDE = 390_000.0, 4_320_000.0, 100.0, 100
HALF_M = 5000.0


def content() -> MapContent:
    """Five stripes of classes, ten kilometres of ground, everything allowed by the zones."""
    projection = Projection.of(ZONE)
    grid = MapGrid(projection, LEFT, TOP, SIZE, SIDE, SIDE)
    codes = np.repeat(np.arange(5, dtype=np.uint8), SIDE // 5)[None].repeat(SIDE, axis=0)
    classes = tuple(
        MapClass(one.value, code_of(one), CLASS_NAMES[one], CLASS_COLOURS[one], 1234.5)
        for one in CLASSES
    )
    score = MapScore(text("示例", "<b>sample</b>"), grid, codes, classes, (IS_NOT[0],))
    to_degrees = Transformer.from_crs(ZONE, 4490, always_xy=True)
    east, south = LEFT + SIDE * SIZE, TOP - SIDE * SIZE
    ring = [(LEFT, TOP), (east, TOP), (east, south), (LEFT, south), (LEFT, TOP)]
    return MapContent(
        title=text("图", "map"),
        on="2024-06-01",
        grid=grid,
        index=np.zeros((SIDE, SIDE), np.uint16),
        outside=65535,
        activities=(MapActivity("a:b", text("活动", "activity"), (RowReason("allowed"),), {}),),
        rules={},
        outline={
            "type": "Polygon",
            "coordinates": [[list(to_degrees.transform(*one)) for one in ring]],
        },
        score=score,
    )


@pytest.fixture
def page(tmp_path: Path) -> Any:
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on this machine")
    path = tmp_path / "map.html"
    path.write_text(web_map(content()), "utf-8")
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        opened = browser.new_context(offline=True, viewport={"width": 1200, "height": 800})
        view = opened.new_page()
        asked: list[str] = []
        view.on("request", lambda one: asked.append(one.url))
        view.goto(path.as_uri())
        view.locator("html[data-ready=yes]").wait_for(timeout=20_000)
        yield view
        assert asked == [path.as_uri()]
        browser.close()


def colours(view: Any) -> set[tuple[int, int, int]]:
    """Opaque colours of all tiles that are drawn."""
    found = view.evaluate(
        """() => [...document.querySelectorAll("canvas.leaflet-tile")].flatMap((one) => {
             const data = one.getContext("2d").getImageData(0, 0, one.width, one.height).data;
             const seen = new Set();
             for (let at = 0; at < data.length; at += 4)
               if (data[at + 3] === 255) seen.add(data.slice(at, at + 3).join());
             return [...seen];
           })"""
    )
    return {tuple(int(part) for part in one.split(",")) for one in found}


def test_classes_are_shown_when_they_are_switched_on(page: Any) -> None:
    wanted = {rgb(CLASS_COLOURS[one]) for one in CLASSES}
    box = page.locator("#score-shown")
    assert not box.is_checked()
    assert not wanted & colours(page)
    box.check()
    assert wanted <= colours(page)
    box.uncheck()
    assert not wanted & colours(page)


def test_the_legend_names_classes_best_first(page: Any) -> None:
    rows = page.locator("#score-legend tr").all_inner_texts()
    assert [one.split()[0] for one in rows] == [CLASS_NAMES[one]["zh"] for one in CLASSES]
    assert all("1,234.50" in one for one in rows)
    assert "适宜性不是许可" in page.locator("#score-notes").inner_text()
    assert "<b>sample</b>" in page.locator("#score-title").inner_text()
