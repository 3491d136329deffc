"""PostGIS tables: what is read, what is refused, and that no secret is told."""

from __future__ import annotations

import json
import socket
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest
import shapely

from geozone.land.formats.features import UnreadableError
from geozone.land.sources import postgis
from geozone.land.sources.database import exported, table_name

pytestmark = pytest.mark.database


def rows_of(layer: str | None, written: str = "postgis://") -> tuple[list[dict[str, Any]], Any]:
    """The rows of a table as exported, and its file as hashed."""
    with exported(written, layer) as source:
        return pq.read_table(source.path).to_pylist(), source.files[0]


def geo_of(layer: str) -> Any:
    """What the exported file says of its geometry column."""
    with exported("postgis://", layer) as source:
        geo = json.loads(pq.read_schema(source.path).metadata[b"geo"])
    return geo["columns"][geo["primary_column"]]


def refused(layer: str | None, written: str = "postgis://") -> UnreadableError:
    """The refusal of a table."""
    with pytest.raises(UnreadableError) as caught, exported(written, layer):
        pass
    return caught.value


TYPED = """CREATE TABLE ground.typed (gid int PRIMARY KEY, geom geometry(Point, 4490),
  code text, fixed char(6), whole int, big bigint, real4 real, real8 double precision,
  money numeric(10, 2), huge numeric, flag boolean, day date, never date, moment timestamp,
  zoned timestamptz, kind ground.kind, list int[], tree jsonb, mine ground.positive, raw bytea)"""
VALUES = """INSERT INTO ground.typed VALUES (7, ST_SetSRID(ST_Point(114, 38), 4490),
  '0102', 'ab', 12, 9007199254740993, 0.1, 1e300, 12.50, 100000000000000000000, true,
  '2024-01-01', 'infinity', '2024-01-01 12:30:00', '2023-12-31 16:00:00+00', '乙', '{1,2}',
  '{"a": 1}', 0.50, '\\x00')"""


def test_values_come_as_files_give_them(database: Any) -> None:
    database.run(
        "CREATE TYPE ground.kind AS ENUM ('甲', '乙')",
        "CREATE DOMAIN ground.positive AS numeric CHECK (VALUE > 0)",
        TYPED,
        VALUES,
    )
    (row,), file = rows_of("ground.typed")
    assert shapely.from_wkb(row.pop("ground.typed")).equals(shapely.Point(114, 38))
    assert row == {
        "fid": 7,
        "gid": "7",
        "code": "0102",
        "fixed": "ab",
        "whole": "12",
        "big": "9007199254740993",
        "real4": "0.1",
        "real8": str(int(1e300)),
        "money": "12.5",
        "huge": "100000000000000000000",
        "flag": "True",
        "day": "2024-01-01",
        "never": "infinity",
        "moment": "2024-01-01T12:30:00",
        "zoned": "2024-01-01",
        "kind": "乙",
        "list": "{1,2}",
        "tree": '{"a": 1}',
        "mine": "0.5",
    }
    assert file.name == "ground.typed"
    assert file.size > 0


def test_shapes_come_as_they_are(database: Any) -> None:
    database.run(
        "CREATE TABLE ground.odd (gid int PRIMARY KEY, geom geometry)",
        "INSERT INTO ground.odd VALUES (1, NULL), (2, 'SRID=4490;POLYGON EMPTY'),"
        " (3, 'SRID=4490;POINT Z (114 38 5)'), (4, 'SRID=4490;POINT M (114 38 6)'),"
        " (5, 'SRID=4490;POLYGON((0 0, 1 1, 0 1, 1 0, 0 0))')",
    )
    rows, _ = rows_of("ground.odd")
    blobs = [row["ground.odd"] for row in rows]
    assert blobs[0] is None
    told = [None if one is None else shapely.to_wkt(shapely.from_wkb(one)) for one in blobs]
    assert told == [
        None,
        "POLYGON EMPTY",
        "POINT Z (114 38 5)",
        "POINT M (114 38 6)",
        "POLYGON ((0 0, 1 1, 0 1, 1 0, 0 0))",
    ]


