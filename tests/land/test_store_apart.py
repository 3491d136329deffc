"""Layers read by processes of their own: the same layers, the same faults, nobody left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from geozone.land.project import STORE, read_project
from geozone.land.store import opening
from geozone.land.store.apart import CAN_FORK
from geozone.land.store.opening import Ways
from geozone.law.errors import Refused

forking = pytest.mark.skipif(not CAN_FORK, reason="processes are copied on Linux only")
LIMIT_S = 60


def ran(code: str, *given: Any, **how: Any) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter without other threads, as on the command line."""
    asked = [sys.executable, "-c", code, *map(str, given)]
    return subprocess.run(asked, capture_output=True, text=True, timeout=LIMIT_S, **how)


TASKS = """
import os, sys, time
from pathlib import Path
from geozone.land.store.apart import done_apart
folder, count, processes = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
def do(task):
    {do}
    with (folder / str(task)).open("a") as stream:
        stream.write(f"{{os.getpid()}}\\n")
with done_apart(range(count), do, processes):
    (folder / "meanwhile").write_text(str(os.getpid()))
"""


@forking
@pytest.mark.parametrize(("count", "processes"), [(1, 1), (1, 4), (7, 2), (40, 3), (7_000, 2)])
def test_each_task_is_done_once(tmp_path, count, processes):
    done = ran(TASKS.format(do="pass"), tmp_path, count, processes)
    assert (done.returncode, done.stderr) == (0, "")
    pids = [(tmp_path / str(task)).read_text().split() for task in range(count)]
    assert all(len(one) == 1 for one in pids)
    others = {pid for (pid,) in pids}
    assert 1 <= len(others) <= processes
    assert (tmp_path / "meanwhile").read_text() not in others


@forking
def test_a_process_that_ends_early_leaves_its_task_undone(tmp_path):
    done = ran(TASKS.format(do="os._exit(1) if task == 2 else None"), tmp_path, 6, 2)
    assert (done.returncode, done.stderr) == (0, "")
    assert [task for task in range(6) if not (tmp_path / str(task)).exists()] == [2]


@forking
def test_an_error_meanwhile_ends_the_processes(tmp_path):
    code = TASKS.format(do="time.sleep(600)") + "    raise SystemExit(7)\n"
    begun = time.monotonic()
    assert ran(code, tmp_path, 2, 2).returncode == 7
    assert time.monotonic() - begun < LIMIT_S


@forking
def test_processes_die_with_the_one_that_began_them(tmp_path):
    """Else they would hold the lock of the results for as long as they read."""
    code = (
        "import os, signal, sys, time\n"
        "from geozone.land.store.apart import done_apart\n"
        "def do(task):\n"
        "    print(os.getpid(), flush=True)\n"
        "    time.sleep(600)\n"
        "with done_apart(range(2), do, 2):\n"
        "    time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as run:
        pids = [int(run.stdout.readline()) for _ in range(2)]
        run.kill()
        run.wait(LIMIT_S)
        until = time.monotonic() + LIMIT_S
        while any(_is_running(pid) for pid in pids) and time.monotonic() < until:
            time.sleep(0.01)
        assert not any(_is_running(pid) for pid in pids)


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


READ = """
import sys
from pathlib import Path
from geozone.land.project import read_project
from geozone.land.store import opening
from geozone.land.store.opening import Ways
from geozone.law.errors import Refused
here = []
read = opening._read
def counted(one, site, faults):
    here.append(one.name)
    return read(one, site, faults)
opening._read = counted
try:
    layers = read_project(Path(sys.argv[1]), ways=Ways(2)).layers
    for one in layers:
        print(one.name, one.ids, [each.wkb_hex for each in one.shapes], one.receipt.sha256)
except Refused as refused:
    for fault in refused.faults:
        print(fault)
print("here:", *here)
"""


def project(case: Any, make: Any, *spoiled: int) -> Any:
    """Five layers, of which some have an empty geometry."""
    for at in range(5):
        shapes = [make["square"](at * 100.0), make["square"](at * 100.0, 2_000)]
        if at in spoiled:
            shapes[1] = type(shapes[1])()
        case.add(f"at{at}.gpkg", shapes, coverage="area")
    case.write()
    return case


def told(folder: Path) -> str:
    done = ran(READ, folder)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@forking
def test_layers_are_as_if_they_were_read_here(case, make):
    ground = project(case, make)
    apart, _, here = told(ground.folder).rpartition("here:")
    assert here.split() == []
    kept = sorted(one.name for one in (ground.folder / STORE).glob("*.layer"))
    for path in (ground.folder / STORE).glob("*.layer"):
        path.unlink()
    plain = read_project(ground.folder).layers
    assert sorted(one.name for one in (ground.folder / STORE).glob("*.layer")) == kept
    wanted = [
        f"{one.name} {one.ids} {[each.wkb_hex for each in one.shapes]} {one.receipt.sha256}"
        for one in plain
    ]
    assert apart.splitlines() == wanted


@forking
def test_faults_of_all_layers_are_told_once(case, make):
    ground = project(case, make, 1, 3)
    said, _, here = told(ground.folder).rpartition("here:")
    assert here.split() == ["at1", "at3"]  # the others were read and kept
    with pytest.raises(Refused) as refused:
        read_project(ground.folder, store=None)
    assert said.splitlines() == [str(one) for one in refused.value.faults]


def test_no_process_reads_for_a_store_that_takes_nothing(case, make, monkeypatch):
    ground = project(case, make)
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(opening, "done_apart", None)  # would be called
    assert len(read_project(ground.folder, ways=Ways(2)).layers) == 5


def test_other_work_begins_with_the_reading_and_knows_the_store(case, make):
    ground, asked = project(case, make), []
    read_project(ground.folder, ways=Ways(0, asked.append))
    read_project(ground.folder, store=None, ways=Ways(0, asked.append))
    until = time.monotonic() + LIMIT_S
    while len(asked) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert asked == [ground.folder / STORE, None]


def test_a_store_that_cannot_be_made_takes_nothing(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    shelf = opening.Shelf(tmp_path / "file" / "store")
    assert not shelf.takes()
    assert opening.Shelf(tmp_path / "store").takes()
