"""What a layer knows of: coverage left out, too small, torn, elsewhere, or of several layers."""

from __future__ import annotations

from typing import Any

import shapely
from corpus.ground import (
    AREA,
    CRS,
    FAR,
    FIELD,
    Ground,
    P,
    Q,
    cases,
    degrees,
    frame,
    moved,
    shifted,
    square,
)

WEST = shapely.box(509_000, 4_196_000, 522_000, 4_218_000)
WHOLE = AREA.buffer(3000, cap_style="square")


def cover(
    shape: Any, crs: str | None = CRS, *, name: str = "cover.gpkg", shapes: Any = (FAR, FIELD)
):
    """The layer under test with this coverage."""

    def make(g: Ground) -> None:
        g.subject("pbf.gpkg", shapes, coverage=name)
        if shape is not None:
            frame(shape if isinstance(shape, list) else [shape], crs).to_file(g.folder / name)

    return make


def keyed(value: Any):
    return lambda g: g.subject("pbf.gpkg", coverage=value)


def two(first: Any, second: Any):
    """Two farmland layers, each with its coverage; the field is in the second."""

    def make(g: Ground) -> None:
        for name, shapes, shape in (("a", [FAR], first), ("b", [FAR, FIELD], second)):
            g.subject(f"{name}.gpkg", shapes, coverage=f"cover-{name}.gpkg")
            frame([shape]).to_file(g.folder / f"cover-{name}.gpkg")

    return make


def sheets(*parts: list[Any], **keys: Any):
    def make(g: Ground) -> None:
        names = [f"sheet{i}.gpkg" for i in range(len(parts))]
        g.layer(None, paths=names, **keys)
        for name, shapes in zip(names, parts, strict=True):
            g.vector(name, shapes)

    return make


def railway(shape: Any):
    """A railway 5 km off ``Q`` whose coverage ends here."""

    def make(g: Ground) -> None:
        g.rail(coverage="cover.gpkg")
        frame([shape]).to_file(g.folder / "cover.gpkg")

    return make


EAST_END = shapely.box(509_000, 4_196_000, Q.x + 150, 4_218_000)
TIE = shapely.Polygon([(51e4, 419e4), (53e4, 422e4), (53e4, 419e4), (51e4, 422e4)])
REST = "prohibited, rest open"

TABLE = {
    "left_out": (keyed(None), "", REST),
    "half_of_the_area": (cover(WEST), "", REST),
    "only_its_own_features": (cover([FAR, FIELD]), "", REST),
    "elsewhere": (cover(shifted(WHOLE, 100_000)), "", "refused or prohibited"),
    "hole_at_the_clean_place": (cover(WHOLE - square(Q.x, Q.y, 100)), "", REST),
    "ends_at_the_clean_place": (cover(shapely.box(509_000, 4_196_000, Q.x, 4_218_000)), "", REST),
    "ends_within_the_distance": (railway(EAST_END), "", REST),
    "leaves_out_the_field": (cover(WHOLE - square(P.x, P.y, 900)), "", "good"),
    "loses_the_field": (
        cover(WHOLE - square(P.x, P.y, 900), shapes=(FAR,)),
        "",
        "open",
    ),
    "not_there": (cover(None), "cover.gpkg"),
    "misspelt": (keyed("aera"), "aera"),
    "in_another_case": (keyed("Area"), "Area"),
    "empty_text": (keyed(""), "coverage"),
    "true": (keyed(True), "coverage"),
    "a_list": (keyed(["a.gpkg"]), "coverage"),
    "of_lines": (cover(shapely.LineString(AREA.exterior.coords)), "cover.gpkg"),
    "of_points": (cover(P), "cover.gpkg"),
    "crossing_itself": (cover(TIE), "cover.gpkg"),
    "null": (cover([WEST, None]), "cover.gpkg"),
    "empty": (cover(shapely.Polygon()), "cover.gpkg"),
    "of_no_features": (
        lambda g: (cover([WEST])(g), frame([WEST]).iloc[:0].to_file(g.folder / "cover.gpkg")),
        "cover.gpkg",
    ),
    "without_a_crs": (cover(WHOLE, None), "cover.gpkg"),
    "in_an_old_datum": (cover(WHOLE, "EPSG:2435"), "Beijing"),
    "in_another_zone": (cover(WHOLE, "EPSG:4548"), "", "refused or prohibited"),
    "swapped": (
        cover(shapely.transform(WHOLE, lambda at: at[:, ::-1])),
        "",
        "refused or prohibited",
    ),
    "is_text": (lambda g: (keyed("cover.gpkg")(g), g.file("cover.gpkg", "x")), "cover.gpkg"),
    "is_a_vrt": (lambda g: (keyed("c.vrt")(g), g.file("c.vrt", "<OGRVRTDataSource/>")), "c.vrt"),
    "over_the_network": (keyed("http://127.0.0.1:9/cover.geojson"), ""),
    "of_one_of_two_layers": (two(WEST, WHOLE), "", REST),
    "of_two_layers_that_do_not_meet": (
        two(
            shapely.box(509_000, 4_196_000, 514_000, 4_218_000),
            shapely.box(518_000, 4_196_000, 532_000, 4_218_000),
        ),
        "",
        REST,
    ),
    "sheet_lost": (
        lambda g: (sheets([FAR], [FIELD])(g), (g.folder / "sheet1.gpkg").unlink()),
        "sheet1.gpkg",
    ),
    "sheet_broken": (
        lambda g: (sheets([FAR], [FIELD])(g), g.file("sheet1.gpkg", "x")),
        "sheet1.gpkg",
    ),
    "sheet_waived": (
        lambda g: (
            sheets([FAR], [FIELD], waive=[{"problem": "missing", "why": "on order"}])(g),
            (g.folder / "sheet1.gpkg").unlink(),
        ),
        "",
        "open, both",
    ),
    "sheets_of_two_kinds": (
        lambda g: (
            sheets([FAR], [FIELD])(g),
            g.vector("sheet1.gpkg", [shapely.LineString(FIELD.exterior)]),
        ),
        "",
    ),
    "sheets_of_two_crs": (
        lambda g: (
            sheets([FAR], [FIELD])(g),
            g.vector("sheet1.gpkg", [moved(FIELD, "EPSG:4548")], "EPSG:4548"),
        ),
        "",
        "refused or prohibited",
    ),
}
GOOD = {
    "beyond_the_area": (cover(WHOLE),),
    "in_degrees": (cover(degrees(WHOLE), "EPSG:4490", name="cover.geojson"),),
    "in_another_zone_rightly_stated": (cover(moved(WHOLE, "EPSG:4548"), "EPSG:4548"),),
    "of_several_parts": (cover([WEST, WHOLE - WEST]),),
    "with_a_hole_elsewhere": (cover(WHOLE - square(515_000, 4_214_000, 300)),),
    "two_layers_that_know_all": (two(WHOLE, WHOLE),),
    "two_sheets": (sheets([FAR], [FIELD]),),
    "two_sheets_counted": (sheets([FAR], [FIELD], features=2),),
    "reaches_the_distance": (railway(shapely.box(509_000, 4_196_000, Q.x + 250, 4_218_000)),),
}
CASES = [*cases("coverage", TABLE), *cases("coverage", GOOD, "good")]
