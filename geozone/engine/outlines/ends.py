"""Ends of lines that lie where another line is: around these something else is drawn already."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def covered_ends(xy: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Around which first and last vertices of chains all is near to another vertex, shape (m, 2).

    That is a vertex at the same place which is an inner one of a chain, or an end that came
    before. So of roads that meet in a place one is rounded there. The two ends of a chain
    without any extent are one end.
    """
    place, chain = _distinct(xy, starts)
    counts = np.bincount(chain, minlength=len(starts) - 1)
    lasts = np.cumsum(counts) - 1
    firsts = lasts - counts + 1
    ends = np.column_stack([place[firsts], place[lasts]]).ravel()
    distinct, back = np.unique(ends, return_inverse=True)
    earliest = np.full(len(distinct), len(ends))
    np.minimum.at(earliest, back, np.arange(len(ends)))
    inner = np.ones(len(place), bool)
    inner[firsts] = inner[lasts] = False
    met = np.isin(distinct, place[inner])
    covered = (np.arange(len(ends)) != earliest[back]) | met[back]
    found: NDArray[np.bool_] = covered.reshape(-1, 2) & (counts > 1)[:, None]
    return found


def _distinct(
    xy: NDArray[np.float64], starts: NDArray[np.int64]
) -> tuple[NDArray[np.complex128], NDArray[np.int64]]:
    """The vertices that differ from the one before in their chain, and the chain of each."""
    chain = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    kept = np.append(True, (xy[1:] != xy[:-1]).any(axis=1))
    kept[starts[:-1]] = True
    return np.ascontiguousarray(xy[kept]).view(np.complex128).ravel(), chain[kept]
