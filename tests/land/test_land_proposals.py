"""Proposals from every format: what is read, and what is refused."""

from __future__ import annotations

from datetime import date

import openpyxl
import pytest
import shapely

from geozone.land.project import read_project
from geozone.land.proposals.proposal import NO_ACTIVITY, read_proposals
from geozone.land.proposals.rows import Given
from geozone.law.activity import Activity
from geozone.law.errors import Refused

WELL = "middeep_reinjection:well_production"
PARCEL = Activity("middeep_reinjection", "parcel")
HEAD = "id,lon,lat,activity"
ROW = f"W1,114.220000000,38.0,{WELL}"


@pytest.fixture
def project(case):
    return read_project(case.write())


def read(project, text, name="p.csv", encoding="utf-8", **options):
    path = project.file.parent / name
    path.write_bytes(text.encode(encoding))
    return read_proposals(path, project, **options)


def faults_of(project, text, name="p.csv", **options):
    with pytest.raises(Refused) as refused:
        read(project, text, name, **options)
    return [str(one) for one in refused.value.faults]


# Tables


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_encodings_and_separators(project, encoding, mark):
    text = f"ID,经度,纬度,活动,名称,井深\n甲1,114.220000000,38.0,{WELL},好井,1800\n".replace(
        ",", mark
    )
    (one,) = read(project, text, encoding=encoding).items
    assert (one.id, one.name, one.activity) == ("甲1", "好井", Activity(*WELL.split(":")))
    assert one.facts == {"depth_m": 1800.0}
    assert one.place == "row 2"
    assert one.accuracy_m == 0.0


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("lon,lat", "114.22,38.0"),
        ("east,north,crs", "519323.153,4207520.859,EPSG:4547"),
        ("x_north,y_east,crs", "4207520.859,38519323.153,EPSG:4526"),
        ("wkt,crs", "POINT (114.22 38.0),EPSG:4326"),
    ],
)
def test_ways_to_write_a_place_agree(project, head, row):
    (one,) = read(project, f"id,activity,{head}\nW1,{WELL},{row}\n").items
    assert one.shape.distance(shapely.Point(519323.153, 4207520.859)) < 0.002


def test_crs_option_serves_projected_columns(project):
    text = f"id,activity,east,north\nW1,{WELL},519323.153,4207520.859\n"
    assert len(read(project, text, given=Given(crs="EPSG:4547")).items) == 1
    assert "no CRS" in faults_of(project, text)[0]


@pytest.mark.parametrize(
    ("head", "row", "activity"),
    [
        ("activity", WELL, None),
        ("technology,object", "middeep_reinjection,well_production", None),
        ("technology,object", "中深层水热（同层等量回灌）,开采井", None),
        ("name", "x", Activity(*WELL.split(":"))),
        ("activity", "", Activity(*WELL.split(":"))),
    ],
)
def test_ways_to_state_an_activity(project, head, row, activity):
    text = f"id,lon,lat,{head}\nW1,114.22,38.0,{row}\n"
    (one,) = read(project, text, activity=activity).items
    assert str(one.activity) == WELL


FACTS = [
    ("阶段", "新建", "stage", "new"),
    ("reservoir", "基岩；砂岩", "reservoir", ("bedrock", "sandstone")),
    ("takes_water", "是", "takes_water", True),
    ("同层回灌", "0", "reinjection_same_layer", False),
    ("回灌率", "0.95", "reinjection_ratio", 0.95),
    ("回灌率", "95%", "reinjection_ratio", 0.95),
    ("回灌率", "100 ％", "reinjection_ratio", 1.0),
    ("主体数量", "2", "holders", 2.0),
    ("发证日期", "2020年1月5日", "granted_on", date(2020, 1, 5)),
    ("granted_on", "2020/1/5", "granted_on", date(2020, 1, 5)),
    ("granted_on", "2020.1.5", "granted_on", date(2020, 1, 5)),
    ("专家论证", "论证〔2024〕1号", "expert_proof", "论证〔2024〕1号"),
    ("expert_proof", "否", "expert_proof", False),
    ("mining_licence", "无", "mining_licence", False),
    ("approvals", "HB-11=A; HB-12=B", "approvals", ("HB-11=A", "HB-12=B")),
    ("权利人", "甲公司", "holder", "甲公司"),
    ("Depth_M", "1.5e3", "depth_m", 1500.0),
]


