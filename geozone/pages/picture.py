"""The location map of a parcel: a small drawing of our own, inline SVG, no base map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geozone.pages.content import ParcelView
from geozone.pages.markup import Html, joined, tag
from geozone.pages.text import MAP_NUMBER, Text, text, theme_name
from geozone.pages.tongue import Tongue

WIDTH, HEIGHT, LEGEND = 640.0, 400.0, 190.0
LEAST_VIEW_M = 600.0
_HUES = ("#3b6ea5", "#3f8a5f", "#a8662a", "#7a5195", "#8c8c2e", "#2f8f93", "#b0486a", "#5b6770")
_TURNS = (45, 135, 0, 90, 20, 110, 65, 155)


Shown = tuple[str, list[BaseGeometry]]
"""A theme and its features within the map."""


@dataclass(frozen=True)
class View:
    """The piece of ground that is drawn: its western and northern edge, and metres a pixel."""

    west: float
    north: float
    metres: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north edge in metres."""
        wide, high = (WIDTH - LEGEND) * self.metres, HEIGHT * self.metres
        return (self.west, self.north - high, self.west + wide, self.north)


def location_picture(view: ParcelView, *, lang: str = "both") -> Html:
    """The parcel among the features around it, as an SVG element 640 units wide.

    Shapes are in the working CRS, north up. Raises ``ValueError`` for an unknown ``lang``.
    """
    tongue = Tongue(lang)
    ground = _view(view.parcel.shape)
    near = [(one, _clipped(one.shapes, ground)) for one in view.nearby]
    shown = [(one.theme, shapes) for one, shapes in near if shapes]
    whole = [_fills(shapes, ground) for _, shapes in shown]
    edges = _outline(view, ground)
    return tag(
        "svg",
        tag("defs", *(_hatch(number) for number in range(len(shown))), _window()),
        _box(0, 0, WIDTH - LEGEND, HEIGHT, fill="#fbfaf7"),
        tag(
            "g",
            *(
                _theme(number, shapes, ground)
                for number, (_, shapes) in enumerate(shown)
                if not whole[number]
            ),
            *edges,
            _parcel(view.parcel.shape, ground),
            clip_path="url(#map-window)",
        ),
        _box(0, 0, WIDTH - LEGEND, HEIGHT, fill="none", stroke="#222"),
        _north(),
        _scale(ground),
        _legend(shown, whole, tongue, drawn_area=bool(edges)),
        viewBox=f"-1 -1 {WIDTH + 2:g} {HEIGHT + 26:g}",
        role="img",
        aria_label=tongue.plain(_TITLE),
        class_="picture",
    )


def _view(parcel: BaseGeometry) -> View:
    """The ground around the parcel: three times its size, at least 600 m."""
    west, south, east, north = parcel.bounds
    size = max(3 * max(east - west, north - south), LEAST_VIEW_M)
    metres = size / HEIGHT
    left = (west + east) / 2 - (WIDTH - LEGEND) / 2 * metres
    return View(left, (south + north) / 2 + size / 2, metres)


def _clipped(shapes: Sequence[BaseGeometry], ground: View) -> list[BaseGeometry]:
    window = shapely.box(*ground.box)
    near = [one for one in shapes if one.intersects(window)]
    cut = [shapely.simplify(one.intersection(window), ground.metres / 4) for one in near]
    return [one for one in cut if not one.is_empty]


def _fills(shapes: Sequence[BaseGeometry], ground: View) -> bool:
    """Whether a theme lies everywhere on the map, so that drawing it would only hide the rest."""
    window = shapely.box(*ground.box)
    return bool(shapely.union_all(list(shapes)).area >= _NEARLY * window.area)


_NEARLY = 0.999


def _path(shape: BaseGeometry, ground: View) -> str:
    """The path of all lines and rings of a shape, in pixels."""
    parts = []
    for one in shapely.get_parts(shape):
        lines = [one.exterior, *one.interiors] if one.geom_type == "Polygon" else [one]
        for line in lines:
            points = np.asarray(line.coords)[:, :2]
            xy = np.column_stack(
                [(points[:, 0] - ground.west), (ground.north - points[:, 1])]
            ) / ground.metres  # fmt: skip
            closed = "Z" if one.geom_type == "Polygon" else ""
            parts.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in xy) + closed)
    return "".join(parts)


def _drawn(shape: BaseGeometry, ground: View, **style: str) -> Html:
    """A polygon or line as a path, a point as a dot."""
    points = [one for one in shapely.get_parts(shape) if one.geom_type == "Point"]
    others = [one for one in shapely.get_parts(shape) if one.geom_type in _DRAWN]
    dots = [
        tag(
            "circle",
            cx=f"{(one.x - ground.west) / ground.metres:.1f}",
            cy=f"{(ground.north - one.y) / ground.metres:.1f}",
            r="4",
            fill=style["stroke"],
        )
        for one in points
    ]
    path = "".join(_path(one, ground) for one in others)
    return joined(*dots, tag("path", d=path, fill_rule="evenodd", **style) if path else None)


_DRAWN = ("Polygon", "LineString", "LinearRing")


def _theme(number: int, shapes: list[BaseGeometry], ground: View) -> Html:
    hue = _HUES[number % len(_HUES)]
    areas = [one for one in shapes if one.area > 0]
    others = [one for one in shapes if not one.area > 0]
    return tag(
        "g",
        *(
            _drawn(one, ground, fill=f"url(#hatch{number})", stroke=hue, stroke_width="1.2")
            for one in areas
        ),
        *(_drawn(one, ground, fill="none", stroke=hue, stroke_width="2.6") for one in others),
    )


