"""liaocheng: a plain city between the canal and the Yellow River, with a synthetic outline."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import shapely
from shapely.geometry.base import BaseGeometry

from sample_ground.base import (
    Base,
    blobs,
    class_raster,
    expressway_sheet,
    railway_sheet,
    rings,
)
from sample_ground.project_file import Heading
from sample_ground.shapes import Frame, mosaic, scattered, strip, winding
from sample_ground.sheet import Feature, Sheet, plain

CRS = "EPSG:4548"
FRAME = Frame(CRS)
CORNERS = [
    (115.42, 36.30), (115.36, 36.45), (115.37, 36.55), (115.47, 36.67), (115.50, 36.77),
    (115.60, 36.80), (115.66, 36.92), (115.80, 36.99), (116.00, 36.93), (116.18, 37.00),
    (116.35, 36.92), (116.40, 36.75), (116.37, 36.60), (116.42, 36.48), (116.43, 36.33),
    (116.33, 36.18), (116.20, 36.10), (116.05, 36.03), (115.90, 35.94), (115.74, 35.90),
    (115.58, 36.00), (115.48, 36.14),
]  # fmt: skip
HEADING = Heading(
    name="聊城市示例（合成图层）/ Liaocheng, sample ground",
    area="area.gpkg",
    adcode="3715",
    on=date(2026, 6, 1),
    policies=["LC25"],
    activities=[
        "middeep_reinjection:project",
        "bathing:project",
        "shallow_closed_loop:project",
    ],
    resolution_m=100,
    crs=CRS,
    office={"name": "示例市自然资源和规划局（合成）", "contact": "000-00000000"},
)
AS_OF = date(2026, 1, 1)
TOWNS = [
    ("聊城 Liaocheng", 115.985, 36.456, 6800.0, "中心城区"),
    ("临清 Linqing", 115.711, 36.841, 3600.0, "县城"),
    ("高唐 Gaotang", 116.222, 36.860, 2800.0, "县城"),
    ("茌平 Chiping", 116.242, 36.594, 2900.0, "县城"),
    ("东阿 Dong'e", 116.248, 36.335, 2500.0, "县城"),
    ("阳谷 Yanggu", 115.775, 36.111, 2700.0, "县城"),
    ("莘县 Shenxian", 115.667, 36.241, 2700.0, "县城"),
    ("冠县 Guanxian", 115.446, 36.480, 2500.0, "县城"),
]


def sheets(base: Base) -> list[Sheet]:
    """Every layer of the project; heating networks are left out on purpose."""
    towns = [
        (base.blob(f"udb/{name}", (x, y), r), {"class": kind, "name": name})
        for name, x, y, r, kind in TOWNS
    ]
    yellow = strip(_yellow_river(base), 900.0).intersection(base.seen)
    return [
        railway_sheet(base),
        expressway_sheet(
            base,
            [
                ("示例东西高速", [(116.45, 36.60), (115.985, 36.456), (115.45, 36.48)]),
                ("示例南北高速", [(116.25, 36.90), (115.985, 36.50), (115.78, 36.11)]),
            ],
        ),
        *_protected(base, yellow, shapely.union_all([shape for shape, _ in towns])),
        *_water(base, yellow),
        *_scopes(base),
        *_plan(base, towns),
    ]


def _yellow_river(base: Base) -> BaseGeometry:
    rivers = base.sources.rivers
    lines = rivers.loc[rivers["name"].str.startswith("Huang"), "geometry"]
    return shapely.union_all([base.frame.metres(line) for line in lines])


def _protected(base: Base, yellow: BaseGeometry, towns: BaseGeometry) -> list[Sheet]:
    file = "protected.gpkg"
    farmed = base.seen - towns.buffer(200) - yellow.buffer(200)
    plots = mosaic(farmed, 3600.0, base.chance("farmland"), keep=0.5, gap_m=300.0)
    wet = base.blob("redline/wetland", (115.86, 36.62), 3200.0)
    relics = [
        ("光岳楼", 115.973, 36.447, 350.0), ("山陕会馆", 115.986, 36.446, 250.0),
        ("舍利塔", 115.700, 36.870, 300.0), ("景阳冈遗址", 115.980, 36.030, 900.0),
        ("教场铺遗址", 116.140, 36.480, 700.0),
    ]  # fmt: skip
    return [
        Sheet("permanent_basic_farmland", "farmland.gpkg", "永久基本农田 / farmland", plain(plots),
              as_of=AS_OF),
        Sheet("ecological_redline", file, "生态保护红线 / red line", plain([yellow.buffer(250), wet]),
              as_of=AS_OF),
        Sheet("scenic_area", file, "风景名胜区 / scenic areas",
              blobs(base, "scenic", [("东昌湖", 115.965, 36.440, 1900.0)]), as_of=AS_OF),
        Sheet("geoheritage", file, "地质遗迹（区内无）/ geological heritage, none here", empty_ok=True,
              as_of=AS_OF),
        Sheet("protected_area", file, "自然保护地 / nature reserves",
              rings(base, "湿地公园", (115.86, 36.62), [("核心区", 1500.0), ("一般区", 3400.0)]),
              classes={"核心区": "core", "一般区": "general"}, as_of=AS_OF),
        Sheet("cultural_relic", "relics.geojson", "文物保护范围 / cultural relics",
              blobs(base, "relic", relics), accuracy_m=5, as_of=AS_OF),
    ]  # fmt: skip


def _water(base: Base, yellow: BaseGeometry) -> list[Sheet]:
    file = "water.gpkg"
    canal = winding(FRAME, [(115.98, 36.02), (115.96, 36.45), (115.72, 36.82), (115.66, 36.95)],
                    base.chance("canal"))  # fmt: skip
    ditch = winding(FRAME, [(115.50, 36.10), (115.85, 36.33), (116.10, 36.68), (116.40, 36.95)],
                    base.chance("ditch"))  # fmt: skip
    canal_scope = strip(canal, 220.0).intersection(base.seen) - yellow
    ditch_scope = strip(ditch, 120.0).intersection(base.seen) - yellow - canal_scope
    ground = {"SOURCE": "groundwater", "CENTRAL": "yes"}
    reaches = [("一级", 350.0), ("二级", 1600.0), ("准保护区", 3800.0)]
    drinking = [
        *rings(base, "牛角店水源地", (116.30, 36.42), reaches, **ground),
        *rings(base, "城北水源地", (115.93, 36.58), reaches[:2], **ground),
        *rings(base, "平原水库", (116.05, 36.40), [("一级", 900.0), ("二级", 1700.0)],
               SOURCE="surface", CENTRAL="yes"),
        *rings(base, "村级水源", (115.60, 36.55), [("一级", 300.0)],
               SOURCE="groundwater", CENTRAL="no"),
    ]  # fmt: skip
    return [
        Sheet("river_lake_management", file, "河湖管理范围（黄河为真实河道）/ the real Yellow River, others made",
              [(yellow, {"class": "重要", "name": "黄河"}), (canal_scope, {"class": "重要", "name": "运河"}),
               (ditch_scope, {"class": "其他", "name": "徒骇河"})],
              classes={"重要": "important", "其他": "other"}, as_of=AS_OF),
        Sheet("drinking_water_zone", file, "饮用水水源保护区 / drinking water", drinking,
              classes={"一级": "primary", "二级": "secondary", "准保护区": "quasi"},
              fields={"source": "SOURCE", "centralised": "CENTRAL"}, as_of=AS_OF),
        Sheet("spring_zone", file, "泉域（区内无）/ springs, none here", empty_ok=True,
              classes={"重点保护区": "key", "一般区": "general"}, as_of=AS_OF),
        Sheet("overdraft_zone", file, "超采区 / over-draft zones",
              blobs(base, "overdraft", [("莘县—冠县", 115.58, 36.35, 16000.0)], **{"class": "一般"}),
              classes={"严重": "severe", "一般": "general"}, accuracy_m=5, as_of=AS_OF),
        Sheet("forbidden_abstraction_zone", file, "禁止开采区 / forbidden abstraction",
              blobs(base, "forbidden", [("城区", 115.985, 36.46, 2600.0)]), accuracy_m=5, as_of=AS_OF),
        Sheet("limited_abstraction_zone", file, "限制开采区 / limited abstraction",
              blobs(base, "limited", [("西部", 115.55, 36.45, 9000.0)]), accuracy_m=5, as_of=AS_OF),
    ]  # fmt: skip


def _scopes(base: Base) -> list[Sheet]:
    banned = blobs(base, "banned", [("城区禁取", 115.985, 36.455, 5200.0),
                                    ("牛角店", 116.30, 36.42, 5000.0)])  # fmt: skip
    inner = shapely.union_all([shape for shape, _ in banned])
    ringed = [
        (base.blob("held/west", (115.60, 36.40), 17000.0) - inner, {"name": "西部限取"}),
        (base.blob("held/city", (115.985, 36.455), 9500.0) - inner, {"name": "城郊限取"}),
    ]
    return [
        Sheet("abstraction_prohibited_scope", "scopes.gpkg", "禁止取水范围 / prohibited scope", banned,
              as_of=AS_OF),
        Sheet("abstraction_restricted_scope", "scopes.gpkg", "限制取水范围 / restricted scope", ringed,
              as_of=AS_OF),
    ]  # fmt: skip


def _plan(base: Base, towns: list[Feature]) -> list[Sheet]:
    file = "plan.gpkg"
    ground = base.area.buffer(-1500) - shapely.union_all([s for s, _ in towns]).buffer(1000)
    heads = scattered(ground, 110, base.chance("villages"), apart_m=4500.0)
    villages = [
        (base.blob(f"village/{i}", base.frame.degrees(p).coords[0], 380.0 + 12 * (i % 30)),
         {"class": "镇" if i % 6 == 0 else "村"}) for i, p in enumerate(heads)
    ]  # fmt: skip
    built = [(shape.buffer(-700), {"name": a["name"]}) for shape, a in towns]
    good = base.blob("suitable", (116.05, 36.55), 30000.0)
    middeep = replace(class_raster(base, 0.01, [(good, 1)], 0), names={0: "none", 1: "middeep"})
    shallow: list[Feature] = [(shape.buffer(3000), {"class": "浅层"}) for shape, _ in towns]
    rights: list[Feature] = [
        (base.blob(f"right/{n}", (x, y), 700.0), {"XKZH": n, "KQR": "示例热力", "FZRQ": "2024-03-01"})
        for n, x, y in [("C37-2024-01", 116.02, 36.50), ("C37-2024-02", 116.24, 36.60)]
    ]  # fmt: skip
    planned = [
        *blobs(base, "kc", [("LC-KC-01", 116.03, 36.50, 2200.0), ("LC-KC-02", 116.22, 36.85, 2500.0),
                            ("LC-KC-03", 115.78, 36.12, 2500.0)], **{"class": "开采"}),
        *blobs(base, "kt", [("LC-KT-01", 115.95, 36.75, 3500.0)], **{"class": "勘查"}),
    ]  # fmt: skip
    sheets = [
        Sheet("urban_development_boundary", file, "城镇开发边界 / urban development boundary", towns,
              classes={"县城": "county_town", "中心城区": "city_centre"}),
        Sheet("settlement", file, "村镇建成区 / villages and towns", villages,
              classes={"村": "village", "镇": "town"}),
        Sheet("built_up_area", file, "城市建成区 / built-up areas", built),
        Sheet("development_zone", file, "开发区 / development zones",
              blobs(base, "zone", [("经开区", 116.05, 36.43, 2500.0)])),
        Sheet("forest_land", file, "林地 / forest land",
              blobs(base, "forest", [("林场甲", 115.50, 36.60, 2500.0), ("林场乙", 116.15, 36.75, 1800.0)])),
        Sheet("geothermal_field", file, "地热田 / geothermal fields",
              blobs(base, "field", [("聊城东", 116.08, 36.50, 12000.0)])),
        Sheet("suitable_zone", "suitable-middeep.tif", "中深层适宜区（栅格）/ mid-deep suitable zones",
              raster=middeep, complete_for=["middeep"]),
        Sheet("suitable_zone", file, "浅层适宜区 / shallow suitable zones", shallow,
              classes={"浅层": "shallow"}, complete_for=["shallow"]),
        Sheet("planned_block", file, "规划区块 / planned blocks", planned,
              classes={"勘查": "exploration", "开采": "mining"}),
        Sheet("right_mining", file, "采矿权 / mining rights", rights,
              fields={"right_id": "XKZH", "holder": "KQR", "granted_on": "FZRQ"}),
    ]  # fmt: skip
    return [replace(sheet, as_of=AS_OF) for sheet in sheets]
