"""Shapes that are none, that cross themselves, or that say less ground than they mean."""

from __future__ import annotations

import math
from typing import Any

import shapely
from corpus.ground import FAR, FIELD, Ground, P, cases, degrees, features, member, shifted, square

X, Y = P.x, P.y
HALF = 500.0


def spoiled(*shapes: Any):
    """The far field and the shapes, in metres, as the layer under test (GeoPackage)."""

    def make(g: Ground) -> None:
        g.subject("pbf.gpkg", [FAR, *(one() if callable(one) else one for one in shapes)])

    return make


def written(*geometries: Any):
    """The far field and geometries in degrees, as the layer under test (GeoJSON)."""

    def make(g: Ground) -> None:
        g.layer("pbf.geojson")
        g.file("pbf.geojson", features(degrees(FAR), *geometries))

    return make


def polygon(*rings: Any) -> dict[str, Any]:
    """A GeoJSON polygon of rings given in metres."""
    return {"type": "Polygon", "coordinates": [lonlat(ring) for ring in rings]}


def lonlat(ring: Any) -> list[list[float]]:
    line = degrees(shapely.LineString([(X + dx, Y + dy) for dx, dy in ring]))
    return [list(at) for at in line.coords]


def box(half: float, dx: float = 0, dy: float = 0) -> list[tuple[float, float]]:
    h = half
    return [
        (dx - h, dy - h),
        (dx + h, dy - h),
        (dx + h, dy + h),
        (dx - h, dy + h),
        (dx - h, dy - h),
    ]


def corner(written: str):
    """The field with one corner as written; made late, as shapely warns of such numbers."""
    text = FIELD.wkt.replace(f"{X + HALF:.0f} {Y + HALF:.0f}", written)
    return lambda: shapely.from_wkt(text)


def ordinates(kind: str, written: str):
    """The field with a Z or M at every corner."""
    text = FIELD.wkt.replace("POLYGON", f"POLYGON {kind}").replace(",", f" {written},")
    return lambda: shapely.from_wkt(text.replace("))", f" {written}))"))


NEEDLE = [(X, Y + 500), (X, Y + 900), (X, Y + 500)]
BOW_TIE = [(-500, -500), (500, 500), (500, -500), (-500, 500), (-500, -500)]
EIGHT = [(-500, -600), (300, 200), (300, -600), (-500, 200), (-500, -600)]
RING = member(degrees(FIELD))["coordinates"][0]
TWICE_ROUND = shapely.Polygon([(X + dx, Y + dy) for dx, dy in [*box(500), *box(400)[0:]]])
PENTAGRAM = [
    (700 * math.sin(4 * math.pi * i / 5), 700 * math.cos(4 * math.pi * i / 5)) for i in range(6)
]
LINE = shapely.LineString(FIELD.exterior.coords)
GON = "invalid-geometry"

