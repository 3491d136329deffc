"""Files and habits of offices: names, styles, outputs over inputs, dates, words for facts."""

from __future__ import annotations

import json
import os
import unicodedata
from datetime import date

from corpus.ground import (
    CRS,
    FAR,
    FIELD,
    WELL,
    cases,
    degrees,
    features,
    member,
    wells,
)
from corpus.office_making import (
    WKT,
    area_as_a_placemark,
    area_in_an_archive,
    area_of_two_layers,
    beside,
    content,
    covered_by_two_layers,
    edited,
    kml,
    outline,
    own_grid,
    project,
    rail,
    rail_class,
    rail_of_two_corners,
    rail_seen_until,
    saved,
    sheet_of_nothing,
    side_files,
    styles_of_qgis,
    written_over,
)
from corpus.office_tables import (
    HEAD,
    IN,
    LAT,
    LON,
    OUT,
    as_percent,
    corners,
    delete_the_row,
    doubtful_angles,
    gbk_name,
    hide_row,
    point_at_the_first_twice,
    put,
    shapefile_of_wells,
    sheet,
    swap_second,
    table,
    thing,
    title_above,
    two,
)

LINES = [
    json.dumps({"type": "Feature", "properties": {}, "geometry": member(degrees(one))})
    for one in (FAR, FIELD)
]
NFD, NFC = (unicodedata.normalize(form, "농지.gpkg") for form in ("NFD", "NFC"))
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


GOOD_FILES = {
    "folder_with_blanks_and_brackets": (saved("保定市 2024 数据（终）/永久基本农田(1).shp"),),
    "side_files_in_upper_case": (side_files(lambda path: path.with_suffix(path.suffix.upper())),),
    "lines_of_geojson": (content("pbf.geojsonl", "\n".join(LINES)),),
    "ending_in_mixed_case": (content("pbf.GeoJSON", features(degrees(FAR), degrees(FIELD))),),
    "grid_with_a_northing_of_its_own": (own_grid,),
    "styles_that_qgis_saved": (styles_of_qgis,),
    "lock_of_a_reader": (beside("pbf.gpkg.PC01.1234.5678.sr.lock", b""),),
    "journal_that_is_empty": (beside("pbf.gpkg-journal", b""),),
    "placemark_not_shown": (
        content("pbf.kml", kml(outline(FAR), outline(FIELD, "<visibility>0</visibility>"))),
    ),
    "placemarks_in_gb2312": (
        content("pbf.kml", kml(outline(FAR), outline(FIELD), encoding="GB2312")),
    ),
    "area_in_an_archive": (area_in_an_archive,),
    "area_as_a_placemark": (area_as_a_placemark,),
    "cell_of_eight_thousand_corners": (content("pbf.csv", f"id,wkt\n{WKT}", crs=CRS),),
}

BAD_FILES = {
    "side_files_of_another_stem": (
        side_files(lambda path: path.with_name(path.name.replace("road", "ROAD"))),
        "ROAD",
    ),
    "name_in_other_characters": (saved(NFD, NFC), "", "refused or prohibited"),
    "pointer_in_place_of_the_file": (content("pbf.gpkg", POINTER, empty_ok=True),),
    "error_page_said_to_be_empty": (content("pbf.geojson", "<html>404</html>", empty_ok=True),),
    "list_said_to_be_empty": (content("pbf.geojson", "[]", empty_ok=True),),
    "one_byte_said_to_be_empty": (content("pbf.gpkg", "x", empty_ok=True),),
    "no_byte_said_to_be_empty": (content("pbf.csv", "", empty_ok=True),),
    "writing_not_finished": (
        beside("pbf.gpkg-journal", bytes.fromhex("d9d505f920a163d7") + bytes(512)),
        "journal",
    ),
    "two_layers_in_the_area": (area_of_two_layers, "a, b"),
    "two_layers_in_the_coverage": (covered_by_two_layers, "a, b"),
    "raster_all_nodata_said_to_be_empty": (sheet_of_nothing(255, "uint8", 255), "", "open, both"),
    "raster_all_nan_said_to_be_empty": (
        sheet_of_nothing(float("nan"), "float32", None),
        "",
        "open, both",
    ),
}

