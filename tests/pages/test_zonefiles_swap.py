"""A run that is killed at any step leaves a whole set of files, or one that does not look whole."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from geozone.law.errors import Refused
from geozone.pages import files, locks, swap
from geozone.pages.files import beside, held, staged, write_text

MARK = "summary.json"
NAMES = ("a.bin", "b.bin", MARK)
LONG = settings().max_examples > 100
STEPS = ("replace", "rename", "fsync", "mkdir", "unlink", "rmdir")


class Killed(BaseException):
    """What no code of ours catches."""


class Fuse:
    """Ends the work at the n-th step that changes the disk."""

    def __init__(self, monkeypatch, at, error=None):
        self.left, self.error = at, error
        for name in STEPS:
            real = getattr(os, name) if name != "fsync" else lambda handle: None  # that is slow
            monkeypatch.setattr(os, name, self.guarded(real))

    def guarded(self, real):
        def step(*args, **named):
            self.left -= 1
            if self.left == 0 or (self.left < 0 and self.error is None):
                raise self.error or Killed
            return real(*args, **named)

        return step


def fill(folder, said, names=NAMES):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text(said)
    return folder


def seen(folder):
    """The files that a user sees, with what they say."""
    return {one.name: one.read_text() for one in sorted(folder.iterdir()) if one.name[0] != "."}


def hidden(folder):
    return sorted(one.name for one in folder.iterdir() if one.name[0] == ".")


def whole(said, *more):
    return dict.fromkeys(sorted((*NAMES, *more)), said)


def put(folder, drafts):
    swap.swap(folder, drafts, NAMES, ["gone.bin"])


@pytest.mark.parametrize("is_first", [True, False])
def test_killed_at_every_step_and_again_while_it_recovers(tmp_path, monkeypatch, is_first):
    outcomes = set()
    for first in range(1, 60):
        for second in range(0, 40, 4) if LONG else (0, 1, first % 7 + 2):
            folder = tmp_path / f"{first}-{second}"
            folder.mkdir()
            before = {} if is_first else whole("old", "gone.bin")
            fill(folder, "old", before)
            drafts = fill(folder / ".geozone-set-x", "new")
            for at, work in ((first, put), (second, lambda place, _: swap.recover(place))):
                with monkeypatch.context() as patched, suppress(Killed):
                    Fuse(patched, at)
                    work(folder, drafts)
                now = seen(folder)
                assert MARK not in now or now in (before, whole("new"))
            swap.recover(folder)
            found = seen(folder)
            assert found in (before, whole("new"))
            assert set(hidden(folder)) <= {drafts.name}
            outcomes.add(found == before)
            shutil.rmtree(folder)
    assert outcomes == {True, False}


def test_what_cannot_be_moved_leaves_the_old_set(tmp_path, monkeypatch):
    """The disk refuses one step: the old set stands, or the new one is complete."""
    outcomes = []
    for step in range(1, 40):
        folder = fill(tmp_path / str(step), "old", (*NAMES, "gone.bin"))
        refused = True
        with monkeypatch.context() as patched, suppress(Refused):
            Fuse(patched, step, PermissionError(13, "in use"))
            with staged(folder, last=MARK, family=["gone.*"]) as drafts:
                fill(drafts, "new")
            refused = False
        with held(folder):
            found = seen(folder)
        assert found in (whole("old", "gone.bin"), whole("new"))
        assert hidden(folder) == []
        outcomes.append((refused, found[MARK]))
    assert {one for one in outcomes if one[0]} >= {(True, "old")}
    assert outcomes[-1] == (False, "new")


def test_an_open_file_on_windows_is_told_by_its_name(tmp_path, monkeypatch):
    folder, real = fill(tmp_path / "out", "old"), os.replace

    def replace(one, other):
        if Path(one).name == "b.bin":
            raise PermissionError(13, "in use", str(one), None, str(other))
        return real(one, other)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", replace)
        with (
            pytest.raises(Refused, match=r"b\.bin: in use.*close the program"),
            staged(folder, last=MARK) as drafts,
        ):
            fill(drafts, "new")
    assert seen(folder) == whole("old")
    assert hidden(folder) == []


def test_a_family_leaves_no_old_member(tmp_path):
    folder = fill(tmp_path / "out", "old", (*NAMES, "verdict_a.tif", "verdict_b.tif", "mine.tif"))
    with staged(folder, last=MARK, family=["verdict_*.tif"]) as drafts:
        fill(drafts, "new", (*NAMES, "verdict_a.tif"))
    assert seen(folder) == whole("new", "verdict_a.tif") | {"mine.tif": "old"}


def test_a_failed_run_leaves_no_folder_behind(tmp_path):
    with pytest.raises(KeyError), staged(tmp_path / "new" / "out"):
        raise KeyError("x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO])
def test_a_disk_that_takes_no_more_is_refused(tmp_path, number):
    folder = fill(tmp_path / "out", "old")
    with pytest.raises(Refused, match="--out"), staged(folder) as drafts:
        raise OSError(fill(drafts, "new", ["a.bin"]) and number, os.strerror(number))
    assert seen(folder) == whole("old")
    assert hidden(folder) == []


def test_what_is_read_meanwhile_is_not_blamed_on_the_output(tmp_path):
    with pytest.raises(FileNotFoundError), staged(tmp_path):
        (tmp_path / "layer.gpkg").read_bytes()


BOTH = """
import os, signal, sys
from pathlib import Path
from geozone.pages.files import staged
def fill(folder, said):
    for name in ("a.bin", "b.bin", "summary.json"):
        (folder / name).write_text(said)
