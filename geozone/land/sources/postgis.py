"""Reading a PostGIS table: one read-only snapshot, every row, nothing hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row
from pyproj import CRS
from pyproj.exceptions import CRSError

from geozone.land.formats.features import UnreadableError, canonical_text
from geozone.land.receipt import HashedFile
from geozone.land.sources.database import TableName
from geozone.land.sources.parquetfile import Row, TableHead, write_table
from geozone.land.sources.pgtables import Table, find_table

CONNECT_S, LOCK_S, STATEMENT_S = 20, 20, 600
BATCH = 5_000
SETTINGS = {
    "statement_timeout": f"{STATEMENT_S}s",
    "lock_timeout": f"{LOCK_S}s",
    "row_security": "off",  # hidden rows become an error
    "enable_indexscan": "off",  # a damaged index must not lose rows
    "enable_indexonlyscan": "off",
    "enable_bitmapscan": "off",
    "datestyle": "ISO, YMD",
    "timezone": "Asia/Shanghai",
    "extra_float_digits": "3",
}
SIMPLE = {
    f"ST_{many}{one}" for many in ("", "Multi") for one in ("Point", "LineString", "Polygon")
} | {"ST_GeometryCollection"}


def export(connection: str, name: TableName, target: Path) -> HashedFile:
    """Writes a table to a GeoParquet file; its name, hash and size as read.

    Raises ``UnreadableError`` without a word of the connection string.
    """
    with _told(), _connected(connection) as base:
        table = find_table(base, name)
        _check_name(table, name)
        ground = _ground(base, table)
        head = TableHead(
            name=table.label,
            asked=name.written,
            columns=tuple(one.name for one in table.columns),
            crs=_crs(base, table, ground.srid),
        )
        file, read = write_table(head, _rows(base, table), target)
        if read != ground.count:
            raise UnreadableError(
                f"读到 {read} 行，计数为 {ground.count} / {read} rows were read of {ground.count}",
                "检查数据库 / check the database",
                problem="count-mismatch",
            )
        return file


def _check_name(table: Table, name: TableName) -> None:
    """The geometry column of the file is called by the name of the table as written."""
    if name.written in [one.name for one in table.columns]:
        raise UnreadableError(
            f"有一列与表同名 / a column is called like the table: {name.written!r}",
            f'layer = "{table.label}"',
            problem=None,
        )


@contextmanager
def _told() -> Iterator[None]:
    """Turns the errors of a query into words; what a server says holds no password."""
    try:
        yield
    except psycopg.errors.QueryCanceled:
        raise UnreadableError(
            f"查询超过 {STATEMENT_S} 秒 / the query took longer than {STATEMENT_S} s",
            "把数据导出为 GeoPackage，或用物化视图 / export the data, or use a materialised view",
        ) from None
    except psycopg.errors.InsufficientPrivilege as error:
        raise UnreadableError(
            f"无权读取全部行或列 / not every row or column may be read: {_said(error)}",
            "授予 SELECT；行级安全须对该用户关闭（BYPASSRLS）/ grant SELECT; row-level security "
            "must not apply to the user (BYPASSRLS)",
        ) from None
    except OSError as error:
        raise UnreadableError(
            f"临时文件写不下 / the temporary file cannot be written: {error.strerror}",
            "清理临时目录所在磁盘 / free the disk that holds temporary files",
        ) from None
    except (psycopg.Error, UnicodeError) as error:
        raise UnreadableError(
            f"数据库读取失败 / the database could not be read: {_said(error)}",
            "检查表与数据库 / check the table and the database",
        ) from None


def _said(error: Exception) -> str:
    """What the server says of an error, without its details; else the kind of the error."""
    primary = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    return primary or type(error).__name__


@contextmanager
def _connected(connection: str) -> Iterator[psycopg.Connection]:
    """A connection within one read-only snapshot. Raises ``UnreadableError``."""
    with _open(connection) as base:
        base.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        base.read_only = True
        for key, value in SETTINGS.items():
            base.execute("SELECT pg_catalog.set_config(%s, %s, true)", (key, value))
        yield base
        base.rollback()


def _open(connection: str) -> psycopg.Connection:
    try:
        given = conninfo_to_dict(connection)
    except psycopg.Error:
        raise UnreadableError(
            "连接串有误 / the connection string is wrong",
            "host=… port=… dbname=… user=… password=…",
        ) from None
    usual = {"connect_timeout": CONNECT_S, "tcp_user_timeout": CONNECT_S * 1000}
    try:
        return psycopg.connect(
            **{**usual, **given, "client_encoding": "utf8", "application_name": "geozone"}  # type: ignore[arg-type]  # as libpq takes them
        )
    except psycopg.errors.ConnectionTimeout:
        what = "连接超时 / the connection timed out"
    except psycopg.Error as error:
        is_away = any(one in str(error) for one in ("refused", "resolve", "unreachable", "route"))
        what = (
            "数据库服务器无法到达 / the database server cannot be reached"
            if is_away
            else "数据库拒绝连接（用户、口令、库名或加密）/ "
            "the database refuses the connection (user, password, database or encryption)"
        )
    raise UnreadableError(
        what, "核对环境变量中的连接串 / check the connection string in the variable"
    )


@dataclass(frozen=True)
class _Ground:
    """How many rows a table has, and the SRID of its shapes (0: undeclared)."""

    count: int
    srid: int


def _ground(base: psycopg.Connection, table: Table) -> _Ground:
    """Count and SRID by scanning. Raises ``UnreadableError`` for shapes that cannot be taken."""
    call = table.call
    asked = sql.SQL(
        "SELECT count(*) AS rows, array_agg(DISTINCT {srid}) AS srids, array_agg(DISTINCT {kind})"
        " AS kinds, coalesce(bool_or({arcs}), false) AS arcs FROM {table}"
    ).format(
        srid=call("ST_SRID"),
        kind=call("ST_GeometryType"),
        arcs=call("ST_HasArc"),
        table=table.source,
    )
    with base.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(asked).fetchone() or {}
    kinds = {one for one in found["kinds"] or () if one}
    srids = {one for one in found["srids"] or () if one is not None} or {table.srid}
    if found["arcs"] or not kinds <= SIMPLE:
        odd = ", ".join(sorted(kinds - SIMPLE)) or "arcs"
        raise UnreadableError(
            f"含曲线或曲面 / holds curves or surfaces: {odd}",
            "转为折线（ST_CurveToLine）/ convert curves to straight segments (ST_CurveToLine)",
            problem="invalid-geometry",
        )
    if table.is_geography and kinds - {"ST_Point", "ST_MultiPoint"}:
        raise UnreadableError(
            "geography 的边是大地线 / the edges of a geography are geodesics",
            "转为 geometry / convert it to geometry",
            problem=None,
        )
    if len(srids) > 1:
        listed = ", ".join(str(one) for one in sorted(srids))
        raise UnreadableError(
            f"SRID 不一致 / shapes of several SRIDs: {listed}",
            "统一坐标系（ST_Transform）/ bring them to one CRS (ST_Transform)",
            problem=None,
        )
    return _Ground(found["rows"], srids.pop())


def _crs(base: psycopg.Connection, table: Table, srid: int) -> CRS | None:
    """The CRS of an SRID by ``spatial_ref_sys``; ``None`` for 0. Raises ``UnreadableError``."""
    if srid == 0:
        return None
    asked = sql.SQL("SELECT auth_name, auth_srid, srtext FROM {} WHERE srid = {}").format(
        sql.Identifier(table.home, "spatial_ref_sys"), sql.Literal(srid)
    )
    with base.cursor() as cursor:
        name, code, text = cursor.execute(asked).fetchone() or (None, None, None)
    for known in (f"{name}:{code}", text or ""):
        try:
            return CRS.from_user_input(known)
        except CRSError:
            continue
    raise UnreadableError(
        f"SRID {srid} 不在 spatial_ref_sys / SRID {srid} is not in spatial_ref_sys",
        "改正 SRID（UpdateGeometrySRID）/ correct the SRID (UpdateGeometrySRID)",
        problem=None,
    )


def _rows(base: psycopg.Connection, table: Table) -> Iterator[Row]:
    """The rows by their key, or in an order that only their content decides."""
    shape = table.call("ST_AsBinary")
    texts = [
        sql.SQL("{}::pg_catalog.text").format(sql.Identifier(one.name)) for one in table.columns
    ]
    order: Sequence[sql.Composable] = (
        [sql.Identifier(table.schema, table.name, table.key)]  # bare, it would be the text
        if table.key
        else [shape, *(sql.SQL('{} COLLATE "C"').format(one) for one in texts)]
    )
    asked = sql.SQL("SELECT {} FROM {} ORDER BY {}").format(
        sql.SQL(", ").join([shape, *texts]), table.source, sql.SQL(", ").join(order)
    )
    at = [one.name for one in table.columns].index(table.key) if table.key else None
    with base.cursor("geozone", binary=True) as cursor:
        cursor.itersize = BATCH
        for number, row in enumerate(cursor.execute(asked), 1):
            blob, *values = row
            cells = tuple(
                _text(value, one.kind) for value, one in zip(values, table.columns, strict=True)
            )
            yield Row(number if at is None else int(values[at]), blob, cells)


def _text(value: str | None, kind: str) -> str | None:
    """A column's value, as its server writes it, in the form that files give it."""
    return None if value is None else canonical_text(FORMS.get(kind, str)(value))


def _decimal(value: str) -> object:
    number = Decimal(value)
    if not number.is_finite():
        return float(value)
    return int(number) if number == int(number) else f"{number.normalize():f}"


def _moment(value: str) -> object:
    try:
        return datetime.fromisoformat(value)
    except ValueError:  # infinity, or before Christ
        return value


FORMS: dict[str, Callable[[str], object]] = {
    "bool": lambda value: value == "true",
    "float4": float,
    "float8": float,
    "numeric": _decimal,
    "timestamp": _moment,
    "timestamptz": _moment,
}
"""How the text of a type becomes a value; other types are text."""
