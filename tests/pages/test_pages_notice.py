"""The parcel notice: its JSON, its hash, and an HTML page that says it safely."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import made_notice as made
import made_pages
import pytest
import shapely

from geozone.pages.content import ParcelMeasure, ParcelView
from geozone.pages.markup import Html
from geozone.pages.notice_cells import Writer
from geozone.pages.notice_content import content_hash, is_intact, notice_content, relation
from geozone.pages.notice_html import notice_html
from geozone.pages.picture import location_picture
from geozone.pages.tongue import Tongue

CONTRACT = {
    "schema", "parcel", "matrix", "findings", "clear", "gaps", "changes", "resources", "duties",
    "alternatives", "data", "hash",
}  # fmt: skip


class Page(HTMLParser):
    """The tags of a page, and its text as a reader sees it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != ["style"]:
            self.text += data


def page(view: ParcelView | None = None, lang: str = "both") -> str:
    view = view or made.view()
    picture = location_picture(view, lang=lang)
    return notice_html(notice_content(view), lang=lang, picture_svg=picture)


def section(html: str, number: int) -> str:
    found = re.search(
        rf'<section id="part-{number}">(.*?)(?=<section id="part-|<footer)', html, re.S
    )
    assert found
    return found.group(1)


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return notice_content(made.view())


def test_content_carries_the_contract(content: dict[str, Any]) -> None:
    assert set(content) >= CONTRACT
    assert content["schema"] == 1
    cell = content["matrix"][0]
    assert {"technology", "object", "ground", "rules"} <= set(cell)
    assert content["alternatives"]["status"] == "not_computed"
    assert json.loads(json.dumps(content)) == content


def test_areas_are_told_in_three_units_and_two_kinds(content: dict[str, Any]) -> None:
    parcel = content["parcel"]
    found = [parcel[key] for key in ("area_m2", "area_ha", "area_mu", "planar_area_m2")]
    assert found == [29496.4, 2.9496, 44.24, 29500.0]
    told = section(page(), 1)
    assert "29,496.40 m²（2.9496 公顷 ha，44.24 亩 mu）" in told
    assert "椭球面积" in told
    assert "投影平面面积" in told


