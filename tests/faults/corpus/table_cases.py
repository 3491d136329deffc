"""Tables of wells: heads, separators, encodings, coordinates in any dress, ids and facts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import openpyxl
from corpus.ground import PLACES, WELL, Ground, cases, wells

LON, LAT = PLACES["in"].x, PLACES["in"].y


def csv(content: str | bytes, *options: str, name: str = "wells2.csv"):
    return lambda g: g.propose(name, content, *options)


def rows(head: str, row: str, *options: str):
    return csv(wells(head, row), *options)


def cells(column: str, value: str, *options: str):
    """The good table with one more column, or another value in one it has."""
    base = {
        "id": "{id}",
        "lon": "{lon:.9f}",
        "lat": "{lat:.9f}",
        "activity": "{well}",
        "stage": "new",
    }
    base[column] = value
    return csv(wells(",".join(base), ",".join(base.values())), *options)


def dms(angle: float, sign: str = "°′″") -> str:
    minutes, seconds = divmod(round(angle * 3600, 4), 60)
    degrees, minutes = divmod(minutes, 60)
    return f"{degrees:.0f}{sign[0]}{minutes:02.0f}{sign[1]}{seconds:07.4f}{sign[2]}"


def lonlat(lon: str, lat: str):
    """A table of one well with coordinates as written."""
    return csv(f"id;lon;lat;activity;stage\nin;{lon};{lat};{WELL};new\n")


def metric(head: str, row: str, crs: str | None):
    options = ("--crs", crs) if crs else ()
    return rows(head, row, *options)


def workbook(*sheets: dict[str, Any], name: str = "wells.xlsx"):
    """An XLSX with these sheets: ``rows`` in order, and what else is set on the sheet."""

    def make(g: Ground) -> None:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for i, sheet in enumerate(sheets):
            made = book.create_sheet(f"s{i}")
            for row in sheet["rows"]:
                made.append(row)
            sheet.get("then", lambda made: None)(made)
        book.save(g.folder / "made.xlsx")
        g.propose(name, (g.folder / "made.xlsx").read_bytes())

    return make


HEAD = ["id", "lon", "lat", "activity", "stage"]
ROWS = [HEAD, *([n, at.x, at.y, WELL, "new"] for n, at in PLACES.items())]
GOOD_CSV = wells()


def cell(row: int, column: int, value: Any):
    def make(g: Ground) -> None:
        changed = [list(one) for one in ROWS]
        changed[row][column] = value
        workbook({"rows": changed})(g)

    return make


SWAP = ("id,lon,lat,activity,stage", "{id},{lat:.9f},{lon:.9f},{well},new")
EN, XY = "id,east,north,activity,stage", "id,x_north,y_east,activity,stage"
TABLE = {
    "longitude_and_latitude_swapped": (rows(*SWAP), ""),
    "metres_as_degrees": (rows("id,lon,lat,activity,stage", "{id},{x},{y},{well},new"), ""),
    "degrees_as_metres": (metric(EN, "{id},{lon},{lat},{well},new", "EPSG:4547"), ""),
    "metres_without_a_crs": (metric(EN, "{id},{x},{y},{well},new", None), "crs"),
    "metres_of_another_zone": (metric(EN, "{id},{x},{y},{well},new", "EPSG:4548"), "outside"),
    "prefix_in_an_unprefixed_crs": (
        metric(EN, "{id},38520000,{y},{well},new", "EPSG:4547"),
        "",
    ),
    "no_prefix_in_a_prefixed_crs": (metric(EN, "{id},{x},{y},{well},new", "EPSG:4526"), ""),
    "north_and_east_swapped": (metric(XY, "{id},{x},{y},{well},new", "EPSG:4547"), ""),
    "crs_option_unknown": (metric(EN, "{id},{x},{y},{well},new", "EPSG:1"), "EPSG:1"),
    "crs_option_of_beijing_54": (metric(EN, "{id},{x},{y},{well},new", "EPSG:2435"), "Beijing"),
    "crs_column_of_xian_80": (cells("crs", "EPSG:4610"), "Xian"),
    "crs_column_gcj": (cells("crs", "GCJ-02"), "GCJ-02"),
    "crs_column_unknown": (cells("crs", "EPSG:0"), "crs"),
    "two_kinds_of_coordinates_that_differ": (
        csv(
            wells(
                "id,lon,lat,east,north,crs,activity,stage",
                "{id},{lon},{lat},1,2,EPSG:4547,{well},new",
            )
        ),
        "",
    ),
    "x_and_y_and_no_saying_which": (rows("id,x,y,activity,stage", "{id},1,2,{well},new"), ""),
    "no_coordinates": (rows("id,activity,stage", "{id},{well},new"), ""),
    "half_a_coordinate": (rows("id,lon,activity,stage", "{id},{lon},{well},new"), ""),
    "coordinate_empty": (lonlat("", f"{LAT}"), "lon"),
    "coordinates_both_empty": (lonlat("", ""), ""),
    "coordinate_nan": (lonlat("nan", f"{LAT}"), ""),
    "coordinate_infinite": (lonlat("inf", f"{LAT}"), ""),
    "coordinate_a_word": (lonlat("东", f"{LAT}"), ""),
    "coordinate_with_a_decimal_comma": (lonlat(f"{LON}".replace(".", ","), f"{LAT}"), ""),
    "coordinate_with_a_unit": (lonlat(f"{LON} m", f"{LAT}"), ""),
    "coordinate_zero": (lonlat("0", "0"), ""),
    "coordinate_west": (lonlat(f"-{LON}", f"{LAT}"), ""),
    "coordinate_marked_west": (lonlat(f"W{dms(LON)}", dms(LAT)), ""),
    "coordinate_marked_south": (lonlat(dms(LON), f"{dms(LAT)}S"), ""),
    "marks_of_the_axes_swapped": (lonlat(f"N{dms(LON)}", f"E{dms(LAT)}"), ""),
    "minutes_of_61": (lonlat("114°61′00″", dms(LAT)), ""),
    "seconds_of_61": (lonlat("114°13′61″", dms(LAT)), ""),
    "packed_and_not_declared": (lonlat("1141341", "0380007"), ""),
    "coordinate_hexadecimal": (lonlat("0x72", f"{LAT}"), ""),
    "coordinate_with_underscores": (lonlat("1_14.2", f"{LAT}"), ""),
    "coordinate_a_formula": (lonlat("=114+0.2", f"{LAT}"), ""),
    "outside_the_area": (lonlat("115.9", "38.0"), "outside"),
    "id_twice": (csv(GOOD_CSV.replace("out,", "in,")), "in"),
    "id_empty": (csv(GOOD_CSV.replace("\nin,", "\n,")), "id"),
    "activity_unknown": (
        cells("activity", "middeep_reinjection:well_exploraton"),
        "well_exploration",
    ),
    "activity_that_makes_no_sense": (cells("activity", "shallow_closed_loop:well_production"), ""),
    "activity_empty": (cells("activity", ""), "activity"),
    "activity_column_missing": (rows("id,lon,lat", "{id},{lon},{lat}"), "activity"),
    "activities_that_differ": (
        csv(
            wells(
                "id,lon,lat,activity,technology,object",
                "{id},{lon},{lat},{well},bathing,well_production",
            )
        ),
        "",
    ),
    "block_at_a_point": (cells("activity", "middeep_reinjection:block_exploration"), ""),
    "fact_of_no_choice": (cells("stage", "neu"), "stage"),
    "fact_neither_true_nor_false": (cells("takes_water", "maybe"), "takes_water"),
    "fact_beyond_its_range": (cells("reinjection_ratio", "95"), "reinjection_ratio"),
    "fact_negative": (cells("abstraction_capacity_m3h", "-5"), "abstraction_capacity_m3h"),
    "fact_nan": (cells("reinjection_ratio", "nan"), "reinjection_ratio"),
    "accuracy_negative": (cells("position_accuracy_m", "-1"), "position_accuracy_m"),
    "accuracy_with_a_unit": (cells("position_accuracy_m", "5 m"), "position_accuracy_m"),
    "accuracy_infinite": (cells("position_accuracy_m", "inf"), "position_accuracy_m"),
    "accuracy_beyond_the_place": (cells("position_accuracy_m", "900"), "", "prohibited"),
    "head_twice": (rows("id,lon,lat,lat,activity,stage", "{id},{lon},{lat},0,{well},new"), "lat"),
    "same_meaning_twice": (
        csv(wells("id,lon,lat,经度,activity,stage", "{id},{lon},{lat},1,{well},new")),
        "",
    ),
    "no_head": (csv(GOOD_CSV.partition("\n")[2]), ""),
    "only_a_head": (csv("id,lon,lat,activity,stage\n"), ""),
    "empty_file": (csv(""), ""),
    "only_blank_lines": (csv("\n\n , ,\n"), ""),
    "row_longer_than_the_head": (csv(GOOD_CSV.replace("new\nout", "new,x\nout")), ""),
    "row_cut_short": (csv(GOOD_CSV[: GOOD_CSV.rindex(",mid")]), "", "refused"),
    "quote_left_open": (csv(GOOD_CSV.replace("\nin,", '\n"in,')), ""),
    "nul_byte": (csv(GOOD_CSV.replace("new\nout", "ne\x00w\nout")), ""),
    "control_character_in_the_id": (csv(GOOD_CSV.replace("\nin,", "\ni\x07n,")), ""),
    "utf_16": (csv(GOOD_CSV.encode("utf-16")), "", "refused or prohibited"),
    "utf_32": (csv(GOOD_CSV.encode("utf-32")), ""),
    "bytes_of_no_encoding": (csv(GOOD_CSV.encode() + b"\xff\xfe\xff\x81"), ""),
    "full_width_commas": (csv(GOOD_CSV.replace(",", "，")), ""),
    "an_html_page": (csv("<html><table><tr><td>id</td></tr></table></html>"), ""),
    "a_workbook_named_csv": (
        lambda g: (
            workbook({"rows": ROWS})(g),
            g.propose("w.csv", (g.folder / "wells.xlsx").read_bytes()),
        ),
        "",
    ),
    "csv_named_xlsx": (csv(GOOD_CSV, name="w.xlsx"), "w.xlsx"),
    "old_workbook_named_xlsx": (
        csv(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), name="w.xlsx"),
        "w.xlsx",
    ),
    "old_workbook": (csv(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), name="w.xls"), ""),
    "workbook_with_macros": (csv(b"PK\x03\x04", name="w.xlsm"), ""),
    "workbook_cut": (
        lambda g: (
            workbook({"rows": ROWS})(g),
            g.propose("w.xlsx", (g.folder / "wells.xlsx").read_bytes()[:3000]),
        ),
        "w.xlsx",
    ),
    "workbook_of_two_sheets": (workbook({"rows": ROWS}, {"rows": ROWS}), "sheets"),
    "workbook_with_a_hidden_sheet": (
        workbook(
            {"rows": ROWS},
            {"rows": ROWS, "then": lambda made: setattr(made, "sheet_state", "hidden")},
        ),
        "sheets",
    ),
    "workbook_without_rows": (workbook({"rows": []}), ""),
    "workbook_formula_without_a_value": (cell(1, 1, "=114+0.2276"), ""),
    "workbook_error_value": (cell(1, 1, "#N/A"), ""),
    "workbook_date_for_a_longitude": (cell(1, 1, datetime(2024, 1, 1)), ""),
    "workbook_true_for_a_latitude": (cell(1, 2, True), ""),
    "workbook_head_twice": (
        workbook({"rows": [[*HEAD, "lat"], *([*row, 1] for row in ROWS[1:])]}),
        "lat",
    ),
    "workbook_two_rows_of_heads": (
        workbook({"rows": [HEAD, ["编号", "经度", "纬度", "活动", "阶段"], *ROWS[1:]]}),
        "",
    ),
    "workbook_merged_cells": (
        workbook({"rows": ROWS, "then": lambda made: made.merge_cells("B2:B3")}),
        "",
        "refused",
    ),
    "file_missing": (lambda g: setattr(g, "proposals", "no.csv"), "no.csv"),
    "ending_unknown": (csv(GOOD_CSV, name="wells.dat"), ""),
    "facts_file_missing": (csv(GOOD_CSV, "--facts", "/nowhere/facts.csv"), ""),
    "date_option_before_the_plan": (csv(GOOD_CSV, "--on", "1999-01-01"), "", "refused or held"),
}
GOOD = {
    "plain": (csv(GOOD_CSV),),
    "with_a_bom": (csv(GOOD_CSV.encode("utf-8-sig")),),
    "gb18030": (csv(GOOD_CSV.replace("id,", "编号,").encode("gb18030")),),
    "semicolons": (csv(GOOD_CSV.replace(",", ";")),),
    "tabs": (csv(GOOD_CSV.replace(",", "\t")),),
    "windows_line_ends": (csv(GOOD_CSV.replace("\n", "\r\n")),),
    "old_mac_line_ends": (csv(GOOD_CSV.replace("\n", "\r")),),
    "no_line_end_at_the_end": (csv(GOOD_CSV.rstrip("\n")),),
    "blank_lines": (csv(GOOD_CSV.replace("\n", "\n\n")),),
    "quoted": (
        csv("\n".join(",".join(f'"{c}"' for c in r.split(",")) for r in GOOD_CSV.split("\n")[:3])),
    ),
    "spaces_around": (csv(GOOD_CSV.replace(",", " , ")),),
    "heads_in_chinese": (
        rows(
            "编号,经度,纬度,技术,对象,阶段",
            "{id},{lon},{lat},中深层水热（同层等量回灌）,勘查井,新建",
        ),
    ),
    "unknown_column": (cells("remark", "x"),),
    "angles_in_degrees_minutes_seconds": (
        csv(
            "id,lon,lat,activity,stage\n"
            + "".join(f"{n},{dms(at.x)},{dms(at.y)},{WELL},new\n" for n, at in PLACES.items())
        ),
    ),
    "angles_in_chinese": (
        csv(
            "id,lon,lat,activity,stage\n"
            + "".join(
                f"{n},{dms(at.x, '度分秒')},{dms(at.y, '度分秒')},{WELL},new\n"
                for n, at in PLACES.items()
            )
        ),
    ),
    "angles_marked_east_and_north": (
        csv(
            "id,lon,lat,activity,stage\n"
            + "".join(f"{n},E{dms(at.x)},N{dms(at.y)},{WELL},new\n" for n, at in PLACES.items())
        ),
    ),
    "metres_by_option": (metric(EN, "{id},{x},{y},{well},new", "EPSG:4547"),),
    "metres_by_column": (
        rows("id,east,north,crs,activity,stage", "{id},{x},{y},EPSG:4547,{well},new"),
    ),
    "north_before_east": (metric(XY, "{id},{y},{x},{well},new", "EPSG:4547"),),
    "with_prefix": (
        rows("id,east,north,crs,activity,stage", "{id},38{x:.0f},{y},EPSG:4526,{well},new"),
    ),
    "wgs84_column": (cells("crs", "EPSG:4326"),),
    "activity_by_option": (rows("id,lon,lat,stage", "{id},{lon},{lat},new", "--activity", WELL),),
    "yes_and_no_in_chinese": (cells("takes_water", "是"),),
    "id_that_looks_like_a_formula": (csv(GOOD_CSV.replace("\nin,", "\n=1+1,")),),
    "id_with_zeros_in_front": (csv(GOOD_CSV.replace("\nin,", "\n007,")),),
    "tsv_in_txt": (csv(GOOD_CSV.replace(",", "\t"), name="wells.txt"),),
    "workbook": (workbook({"rows": ROWS}),),
    "workbook_of_texts": (workbook({"rows": [[str(one) for one in row] for row in ROWS]}),),
    "workbook_with_an_empty_sheet": (workbook({"rows": ROWS}, {"rows": []}),),
    "workbook_with_empty_rows": (workbook({"rows": [*ROWS, [None] * 5, [None] * 5]}),),
    "workbook_in_chinese": (
        workbook(
            {"rows": [["编号", "经度", "纬度", "activity", "阶段"], *ROWS[1:]]}, name="井位 表.xlsx"
        ),
    ),
}
CASES = [*cases("table", TABLE), *cases("table", GOOD, "good")]
