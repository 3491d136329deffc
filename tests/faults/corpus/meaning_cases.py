"""What the project file says of its layers: classes, codes, dates, widths, hashes, waivers."""

from __future__ import annotations

from datetime import date
from typing import Any

import shapely
from corpus.ground import FAR, FIELD, RAIL, Ground, P, cases, frame, shifted

PROJECT = "geozone.toml"


def farm(**keys: Any):
    return lambda g: g.subject("pbf.gpkg", **keys)


def rail(value: Any = "正线", **keys: Any):
    return lambda g: g.rail(value=value, **keys)


def codes(values: list[Any], mapping: dict[str, str], **keys: Any):
    """A railway with these two class values, the first beside ``P``."""

    def make(g: Ground) -> None:
        g.rail(**{"class": {"field": "LEVEL", "map": mapping}, **keys})
        g.vector("rail.gpkg", [RAIL, shifted(RAIL, -8000)], LEVEL=values)

    return make


def project(**keys: Any):
    """The project table changed; ``None`` leaves a key out."""

    def make(g: Ground) -> None:
        g.project = {k: v for k, v in {**g.project, **keys}.items() if v is not None}

    return make


def edited(old: str, new: str):
    """The text of the project file changed."""

    def make(g: Ground) -> None:
        g.subject("pbf.gpkg")
        g.edit = lambda text: text.replace(old, new, 1)

    return make


def waived(problem: str, why: str | None = "known", *, spoil: Any = None):
    def make(g: Ground) -> None:
        entry = {"problem": problem, "why": why}
        g.subject("pbf.gpkg", waive=[{k: v for k, v in entry.items() if v is not None}])
        if spoil:
            spoil(g)

    return make


def nulled(g: Ground) -> None:
    g.vector("pbf.gpkg", [FAR, None])


def lost(g: Ground) -> None:
    (g.folder / "pbf.gpkg").unlink()


def tied(g: Ground) -> None:
    tie = shapely.Polygon([(P.x + x, P.y + y) for x, y in [(-9, -9), (9, 9), (9, -9), (-9, 9)]])
    g.vector("pbf.gpkg", [FAR, tie])


def snapshots(*spans: tuple[date, date], **keys: Any):
    """One farmland file per span of validity; the field is in the first only."""

    def make(g: Ground) -> None:
        for i, (first, last) in enumerate(spans):
            g.subject(
                f"pbf{i}.gpkg", [FAR, FIELD] if i == 0 else [FAR], valid=[first, last], **keys
            )

    return make


def day(year: int, month: int = 1, number: int = 1) -> date:
    return date(year, month, number)