def test_the_hash_is_of_the_canonical_json(content: dict[str, Any]) -> None:
    bare = {key: value for key, value in content.items() if key != "hash"}
    raw = json.dumps(bare, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert content["hash"] == hashlib.sha256(raw.encode("utf-8")).hexdigest()
    assert is_intact(json.loads(json.dumps(content, ensure_ascii=False, indent=2)))
    assert not is_intact({**content, "on": "2024-06-02"})
    assert not is_intact(bare)
    assert content_hash(bare) == content["hash"]


@pytest.mark.parametrize(
    "field",
    [
        "matrix",
        "findings",
        "gaps",
        "measures",
        "clear",
        "changes",
        "duties",
        "permits",
        "history",
        "receipts",
    ],
)
def test_the_order_given_never_matters(field: str, content: dict[str, Any]) -> None:
    view = made.view()
    shuffled = list(getattr(view, field))
    random.Random(5).shuffle(shuffled)
    backwards = {field: tuple(reversed(shuffled))}
    assert notice_content(replace(view, **backwards)) == content


def test_same_view_same_bytes() -> None:
    assert page(made.view()) == page(made.view())
    assert page(made.view("other")) != page(made.view())


@pytest.mark.parametrize(
    ("distance", "overlap", "share", "expected"),
    [
        (0.0, 100.0, 1.0, "within"),
        (0.0, 100.0, 0.4, "overlaps"),
        (0.0, 0.0, 0.0, "touches"),
        (0.0, None, None, "touches"),
        (0.01, None, None, "near"),
        (None, None, None, "unknown"),
    ],
)
def test_relation(
    distance: float | None, overlap: float | None, share: float | None, expected: str
) -> None:
    assert relation(distance, overlap, share) == expected


def test_shares_are_never_above_the_whole() -> None:
    over = ParcelMeasure("railway", "railway", "holds", 0.0, None, 5.0, 1.0000001, None, 0.9, 1.2)
    told = notice_content(made.view(measures=(over,)))["measures"][0]
    assert (told["share"], told["share_high"], told["relation"]) == (1.0, 1.0, "within")


def test_numbers_that_json_does_not_know_are_refused() -> None:
    broken = made.view(gaps=({"theme": "railway", "cause": "no_layer", "margin_m": float("nan")},))
    with pytest.raises(ValueError, match="JSON"):
        notice_content(broken)


def test_ten_parts_stand_in_order() -> None:
    heads = re.findall(r'<section id="part-(\d+)"><h2>([一二三四五六七八九十]+)、', page())
    assert [int(number) for number, _ in heads] == list(range(1, 11))
    assert "".join(name for _, name in heads) == "一二三四五六七八九十"


def test_what_was_not_received_is_never_cleared() -> None:
    html = page()
    told = section(html, 5)
    assert "未收到该要素数据，需核实" in told
    assert "省林业和草原主管部门" in told
    assert "不得视为没有影响" in told
    assert "不涉及" not in html
    assert "风景名胜区" not in section(html, 4)


def test_findings_tell_relation_measures_and_law() -> None:
    told = Page(section(page(), 3)).text
    for words in ("相邻", "150.20\u00a0m", "200.00\u00a0m", "-49.80\u00a0m", "HB21 四(一)1 第3段",
                  "现行有效", "2025-12-31", "部分位于范围内", "2,212.23\u00a0m²",
                  "7.50%（6.10%–8.90%）", "原则上", "省、市自然资源主管部门"):  # fmt: skip
        assert words in told, words


def test_the_matrix_has_the_five_columns_first() -> None:
    head = re.search(r'<table class="matrix"><thead>(.*?)</thead>', page(), re.S)
    assert head
    names = ["勘查井", "开采井", "回灌井", "勘查规划区块", "开采规划区块", "项目"]
    assert re.findall(r'<th scope="col">([^<]+)', head.group(1)) == ["技术", *names]
    told = section(page(), 2)
    for code in ("prohibited", "undetermined", "restricted", "allowed", "no_rule"):
        assert f'data-verdict="{code}"' in told
    assert "允许仅以所列文件为限" in told


def test_the_page_is_quiet_and_blank_where_it_must_be() -> None:
    html = page()
    assert not re.search(r"https?:|[\"'(=]//\w|url\(\w|@import|<script|<link|<img", html)
    assert "default-src 'none'" in html
    style = re.search(r"<style>(.*?)</style>", html, re.S)
    assert style
    digest = hashlib.sha256(style.group(1).encode("utf-8")).digest()
    assert f"style-src 'sha256-{base64.b64encode(digest).decode()}'" in html
    assert not {"style", "onclick", "src", "href"} & set(Page(html).attributes)
    for words in ("（盖章）", "审图号：________（公开发布前须依法送审）", "内部使用",
                  "不替代行政许可", "2024年6月1日", "合成示例数据"):  # fmt: skip
        assert words in html, words


@pytest.mark.parametrize("name", made_pages.HOSTILE)
@pytest.mark.parametrize("lang", ["both", "en"])
def test_hostile_text_stays_text(name: str, lang: str) -> None:
    hostile, calm = Page(page(made.view(name), lang)), Page(page(made.view("calm"), lang))
    assert hostile.tags == calm.tags
    assert hostile.attributes == calm.attributes
    assert hostile.text.count(name) >= 8


@pytest.mark.parametrize(
    ("lang", "has", "has_not"),
    [
        ("both", ("宗地概况", "1. Parcel"), ()),
        ("zh", ("宗地概况",), ("1. Parcel", "Verdict matrix", "Prohibited")),
        ("en", ("1. Parcel", "Prohibited"), ("宗地概况", "选址结论")),
    ],
)
def test_languages(lang: str, has: tuple[str, ...], has_not: tuple[str, ...]) -> None:
    html = page(lang=lang)
    assert [words for words in has if words not in html] == []
    assert [words for words in has_not if words in html] == []


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="both, zh, en"):
        Tongue("fr")