@pytest.mark.parametrize(("head", "written", "fact", "value"), FACTS)
def test_facts(project, head, written, fact, value):
    (one,) = read(project, f"{HEAD},{head}\n{ROW},{written}\n").items
    assert one.facts == {fact: value}
    assert type(one.facts[fact]) is type(value)


def test_position_accuracy_overrides_the_project(project):
    first, second = read(project, f"{HEAD},点位精度\n{ROW},5\n{ROW.replace('W1', 'W2')},\n").items
    assert (first.accuracy_m, second.accuracy_m) == (5.0, 0.0)


def test_unknown_columns_are_reported(project):
    found = read(project, f"{HEAD},colour\n{ROW},red\n")
    assert any("colour" in note for note in found.notes)
    assert found.items[0].facts == {}


def test_without_id_column_rows_are_numbered(project):
    assert read(project, f"lon,lat,activity\n114.22,38.0,{WELL}\n").items[0].id == "1"


def test_notice_ignores_activities(project):
    square = shapely.box(519000, 4206000, 519200, 4206200).wkt
    text = f'id,activity,crs,wkt\nP1,whatever,EPSG:4547,"{square}"\n'
    found = read(project, text, activity_needed=False)
    assert found.items[0].activity == NO_ACTIVITY
    assert any("activity" in note for note in found.notes)


