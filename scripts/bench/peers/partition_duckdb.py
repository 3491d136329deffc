"""partition: DuckDB spatial: node, polygonize, and join points of the faces to the features."""

from __future__ import annotations

from common import Clock, Given, Told, answer
from duck import PACKAGES, connected, load, union_of_files


def work(given: Given) -> Told:
    """Faces with their full set of conditions, and the area of each condition."""
    clock = Clock()
    base = connected()
    with clock("read"):
        load(base, given)
    questions = given.questions
    with clock("engine"):
        for k, one in enumerate(questions):
            shape = f"ST_Buffer(geometry, {one.within_m})" if one.within_m else "geometry"
            base.execute(f"CREATE TABLE q{k} AS {union_of_files(one, f'{shape} AS geometry')}")
        edges = " UNION ALL ".join(
            f"SELECT ST_Boundary(geometry) AS g FROM {name}"
            for name in ("area", *(f"q{k}" for k in range(len(questions))))
        )
        base.execute(
            "CREATE TABLE faces AS SELECT row_number() OVER () AS id, face.geom AS g FROM (SELECT"
            " unnest(ST_Dump(ST_Polygonize([ST_Node(ST_Collect(list(g)))]))) AS face"
            f" FROM ({edges}))"
        )
        base.execute(
            "CREATE TABLE spots AS SELECT faces.id, ST_PointOnSurface(faces.g) AS p,"
            " ST_Area(faces.g) AS m2 FROM faces, area"
            " WHERE ST_Within(ST_PointOnSurface(faces.g), area.geometry)"
        )
        hits = " UNION ALL ".join(
            f"SELECT DISTINCT spots.id, {1 << k} AS bit FROM spots JOIN q{k}"
            f" ON ST_Within(spots.p, q{k}.geometry)"
            for k in range(len(questions))
        )
        base.execute(
            "CREATE TABLE held AS SELECT spots.id, any_value(m2) AS m2, coalesce(bit_or(bit), 0)"
            f" AS bits FROM spots LEFT JOIN ({hits}) hits ON hits.id = spots.id GROUP BY spots.id"
        )
    held = {}
    for k, one in enumerate(questions):
        told = base.execute(f"SELECT coalesce(sum(m2), 0.0) FROM held WHERE bits & {1 << k} > 0")
        held[one.key] = told.fetchone()[0]
    faces, total, rows = base.execute(
        "SELECT count(*), sum(m2), count(DISTINCT bits) FROM held"
    ).fetchone()
    result = {"held": held, "places": total, "faces": faces, "rows": rows}
    return clock.told(result, PACKAGES)


if __name__ == "__main__":
    answer("partition", "DuckDB node + polygonize + join", work)