PROJECTS = {
    "key_in_chinese": (edited(lambda t: t.replace("accuracy_m = 0", '"覆盖" = 0', 1)), "覆盖"),
    "quotes_in_full_width": (edited(lambda t: t.replace('"case"', "“case”")), "TOML"),
    "number_of_six_thousand_digits": (
        edited(lambda t: t.replace("accuracy_m = 0", f"accuracy_m = {'1' * 6000}", 1)),
        "geozone.toml",
    ),
    "brackets_fifty_thousand_deep": (
        edited(lambda t: f"{t}\nx = {'[' * 50_000}{']' * 50_000}"),
        "geozone.toml",
    ),
    "class_keys_that_differ_by_a_blank": (rail_class("1", {"1": "line", " 1": "metro"}),),
    "class_mapped_to_none": (rail_class("正线", {"正线": "none"}),),
    "path_as_qgis_writes_it": (saved("pbf.gpkg", "pbf.gpkg|layername=pbf"), "layer ="),
    "path_as_windows_writes_it": (saved("data/pbf.gpkg", "data\\pbf.gpkg"), "/"),
    "path_longer_than_a_name_may_be": (saved("pbf.gpkg", "a" * 300 + ".gpkg"),),
    "day_with_a_time": (edited(lambda t: t.replace("2024-06-01", "2024-06-01T00:00:00")), "on"),
    "advice_alone": (project(policies=["ADVISORY"]), "", "open"),
    "policy_of_another_province": (project(policies=["SX26"]), "", "open"),
    "before_the_plan_surely_began": (project(on=date(2022, 11, 1)), "", "open, both"),
    "day_after_the_last_of_the_plan": (project(on=date(2026, 1, 1)), "", "open, both"),
    "last_day_of_the_plan": (project(on=date(2025, 12, 31)), "", "good"),
    "first_sure_day_of_the_plan": (project(on=date(2023, 1, 1)), "", "good"),
    "result_over_the_proposals": (written_over("wells.csv"), "--out"),
    "result_over_the_area": (written_over("area.gpkg"), "--out"),
    "result_over_a_layer": (written_over("pbf.gpkg"), "--out"),
    "result_over_a_second_name": (
        written_over("b.csv", lambda g: os.link(g.folder / "wells.csv", g.folder / "b.csv")),
        "--out",
    ),
}

NEAR = {
    "a_centimetre_within": (rail(199.99), "", "prohibited"),
    "at_the_limit_in_the_plane": (rail(200.0), "", "prohibited"),
    "half_width_reaches_the_limit": (rail(230, half_width_m=40), "", "open"),
    "accuracy_reaches_the_limit": (rail(230, accuracy_m=40), "", "open"),
    "two_corners_900_km_apart": (rail_of_two_corners, "", "refused or prohibited"),
    "seen_a_metre_less_than_the_limit": (rail_seen_until(199), "", "open"),
}

TABLES = {
    "percent_in_a_cell": (two(",回灌率", ",100%"), "", "good"),
    "percent_by_its_format": (sheet(as_percent), "", "good"),
    "columns_without_a_head": (two(",", ","), "", "good"),
    "row_that_excel_hides": (sheet(hide_row), "", "good"),
    "approved_by_its_own_word": (two(",approvals", ",HB-02a=1号"), "", "refused or held"),
    "said_to_stand_already": (two(stage="existing"), "", "refused or held"),
    "named_in_gbk_bytes": (gbk_name, "", "refused or prohibited"),
    "angles_of_two_meanings": (doubtful_angles, "angle_format", "refused or held"),
    "hundredths_of_a_degree": (
        table(f"{HEAD}\nin,{LON:.2f},{LAT:.2f},{WELL},new\n"),
        "",
        "refused or held",
    ),
    "quote_that_takes_in_the_next_well": (
        table(f'{HEAD},备注\n{OUT},"7寸\n{IN},套管"\n'),
        "",
        "refused",
    ),
    "quotes_that_curl": (two(lon=f"114°13′{(LON - 114 - 13 / 60) * 3600:.4f}”"), "", "good"),
    "two_quotes_for_seconds": (two(lon=f"114º13'{(LON - 114 - 13 / 60) * 3600:.4f}''"), "", "good"),
    "per_cent_for_a_part": (two(",回灌率", ",100"), "回灌率"),
    "stages_both_given": (two(stage="新建/延续"), "stage"),
    "seventy_five_minutes": (two(lon="114°75′10″"), "lon"),
    "exponent_of_a_coordinate": (
        table(f"id,east,north,activity,stage\nin,5.2E+05,4207000,{WELL},new\n", "--crs", CRS),
        "east",
    ),
    "exponent_for_an_id": (sheet(put(A2=1.30182e17)), "15"),
    "serial_number_for_a_day": (sheet(put(F1="批复日期", F2=45292)), "批复日期"),
    "title_above_the_heads": (sheet(title_above),),
    "sum_below_the_rows": (sheet(put(A4="合计")), "row 4"),
    "separator_named_in_a_first_line": (table("sep=,\n" + wells()),),
    "end_of_file_of_dos": (table(wells() + "\x1a"), "U+001A"),
    "text_that_runs_backwards": (table(f"{HEAD}\na\u202eb,{LON},{LAT},x,new\n"), "U+202E"),
    "half_a_character": (thing('"id":"\\ud800"'), "U+D800"),
    "number_without_end_for_an_id": (thing(f'"id":{"1" * 6000}'),),
    "number_beyond_numbers": (thing('"id":"in","井深":1e400'), "井深"),
    "wells_marked_deleted": (shapefile_of_wells(delete_the_row), "dbf"),
    "wells_read_twice_by_the_index": (shapefile_of_wells(point_at_the_first_twice), "shx"),
    "corners_out_of_order": (corners(lambda rows: [rows[0], rows[2], rows[1], rows[3]]),),
    "corner_left_out": (corners(lambda rows: [*rows[:2], rows[3]]), "1, 2, 4"),
    "corner_with_axes_swapped": (corners(swap_second), "row 3"),
    "corners_of_two_activities": (
        corners(lambda rows: [rows[0].replace("exploration", "mining"), *rows[1:]]),
        "activity",
    ),
}

CASES = [
    *cases("office", {name: (*made, "", "good") for name, made in GOOD_FILES.items()}),
    *cases("office", {**BAD_FILES, **PROJECTS, **NEAR, **TABLES}),
]