ROWS = {
    "no_activity": ("id,lon,lat", "W1,114.22,38.0", ["row 2", "activity"]),
    "unknown_activity": (HEAD, "W1,114.22,38.0,middeep:well", ["activity", "did you mean"]),
    "senseless_activity": (HEAD, "W1,114.22,38.0,waste_heat:well_production", ["did you mean"]),
    "two_activities": (
        f"{HEAD},technology,object",
        f"{ROW},bathing,well_production",
        ["two activities"],
    ),
    "text_in_a_number": (f"{HEAD},depth_m", f"{ROW},deep", ["row 2", "column depth_m", "deep"]),
    "percent": (f"{HEAD},depth_m", f"{ROW},95%", ["depth_m", "95%"]),
    "percent_out_of_range": (f"{HEAD},reinjection_ratio", f"{ROW},950%", ["out of range"]),
    "out_of_range": (f"{HEAD},reinjection_ratio", f"{ROW},95", ["out of range", "0…1.2"]),
    "underscore": (f"{HEAD},depth_m", f"{ROW},1_000", ["not a number"]),
    "nan": (f"{HEAD},depth_m", f"{ROW},nan", ["not a number"]),
    "half_a_holder": (f"{HEAD},holders", f"{ROW},1.5", ["whole number"]),
    "bad_choice": (f"{HEAD},stage", f"{ROW},nwe", ["stage", "new"]),
    "bad_boolean": (f"{HEAD},takes_water", f"{ROW},maybe", ["takes_water", "maybe"]),
    "bad_date": (f"{HEAD},granted_on", f"{ROW},2020-02-30", ["granted_on"]),
    "document_without_name": (f"{HEAD},expert_proof", f"{ROW},yes", ["expert_proof", "document"]),
    "bad_approval": (f"{HEAD},approvals", f"{ROW},HB-11", ["RULE=document"]),
    "text_in_a_coordinate": (HEAD, f"W1,114x,38.0,{WELL}", ["column lon", "114x"]),
    "no_coordinate": (HEAD, f"W1,114.22,,{WELL}", ["column lat", "missing"]),
    "no_place": ("id,activity", f"W1,{WELL}", ["coordinate columns"]),
    "two_places": (f"{HEAD},east,north", f"{ROW},1,2", ["more than one"]),
    "swapped": (HEAD, f"W1,38.0,114.22,{WELL}", ["swapped"]),
    "outside": (HEAD, f"W1,116.22,38.0,{WELL}", ["wholly outside", "km", "east"]),
    "beyond": (HEAD, f"W1,24.0,0.0,{WELL}", ["wholly outside"]),
    "old_datum": (f"{HEAD},crs", f"{ROW},EPSG:4610", ["crs", "refused"]),
    "projected_degrees": (f"{HEAD},crs", f"{ROW},EPSG:4547", ["do not go with"]),
    "degrees_in_metres": (
        "id,activity,east,north,crs",
        f"W1,{WELL},114.22,38.0,EPSG:4547",
        ["degrees in the metric CRS"],
    ),
    "empty_id": (HEAD, ROW.replace("W1", ""), ["id is missing"]),
    "a_block_is_no_point": (HEAD, ROW.replace("well_production", "block_mining"), ["polygon"]),
    "bad_wkt": ("id,activity,crs,wkt", f"W1,{WELL},EPSG:4547,POINT (1", ["invalid WKT"]),
    "line": ("id,activity,crs,wkt", f'W1,{WELL},EPSG:4490,"LINESTRING (114.2 38,114.3 38)"', [
        "must be point"
    ]),
    "torn": (
        "id,activity,crs,wkt",
        'W1,bathing:parcel,EPSG:4490,"POLYGON ((114 38,114.3 38.1,114.3 38,114 38.1,114 38))"',
        ["Self-intersection"],
    ),
    "same_column_twice": (f"{HEAD},井深,depth_m", f"{ROW},1,2", ["two columns"]),
    "long_row": (HEAD, f"{ROW},x", ["row 2", "more cells"]),
    "no_rows": (HEAD, "", ["no proposals"]),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_row_fault(project, name):
    head, row, parts = ROWS[name]
    (fault,) = faults_of(project, f"{head}\n{row}\n")
    assert "p.csv" in fault
    assert all(part in fault for part in parts), fault


def test_every_fault_of_a_file_at_once(project):
    text = f"{HEAD},depth_m,stage\n{ROW},deep,nwe\nW2,116,38,{WELL},,\nW3,114.22,38.0,,,\n"
    told = faults_of(project, text)
    assert [one.split("[")[1].split("]")[0] for one in told] == [
        "row 2, column depth_m",
        "row 2, column stage",
        "row 3",
        "row 4, activity",
    ]


def test_keep_going_leaves_faulty_rows_out(project):
    text = f"{HEAD}\n{ROW}\nW2,116,38,{WELL}\n"
    found = read(project, text, keep_going=True)
    assert [one.id for one in found.items] == ["W1"]
    assert len(found.faults) == 1
    assert len(faults_of(project, f"{HEAD}\nW2,116,38,{WELL}\n", keep_going=True)) == 1


def test_repeated_ids_are_all_refused(project):
    text = f"{HEAD}\n{ROW}\n{ROW}\n{ROW.replace('W1', 'W2')}\n"
    assert len(faults_of(project, text)) == 2
    assert [one.id for one in read(project, text, keep_going=True).items] == ["W2"]


def test_unknown_files(project):
    with pytest.raises(Refused, match="does not exist"):
        read_proposals(project.file.parent / "none.csv", project)
    assert "not read" in faults_of(project, "<OGRVRTDataSource/>", "p.vrt")[0]
    assert "empty" in faults_of(project, "", "p.csv")[0]


# Workbooks


def workbook(path, *sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for i, rows in enumerate(sheets):
        sheet = book.create_sheet(f"s{i}")
        for row in rows:
            sheet.append(row)
    book.save(path)


def test_workbook(project):
    path = project.file.parent / "p.xlsx"
    head = ["id", "lon", "lat", "activity", "granted_on", "takes_water", "depth_m"]
    workbook(path, [head, [7, 114.22, 38, WELL, date(2020, 1, 5), True, 1800]], [])
    (one,) = read_proposals(path, project).items
    assert one.id == "7"
    assert one.facts == {"granted_on": date(2020, 1, 5), "takes_water": True, "depth_m": 1800.0}


def test_workbook_faults(project):
    path = project.file.parent / "p.xlsx"
    rows = [HEAD.split(","), ["W1", "=1+1", 38, WELL]]
    workbook(path, rows)
    with pytest.raises(Refused, match="formula without a result"):
        read_proposals(path, project)
    workbook(path, rows, rows)
    with pytest.raises(Refused, match="2 sheets"):
        read_proposals(path, project)
    path.write_text("no workbook")
    with pytest.raises(Refused, match="cannot be read"):
        read_proposals(path, project)


# Vector files


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "shp"])
def test_vector_files(project, make, ending):
    made = make["frame"](
        [make["square"]()], id=["B1"], activity=["middeep_reinjection:block_mining"], 热储=["基岩"]
    )
    path = project.file.parent / f"p.{ending}"
    (made.to_crs(4326) if ending == "geojson" else made).to_file(path)
    (one,) = read_proposals(path, project).items
    assert one.shape.area == pytest.approx(1e6, rel=1e-5)
    assert one.facts == {"reservoir": ("bedrock",)}
    assert one.place == "feature 1"


