"""A hand-made parcel for the tests of the notice: no engine, no files."""

from __future__ import annotations

import shapely

from geozone.pages.content import (
    BoundaryPoint,
    ClearTheme,
    MatrixCell,
    Nearby,
    Parcel,
    ParcelMeasure,
    ParcelView,
)

X, Y = 38429638.0, 4196700.0
RINGS = (
    ((X, Y + 150), (X + 200, Y + 150), (X + 200, Y), (X, Y)),
    ((X + 62, Y + 90), (X + 62, Y + 70), (X + 87, Y + 70), (X + 87, Y + 90)),
)
SHAPE = shapely.Polygon(RINGS[0], [RINGS[1]])
VALID = {
    "earliest": "2022-10-23",
    "certain": "2023-01-01",
    "certain_until": "2025-12-31",
    "latest": "2025-12-31",
}
RAIL = {
    "zh": "铁路和高速公路每侧200米以内（含200米）不得布设开采井。",
    "en": "No production well within 200 m of either side of a railway or expressway.",
}
TITLE = {
    "zh": "河北省地热资源勘查开发“十四五”规划（2021—2025年）",
    "en": "Hebei 14th Five-Year Plan for geothermal exploration and development (2021-2025)",
}
MIDDEEP = (
    "middeep_reinjection", "middeep_no_reinjection", "bathing", "direct_use", "hot_dry_rock",
    "middeep_closed_loop", "oil_gas_well_conversion", "high_temperature_power",
)  # fmt: skip


def cells() -> tuple[MatrixCell, ...]:
    """Verdicts of every kind."""
    found = [
        MatrixCell("shallow_closed_loop", "project", "no_rule"),
        MatrixCell("shallow_groundwater", "well_production", "no_rule"),
    ]
    for technology in MIDDEEP:
        found += [
            MatrixCell(technology, "well_exploration", "prohibited", ("HB-02a", "HB-02b")),
            MatrixCell(technology, "well_production", "prohibited", ("HB-11",)),
            MatrixCell(technology, "block_exploration", "allowed"),
            MatrixCell(
                technology, "block_mining", "undetermined", ("HB-12",), ("no_layer", "touch_only")
            ),
        ]
    found += [
        MatrixCell(one, "well_reinjection", "restricted", ("HB-13", "HB-14"), (),
                   ("HB-13:approved_abstraction", "reinjection_ratio"))
        for one in ("middeep_reinjection", "hot_dry_rock")
    ]  # fmt: skip
    return tuple(found)


