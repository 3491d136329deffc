"""Loops that a run asked for are noted, and loaded by the next; a note is believed in nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import types

from geozone.engine import linking, loading
from geozone.engine.kernels import widths

ASK = """
import os, sys
from pathlib import Path
import numpy as np
from geozone.engine.kernels import tracerays
from geozone.engine.loading import load, note
"""
USE = "parent = np.array([0, 0, 1], np.int32); tracerays.roots(parent); print(parent.tolist())\n"
TOLD = "print(*tracerays.roots.stats.cache_hits.values())\n"
NAMED = "note(Path(sys.argv[1]))\n"
LOAD = "load(Path(sys.argv[1]))\n"

scalars = st.sampled_from(sorted(loading._SCALARS))
arrays = st.tuples(scalars, st.integers(1, 3), st.sampled_from("CFA"), st.booleans()).map(list)
kinds = st.recursive(
    st.one_of(scalars, arrays),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(lambda some: {"tuple": some}),
    max_leaves=4,
)


def ran(code: str, store: Path, **more: str) -> str:
    given = {**os.environ, "NUMBA_CACHE_DIR": str(store / "cache"), **more}
    asked = [sys.executable, "-c", ASK + code, str(store)]
    done = subprocess.run(asked, env=given, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_loops_of_one_run_are_loaded_by_the_next(tmp_path):
    assert ran(USE + NAMED, tmp_path) == "[0, 0, 0]\n"
    assert not _noted(tmp_path)  # it was compiled: whether the cache took it is not known yet
    assert ran(USE + NAMED, tmp_path) == "[0, 0, 0]\n"
    assert [one[:2] for one in _noted(tmp_path)] == [["tracerays", "roots"]]
    assert ran(LOAD + TOLD + USE + TOLD, tmp_path) == "1\n[0, 0, 0]\n1\n"


def _noted(store: Path) -> list[Any]:
    return list(json.loads((store / loading.NAME).read_text())[1:])


@given(kinds)
def test_types_are_told_and_found_again(told: Any) -> None:
    assert loading._told(loading._type(told)) == told


@pytest.mark.parametrize(
    "kind",
    [
        types.unicode_type,
        types.none,
        types.Array(types.complex128, 1, "C"),
        types.Array(types.int64, 1, "C", aligned=False),
        types.UniTuple(types.unicode_type, 2),
    ],
)
def test_other_types_are_not_told(kind):
    assert loading._told(kind) is None


@pytest.mark.parametrize(
    "told",
    [
        *(None, 1, "object", "__class__", [], ["int64"], {}, [[], 1, "C", True]),
        *(["int64", 9, "C", True], ["int64", 1, "X", True], ["int64", 1, "C", 1]),
        *({"tuple": "int64"}, {"tuple": ["what"]}),
    ],
)
def test_what_is_no_type_of_ours_is_none(told):
    assert loading._type(told) is None


GOOD = ["widths", "widen", ["int64"]]


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"\xff\xfe",
        b"{}",
        b"null",
        b"[" * 100_000,
        json.dumps(["another edition", GOOD]).encode(),
        json.dumps([loading._edition(), *[GOOD] * loading.MOST]).encode(),
    ],
)
def test_a_note_that_is_not_of_this_edition_and_whole_is_none(tmp_path, written):
    (tmp_path / loading.NAME).write_bytes(written)
    assert list(loading._noted(tmp_path)) == []


def test_a_note_names_loops_of_ours_and_nothing_else(tmp_path):
    """Other modules are not imported, and nothing but loops is asked."""
    others = [
        ["os", "system", ["int64"]],
        ["..loading", "note", ["int64"]],
        ["no_such_module", "f", []],
        ["widths", "np", ["int64"]],
        ["widths", "__class__", []],
        ["widths", "no_such_loop", []],
        ["widths", "widen", ["no type"]],
        ["widths", "widen"],
        "widths",
        7,
    ]
    (tmp_path / loading.NAME).write_text(json.dumps([loading._edition(), *others]))
    before = list(widths.widen.signatures)
    loading.load(tmp_path)
    assert widths.widen.signatures == before


def test_a_note_is_left_out_where_the_store_takes_none(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    loading.note(tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b""


TWO = """
import sys, threading, time
import numpy
def home(name, after):
    time.sleep(after)
    try:
        __import__(f"geozone.engine.{name}")
    except ImportError as error:
        print(error)
given = (("kernels.widths", 0), ("kernels.binning", float(sys.argv[1])))
both = [threading.Thread(target=home, args=one) for one in given]
for one in both:
    one.start()
for one in both:
    one.join()
"""


def test_two_threads_may_be_first_to_ask_for_loops():
    """Else one of them gets half of numba: half of these runs ended so."""
    for after_ms in range(0, 40, 5):
        asked = [sys.executable, "-c", TWO, str(after_ms / 1000)]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=120)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")


# How loops come from the cache.


def test_numba_is_as_it_is_known():
    """Else loops load as slowly as by numba alone: look what has changed."""
    assert linking.link_late()


def test_another_numba_is_left_alone(monkeypatch):
    monkeypatch.setattr(linking, "KNOWN", ())
    assert not linking.link_late()


LOOPS = """
import numpy as np
from numba import njit
import geozone.engine.kernels
@njit(cache=True, nogil=True)
def folded(values):
    total = 0.0
    for value in np.sort(values):
        total = total * 2 + value
    return total
@njit(cache=True, nogil=True)
def halves(values):
    if len(values) == 0:
        raise ValueError("no values")
    return values / 2, len(values)
"""
OUTER = """
from numba import njit
from loops import folded, halves
@njit(cache=True, nogil=True)
def outer(values):
    halved, count = halves(values)
    return folded(halved) + folded(values) + count
"""
USED = """
import numpy as np
from loops import folded, halves
values = np.array([3.0, 1.0, 2.0])
print(folded(values), halves(values)[0].tolist(), halves(values)[1])
try:
    halves(values[:0])
except ValueError as error:
    print(error)
print(len(folded.stats.cache_hits), len(halves.stats.cache_hits))
"""
LINKED = """
from outer import outer
print(outer(values), len(outer.stats.cache_hits))
"""
SAID = "11.0 [1.5, 0.5, 1.0] 3\nno values\n"


def test_what_was_loaded_late_is_called_and_linked_with(tmp_path):
    """From Python, with arrays made and errors raised, and from a loop compiled afterwards."""
    (tmp_path / "loops.py").write_text(LOOPS)
    (tmp_path / "outer.py").write_text(OUTER)
    home = {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    assert ran(USED, tmp_path, **home) == f"{SAID}0 0\n"
    assert ran(USED, tmp_path, **home) == f"{SAID}1 1\n"
    for hits in (0, 1):  # compiled, then from the cache itself
        assert ran(USED + LINKED, tmp_path, **home) == f"{SAID}1 1\n{11.0 / 2 + 11.0 + 3} {hits}\n"
