"""Fields made ready to be burned, and the runs of one band of rows after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.fields import Field
from geozone.engine.grid import Grid, Shape2d
from geozone.engine.kernels.rows import NONE, crossed, hung, widened
from geozone.engine.kernels.rows_pieces import Window, bucketed, pieces_of
from geozone.engine.kernels.rows_reach import Curve, Frame, Limit, is_thin
from geozone.engine.kernels.rows_scan import blended, scanned
from geozone.engine.outline import widened as wider
from geozone.engine.runs import Runs, Words, words_of
from geozone.engine.scalefit import ScaleFit

SAMPLES = 33
NOISE_M = 1e-9
SPARE_M = 1e-3
"""Planar metres, beyond reach and noise, from which on a piece is no part of a field."""

ROOM_EVENTS = 1 << 16
ROOM_NAMES = 1 << 10

Spread = Callable[[Callable[[int], "Ready"], Iterable[int]], Iterable["Ready"]]
"""``map``, or that of a pool of threads."""


@dataclass(frozen=True, eq=False)
class Ready:
    """A field's pieces, those of band b from ``starts[b]`` to ``starts[b + 1]`` of ``chosen``."""

    xy: NDArray[np.float64]
    pieces: NDArray[np.int64]
    starts: NDArray[np.int64]
    chosen: NDArray[np.int32]
    limit: Limit


@dataclass(frozen=True, eq=False)
class Slots:
    """What is counted: slot s speaks for the fields ``fields[starts[s]:starts[s + 1]]``."""

    starts: NDArray[np.int32]
    fields: NDArray[np.int32]


@dataclass(frozen=True)
class Range:
    """Least and most of a projection's scale around a grid."""

    least: float
    most: float

    @classmethod
    def of(cls, grid: Grid, scale: ScaleFit, reach_m: float) -> Range:
        """The range within half a reach of a grid, from samples and what may lie between them."""
        west, south, east, north = wider(grid.bounds, reach_m)
        x, y = np.meshgrid(np.linspace(west, east, SAMPLES), np.linspace(south, north, SAMPLES))
        found = scale(x, y)
        steps = np.concatenate([np.diff(found, axis=0).ravel(), np.diff(found, axis=1).ravel()])
        slack = float(np.abs(steps).max()) + NOISE_M
        return cls(float(found.min()) - slack, float(found.max()) + slack)


