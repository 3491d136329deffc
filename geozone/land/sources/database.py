"""PostGIS tables: exported in one snapshot to a GeoParquet file, then read like any file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from geozone.land.formats.features import UnreadableError
from geozone.land.sources.source import Source

USUAL = "GEOZONE_POSTGIS"
VARIABLE = re.compile(r"GEOZONE_[A-Za-z0-9_]+")
"""Names that a project file may ask for: no other variable of the machine is ever looked at."""
PART = re.compile(r'\s*(?:"((?:[^"]|"")+)"|([^."\s]+))\s*(?:\.|$)')
LONGEST_BYTES = 63
"""Of an identifier: PostgreSQL would cut a longer one silently."""


@dataclass(frozen=True)
class TableName:
    """What ``layer`` names; ``schema`` and ``geometry`` are ``None`` where it leaves them out."""

    written: str
    table: str
    schema: str | None = None
    geometry: str | None = None


@contextmanager
def exported(
    written: str, layer: str | None, environ: Mapping[str, str] = os.environ
) -> Iterator[Source]:
    """The table that ``layer`` names, as a GeoParquet file that goes again afterwards.

    ``postgis://`` takes the connection string from ``GEOZONE_POSTGIS``, ``postgis://NAME`` from
    the variable ``NAME``, which begins with ``GEOZONE_``. ``layer`` is ``table``,
    ``schema.table`` or ``schema.table.geometry``. Raises ``UnreadableError``, which never
    carries anything of the connection string.
    """
    connection = _connection(written, environ)
    if layer is None:
        raise UnreadableError(
            "须指明表；只有图层读自数据库 / a table must be named; only layers come from databases",
            '[[layer]] layer = "schema.table"',
            problem=None,
        )
    name = table_name(layer)
    try:
        from geozone.land.sources import postgis  # noqa: PLC0415 - psycopg is an extra
    except ImportError:
        raise UnreadableError(
            "未安装 psycopg / psycopg is not installed", "pip install 'geozone[postgis]'"
        ) from None
    with TemporaryDirectory(prefix="geozone-") as made:
        path = Path(made) / "table.parquet"
        files = (postgis.export(connection, name, path),)
        yield Source(written, path, files)


def _connection(written: str, environ: Mapping[str, str]) -> str:
    """The connection string. Raises ``UnreadableError`` where the path is more than a name."""
    variable = written.partition("://")[2].rstrip("/") or USUAL
    if not VARIABLE.fullmatch(variable):
        raise UnreadableError(
            "项目文件中不得写主机、用户或口令；postgis:// 后只能是以 GEOZONE_ 开头的环境变量名 / "
            "a host, user or password may not stand in a project file; after postgis:// comes the "
            "name of a variable that begins with GEOZONE_",
            f'path = "postgis://"；连接串写入 {USUAL} / the connection string goes into {USUAL}',
            problem=None,
        )
    connection = environ.get(variable, "").strip()
    if not connection:
        raise UnreadableError(
            f"环境变量 {variable} 未设置 / the variable {variable} is not set",
            f'{variable}="host=… dbname=… user=… password=…"',
        )
    return connection


def table_name(layer: str) -> TableName:
    """``table``, ``schema.table`` or ``schema.table.geometry``, each part plain or in quotes.

    Names are taken as written, letter case too. Raises ``UnreadableError``.
    """
    parts: list[str] = []
    at = 0
    while at < len(layer) and (found := PART.match(layer, at)):
        parts.append((found[1] or "").replace('""', '"') or found[2])
        at = found.end()
    wrong = at < len(layer) or layer.rstrip().endswith(".") or not 1 <= len(parts) <= 3
    if wrong or any(len(one.encode()) > LONGEST_BYTES or "\0" in one for one in parts):
        raise UnreadableError(
            f"不是表名 {layer!r} / {layer!r} is not the name of a table",
            'layer = "schema.table"',
            problem=None,
        )
    schema = parts.pop(0) if len(parts) > 1 else None
    table, *shape = parts
    return TableName(layer, table, schema, shape[0] if shape else None)
