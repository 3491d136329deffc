"""What every feature of the ground is to every region."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geozone.engine.outline import Bounds
from geozone.engine.region import Indices, Region
from geozone.land.layers.layer import Layer

Rows = NDArray[np.int32 | np.intp]
Mask = NDArray[np.bool_]
Boxes = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Roles:
    """n features of layers that regions ask of, each once, and their roles.

    Role k: features of one layer in group ``group[k]`` of region ``region[k]``, for certain or
    maybe. Feature i is ``feature[i]`` of ``layers[layer[i]]``, has ``bounds[i]`` and the roles
    ``patterns[pattern[i]]``; few patterns occur. ``each`` has the bounds layer by layer.
    """

    layers: tuple[Layer, ...]
    region: tuple[int, ...]
    group: tuple[int, ...]
    certain: tuple[bool, ...]
    places: dict[tuple[int, int, bool], list[int]]
    layer: Rows
    feature: Rows
    each: tuple[Boxes, ...]
    pattern: Rows
    patterns: Mask

    @cached_property
    def bounds(self) -> Boxes:
        """West, south, east and north of every feature, shape (n, 4)."""
        return np.concatenate([np.empty((0, 4)), *self.each])

    def meeting(self, window: Bounds) -> tuple[Rows, Boxes]:
        """The features whose bounds meet a window, each looked at, and their bounds."""
        west, south, east, north = window
        rows, boxes, first = [np.empty(0, np.intp)], [np.empty((0, 4))], 0
        for each in self.each:
            low_x, low_y, high_x, high_y = each.T
            meets = (low_x <= east) & (high_x >= west) & (low_y <= north) & (high_y >= south)
            found = np.flatnonzero(meets)
            rows.append(found + first)
            boxes.append(each[found])
            first += len(each)
        return np.concatenate(rows), np.concatenate(boxes)

    def of(self, region: int, group: int, *, certain: bool) -> list[int]:
        """The roles of a group's certain features, or of those that may match."""
        return self.places.get((region, group, certain), [])

    def by_layer(self, rows: Rows) -> Iterator[tuple[int, Rows]]:
        """Features by the layer that they are of."""
        owners = self.layer[rows]
        for layer in sorted(set(owners.tolist())):
            yield layer, rows[owners == layer]


def roles_of(regions: Sequence[Region]) -> Roles:
    """The roles of all features that the regions ask of."""
    asked = list(_asked(regions))
    layers = {id(one[3]): one[3] for one in asked}
    places: dict[tuple[int, int, bool], list[int]] = {}
    for role, (region, group, certain, _, _) in enumerate(asked):
        places.setdefault((region, group, certain), []).append(role)
    found = [_members(one, asked) for one in layers.values()]
    starts = np.cumsum([0, *(len(one[2]) for one in found)]).tolist()
    pairs = list(zip(layers.values(), found, strict=True))
    return Roles(
        layers=tuple(layers.values()),
        region=tuple(one[0] for one in asked),
        group=tuple(one[1] for one in asked),
        certain=tuple(one[2] for one in asked),
        places=places,
        layer=_joined([np.full(len(one[0]), at, np.int32) for at, one in enumerate(found)]),
        feature=_joined([one[0] for one in found]),
        each=tuple(_bounds(*pair) for pair in pairs),
        pattern=_joined([one[1] + start for one, start in zip(found, starts, strict=False)]),
        patterns=np.concatenate([np.empty((0, len(asked)), bool), *(one[2] for one in found)]),
    )


def _joined(parts: Sequence[Rows]) -> Rows:
    return np.concatenate([np.empty(0, np.int32), *parts])


def _bounds(layer: Layer, members: _Members) -> Boxes:
    return layer.bounds if len(members[0]) == layer.count else layer.bounds[members[0]]


_Ask = tuple[int, int, bool, Layer, Indices]
"""Region, group, whether for certain, of which layer, and which features."""


def _asked(regions: Sequence[Region]) -> Iterator[_Ask]:
    for at, region in enumerate(regions):
        for number, group in enumerate(region.groups):
            for part in group.parts:
                for certain, chosen in ((True, part.certain), (False, part.maybe)):
                    if len(chosen):
                        yield at, number, certain, part.layer, chosen


_Members = tuple[Rows, Rows, Mask]
"""The features of a layer that have a role, the pattern of each, and the patterns."""


def _members(layer: Layer, asked: Sequence[_Ask]) -> _Members:
    """The features of a layer that have a role."""
    roles = [(role, one[4]) for role, one in enumerate(asked) if one[3] is layer]
    codes = np.zeros(layer.count, np.int32)
    patterns = np.zeros((1, len(asked)), bool)
    for role, chosen in roles:
        if len(chosen) == layer.count:
            patterns[:, role] = True
            continue
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
        return np.arange(layer.count, dtype=np.int32), codes, patterns
    rows = np.flatnonzero(any_role[codes]).astype(np.int32)
    return rows, codes[rows], patterns