def test_chinese_shapefile_and_cut_heads(project, make):
    made = make["frame"](
        [make["square"]()], 编号=["甲"], technology=["bathing"], object=["parcel"], installed_=[5]
    )
    path = project.file.parent / "p.shp"
    made.to_file(path, encoding="GB18030")
    path.with_suffix(".cpg").unlink()
    (one,) = read_proposals(path, project).items
    assert (one.id, str(one.activity)) == ("甲", "bathing:parcel")
    assert one.facts == {"installed_kw": 5.0}


def test_vector_faults(project, make):
    path = project.file.parent / "p.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":['
        '{"type":"Feature","properties":{"id":"a"},"geometry":null},'
        '{"type":"Feature","properties":{"id":"b"},'
        '"geometry":{"type":"Polygon","coordinates":[]}}]}',
        "utf-8",
    )
    with pytest.raises(Refused) as refused:
        read_proposals(path, project, activity=PARCEL)
    told = [str(one) for one in refused.value.faults]
    assert ["feature 1" in told[0], "no geometry" in told[0]] == [True, True]
    assert "empty geometry" in told[1]


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_vector_file_without_crs(project, make):
    path = project.file.parent / "p.gpkg"
    make["frame"]([make["square"]()], None, id=["a"]).to_file(path)
    with pytest.raises(Refused, match="no CRS"):
        read_proposals(path, project, activity=PARCEL)
    given = Given(crs="EPSG:4547")
    assert len(read_proposals(path, project, activity=PARCEL, given=given).items) == 1
    make["frame"]([make["square"]()]).to_file(path, layer="more")
    with pytest.raises(Refused, match="2 layers"):
        read_proposals(path, project, activity=PARCEL)


@pytest.mark.parametrize("name", ["p.gpkg", "p.geojson", "p.shp"])
def test_damaged_vector_files(project, name):
    path = project.file.parent / name
    path.write_bytes(b"SQLite format 3\x00" + bytes(range(256)) * 20)
    with pytest.raises(Refused, match=r"cannot be read|broke down|is missing"):
        read_proposals(path, project, activity=PARCEL)


# 界址点 TXT

HEADER = """[属性描述]
格式版本号=1.01版本
坐标系=2000国家大地坐标系
几度分带=3
投影类型=高斯克吕格
计量单位=米
带号=38
精度=0.001
转换参数=0,0,0,0,0,0,0
[地块坐标]
"""
PARCEL_TEXT = """10,2.9500,DK001,示例地块,面,J49E013021,公用设施用地,1305,@
J1,1,4206850.000,38519638.000
J2,1,4206850.000,38519838.000
J3,1,4206700.000,38519838.000
J4,1,4206700.000,38519638.000
J1,1,4206850.000,38519638.000
J5,2,4206790.000,38519700.000
J6,2,4206770.000,38519700.000
J7,2,4206770.000,38519725.000
J8,2,4206790.000,38519725.000
J5,2,4206790.000,38519700.000
"""
TEXT = HEADER + PARCEL_TEXT


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_boundary_text(project, encoding):
    (one,) = read(project, TEXT.replace("\n", "\r\n"), "p.txt", encoding, activity=PARCEL).items
    assert (one.id, one.name) == ("DK001", "示例地块")
    assert one.shape.area == pytest.approx(29_500, abs=1e-3)
    assert len(one.shape.interiors) == 1
    assert one.shape.bounds[0] == pytest.approx(519_638, abs=1e-6)


def bare(text, prefix="38"):
    return text.replace(f",{prefix}519", ",519")


GOOD_TEXTS = {
    "no_prefix": (bare(TEXT), 1, ""),
    "zone_from_prefix": (TEXT.replace("带号=38\n", ""), 1, ""),
    "width_left_out": (TEXT.replace("几度分带=3\n", ""), 1, ""),
    "square_metres": (TEXT.replace("2.9500", "29500"), 1, "平方米"),
    "no_area": (TEXT.replace("2.9500", ""), 1, ""),
    "count_without_closing": (TEXT.replace("\n10,", "\n8,"), 1, "closing points"),
    "wide_brackets": (TEXT.replace("[", "【").replace("]", "】"), 1, ""),
    "open_ring": (TEXT.rsplit("J5,2", 1)[0], 1, "closed"),
    "two_parcels": (TEXT + PARCEL_TEXT.replace("DK001", "DK002"), 2, ""),
    "second_part": (
        TEXT.replace("42067", "42097").replace("4209700", "4206700").replace("2.9500", ""),
        1,
        "another part",
    ),
}


