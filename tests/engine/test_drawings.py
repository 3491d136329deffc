"""Polygons that are kept, of ground that changed a little: the same as drawn anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geozone.engine import answered, drawings, partition
from geozone.engine.drawings import Called
from geozone.engine.partition import Partition

SIDE_MM = 250_000
"""Of cells: ground drawn by chance is two kilometres wide."""

NAME = "zones of a test"
seeds = st.integers(0, 10_000)


@pytest.fixture(autouse=True)
def small_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answered, "CELL_MM", SIDE_MM)
    monkeypatch.setattr(answered, "MOST_NEW", 0.9)
    monkeypatch.setattr(drawings, "MOST_CHANGED", 0.9)


@pytest.fixture
def whole_drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows whenever all polygons are drawn."""
    times, known = list[int](), partition.drawn

    def counted(*given: Any, **more: Any) -> Any:
        times.append(1)
        return known(*given, **more)

    monkeypatch.setattr(partition, "drawn", counted)
    return times


def without(layer: Any, gone: Sequence[int]) -> Any:
    """A layer without some features."""
    stays = [at for at in range(len(layer.shapes)) if at not in gone]
    return replace(
        layer,
        shapes=layer.shapes[stays],
        classes=tuple(layer.classes[at] for at in stays),
        ids=tuple(layer.ids[at] for at in stays),
    )


def cut(land: Any, chance: Any, layers: Sequence[Any], keep: Path | None) -> Partition:
    return partition.partition(land.regions(*layers, asks=chance.asks), chance.area, keep=keep)


def zoned(found: Partition, kinds: int, turn: int = 0) -> tuple[Any, Called]:
    """Zones by the states of evidence rows alone, and what they stand for, in any order."""
    told = [
        sum(int(state) * (at + 1) for at, state in enumerate(row)) % kinds
        for row in found.evidence.rows
    ]
    names = [f"kind {kind}" for kind in np.roll(sorted(set(told)), turn).tolist()]
    place = {name: number for number, name in enumerate(names)}
    return np.array([place[f"kind {one}"] for one in told], np.int32), Called(NAME, tuple(names))


def as_bytes(found: Partition, labels: Any, called: Called) -> list[bytes]:
    drawn, sizes = found.sized(labels, called)
    faces = drawn.part(0, len(drawn.label))
    told = (faces.label, faces.polygons, faces.rings, faces.xy, sizes, found.area_m2)
    return [repr(found.evidence.rows).encode(), *(one.tobytes() for one in told)]


def edges_of(found: Partition) -> list[tuple[int, ...]]:
    edges = found.edges
    rows = np.column_stack([edges.ends + np.tile(edges.origin, 2), edges.left, edges.right])
    return sorted(map(tuple, rows.tolist()))


@given(seed=seeds, kinds=st.integers(2, 40))
@settings(examples(6), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_changes_is_drawn_as_if_all_were(
    land: Any, chance: Any, tmp_path_factory: Any, seed: int, kinds: int
) -> None:
    keep, draw = tmp_path_factory.mktemp("kept"), np.random.default_rng(seed)
    layers = list(chance.layers(seed))
    for step in range(3):
        ours, anew = cut(land, chance, layers, keep), cut(land, chance, layers, None)
        assert as_bytes(ours, *zoned(ours, kinds, step)) == as_bytes(
            anew, *zoned(anew, kinds, step)
        )
        assert edges_of(ours) == edges_of(anew)
        at = int(draw.integers(len(layers)))
        count = len(layers[at].shapes)
        layers[at] = without(layers[at], draw.permutation(count)[:1].tolist() if count > 1 else [])


def smallest_gone(chance: Any, seed: int) -> tuple[list[Any], list[Any]]:
    """Layers, and the same without a feature that is in few cells."""
    layers = list(chance.layers(seed))
    at = int(
        np.argmin([float("inf") if len(one.shapes) < 2 else one.shapes[0].length for one in layers])
    )
    return layers, [*layers[:at], without(layers[at], [0]), *layers[at + 1 :]]


def test_only_what_changed_is_traced(
    land: Any, chance: Any, tmp_path: Path, whole_drawn: list[int]
) -> None:
    before, after = smallest_gone(chance, 7)
    found = cut(land, chance, before, tmp_path)
    as_bytes(found, *zoned(found, 9))
    assert len(whole_drawn) == 1
    for layers in (before, after, before):
        found = cut(land, chance, layers, tmp_path)
        told = as_bytes(found, *zoned(found, 9))
        assert len(whole_drawn) == 1
        anew = cut(land, chance, layers, None)
        assert told == as_bytes(anew, *zoned(anew, 9))
        whole_drawn.pop()


def test_zones_that_fall_together_are_drawn_anew(
    land: Any, chance: Any, tmp_path: Path, whole_drawn: list[int]
) -> None:
    layers = chance.layers(11)
    found = cut(land, chance, layers, tmp_path)
    as_bytes(found, *zoned(found, 9))
    labels, _ = zoned(found, 9)
    fewer = Called(NAME, ("kind 0", "else"))
    both = np.minimum(labels, 1).astype(np.int32)
    assert as_bytes(found, both, fewer) == as_bytes(cut(land, chance, layers, None), both, fewer)
    assert len(whole_drawn) == 3


@pytest.mark.parametrize("what", ["short", "other", "gone", "blocks"])
def test_what_is_kept_and_not_whole_is_made_again(
    land: Any, chance: Any, tmp_path: Path, what: str
) -> None:
    before, after = smallest_gone(chance, 3)
    found = cut(land, chance, before, tmp_path)
    as_bytes(found, *zoned(found, 9))
    kept = sorted(tmp_path.glob("*/*.about"))
    assert len(kept) == 2
    for one, other in zip(kept, reversed([path.read_bytes() for path in kept]), strict=True):
        if what == "short":
            one.write_bytes(one.read_bytes()[:-1])
        elif what == "other":
            one.write_bytes(other)
        elif what == "gone":
            one.unlink()
    for block in tmp_path.glob("*/*.block") if what == "blocks" else ():
        block.unlink()
    found, anew = cut(land, chance, after, tmp_path), cut(land, chance, after, None)
    assert as_bytes(found, *zoned(found, 9)) == as_bytes(anew, *zoned(anew, 9))
    assert edges_of(found) == edges_of(anew)


def test_polygons_that_are_not_the_ground_of_their_labels_are_drawn_anew(
    land: Any, chance: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole_drawn: list[int]
) -> None:
    layers = chance.layers(5)
    found = cut(land, chance, layers, tmp_path)
    wanted = as_bytes(found, *zoned(found, 9))
    spliced = drawings.splice

    def wrong(*given: Any) -> Any:
        found = spliced(*given)
        return replace(found, label=np.full_like(found.label, found.label[-1]))

    monkeypatch.setattr(drawings, "splice", wrong)
    assert as_bytes(found, *zoned(found, 9)) == wanted
    assert len(whole_drawn) == 2
