"""The web map as text: safe with hostile data, the same bytes again, no outside host."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files

import made_pages as made
import numpy as np
import pytest
from pyproj import CRS

from geozone.law.judgement import Cause
from geozone.law.span import Phase
from geozone.law.verdict import Verdict
from geozone.pages import text
from geozone.pages.content import MapActivity, Projection
from geozone.pages.markup import Html, json_block, safe, tag
from geozone.pages.webmap import web_map


class Outline(HTMLParser):
    """What a browser would take for tags, and the text of every script by id."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: dict[str, str] = {}
        self._open: str | None = None
        self.feed(html)

    def handle_starttag(self, tag_name: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag_name, dict(attrs)))
        if tag_name == "script":
            self._open = dict(attrs).get("id") or f"script{len(self.tags)}"
            self.scripts[self._open] = ""

    def handle_endtag(self, tag_name: str) -> None:
        self._open = None

    def handle_data(self, data: str) -> None:
        if self._open:
            self.scripts[self._open] += data


@pytest.fixture(scope="module")
def plain() -> str:
    return web_map(made.content())


def test_same_content_same_bytes(plain: str) -> None:
    assert web_map(made.content()) == plain
    assert web_map(made.content("other")) != plain


def test_names_no_host(plain: str) -> None:
    assert '"http:"+"//www.w3.org/2000/svg"' in plain  # a name, not an address
    bare = plain.replace('"http:"+"//www.w3.org/2000/svg"', "")
    assert not re.findall(r"https?:|[\"'(=]//\w|\bwww\.", bare)
    assert not re.search(r"url\(\w|@import|sourceMappingURL|jquery|bootstrap", plain)
    outline = Outline(plain)
    assert not [one for one in outline.tags if one[0] in ("link", "img", "iframe", "base")]
    assert not [attrs for _, attrs in outline.tags if {"src", "style", "onclick"} & set(attrs)]


def test_scripts_and_styles_carry_the_nonce_of_the_policy(plain: str) -> None:
    outline = Outline(plain)
    policy = next(
        attrs["content"]
        for name, attrs in outline.tags
        if "Content-Security-Policy" in attrs.values()
    )
    nonce = re.search(r"script-src 'nonce-([^']+)'", policy or "").group(1)  # type: ignore[union-attr]
    assert (policy or "").startswith("default-src 'none'")
    for name, attrs in outline.tags:
        if name == "style" or (name == "script" and attrs.get("type") != "application/json"):
            assert attrs.get("nonce") == nonce
    names = [name for name, _ in outline.tags]
    assert names.index("meta") < names.index("script")


@pytest.mark.parametrize("name", made.HOSTILE)
def test_hostile_text_stays_text(name: str, plain: str) -> None:
    html = web_map(made.content(name))
    hostile, calm = Outline(html), Outline(plain)
    assert [one[0] for one in hostile.tags] == [one[0] for one in calm.tags]
    data = json.loads(hostile.scripts["geozone-data"])
    assert data["title"]["zh"] == f"河北平原西部示例 {name}"
    assert data["proposals"][0]["name"] == name
    assert name in data["rules"]
    assert not set("<>\u2028\u2029") & set(hostile.scripts["geozone-data"])


def test_the_index_is_little_endian_gzip(plain: str) -> None:
    packed = json.loads(Outline(plain).scripts["geozone-index"])
    raw = gzip.decompress(base64.b64decode(packed))
    found = np.frombuffer(raw, "<u2").reshape(made.ROWS, made.COLS)
    np.testing.assert_array_equal(found, made.index())


def test_wide_indices_keep_their_width() -> None:
    wide = made.index().astype(np.uint32)
    html = web_map(made.content(index=wide))
    data = json.loads(Outline(html).scripts["geozone-data"])
    assert data["grid"]["bits"] == 32
    with pytest.raises(ValueError, match="uint16 or uint32"):
        web_map(made.content(index=made.index().astype(np.uint64)))


def test_reasons_are_written_once(plain: str) -> None:
    data = json.loads(Outline(plain).scripts["geozone-data"])
    project = data["activities"][2]
    assert project["rows"] == [0] * 5
    assert [one["verdict"] for one in project["reasons"]] == ["no_rule"]
    assert [one["code"] for one in data["verdicts"]] == list(text.VERDICTS)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"index": made.index()[1:]}, "rows and columns"),
        ({"activities": (MapActivity("a:b", {}, made.REASONS[:2]),)}, "a:b"),
    ],
)
def test_content_that_does_not_fit_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        made.content(**changes)


@pytest.mark.parametrize(
    ("epsg", "lon_0", "x_0", "k"),
    [
        (4548, 117.0, 500000.0, 1.0),
        (4526, 114.0, 38500000.0, 1.0),
        (32649, 111.0, 500000.0, 0.9996),
    ],
)
def test_projection_of_a_crs(epsg: int, lon_0: float, x_0: float, k: float) -> None:
    found = Projection.of(CRS.from_epsg(epsg))
    assert (found.lon_0, found.x_0, found.k, found.a) == (lon_0, x_0, k, 6378137.0)
    assert found.f == pytest.approx(1 / 298.257, rel=1e-5)


@pytest.mark.parametrize("epsg", [3857, 4490])
def test_other_projections_are_refused(epsg: int) -> None:
    with pytest.raises(ValueError, match="transverse Mercator"):
        Projection.of(CRS.from_epsg(epsg))


def test_every_code_has_words() -> None:
    assert set(text.VERDICT_NAMES) == {one.code for one in Verdict} == set(text.VERDICT_COLOURS)
    assert list(text.VERDICTS) == [one.code for one in sorted(Verdict, reverse=True)]
    assert set(text.CAUSE_NAMES) == {one.value for one in Cause}
    assert {one.value for one in Phase} <= set(text.PHASE_NAMES)
    assert len(set(text.VERDICT_COLOURS.values())) == len(set(text.VERDICT_MARKS.values())) == 5


@pytest.mark.parametrize(
    ("given", "expected"),
    [("a<b", "a&lt;b"), ("\"'&", "&quot;&#x27;&amp;"), (Html("<b>"), "<b>"), (None, "")],
)
def test_texts_are_escaped(given: str | None, expected: str) -> None:
    assert safe(given) == expected


def test_elements_escape_their_attributes() -> None:
    made_tag = tag("p", "x", class_='a"b', data_row="1", title=None)
    assert made_tag == '<p class="a&quot;b" data-row="1">x</p>'


def test_data_blocks_cannot_be_ended() -> None:
    block = json_block("x", {"a": "</script><!--\u2028&"})
    assert block.count("<") == 2
    assert "\u2028" not in block
    assert json.loads(block[block.index(">") + 1 : -9]) == {"a": "</script><!--\u2028&"}
    assert "?" in json_block("x", "\ud800")


def test_leaflet_is_the_released_one() -> None:
    released = {
        "leaflet-1.9.4.js": "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a",
        "leaflet-1.9.4.css": "a7837102824184820dfa198d1ebcd109ff6d0ff9a2672a074b9a1b4d147d04c6",
    }
    for name, digest in released.items():
        raw = files("geozone.pages").joinpath("assets", name).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == digest, name
    assert "Agafonkin" in web_map(made.content())


def test_synthetic_is_said() -> None:
    data = json.loads(Outline(web_map(made.content(synthetic=False))).scripts["geozone-data"])
    assert data["synthetic"] is False
    assert replace(made.content(), synthetic=True).synthetic