def _parcel(shape: BaseGeometry, ground: View) -> Html:
    return _drawn(shape, ground, fill="#c0392b", fill_opacity="0.18", stroke="#b3261e",
                  stroke_width="2.4")  # fmt: skip


def _outline(view: ParcelView, ground: View) -> list[Html]:
    if view.area is None:
        return []
    edges = _clipped([view.area.boundary], ground)
    style = {"fill": "none", "stroke": "#444", "stroke_width": "1.4", "stroke_dasharray": "8 3 2 3"}
    return [_drawn(one, ground, **style) for one in edges]


def _hatch(number: int) -> Html:
    hue, turn = _HUES[number % len(_HUES)], _TURNS[number % len(_TURNS)]
    return tag(
        "pattern",
        tag("rect", width="14", height="14", fill=hue, fill_opacity="0.05"),
        tag("path", d="M0 0V14", stroke=hue, stroke_width="1.5", stroke_opacity="0.65"),
        id=f"hatch{number}",
        width="14",
        height="14",
        patternUnits="userSpaceOnUse",
        patternTransform=f"rotate({turn})",
    )


def _window() -> Html:
    return tag("clipPath", _box(0, 0, WIDTH - LEGEND, HEIGHT), id="map-window")


def _box(x: float, y: float, wide: float, high: float, **style: str) -> Html:
    return tag("rect", x=f"{x:g}", y=f"{y:g}", width=f"{wide:g}", height=f"{high:g}", **style)


def _words(x: float, y: float, said: str, size: float, **style: str) -> Html:
    return tag("text", said, x=f"{x:g}", y=f"{y:g}", font_size=f"{size:g}", **style)


def _north() -> Html:
    return tag(
        "g",
        _words(0, 0, "北", 15, text_anchor="middle"),
        tag("path", d="M0 4 9 36 0 28 -9 36Z", fill="#fff", stroke="#222", stroke_width="1.2"),
        tag("path", d="M0 4V28L-9 36Z", fill="#222"),
        transform=f"translate({WIDTH - LEGEND - 24:g} 24)",
    )


def _scale(ground: View) -> Html:
    """A bar of a round length, about a quarter of the map."""
    wish = (WIDTH - LEGEND) * ground.metres / 4
    power = 10.0 ** np.floor(np.log10(wish))
    length = max(step * power for step in (1, 2, 5) if step * power <= wish)
    wide = length / ground.metres
    name = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    return tag(
        "g",
        _box(-6, -16, wide + 12, 24, fill="#fff", fill_opacity="0.85"),
        _box(0, 0, wide / 2, 4, fill="#222", stroke="#222"),
        _box(wide / 2, 0, wide / 2, 4, fill="#fff", stroke="#222"),
        _words(0, -4, "0", 11),
        _words(wide, -4, name, 11, text_anchor="end"),
        transform=f"translate(14 {HEIGHT - 14:g})",
    )


def _legend(shown: list[Shown], whole: list[bool], tongue: Tongue, *, drawn_area: bool) -> Html:
    parcel = {"fill": "#f0cfca", "stroke": "#b3261e", "stroke_width": "2"}
    rows: list[tuple[Text, Html]] = [(_PARCEL, _box(0, 0, 24, 14, **parcel))]
    rows += [
        (theme_name(theme), _sample(number, shapes))
        for number, (theme, shapes) in enumerate(shown)
        if not whole[number]
    ]
    rows += [
        (_everywhere(theme), _words(12, 11, "全", 11, text_anchor="middle", fill="#555"))
        for number, (theme, _) in enumerate(shown)
        if whole[number]
    ]
    if drawn_area:
        dashed = {"stroke": "#444", "stroke_width": "1.4", "stroke_dasharray": "8 3 2 3"}
        rows.append((_AREA, tag("path", d="M0 7H24", **dashed)))
    step = min(34.0, (HEIGHT - 40) / len(rows))
    entries = [
        tag("g", sample, *_names(name, tongue),
            transform=f"translate({WIDTH - LEGEND + 14:g} {34 + step * place:g})")
        for place, (name, sample) in enumerate(rows)
    ]  # fmt: skip
    return joined(
        _words(WIDTH - LEGEND + 14, 18, tongue.plain(_LEGEND), 13, font_weight="bold"),
        *entries,
        _words(0, HEIGHT + 18, tongue.plain(MAP_NUMBER), 11),
    )


def _everywhere(theme: str) -> Text:
    name = theme_name(theme)
    return text(f"{name['zh']}（全图）", f"{name['en']} (all)")


_TITLE = text("宗地位置示意图", "Location sketch of the parcel")
_PARCEL = text("本宗地", "This parcel")
_AREA = text("研究区界线", "Study area")
_LEGEND = text("图例", "Legend")


def _sample(number: int, shapes: Sequence[BaseGeometry]) -> Html:
    """How a theme is drawn, as a box, a line or a dot."""
    hue = _HUES[number % len(_HUES)]
    kinds = {one.geom_type.removeprefix("Multi") for one in shapes}
    if kinds <= {"Point"}:
        return tag("circle", cx="12", cy="7", r="4", fill=hue)
    if kinds <= {"LineString", "LinearRing"}:
        return tag("path", d="M0 7H24", stroke=hue, stroke_width="2.6")
    return _box(0, 0, 24, 14, fill=f"url(#hatch{number})", stroke=hue)


def _names(name: Text, tongue: Tongue) -> list[Html]:
    first, second = tongue.pair(name)
    return [_words(32, 8 if second else 12, first, 11), _words(32, 20, second, 9, fill="#555")]
