"""Footprints tell what counters leave in cells: going by them gives the cells of a fresh run."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from arranged import as_bytes, over
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from geozone.engine import cells, footprints
from geozone.engine.counters import FieldRings, counters
from geozone.engine.cutting import COUNTER, Bounds, Drawn, Some, Window
from geozone.engine.fields import Field, asked, scale_over
from geozone.land.shapes.flat import Flat

few = examples(5, each=6)
CELL_MM = 150_000


@pytest.fixture
def ground(land: Any, chance: Any) -> Any:
    return lambda seed: fields_of(land, chance, seed)


def fields_of(land: Any, chance: Any, seed: int) -> tuple[list[Any], Any, Bounds]:
    ask = asked(land.regions(*chance.layers(seed), asks=chance.asks), chance.area)
    bounds = chance.area.bounds
    return list(ask.fields), scale_over(land.crs, bounds, ask.fields), Bounds(*bounds)


def laid(fields: Any, scale: Any, bounds: Bounds, keep: Path | None, **more: Any) -> list[Any]:
    rings = counters(fields, scale, named=keep is not None).rings
    return as_bytes(over(rings, bounds, cell_mm=CELL_MM, keep=keep, **more))


def moved(field: Any, draw: np.random.Generator) -> Any:
    """The field with inner vertices of a chain elsewhere."""
    flat, chain = field.flat, int(draw.integers(len(field.flat.sign)))
    inner = np.arange(flat.starts[chain] + 1, flat.starts[chain + 1] - 1)[:2]
    xy = flat.xy.copy()
    xy[inner] += draw.normal(0, 40, (len(inner), 2))
    return replace(field, flat=replace(flat, xy=xy))


@few
@given(seed=st.integers(0, 10_000), share=st.sampled_from([0.0, 0.5, 1.0]))
def test_what_changed_is_as_if_fresh(
    land: Any, chance: Any, tmp_path_factory: Any, seed: int, share: float
) -> None:
    folder, draw = tmp_path_factory.mktemp("kept"), np.random.default_rng(seed)
    fields, scale, bounds = fields_of(land, chance, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "MOST_CHANGED", share)
        for _ in range(3):
            fresh = laid(fields, scale, bounds, None)
            assert laid(fields, scale, bounds, folder) == fresh
            assert laid(fields, scale, bounds, folder, jobs=2) == fresh
            at = int(draw.integers(1, len(fields)))
            if len(fields[at].flat.sign):
                fields[at] = moved(fields[at], draw)
            turned = [fields[one] for one in 1 + draw.permutation(len(fields) - 1)]
            fields = [fields[0], *turned[: max(len(turned) - 1, 1)]]


@few
@given(seed=st.integers(0, 10_000), cell_mm=st.sampled_from([90_000, 400_000]))
def test_pieces_near_some_cells_are_those_of_all(
    land: Any, chance: Any, seed: int, cell_mm: int
) -> None:
    fields, scale, bounds = fields_of(land, chance, seed)
    window = Window.over(bounds, cell_mm)
    some = np.random.default_rng(seed).random(window.cells) < 0.1
    rings = counters(fields, scale).rings
    every = Drawn.of(rings).cut(window)
    near = Drawn.of(rings, Some(window, some).near).cut(window)
    for cell in np.flatnonzero(some).tolist():
        assert np.array_equal(every.pieces(cell), near.pieces(cell))


@few
@given(seed=st.integers(0, 10_000), reach_m=st.sampled_from([3.0, 60.0, 900.0]))
def test_lines_that_meet_near_some_cells_are_those_of_all(
    land: Any, chance: Any, seed: int, reach_m: float
) -> None:
    draw = np.random.default_rng(seed)
    bounds = Bounds(*chance.area.bounds)
    nodes = draw.uniform((bounds.west, bounds.south), (bounds.east, bounds.north), (30, 2))
    lines = [shapely.LineString(nodes[draw.permutation(30)[:3]]) for _ in range(40)]
    field = Field(Flat.of(np.array(lines)), reach_m, solid=True)
    window = Window.over(bounds, 250_000)
    some = draw.random(window.cells) < 0.1
    rings = counters([field], scale_over(land.crs, chance.area.bounds, [field])).rings
    every = Drawn.of(rings).cut(window)
    near = Drawn.of(rings, Some(window, some).near).cut(window)
    for cell in np.flatnonzero(some).tolist():
        assert np.array_equal(every.pieces(cell), near.pieces(cell))


def test_what_has_not_changed_is_not_drawn(ground: Any, tmp_path: Path) -> None:
    fields, scale, bounds = ground(3)
    laid(fields, scale, bounds, tmp_path)
    changed = max(range(1, len(fields)), key=lambda at: fields[at].reach_m)
    old, drawn = fields[changed], []
    fields[changed] = moved(old, np.random.default_rng(1))
    draw = FieldRings._drawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "MOST_CHANGED", 1.0)
        patch.setattr(
            FieldRings, "_drawn", lambda one, near: (drawn.append((one, near)), draw(one, near))[1]
        )
        laid(fields, scale, bounds, tmp_path)
        whole = [one.field for one, near in drawn if near is None]
        assert whole == [fields[changed]]
        drawn.clear()
        laid(fields, scale, bounds, tmp_path)
        assert all(near is not None for _, near in drawn)


@pytest.mark.parametrize("ending", ["block", "footprint"])
@pytest.mark.parametrize("broken", ["cut", "flipped", "empty", "swapped", "gone"])
def test_what_is_not_whole_is_made_again(
    ground: Any, tmp_path: Path, ending: str, broken: str
) -> None:
    fresh = laid(*ground(3), None)
    laid(*ground(3), tmp_path)
    paths = sorted(tmp_path.rglob(f"*.{ending}"))
    one, other = paths[0].read_bytes(), paths[1].read_bytes()
    flipped = bytearray(one)
    flipped[len(one) // 2] ^= 4
    put = {"cut": one[:-3], "flipped": bytes(flipped), "empty": b"", "swapped": other}
    if broken == "gone":
        paths[0].unlink()
    else:
        paths[0].write_bytes(put[broken])
    assert laid(*ground(3), tmp_path) == fresh
    assert paths[0].read_bytes() == one


def test_footprints_are_of_their_window(ground: Any, tmp_path: Path) -> None:
    fields, scale, bounds = ground(3)
    laid(fields, scale, bounds, tmp_path)
    half = replace(bounds, east=(bounds.west + bounds.east) / 2)
    assert laid(fields, scale, half, tmp_path) == laid(fields, scale, half, None)


def test_equal_names_are_equal_rings(ground: Any) -> None:
    fields, scale, _ = ground(3)
    told = [one.name for one in counters(fields, scale, named=True).rings]
    assert told == [one.name for one in counters(fields, scale, named=True).rings]
    assert len(set(told)) == len(told)
    one = next(one for one in fields[1:] if one.reach_m > 1 and one.flat.sign.all())
    blunt = np.ones((len(one.flat.sign), 2), bool)
    others = [
        replace(one, reach_m=one.reach_m + 1e-3),
        replace(one, solid=not one.solid),
        replace(one, blunt=blunt),
        replace(one, flat=replace(one.flat, xy=one.flat.xy + 1e-6)),
        replace(one, flat=replace(one.flat, sign=-one.flat.sign)),
    ]
    named = {
        rings.name
        for field in [one, *others]
        for rings in counters([field], scale, named=True).rings
    }
    named |= {counters([one], replace(scale, half=scale.half * 2), named=True).rings[0].name}
    assert len(named) == len(others) + 2


@few
@given(seed=st.integers(0, 10_000), at_once=st.integers(1, 40))
def test_what_is_told_of_cells_is_told_of_each(
    land: Any, chance: Any, seed: int, at_once: int
) -> None:
    fields, scale, bounds = fields_of(land, chance, seed)
    window, draw = Window.over(bounds, 200_000), np.random.default_rng(seed)
    cut = Drawn.of(counters(fields, scale).rings).cut(window)
    count = cut.base.shape[1]
    numbers = draw.permutation(count + 2)[:count]
    prints = footprints.Footprints(count + 2, window.cells + 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(footprints, "AT_ONCE", at_once)
        prints.note(3, cut, numbers.tolist())
    for cell in range(window.cells):
        pieces = cut.pieces(cell)
        for at, number in enumerate(numbers.tolist()):
            own = np.ascontiguousarray(pieces[pieces[:, COUNTER] == at][:, footprints.TOLD])
            winding = cut.base[cell, at]
            digest = hashlib.blake2b(own.data, digest_size=footprints.DIGEST)
            digest.update(np.int32(winding).tobytes())
            wanted = digest.digest() if len(own) or winding else bytes(footprints.DIGEST)
            found = prints[number]
            assert found.digests[cell + 3].tobytes() == wanted
            assert found.base[cell + 3] == winding
    assert not prints[int(np.setdiff1d(np.arange(count + 2), numbers)[0])].digests.any()
