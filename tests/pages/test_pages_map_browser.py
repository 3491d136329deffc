"""The web map in a browser, offline: what a click tells is what the table holds."""

from __future__ import annotations

import re
from typing import Any

import made_pages as made
import numpy as np
import pytest
from pyproj import Transformer

from geozone.pages.webmap import web_map

pytestmark = pytest.mark.browser

NO_STREAMS = "delete window.DecompressionStream;"


def ready(visit: Any, html: str, script: str = "", **context: Any) -> Any:  # a playwright page
    opened = visit(html, **context)
    if script:
        opened.page.add_init_script(script)
    page = opened.open()
    page.locator("html[data-ready]").wait_for(timeout=20_000)
    assert page.locator("html").get_attribute("data-ready") == "yes"
    return page


def find(page: Any, lon: float, lat: float) -> dict[str, str | None]:
    page.fill("#lonlat", f"{lon:.9f}, {lat:.9f}")
    page.click("#find button")
    card = page.locator("#card")
    names = ("row", "line", "col", "verdict", "activity")
    return {name: card.get_attribute(f"data-{name}") for name in names}


@pytest.fixture(scope="module")
def html() -> str:
    return web_map(made.content())


def test_places_fall_into_the_cells_that_pyproj_names(visit: Any, html: str) -> None:
    page = ready(visit, html)
    rng = np.random.default_rng(7)
    index = made.index()
    onto = Transformer.from_crs(4490, made.EPSG, always_xy=True)
    for _ in range(25):
        line, col = int(rng.integers(60, 240)), int(rng.integers(80, 340))
        inside = rng.choice([0.003, 0.5, 0.997], 2)  # 30 cm from an edge, too
        lon, lat = made.degrees(
            made.LEFT + (col + inside[0]) * made.SIZE, made.TOP - (line + inside[1]) * made.SIZE
        )
        x, y = onto.transform(lon, lat)
        expected = (int((made.TOP - y) // made.SIZE), int((x - made.LEFT) // made.SIZE))
        assert expected == (line, col)
        found = find(page, lon, lat)
        row = int(index[line, col])
        assert (found["line"], found["col"], found["row"]) == (str(line), str(col), str(row))
        assert found["verdict"] == made.REASONS[row].verdict


def test_the_projection_is_that_of_pyproj_to_the_millimetre(visit: Any, html: str) -> None:
    page = ready(visit, html)
    lon, lat = made.degrees(made.LEFT + 150.5 * made.SIZE, made.TOP - 149.5 * made.SIZE)
    find(page, lon, lat)
    told = page.locator("#card dl").first.inner_text()
    north, east = (float(one) for one in re.findall(r"(\d+\.\d\d) m", told))
    assert (east, north) == (
        made.LEFT + 150.5 * made.SIZE,
        made.TOP - 149.5 * made.SIZE,
    )
    centre = re.findall(r"(\d+\.\d{6})°", told)[2:]
    assert [float(one) for one in centre] == pytest.approx([lon, lat], abs=1e-6)


def test_a_click_tells_the_cell_under_it(visit: Any, html: str) -> None:
    page = ready(visit, html)
    lon, lat = made.degrees(made.LEFT + 140.5 * made.SIZE, made.TOP - 150.5 * made.SIZE)
    find(page, lon, lat)
    page.locator("#card .close").click()
    page.locator("#card").wait_for(state="hidden")
    box = page.locator(".folium-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    card = page.locator("#card")
    assert card.get_attribute("data-verdict") == "prohibited"
    assert card.get_attribute("data-row") == "0"
    assert "该栅格单元中心的判定" in card.inner_text()
    assert card.locator("[data-rule]").evaluate_all("all => all.map(one => one.dataset.rule)") == [
        "HB-11",
        "HB-12",
    ]
    assert "HB21 三(二) 第4段" in card.inner_text()
    assert "省、市自然资源主管部门" in card.inner_text()


SAID = (
    (150, 180, ("需核实", "风景名胜区：未收到该要素数据，需核实", "HB-11q")),
    (150, 215, ("限制", "须出示", "HB-13")),
    (60, 200, ("允许", "允许仅以所列文件为限", "as far as the listed documents go")),
    (240, 300, ("无规定",)),
    (2, 2, ("研究区外",)),
)


def test_what_is_said_of_a_place(visit: Any, html: str) -> None:
    page = ready(visit, html)
    for line, col, said in SAID:
        x, y = made.LEFT + (col + 0.5) * made.SIZE, made.TOP - (line + 0.5) * made.SIZE
        find(page, *made.degrees(x, y))
        told = page.locator("#card").inner_text()
        assert [words for words in said if words not in told] == []


def test_another_activity_is_judged_from_the_same_row(visit: Any, html: str) -> None:
    page = ready(visit, html)
    place = made.degrees(made.LEFT + 215.5 * made.SIZE, made.TOP - 150.5 * made.SIZE)
    assert find(page, *place)["verdict"] == "restricted"
    page.locator("#activity-1").check()
    card = page.locator("#card")
    assert (card.get_attribute("data-row"), card.get_attribute("data-verdict")) == ("2", "allowed")
    assert "76,334.80" in page.locator("#legend tr[data-verdict=allowed]").inner_text()
    page.locator("#activity-2").check()
    assert card.get_attribute("data-verdict") == "no_rule"


def test_zones_are_drawn_in_the_colours_of_the_legend(visit: Any, html: str) -> None:
    page = ready(visit, html)
    colours = page.locator(".leaflet-tile-container canvas").evaluate_all(
        """all => { const found = new Set();
          for (const one of all) {
            const data = one.getContext('2d').getImageData(0, 0, one.width, one.height).data;
            for (let at = 0; at < data.length; at += 4)
              if (data[at + 3] === 255) found.add([...data.slice(at, at + 3)].join());
          } return [...found]; }"""
    )
    for hexed in ("b23a2e", "8d86b8", "e3a32b", "2f9c7d", "cfd4da"):
        assert ",".join(str(one) for one in bytes.fromhex(hexed)) in colours


@pytest.mark.parametrize("bits", [np.uint16, np.uint32])
def test_old_browsers_unpack_by_themselves(visit: Any, bits: type[np.unsignedinteger[Any]]) -> None:
    page = ready(visit, web_map(made.content(index=made.index().astype(bits))), NO_STREAMS)
    place = made.degrees(made.LEFT + 215.5 * made.SIZE, made.TOP - 150.5 * made.SIZE)
    assert find(page, *place)["row"] == "2"


@pytest.mark.parametrize("rows", ["noise", "flat"])
def test_every_kind_of_packed_block_is_unpacked(visit: Any, rows: str) -> None:
    flat = np.zeros((made.ROWS, made.COLS), np.uint16)
    noise = np.random.default_rng(3).integers(0, 5, flat.shape).astype(np.uint16)
    index = noise if rows == "noise" else flat
    page = ready(visit, web_map(made.content(index=index)), NO_STREAMS)
    for line, col in ((0, 0), (299, 419), (133, 77)):
        place = made.degrees(
            made.LEFT + (col + 0.5) * made.SIZE, made.TOP - (line + 0.5) * made.SIZE
        )
        assert find(page, *place)["row"] == str(index[line, col])


def test_proposals_tell_their_findings(visit: Any, html: str) -> None:
    page = ready(visit, html)
    page.locator(".pin.prohibited").first.click()
    card = page.locator("#card")
    assert card.get_attribute("data-proposal") == "W1"
    assert card.get_attribute("data-verdict") == "prohibited"
    told = card.inner_text()
    assert "150.20 m" in told
    assert "200 m" in told
    page.locator("#proposals [data-proposal='1']").click()
    assert card.get_attribute("data-proposal") == "W2"
    assert "风景名胜区：未收到该要素数据，需核实" in card.inner_text()
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")


def test_hostile_text_is_shown_as_text(visit: Any) -> None:
    name = " ".join(made.HOSTILE)
    page = ready(visit, web_map(made.content(name)))
    find(page, *made.degrees(made.LEFT + 215.5 * made.SIZE, made.TOP - 150.5 * made.SIZE))
    page.locator("#proposals [data-proposal='0']").click()
    assert name in (page.locator("#card").text_content() or "")
    assert name in (page.locator("#title").text_content() or "")
    assert page.locator("#card img, #card script, #panel img, #panel script").count() == 0


def test_the_keyboard_is_enough(visit: Any, html: str) -> None:
    page = ready(visit, html)
    page.locator(".folium-map").focus()
    page.keyboard.press("Enter")
    assert page.locator("#card").get_attribute("data-row") not in (None, "")
    page.keyboard.press("Escape")
    page.locator(".pin.prohibited").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#card").get_attribute("data-proposal") == "W1"


def test_wrong_coordinates_are_answered(visit: Any, html: str) -> None:
    page = ready(visit, html)
    page.fill("#lonlat", "northward")
    page.click("#find button")
    assert page.locator("#find-fault").is_visible()


def test_a_phone_shows_map_banner_and_mark(visit: Any, html: str) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = ready(visit, html, **phone)
    assert page.locator("#sample").is_visible()
    assert "审图号：________（公开发布前须依法送审）" in page.locator("#mark").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".folium-map").bounding_box()["height"] > 500
    page.locator("#fold").click()
    assert page.locator("#legend").is_visible()


def test_a_broken_index_is_said(visit: Any, html: str) -> None:
    packed = re.search(r'id="geozone-index">"([^"]{40})', html)
    opened = visit(html.replace(packed.group(1), "A" * 40))  # type: ignore[union-attr]
    page = opened.open()
    page.locator("html[data-ready=no]").wait_for(timeout=10_000)
    assert "cannot be read" in page.locator("#loading").inner_text()
    assert opened.complaints
    opened.complaints.clear()
