"""The spatial index of a GeoPackage, packed at once instead of feature by feature."""

from __future__ import annotations

import math
import sqlite3

import numpy as np
from numpy.typing import NDArray

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


def node_size(base: sqlite3.Connection, table: str) -> int:
    """The bytes of a node of an R-tree."""
    ((size,),) = base.execute(f'SELECT length(data) FROM "{table}_node" WHERE nodeno = {ROOT}')  # noqa: S608 - the name is ours
    return int(size)


def leaves(boxes: Boxes, size: int) -> NDArray[np.int64]:
    """The node of so many bytes that will hold each feature."""
    most = (size - _HEAD) // _CELL.itemsize
    found = np.full(len(boxes), ROOT, np.int64)
    if len(boxes) > most:
        found[_tiled(boxes, most)] = ROOT + 1 + np.arange(len(boxes)) // most
    return found


def fill_rtree(base: sqlite3.Connection, table: str, boxes: Boxes, held: NDArray[np.int64]) -> None:
    """Fill the empty R-tree ``table`` with the boxes of features 1, 2, 3 and so on.

    The nodes are written as SQLite writes them (its R-tree module, "shadow tables"), but for the
    table of what each feature is ``held`` by, the ``leaves``.
    """
    size = node_size(base, table)
    most = (size - _HEAD) // _CELL.itemsize
    order = np.argsort(held, kind="stable")
    ids, boxes = order + 1, boxes[order]
    following, height = ROOT + 1, 0
    while len(ids) > most:
        groups = np.arange(0, len(ids), most)
        nodes = np.arange(following, following + len(groups))
        following += len(groups)
        if height:
            _write_parents(base, table, ids, np.repeat(nodes, most)[: len(ids)])
        _write_nodes(base, table, (ids, boxes), nodes, (size, most))
        low, high = np.minimum.reduceat(boxes, groups), np.maximum.reduceat(boxes, groups)
        ids, boxes = nodes, np.column_stack([low[:, 0], high[:, 1], low[:, 2], high[:, 3]])
        height += 1
    if height:
        _write_parents(base, table, ids, np.full(len(ids), ROOT))
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


def _write_parents(
    base: sqlite3.Connection, table: str, nodes: NDArray[np.int_], holders: NDArray[np.int_]
) -> None:
    """Write who holds nodes."""
    pairs = zip(nodes.tolist(), holders.tolist(), strict=True)
    base.executemany(f'INSERT INTO "{table}_parent" (nodeno, parentnode) VALUES (?, ?)', pairs)  # noqa: S608


def _write_nodes(
    base: sqlite3.Connection,
    table: str,
    cells: tuple[NDArray[np.int_], Boxes],
    nodes: NDArray[np.int_],
    room: tuple[int, int],
) -> None:
    """Write the nodes that hold some cells."""
    ids, boxes = cells
    size, most = room
    base.executemany(
        f'INSERT INTO "{table}_node" (nodeno, data) VALUES (?, ?)',  # noqa: S608
        (
            (int(node), _node(ids[at : at + most], boxes[at : at + most], size, 0))
            for node, at in zip(nodes, range(0, len(ids), most), strict=True)
        ),
    )


def _node(ids: NDArray[np.int_], boxes: Boxes, size: int, height: int) -> bytes:
    """The bytes of a node."""
    cells = np.empty(len(ids), _CELL)
    cells["id"], cells["box"] = ids, boxes
    head = height.to_bytes(2, "big") + len(ids).to_bytes(2, "big")
    return (head + cells.tobytes()).ljust(size, b"\0")
