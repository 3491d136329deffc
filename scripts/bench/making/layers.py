"""The layers of the province: what of each theme stands where, from a seed.

Counts and lengths are those of the full province; the size scales both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import sqrt

import numpy as np
from numpy.random import Generator

from making.fields import Lattice, parcels
from making.ground import Ground
from making.outlines import (
    Blobs,
    Numbers,
    River,
    Shapes,
    Wiggle,
    blobs,
    corridor,
    polygons,
    polygons_with_holes,
    walks,
)

Texts = tuple[str, ...]


@dataclass(frozen=True)
class Origin:
    """Where a layer comes from, as the project file tells it."""

    source: str = "scripts/bench, seeded; 合成示例数据 / synthetic sample"
    licence: str = "CC0-1.0"
    as_of: date = date(2026, 1, 1)
    synthetic: bool = True


MADE = Origin()


@dataclass(frozen=True, eq=False)
class Sheet:
    """One layer: its file's stem, its theme, shapes (n,), and columns of n values each."""

    name: str
    theme: str
    shapes: Shapes
    columns: Mapping[str, Texts] = field(default_factory=dict)
    half_width_m: float | None = None
    """Of line layers of railways and expressways."""
    origin: Origin = MADE


@dataclass(frozen=True)
class Many:
    """So many outlines of a mean radius, before the size scales both."""

    count: int
    radius_m: float
    outline: Wiggle


EMPTY_THEMES = ("abstraction_prohibited_scope", "geoheritage", "public_green")
"""Surveyed, with nothing found: what the rules ask beside the layers that hold something."""


def _rail(ground: Ground, rng: Generator) -> Sheet:
    lines = _lines(ground, rng, 600, 400, 100.0)
    classes = _drawn(rng, ("line", "planned", "tunnel"), (0.9, 0.05, 0.05), len(lines))
    return Sheet("railway", "railway", lines, {"class": classes}, 10.0)


def _fast_rail(ground: Ground, rng: Generator) -> Sheet:
    lines = _lines(ground, rng, 200, 300, 250.0)
    return Sheet("railway-fast", "railway", lines, {"class": ("line",) * len(lines)}, 5.0)


def _expressway(ground: Ground, rng: Generator) -> Sheet:
    lines = _lines(ground, rng, 1_500, 400, 60.0)
    classes = _drawn(rng, ("line", "planned"), (0.85, 0.15), len(lines))
    return Sheet("expressway", "expressway", lines, {"class": classes}, 20.0)


def _farmland(ground: Ground, rng: Generator) -> Sheet:
    coarse = _blocks(ground, rng, Lattice(0, 0, 20, 450.0, 4), kept=0.85)
    tiny = _blocks(ground, rng, Lattice(0, 0, 60, 60.0, 4), kept=0.6)
    return Sheet("farmland", "permanent_basic_farmland", np.concatenate([coarse, tiny]))


def _redline(ground: Ground, rng: Generator) -> Sheet:
    plain = _outlines(ground, rng, 1_500, 2_200.0, Wiggle(400))
    large = _outlines(ground, rng, 300, 4_000.0, Wiggle(1_500, steepness=1.1))
    ring = _outlines(ground, rng, 800, 2_200.0, Wiggle(600))
    many = _outlines(ground, rng, 400, 3_000.0, Wiggle(800))
    shapes = [
        polygons(plain.rings()),
        polygons(large.rings()),
        polygons_with_holes(rng, ring, 1, 120),
        polygons_with_holes(rng, many, 4, 60),
        polygons(ring.rings(share=0.08)),  # islands in holes
    ]
    return Sheet("redline", "ecological_redline", np.concatenate(shapes))


def _protected(ground: Ground, rng: Generator) -> Sheet:
    whole = _outlines(ground, rng, 400, 2_500.0, Wiggle(900))
    inner = _outlines(ground, rng, 400, 2_500.0, Wiggle(800))
    shapes = np.concatenate([polygons(whole.rings()), polygons_with_holes(rng, inner, 2, 100)])
    classes = _drawn(rng, ("core", "general"), (0.4, 0.6), len(shapes))
    return Sheet("protected", "protected_area", shapes, {"class": classes})


def _scenic(ground: Ground, rng: Generator) -> Sheet:
    return _one(ground, rng, "scenic", "scenic_area", Many(400, 2_500.0, Wiggle(800)))


def _relics(ground: Ground, rng: Generator) -> Sheet:
    make = Wiggle(9, spread=0.2, flatness=0.3)
    return _one(ground, rng, "relics", "cultural_relic", Many(60_000, 40.0, make))