TABLE = {
    "null": (written(None), "null-geometry"),
    "only_null": (lambda g: (g.layer("a.geojson"), g.file("a.geojson", features(None))), "null"),
    "empty_polygon": (spoiled(shapely.Polygon()), "empty-geometry"),
    "empty_multipolygon": (spoiled(shapely.MultiPolygon()), "empty-geometry"),
    "empty_ring_list": (written({"type": "Polygon", "coordinates": []}), "empty-geometry"),
    "empty_ring": (written({"type": "Polygon", "coordinates": [[]]}), "pbf.geojson"),
    "empty_part_beside_a_good_one": (
        written({"type": "MultiPolygon", "coordinates": [[RING], []]}),
        "",
        "refused or prohibited",
    ),
    "nan_in_a_polygon": (
        spoiled(corner("NaN NaN")),
        GON,
    ),
    "infinity_in_a_polygon": (
        spoiled(corner(f"Infinity {Y}")),
        GON,
    ),
    "absurdly_large_coordinate": (
        spoiled(shapely.Polygon([(X, Y), (X + 9, Y), (1e15, 1e15), (X, Y)])),
        "",
    ),
    "bow_tie": (written(polygon(BOW_TIE)), GON),
    "figure_of_eight": (written(polygon(EIGHT)), GON),
    "pentagram_whose_middle_is_even": (written(polygon(PENTAGRAM)), GON),
    "ring_runs_round_twice": (spoiled(TWICE_ROUND), GON),
    "hole_outside_its_shell": (written(polygon(box(500), box(100, 900))), GON),
    "hole_across_its_shell": (written(polygon(box(500), box(300, 400))), GON),
    "hole_as_large_as_its_shell": (written(polygon(box(500), box(500))), GON),
    "hole_larger_than_its_shell": (written(polygon(box(300), box(500))), GON),
    "hole_in_a_hole": (written(polygon(box(500), box(300), box(100))), GON),
    "holes_that_overlap": (written(polygon(box(900), box(200, 300), box(200, 500))), GON),
    "hole_that_cuts_in_two": (
        written(polygon(box(500), [(-500, -50), (500, -50), (500, 50), (-500, 50), (-500, -50)])),
        GON,
    ),
    "parts_that_overlap": (
        spoiled(shapely.MultiPolygon([FIELD, shifted(FIELD, 300)])),
        GON,
    ),
    "part_listed_twice": (spoiled(shapely.MultiPolygon([FIELD, FIELD])), GON),
    "part_inside_a_part": (spoiled(shapely.MultiPolygon([square(X, Y, 900), FIELD])), GON),
    "parts_that_share_an_edge": (
        spoiled(shapely.MultiPolygon([FIELD, shifted(FIELD, 1000)])),
        GON,
        "refused or prohibited",
    ),
    "ring_of_three_points": (
        written({"type": "Polygon", "coordinates": [[*RING[:2], RING[0]]]}),
        "pbf.geojson",
    ),
    "ring_of_two_points": (written({"type": "Polygon", "coordinates": [RING[:2]]}), "pbf.geojson"),
    "ring_of_one_point": (written({"type": "Polygon", "coordinates": [RING[:1]]}), "pbf.geojson"),
    "ring_of_one_point_repeated": (
        written({"type": "Polygon", "coordinates": [[RING[0]] * 4]}),
        "",
    ),
    "polygon_without_width": (
        spoiled(shapely.Polygon([(X - 500, Y), (X + 500, Y), (X, Y), (X - 500, Y)])),
        "",
    ),
    "lines_for_areas": (spoiled(shapely.LineString([(X, Y - 500), (X, Y + 500)])), "line"),
    "only_lines_for_areas": (lambda g: g.subject("pbf.gpkg", [LINE]), "line"),
    "closed_lines_for_areas": (spoiled(LINE), "line"),
    "points_for_areas": (lambda g: g.subject("pbf.gpkg", [P]), "point"),
    "points_among_areas": (spoiled(P), "point"),
    "collection_of_an_area_and_a_line": (
        written(
            {
                "type": "GeometryCollection",
                "geometries": [member(degrees(FIELD)), member(degrees(LINE))],
            }
        ),
        "",
    ),
    "collection_of_an_area": (
        written({"type": "GeometryCollection", "geometries": [member(degrees(FIELD))]}),
        "",
        "refused or prohibited",
    ),
    "polygons_for_a_railway_and_lines": (
        lambda g: (
            g.rail(),
            g.vector("rail.gpkg", [shifted(LINE, 100), FIELD], LEVEL=["正线", "正线"]),
        ),
        "mixed",
    ),
    "points_for_a_railway": (
        lambda g: (g.rail(), g.vector("rail.gpkg", [P, P], LEVEL=["正线"] * 2)),
        "point",
    ),
    "railway_of_one_point": (
        lambda g: (
            g.rail(),
            g.vector("rail.gpkg", [RAIL_FAR, shapely.LineString([P, P])], LEVEL=["正线"] * 2),
        ),
        "",
    ),
    "across_the_antimeridian": (
        lambda g: (
            g.layer("a.geojson"),
            g.file(
                "a.geojson",
                features(
                    degrees(FAR),
                    {
                        "type": "Polygon",
                        "coordinates": [[[114, 37], [-170, 37], [-170, 39], [114, 39], [114, 37]]],
                    },
                ),
            ),
        ),
        "",
        "refused or held",
    ),
    "longitude_beyond_180": (
        written({"type": "Polygon", "coordinates": [[[x + 360, y] for x, y in RING]]}),
        "degrees",
    ),
    "spike": (
        spoiled(
            shapely.Polygon(
                [
                    (X - 500, Y - 500),
                    (X + 500, Y - 500),
                    (X + 500, Y + 500),
                    *NEEDLE,
                    (X - 500, Y + 500),
                ]
            )
        ),
        "",
        "refused or prohibited",
    ),
    "gap_of_a_millimetre": (
        spoiled(shapely.Polygon([*FIELD.exterior.coords[:4], (X + 500, Y - 499.999)])),
        "",
        "refused or prohibited",
    ),
    "ring_left_open": (
        written({"type": "Polygon", "coordinates": [RING[:-1]]}),
        "",
        "refused or prohibited",
    ),
    "one_bad_among_a_hundred": (
        spoiled(
            *(square(512_000 + 120 * i, 4_199_000, 50) for i in range(98)),
            shapely.Polygon([(X + dx, Y + dy) for dx, dy in BOW_TIE]),
        ),
        GON,
    ),
    "every_one_bad": (
        lambda g: g.subject(
            "pbf.gpkg",
            [shapely.Polygon([(X + dx, Y + dy + i) for dx, dy in BOW_TIE]) for i in range(50)],
        ),
        GON,
    ),
}
RAIL_FAR = shapely.LineString([(512_000, 4_198_000), (512_000, 4_216_000)])

