"""A layer of multipolygons that comes in batches, whatever format it is written to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from geozone.engine.outlines.faces import Faces, Wkb, boxes, wkb

Kind = type[str] | type[float]


@dataclass(frozen=True)
class Same(Sequence[str]):
    """A column of one text, again and again."""

    text: str
    times: int

    def __len__(self) -> int:
        return self.times

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> Same: ...

    def __getitem__(self, at: int | slice) -> str | Same:
        found = range(self.times)[at]
        return self.text if isinstance(found, int) else Same(self.text, len(found))


@dataclass(frozen=True, eq=False)
class Features:
    """Some features: multipolygons, and a list of values by column.

    Feature k has the polygons ``members[k]`` to ``members[k + 1]`` of the faces, in the layer's
    CRS; ``members`` has the shape (n + 1,).
    """

    faces: Faces
    members: NDArray[np.int64]
    values: Mapping[str, Sequence[Any]]  # texts or numbers

    def __len__(self) -> int:
        return len(self.members) - 1

    @property
    def bounds(self) -> NDArray[np.float64]:
        """West, south, east and north of every feature, shape (n, 4)."""
        return boxes(self.faces, self.members)

    def wkb(self, heads: NDArray[np.uint8] | None = None) -> Wkb:
        """The multipolygons as WKB, each behind its row of ``heads`` (n, bytes) if given."""
        return wkb(self.faces, self.members, heads)


@dataclass(frozen=True, eq=False)
class Layer:
    """A named layer: its columns with the kind of their values, its features, its QGIS style.

    Where it is ``threaded``, threads may make things of its features ahead.
    """

    name: str
    columns: Mapping[str, Kind]
    features: Iterable[Features]
    style: str = ""
    threaded: bool = False

    def ahead(self, *, begun: bool = False) -> Layer:
        """The layer, its next features drawn by a thread while those before are written.

        The first ones are drawn when they are asked for, or from now on if it has ``begun``.
        """
        return replace(self, features=ahead(iter(self.features), begun=begun), threaded=True)


Thing = TypeVar("Thing")


def ahead(things: Iterator[Thing], *, begun: bool = False) -> Iterator[Thing]:
    """Things in their order, the next one made by a thread while the one before is in use."""
    pool = ThreadPoolExecutor(1)
    first = pool.submit(next, things, None) if begun else None
    return _following(pool, things, first)


def _following(
    pool: ThreadPoolExecutor, things: Iterator[Thing], first: Future[Thing | None] | None
) -> Iterator[Thing]:
    with pool:
        coming = first or pool.submit(next, things, None)
        while (found := coming.result()) is not None:
            coming = pool.submit(next, things, None)
            yield found