@pytest.mark.parametrize("srid", [4490, 4547, 4527, 4326])
def test_crs_is_that_of_the_shapes(database: Any, srid: int) -> None:
    database.run(f"CREATE TABLE ground.one AS SELECT ST_SetSRID(ST_Point(1, 2), {srid}) AS geom")
    assert geo_of("ground.one")["crs"]["id"] == {"authority": "EPSG", "code": srid}


def test_undeclared_crs_is_null_and_an_empty_table_has_that_of_its_column(database: Any) -> None:
    database.run(
        "CREATE TABLE ground.bare AS SELECT ST_Point(1, 2) AS geom",
        "CREATE TABLE ground.empty (geom geometry(Polygon, 4547))",
    )
    assert geo_of("ground.bare")["crs"] is None
    assert geo_of("ground.empty")["crs"]["id"]["code"] == 4547


@pytest.mark.parametrize("kind", ["VIEW", "MATERIALIZED VIEW"])
def test_views_are_read_in_an_order_of_their_content(database: Any, kind: str) -> None:
    database.run(
        "CREATE TABLE ground.base (geom geometry, code text)",
        "INSERT INTO ground.base SELECT ST_Point(i % 7, i), i::text FROM generate_series(1, 50) i",
        f"CREATE {kind} ground.seen AS SELECT * FROM ground.base",
    )
    first, before = rows_of("ground.seen")
    database.run(
        "CREATE TABLE ground.copy AS TABLE ground.base",
        "DELETE FROM ground.base",
        "INSERT INTO ground.base SELECT * FROM ground.copy ORDER BY code DESC",
        *(["REFRESH MATERIALIZED VIEW ground.seen"] if kind.startswith("MAT") else []),
    )
    again, after = rows_of("ground.seen")
    assert [row["fid"] for row in first] == list(range(1, 51))
    assert again == first
    assert after == before


def test_partitions_are_read_and_the_hash_follows_content_not_order(database: Any) -> None:
    columns = "(gid int, code text, geom geometry)"
    database.run(
        f"CREATE TABLE ground.whole {columns} PARTITION BY RANGE (gid)",
        "CREATE TABLE ground.low PARTITION OF ground.whole FOR VALUES FROM (0) TO (3)",
        "CREATE TABLE ground.high PARTITION OF ground.whole FOR VALUES FROM (3) TO (9)",
        "INSERT INTO ground.whole VALUES (1, 'a', 'POINT(1 1)'), (5, 'b', 'POINT(2 2)')",
        "CREATE TABLE ground.other (geom geometry, gid int, code text)",
        "INSERT INTO ground.other VALUES ('POINT(2 2)', 5, 'b'), ('POINT(1 1)', 1, 'a')",
    )
    parted, one = rows_of("ground.whole")
    _, other = rows_of("ground.other")
    assert len(parted) == 2
    assert (one.sha256, one.size) == (other.sha256, other.size)
    database.run("UPDATE ground.other SET code = 'c' WHERE gid = 5")
    assert rows_of("ground.other")[1].sha256 != one.sha256


def test_cells_do_not_run_into_each_other_in_the_hash(database: Any) -> None:
    database.run(
        "CREATE TABLE ground.a AS SELECT ST_Point(1, 1) AS geom, 'ab' AS x, 'c' AS y",
        "CREATE TABLE ground.b AS SELECT ST_Point(1, 1) AS geom, 'a' AS x, 'bc' AS y",
        "CREATE TABLE ground.c AS SELECT ST_Point(1, 1) AS geom, 'ab' AS x, NULL::text AS y",
    )
    assert len({rows_of(f"ground.{one}")[1].sha256 for one in "abc"}) == 3


def test_names_are_quoted(database: Any) -> None:
    table = 'ground."铁路 100%; DROP TABLE x; --""y"'
    database.run(
        f'CREATE TABLE {table} ("几何.列" geometry, "a""b%s" text)',
        f"INSERT INTO {table} VALUES ('POINT(1 1)', '值')",
    )
    (row,), _ = rows_of(table)
    assert row['a"b%s'] == "值"
    assert rows_of(f'{table}."几何.列"')[0] != []