EMPTY = {
    "findings": (), "gaps": (), "measures": (), "clear": (), "changes": (), "resources": (),
    "duties": (), "permits": (), "history": (), "receipts": (), "policies": (),
    "nearby": (), "area": None, "synthetic": False, "office": "", "contact": "",
}  # fmt: skip


def test_an_empty_notice_says_so_in_every_part() -> None:
    html = page(made.view(**EMPTY))
    for number in (3, 4, 5, 6, 7, 8):
        assert 'class="none"' in section(html, number), number
    assert "需核实" in section(html, 7)
    assert "合成示例数据" not in html
    assert "自然资源主管部门" in html


def test_boundary_points_name_north_before_east() -> None:
    annex = page().split("附件1　界址点成果表")[1]
    assert annex.index("X（北）") < annex.index("Y（东）")
    assert "4196850.000" in annex
    assert annex.index("4196850.000") < annex.index("38429638.000")


def test_the_map_draws_what_is_near() -> None:
    drawn = location_picture(made.view())
    assert isinstance(drawn, Html)
    for words in ("铁路", "永久基本农田", "本宗地", "北", "100 m", "审图号"):
        assert words in drawn, words
    assert "nan" not in drawn


@pytest.mark.parametrize(
    "shape",
    [
        shapely.box(0, 0, 1, 1),
        shapely.box(0, 0, 40_000, 300),
        shapely.MultiPolygon([shapely.box(0, 0, 9, 9), shapely.box(20, 20, 30, 30)]),
    ],
)
def test_the_map_fits_any_parcel(shape: shapely.Geometry) -> None:
    view = made.view()
    drawn = location_picture(replace(view, parcel=replace(view.parcel, shape=shape), area=shape))
    numbers = [float(one) for one in re.findall(r"[ML](-?\d+\.\d) ", drawn)]
    assert min(numbers) >= 0
    assert max(numbers) <= 450


@pytest.mark.browser
def test_the_notice_opens_without_asking_for_anything(visit: Any) -> None:
    opened = visit(page(made.view(" ".join(made_pages.HOSTILE))))
    shown = opened.open()
    assert shown.locator("h1").is_visible()
    assert shown.locator("svg.picture").bounding_box()["width"] > 400
    assert shown.locator("h2").first.evaluate("one => getComputedStyle(one).fontWeight") == "700"
    assert shown.locator("script, img").count() == 0


HYDRO = [
    "bathing", "direct_use", "high_temperature_power", "middeep_no_reinjection",
    "middeep_reinjection", "oil_gas_well_conversion",
]  # fmt: skip
EVERY = [
    *HYDRO, "middeep_closed_loop", "hot_dry_rock", "shallow_closed_loop", "shallow_groundwater",
    "surface_or_reclaimed_water", "waste_heat",
]  # fmt: skip


@pytest.mark.parametrize(
    ("technologies", "zh"),
    [
        (EVERY, "所列各项技术"),
        (HYDRO, "中深层水热各项技术"),
        ([*HYDRO, "hot_dry_rock"], "中深层水热各项技术和干热岩"),
        ([*HYDRO[1:], "hot_dry_rock"], "中深层水热各项技术和干热岩（温泉洗浴/康养除外）"),
        ([one for one in EVERY if one != "waste_heat"], "所列各项技术（余热利用除外）"),
        (["bathing", "hot_dry_rock"], "温泉洗浴/康养、干热岩"),
        (["bathing"], "温泉洗浴/康养"),
    ],
)
def test_technologies_are_named_by_their_group(technologies: list[str], zh: str) -> None:
    writer = Writer(Tongue("zh"), {}, {})
    assert writer.technologies(technologies, EVERY)["zh"] == zh
