"""hebei-demo: Mancheng, Xushui, Rongcheng and Anxin, from the hills to the lake."""

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
    high_ground,
    railway_sheet,
    rings,
)
from sample_ground.project_file import Heading
from sample_ground.shapes import Frame, mosaic, scattered, strip, winding
from sample_ground.sheet import Feature, Sheet, plain

CRS = "EPSG:4548"
CORNERS = [
    (115.15, 38.92), (115.17, 39.01), (115.28, 39.03), (115.42, 39.02), (115.55, 39.06),
    (115.68, 39.06), (115.82, 39.08), (115.93, 39.04), (115.95, 38.95), (115.92, 38.86),
    (115.82, 38.83), (115.70, 38.86), (115.58, 38.86), (115.46, 38.84), (115.34, 38.88),
    (115.23, 38.86),
]  # fmt: skip
HEADING = Heading(
    name="河北平原西部示例（合成）/ Western Hebei plain, sample ground",
    area="area.gpkg",
    adcode="13",
    on=date(2024, 6, 1),
    policies=["HB21"],
    activities=[
        "middeep_reinjection:well_production",
        "middeep_reinjection:block_mining",
        "middeep_reinjection:well_exploration",
        "shallow_closed_loop:project",
    ],
    resolution_m=30,
    crs=CRS,
    office={"name": "示例县自然资源和规划局（合成）", "contact": "000-00000000"},
)
TOWNS = [
    ("保定 Baoding", 115.462, 38.873, 5200.0, "city_centre"),
    ("满城 Mancheng", 115.323, 38.949, 2300.0, "county_town"),
    ("徐水 Xushui", 115.651, 39.018, 2600.0, "county_town"),
    ("容城 Rongcheng", 115.860, 39.053, 2200.0, "county_town"),
    ("安新 Anxin", 115.925, 38.930, 1900.0, "county_town"),
]
FRAME = Frame(CRS)
BEFORE, NOW = (date(2016, 1, 1), date(2022, 12, 31)), (date(2023, 1, 1), date(2035, 12, 31))


def sheets(base: Base) -> list[Sheet]:
    """Every layer of the project."""
    lake = base.blob("lake", (115.895, 38.885), 5600.0)
    towns = shapely.union_all([base.blob(f"udb/{t[0]}", t[1:3], t[3]) for t in TOWNS])
    hills = high_ground(base, base.sources.elevation, 62.0, step=0.01)
    return [
        railway_sheet(base),
        expressway_sheet(
            base,
            [
                ("示例南北高速", [(115.97, 39.49), (115.55, 38.90), (115.15, 38.70)]),
                ("示例东西高速", [(116.30, 39.00), (115.70, 38.99), (115.42, 38.95)]),
            ],
        ),
        *_protected(base, lake, towns, hills),
        *_water(base, lake),
        *_plan(base, lake, towns, hills),
        *_registers(base),
    ]


def _protected(
    base: Base, lake: BaseGeometry, towns: BaseGeometry, hills: BaseGeometry
) -> list[Sheet]:
    wet = base.blob("redline/lake", (115.90, 38.885), 4800.0)
    ridge = hills.intersection(base.blob("redline/ridge", (115.20, 39.00), 4300.0))
    reserve = rings(base, "湿地", (115.89, 38.88), [("核心保护区", 2200.0), ("一般控制区", 4300.0)])
    farmed = base.seen - lake.buffer(300) - towns.buffer(100) - hills
    plots = mosaic(farmed, 1900.0, base.chance("farmland"), keep=0.5, gap_m=140.0)
    file = "protected.gpkg"
    relics = [
        ("汉墓", 115.295, 38.945, 520.0), ("古城址", 115.600, 38.965, 420.0),
        ("塔", 115.470, 38.900, 160.0), ("遗址甲", 115.790, 39.070, 380.0),
        ("遗址乙", 115.700, 38.905, 300.0), ("桥", 115.540, 38.990, 120.0),
    ]  # fmt: skip
    return [
        Sheet(
            theme="permanent_basic_farmland", file="YJJBNTBHTB.shp", title="永久基本农田 / farmland",
            features=[
                (plot, {"BSM": f"13{i:06d}", "DLMC": ["水浇地", "旱地"][i % 2]})
                for i, plot in enumerate(plots, 1)
            ],
            encoding="GB18030", as_of=date(2023, 12, 31), max_age_days=1095,
        ),
        Sheet("ecological_redline", file, "生态保护红线 / red line", plain([wet, ridge])),
        Sheet("scenic_area", file, "风景名胜区 / scenic area",
              blobs(base, "scenic", [("西山景区", 115.215, 38.945, 2100.0)])),
        Sheet("geoheritage", file, "地质遗迹 / geological heritage",
              blobs(base, "geoheritage", [("溶洞", 115.275, 39.005, 900.0)])),
        Sheet("protected_area", file, "自然保护地 / nature reserves", reserve,
              classes={"核心保护区": "core", "一般控制区": "general"}),
        Sheet("cultural_relic", "relics.geojson", "文物保护范围 / cultural relics",
              blobs(base, "relic", relics), coverage="coverage-relics.geojson", accuracy_m=5),
    ]  # fmt: skip