@pytest.mark.parametrize("name", GOOD_TEXTS)
def test_boundary_text_in_the_wild(project, name):
    text, count, note = GOOD_TEXTS[name]
    found = read(project, text, "p.txt", activity=PARCEL)
    assert len(found.items) == count
    assert any(note in one for one in found.notes) if note else found.notes == ()


def test_six_degree_zone(project):
    x, y = 20_258_000, 4_209_000  # CM 117: 2.76 degrees west of it
    corners = [(y, x), (y, x + 100), (y + 100, x + 100), (y, x)]
    points = "".join(f"J{i},1,{north},{east}\n" for i, (north, east) in enumerate(corners))
    header = HEADER.replace("带号=38", "带号=20").replace("几度分带=3", "几度分带=6")
    text = header + "4,,DK1,x,面,,,,@\n" + points
    (one,) = read(project, text, "p.txt", activity=PARCEL).items
    assert one.shape.area == pytest.approx(5000, rel=2e-3)


BAD_TEXTS = {
    "no_prefix_no_zone": (bare(TEXT).replace("带号=38\n", ""), ["带号"]),
    "zone_against_prefix": (TEXT.replace("带号=38", "带号=39"), ["39", "38"]),
    "width_against_zone": (TEXT.replace("几度分带=3", "几度分带=6"), ["几度分带"]),
    "old_datum": (TEXT.replace("2000国家大地坐标系", "1980西安坐标系"), ["坐标系", "1980"]),
    "no_datum": (TEXT.replace("坐标系=2000国家大地坐标系\n", ""), ["坐标系"]),
    "other_projection": (TEXT.replace("高斯克吕格", "墨卡托"), ["墨卡托"]),
    "other_unit": (TEXT.replace("计量单位=米", "计量单位=度"), ["计量单位"]),
    "swapped": (
        HEADER + "2,,A,x,面,,,,@\nJ1,1,38519638,4206850\nJ2,1,38519838,4206850\n",
        ["swapped"],
    ),
    "wide_comma": (TEXT.replace("J2,1,", "J2，1,"), ["line 13", "full-width"]),
    "no_at": (TEXT.replace(",@", ","), ["line 11", "@"]),
    "text_in_a_point": (TEXT.replace("4206850.000,38519838", "420x,38519838"), ["line 13", "420x"]),
    "area_differs": (TEXT.replace("2.9500", "2.8000"), ["DK001", "2.9500 ha"]),
    "count_differs": (TEXT.replace("\n10,", "\n12,"), ["12"]),
    "torn": (
        TEXT.replace("4206700.000,38519838", "0").replace("J3,1,0.000", "J3,1,4206700,38519638")
        .replace("J4,1,4206700.000,38519638", "J4,1,4206700,38519838"),
        ["ring 1"],
    ),
    "line": (TEXT.replace(",面,", ",线,"), ["线"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_TEXTS)
def test_bad_boundary_text(project, name):
    text, parts = BAD_TEXTS[name]
    told = faults_of(project, text, "p.txt", activity=PARCEL)
    assert any(all(part in one for part in parts) for one in told), told


def test_facts_for_boundary_text(project):
    facts = project.file.parent / "facts.csv"
    facts.write_text("地块编号,供地方式,colour\nDK001,划拨,x\n", "utf-8")
    found = read(project, TEXT, "p.txt", activity=PARCEL, facts_file=facts)
    assert found.items[0].facts == {"land_supply": "allocation"}
    assert any("colour" in one for one in found.notes)
    facts.write_text("id,land_supply\nDK009,划拨\n", "utf-8")
    told = faults_of(project, TEXT, "p.txt", activity=PARCEL, facts_file=facts)
    assert [name in one for name, one in zip(("DK009", "DK001"), told, strict=True)] == [True] * 2
    assert "activity" in faults_of(project, TEXT, "p.txt")[0]


def test_a_table_may_end_in_txt(project):
    assert len(read(project, f"{HEAD}\n{ROW}\n", "p.txt").items) == 1
