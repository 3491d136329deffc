"""Fields made ready to be burned, and the runs of one band of rows after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geozone.engine.fields import Field
from geozone.engine.grid import Grid, Shape2d
from geozone.engine.kernels.rows import NONE, crossed, hung_up, widened
from geozone.engine.kernels.rows_pieces import Window, bucketed, pieces_of
from geozone.engine.kernels.rows_reach import Curve, Frame, Limit, is_thin
from geozone.engine.kernels.rows_scan import blended, joined, scanned
from geozone.engine.outline import widened as wider
from geozone.engine.runs import Runs, Words, packed, unpacked, words_of
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
    """What is counted: a slot for what is near of each chosen field, then for insides of rings.

    ``winding`` holds the slot of the inside that counts for each chosen field, ``count`` for none.
    """

    chosen: NDArray[np.intp]
    winding: NDArray[np.intp]
    count: int

    def answers(self, table: Words, fields: int) -> Words:
        """What sets of slots that count say of all fields."""
        counts = np.zeros((len(table), self.count + 1), bool)
        counts[:, : self.count] = unpacked(table, self.count)
        bits = np.zeros((len(table), fields), bool)
        bits[:, self.chosen] = counts[:, : len(self.chosen)] | counts[:, self.winding]
        return packed(bits)


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
    """The slots, and by place among the chosen the one in which a field counts insides."""
    known: dict[int, int] = {}
    winding, of_field = [NONE] * len(chosen), [NONE] * len(chosen)
    for place, one in enumerate(chosen):
        field = fields[one]
        if field.solid and id(field.flat) not in known:
            winding[place] = known[id(field.flat)] = len(chosen) + len(known)
        if field.solid:
            of_field[place] = known[id(field.flat)]
    count = len(chosen) + len(known)
    speaks = np.array([count if one == NONE else one for one in of_field], np.intp)
    return winding, Slots(np.array(chosen, np.intp), speaks, count)


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
        rows = min(bands.height, bands.grid.shape.rows)
        self._growing = np.full((rows, 2), NONE, np.int32)
        self._spans = np.empty((ROOM_EVENTS, 3), np.int32)
        self._events = np.empty((ROOM_EVENTS, 3), np.int32)
        self._keys = np.empty(ROOM_EVENTS, np.uint64)
        self._spare = np.empty(ROOM_EVENTS, np.uint64)
        self._lines = Lines.of(rows, ROOM_EVENTS)
        self._names = Names.of(ROOM_NAMES, bands.slots.count)

    def runs(self, band: int) -> Runs:
        """The runs of a band."""
        while True:
            frame = self._bands.frame(band)
            hung, spans = self._emitted(band, frame)
            if hung <= len(self._events) and spans <= len(self._spans):
                found = self._scanned(frame, hung)
                if found is not None:
                    return found
            self._events = _with_room(self._events, hung)
            self._spans = _with_room(self._spans, spans)
            if len(self._events) > len(self._keys):
                room = len(self._events)
                self._keys, self._spare = np.empty((2, room), np.uint64)
                self._lines = Lines.of(len(self._growing), room)

    def _emitted(self, band: int, frame: Frame) -> tuple[int, int]:
        """The number of events of a band, and the most spans of a field."""
        hung, most = 0, 0
        for one in self._bands.ready:
            chosen = one.chosen[one.starts[band] : one.starts[band + 1]]
            if len(chosen):
                hung, spans = self._field(one, chosen, frame, hung)
                most = max(most, spans)
        return hung, most

    def _field(
        self, one: Ready, chosen: NDArray[np.int32], frame: Frame, hung: int
    ) -> tuple[int, int]:
        bands, spans, spanned, events = self._bands, self._spans, 0, self._events
        what = (one.xy, one.pieces, chosen, frame, one.limit, bands.coefs, bands.curve)
        thin = is_thin(frame, one.limit)
        if thin or one.limit.winding != NONE:
            hung, spanned = crossed(*what, events, hung, spans)
        if not thin:
            spanned = widened(*what, self._growing, spans)
        return hung_up(spans[:spanned], frame.cols, one.limit.near, events, hung), spanned

    def _scanned(self, frame: Frame, hung: int) -> Runs | None:
        """The runs; none where there are more answers than there was room for."""
        bands, names, lines = self._bands, self._names, self._lines
        used = scanned(
            self._events,
            hung,
            self._keys,
            self._spare,
            (frame.rows, frame.cols),
            bands.slots.count,
            *names.emptied(),
            lines.starts,
            lines.cols,
            lines.ids,
        )
        if used > len(names.table):
            self._names = Names.of(2 * used, bands.slots.count)
            return None
        shape = Shape2d(frame.rows, frame.cols)
        table = bands.slots.answers(names.table[:used], bands.fields)
        return lines.canonical(frame.first, shape, table, bands.fields)


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
    def of(cls, room: int, bits: int) -> Names:
        """Room for so many answers of so many bits."""
        table = np.empty((room, words_of(bits)), np.uint64)
        return cls(table, np.empty(4 << (room - 1).bit_length(), np.int32))

    def emptied(self) -> tuple[Words, NDArray[np.int32]]:
        """The arrays, none of the room taken."""
        self.places.fill(NONE)
        return self.table, self.places


@dataclass(frozen=True, eq=False)
class Lines:
    """Room for the runs of rows: one at each of so many events, and at the beginning of rows."""

    starts: NDArray[np.int64]
    cols: NDArray[np.int32]
    ids: NDArray[np.int32]

    @classmethod
    def of(cls, rows: int, events: int) -> Lines:
        """Room for so many rows and events."""
        return cls(np.zeros(rows + 1, np.int64), *np.empty((2, events + rows), np.int32))

    def canonical(self, row: int, shape: Shape2d, table: Words, fields: int) -> Runs:
        """The runs that were found, as long as can be, their table sorted; arrays of their own."""
        order = np.lexsort(table.T[::-1])
        ordered = table[order]
        new = np.append(True, (ordered[1:] != ordered[:-1]).any(axis=1))[: len(order)]
        places = np.empty(len(order), np.int32)
        places[order] = np.cumsum(new) - 1
        starts = self.starts[: shape.rows + 1].copy()
        count = joined(starts, self.cols, self.ids, places)
        cols, ids = self.cols[:count].copy(), self.ids[:count].copy()
        return Runs(row, shape, starts, cols, ids, ordered[new], fields)


def blended_runs(old: Runs, new: Runs, mask: Words) -> Runs:
    """Old runs with the bits of a mask from new ones."""
    lines = Lines.of(old.shape.rows, len(old.cols) + len(new.cols))
    used = len(old.table) + len(new.table)
    while True:
        names = Names.of(used, old.fields)
        used = blended(
            (old.starts, old.cols, old.ids, old.table),
            (new.starts, new.cols, new.ids, new.table),
            mask,
            *names.emptied(),
            lines.starts,
            lines.cols,
            lines.ids,
        )
        if used <= len(names.table):
            return lines.canonical(old.row, old.shape, names.table[:used], old.fields)