def _water(base: Base, lake: BaseGeometry) -> list[Sheet]:
    file = "water.gpkg"
    river = winding(FRAME, [(115.12, 38.985), (115.30, 38.985), (115.50, 38.945), (115.72, 38.93),
                            (115.86, 38.90)], base.chance("river"))  # fmt: skip
    brook = winding(FRAME, [(115.40, 39.10), (115.58, 39.03), (115.74, 38.98), (115.86, 38.92)],
                    base.chance("brook"))  # fmt: skip
    scope = shapely.union(strip(river, 160.0).intersection(base.seen), lake)
    pond = base.blob("pond", (115.44, 38.985), 700.0)
    minor = (strip(brook, 60.0).intersection(base.seen)) - scope
    rivers: list[Feature] = [(scope, {"class": "重要"}), (minor, {"class": "其他"}),
                             (pond, {"class": "未定"})]
    well = {"SOURCE": "groundwater", "CENTRAL": "yes"}
    drinking = [
        *rings(base, "城西水源地", (115.37, 38.915),
               [("一级", 450.0), ("二级", 1500.0), ("准保护区", 3000.0)], **well),
        *rings(base, "山前水库", (115.235, 39.015), [("一级", 500.0), ("二级", 1300.0)],
               SOURCE="surface", CENTRAL="yes"),
        *rings(base, "村级水源", (115.62, 38.885), [("一级", 250.0)],
               SOURCE="groundwater", CENTRAL="no"),
    ]  # fmt: skip
    severe = base.blob("overdraft/severe", (115.50, 38.90), 7500.0)
    mild = base.blob("overdraft/general", (115.55, 38.96), 15000.0) - severe
    return [
        Sheet("river_lake_management", file, "河湖管理范围 / rivers and lakes", rivers,
              classes={"重要": "important", "其他": "other", "未定": "unknown"}),
        Sheet("drinking_water_zone", file, "饮用水水源保护区 / drinking water", drinking,
              classes={"一级": "primary", "二级": "secondary", "准保护区": "quasi"},
              fields={"source": "SOURCE", "centralised": "CENTRAL"}),
        Sheet("spring_zone", file, "泉域（区内无）/ springs, none here", empty_ok=True,
              classes={"重点保护区": "key", "一般区": "general"}),
        Sheet("overdraft_zone", file, "超采区 / over-draft zones",
              [(severe, {"class": "严重"}), (mild, {"class": "一般"})],
              classes={"严重": "severe", "一般": "general"}, accuracy_m=5),
        Sheet("limited_abstraction_zone", file, "限制开采区 / limited abstraction",
              blobs(base, "limited", [("限采区", 115.60, 38.95, 9000.0)]), accuracy_m=5),
        Sheet("forbidden_abstraction_zone", file, "禁止开采区 / forbidden abstraction",
              blobs(base, "forbidden", [("禁采区", 115.47, 38.87, 2500.0)]), accuracy_m=5),
        Sheet("abstraction_prohibited_scope", "abstraction-scope.geojson",
              "禁止取水范围（未公布）/ none published", empty_ok=True),
        Sheet("abstraction_restricted_scope", "abstraction-scope.geojson",
              "限制取水范围（未公布）/ none published", empty_ok=True),
    ]  # fmt: skip