"""
CHILD = """
at = [int(sys.argv[2])]
def guarded(real):
    def step(*args, **named):
        at[0] -= 1
        if at[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **named)
    return step
for name in sys.argv[3:]:
    setattr(os, name, guarded(getattr(os, name)))
with staged(Path(sys.argv[1]), last="summary.json") as drafts:
    fill(drafts, "new")
"""
WRITER = """
print("ready", flush=True)
for number in range(1, 10**9):
    with staged(Path(sys.argv[1]), last="summary.json") as drafts:
        fill(drafts, str(number))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills itself by signal")
@pytest.mark.parametrize("at", range(1, 40, 1 if LONG else 9))
def test_a_process_that_dies(tmp_path, at):
    folder = fill(tmp_path / "out", "old")
    command = [sys.executable, "-c", BOTH + CHILD, str(folder), str(at), *STEPS]
    subprocess.run(command, check=False, capture_output=True)
    now = seen(folder)
    assert MARK not in now or now in (whole("old"), whole("new"))
    with held(folder):
        assert seen(folder) in (whole("old"), whole("new"))
    with staged(folder, last=MARK) as drafts:
        fill(drafts, "newer")
    assert seen(folder) == whole("newer")
    assert hidden(folder) == []


@pytest.mark.parametrize("seed", range(40 if LONG else 2))
def test_killed_at_a_random_moment(tmp_path, seed):
    folder = fill(tmp_path / "out", "0")
    command = [sys.executable, "-c", BOTH + WRITER, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout.readline()
        with suppress(subprocess.TimeoutExpired):
            child.wait(float(np.random.default_rng(seed).uniform(0.0, 0.2)))
        child.kill()
    now = seen(folder)
    if MARK in now:
        assert now == whole(now[MARK])
    with held(folder):
        now = seen(folder)
        assert now == whole(now[MARK])
    assert hidden(folder) == []


HOLDER = """
import sys
from pathlib import Path
from geozone.pages.files import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_runs_do_not_write_into_one_folder(tmp_path):
    folder = fill(tmp_path / "out", "old")
    command = [sys.executable, "-c", HOLDER, str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as child:
        assert child.stdout.readline()
        with pytest.raises(Refused, match=str(child.pid)), staged(folder) as drafts:
            fill(drafts, "new")
        assert seen(folder) == whole("old")
        write_text(folder / "other.json", "a file of its own is no part of the set")
        child.kill()
    with staged(folder) as drafts:
        fill(drafts, "new")
    assert seen(folder) | whole("new") == seen(folder)
    assert hidden(folder) == []


def test_one_process_does_not_hold_a_folder_twice(tmp_path):
    with held(tmp_path), pytest.raises(Refused, match=str(os.getpid())), held(tmp_path):
        pass
    with held(tmp_path) as kept, staged(kept) as drafts:
        fill(drafts, "new")
    assert seen(tmp_path) == whole("new")


def test_a_lock_whose_file_was_taken_away_is_none(tmp_path):
    """Its holder has let go of it between our opening it and our locking it."""
    one = locks.take(tmp_path / "x.lock")
    assert locks.take(tmp_path / "x.lock") is None
    locks.release(tmp_path / "x.lock", one)
    assert list(tmp_path.iterdir()) == []
    two = locks.take(tmp_path / "x.lock")
    (tmp_path / "x.lock").unlink()
    three = locks.take(tmp_path / "x.lock")
    assert three is not None
    locks.release(tmp_path / "x.lock", three)
    two.close()


def test_drafts_of_dead_runs_are_swept_and_those_of_living_ones_are_not(tmp_path):
    for name in (".geozone-set-dead", ".geozone-one-dead"):
        fill(tmp_path / name, "draft")
    (tmp_path / ".geozone-one-dead.lock").write_text("99999")
    with beside(tmp_path / "x.json") as draft:
        draft.write_text("{}")
        assert hidden(tmp_path) == sorted(
            [".geozone-set-dead", draft.parent.name, f"{draft.parent.name}.lock"]
        )
        with held(tmp_path):
            assert draft.read_text() == "{}"
            assert ".geozone-set-dead" not in hidden(tmp_path)
    assert seen(tmp_path) == {"x.json": "{}"}
    assert hidden(tmp_path) == []


def test_a_file_system_without_locks(tmp_path, monkeypatch):
    """Single files are written there; sets, which two runs might mix, are refused."""

    def no_locks(*_):
        raise OSError(errno.ENOTSUP, "no locks here")

    monkeypatch.setattr(locks, "_lock", no_locks)
    write_text(tmp_path / "x.json", "{}")
    with pytest.raises(Refused, match="no locks here"), staged(tmp_path / "out"):
        pass
    assert seen(tmp_path) == {"x.json": "{}"}
    assert hidden(tmp_path) == []


def test_a_note_is_whole_or_not_there(tmp_path):
    folder = fill(tmp_path / "out", "old")
    (folder / swap.READY).mkdir()
    (folder / swap.READY / f"{swap.NOTE}-draft").write_text('{"names": ["a')
    with held(folder):
        assert seen(folder) == whole("old")
    assert hidden(folder) == []
    assert json.loads('{"names": []}') == {"names": []}
    assert files.LOCK not in hidden(folder)
