"""What every feature of the ground is to every region."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geozone.engine.bareshapes import Piece, piece_of
from geozone.engine.outline import Bounds
from geozone.engine.region import Indices, Region
from geozone.land.layers.layer import Layer

Rows = NDArray[np.int32 | np.intp]
Mask = NDArray[np.bool_]
Boxes = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Members:
    """The features of a layer that have a role: m boxes, numbered from ``first`` on.

    ``features`` (m,) are their places in the layer, ``None`` for all of it; ``codes`` (m,) say
    which of ``patterns`` each has, ``None`` where there is but one. Patterns are numbered from
    ``first_pattern`` on.
    """

    layer: Layer
    features: Rows | None
    codes: Rows | None
    patterns: Mask
    first: int
    first_pattern: int

    @cached_property
    def boxes(self) -> Boxes:
        """West, south, east and north of each, shape (m, 4)."""
        return self.layer.bounds if self.features is None else self.layer.bounds[self.features]

    def places(self, rows: Rows) -> Indices:
        """Where in the layer some of them are."""
        found = rows - self.first
        return (found if self.features is None else self.features[found]).astype(np.intp)

    def meeting(self, window: Bounds) -> tuple[Rows, Boxes, Rows]:
        """Those that meet a window, each looked at: their numbers, boxes and patterns."""
        west, south, east, north = window
        low_x, low_y, high_x, high_y = self.boxes.T
        meets = (low_x <= east) & (high_x >= west) & (low_y <= north) & (high_y >= south)
        found = np.flatnonzero(meets)
        codes = np.zeros(len(found), np.intp) if self.codes is None else self.codes[found]
        return found + self.first, self.boxes[found], codes + self.first_pattern


@dataclass(frozen=True, eq=False)
class Roles:
    """n features of layers that regions ask of, each once, and their roles.

    Role k: features of one layer in group ``group[k]`` of region ``region[k]``, for certain or
    maybe. ``each`` has the features layer by layer, ``count`` of all.
    """

    region: tuple[int, ...]
    group: tuple[int, ...]
    certain: tuple[bool, ...]
    numbers: dict[tuple[int, int, bool], list[int]]
    each: tuple[Members, ...]
    count: int

    @cached_property
    def _firsts(self) -> Indices:
        return np.array(self._starts, np.intp)

    @cached_property
    def _starts(self) -> list[int]:
        return [one.first for one in self.each]

    @cached_property
    def bounds(self) -> Boxes:
        """West, south, east and north of every feature, shape (n, 4)."""
        return np.concatenate([np.empty((0, 4)), *(one.boxes for one in self.each)])

    @cached_property
    def patterns(self) -> Mask:
        """The roles that go together; few do."""
        none = np.empty((0, len(self.region)), bool)
        return np.concatenate([none, *(one.patterns for one in self.each)])

    @cached_property
    def pattern(self) -> Rows:
        """Which of ``patterns`` every feature has, shape (n,)."""
        found = np.zeros(self.count, np.int32)
        for one in self.each:
            here = found[one.first : one.first + len(one.boxes)]
            here[:] = one.first_pattern if one.codes is None else one.codes + one.first_pattern
        return found

    def meeting(self, window: Bounds) -> tuple[Rows, Boxes, Rows]:
        """The features whose bounds meet a window, each looked at; their bounds and patterns."""
        none = (np.empty(0, np.intp), np.empty((0, 4)), np.empty(0, np.intp))
        rows, boxes, patterns = zip(none, *(one.meeting(window) for one in self.each), strict=True)
        return np.concatenate(rows), np.concatenate(boxes), np.concatenate(patterns)

    def of(self, region: int, group: int, *, certain: bool) -> list[int]:
        """The roles of a group's certain features, or of those that may match."""
        return self.numbers.get((region, group, certain), [])

    def piece(self, row: int) -> Piece | None:
        """A feature as bare coordinates; ``None`` where it is sooner asked as a shape."""
        members = self.each[bisect_right(self._starts, row) - 1]
        place = row - members.first
        if members.features is not None:
            place = members.features.item(place)
        return piece_of(members.layer, place)

    def by_layer(self, rows: Rows) -> Iterator[tuple[Members, Rows]]:
        """Features by the layer that they are of."""
        owners = self._firsts.searchsorted(rows, "right") - 1
        for at in sorted(set(owners.tolist())):
            yield self.each[at], rows[owners == at]


def roles_of(regions: Sequence[Region]) -> Roles:
    """The roles of all features that the regions ask of."""
    asked = list(_asked(regions))
    layers = {id(one[3]): one[3] for one in asked}
    numbers: dict[tuple[int, int, bool], list[int]] = {}
    for role, (region, group, certain, _, _) in enumerate(asked):
        numbers.setdefault((region, group, certain), []).append(role)
    found: list[Members] = []
    count = patterns = 0
    for layer in layers.values():
        found.append(_members(layer, asked, count, patterns))
        count += len(found[-1].boxes)
        patterns += len(found[-1].patterns)
    return Roles(
        region=tuple(one[0] for one in asked),
        group=tuple(one[1] for one in asked),
        certain=tuple(one[2] for one in asked),
        numbers=numbers,
        each=tuple(found),
        count=count,
    )


_Ask = tuple[int, int, bool, Layer, Indices]
"""Region, group, whether for certain, of which layer, and which features."""


def _asked(regions: Sequence[Region]) -> Iterator[_Ask]:
    for at, region in enumerate(regions):
        for number, group in enumerate(region.groups):
            for part in group.parts:
                for certain, chosen in ((True, part.certain), (False, part.maybe)):
                    if len(chosen):
                        yield at, number, certain, part.layer, chosen


def _members(layer: Layer, asked: Sequence[_Ask], *first: int) -> Members:
    """The features of a layer that have a role; they and their patterns are numbered on."""
    roles = [(role, one[4]) for role, one in enumerate(asked) if one[3] is layer]
    patterns = np.zeros((1, len(asked)), bool)
    for role in [role for role, chosen in roles if len(chosen) == layer.count]:
        patterns[:, role] = True
    some = [(role, chosen) for role, chosen in roles if len(chosen) < layer.count]
    if not some:
        return Members(layer, None, None, patterns, *first)
    codes = np.zeros(layer.count, np.int32)
    for role, chosen in some:
        # Every pattern so far may come with this role or without it.
        codes[chosen] += len(patterns)
        more = patterns.copy()
        more[:, role] = True
        patterns = np.concatenate([patterns, more])
        used = np.bincount(codes, minlength=len(patterns)) > 0
        codes = (np.cumsum(used, dtype=np.int32) - 1)[codes]
        patterns = patterns[used]
    any_role = np.asarray(patterns.any(axis=1))
    if any_role.all():
        return Members(layer, None, codes, patterns, *first)
    rows = np.flatnonzero(any_role[codes])
    return Members(layer, rows, codes[rows], patterns, *first)
