"""The map of changes in a browser, offline: a click tells old and new, the legend hectares."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyproj import Transformer

from geozone.answers.compare import compare
from geozone.land.project import read_project
from geozone.pages.changefiles import write_comparison

pytestmark = pytest.mark.browser

ACTIVITIES = ("middeep_reinjection:well_production", "shallow_closed_loop:project")


@pytest.fixture(scope="module")
def view(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The page in Chromium; the visit has to end without a complaint or a request."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on the machine")
    out = tmp_path_factory.mktemp("map") / "out"
    sides = ("old.toml@2024-06-01", "wide.toml@2024-06-01")
    write_comparison(out, compare(read_project(folder), *sides, ACTIVITIES, rules=True))
    heard: list[str] = []
    asked: list[str] = []
    with sync_api.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_context(offline=True).new_page()
        page.on("request", lambda one: asked.append(one.url))
        page.on("console", lambda one: heard.append(one.text))
        page.on("pageerror", lambda one: heard.append(str(one)))
        page.goto((out / "changes.html").as_uri())
        page.locator("html[data-ready=yes]").wait_for(timeout=20_000)
        yield page
        browser.close()
    assert heard == []
    assert asked == [(out / "changes.html").as_uri()]


PLACES = {
    "in the wider strip": (1_725, 2_025, "prohibited", ("allowed", "prohibited"), ["T1-1"]),
    "in the old strip": (1_925, 2_025, "rules", ("prohibited", "prohibited"), ["T1-1"]),
    "on farmland": (425, 425, "same", ("prohibited", "prohibited"), []),
    "on open ground": (3_025, 3_025, "same", ("allowed", "allowed"), []),
}


@pytest.mark.parametrize(("east", "north", "painted", "sides", "by"), PLACES.values(), ids=PLACES)
def test_a_place_is_told_old_and_new(
    view: Any, made: Any, east: int, north: int, painted: str, sides: Any, by: list[str]
) -> None:
    view.locator("#activity-0").check()
    degrees = Transformer.from_crs(made.crs, "EPSG:4490", always_xy=True)
    lon, lat = degrees.transform(made.east + east, made.north + north)
    view.fill("#lonlat", f"{lon:.9f}, {lat:.9f}")
    view.click("#find button")
    card = view.locator("#card")
    assert card.get_attribute("data-verdict") == painted
    told = [
        card.locator(f"[data-side={side}]").get_attribute("data-verdict") for side in ("a", "b")
    ]
    assert tuple(told) == sides
    shown = card.locator("[data-by]").evaluate_all("all => all.map(one => one.dataset.by)")
    assert shown == by
    chips = " ".join((card.locator("header .turn").text_content() or "").split())
    assert ("→" in chips) == (sides[0] != sides[1])


def test_outside_the_area_nothing_is_told(view: Any) -> None:
    view.fill("#lonlat", "100, 30")
    view.click("#find button")
    assert view.locator("#card .outside").is_visible()


def test_the_legend_tells_hectares_of_the_chosen_activity(view: Any) -> None:
    view.locator("#activity-0").check()
    assert _legend(view) == [
        ("prohibited", "240.00"), ("rules", "160.00"), ("same", "1,200.00"),
    ]  # fmt: skip
    view.locator("#activity-1").check()
    assert _legend(view) == [("same", "1,600.00")]


def _legend(view: Any) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = [
        (row.get_attribute("data-painted"), row.locator("td").first.inner_text())
        for row in view.locator("#legend tbody:not([hidden]) tr").all()
    ]
    return found


def test_both_sides_documents_are_named(view: Any) -> None:
    assert view.locator("#policies code").all_inner_texts() == ["A T1", "B T1"]
    assert "2024-06-01" in view.locator("#decided").inner_text()
    assert view.locator("#sample").is_visible()
