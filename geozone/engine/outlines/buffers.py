"""Rings around everything within so many ground metres of shapes."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.cutting import Near
from geozone.engine.outline import TOLERANCE_M, Bounds
from geozone.engine.outlines.bending import Frames
from geozone.engine.outlines.lines import covered_ends, joined
from geozone.engine.region import SCALE_SLACK
from geozone.engine.scalefit import ScaleFit
from geozone.land.shapes.flat import LINE, Flat, boxes, picked

ARC_M = 0.004
"""How far the chords of an arc may stay behind it; straight sides are where they belong."""

SAGITTA_M = 0.001
"""How far a long segment may bend in the frame that it is drawn in."""

SECOND_M = 0.002
"""How far a reach may be off because the scale does not change evenly."""

CURVATURE = 2.5e-14
"""Second derivative of the scale, per square metre: one over the squared radius of the earth."""

BEYOND = 0.5
"""The extent of what is drawn in one frame, as a share of what the scale is fitted over: its
middle lies at most half of that beyond the bounds."""

MOST_REACH_M = 10_000.0
BATCH = 4096
"""Chains that a thread draws around at a time."""

Mask = NDArray[np.bool_]
Places = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Chains:
    """Lines, or with ``shells`` outer rings, each to be drawn around by itself.

    Chain k has the vertices ``starts[k]:starts[k + 1]`` of ``xy`` and is of shape ``owner[k]``;
    ``blunt`` (n, 2) says which of its two ends may be drawn roughly.
    """

    xy: Places
    starts: NDArray[np.int64]
    owner: NDArray[np.int64]
    shells: bool
    blunt: Mask

    @classmethod
    def of(cls, flat: Flat, wanted: Mask, blunt: Mask | None, *, shells: bool) -> _Chains:
        """The wanted chains of a flat, lines joined where they meet."""
        some = flat.chains(wanted)
        rough = np.zeros((len(some.owner), 2), bool) if blunt is None else blunt[wanted]
        if shells or not len(some.owner):
            return cls(some.xy, some.starts, some.owner, shells, rough)
        xy, starts, owner, rough = joined(some.xy, some.starts, some.owner, rough)
        return cls(xy, starts, owner, shells, rough | covered_ends(xy, starts))

    @property
    def boxes(self) -> Places:
        """West, south, east and north of every chain, shape (m, 4)."""
        return boxes(self.xy, self.starts)

    def where(self, matters: Near) -> _Chains:
        """Only the chains whose boxes matter."""
        kept = matters(self.boxes)
        if kept.all():
            return self
        xy, starts = picked(self.xy, self.starts, kept)
        return _Chains(xy, starts, self.owner[kept], self.shells, self.blunt[kept])


def buffer_rings(
    flat: Flat,
    reach_m: float,
    scale: ScaleFit,
    *,
    solid: bool = True,
    jobs: int = 1,
    blunt: Mask | None = None,
    near: Near | None = None,
) -> Flat:
    """Rings with a winding above 0 wherever a place is within ``reach_m`` of the shapes.

    They run within a centimetre of where the ground distance decides, may cross themselves and
    one another, and nowhere is the winding below 0. Of a ``solid`` flat rings, which must be
    those of valid polygons, holes after their shells, count with their inside; else only the
    rings themselves do. Shapes keep their numbers; of lines that meet in their ends the least is
    kept. Of a reach within the tolerance of arithmetic the rings themselves stay if solid, else
    nothing. Of what lies outside the bounds of ``scale`` no buffer is drawn: it is right within
    the reach inside of them. ``jobs`` threads share the work. ``blunt`` (m, 2) says around which
    ends of lines the shape of the buffer does not matter, as long as nothing beyond the reach is
    in it. Only what comes into boxes that are ``near``, if that is given, is drawn; it is the
    same as in a drawing of all.
    Raises ``ValueError`` for a reach of more than 10 km, which is no longer right to a centimetre.
    """
    if not reach_m <= MOST_REACH_M:
        raise ValueError(f"a reach of {reach_m} m: buffers are exact up to {MOST_REACH_M:g} m")
    ring = flat.sign != LINE
    if reach_m <= 10 * TOLERANCE_M or not len(ring):
        return _where(flat, ring & solid, near)
    shells = _lone_shells(flat, _spread(reach_m, scale)) if solid else ring & False
    here, drawn = _reaching(near, reach_m), _meets(flat.bounds, scale.bounds)
    parts = [_where(flat, ring & ~shells, near)] if solid else []
    for wanted in (shells, ~shells):
        some = wanted & drawn
        if not here(flat.bounds[some]).any():
            continue
        chains = _Chains.of(flat, some, blunt, shells=wanted is shells)
        if len(chains.owner):
            cuts = _cuts(chains, reach_m, scale)
            chains = _pieces(chains.where(here), cuts)
            chains = chains.where(lambda boxes: _meets(boxes, scale.bounds) & here(boxes))
        if len(chains.owner):
            parts.append(_drawn(chains, reach_m, scale, jobs))
    return _in_order(parts) if parts else flat.chains(ring & False)


def _where(flat: Flat, wanted: Mask, near: Near | None) -> Flat:
    """The wanted chains, of those that are near."""
    return flat.chains(wanted if near is None else wanted & near(flat.bounds))


def _reaching(near: Near | None, reach_m: float) -> Near:
    """Which boxes matter when what is drawn around them may lie that far away."""
    if near is None:
        return lambda boxes: np.ones(len(boxes), bool)
    room = reach_m * SCALE_SLACK + 1.0
    return lambda boxes: near(boxes + np.array([-room, -room, room, room]))


def _spread(reach_m: float, scale: ScaleFit) -> float:
    """The largest extent over which one frame serves a reach, and that the scale's bounds bear."""
    return min(math.sqrt(8 * SECOND_M / (CURVATURE * reach_m)), scale.half * BEYOND)


