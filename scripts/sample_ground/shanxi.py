"""shanxi: the whole province, with its basins, springs and ridges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import shapely
from shapely.geometry import MultiPoint
from shapely.geometry.base import BaseGeometry

from sample_ground.base import (
    Base,
    blobs,
    class_raster,
    expressway_sheet,
    high_ground,
    railway_sheet,
    rings,
)
from sample_ground.project_file import Heading
from sample_ground.shapes import Frame, Place, mosaic, polygons, scattered, strip
from sample_ground.sheet import Feature, Sheet, plain

CRS = "EPSG:4546"
FRAME = Frame(CRS)
HEADING = Heading(
    name="山西省示例（合成图层）/ Shanxi, sample ground",
    area="area.geojson",
    adcode="14",
    on=date(2026, 6, 1),
    policies=["SX26", "SX23"],
    activities=[
        "middeep_reinjection:project",
        "middeep_reinjection:well_production",
        "shallow_groundwater:project",
        "middeep_no_reinjection:project",
        "bathing:project",
    ],
    resolution_m=250,
    crs=CRS,
    office={"name": "示例省自然资源厅（合成）", "contact": "000-00000000"},
)
AS_OF = date(2026, 1, 1)

CITIES = [
    ("太原市", "1401", 112.560, 37.869, 13000.0), ("大同市", "1402", 113.291, 40.094, 9000.0),
    ("阳泉市", "1403", 113.563, 37.858, 5000.0), ("长治市", "1404", 113.105, 36.184, 7500.0),
    ("晋城市", "1405", 112.833, 35.502, 6000.0), ("朔州市", "1406", 112.423, 39.316, 6000.0),
    ("晋中市", "1407", 112.755, 37.684, 7000.0), ("运城市", "1408", 110.993, 35.023, 7500.0),
    ("忻州市", "1409", 112.733, 38.409, 6000.0), ("临汾市", "1410", 111.519, 36.089, 7500.0),
    ("吕梁市", "1411", 111.144, 37.519, 4500.0),
]  # fmt: skip
TOWNS = [
    ("永济", 110.440, 34.880, 3500.0), ("侯马", 111.360, 35.620, 3500.0),
    ("介休", 111.910, 37.030, 3500.0), ("原平", 112.710, 38.730, 3000.0),
    ("阳高", 113.750, 40.360, 2500.0), ("天镇", 114.090, 40.420, 2200.0),
    ("应县", 113.190, 39.560, 2500.0), ("平遥", 112.175, 37.190, 2800.0),
    ("洪洞", 111.670, 36.255, 3000.0), ("曲沃", 111.475, 35.640, 2500.0),
]  # fmt: skip
SPRINGS = [
    ("娘子关", 113.80, 37.97), ("辛安", 113.35, 36.35), ("郭庄", 111.70, 36.53),
    ("神头", 112.55, 39.37), ("柳林", 110.92, 37.42), ("晋祠", 112.43, 37.71),
    ("兰村", 112.43, 38.00), ("洪山", 112.02, 36.98), ("广胜寺", 111.80, 36.30),
    ("龙子祠", 111.37, 36.08), ("三姑", 112.88, 35.33), ("延河", 112.45, 35.40),
    ("马圈", 112.70, 38.80), ("坪上", 113.20, 38.50), ("水神堂", 114.20, 39.76),
    ("城头会", 114.00, 39.40), ("古堆", 111.20, 35.70), ("天桥", 111.15, 39.05),
    ("雷鸣寺", 112.10, 38.85),
]  # fmt: skip
BASINS: Sequence[tuple[str, Sequence[Place], float]] = [
    ("大同盆地", [(112.40, 39.30), (112.95, 39.55), (113.35, 39.95), (113.80, 40.30),
                (114.05, 40.42)], 21000.0),
    ("忻定盆地", [(112.70, 38.85), (112.73, 38.40), (113.10, 38.60)], 13000.0),
    ("太原盆地", [(112.50, 37.90), (112.45, 37.50), (112.10, 37.20), (111.85, 37.00)], 17000.0),
    ("临汾盆地", [(111.68, 36.40), (111.48, 36.05), (111.35, 35.65), (110.95, 35.60)], 13000.0),
    ("运城盆地", [(111.30, 35.30), (110.95, 35.00), (110.50, 34.88)], 15000.0),
    ("长治盆地", [(113.05, 36.50), (113.10, 36.15)], 12000.0),
]  # fmt: skip
SPRING_CLASSES = {"重点保护区": "key", "一般区": "general"}


def basins(base: Base) -> list[tuple[str, BaseGeometry]]:
    """The basins as irregular bands along their middle lines, by name."""
    return [(name, _band(base, name, stops, reach)) for name, stops, reach in BASINS]


def _band(base: Base, name: str, stops: Sequence[Place], reach: float) -> BaseGeometry:
    line = base.frame.metres(shapely.linestrings(stops))
    rng = base.chance(f"basin/{name}")
    steps = np.arange(0, line.length + 1, 0.7 * reach)
    beads = [line.interpolate(at).buffer(reach * rng.uniform(0.75, 1.1), quad_segs=3) for at in steps]
    whole = shapely.union_all([*beads, line.buffer(0.7 * reach, quad_segs=2)])
    return whole.simplify(600.0).intersection(base.seen)


def sheets(base: Base) -> list[Sheet]:
    """Every layer of the project."""
    low = basins(base)
    ridges = high_ground(base, base.sources.elevation, 1650.0, step=0.04)
    return [
        railway_sheet(base),
        expressway_sheet(base, _routes()),
        *_protected(base, low, ridges),
        *_water(base, low),
        *_spaces(base, low),
        *_plan(base, low),
    ]


def _routes() -> list[tuple[str, Sequence[Place]]]:
    return [
        ("示例纵向高速", [(113.29, 40.09), (112.42, 39.32), (112.73, 38.41), (112.56, 37.87),
                      (111.91, 37.03), (111.52, 36.09), (110.99, 35.02)]),
        ("示例东向高速", [(112.56, 37.87), (113.56, 37.86), (114.10, 38.03)]),
        ("示例西向高速", [(112.56, 37.87), (111.14, 37.52)]),
        ("示例南向高速", [(112.75, 37.68), (113.11, 36.18), (112.83, 35.50), (112.95, 35.20)]),
    ]  # fmt: skip


def _protected(
    base: Base, low: Sequence[tuple[str, BaseGeometry]], ridges: BaseGeometry
) -> list[Sheet]:
    file = "protected.gpkg"
    towns = shapely.union_all([base.blob(f"udb/{n}", (x, y), r) for n, _, x, y, r in CITIES])
    farmed = shapely.union_all([shape for _, shape in low]) - towns
    plots = mosaic(farmed, 5200.0, base.chance("farmland"), keep=0.45, gap_m=500.0)
    reserves = [
        ("芦芽山", 112.00, 38.72), ("庞泉沟", 111.48, 37.85), ("历山", 111.98, 35.40),
        ("五台山", 113.56, 39.02), ("灵空山", 112.08, 36.60),
    ]  # fmt: skip
    scenic = [
        ("五台山景区", 113.60, 38.97, 9000.0), ("恒山", 113.72, 39.66, 7000.0),
        ("北武当", 111.30, 37.78, 5000.0), ("天龙山", 112.36, 37.73, 4200.0),
        ("绵山", 111.99, 36.87, 4500.0), ("王莽岭", 113.55, 35.60, 4000.0),
    ]  # fmt: skip
    relics = [
        ("平遥古城", 112.174, 37.203, 1600.0), ("应县木塔", 113.180, 39.560, 500.0),
        ("云冈", 113.135, 40.110, 1800.0), ("晋祠", 112.435, 37.708, 1300.0),
        ("陶寺", 111.490, 35.880, 1900.0), ("广胜寺", 111.795, 36.300, 900.0),
        ("永乐宫", 110.680, 34.720, 700.0), ("双林寺", 112.120, 37.170, 500.0),
    ]  # fmt: skip
    heritage = [
        ("火山群", 113.66, 40.05, 6000.0), ("壶口", 110.47, 36.14, 3500.0),
        ("万年冰洞", 112.15, 38.92, 2500.0), ("硅化木", 112.30, 36.10, 2600.0),
    ]  # fmt: skip
    return [
        Sheet("permanent_basic_farmland", "farmland.gpkg", "永久基本农田 / farmland", plain(plots),
              as_of=AS_OF),
        Sheet("ecological_redline", file, "生态保护红线（真实高程 1650 m 以上）/ red line, above 1650 m",
              plain(polygons(ridges.intersection(base.seen), min_m2=4e6)), as_of=AS_OF),
        Sheet("scenic_area", file, "风景名胜区 / scenic areas", blobs(base, "scenic", scenic), as_of=AS_OF),
        Sheet("geoheritage", file, "地质遗迹 / geological heritage",
              blobs(base, "geoheritage", heritage), as_of=AS_OF),
        Sheet("protected_area", file, "自然保护地 / nature reserves",
              [one for name, x, y in reserves
               for one in rings(base, name, (x, y), [("核心区", 4000.0), ("一般区", 9000.0)])],
              classes={"核心区": "core", "一般区": "general"}, as_of=AS_OF),
        Sheet("cultural_relic", "relics.geojson", "文物保护范围 / cultural relics",
              blobs(base, "relic", relics), accuracy_m=5, as_of=AS_OF),
    ]  # fmt: skip


def _water(base: Base, low: Sequence[tuple[str, BaseGeometry]]) -> list[Sheet]:
    file = "water.gpkg"
    springs = [
        one for name, x, y in SPRINGS
        for one in rings(base, f"{name}泉域", (x, y), [("重点保护区", 3600.0), ("一般区", 17000.0)])
    ]  # fmt: skip
    names = ("Fen", "Sanggan", "Qin", "Zhang", "Huang")
    rivers = [
        (strip(base.frame.metres(line), 350.0).intersection(base.seen),
         {"class": "重要", "name": name})
        for name, line in zip(base.sources.rivers["name"], base.sources.rivers.geometry, strict=True)
        if name in names
    ]  # fmt: skip
    severe = [(base.blob(f"severe/{n}", (x, y), 1.3 * r), {"class": "严重", "name": n})
              for n, _, x, y, r in CITIES if n in ("太原市", "运城市", "大同市")]  # fmt: skip
    hard = shapely.union_all([shape for shape, _ in severe])
    mild = [(shape.buffer(-6000) - hard, {"class": "一般", "name": name}) for name, shape in low[:5]]
    limited = [(n, x + 0.05, y, 0.9 * r) for n, _, x, y, r in CITIES[:1] + CITIES[6:10]]
    forbidden = [(n, x, y, 0.45 * r) for n, _, x, y, r in CITIES[:2] + CITIES[7:8]]
    return [
        Sheet("spring_zone", file, "泉域 / springs", springs, classes=SPRING_CLASSES, as_of=AS_OF),
        Sheet("river_lake_management", file, "河湖管理范围（真实河流）/ strips along real rivers",
              [one for one in rivers if not one[0].is_empty], classes={"重要": "important", "其他": "other"},
              as_of=AS_OF, licence="CC0-1.0; rivers Natural Earth, public domain"),
        Sheet("drinking_water_zone", file, "饮用水水源保护区 / drinking water", _drinking(base),
              classes={"一级": "primary", "二级": "secondary", "准保护区": "quasi"},
              fields={"source": "SOURCE", "centralised": "CENTRAL"}, as_of=AS_OF),
        Sheet("overdraft_zone", file, "超采区 / over-draft zones", [*severe, *mild],
              classes={"严重": "severe", "一般": "general"}, accuracy_m=5, as_of=AS_OF),
        Sheet("limited_abstraction_zone", file, "限制开采区 / limited abstraction",
              blobs(base, "limited", limited), accuracy_m=5, as_of=AS_OF),
        Sheet("forbidden_abstraction_zone", file, "禁止开采区 / forbidden abstraction",
              blobs(base, "forbidden", forbidden), accuracy_m=5, as_of=AS_OF),
        Sheet("abstraction_prohibited_scope", "abstraction-scope.geojson",
              "禁止取水范围（未公布）/ none published", empty_ok=True, as_of=AS_OF),
        Sheet("abstraction_restricted_scope", "abstraction-scope.geojson",
              "限制取水范围（未公布）/ none published", empty_ok=True, as_of=AS_OF),
    ]  # fmt: skip


def _drinking(base: Base) -> list[Feature]:
    ground = {"SOURCE": "groundwater", "CENTRAL": "yes"}
    reaches = [("一级", 500.0), ("二级", 2200.0), ("准保护区", 4500.0)]
    found = [
        one for name, _, x, y, r in CITIES
        for one in rings(base, f"{name}水源地", (x + 1.1 * r / 90_000, y - 0.05), reaches, **ground)
    ]  # fmt: skip
    dams = [("汾河水库", 111.93, 38.05), ("册田水库", 113.75, 39.98), ("漳泽水库", 113.05, 36.32)]
    for name, x, y in dams:
        found += rings(base, name, (x, y), [("一级", 1200.0), ("二级", 3500.0)],
                       SOURCE="surface", CENTRAL="yes")  # fmt: skip
    for name, x, y, _ in TOWNS[:4]:
        found += rings(base, f"{name}乡镇水源", (x + 0.08, y + 0.04), [("一级", 600.0)],
                       SOURCE="groundwater", CENTRAL="no")  # fmt: skip
    return found


def _spaces(base: Base, low: Sequence[tuple[str, BaseGeometry]]) -> list[Sheet]:
    file = "plan.gpkg"
    cities = [(n, x, y, r) for n, _, x, y, r in CITIES]
    udb = [
        *((base.blob(f"udb/{n}", (x, y), r), {"class": "中心城区", "name": n}) for n, x, y, r in cities),
        *((base.blob(f"udb/{n}", (x, y), r), {"class": "县城", "name": n}) for n, x, y, r in TOWNS),
    ]
    heads = scattered(shapely.union_all([shape for _, shape in low]) & base.area, 90,
                      base.chance("villages"), apart_m=7000.0)  # fmt: skip
    villages = [
        (base.blob(f"village/{i}", base.frame.degrees(p).coords[0], 500.0 + 20 * (i % 30)),
         {"class": "镇" if i % 5 == 0 else "村"}) for i, p in enumerate(heads)
    ]  # fmt: skip
    inner = [(shape.buffer(-800), {"name": a["name"]}) for shape, a in udb]
    green = [(f"公园{i}", x + 0.02, y + 0.015, 700.0) for i, (_, x, y, _) in enumerate(cities)]
    return [
        Sheet("urban_development_boundary", file, "城镇开发边界 / urban development boundary", udb,
              classes={"县城": "county_town", "中心城区": "city_centre"}, as_of=AS_OF),
        Sheet("settlement", file, "村镇建成区 / villages and towns", villages,
              classes={"村": "village", "镇": "town"}, as_of=AS_OF),
        Sheet("built_up_area", file, "城市建成区 / built-up areas", inner, as_of=AS_OF),
        Sheet("heating_network_area", file, "集中供热覆盖区 / heating networks",
              [(shape.buffer(-1500), a) for shape, a in udb if not shape.buffer(-1500).is_empty],
              as_of=AS_OF),
        Sheet("public_green", file, "公共绿地 / public green", blobs(base, "green", green), as_of=AS_OF),
        Sheet("underground_space", file, "地下空间 / underground space",
              blobs(base, "metro", [("太原地下空间", 112.56, 37.83, 2500.0)]), as_of=AS_OF),
        Sheet("development_zone", file, "开发区 / development zones",
              blobs(base, "zone", [("综改区", 112.62, 37.72, 4500.0), ("盐湖区", 110.95, 35.08, 3500.0)]),
              as_of=AS_OF),
        Sheet("priority_replacement_area", file, "优先替代区 / priority replacement",
              blobs(base, "replace", [("运城", 111.02, 35.06, 5000.0), ("晋中", 112.72, 37.65, 4000.0)]),
              as_of=AS_OF),
        Sheet("jurisdiction", "cities.gpkg", "设区市（合成界线）/ cities, synthetic limits",
              _cities(base), fields={"adcode": "XZQDM"}, as_of=AS_OF),
    ]  # fmt: skip


def _cities(base: Base) -> list[Feature]:
    points = [base.point(x, y) for _, _, x, y, _ in CITIES]
    cells = shapely.get_parts(shapely.voronoi_polygons(MultiPoint(points), extend_to=base.window(40000)))
    return [
        (cell.intersection(base.seen), {"XZQDM": code, "XZQMC": name})
        for (name, code, *_), point in zip(CITIES, points, strict=True)
        for cell in cells
        if cell.contains(point)
    ]


def _plan(base: Base, low: Sequence[tuple[str, BaseGeometry]]) -> list[Sheet]:
    file = "fields.gpkg"
    fields = [("太原", 112.50, 37.75, 15000.0), ("阳高—天镇", 113.90, 40.36, 14000.0),
              ("忻定", 112.75, 38.55, 11000.0), ("临汾", 111.48, 36.02, 11000.0),
              ("运城", 110.95, 35.05, 13000.0)]  # fmt: skip
    middeep = replace(class_raster(base, 0.02, [(shape, 1) for _, shape in low], 0),
                      names={0: "none", 1: "middeep"})  # fmt: skip
    shallow = [(base.blob(f"shallow/{n}", (x, y), 2.2 * r), {"class": "浅层", "name": n})
               for n, code, x, y, r in CITIES if code != "1403"]  # fmt: skip
    rights = [("C14-2023-01", 112.61, 37.73, 900.0), ("C14-2024-02", 110.96, 35.06, 900.0),
              ("C14-2025-03", 113.92, 40.37, 1200.0)]  # fmt: skip
    mining: list[Feature] = [
        (base.blob(f"right/{n}", (x, y), r),
         {"XKZH": n, "KQR": f"示例热力{n[-2:]}", "FZRQ": f"{n[4:8]}-06-01"})
        for n, x, y, r in rights
    ]  # fmt: skip
    register = {"right_id": "XKZH", "holder": "KQR", "granted_on": "FZRQ"}
    planned = [
        *blobs(base, "kc", [("SX-KC-01", 112.62, 37.74, 3000.0), ("SX-KC-02", 110.95, 35.05, 3000.0),
                            ("SX-KC-03", 111.50, 36.02, 2500.0)], **{"class": "开采"}),
        *blobs(base, "kt", [("SX-KT-01", 113.90, 40.36, 4000.0)], **{"class": "勘查"}),
    ]  # fmt: skip
    return [
        Sheet("suitable_zone", "suitable-middeep.tif", "中深层适宜区（栅格）/ mid-deep suitable zones",
              raster=middeep, complete_for=["middeep"], accuracy_m=0, as_of=AS_OF),
        Sheet("suitable_zone", file, "浅层适宜区 / shallow suitable zones", shallow,
              classes={"浅层": "shallow"}, complete_for=["shallow"], as_of=AS_OF),
        Sheet("geothermal_field", file, "地热田 / geothermal fields", blobs(base, "field", fields),
              as_of=AS_OF),
        Sheet("key_exploration_area", file, "重点勘查区 / key exploration areas",
              blobs(base, "explore", [("阳高—天镇", 113.88, 40.35, 17000.0)]), as_of=AS_OF),
        Sheet("development_area", file, "开发分区 / development areas",
              [*blobs(base, "key", fields[:1] + fields[3:], **{"class": "重点开发区"}),
               *blobs(base, "less", [("大同城区", 113.30, 40.08, 9000.0)], **{"class": "限制开发区"})],
              classes={"重点开发区": "key", "限制开发区": "restricted"}, as_of=AS_OF),
        Sheet("planned_block", file, "规划区块 / planned blocks", planned,
              classes={"勘查": "exploration", "开采": "mining"}, as_of=AS_OF),
        Sheet("right_mining", file, "采矿权 / mining rights", mining, fields=register, as_of=AS_OF),
    ]  # fmt: skip
