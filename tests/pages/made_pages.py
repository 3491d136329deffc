"""Hand-made content for the tests of the pages: no engine, no files."""

from __future__ import annotations

import numpy as np
from pyproj import CRS, Transformer

from geozone.pages.content import (
    MapActivity,
    MapContent,
    MapFinding,
    MapGap,
    MapGrid,
    MapPolicy,
    MapProposal,
    MapRule,
    Projection,
    RowReason,
)

HOSTILE = (
    "{{7*7}}",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "a\u2028b\u2029c",
    "'\"><svg onload=alert(1)>",
    "{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}",
    "<!--geozone:data-->",
)
EPSG = 4548
LEFT, TOP, SIZE, ROWS, COLS, OUTSIDE = 330000.0, 4240000.0, 100.0, 300, 420, 65535

REASONS = (
    RowReason("prohibited", ("HB-11", "HB-12")),
    RowReason("undetermined", ("HB-11q",), ("no_layer:scenic_area", "within_accuracy")),
    RowReason("restricted", ("HB-13",), (), ("HB-13:approved_abstraction", "reinjection_ratio")),
    RowReason("allowed"),
    RowReason("no_rule"),
)


def degrees(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a place in the working CRS."""
    lon, lat = Transformer.from_crs(EPSG, 4490, always_xy=True).transform(x, y)
    return lon, lat


def index() -> np.ndarray:
    """Rings and stripes of the five rows, with ground outside the area."""
    line, col = np.mgrid[0:ROWS, 0:COLS]
    away = np.hypot(line - 150, col - 140)
    found = np.full((ROWS, COLS), 3, np.uint16)
    found[away < 90] = 2
    found[away < 50] = 1
    found[np.abs(col - line * 0.6 - 180) < 4] = 0
    found[away < 20] = 0
    found[(line > 200) & (col > 260)] = 4
    found[np.hypot(line - 150, (col - 210) * 0.7) > 150] = OUTSIDE
    return found


def outline() -> dict[str, object]:
    turns = np.linspace(0, 2 * np.pi, 91)
    ring = [
        degrees(LEFT + (210 + 150 / 0.7 * np.cos(t)) * SIZE, TOP - (150 + 150 * np.sin(t)) * SIZE)
        for t in turns
    ]
    return {"type": "Polygon", "coordinates": [[list(one) for one in ring]]}


def proposals(name: str = "一号井") -> tuple[MapProposal, ...]:
    finding = MapFinding(
        "HB-11",
        "prohibited",
        "railway",
        {"zh": "铁路每侧200米以内不得打井。", "en": "No well within 200 m of a railway."},
        "HB21 四(一)1 第3段",
        150.2,
        200.0,
    )
    gap = MapGap("no_layer", "HB-12", "scenic_area")
    produced = {"zh": "中深层水热 · 开采井", "en": "Mid-deep hydrothermal, production well"}
    wells = tuple(
        MapProposal(
            f"W{number}",
            name,
            "middeep_reinjection:well_production",
            produced,
            verdict,
            "prohibited" if verdict == "prohibited" else "restricted",
            {"type": "Point", "coordinates": list(degrees(LEFT + x * SIZE, TOP - y * SIZE))},
            (finding,) if verdict == "prohibited" else (),
            (gap,) if verdict == "undetermined" else (),
        )
        for number, (verdict, x, y) in enumerate(
            [("prohibited", 270.3, 150.4), ("undetermined", 150, 110), ("allowed", 330, 100)], 1
        )
    )
    return (
        *wells,
        MapProposal(
            "B1",
            name,
            "middeep_reinjection:block_mining",
            {"zh": "中深层水热 · 开采规划区块", "en": "Mining block"},
            "restricted",
            "restricted",
            {
                "type": "Polygon",
                "coordinates": [
                    [
                        list(degrees(LEFT + x * SIZE, TOP - y * SIZE))
                        for x, y in ((60, 90), (110, 90), (110, 130), (60, 130), (60, 90))
                    ]
                ],
            },
        ),
    )


def content(name: str = "一号井", **changes: object) -> MapContent:
    """A map of five verdicts; ``name`` stands wherever data may bring a text."""
    rules = {
        one: MapRule(
            {"zh": f"{one}：铁路和高速公路每侧200米以内（含200米）不得布设地热井。{name}",
             "en": "No geothermal well within 200 m of either side of a railway."},
            "HB21 三(二) 第4段",
            {"zh": "省、市自然资源主管部门", "en": "natural-resources departments"},
        )
        for one in ("HB-11", "HB-11q", "HB-12", "HB-13", name)
    }  # fmt: skip
    hectares = {"prohibited": 3120.5, "undetermined": 8200.25, "restricted": 15100.0,
                "allowed": 61234.8, "no_rule": 9000.0}  # fmt: skip
    reasons = (
        *REASONS[:2],
        RowReason("restricted", ("HB-13", name), (name,), (name,)),
        *REASONS[3:],
    )
    plain = REASONS[:2] + (RowReason("allowed"),) * 2 + REASONS[4:]
    made = {
        "title": {"zh": f"河北平原西部示例 {name}", "en": "Western Hebei plain, sample"},
        "on": "2024-06-01",
        "grid": MapGrid(Projection.of(CRS.from_epsg(EPSG)), LEFT, TOP, SIZE, ROWS, COLS),
        "index": index(),
        "outside": OUTSIDE,
        "activities": (
            MapActivity("middeep_reinjection:well_production",
                        {"zh": "中深层水热（同层等量回灌）· 开采井", "en": f"Well {name}"},
                        reasons, hectares),
            MapActivity("middeep_reinjection:block_mining",
                        {"zh": "中深层水热（同层等量回灌）· 开采规划区块", "en": "Mining block"},
                        plain, hectares | {"restricted": 0.0, "allowed": 76334.8}),
            MapActivity("shallow_closed_loop:project",
                        {"zh": "地埋管地源热泵 · 项目", "en": "Shallow closed loop, project"},
                        (RowReason("no_rule"),) * 5, {"no_rule": 96655.55}),
        ),
        "rules": rules,
        "outline": outline(),
        "policies": (MapPolicy("HB21", {"zh": "河北省地热资源勘查开发“十四五”规划（2021—2025年）",
                                        "en": "Hebei 14th Five-Year Plan for geothermal"}, name),),
        "proposals": proposals(name),
        "themes": {"scenic_area": {"zh": "风景名胜区", "en": "Scenic area"},
                   "railway": {"zh": "铁路", "en": "Railway"}},
        "facts": {"approved_abstraction": {"zh": "核定取水总量和强度", "en": "abstraction"},
                  "reinjection_ratio": {"zh": "回灌率", "en": "reinjection ratio"}},
        "places": {"13": {"zh": "河北省", "en": "Hebei"}},
        "attributions": ("铁路、高速公路：OpenStreetMap contributors, ODbL 1.0", name),
        "synthetic": True,
        "engine": "geozone 0.1.0",
    }  # fmt: skip
    return MapContent(**(made | changes))  # type: ignore[arg-type]
