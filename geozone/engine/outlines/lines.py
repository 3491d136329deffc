"""Lines that meet in their ends: joined to longer ones, so that few ends are to be drawn around."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]
Places = NDArray[np.float64]

MIXED = np.uint64(0x9E3779B97F4A7C15)
"""Spreads bits, so that different chains come to different numbers."""


def joined(
    xy: Places, starts: Numbers, owner: Numbers, blunt: Mask
) -> tuple[Places, Numbers, Numbers, Mask]:
    """Chains joined where an end lies at another's, with owner and ``blunt`` of (m, 2) ends.

    Each end is joined once at most; chains that close stay as they are. A joined chain is of the
    least of its owners. In whatever order chains come, the same ones are joined, and those that
    meet come out in the same order.
    """
    from geozone.engine.kernels.tracebuffers import link_chains  # noqa: PLC0415 - numba loads slowly

    ends = _ends(xy, starts)
    if not _meet(ends):
        return xy, starts, owner, blunt
    count, first = len(owner), _canonical(xy, starts)
    partner = _partners(ends[first])
    order, turned = np.empty(count, np.int64), np.empty(count, bool)
    group = np.empty(count, np.int64)
    link_chains(partner, order, turned, group)
    order = first[order]
    sizes = np.diff(starts)[order]
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    back = np.repeat(turned, sizes)
    take = np.repeat(starts[:-1][order], sizes) + np.where(
        back, np.repeat(sizes, sizes) - 1 - within, within
    )
    heads = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
    tails = np.append(heads[1:], count) - 1
    begins = blunt[order[heads], turned[heads].astype(np.intp)]
    closes = blunt[order[tails], 1 - turned[tails].astype(np.intp)]
    owners = np.minimum.reduceat(owner[order], heads)
    bounds = np.append(0, np.cumsum(np.add.reduceat(sizes, heads)))
    return xy[take], bounds, owners, np.column_stack([begins, closes])


def _canonical(xy: Places, starts: Numbers) -> Numbers:
    """An order of chains that hangs on what they are alone: only equal ones may change places."""
    firsts, lasts = starts[:-1], starts[1:] - 1
    seconds = np.minimum(firsts + 1, lasts)
    bits = np.ascontiguousarray(xy).view(np.uint64) * np.array([MIXED, MIXED >> 1 | 1], np.uint64)
    place = (np.arange(len(xy)) - np.repeat(firsts, np.diff(starts)) + 1).astype(np.uint64)
    told = np.add.reduceat((bits[:, 0] ^ bits[:, 1] << np.uint64(1)) * place, firsts)
    keys = (told, lasts - firsts, *xy[lasts].T, *xy[seconds].T, *xy[firsts].T)
    return np.lexsort(keys)


def covered_ends(xy: Places, starts: Numbers) -> Mask:
    """Around which first and last vertices of chains all is near to another vertex, shape (m, 2).

    That is a vertex at the same place which is an inner one of a chain, or an end that came
    before. So of lines that meet in a place one is rounded there. The two ends of a chain
    without any extent are one end.
    """
    from geozone.engine.kernels.places import met_within  # noqa: PLC0415 - numba loads slowly

    places = _bits(xy[_end_places(starts)])
    ends, table = _known(places)
    met, counts = np.zeros(len(ends), bool), np.empty(len(starts) - 1, np.int64)
    met_within(np.ascontiguousarray(xy).view(np.uint64), starts, places, table, met, counts)
    number = np.arange(len(ends))
    earliest = np.empty(len(ends), np.int64)
    earliest[ends[::-1]] = number[::-1]  # of equal places the first end is written last
    covered = (number != earliest[ends]) | met[ends]
    found: Mask = covered.reshape(-1, 2) & (counts > 1)[:, None]
    return found


def _ends(xy: Places, starts: Numbers) -> Numbers:
    """Where chains begin and end, shape (m, 2): equal numbers are equal places."""
    found, _ = _known(_bits(xy[_end_places(starts)]))
    return found.reshape(-1, 2)


def _end_places(starts: Numbers) -> Numbers:
    """The first and the last vertex of every chain, one after the other."""
    return np.column_stack([starts[:-1], starts[1:] - 1]).ravel()


def _bits(xy: Places) -> NDArray[np.uint64]:
    """What places are compared by: there are two zeros, of which one is left."""
    return np.ascontiguousarray(xy + 0.0).view(np.uint64)


def _known(bits: NDArray[np.uint64]) -> tuple[Numbers, Numbers]:
    """The first of some places that is the same as each, shape (n,), and where to find them."""
    from geozone.engine.kernels.places import first_alike  # noqa: PLC0415 - numba loads slowly

    found, table = np.empty(len(bits), np.int64), np.full(2 << len(bits).bit_length(), -1, np.int64)
    first_alike(bits, table, found)
    return found, table


def _meet(ends: Numbers) -> bool:
    """Whether different chains meet in their ends, or one thrice in a place."""
    closed = int((ends[:, 0] == ends[:, 1]).sum())
    again = ends.ravel() != np.arange(ends.size)
    return int(again.sum()) > closed


def _partners(ends: Numbers) -> Numbers:
    """The end that each of the ends (2m,) is joined to, or -1: ends of a place two by two."""
    found = np.full(ends.size, -1, np.int64)
    chosen = np.flatnonzero(np.repeat(ends[:, 0] != ends[:, 1], 2))
    place = ends.ravel()[chosen]
    order = np.argsort(place, kind="stable")
    chosen, place = chosen[order], place[order]
    new = np.append(True, place[1:] != place[:-1])[: len(place)]
    rank = np.arange(len(place)) - np.maximum.accumulate(np.where(new, np.arange(len(place)), 0))
    first = np.flatnonzero((rank[:-1] % 2 == 0) & ~new[1:])
    found[chosen[first]], found[chosen[first + 1]] = chosen[first + 1], chosen[first]
    return found