def _springs(ground: Ground, rng: Generator) -> Sheet:
    made = _outlines(ground, rng, 4_000, 1_500.0, Wiggle(64, spread=0.15))
    shapes = np.concatenate([polygons(made.rings()), polygons(made.rings(share=0.25))])
    count = len(shapes) // 2
    return Sheet(
        "springs", "spring_zone", shapes, {"class": ("general",) * count + ("key",) * count}
    )


def _rivers(ground: Ground, rng: Generator) -> Sheet:
    size = ground.size
    rivers = size.count(60)
    reaches = max(4, round(size.count(6_000) / rivers))
    make = River(reaches, 150, 12.0 * size.scale, 100.0 * size.scale)
    starts = ground.places(rng, rivers)
    shapes = np.concatenate([corridor(rng, start, make) for start in starts])
    classes = _drawn(rng, ("important", "other"), (0.3, 0.7), len(shapes))
    return Sheet("rivers", "river_lake_management", shapes, {"class": classes})


def _drinking(ground: Ground, rng: Generator) -> Sheet:
    made = _outlines(ground, rng, 3_000, 1_200.0, Wiggle(64, spread=0.15))
    shares = {"primary": 0.12, "secondary": 0.5, "quasi": 1.0}
    shapes = np.concatenate([polygons(made.rings(share=one)) for one in shares.values()])
    count = len(made.centres)
    water = _drawn(rng, ("groundwater", "surface"), (0.7, 0.3), count)
    central = _drawn(rng, ("yes", "no"), (0.6, 0.4), count)
    classes = tuple(name for name in shares for _ in range(count))
    columns = {"class": classes, "source": water * 3, "centralised": central * 3}
    return Sheet("drinking", "drinking_water_zone", shapes, columns)


def _overdraft(ground: Ground, rng: Generator) -> Sheet:
    make = Wiggle(1_500, steepness=1.4)
    made = polygons(_outlines(ground, rng, 300, 6_000.0, make).rings())
    classes = _drawn(rng, ("severe", "general"), (0.4, 0.6), len(made))
    return Sheet("overdraft", "overdraft_zone", made, {"class": classes})


def _limited(ground: Ground, rng: Generator) -> Sheet:
    return _one(ground, rng, "limited", "limited_abstraction_zone", Many(500, 3_500.0, Wiggle(600)))


def _forbidden(ground: Ground, rng: Generator) -> Sheet:
    return _one(
        ground, rng, "forbidden", "forbidden_abstraction_zone", Many(300, 2_000.0, Wiggle(400))
    )


MAKERS: tuple[Callable[[Ground, Generator], Sheet], ...] = (
    _farmland,
    _redline,
    _scenic,
    _protected,
    _relics,
    _springs,
    _rivers,
    _drinking,
    _overdraft,
    _limited,
    _forbidden,
    _rail,
    _fast_rail,
    _expressway,
)


def sheets(ground: Ground) -> Iterator[Sheet]:
    """The layers one after the other, so that only one is held at a time."""
    for make in MAKERS:
        yield make(ground, ground.chance(make.__name__))
    for theme in EMPTY_THEMES:
        yield Sheet(theme.replace("_", "-"), theme, np.empty(0, object))


def _outlines(ground: Ground, rng: Generator, count: int, radius_m: float, make: Wiggle) -> Blobs:
    centres = ground.places(rng, ground.size.count(count))
    spread = np.exp(rng.normal(0.0, 0.4, len(centres)).clip(-1.0, 1.0))
    return blobs(rng, centres, radius_m * ground.size.scale * spread, make)


def _one(ground: Ground, rng: Generator, name: str, theme: str, make: Many) -> Sheet:
    made = _outlines(ground, rng, make.count, make.radius_m, make.outline)
    return Sheet(name, theme, polygons(made.rings()))


def _lines(ground: Ground, rng: Generator, count: int, vertices: int, step_m: float) -> Shapes:
    starts: Numbers = ground.places(rng, ground.size.count(count))
    return walks(rng, starts, vertices, step_m * ground.size.scale)


def _blocks(ground: Ground, rng: Generator, make: Lattice, kept: float) -> Shapes:
    """Blocks of 120,000 parcels in the full province."""
    wanted = ground.size.count(120_000)
    blocks = max(1, round(wanted / (make.side**2 * kept)))
    side = min(make.side, max(2, round(sqrt(wanted / kept / blocks))))
    cell_m = make.cell_m * ground.size.scale
    corners = ground.cells(rng, blocks, make.side * cell_m)
    lattices = [Lattice(x, y, side, cell_m, make.between) for x, y in corners.tolist()]
    return np.concatenate([parcels(rng, one, kept) for one in lattices])


def _drawn(rng: Generator, words: Texts, shares: tuple[float, ...], count: int) -> Texts:
    return tuple(rng.choice(words, count, p=shares).tolist())
