"""A click on the map of a real project tells what ``explain`` says of that cell's centre."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyproj import Transformer

import geozone as gz

pytestmark = pytest.mark.browser

PLACES = {
    "on farmland": (1_225, 525, "prohibited"),
    "in the hole of the expressway layer": (425, 2_625, "undetermined"),
    "on open plain": (1_475, 1_675, "allowed"),
}


def test_clicks_tell_what_explain_says(
    page: Any, small: Path, drawing: Any, tmp_path: Path
) -> None:
    project = gz.open(small)
    project.map().save(tmp_path / "map.html")
    view = page(tmp_path / "map.html")
    view.locator("html[data-ready=yes]").wait_for(timeout=20_000)
    degrees = Transformer.from_crs(drawing.crs, "EPSG:4490", always_xy=True)
    for east, north, expected in PLACES.values():
        place = drawing.at(east, north)
        lon, lat = degrees.transform(place.x, place.y)
        told = {str(one.activity): one.judgement for one in project.explain(lon, lat)}
        _click(view, lon, lat)
        card = view.locator("#card")
        key = drawing.activities[0]
        assert card.get_attribute("data-activity") == key
        assert card.get_attribute("data-verdict") == told[key].verdict.code == expected
        shown = card.locator(".rules > li").evaluate_all("all => all.map(one => one.dataset.rule)")
        assert sorted(shown) == sorted(told[key].rules)
        others = [" ".join((one.text_content() or "").split()) for one in _chips(card)]
        for at, activity in enumerate(drawing.activities):
            assert NAMES[told[activity].verdict.code] in others[at]


NAMES = {
    "prohibited": "禁止",
    "undetermined": "需核实",
    "restricted": "限制",
    "allowed": "允许",
    "no_rule": "无规定",
}


def _chips(card: Any) -> Any:  # playwright locators
    return card.locator(".others .chip").all()


def _click(view: Any, lon: float, lat: float) -> None:
    """A mouse click on the place: found by its coordinates, closed, then clicked in the middle."""
    view.fill("#lonlat", f"{lon:.9f}, {lat:.9f}")
    view.click("#find button")
    view.locator("#card .close").click()
    view.locator("#card").wait_for(state="hidden")
    middle = view.evaluate(
        """([lon, lat]) => {
          const map = window[document.querySelector('.folium-map').id];
          const box = map.getContainer().getBoundingClientRect();
          const at = map.latLngToContainerPoint([lat, lon]);
          return [box.x + at.x, box.y + at.y];
        }""",
        [lon, lat],
    )
    view.mouse.click(*middle)
    view.locator("#card").wait_for(state="visible")