def view(name: str = "示例供热站地块", **changes: object) -> ParcelView:
    """A parcel beside a railway; ``name`` stands wherever data may bring a text."""
    cite = {"document": "HB21", "place": "四(一)1 第3段", "lines": "L216"}
    both = {"zh": name, "en": name}
    wells = [f"{one}:well_production" for one in MIDDEEP]
    made = {
        "project": f"河北平原西部示例 {name}",
        "on": "2024-06-01",
        "parcel": Parcel(
            "DK001", name, SHAPE, 29496.4, SHAPE.area, "CGCS2000 / 3-degree Gauss-Kruger zone 38",
            38, 114.0,
            tuple(BoundaryPoint(f"J{n}", ring, y, x) for n, (ring, x, y) in enumerate(
                [(ring, x, y) for ring, points in enumerate(RINGS, 1) for x, y in points], 1)),
            29500.0, name, "示例县城东新区", "公用设施用地", "划拨",
        ),
        "matrix": cells(),
        "findings": (
            {"rule": "HB-11", "verdict": "prohibited", "theme": "railway",
             "features": ["railway-hebei#12", name], "distance_m": 150.2, "limit_m": 200.0,
             "margin_m": -49.8, "overlap_m2": None, "share": None, "needs": [],
             "in_principle": False, "cite": cite, "office": "省、市自然资源主管部门 / departments",
             "says": RAIL, "activities": wells},
            {"rule": "HB-02a", "verdict": "prohibited", "theme": "permanent_basic_farmland",
             "features": ["YJJBNTBHTB#3"], "distance_m": 0.0, "limit_m": 0.0, "margin_m": None,
             "overlap_m2": 2212.23, "share": 0.075, "needs": ["approved_abstraction"],
             "in_principle": True, "cite": cite, "office": "", "says": both,
             "activities": ["middeep_reinjection:well_exploration"]},
        ),
        "gaps": (
            {"rule": "HB-12", "theme": "scenic_area", "cause": "no_layer", "fact": None,
             "margin_m": None, "office": "省林业和草原主管部门", "says": both,
             "activities": ["middeep_reinjection:block_mining"]},
            {"rule": "HB-14", "theme": "cultural_relic", "cause": "within_accuracy", "fact": None,
             "margin_m": 3.4, "office": "", "says": {}, "activities": wells},
        ),
        "measures": (
            ParcelMeasure("railway", "railway[line]@200m", "holds", 150.2, "railway-hebei#12", None,
                          None, 200.0),
            ParcelMeasure("permanent_basic_farmland", "permanent_basic_farmland", "holds", 0.0,
                          "YJJBNTBHTB#3", 2212.23, 0.075, 0.0, 0.061, 0.089),
        ),
        "clear": (
            ClearTheme("ecological_redline", 1203.45, "STBHHX#1", 1.0),
            ClearTheme("geoheritage", None, None, 10.0),
        ),
        "changes": (
            {"policy": "HB21", "title": TITLE, "phase": "ended", "date": "2026-01-01",
             "says": {"zh": "规划到期，其限制转为需核实。", "en": "The plan ends."}},
        ),
        "resources": ({"theme": "geothermal_field", "value": name, "source": "地热调查 2019"},),
        "duties": (
            {"rule": "HB-23", "kind": "duty", "technologies": ["middeep_reinjection", "direct_use"],
             "applies": True, "dossier": [],
             "says": {"zh": "取水须安装计量和监测设施。", "en": "Metering is required."},
             "cite": cite, "validity": VALID},
            {"rule": "HB-30", "kind": "procedure", "technologies": ["middeep_reinjection"],
             "applies": None, "dossier": [], "says": both, "cite": cite, "validity": VALID},
        ),
        "permits": (
            {"technology": "middeep_closed_loop", "permit": "mining_licence", "status": "waived",
             "rules": ["HB-26b"]},
            {"technology": "middeep_reinjection", "permit": "abstraction_licence",
             "status": "open", "rules": ["HB-30"]},
        ),
        "history": (
            {"rule": "BJ-11", "says": both, "cite": cite, "validity": VALID},
        ),
        "receipts": (
            {"theme": "railway", "name": "railway-hebei-demo", "sha256": "ab" * 32, "features": 120,
             "as_of": "2024-04-19", "accuracy_m": 50.0, "synthetic": False,
             "source": "OpenStreetMap contributors", "licence": "ODbL 1.0"},
            {"theme": "permanent_basic_farmland", "name": "YJJBNTBHTB", "sha256": "cd" * 32,
             "features": 810, "as_of": None, "accuracy_m": 1.0, "synthetic": True, "source": name},
        ),
        "policies": ({"id": "HB21", "title": TITLE, "number": "", "validity": VALID,
                      "phase": "in_force"},),
        "office": "示例县自然资源和规划局（合成）",
        "contact": "000-00000000",
        "adcode": "13",
        "synthetic": True,
        "engine": "geozone 0.1.0",
        "area": SHAPE.buffer(420, quad_segs=2),
        "nearby": (
            Nearby("railway", (shapely.LineString([(X - 900, Y + 700), (X + 900, Y + 60)]),)),
            Nearby("permanent_basic_farmland", (shapely.box(X - 200, Y - 300, X + 60, Y + 30),
                                                 shapely.box(X + 260, Y - 180, X + 420, Y + 10))),
            Nearby("settlement", (shapely.box(X - 300, Y + 120, X - 120, Y + 280),)),
            Nearby("well", (shapely.Point(X + 300, Y + 220),)),
        ),
    }  # fmt: skip
    return ParcelView(**(made | changes))  # type: ignore[arg-type]