OPEN = "open, both"
TABLE = {
    "class_unmapped": (codes(["专用线", "正线"], {"正线": "line"}), "unknown-class"),
    "class_null": (codes([None, "正线"], {"正线": "line"}), "unknown-class"),
    "class_empty": (codes(["", "正线"], {"正线": "line"}), "unknown-class"),
    "class_in_another_case": (codes(["main", "MAIN"], {"MAIN": "line"}), "unknown-class"),
    "class_padded_in_the_file": (codes(["0102", "0102"], {"102": "line"}), "unknown-class"),
    "class_padded_in_the_map": (codes([102, 102], {"0102": "line"}), "unknown-class"),
    "class_with_decimals": (codes([1.5, 1.0], {"1": "line"}), "unknown-class"),
    "class_full_width": (codes(["１", "1"], {"1": "line"}), "unknown-class"),
    "class_declared_unknown": (
        codes(["待定", "正线"], {"正线": "line", "待定": "unknown"}),
        "",
        "open",
    ),
    "class_field_misspelt": (
        rail(**{"class": {"field": "LEVLE", "map": {"正线": "line"}}}),
        "LEVEL",
    ),
    "class_target_misspelt": (
        rail(**{"class": {"field": "LEVEL", "map": {"正线": "lines"}}}),
        "line",
    ),
    "class_map_empty": (rail(**{"class": {"field": "LEVEL", "map": {}}}), "class"),
    "class_without_a_map": (rail(**{"class": {"field": "LEVEL"}}), "map"),
    "class_left_out": (rail(**{"class": None}), "class"),
    "class_on_a_theme_without": (
        farm(**{"class": {"field": "a", "map": {"b": "c"}}}),
        "no classes",
    ),
    "class_of_values_on_a_vector": (rail(**{"class": {"values": {"1": "line"}}}), "class"),
    "complete_for_other_classes": (
        rail(complete_for=["metro"]),
        "",
        "prohibited, rest open",
    ),
    "complete_for_misspelt": (rail(complete_for=["lines"]), "complete_for"),
    "complete_for_empty": (rail(complete_for=[]), "complete_for"),
    "half_width_left_out": (rail(half_width_m=None), "half_width_m"),
    "half_width_negative": (rail(half_width_m=-5), "half_width_m"),
    "half_width_text": (rail(half_width_m="10"), "half_width_m"),
    "half_width_nan": (rail(half_width_m=float("nan")), "half_width_m"),
    "half_width_on_areas": (farm(half_width_m=10), "half_width_m"),
    "accuracy_left_out": (farm(accuracy_m=None), "accuracy_m"),
    "accuracy_negative": (farm(accuracy_m=-1), "accuracy_m"),
    "accuracy_text": (farm(accuracy_m="5"), "accuracy_m"),
    "accuracy_true": (farm(accuracy_m=True), "accuracy_m"),
    "accuracy_nan": (farm(accuracy_m=float("nan")), "accuracy_m"),
    "accuracy_infinite": (farm(accuracy_m=float("inf")), "accuracy_m"),
    "accuracy_coarser_than_the_place": (farm(accuracy_m=900), "", "prohibited"),
    "accuracy_coarser_than_the_area": (farm(accuracy_m=50_000), "", "prohibited, rest open"),
    "theme_misspelt": (farm(theme="permanent_basic_farmlands"), "permanent_basic_farmland"),
    "theme_in_chinese": (farm(theme="永久基本农田"), "theme"),
    "theme_left_out": (farm(theme=None), "theme"),
    "theme_not_listed": (
        lambda g: (g.rail(), setattr(g, "without", frozenset({"permanent_basic_farmland"}))),
        "",
        "prohibited, rest open",
    ),
    "file_missing": (lambda g: (farm()(g), lost(g)), "does not exist"),
    "file_named_in_another_case": (
        lambda g: (farm()(g), g.layers[0].update(path="Pbf.gpkg")),
        "Pbf.gpkg",
    ),
    "path_left_out": (lambda g: g.layer(None), "path"),
    "path_empty": (lambda g: g.layer(""), "path"),
    "path_and_paths": (farm(paths=["pbf.gpkg"]), "paths"),
    "paths_empty": (lambda g: g.layer(None, paths=[]), "paths"),
    "paths_with_one_missing": (
        lambda g: (g.layer(None, paths=["a.gpkg", "b.gpkg"]), g.vector("a.gpkg", [FAR])),
        "b.gpkg",
    ),
    "paths_with_one_twice": (
        lambda g: (g.layer(None, paths=["a.gpkg", "./a.gpkg"]), g.vector("a.gpkg", [FIELD])),
        "twice",
    ),
    "paths_of_rasters_and_vectors": (lambda g: g.layer(None, paths=["a.gpkg", "b.tif"]), "raster"),
    "stale": (farm(as_of=day(2020), max_age_days=365), "", OPEN),
    "stale_by_one_day": (farm(as_of=day(2023, 6, 1), max_age_days=365), "", OPEN),
    "age_without_a_day": (farm(max_age_days=365), "as_of"),
    "age_negative": (farm(as_of=day(2024), max_age_days=-1), "max_age_days"),
    "day_not_in_the_calendar": (farm(as_of="2024-02-30"), "as_of"),
    "day_as_a_number": (farm(as_of=20240101), "as_of"),
    "no_longer_valid": (snapshots((day(2020), day(2022))), "", OPEN),
    "not_yet_valid": (snapshots((day(2025), day(2026))), "", OPEN),
    "gap_between_validities": (
        snapshots((day(2020), day(2022)), (day(2025), day(2026))),
        "",
        OPEN,
    ),
    "valid_backwards": (farm(valid=[day(2026), day(2023)]), "valid"),
    "valid_from_only": (farm(valid=[day(2023)]), "valid"),
    "two_valid_at_once": (
        snapshots((day(2023), day(2026)), (day(2024), day(2027))),
        "",
        "refused or held",
    ),
    "hash_differs": (farm(sha256="0" * 64), "hash"),
    "hash_too_short": (farm(sha256="abc"), "sha256"),
    "hash_empty": (farm(sha256=""), "sha256"),
    "count_differs": (farm(features=3), "count"),
    "count_zero": (farm(features=0), "count"),
    "count_negative": (farm(features=-1), "features"),
    "count_text": (farm(features="2"), "features"),
    "empty_and_not_said_to_be": (lambda g: g.subject("pbf.gpkg", [shifted(FIELD, 60_000)]), "far"),
    "waived_null": (waived("null-geometry", spoil=nulled), "", OPEN),
    "waived_missing": (waived("missing", spoil=lost), "", OPEN),
    "waived_invalid": (waived("invalid-geometry", spoil=tied), "", OPEN),
    "waived_for_another_problem": (waived("missing", spoil=nulled), "null-geometry"),
    "waived_by_a_wrong_word": (waived("everything"), "problem"),
    "waived_without_a_reason": (waived("null-geometry", None), "why"),
    "waived_with_an_empty_reason": (waived("null-geometry", " "), "why"),
    "waived_without_a_list": (farm(waive={"problem": "missing", "why": "x"}), "waive"),
    "field_attribute_unknown": (farm(fields={"colour": "X"}), "fields"),
    "field_not_in_the_file": (farm(fields={"holder": "KQR"}), "KQR"),
    "layer_key_misspelt": (farm(accurracy_m=5), "accuracy_m"),
    "layer_key_of_another_case": (farm(Coverage="area"), "coverage"),
    "empty_ok_misspelt": (farm(emty_ok=True), "empty_ok"),
    "empty_ok_text": (farm(empty_ok="yes"), "empty_ok"),
    "layer_that_is_not_there": (farm(layer="x"), "layer"),
    "project_key_misspelt": (project(polices=["HB21"]), "policies"),
    "table_misspelt": (edited("[[layer]]", "[[layers]]"), "layer"),
    "layer_as_a_single_table": (edited("[[layer]]", "[layer]"), "layer"),
    "schema_left_out": (edited("schema = 1", ""), "schema"),
    "schema_of_the_future": (edited("schema = 1", "schema = 2"), "schema"),
    "key_twice": (edited('theme = "', 'theme = "railway"\ntheme = "'), PROJECT),
    "quote_left_open": (edited('"pbf.gpkg"', '"pbf.gpkg'), PROJECT),
    "name_with_a_nul": (project(name="x\x00y"), "", "refused or prohibited"),
    "name_left_out": (project(name=None), "name"),
    "adcode_left_out": (project(adcode=None), "adcode"),
    "adcode_a_number": (project(adcode=13), "adcode"),
    "adcode_of_nowhere": (project(adcode="99", policies=None), "", "refused or held"),
    "adcode_of_another_province": (project(adcode="14"), "", "refused or held"),
    "adcode_in_chinese": (project(adcode="河北"), "adcode"),
    "policy_unknown": (project(policies=["HB99"]), "HB99"),
    "policy_list_empty": (project(policies=[]), "policies"),
    "policy_a_text": (project(policies="HB21"), "policies"),
    "date_left_out": (project(on=None), "on"),
    "date_of_no_month": (edited("2024-06-01", "2024-13-01"), PROJECT),
    "date_in_words": (project(on="2024年6月1日"), "on"),
    "date_long_past_the_plan": (project(on=day(2031)), "", "open"),
    "area_missing": (project(area="none-there.gpkg"), "none-there.gpkg"),
    "area_left_out": (project(area=None), "area"),
    "area_of_lines": (
        lambda g: (frame([RAIL]).to_file(g.folder / "l.gpkg"), project(area="l.gpkg")(g)),
        "l.gpkg",
    ),
    "area_crossing_itself": (
        lambda g: (
            frame(
                [shapely.Polygon([(51e4, 41e5), (53e4, 42e5), (53e4, 41e5), (51e4, 42e5)])]
            ).to_file(g.folder / "x.gpkg"),
            project(area="x.gpkg")(g),
        ),
        "x.gpkg",
    ),
    "resolution_zero": (project(resolution_m=0), "resolution_m"),
    "proposal_accuracy_negative": (project(proposal_accuracy_m=-1), "proposal_accuracy_m"),
    "proposal_accuracy_coarse": (project(proposal_accuracy_m=900), "", "prohibited"),
    "parameter_of_no_rule": (
        project(parameters={"well_spacing": 500}),
        "",
        "refused or prohibited",
    ),
}
GOOD = {
    "class_mapped": (rail(),),
    "class_a_padded_code": (codes(["0102", "0103"], {"0102": "line", "0103": "metro"}),),
    "class_an_integer": (codes([102, 103], {"102": "line", "103": "metro"}),),
    "class_a_whole_float": (codes([102.0, 103.0], {"102": "line", "103": "metro"}),),
    "class_field_in_another_case": (
        rail(**{"class": {"field": "level", "map": {"正线": "line"}}}),
    ),
    "as_old_as_it_may_be": (farm(as_of=day(2023, 6, 2), max_age_days=365),),
    "valid_on_its_last_day": (snapshots((day(2020), day(2024, 6, 1))),),
    "the_valid_snapshot_of_two": (snapshots((day(2024), day(2025)), (day(2020), day(2023))),),
    "count_right": (farm(features=2),),
    "accuracy_of_five_metres": (farm(accuracy_m=5),),
    "surveyed_and_none_elsewhere": (farm(empty_ok=True),),
    "waiver_not_needed": (waived("null-geometry"),),
    "complete_for_its_class": (
        rail(complete_for=["line", "corridor", "tunnel", "planned", "metro"]),
    ),
    "adcode_of_a_county": (project(adcode="130100"),),
    "policies_left_to_the_place": (project(policies=None),),
    "with_a_bom": (edited("schema", "\ufeffschema"),),
    "windows_line_ends": (edited("schema = 1\n", "schema = 1\r\n"),),
    "office_and_sources": (
        lambda g: (
            project(office={"name": "示例局"})(g),
            farm(source="自然资源局", licence="内部", synthetic=True)(g),
        ),
    ),
}
CASES = [*cases("meaning", TABLE), *cases("meaning", GOOD, "good")]
