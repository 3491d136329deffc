"""Which table of a database is meant, and what columns it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from geozone.land.faults import did_you_mean
from geozone.land.formats.features import UnreadableError
from geozone.land.sources.database import TableName

SHAPES = ("geometry", "geography")
LEFT_OUT = (*SHAPES, "raster", "bytea", "topogeometry")
"""Types of columns that are no attributes."""
WHOLE = ("int2", "int4", "int8")
FOREIGN = "f"
SHOWN = 10


@dataclass(frozen=True)
class Column:
    """A column and the name of its type (of a domain, the type below it)."""

    name: str
    kind: str


@dataclass(frozen=True)
class Table:
    """A table, view or materialised view with the column of its shapes.

    ``home`` is the schema of PostGIS, ``key`` the whole-number column that is the primary key,
    ``srid`` what the geometry column declares (0: nothing).
    """

    schema: str
    name: str
    home: str
    geometry: str
    is_geography: bool
    srid: int
    columns: tuple[Column, ...]
    key: str | None

    @property
    def label(self) -> str:
        """``schema.table``."""
        return f"{self.schema}.{self.name}"

    @property
    def source(self) -> sql.Composable:
        """The table, quoted."""
        return sql.Identifier(self.schema, self.name)

    def call(self, function: LiteralString) -> sql.Composable:
        """A function of PostGIS, called on the shapes."""
        shape: sql.Composable = sql.Identifier(self.geometry)
        if self.is_geography:
            shape = sql.SQL("{}::{}").format(shape, sql.Identifier(self.home, "geometry"))
        return sql.SQL("{}({})").format(sql.Identifier(self.home, function.lower()), shape)


def find_table(base: psycopg.Connection, name: TableName) -> Table:
    """The table of a name. Raises ``UnreadableError``."""
    home = _home(base)
    oid, schema = _place(base, name)
    columns = _ask(base, COLUMNS, oid=oid)
    shapes = [one for one in columns if one["kind"] in SHAPES]
    found = [one for one in shapes if name.geometry in (None, one["name"])]
    if len(found) != 1:
        _ask_for_shapes(name, [str(one["name"]) for one in shapes])
    kept = tuple(Column(one["name"], one["kind"]) for one in columns if one["kind"] not in LEFT_OUT)
    keys = [str(one["name"]) for one in columns if one["is_key"]]
    kinds = {one.name: one.kind for one in kept}
    return Table(
        schema=schema,
        name=name.table,
        home=home,
        geometry=found[0]["name"],
        is_geography=found[0]["kind"] == "geography",
        srid=_declared_srid(base, home, found[0]["typmod"]),
        columns=kept,
        key=keys[0] if len(keys) == 1 and kinds.get(keys[0]) in WHOLE else None,
    )


def _ask_for_shapes(name: TableName, shapes: list[str]) -> None:
    if not shapes:
        raise UnreadableError(
            "表中没有几何列 / the table has no geometry column",
            "改正 layer / correct layer",
            problem=None,
        )
    listed = ", ".join(shapes)
    raise UnreadableError(
        f"几何列 / geometry columns: {listed}",
        f'layer = "schema.{name.table}.{shapes[0]}"',
        problem=None,
    )


COLUMNS: LiteralString = """
SELECT a.attname AS name, a.atttypmod AS typmod, coalesce(b.typname, t.typname) AS kind,
  EXISTS (SELECT FROM pg_catalog.pg_index i
          WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey)) AS is_key
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype
WHERE a.attrelid = %(oid)s AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum"""

TABLES: LiteralString = """
SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
  pg_catalog.row_security_active(c.oid) AS hides
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname = %(table)s
  AND CASE WHEN %(schema)s::text IS NULL THEN pg_catalog.pg_table_is_visible(c.oid)
           ELSE n.nspname = %(schema)s END"""

SPATIAL: LiteralString = """
SELECT DISTINCT n.nspname AS schema, c.relname AS name
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid AND t.typname IN ('geometry', 'geography')
WHERE c.relkind IN ('r', 'p', 'v', 'm') ORDER BY 1, 2"""

HOME: LiteralString = """
SELECT n.nspname AS schema FROM pg_catalog.pg_extension e
JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'"""


def _ask(base: psycopg.Connection, query: LiteralString, **values: Any) -> list[dict[str, Any]]:
    with base.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, values).fetchall()


def _home(base: psycopg.Connection) -> str:
    found = _ask(base, HOME)
    if not found:
        raise UnreadableError(
            "数据库没有 PostGIS / the database has no PostGIS", "CREATE EXTENSION postgis"
        )
    return str(found[0]["schema"])


def _spatial(base: psycopg.Connection) -> list[str]:
    names = [f"{one['schema']}.{one['name']}" for one in _ask(base, SPATIAL)]
    return [*names[:SHOWN], *(["…"] if len(names) > SHOWN else [])] or ["—"]


def _place(base: psycopg.Connection, name: TableName) -> tuple[int, str]:
    """The number and the schema of a table. Raises ``UnreadableError``."""
    found = _ask(base, TABLES, table=name.table, schema=name.schema)
    if not found:
        full = f"{name.schema}.{name.table}" if name.schema else name.table
        raise UnreadableError(
            f"没有表 {full!r} / there is no table {full!r}",
            did_you_mean(full, _spatial(base)),
            problem="missing",
        )
    if found[0]["kind"] == FOREIGN:
        raise UnreadableError(
            "外部表：远端的行可能被隐藏 / a foreign table: rows may be hidden where it comes from",
            "复制为本地表，或用物化视图 / copy it to a table or a materialised view",
        )
    if found[0]["hides"]:
        raise UnreadableError(
            "行级安全可能隐藏行 / row-level security may hide rows",
            "用不受限的用户（BYPASSRLS）/ use a user to whom it does not apply (BYPASSRLS)",
        )
    return found[0]["oid"], str(found[0]["schema"])


def _declared_srid(base: psycopg.Connection, home: str, typmod: int) -> int:
    asked = sql.SQL("SELECT {}({}) AS srid").format(
        sql.Identifier(home, "postgis_typmod_srid"), sql.Literal(typmod)
    )
    with base.cursor() as cursor:
        row = cursor.execute(asked).fetchone()
    return int(row[0]) if row else 0
