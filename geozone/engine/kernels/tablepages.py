"""Rows laid on the pages of a table of SQLite (its file format, 1.5 and 1.6, "table b-tree")."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]

LEAF = 13
_LEAF_HEAD = 8
_LINK = 4
"""Bytes of the number of a page."""

LAST, OPEN, CELLS, USED = range(4)
"""What a ``state`` says: the last page given away, the leaf that takes rows (0: none yet), how
many it has, and their bytes."""

LEAF_OF, BEGINS, INDEX, MORE = range(4)
"""What is said of a row: its leaf, its first byte there, its place among its rows, and the first
of the pages that take what is too long (0: none)."""

_TO, _LEFT, _NEXT, _CHAIN = range(4)


@njit(cache=True, nogil=True, inline="always")
def _varint_size(value: int) -> int:
    size = 1
    while value >= 128:
        value >>= 7
        size += 1
    return size


@njit(cache=True, nogil=True, inline="always")
def _put_varint(value: int, data: Bytes, to: int) -> int:
    size = _varint_size(value)
    for byte in range(size):
        more = 128 if byte + 1 < size else 0
        data[to + byte] = np.uint8(((value >> (7 * (size - 1 - byte))) & 127) | more)
    return to + size


@njit(cache=True, nogil=True, inline="always")
def _put_number(value: int, size: int, data: Bytes, to: int) -> None:
    for byte in range(size):
        data[to + byte] = np.uint8((value >> (8 * (size - 1 - byte))) & 255)


@njit(cache=True, nogil=True, inline="always")
def page_after(page: int, lock: int) -> int:
    """The page behind a page; the one that SQLite locks is never used."""
    return page + 1 if page + 1 != lock else page + 2


@njit(cache=True, nogil=True, inline="always")
def _content_size(kind: int) -> int:
    """Bytes of a value of this serial type: nothing, a number, a double, or a text or blob."""
    if kind >= 12:
        return (kind - 12) // 2
    return 8 if kind == 7 else kind if kind <= 4 else 0


@njit(cache=True, nogil=True, inline="always")
def _head_size(kinds: Numbers) -> int:
    size = 1
    for kind in kinds:
        size += _varint_size(kind)
    return size + _varint_size(size + 1)


@njit(cache=True, nogil=True, inline="always")
def _payload(kinds: Numbers) -> int:
    """Bytes of a record: the number of its row (stored as nothing), then values of these types."""
    size = _head_size(kinds)
    for kind in kinds:
        size += _content_size(kind)
    return size


@njit(cache=True, nogil=True, inline="always")
def _local(payload: int, room: int) -> int:
    """How many bytes of a record stay in its leaf."""
    if payload <= room - 35:
        return payload
    least = (room - 12) * 32 // 255 - 23
    kept = least + (payload - least) % (room - _LINK)
    return kept if kept <= room - 35 else least


@njit(cache=True, nogil=True)
def place_rows(
    kinds: Numbers,
    first: int,
    room: int,
    lock: int,
    state: Numbers,
    placed: Numbers,
    ended: Numbers,
) -> int:
    """Gives every row its place; says how many leaves are full.

    ``kinds`` (n, c) are the serial types of the values of rows ``first`` and following; pages
    have ``room`` bytes. ``placed`` is (n, 4), ``ended`` (n, 2) the full leaves and their last rows.
    """
    last, leaf, cells, used = state[LAST], state[OPEN], state[CELLS], state[USED]
    full = 0
    for k in range(len(kinds)):
        payload, row = _payload(kinds[k]), first + k
        local = _local(payload, room)
        size = _varint_size(payload) + _varint_size(row) + local
        size += _LINK if local < payload else 0
        if leaf == 0 or _LEAF_HEAD + 2 * (cells + 1) + used + size > room:
            if leaf:
                ended[full, 0], ended[full, 1] = leaf, row - 1
                full += 1
            leaf = last = page_after(last, lock)
            cells = used = 0
        used += size
        placed[k, LEAF_OF], placed[k, BEGINS], placed[k, INDEX] = leaf, room - used, cells
        placed[k, MORE] = page_after(last, lock) if local < payload else 0
        cells += 1
        for _ in range(local, payload, room - _LINK):
            last = page_after(last, lock)
    state[LAST], state[OPEN], state[CELLS], state[USED] = last, leaf, cells, used
    return full


@njit(cache=True, nogil=True, inline="always")
def _emit(
    given: Bytes, first: int, count: int, out: Bytes, at: Numbers, form: tuple[int, int, int]
) -> None:
    """Puts bytes where a record has come to, from page to page."""
    size, lock, before = form
    while count:
        if at[_LEFT] == 0:
            page = at[_NEXT]
            _put_number(page, _LINK, out, at[_CHAIN])
            at[_CHAIN] = (page - before) * size
            at[_TO], at[_LEFT] = at[_CHAIN] + _LINK, at[4] - _LINK
            at[_NEXT] = page_after(page, lock)
        some = min(count, at[_LEFT])
        into, source = out[at[_TO] : at[_TO] + some], given[first : first + some]
        for byte in range(some):
            into[byte] = source[byte]
        at[_TO] += some
        at[_LEFT] -= some
        first += some
        count -= some


@njit(cache=True, nogil=True)
def fill_rows(
    kinds: Numbers,
    starts: Numbers,
    blobs: Bytes,
    pool: Bytes,
    first: int,
    pages: tuple[int, int, int, int, int],
    placed: Numbers,
    out: Bytes,
) -> None:
    """Writes placed rows on their pages.

    Their first value begins at ``starts[:, 0]`` of ``blobs``, the others in ``pool`` as the rest
    of ``starts`` (n, c) says. ``pages`` are the size of a page, its room, the locked one, the leaf
    that comes first in ``out``, and the page that would come before the second one there.
    """
    size, room, lock, opened, before = pages
    at, head = np.zeros(5, np.int64), np.empty(9 * (kinds.shape[1] + 2), np.uint8)
    at[4] = room
    form = size, lock, before
    for k in range(len(kinds)):
        leaf, begins, index = placed[k, LEAF_OF], placed[k, BEGINS], placed[k, INDEX]
        base = 0 if leaf == opened else (leaf - before) * size
        out[base] = LEAF
        _put_number(index + 1, 2, out, base + 3)
        _put_number(begins & 65535, 2, out, base + 5)
        _put_number(begins, 2, out, base + _LEAF_HEAD + 2 * index)
        payload = _payload(kinds[k])
        at[_TO] = _put_varint(first + k, out, _put_varint(payload, out, base + begins))
        at[_LEFT], at[_NEXT] = _local(payload, room), placed[k, MORE]
        at[_CHAIN] = at[_TO] + at[_LEFT]
        to = _put_varint(_head_size(kinds[k]), head, 0)
        to = _put_varint(0, head, to)
        for kind in kinds[k]:
            to = _put_varint(kind, head, to)
        _emit(head, 0, to, out, at, form)
        _emit(blobs, starts[k, 0], _content_size(kinds[k, 0]), out, at, form)
        for column in range(1, kinds.shape[1]):
            _emit(pool, starts[k, column], _content_size(kinds[k, column]), out, at, form)
