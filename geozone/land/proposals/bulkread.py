"""Reading a table of very many points, to the same proposals and faults as row by row.

Rows that are plain are read by column. All others, and those that may be at fault, are read
closely, as the reader of rows does: that tells what is wrong with them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from geozone.land.arrowed import of_numbers, of_texts
from geozone.land.coordinates.crsways import Ways
from geozone.land.faults import Faults
from geozone.land.formats.features import UnreadableError
from geozone.land.project import Project
from geozone.land.proposals.closer import Asking, Closer, closely
from geozone.land.proposals.columnfacts import Stated, stated_columns
from geozone.land.proposals.columnplaces import Placed, placed_columns
from geozone.land.proposals.columns import Columns
from geozone.land.proposals.doubts import SURE, Doubt, Doubtful, cell_doubts, checked_ids, doubtful
from geozone.land.proposals.factstable import unused
from geozone.land.proposals.making import Asked
from geozone.land.proposals.plaintable import Table, plain_table
from geozone.land.proposals.pointways import accuracies, moved
from geozone.land.proposals.proposed import Proposals
from geozone.land.proposals.receipts import Points, receipt_of
from geozone.land.receipt import Input
from geozone.land.sources.reads import local_files
from geozone.land.sources.source import Source, opened
from geozone.law.activity import Activity
from geozone.law.errors import Refused


@dataclass(frozen=True)
class Wanted:
    """What the caller adds to a table, and whether faulty rows are left out of it."""

    activity: Activity | None = None
    crs: str | None = None
    keep_going: bool = False


NOTHING_WANTED = Wanted()


def read_points(
    path: str | Path, project: Project, wanted: Wanted = NOTHING_WANTED, *, threads: int = 1
) -> Proposals | None:
    """The proposals of a table of points; ``None`` where the table as a whole needs a word.

    Raises ``Refused`` with every fault of its rows; where very many are doubtful for the same
    reasons and the first of them are at fault, the others are only counted.
    """
    asked = Asked(wanted.activity, activity_needed=True)
    asking = Asking(str(path), asked, wanted.crs, project, Ways(project.crs))
    try:
        with opened(str(path), Path(), stranger=True) as source:
            table = plain_table(source.path.read_bytes())
            placed = placed_columns(table, wanted.crs) if table else None
            if table is None or placed is None:
                return None
            stated = stated_columns(table, wanted.activity)
            plain = _plain(table, placed, stated, asking, threads)
            closer = _closer(table, plain, asking, keep_going=wanted.keep_going)
            if closer is None:
                return None
            return _told(source, table, plain, closer, asking, keep_going=wanted.keep_going)
    except UnreadableError:
        return None


@dataclass(frozen=True, eq=False)
class _Plain:
    """The points of the plain rows, and the rows to be read closely; ids where there are any."""

    columns: Columns
    placed: Placed
    doubtful: Doubtful
    has_ids: bool


def _plain(table: Table, placed: Placed, stated: Stated, asking: Asking, threads: int) -> _Plain:
    """The points without doubt, in the working CRS. Raises as ``Table.read``."""
    doubts, ids = cell_doubts(len(table.rows), placed, stated), None
    if stated.ids is not None:
        ids = checked_ids(stated.ids, _odd_ids(table, asking.file))
        doubts[ids.doubtful] |= Doubt.ID.value
    accuracy_m = accuracies(stated, asking.project, len(doubts))
    xy = placed.xy.copy()
    if placed.crs is not None:
        good = np.flatnonzero(doubts == 0) if doubts.any() else slice(None)
        found = moved(
            xy[good],
            placed.crs,
            accuracy_m[good],
            project=asking.project,
            ways=asking.ways,
            threads=threads,
        )
        xy[good] = found.xy
        outside = np.zeros(len(doubts), bool)
        outside[good] = ~found.inside
        doubts[outside] |= Doubt.PLACE.value
    columns = Columns(
        rows=table.rows,
        ids=of_texts([b""] * len(doubts), pa.string()) if stated.ids is None else stated.ids,
        xy=xy,
        accuracy_m=accuracy_m,
        activity=stated.activity,
        facts=stated.facts,
        names=stated.names,
    )
    is_plain, named = doubts == 0, stated.ids is not None
    return _Plain(columns.of(is_plain), placed, doubtful(table, doubts, ids), named)


def _odd_ids(table: Table, file: str) -> set[str]:
    """The ids of the rows that are not plain. Raises as ``Table.read``."""
    if not len(table.odd):
        return set()
    found = table.read(table.odd, file).file.rows
    return {table.heads.cell(one.cells, "id") or "" for one in found}


def _closer(table: Table, plain: _Plain, asking: Asking, *, keep_going: bool) -> Closer | None:
    """The rows that need it, read closely; ``None`` as ``closely``.

    Raises ``Refused`` after the first of them where that is sure, and as ``Table.read``.
    """
    every, kept = plain.doubtful, plain.columns.rows
    tried = every.some
    if keep_going:  # only what is surely at fault may be left unread
        sure = SURE | Doubt.SYSTEM if plain.placed.nowhere else SURE
        tried = np.union1d(tried, every.rows[(every.doubts & sure.value) == 0])
    if len(tried) < len(every.rows) and not (keep_going and len(kept)):
        first = closely(table, tried, kept, asking)
        if first is None:
            return None
        if first.made.faults and not (keep_going and first.made.kept):
            rest = Faults(asking.file)
            _count(len(every.rows) - len(tried), rest)
            raise Refused([*first.made.faults, *rest.found])
    return closely(table, every.rows, kept, asking)


def _count(rows: int, faults: Faults) -> None:
    faults.add(
        f"另有 {rows} 行疑有同样的问题，未细读 / {rows} more rows seem to be at fault for the same "
        "reasons and were not read closely",
        "改正以上各处后再运行 / correct the above and run again",
    )


def _told(
    source: Source, table: Table, plain: _Plain, closer: Closer, asking: Asking, *, keep_going: bool
) -> Proposals | None:
    """All points together; ``None`` where there are none. Raises ``Refused``."""
    columns, made = plain.columns, closer.made
    kept, wrong = made.kept, made.faults
    if wrong and not (keep_going and (kept or len(columns))):
        raise Refused(wrong)
    if not kept and not len(columns):
        return None
    more = Points(len(columns), plain.placed.crs)
    receipt = receipt_of(source.files, made.rows, made.placed, asking.ways, more)
    if not plain.has_ids:
        ranks = of_numbers(closer.ranks(columns.rows))
        columns = replace(columns, ids=ranks.cast(pa.string()))
    items = columns.with_proposals(closer.numbers[list(kept)], tuple(kept.values()))
    told = (*source.notes, *table.notes, *unused(table.heads), *closer.notes, *receipt.done)
    return Proposals(
        items=items,
        faults=tuple(wrong),
        notes=told,
        sha256=receipt.sha256,
        inputs=(Input.of("proposals", asking.file, receipt),),
        reads=local_files([asking.file], Path()),
    )