def _meets(given: Places, bounds: Bounds) -> Mask:
    """Which boxes (n, 4) meet bounds."""
    west, south, east, north = bounds
    across = (given[:, 0] <= east) & (given[:, 2] >= west)
    found: Mask = across & (given[:, 1] <= north) & (given[:, 3] >= south)
    return found


def _lone_shells(flat: Flat, most_m: float) -> Mask:
    """The rings of polygons without holes, as far as one frame serves them."""
    shell = (flat.sign != LINE) & (np.sign(_doubled_areas(flat)) == flat.sign)
    hole = (flat.sign != LINE) & ~shell
    sides = flat.bounds
    extent = np.maximum(sides[:, 2] - sides[:, 0], sides[:, 3] - sides[:, 1])
    found: Mask = shell & ~np.append(hole[1:], False) & (extent <= most_m)
    return found


def _doubled_areas(flat: Flat) -> Places:
    """Signed and doubled, of every chain."""
    from geozone.engine.kernels.tracebuffers import doubled_areas  # noqa: PLC0415 - numba loads slowly

    found = np.empty(len(flat.sign))
    doubled_areas(np.ascontiguousarray(flat.xy), flat.starts, found)
    return found


def _cuts(chains: _Chains, reach_m: float, scale: ScaleFit) -> Places:
    """The longest segment and the longest piece of chains, (2,) in metres."""
    spread, steepest = _spread(reach_m, scale), _steepest(chains.boxes, scale)
    longest = min(math.sqrt(8 * SAGITTA_M / max(steepest, 1e-12)), spread / 2)
    return np.array([longest, math.inf if chains.shells else spread - longest])


def _pieces(given: _Chains, limits: Places) -> _Chains:
    """Chains whose segments are so short that none bends; lines cut so that one frame serves."""
    from geozone.engine.kernels.tracebuffers import cut_chains  # noqa: PLC0415 - numba loads slowly

    none, nowhere = np.empty((0, 2)), np.empty(0, np.int64)
    vertices, pieces = cut_chains(given.xy, given.starts, limits, none, nowhere, nowhere)
    xy, firsts = np.empty((vertices, 2)), np.zeros(pieces + 1, np.int64)
    chain = np.empty(pieces, np.int64)
    cut_chains(given.xy, given.starts, limits, xy, firsts, chain)
    other = chain[1:] != chain[:-1]
    begins, ends = np.append(True, other)[:pieces], np.append(other, True)[:pieces]
    # Where a chain was cut, the piece before is rounded.
    rough = np.column_stack([given.blunt[chain, 0] | ~begins, given.blunt[chain, 1] & ends])
    return _Chains(xy, firsts, given.owner[chain], given.shells, rough)


def _steepest(around: Places, scale: ScaleFit) -> float:
    """The largest change of the scale per metre, as a share, over boxes (n, 4)."""
    low = np.maximum(around[:, :2].min(axis=0), scale.bounds[:2])
    high, share = np.minimum(around[:, 2:].max(axis=0), scale.bounds[2:]), np.linspace(0, 1, 5)
    x, y = np.meshgrid(low[0] + share * (high - low)[0], low[1] + share * (high - low)[1])
    middles = np.column_stack([x.ravel(), y.ravel()])
    return float(np.abs(Frames.of(middles, scale).bend).max())


def _drawn(chains: _Chains, reach_m: float, scale: ScaleFit, jobs: int) -> Flat:
    from geozone.engine.kernels.tracegrown import grow  # noqa: PLC0415 - as above

    firsts, around = chains.starts[:-1], chains.boxes
    middles = np.ascontiguousarray(around[:, :2] + around[:, 2:]) / 2
    frames = Frames.of(middles, scale)
    radius = reach_m * frames.scale
    widest = 2 * math.acos(1 - min(ARC_M / reach_m, 0.1))
    cuts = [*range(0, len(firsts), BATCH), len(firsts)]

    def work(batch: int) -> Flat:
        first, end = cuts[batch], cuts[batch + 1]
        starts = chains.starts[first : end + 1] - chains.starts[first]
        chain = first + np.repeat(np.arange(end - first), np.diff(starts))
        xy = chains.xy[chains.starts[first] : chains.starts[end]]
        bent, places = frames.bent(xy, chain), np.empty(end - first + 1, np.int64)
        half, middle = frames.bend[first:end] / 2, middles[first:end]
        out = grow(
            bent,
            starts,
            radius[first:end],
            widest,
            chains.shells,
            chains.blunt[first:end],
            half,
            middle,
            places,
        )
        ones = np.ones(end - first, np.int8)
        return Flat(out, places, ones, chains.owner[first:end])

    with ThreadPoolExecutor(jobs) as pool:
        return _stacked(list(pool.map(work, range(len(cuts) - 1))))


def _stacked(parts: list[Flat]) -> Flat:
    """Flats one after the other, shapes keeping their numbers."""
    counts = np.concatenate([np.diff(one.starts) for one in parts])
    return Flat(
        np.concatenate([one.xy for one in parts]),
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        np.concatenate([one.sign for one in parts]),
        np.concatenate([one.owner for one in parts]),
    )


def _in_order(parts: list[Flat]) -> Flat:
    """Flats together, in the order of their shapes."""
    found = _stacked(parts)
    if (np.diff(found.owner) >= 0).all():
        return found
    order = np.argsort(found.owner, kind="stable")
    counts = np.diff(found.starts)[order]
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    take = np.arange(starts[-1]) + np.repeat(found.starts[:-1][order] - starts[:-1], counts)
    return Flat(found.xy[take], starts, found.sign[order], found.owner[order])