def test_the_search_path_finds_a_bare_name_and_public_is_not_assumed(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.run("CREATE TABLE ground.bare AS SELECT ST_Point(1, 2) AS geom")
    assert refused("bare").problem == "missing"
    options = database.connection(options="-c search_path=ground")
    monkeypatch.setenv("GEOZONE_POSTGIS", options)
    assert len(rows_of("bare")[0]) == 1
    database.run("ALTER SCHEMA ground RENAME TO earth")
    missing = refused("bare")
    database.run("ALTER SCHEMA earth RENAME TO ground")
    assert missing.problem == "missing"


def test_postgis_may_live_in_a_schema_of_its_own(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.run("CREATE DATABASE apart")
    monkeypatch.setenv("GEOZONE_POSTGIS", database.connection(dbname="apart"))
    assert "PostGIS" in refused("x").what
    with psycopg.connect(database.connection(dbname="apart"), autocommit=True) as base:
        base.execute("CREATE SCHEMA gis")
        base.execute("CREATE EXTENSION postgis SCHEMA gis")
        base.execute("CREATE TABLE spot AS SELECT gis.ST_GeomFromText('POINT(1 2)', 4547) AS geom")
    rows, _ = rows_of("spot")
    crs = geo_of("spot")["crs"]
    database.run("DROP DATABASE apart")
    assert len(rows) == 1
    assert crs["id"]["code"] == 4547


REFUSED = {
    "mixed srids": (
        "SELECT ST_SetSRID(ST_Point(1, i), 4546 + i) AS geom FROM generate_series(1, 2) i",
        "SRID",
        None,
    ),
    "unknown srid": ("SELECT ST_SetSRID(ST_Point(1, 2), 990099) AS geom", "990099", None),
    "curves": (
        "SELECT 'CIRCULARSTRING(0 0, 1 1, 2 0)'::geometry AS geom",
        "曲",
        "invalid-geometry",
    ),
    "curve inside": (
        "SELECT 'GEOMETRYCOLLECTION(COMPOUNDCURVE(CIRCULARSTRING(0 0,1 1,2 0)))'::geometry AS geom",
        "曲",
        "invalid-geometry",
    ),
    "surface": (
        "SELECT 'TIN(((0 0 0,0 0 1,0 1 0,0 0 0)))'::geometry AS geom",
        "Tin",
        "invalid-geometry",
    ),
    "no geometry": ("SELECT 1 AS a", "几何列", None),
    "two geometries": ("SELECT ST_Point(1, 2) AS a, ST_Point(1, 2) AS b", "a, b", None),
    "geodesics": ("SELECT 'LINESTRING(114 38, 115 38)'::geography AS geom", "大地线", None),
    "named like the table": ("SELECT ST_Point(1, 2) AS geom, 1 AS bad", "bad", None),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_taken_is_refused(database: Any, case: str) -> None:
    query, word, problem = REFUSED[case]
    database.run(f"CREATE TABLE ground.bad AS {query}", "SET search_path = ground")
    layer = "bad" if case == "named like the table" else "ground.bad"
    if layer == "bad":
        database.run("ALTER ROLE gz_owner SET search_path = ground, public")
    try:
        error = refused(layer)
    finally:
        database.run("ALTER ROLE gz_owner RESET search_path")
    assert word in error.what
    assert error.problem == problem


def test_one_of_two_geometries_may_be_named(database: Any) -> None:
    database.run("CREATE TABLE ground.two AS SELECT ST_Point(1, 2) AS a, ST_Point(3, 4) AS b")
    (row,), _ = rows_of("ground.two.b")
    assert shapely.from_wkb(row["ground.two.b"]).equals(shapely.Point(3, 4))
    assert refused("ground.two.c").problem is None


def test_points_of_a_geography_are_read(database: Any) -> None:
    database.run("CREATE TABLE ground.spots AS SELECT 'POINT(114 38)'::geography AS geom")
    assert geo_of("ground.spots")["crs"]["id"]["code"] == 4326


def test_missing_table_names_the_like(database: Any) -> None:
    database.run("CREATE TABLE ground.railway AS SELECT ST_Point(1, 2) AS geom")
    error = refused("ground.railways")
    assert error.problem == "missing"
    assert "ground.railway" in error.todo
    assert refused(None).problem is None


HIDERS = {
    "row security": (
        "ALTER TABLE ground.t ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY half ON ground.t FOR SELECT TO reader USING (code = 'a')",
        "GRANT SELECT ON ground.t TO reader",
    ),
    "row security below a view": (
        "ALTER TABLE ground.t RENAME TO below",
        "ALTER TABLE ground.below ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY half ON ground.below FOR SELECT TO reader USING (code = 'a')",
        "CREATE VIEW ground.t WITH (security_invoker) AS SELECT * FROM ground.below",
        "GRANT SELECT ON ground.below, ground.t TO reader",
    ),
    "no right": (),
    "right to some columns": ("GRANT SELECT (geom) ON ground.t TO reader",),
}


@pytest.mark.parametrize("case", HIDERS)
def test_rows_that_may_be_hidden_are_refused(
    database: Any, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    database.run(
        "CREATE TABLE ground.t (gid serial PRIMARY KEY, geom geometry, code text)",
        "INSERT INTO ground.t (geom, code) VALUES ('POINT(1 1)', 'a'), ('POINT(2 2)', 'b')",
        "CREATE ROLE reader LOGIN PASSWORD 'leser'",
        "GRANT USAGE ON SCHEMA ground TO reader",
        *HIDERS[case],
    )
    reader = database.connection(user="reader", password="leser")
    monkeypatch.setenv("GEOZONE_READER", reader)
    try:
        error = refused("ground.t", "postgis://GEOZONE_READER")
        database.run("GRANT SELECT ON ALL TABLES IN SCHEMA ground TO reader")
        database.run("ALTER ROLE reader BYPASSRLS")
        rows, _ = rows_of("ground.t", "postgis://GEOZONE_READER")
    finally:
        database.run("DROP OWNED BY reader", "DROP ROLE reader")
    assert error.problem == "unreadable"
    assert "leser" not in f"{error.what}{error.todo}"
    assert len(rows) == 2


def test_a_row_deleted_during_the_read_is_still_in_the_snapshot(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.run(
        "CREATE TABLE ground.t (gid serial PRIMARY KEY, geom geometry)",
        "INSERT INTO ground.t (geom) VALUES ('POINT(1 1)'), ('POINT(2 2)')",
    )
    counted = postgis._crs

    def deleting(*given: Any) -> Any:
        database.run("DELETE FROM ground.t WHERE gid = 2")
        return counted(*given)

    monkeypatch.setattr(postgis, "_crs", deleting)
    assert len(rows_of("ground.t")[0]) == 2
    assert len(rows_of("ground.t")[0]) == 1


def test_fewer_rows_than_counted_are_refused(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.run(
        "CREATE TABLE ground.t (gid serial PRIMARY KEY, geom geometry)",
        "INSERT INTO ground.t (geom) VALUES ('POINT(1 1)'), ('POINT(2 2)')",
    )
    rows = postgis._rows
    monkeypatch.setattr(postgis, "_rows", lambda *given: list(rows(*given))[:-1])
    assert refused("ground.t").problem == "count-mismatch"


def test_a_connection_that_breaks_tells_nothing_of_itself(
    database: Any,
    ground: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    database.run("CREATE TABLE ground.t AS SELECT ST_Point(1, 1) AS geom")

    def breaking(*_: Any) -> None:
        database.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'geozone'"
        )

    monkeypatch.setattr(postgis, "_crs", breaking)
    error = refused("ground.t")
    assert error.problem == "unreadable"
    for secret in (ground.password, ground.owner, "127.0.0.1"):
        assert secret not in f"{error.what}{error.todo}{caplog.text}"


def test_a_slow_query_is_given_up(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    database.run(
        "CREATE VIEW ground.slow AS SELECT ST_Point(1, 1) AS geom FROM pg_sleep(60)",
    )
    monkeypatch.setitem(postgis.SETTINGS, "statement_timeout", "50ms")
    assert "took longer" in refused("ground.slow").what


def test_a_locked_table_is_given_up(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    database.run("CREATE TABLE ground.t (geom geometry)")
    monkeypatch.setitem(postgis.SETTINGS, "lock_timeout", "50ms")
    with psycopg.connect(database.connection()) as other:
        other.execute("LOCK TABLE ground.t IN ACCESS EXCLUSIVE MODE")
        error = refused("ground.t")
    assert "lock timeout" in error.what


def test_a_server_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        connection = f"host=127.0.0.1 port={port} user=u password=p connect_timeout=2"
        monkeypatch.setenv("GEOZONE_POSTGIS", connection)
        assert "timed out" in refused("ground.t").what


def test_a_damaged_index_hides_nothing(database: Any) -> None:
    database.run(
        "CREATE TABLE ground.t (gid int PRIMARY KEY, geom geometry, code text)",
        "INSERT INTO ground.t SELECT i, ST_Point(i, i) FROM generate_series(1, 2000) i",
        "CREATE TABLE ground.empty (gid int PRIMARY KEY)",
        "VACUUM ANALYZE ground.t",
        "UPDATE pg_catalog.pg_class SET relfilenode ="
        " (SELECT relfilenode FROM pg_class WHERE oid = 'ground.empty_pkey'::regclass)"
        " WHERE oid = 'ground.t_pkey'::regclass",
    )
    try:
        rows, _ = rows_of("ground.t")
    finally:
        database.run("DROP TABLE ground.t", "CREATE TABLE ground.t ()")
    assert len(rows) == 2000


SECRETS = {
    "user and password": "postgis://boss:geheim@host/db",
    "host": "postgis://db.example.org/base",
    "other variable": "postgis://PATH",
    "key words": "postgis://host=h password=geheim",
    "query": "postgis://GEOZONE_POSTGIS?password=geheim",
}


@pytest.mark.parametrize("case", SECRETS)
def test_only_the_name_of_a_variable_may_stand_in_a_path(case: str) -> None:
    error = refused("ground.t", SECRETS[case])
    assert error.problem is None
    assert "geheim" not in f"{error.what}{error.todo}"


WRONG = {
    "password": {"password": "falsch-77"},
    "user": {"user": "nobody-77"},
    "database": {"dbname": "nothing-77"},
    "port": {"port": 1},
    "host": {"host": "no-such-host-77.invalid"},
    "tls": {"sslmode": "require"},
}


@pytest.mark.parametrize("case", WRONG)
def test_a_failed_connection_tells_no_secret(
    database: Any, ground: Any, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.setenv("GEOZONE_POSTGIS", database.connection(**WRONG[case]))
    error = refused("ground.t")
    told = f"{error.what}{error.todo}{error.__cause__}"
    assert error.problem == "unreadable"
    for secret in (ground.password, ground.owner, "falsch", "-77", "127.0.0.1"):
        assert secret not in told


@pytest.mark.parametrize("written", ["", "   ", "host=h passwort=geheim", "geheim"])
def test_a_wrong_connection_string_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("GEOZONE_POSTGIS", written)
    error = refused("ground.t")
    assert error.problem == "unreadable"
    assert "geheim" not in f"{error.what}{error.todo}"


def test_psycopg_is_asked_for_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOZONE_POSTGIS", "host=h")
    monkeypatch.setitem(__import__("sys").modules, "geozone.land.sources.postgis", None)
    monkeypatch.delattr("geozone.land.sources.postgis")
    assert "geozone[postgis]" in refused("ground.t").todo


NAMES = {
    "railway": (None, "railway", None),
    "ground.railway": ("ground", "railway", None),
    "ground.railway.geom": ("ground", "railway", "geom"),
    '"a.b"."c d"': ("a.b", "c d", None),
    '"say ""no"""': (None, 'say "no"', None),
    "铁路.线": ("铁路", "线", None),
}


@pytest.mark.parametrize("layer", NAMES)
def test_names_of_tables(layer: str) -> None:
    name = table_name(layer)
    assert (name.schema, name.table, name.geometry) == NAMES[layer]


@pytest.mark.parametrize("layer", ["", ".", "a.", ".a", "a.b.c.d", "a b", '"a', "a;b c", "x" * 64])
def test_what_is_no_name_of_a_table(layer: str) -> None:
    with pytest.raises(UnreadableError):
        table_name(layer)
