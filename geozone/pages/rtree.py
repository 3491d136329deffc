"""The spatial index of a GeoPackage, packed at once instead of feature by feature."""

from __future__ import annotations

import math
import sqlite3

import numpy as np
from numpy.typing import NDArray

from geozone.pages.insert import insert_rows

Boxes = NDArray[np.float32]
"""West, east, south and north, shape (n, 4), rounded outwards."""

_CELL = np.dtype([("id", ">i8"), ("box", ">f4", (4,))])
_HEAD = 4
"""Bytes before the cells of a node: its height (of the root only) and how many cells it has."""

ROOT = 1


def rounded(bounds: NDArray[np.float64]) -> Boxes:
    """Bounds (west, south, east, north; shape (n, 4)) as boxes that hold them."""
    exact = bounds[:, [0, 2, 1, 3]]
    boxes = exact.astype(np.float32)
    low, high = np.float32(-np.inf), np.float32(np.inf)
    for place, towards in enumerate((low, high, low, high)):
        wrong = boxes[:, place] > exact[:, place]
        if towards > 0:
            wrong = boxes[:, place] < exact[:, place]
        boxes[wrong, place] = np.nextafter(boxes[wrong, place], towards)
    return boxes


def fill_rtree(base: sqlite3.Connection, table: str, boxes: Boxes) -> None:
    """Fill the empty R-tree ``table`` with the boxes of features 1, 2, 3 and so on.

    The nodes are written as SQLite writes them (its R-tree module, "shadow tables").
    """
    ((size,),) = base.execute(f'SELECT length(data) FROM "{table}_node" WHERE nodeno = {ROOT}')  # noqa: S608 - the name is ours
    most = (size - _HEAD) // _CELL.itemsize
    ids = np.arange(1, len(boxes) + 1)
    order = _tiled(boxes, most)
    ids, boxes = ids[order], boxes[order]
    following, height = ROOT + 1, 0
    while len(ids) > most:
        groups = np.arange(0, len(ids), most)
        nodes = np.arange(following, following + len(groups))
        following += len(groups)
        _write_level(base, table, (ids, boxes), nodes, (size, most), is_leaf=height == 0)
        low, high = np.minimum.reduceat(boxes, groups), np.maximum.reduceat(boxes, groups)
        ids, boxes = nodes, np.column_stack([low[:, 0], high[:, 1], low[:, 2], high[:, 3]])
        height += 1
    _write_level(base, table, (ids, boxes), np.array([ROOT]), (size, most), is_leaf=height == 0)
    root = _node(ids, boxes, size, height)
    base.execute(f'UPDATE "{table}_node" SET data = ? WHERE nodeno = {ROOT}', (root,))  # noqa: S608


def _tiled(boxes: Boxes, most: int) -> NDArray[np.intp]:
    """An order in which each run of ``most`` boxes lies close together: strips, then along them."""
    x = boxes[:, 0].astype(np.float64) + boxes[:, 1]
    y = boxes[:, 2].astype(np.float64) + boxes[:, 3]
    strips = math.ceil(math.sqrt(len(boxes) / most))
    place = np.empty(len(boxes), np.intp)
    place[np.argsort(x, kind="stable")] = np.arange(len(boxes))
    return np.lexsort((y, place // (strips * most or 1)))


def _write_level(
    base: sqlite3.Connection,
    table: str,
    cells: tuple[NDArray[np.int_], Boxes],
    nodes: NDArray[np.int_],
    room: tuple[int, int],
    *,
    is_leaf: bool,
) -> None:
    """Write the nodes that hold some cells (the root's own bytes apart), and who holds them."""
    ids, boxes = cells
    size, most = room
    holders = np.repeat(nodes, most)[: len(ids)]
    within, key = ("rowid", "nodeno") if is_leaf else ("parent", "parentnode")
    first = "rowid" if is_leaf else "nodeno"
    order = np.argsort(ids)
    pairs = zip(ids[order].tolist(), holders[order].tolist(), strict=True)
    insert_rows(base, f"{table}_{within}", (first, key), pairs, len(ids))
    base.executemany(
        f'INSERT INTO "{table}_node" (nodeno, data) VALUES (?, ?)',  # noqa: S608
        (
            (int(node), _node(ids[at : at + most], boxes[at : at + most], size, 0))
            for node, at in zip(nodes, range(0, len(ids), most), strict=False)
            if node != ROOT
        ),
    )


def _node(ids: NDArray[np.int_], boxes: Boxes, size: int, height: int) -> bytes:
    """The bytes of a node."""
    cells = np.empty(len(ids), _CELL)
    cells["id"], cells["box"] = ids, boxes
    head = height.to_bytes(2, "big") + len(ids).to_bytes(2, "big")
    return (head + cells.tobytes()).ljust(size, b"\0")
