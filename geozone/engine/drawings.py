"""Polygons of zones that are kept: only around cells that changed are they traced again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.engine.answered import Answered
from geozone.engine.outlines.areas import (
    AreaFit,
    Areas,
    label_areas,
    part_sizes,
    ring_sizes,
    summed,
)
from geozone.engine.outlines.closedcells import Cells
from geozone.engine.outlines.edges import NOWHERE, Edges
from geozone.engine.outlines.faces import Polygons
from geozone.engine.outlines.joining import join
from geozone.engine.outlines.splicing import Measures, Spliced, splice
from geozone.engine.outlines.tracing import Drawn

MOST_CHANGED = 0.1
"""Of all cells: where more have changed since polygons were kept, all are traced again."""

EXACT, LEAST_M2 = 1e-6, 0.01
"""How far polygons may be from the ground that their label has, as a share and at least."""

VANISHED = -2
ARRAYS = ("origin", "label", "polygons", "rings", "xy", "walk", "meeting", "straight", "bends")

Labels = NDArray[np.int32]


@dataclass(frozen=True)
class Called:
    """What polygons are kept as: a name, and what each of their labels stands for."""

    name: str
    labels: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Drawings:
    """Polygons of a ground, where answer i has the label ``labels[i]``, or none below 0."""

    ground: Answered
    labels: Labels
    fit: AreaFit
    jobs: int = 1

    def sized(self, called: Called, whole: Callable[[], Drawn]) -> tuple[Polygons, Areas]:
        """The polygons, as ``whole`` draws them, and their areas in ellipsoidal square metres.

        They come from those that were kept by that name, if the ground is much as it was.
        """
        with suppress(ArithmeticError):  # what is kept is not of this ground after all
            found = self._recalled(called)
            if found is not None:
                return found
        told = whole()
        sizes = part_sizes(told, self.fit, jobs=self.jobs)
        self._keep(called, told, sizes)
        return told, summed(told, sizes)

    @property
    def _names(self) -> Mapping[int, str]:
        known = self.ground.known
        return (known.named() if known else None) or {}

    def _keep(self, called: Called, told: Drawn, sizes: Areas) -> None:
        names, known = self._names, self.ground.known
        if not known or not names:
            return
        own = [self._own(cell) for cell in names]
        arrays = {name: getattr(told, name) for name in ARRAYS}
        measures = Measures.of(told.rings, told.xy)
        arrays |= {"boxes": measures.boxes, "twice": measures.twice}
        arrays["fit"] = self._fitted
        arrays["area_m2"] = sizes
        arrays["counts"] = np.array([len(one) for one in own], np.int64)
        arrays["own"] = np.concatenate([np.empty(0, np.int32), *own])
        header = {"cells": list(names.items()), "labels": called.labels}
        known.kept.keep_about(called.name, header, arrays)

    @property
    def _fitted(self) -> Areas:
        """All that areas depend on beside the ground."""
        return np.append(self.fit.coefs, self.fit.frame)

    def _own(self, cell: int) -> Labels:
        """The labels of the answers in a cell."""
        return self.labels[self.ground.tables.span(cell)]

    def _recalled(self, called: Called) -> tuple[Polygons, Areas] | None:
        names, known = self._names, self.ground.known
        found = known.kept.about(called.name) if known and names else None
        if found is None:
            return None
        told, arrays = found
        place = {text: number for number, text in enumerate(called.labels)}
        today = np.array([*(place.get(one, VANISHED) for one in told["labels"]), NOWHERE], np.int32)
        own = _by_cell(told["cells"], arrays["counts"], today[arrays["own"]])
        changed = self._changed(own)
        if len(changed) > MOST_CHANGED * len(names):
            return None
        old = Drawn(**{name: arrays[name] for name in ARRAYS})
        edges, cells = self._edges(changed, old), self._cells(changed, old)
        measures = Measures(arrays["boxes"], arrays["twice"])
        spliced = splice(old, edges, cells, today, measures)
        before = arrays["area_m2"] if np.array_equal(arrays["fit"], self._fitted) else None
        sizes = summed(spliced, self._ring_sizes(spliced, before))
        self._check(spliced, sizes, len(called.labels))
        return spliced, sizes

    def _ring_sizes(self, spliced: Spliced, before: Areas | None) -> Areas:
        """The areas of rings, of which those of old ones may be known."""
        if before is None:
            return part_sizes(spliced, self.fit, jobs=self.jobs)
        xy, starts, which = spliced.new
        found = np.append(before, np.nan)[spliced.which]
        found[which] = ring_sizes(xy, starts, self.fit, jobs=self.jobs)
        return found

    def _changed(self, before: Mapping[int, tuple[str, Labels]]) -> list[int]:
        """The cells that are not as they were before, or whose ground has other labels."""
        names = self._names
        changed = [cell for cell in before if cell not in names]
        for cell, name in names.items():
            known, own = before.get(cell, ("", None))
            if own is None or known != name or not np.array_equal(own, self._own(cell)):
                changed.append(cell)
        return changed

    def _cells(self, changed: Sequence[int], old: Drawn) -> Cells:
        window = self.ground.window
        places = np.stack(window.places(np.array(changed, np.intp)), axis=1)
        return Cells.of(places - old.origin // window.size, window.size)

    def _edges(self, changed: Sequence[int], old: Drawn) -> Edges:
        """The edges between labels in cells and on their borders."""
        around = _and_neighbours(changed, self.ground.window.cols, self.ground.window.cells)
        labelled = (self.ground.labelled(one, self.labels) for one in self.ground.blocks(around))
        edges = join(labelled, self.ground.window.size)
        cells, shift = self._cells(changed, old), np.tile(edges.origin - old.origin, 2)
        kept = cells.hold_edges(edges.ends + shift)
        return Edges(edges.ends[kept], edges.left[kept], edges.right[kept], edges.origin)

    def _check(self, found: Polygons, sizes: Areas, count: int) -> None:
        """Polygons have the ground of their labels, summed without them."""
        drawn = label_areas(found.label, sizes, count)
        wanted = label_areas(self.labels, self.ground.tables.area_m2, count)
        if (np.abs(drawn - wanted) > EXACT * wanted + LEAST_M2).any():
            raise ArithmeticError("polygons that are not the ground of their labels")


def _by_cell(
    cells: Iterable[Sequence[Any]], counts: NDArray[np.int64], labels: Labels
) -> dict[int, tuple[str, Labels]]:
    own = np.split(labels, np.cumsum(counts)[:-1])
    return {cell: (name, one) for (cell, name), one in zip(cells, own, strict=True)}


def _and_neighbours(cells: Iterable[int], cols: int, count: int) -> set[int]:
    """Cells and those beside them, above and below, of a window."""
    found = set(cells)
    for cell in cells:
        found |= {cell - cols, cell + cols}
        found |= {one for one in (cell - 1, cell + 1) if one // cols == cell // cols}
    return {one for one in found if 0 <= one < count}