def _plan(
    base: Base, lake: BaseGeometry, towns: BaseGeometry, hills: BaseGeometry
) -> list[Sheet]:
    file = "plan.gpkg"
    plain_ground = base.area - hills - lake - towns.buffer(800)
    heads = scattered(plain_ground, 64, base.chance("villages"), apart_m=2200.0)
    villages = [
        (base.blob(f"village/{i}", base.frame.degrees(p).coords[0], 260.0 + 9 * (i % 30)),
         {"class": "镇" if i % 9 == 0 else "村", "name": f"示例{'镇' if i % 9 == 0 else '村'}{i}"})
        for i, p in enumerate(heads)
    ]  # fmt: skip
    boundary = [
        (base.blob(f"udb/{name}", (lon, lat), radius),
         {"class": "中心城区" if kind == "city_centre" else "县城", "name": name})
        for name, lon, lat, radius, kind in TOWNS
    ]  # fmt: skip
    udb = {"县城": "county_town", "中心城区": "city_centre"}
    older = [(shape.buffer(-350), attributes) for shape, attributes in boundary]
    built = [(shape.buffer(-600), {"name": a["name"]}) for shape, a in boundary]
    landform = replace(class_raster(base, 0.0025, [(hills, 2)], 1), names={1: "plain", 2: "mountain"})
    return [
        Sheet("landform", "landform.tif", "地貌（由真实高程划分）/ landform from real elevation",
              raster=landform, accuracy_m=140,
              source="NOAA ETOPO5, 62 m contour; 合成示例数据 / synthetic sample",
              licence="US government work"),
        Sheet("urban_development_boundary", file, "城镇开发边界（2016 版）/ boundary of 2016", older,
              layer="udb_2016", classes=udb, valid=BEFORE, as_of=date(2016, 1, 1)),
        Sheet("urban_development_boundary", file, "城镇开发边界（2023 版）/ boundary of 2023",
              boundary, layer="udb_2023", classes=udb, valid=NOW, as_of=date(2023, 1, 1)),
        Sheet("settlement", file, "村镇建成区 / villages and towns", villages,
              classes={"村": "village", "镇": "town"}),
        Sheet("built_up_area", file, "城市建成区 / built-up areas", built),
        Sheet("geothermal_field", file, "地热田 / geothermal fields",
              blobs(base, "field", [("容城", 115.85, 39.03, 8000.0), ("徐水", 115.63, 38.97, 7000.0)])),
        Sheet("key_exploration_area", file, "重点勘查区 / key exploration areas",
              blobs(base, "exploration", [("徐水", 115.60, 38.96, 8500.0), ("满城", 115.38, 38.95, 5000.0)])),
        Sheet("key_exploitation_area", file, "重点开采区 / key exploitation areas",
              blobs(base, "exploitation", [("容城", 115.84, 39.03, 5500.0)])),
        Sheet("suitable_zone", file, "适宜区 / suitable zones",
              [(base.blob("suitable/m", (115.70, 38.98), 13000.0), {"class": "中深层"}),
               (base.blob("suitable/s", (115.50, 38.95), 14000.0), {"class": "浅层"})],
              classes={"浅层": "shallow", "中深层": "middeep"}),
        Sheet("development_zone", file, "开发区 / development zones",
              blobs(base, "zone", [("徐水经开区", 115.69, 39.03, 1500.0)])),
        Sheet("planned_block", file, "规划区块 / planned blocks", _blocks(base),
              classes={"勘查": "exploration", "开采": "mining"}),
    ]  # fmt: skip


def _blocks(base: Base) -> list[Feature]:
    mining = [("KC-01", 115.835, 39.030, 1500.0), ("KC-02", 115.650, 39.020, 1900.0),
              ("KC-03", 115.745, 38.955, 1600.0), ("KC-04", 115.560, 39.045, 1500.0),
              ("KC-05", 115.325, 38.945, 1300.0), ("KC-06", 115.475, 38.945, 1400.0)]  # fmt: skip
    survey = [("KT-01", 115.600, 38.930, 1700.0), ("KT-02", 115.780, 39.010, 1600.0),
              ("KT-03", 115.385, 38.985, 1700.0)]  # fmt: skip
    return [
        *blobs(base, "mining", mining, **{"class": "开采"}),
        *blobs(base, "survey", survey, **{"class": "勘查"}),
    ]


def _registers(base: Base) -> list[Sheet]:
    rights = [
        ("C13-2019-01", 115.645, 39.012, 380.0, "示例热力甲", "2019-05-20"),
        ("C13-2021-02", 115.655, 39.024, 380.0, "示例热力乙", "2021-09-01"),
        ("C13-2022-03", 115.640, 39.022, 350.0, "示例热力丙", "2022-04-12"),
        ("C13-2023-04", 115.662, 39.014, 350.0, "示例热力丙", "2023-03-30"),
        ("C13-2018-05", 115.862, 39.053, 500.0, "示例热力丁", "2018-11-11"),
        ("C13-2016-06", 115.885, 38.880, 600.0, "示例温泉", "2016-02-02"),
    ]
    mining: list[Feature] = [
        (base.blob(f"right/{number}", (lon, lat), radius),
         {"XKZH": number, "KQR": holder, "FZRQ": day})
        for number, lon, lat, radius, holder, day in rights
    ]  # fmt: skip
    survey: list[Feature] = [
        (base.blob("right/T", (115.60, 38.93), 1300.0),
         {"XKZH": "T13-2022-01", "KQR": "示例勘查院", "FZRQ": "2022-07-01"})
    ]  # fmt: skip
    fields = {"right_id": "XKZH", "holder": "KQR", "granted_on": "FZRQ"}
    wells = plain([base.point(lon, lat) for _, lon, lat, *_ in rights])
    return [
        Sheet("right_mining", "rights.gpkg", "采矿权 / mining rights", mining, fields=fields),
        Sheet("right_exploration", "rights.gpkg", "探矿权 / exploration rights", survey, fields=fields),
        Sheet("geothermal_well", "wells-register.geojson", "地热井 / geothermal wells", wells,
              geometry="Point", accuracy_m=5),
    ]  # fmt: skip
