"""Opening GeoPackages without touching them: write-ahead logs, layers, counts, soundness."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

from geozone.land.formats.features import STALE_COPY
from geozone.land.formats.ogr import chosen_layer

MAGIC = b"SQLite format 3\x00"
HOT_JOURNAL = bytes.fromhex("d9d505f920a163d7")
WAL_AT, WAL = 18, 2
DRAWN = (
    *("GEOMETRY", "POINT", "LINESTRING", "POLYGON", "CURVEPOLYGON", "GEOMETRYCOLLECTION"),
    *("MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "MULTICURVE", "MULTISURFACE"),
)
COPIED_OPEN = (
    "复制时数据库可能正打开，缺 -wal，最新的行可能丢失：关闭后重新复制，"
    "或写明 sha256 或 features / "
    "copied while it was open? its -wal is missing, the newest rows may be lost: close it and copy "
    "it again, or state sha256 or features"
)
OWN_LOG = "连同自己的 -wal 重新复制 / copy it again, with its own -wal if it has one"
UNUSED_LOG = (
    "旁边的 -wal 与它不配套，其中的行未读到 / the -wal beside it is not its own, rows in it are "
    "not seen"
)


@dataclass(frozen=True, eq=False)
class Base:
    """An open database, and the doubts (code, text) that its files raise."""

    sql: sqlite3.Connection
    doubts: tuple[tuple[str, str], ...] = ()


STEPS, MOST_STEPS = 10_000_000, 5_000_000_000
"""Steps of SQLite between two looks, and the most for a file: ten million rows take a tenth."""


@dataclass(frozen=True)
class Shelf:
    """Where a layer keeps its rows: table, geometry column, key, number of its CRS, fields.

    ``kinds`` are the declared types of the fields, in capitals; ``key`` is ``None`` for views.
    """

    table: str
    geometry: str
    key: str | None
    srs_id: int
    fields: tuple[str, ...]
    kinds: tuple[str, ...]
    ignored: tuple[str, ...]


@contextmanager
def opened_base(path: Path) -> Iterator[Base]:
    """The database for reading: the file itself, or a copy where a log lies beside it.

    Raises ``ValueError`` and ``sqlite3.Error`` where it is damaged.
    """
    with path.open("rb") as stream:
        head = stream.read(100)
    if not head.startswith(MAGIC) or len(head) < 100:
        raise ValueError("内容不是 GPKG / the content is not GPKG")
    _refuse_journal(path.with_name(path.name + "-journal"))
    log = path.with_name(path.name + "-wal")
    is_wal = head[WAL_AT] == WAL
    if log.is_file() and log.stat().st_size:
        if not is_wal:
            raise ValueError(f"{log.name} 不是它的 / {log.name} is not its own: {OWN_LOG}")
        with _copied(path, log) as base:
            yield base
        return
    # A log is never made: SQLite would write one beside a database in WAL mode.
    way = "immutable=1" if is_wal else "mode=ro"
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?{way}", uri=True)) as sql:
        sql.set_progress_handler(_Steps(), STEPS)
        _check(sql)
        yield Base(sql, ((STALE_COPY, COPIED_OPEN),) if is_wal else ())


@dataclass
class _Steps:
    """Stops a database after so much work that only a view without end can ask for it."""

    done: int = 0

    def __call__(self) -> bool:
        self.done += STEPS
        return self.done > MOST_STEPS


@contextmanager
def _copied(path: Path, log: Path) -> Iterator[Base]:
    with tempfile.TemporaryDirectory(prefix="geozone-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder, "copy.gpkg")
        copyfile(path, copy)
        copyfile(log, copy.with_name("copy.gpkg-wal"))
        with closing(sqlite3.connect(copy)) as sql:
            sql.set_progress_handler(_Steps(), STEPS)
            _, frames, _ = sql.execute("PRAGMA wal_checkpoint").fetchone()
            _check(sql)
            yield Base(sql, () if frames > 0 else ((STALE_COPY, UNUSED_LOG),))


def _refuse_journal(journal: Path) -> None:
    """Raises ``ValueError`` where a program stopped, or still is, in the midst of writing."""
    if not journal.is_file():
        return
    with journal.open("rb") as stream:
        if stream.read(len(HOT_JOURNAL)) == HOT_JOURNAL:
            raise ValueError(
                f"有未完成的写入 {journal.name}：用 QGIS 打开一次再关闭 / writing was not "
                f"finished ({journal.name}): open it once in QGIS and close it"
            )


def _check(sql: sqlite3.Connection) -> None:
    """Raises ``ValueError`` where the database is damaged."""
    state = str(scalar(sql, "PRAGMA quick_check(1)"))
    if state != "ok":
        raise ValueError(f"数据库损坏 / the database is damaged: {state}")


def quoted(name: str) -> str:
    """A table's or column's name in a statement."""
    return '"' + name.replace('"', '""') + '"'


def scalar(sql: sqlite3.Connection, asked: str, *given: object) -> object:
    """The only value that a statement gives; ``None`` where there is no row."""
    row = sql.execute(asked, given).fetchone()
    return row[0] if row else None


def shelf_of(sql: sqlite3.Connection, asked: str | None) -> Shelf:
    """Where the asked, else the only, feature layer keeps its rows.

    Raises ``UnreadableError``, and ``ValueError`` where the tables of contents contradict.
    """
    listed = sql.execute(
        "SELECT c.table_name, g.column_name, g.srs_id, c.srs_id FROM gpkg_contents c "
        "JOIN gpkg_geometry_columns g ON lower(g.table_name) = lower(c.table_name) "
        "WHERE c.data_type = 'features' ORDER BY c.rowid"
    ).fetchall()
    name = chosen_layer(list(dict.fromkeys(str(row[0]) for row in listed)), asked)
    rows = [row for row in listed if row[0] == name]
    if len(rows) != 1:
        raise ValueError(f"{name} 有 {len(rows)} 个几何列 / has {len(rows)} geometry columns")
    _, geometry, srs_id, said = rows[0]
    if said is not None and said != srs_id:
        raise ValueError(
            f"{name} 的坐标系载明两种 / two coordinate systems are stated for {name}: srs_id "
            f"{srs_id}, {said}"
        )
    return _columns(sql, name, str(geometry), int(srs_id))


def _columns(sql: sqlite3.Connection, table: str, geometry: str, srs_id: int) -> Shelf:
    asked = f"SELECT name, upper(type), pk FROM pragma_table_info({_text(table)})"  # noqa: S608 - quoted
    columns = [(str(name), str(kind), int(pk)) for name, kind, pk in sql.execute(asked)]
    keys = [(name, kind) for name, kind, pk in columns if pk]
    kind = scalar(sql, "SELECT type FROM sqlite_master WHERE lower(name) = lower(?)", table)
    key = "rowid" if kind == "table" else None
    if len(keys) == 1 and keys[0][1] == "INTEGER":
        key = keys[0][0]
    hidden = {geometry.casefold(), *([key.casefold()] if key else [])}
    shown = [(name, kind) for name, kind, _ in columns if name.casefold() not in hidden]
    return Shelf(
        table=table,
        geometry=geometry,
        key=key,
        srs_id=srs_id,
        fields=tuple(name for name, _ in shown),
        kinds=tuple(kind for _, kind in shown),
        ignored=tuple(name for name, kind in shown if kind in DRAWN),
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def stored_count(sql: sqlite3.Connection, table: str) -> int | None:
    """The number of rows that GDAL stored for a layer; ``None`` where there is none.

    Raises ``ValueError`` where it is no number.
    """
    known = "SELECT 1 FROM sqlite_master WHERE name = 'gpkg_ogr_contents'"
    if scalar(sql, known) is None:
        return None
    asked = "SELECT feature_count FROM gpkg_ogr_contents WHERE lower(table_name) = lower(?)"
    count = scalar(sql, asked, table)
    if count is not None and not isinstance(count, int):
        raise ValueError(f"载明的要素数不是整数 / the stored count is no number: {count!r}")
    return count


def has_sound_index(sql: sqlite3.Connection, shelf: Shelf, filled: int) -> bool:
    """Whether the spatial index is whole and holds as many rows as there are shapes, or none is."""
    name = f"rtree_{shelf.table}_{shelf.geometry}"
    if scalar(sql, "SELECT 1 FROM sqlite_master WHERE lower(name) = lower(?)", name) is None:
        return True
    try:
        count = scalar(sql, f"SELECT count(*) FROM {quoted(name)}")  # noqa: S608 - quoted
        return count == filled and scalar(sql, "SELECT rtreecheck(?)", name) == "ok"
    except sqlite3.Error:
        return False