@dataclass(frozen=True, eq=False)
class Bands:
    """Fields ready to be burned on a grid, in bands of ``height`` rows."""

    grid: Grid
    height: int
    ready: tuple[Ready, ...]
    slots: Slots
    coefs: NDArray[np.float64]
    curve: Curve
    fields: int

    @property
    def count(self) -> int:
        """How many bands there are."""
        return -(-self.grid.shape.rows // self.height)

    def frame(self, band: int) -> Frame:
        """The rows of a band."""
        grid, first = self.grid, band * self.height
        rows = min(self.height, grid.shape.rows - first)
        return Frame(grid.left, grid.top, grid.resolution_m, first, rows, grid.shape.cols)


def prepared(
    fields: Sequence[Field],
    chosen: Sequence[int],
    grid: Grid,
    scale: ScaleFit,
    height: int,
    spread: Spread = map,
) -> Bands:
    """The chosen fields, ready to be burned; the others answer no everywhere.

    Raises ``ValueError`` for coordinates that are not finite.
    """
    reach_m = max((fields[one].reach_m for one in chosen), default=0.0)
    span = Range.of(grid, scale, reach_m * 1.01)
    winding, slots = _slots(fields, chosen)

    def ready(place: int) -> Ready:
        return _ready(fields[chosen[place]], (winding[place], place), grid, height, span)

    made = tuple(spread(ready, range(len(chosen))))
    coefs, curve = np.ascontiguousarray(scale.coefs), Curve(scale.x0, scale.y0, scale.half)
    return Bands(grid, height, made, slots, coefs, curve, len(fields))


def _slots(fields: Sequence[Field], chosen: Sequence[int]) -> tuple[list[int], Slots]:
    """A slot for what is near of each field, then one for the inside of each set of rings.

    With them, by place among the chosen, the slot that a field counts insides in, if it does.
    """
    speaks = [[one] for one in chosen]
    known: dict[int, int] = {}
    winding = [NONE] * len(chosen)
    for place, one in enumerate(chosen):
        field = fields[one]
        if field.solid and id(field.flat) in known:
            speaks[known[id(field.flat)]].append(one)
        elif field.solid:
            winding[place] = known[id(field.flat)] = len(speaks)
            speaks.append([one])
    starts = np.cumsum([0, *map(len, speaks)]).astype(np.int32)
    flat = np.array([one for group in speaks for one in group], np.int32)
    return winding, Slots(starts, flat)


def _ready(field: Field, slots: tuple[int, int], grid: Grid, height: int, span: Range) -> Ready:
    far = max(field.reach_m, 0.0) * span.most
    half = grid.resolution_m / 2
    west, _, east, _ = grid.bounds
    window = Window(west + half, east - half, grid.top, grid.resolution_m, grid.shape.rows)
    flat = field.flat
    xy = np.ascontiguousarray(flat.xy, np.float64)
    solid = slots[0] != NONE
    pieces, rows, largest = pieces_of(xy, flat.starts, flat.sign, window, far + SPARE_M, solid)
    if not np.isfinite(largest):
        raise ValueError("coordinates that are no finite numbers cannot be burned: repair them")
    noise = NOISE_M + 16 * np.finfo(float).eps * max(largest, *map(abs, grid.bounds))
    near = field.reach_m * span.least - noise
    limit = Limit(field.reach_m, far + noise, near * near if near > 0 else -1.0, *slots)
    bands = -(-grid.shape.rows // height)
    return Ready(xy, pieces.copy(), *bucketed(rows, height, bands), limit)  # not the room for all


class Desk:
    """Room to work on one band at a time, in one thread; it grows as bands need it."""

    def __init__(self, bands: Bands) -> None:
        self._bands = bands
        rows, cols = min(bands.height, bands.grid.shape.rows), bands.grid.shape.cols
        self._head = np.full((rows, cols), NONE, np.int32)
        self._marks = np.zeros((rows, -(-cols // 64)), np.uint64)
        self._growing = np.full((rows, 2), NONE, np.int32)
        self._spans = np.empty((ROOM_EVENTS, 3), np.int32)
        self._chain = np.empty((ROOM_EVENTS, 2), np.int32)
        self._names = Names.of(ROOM_NAMES, bands.fields)

    def runs(self, band: int) -> Runs:
        """The runs of a band."""
        while True:
            frame = self._bands.frame(band)
            events, spans = self._emitted(band, frame)
            if events <= len(self._chain) and spans <= len(self._spans):
                found = self._scanned(frame, events)
                if found is not None:
                    return found
            self._chain = _with_room(self._chain, events)
            self._spans = _with_room(self._spans, spans)
            self._head.fill(NONE)
            self._marks.fill(0)

    def _emitted(self, band: int, frame: Frame) -> tuple[int, int]:
        """The number of events of a band, and the most spans of a field."""
        events, most = 0, 0
        for one in self._bands.ready:
            chosen = one.chosen[one.starts[band] : one.starts[band + 1]]
            if len(chosen):
                events, spans = self._field(one, chosen, frame, events)
                most = max(most, spans)
        return events, most

    def _field(
        self, one: Ready, chosen: NDArray[np.int32], frame: Frame, events: int
    ) -> tuple[int, int]:
        bands, spans, spanned = self._bands, self._spans, 0
        what = (one.xy, one.pieces, chosen, frame, one.limit, bands.coefs, bands.curve)
        where = (self._head[: frame.rows], self._marks[: frame.rows], self._chain)
        thin = is_thin(frame, one.limit)
        if thin or one.limit.winding != NONE:
            events, spanned = crossed(*what, *where, spans, events)
        if not thin:
            spanned = widened(*what, self._growing, spans)
        return hung(spans[:spanned], frame.cols, one.limit.near, *where, events), spanned

    def _scanned(self, frame: Frame, events: int) -> Runs | None:
        """The runs; none where there are more answers than there was room for."""
        bands, names = self._bands, self._names
        lines = Lines.of(frame.rows, events + frame.rows)
        found, used = scanned(
            self._head[: frame.rows],
            self._marks[: frame.rows],
            self._chain,
            bands.slots.starts,
            bands.slots.fields,
            bands.fields,
            *names.emptied(),
            lines.starts,
            lines.cols,
            lines.ids,
        )
        if used > len(names.table):
            self._names = Names.of(2 * used, bands.fields)
            return None
        shape = Shape2d(frame.rows, frame.cols)
        return lines.canonical(frame.first, shape, found, names.table[:used], bands.fields)


def _with_room(room: NDArray[np.int32], wanted: int) -> NDArray[np.int32]:
    """Room for a quarter more than was wanted, if that was more than there was."""
    if wanted <= len(room):
        return room
    return np.empty((wanted + wanted // 4, room.shape[1]), np.int32)


@dataclass(frozen=True, eq=False)
class Names:
    """Room for distinct answers, and where they are looked for."""

    table: Words
    places: NDArray[np.int32]

    @classmethod
    def of(cls, room: int, fields: int) -> Names:
        """Room for so many answers to so many fields."""
        table = np.empty((room, words_of(fields)), np.uint64)
        return cls(table, np.empty(4 << (room - 1).bit_length(), np.int32))

    def emptied(self) -> tuple[Words, NDArray[np.int32]]:
        """The arrays, none of the room taken."""
        self.places.fill(NONE)
        return self.table, self.places


@dataclass(frozen=True, eq=False)
class Lines:
    """Room for the runs of rows."""

    starts: NDArray[np.int64]
    cols: NDArray[np.int32]
    ids: NDArray[np.int32]

    @classmethod
    def of(cls, rows: int, room: int) -> Lines:
        """Room for so many runs in so many rows."""
        return cls(np.zeros(rows + 1, np.int64), *np.empty((2, room), np.int32))

    def canonical(self, row: int, shape: Shape2d, count: int, table: Words, fields: int) -> Runs:
        """The runs that were found, with their table sorted; arrays of their own."""
        order = np.lexsort(table.T[::-1])
        place = np.empty(len(order), np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        cols, ids = self.cols[:count].copy(), place[self.ids[:count]]
        return Runs(row, shape, self.starts, cols, ids, table[order], fields)


def blended_runs(old: Runs, new: Runs, mask: Words) -> Runs:
    """Old runs with the bits of a mask from new ones."""
    lines = Lines.of(old.shape.rows, len(old.cols) + len(new.cols))
    used = len(old.table) + len(new.table)
    while True:
        names = Names.of(used, old.fields)
        found, used = blended(
            (old.starts, old.cols, old.ids, old.table),
            (new.starts, new.cols, new.ids, new.table),
            mask,
            *names.emptied(),
            lines.starts,
            lines.cols,
            lines.ids,
        )
        if used <= len(names.table):
            return lines.canonical(old.row, old.shape, found, names.table[:used], old.fields)
