"""Where the plain rows of a large table lie, and which of them the reader of rows must see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geozone.land.arrowed import numbers_of, of_numbers, of_texts
from geozone.land.coordinates.odd import Odd
from geozone.land.coordinates.odd_degrees import degree_odds
from geozone.land.coordinates.odd_metres import metre_odds
from geozone.land.coordinates.plausible import plain_picks, plainly_fits
from geozone.land.faults import Faults
from geozone.land.proposals.columns import coded, constant
from geozone.land.proposals.heads import RECTANGLE
from geozone.land.proposals.places import Systems, Way, way_of
from geozone.land.proposals.plaintable import PAIR_HEADS, Table, places_of
from geozone.land.proposals.rows import Row
from geozone.land.survey.angles import may_be_packed
from geozone.land.survey.zones import datum_id

POINT, ZERO, NINE = 46, 48, 57
NUMERIC = b"0123456789."
NOUGHT = of_texts([b"0.0"], pa.string())[0]
FINE = 4
"""Decimals of degrees that are no coarse ones."""
LARGEST_DEG = np.array([180.0, 90.0])
ODD_COLUMNS = (*RECTANGLE, "wkt", "corner", "angle_format")
Rows = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Placed:
    """The points of a table, shape (n, 2), in ``crs``, and of each row what needs a word.

    ``unread`` tells rows without a plain number or with an odd one, ``elsewhere`` those that
    are not in ``crs`` (``None`` where no row tells it plainly): their ``xy`` mean nothing.
    ``witness`` is a row whose angles cannot be packed digits: read together with others, it
    shows that theirs are none. ``nowhere``: no row can have a CRS.
    """

    xy: NDArray[np.float64]
    crs: CRS | None
    unread: Rows
    elsewhere: Rows
    witness: int | None = None
    nowhere: bool = False


def placed_columns(table: Table, given: str | None) -> Placed | None:
    """Where the rows of a table lie; ``None`` where the table as a whole needs a word."""
    heads, faults, notes = table.heads, Faults(""), list[str]()
    if heads.writings or any(one in heads.by_meaning for one in ODD_COLUMNS):
        return None
    if not any(heads.has(*pair) for pair in PAIR_HEADS):
        return None
    way = way_of((), heads, notes, faults)
    if way is None or faults.found or not way.is_points or notes:
        return None
    columns = [table.columns[one] for one in way.columns]
    xy, unread = _numbers(columns, degrees=bool(way.degrees))
    witness = None
    if way.degrees and not unread.all():
        witness = _witness(columns, np.flatnonzero(~unread))
        if witness is None:
            return None
    crs, elsewhere = _system(table, given, way)
    if crs is not None:
        good = np.flatnonzero(~(unread | elsewhere))
        unread[good] |= _misfits(xy[good], crs)
    hangs = not way.degrees and _hangs_on_rows(given)
    nowhere = crs is None and "crs" not in heads.by_meaning and not hangs
    return Placed(xy, crs, unread, elsewhere, witness, nowhere)


def _system(table: Table, given: str | None, way: Way) -> tuple[CRS | None, Rows]:
    """The system that most rows state, and which rows state no or another one."""
    heads, faults, rows = table.heads, Faults(""), len(table.rows)
    every = np.ones(rows, bool)
    if not rows:
        return None, every
    stated = coded(table.columns["crs"]) if "crs" in heads.by_meaning else constant(rows)
    most = int(np.bincount(stated.codes).argmax())
    text = stated.values[most]
    if not way.degrees and _hangs_on_rows(text or given):
        return None, every
    cells = {heads.by_meaning["crs"]: text} if text else {}
    crs = Systems(given).of(Row(cells, faults, shapely.Point()), heads, way)
    if crs is None or faults.found:
        return None, every
    return crs, stated.codes != most


def _hangs_on_rows(system: str | None) -> bool:
    """Whether a system is only a datum, whose zone each easting tells."""
    return bool(system and datum_id(system))


def _misfits(xy: NDArray[np.float64], crs: CRS) -> Rows:
    """Of each point whether anything is odd about it in its system."""
    odd = np.zeros(len(xy), bool)
    if not len(xy):
        return odd
    x, y = xy[:, 0], xy[:, 1]  # column by column: pairs are compared slowly
    if plainly_fits(np.array([[x.min(), y.min(), x.max(), y.max()]]), crs):
        return odd
    none = np.array([], object)
    if not crs.is_projected:  # what degrees mean may hang on the others
        return _picked(degree_odds(np.hstack([xy, xy]), none, crs), len(xy))
    doubtful = np.flatnonzero(~plain_picks(xy, xy, crs))
    boxes = np.hstack([xy[doubtful], xy[doubtful]])
    odd[doubtful] = _picked(metre_odds(boxes, none, crs), len(doubtful))
    return odd


def _picked(odds: Sequence[Odd], count: int) -> Rows:
    found = np.zeros(count, bool)
    for one in odds:
        found |= one.picks
    return found


def _numbers(
    columns: Sequence[pa.StringArray], *, degrees: bool
) -> tuple[NDArray[np.float64], Rows]:
    """Two columns of plain numbers, shape (n, 2), and which rows are not plain or doubtful."""
    decimals = [_decimals(one, 3 if degrees else 9) for one in columns]
    unread = (decimals[0] == 0) | (decimals[1] == 0)
    if degrees:
        unread |= np.maximum(*decimals) < FINE
    if unread.any():
        read = of_numbers(~unread)
        columns = [pc.if_else(read, one, NOUGHT) for one in columns]
    found = np.column_stack([numbers_of(pc.cast(one, pa.float64())) for one in columns])
    if degrees:
        unread |= (found > LARGEST_DEG).any(axis=1)
    return found, unread


def _decimals(column: pa.StringArray, most: int) -> NDArray[np.int64]:
    """How many decimals each number has; 0 where a cell is not digits, point, digits."""
    _, ends, letters = column.buffers()
    if not len(column):
        return np.zeros(0, np.int64)
    at = np.frombuffer(ends, np.int32)[column.offset : column.offset + len(column) + 1]
    text = np.frombuffer(letters or b"", np.uint8)[at[0] : at[-1]]
    is_plain, before = _points(column, at, places_of(POINT, text) + at[0])
    if text.tobytes().translate(None, NUMERIC):
        others = np.flatnonzero((text > NINE) | ((text < ZERO) & (text != POINT))) + at[0]
        is_plain[np.searchsorted(at, others, side="right") - 1] = False
    after = np.diff(at) - before - 1
    is_plain &= (before >= 1) & (before <= most) & (after >= 1)
    return np.where(is_plain, after, 0)


def _points(
    column: pa.StringArray, at: NDArray[np.int32], points: NDArray[np.int64]
) -> tuple[Rows, NDArray[np.int64]]:
    """Which cells have one decimal point, and how many letters stand before it.

    ``at`` is where the cells begin, ``points`` where there are points.
    """
    if len(points) == len(column) and ((points >= at[:-1]) & (points < at[1:])).all():
        return np.ones(len(column), bool), points - at[:-1]
    before = numbers_of(pc.find_substring(column, ".")).astype(np.int64)
    return numbers_of(pc.count_substring(column, ".")) == 1, before


def _witness(columns: Sequence[pa.StringArray], rows: NDArray[np.int64]) -> int | None:
    """The first row whose angles cannot be packed digits; ``None`` where all may be."""
    for row in rows.tolist():
        if not may_be_packed([str(one[row]) for one in columns]):
            return int(row)
    return None
