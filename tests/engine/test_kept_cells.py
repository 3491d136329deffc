"""Kept cells are cells cut anew, byte for byte; only cells that a change touches are cut again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from arranged import as_bytes, over
from plain.tiles import run

from geozone.engine import arrangement, cells
from geozone.engine.cutting import Bounds, Counter
from geozone.engine.keptcells import UNUSED
from geozone.engine.tasks import cut_task, cut_tasks, write_counters

BOUNDS = Bounds(0.0, 0.0, 4000.0, 3000.0)
CELL_MM = 1_000_000
CELLS = 12


def ring(*corners: tuple[float, float]) -> np.ndarray[Any, Any]:
    return np.array([*corners, corners[0]], np.float64)


def box(west: float, south: float, east: float, north: float) -> np.ndarray[Any, Any]:
    return ring((west, south), (east, south), (east, north), (west, north))


def counter(*rings: np.ndarray[Any, Any]) -> Counter:
    starts = np.cumsum([0, *(len(one) for one in rings)]).astype(np.int64)
    return Counter(np.concatenate(rings), starts, np.ones(len(rings), np.int8))


AREA = counter(box(0, 0, 4000, 3000))
FIELDS = counter(box(100, 100, 2200, 900), box(2000, 500, 3900, 2500))
RIM = counter(ring((500, 500), (3500, 800.5), (1700.25, 2900)))
SPRING = counter(box(3300, 2300, 3400, 2400))
GROUND = [AREA, FIELDS, RIM, SPRING]


def told(
    counters: list[Counter], keep: Path | None, *, bounds: Bounds = BOUNDS, **more: Any
) -> list[tuple[Any, ...]]:
    return as_bytes(over(counters, bounds, cell_mm=CELL_MM, keep=keep, **more))


def cut(counters: list[Counter], keep: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many cells are cut, and that what comes is what is cut without keeping."""
    solved, times = arrangement._solved, []

    def counting(*given: Any) -> Any:
        times.append(1)
        return solved(*given)

    with monkeypatch.context() as patch:
        patch.setattr(arrangement, "_solved", counting)
        found = told(counters, keep)
    assert found == told(counters, None)
    return len(times)


def test_cells_are_cut_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cut(GROUND, tmp_path, monkeypatch) == CELLS
    assert cut(GROUND, tmp_path, monkeypatch) == 0
    assert told(GROUND, tmp_path, jobs=3) == told(GROUND, None)


def test_what_changes_in_a_cell_is_cut_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut(GROUND, tmp_path, monkeypatch)
    moved = replace(SPRING, xy=SPRING.xy + np.array([0.0, 0.001]))
    assert cut([AREA, FIELDS, RIM, moved], tmp_path, monkeypatch) == 1
    assert cut(GROUND, tmp_path, monkeypatch) == 0


def test_a_condition_more_or_less_touches_its_cells_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut([AREA, FIELDS], tmp_path, monkeypatch)
    assert cut([AREA, SPRING, FIELDS], tmp_path, monkeypatch) == 1
    every = [AREA, *(SPRING for _ in range(80)), FIELDS]
    assert cut(every, tmp_path, monkeypatch) == 1
    assert cut([AREA, FIELDS], tmp_path, monkeypatch) == 0


def test_what_surrounds_a_cell_counts_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = counter(box(-9000, -9000, 9000, 9000))
    cut([AREA, FIELDS], tmp_path, monkeypatch)
    alike = 2  # inner cells that FIELDS does not reach are the same as others
    assert cut([AREA, FIELDS, around], tmp_path, monkeypatch) == CELLS - alike


@pytest.mark.parametrize("size", [0, 10, -1, None])
def test_blocks_that_are_not_whole_are_cut_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int | None
) -> None:
    monkeypatch.setattr(cells, "BLOCK", 2)
    cut(GROUND, tmp_path, monkeypatch)
    paths = sorted(tmp_path.glob("*/*.block"))
    assert len(paths) == CELLS / 3
    if size is None:
        paths[0].unlink()
    else:
        paths[0].write_bytes(paths[0].read_bytes()[:size])
    assert 0 < cut(GROUND, tmp_path, monkeypatch) <= 4
    assert cut(GROUND, tmp_path, monkeypatch) == 0


@pytest.mark.parametrize("side", [1, 2, 3])
def test_cells_are_found_whichever_block_they_were_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, side: int
) -> None:
    cut(GROUND, tmp_path, monkeypatch)
    monkeypatch.setattr(cells, "BLOCK", side)
    assert cut(GROUND, tmp_path, monkeypatch) == 0
    half = replace(BOUNDS, east=BOUNDS.east / 2)
    assert told(GROUND, tmp_path, bounds=half) == told(GROUND, None, bounds=half)


def _none(*given: Any) -> Any:
    raise AssertionError("a cell that is kept was cut again")


def test_tasks_are_paths_and_numbers_and_may_be_done_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground, kept, bounds = tmp_path / "counters", tmp_path / "kept", Bounds(0.0, 0.0, 2e4, 3e4)
    far = [
        counter(box(0, 0, 20_000, 30_000)),
        counter(ring((9, 9), (19_000, 500.5), (700, 29_000))),
    ]
    write_counters(ground, far)
    tasks = cut_tasks(ground, kept, bounds)
    there = list(run(cut_task, tasks, len(tasks), jobs=2))
    assert [cut_task(one) for one in tasks] == there
    monkeypatch.setattr(arrangement, "_solved", _none)
    every = over(far, bounds, keep=kept)
    assert sum(one.cells for one in there) == len(every) == 12
    assert sum(one.edges for one in there) == sum(len(one.left) for one in every)


def test_old_cells_go(tmp_path: Path) -> None:
    for step in range(8):
        ground = [AREA, replace(FIELDS, xy=FIELDS.xy + step * 0.01), RIM]
        found = arrangement.Arrangement.over(ground, BOUNDS, cell_mm=CELL_MM, keep=tmp_path)
        assert list(found.blocks())
        found.tidy()
    assert len(list(tmp_path.glob("*/*.block"))) <= (UNUSED + 1) * 2


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert told(GROUND, blocked) == told(GROUND, None)