GOOD = {
    "repeated_vertices": (
        spoiled(shapely.Polygon([one for at in FIELD.exterior.coords for one in (at, at)])),
    ),
    "wound_the_other_way": (spoiled(FIELD.reverse()),),
    "with_heights": (spoiled(shapely.force_3d(FIELD, 71.0)),),
    "with_heights_that_are_nan": (spoiled(ordinates("Z", "NaN")),),
    "multipolygon_of_one": (spoiled(shapely.MultiPolygon([FIELD])),),
    "multipolygon_of_two": (spoiled(shapely.MultiPolygon([FIELD, shifted(FIELD, 2000)])),),
    "hole_elsewhere": (spoiled(square(X, Y, 900) - square(X + 600, Y + 600, 100)),),
    "hole_touches_its_shell_at_a_point": (
        spoiled(
            shapely.Polygon(
                square(X, Y, 900).exterior,
                [[(X + 900, Y), (X + 800, Y + 50), (X + 800, Y - 50), (X + 900, Y)]],
            )
        ),
    ),
    "parts_touch_at_a_point": (spoiled(shapely.MultiPolygon([FIELD, shifted(FIELD, 1000, 1000)])),),
    "island_in_a_hole": (
        spoiled(shapely.MultiPolygon([square(X, Y, 2500) - square(X, Y, 1500), FIELD])),
    ),
    "features_that_overlap": (spoiled(FIELD, shifted(FIELD, 300)),),
    "feature_listed_twice": (spoiled(FIELD, FIELD),),
    "triangle": (spoiled(shapely.Polygon([(X - 400, Y - 300), (X + 400, Y - 300), (X, Y + 600)])),),
    "collinear_vertices": (spoiled(shapely.segmentize(FIELD, 7.0)),),
    "far_larger_than_the_area_elsewhere": (
        lambda g: g.subject(
            "pbf.gpkg", [FIELD, shapely.box(100_000, 4_500_000, 500_000, 4_900_000)]
        ),
    ),
    "railway_of_many_parts": (
        lambda g: (
            g.rail(),
            g.vector(
                "rail.gpkg",
                [
                    shapely.MultiLineString(
                        [
                            [(520_100, 4_206_900), (520_100, 4_207_000)],
                            [(515e3, 42e5), (515e3, 4.21e6)],
                        ]
                    )
                ],
                LEVEL=["正线"],
            ),
        ),
    ),
    "railway_corridor_as_an_area": (
        lambda g: (
            g.rail(half_width_m=None),
            g.vector("rail.gpkg", [FIELD], LEVEL=["正线"]),
        ),
    ),
}
CASES = [*cases("geometry", TABLE), *cases("geometry", GOOD, "good")]
