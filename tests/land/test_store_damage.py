"""An entry is whole or it is not believed: every byte of it counts."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from geozone.land.project import STORE, read_project
from geozone.land.store import entry, shelf
from geozone.land.store.entry import DamagedError, Entry, read_entry, write_entry
from geozone.land.store.shelf import Shelf

KEY, OTHER = "a" * 64, "b" * 64
ARRAYS = {
    "xy": np.arange(12.0).reshape(6, 2),
    "none": np.empty((0, 4)),
    "flags": np.array([True, False, True]),
    "big-endian": np.array([1, 2], ">i2"),
    "signs": np.array([[-1], [1]], np.int8),
}


def kept(path: Path, key: str = KEY, told: Any = None, arrays: Any = ARRAYS) -> Path:
    with path.open("wb") as stream:
        write_entry(stream, key, Entry({"so": [1.5, "甲", None]} if told is None else told, arrays))
    return path


def test_an_entry_comes_out_as_it_went_in(tmp_path):
    found = read_entry(kept(tmp_path / "one"), KEY)
    assert found.told == {"so": [1.5, "甲", None]}
    assert list(found.arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found.arrays[name], array)
        assert found.arrays[name].dtype == array.dtype
        assert found.arrays[name].flags.c_contiguous


def test_the_same_content_is_the_same_bytes(tmp_path):
    one, two = kept(tmp_path / "one"), kept(tmp_path / "two")
    assert one.read_bytes() == two.read_bytes()


def test_what_is_done_to_arrays_stays_out_of_the_file(tmp_path):
    path = kept(tmp_path / "one")
    read_entry(path, KEY).arrays["xy"][:] = 0
    np.testing.assert_array_equal(read_entry(path, KEY).arrays["xy"], ARRAYS["xy"])


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 100])
def test_pieces_meet_wherever_they_end(tmp_path, monkeypatch, size):
    monkeypatch.setattr(entry, "PIECE", 8)
    array = np.arange(size, dtype=np.uint8)
    path = kept(tmp_path / "one", arrays={"a": array, "b": array[::-1]})
    found = read_entry(path, KEY).arrays
    assert found["a"].tolist() == array.tolist()
    assert found["b"].tolist() == array[::-1].tolist()


def test_every_turned_byte_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(entry, "PIECE", 100)
    path = kept(tmp_path / "one")
    content = path.read_bytes()
    for at in range(len(content)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1 :])
        with pytest.raises(DamagedError):
            read_entry(path, KEY)


def test_every_cut_and_every_addition_is_found(tmp_path):
    path = kept(tmp_path / "one")
    content = path.read_bytes()
    wrong = [content[:at] for at in range(0, len(content), 3)]
    wrong += [content[at:] for at in range(1, len(content), 9)]
    wrong += [content + b"\0", b"\0" + content, content * 2, content[:-40] + content[-40:] * 2]
    for one in wrong:
        path.write_bytes(one)
        with pytest.raises(DamagedError):
            read_entry(path, KEY)


def test_an_entry_of_another_key_is_not_believed(tmp_path):
    with pytest.raises(DamagedError):
        read_entry(kept(tmp_path / "one", OTHER), KEY)


def test_objects_are_never_stored():
    with pytest.raises(TypeError, match="not stored"):
        write_entry(io.BytesIO(), KEY, Entry({}, {"a": np.array([None])}))


# A project whose store is damaged opens as if there were none.


@pytest.fixture
def ground(case, make) -> Any:
    """A project of two layers, kept; what it said when it was read."""
    case.add("pbf.gpkg", [make["square"]()], coverage="area")
    case.add("rare.gpkg", [make["square"](3000, 0)], theme="scenic_area", coverage="area")
    case.write()
    read_project(case.folder)
    return case


def entries(ground: Any) -> list[Path]:
    return sorted((ground.folder / STORE).glob("*.layer"))


def told(ground: Any) -> list[Any]:
    layers = read_project(ground.folder).layers
    return [(one.theme, one.ids, [each.wkb for each in one.shapes], one.receipt) for one in layers]


def _turn(at: int) -> Any:
    def spoil(paths: list[Path]) -> None:
        for path in paths:
            content = path.read_bytes()
            place = at % len(content)
            wrong = bytes([content[place] ^ 4])
            path.write_bytes(content[:place] + wrong + content[place + 1 :])

    return spoil


def _swap(paths: list[Path]) -> None:
    one, two = (path.read_bytes() for path in paths)
    paths[0].write_bytes(two)
    paths[1].write_bytes(one)


def _each(change: Any) -> Any:
    def spoil(paths: list[Path]) -> None:
        for path in paths:
            change(path)

    return spoil


SPOILT = {
    **{f"turned {at}": _turn(at) for at in (0, 16, 20, 700, 1500, -1, -33, -41, -200)},
    "swapped": _swap,
    "empty": _each(lambda path: path.write_bytes(b"")),
    "cut": _each(lambda path: path.write_bytes(path.read_bytes()[:-64])),
    "deleted": _each(Path.unlink),
    "folders": _each(lambda path: (path.unlink(), path.mkdir())),
    "folder deleted": lambda paths: shutil.rmtree(paths[0].parent),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_damaged_store_is_not_believed(ground, spoil):
    fresh = told(ground)
    before = {path: path.read_bytes() for path in entries(ground)}
    assert len(before) == 2
    spoil(list(before))
    assert told(ground) == fresh
    if all(path.is_file() for path in before):
        assert {path: path.read_bytes() for path in entries(ground)} == before


def test_the_store_of_another_project_says_nothing(ground, make):
    other = ground.folder / "other"
    other.mkdir()
    for name in ("area.gpkg", "geozone.toml"):
        shutil.copy(ground.folder / name, other)
    for name in ("pbf.gpkg", "rare.gpkg"):
        make["frame"]([make["square"](at, 900) for at in (0, 4000)]).to_file(other / name)
    fresh = read_project(other, store=None)
    shutil.copytree(ground.folder / STORE, other / STORE)
    for path, mine in zip(entries(ground), (KEY, OTHER), strict=True):
        shutil.copy(path, other / STORE / f"{mine}.layer")
    found = read_project(other)
    assert [one.receipt for one in found.layers] == [one.receipt for one in fresh.layers]
    assert [one.count for one in found.layers] == [2, 2]


def test_without_a_folder_to_write_it_opens_all_the_same(ground):
    fresh = told(ground)
    shutil.rmtree(ground.folder / STORE)
    (ground.folder / STORE).write_text("a file", "utf-8")
    assert told(ground) == fresh
    assert (ground.folder / STORE).read_text("utf-8") == "a file"


@pytest.mark.parametrize("name", ["mkstemp", "write_entry"])
def test_a_full_disk_stops_nothing(ground, monkeypatch, name):
    fresh = told(ground)
    shutil.rmtree(ground.folder / STORE)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shelf, name, full)
    assert told(ground) == fresh
    assert [one.name for one in (ground.folder / STORE).iterdir()] == [".gitignore"]


def test_a_store_that_may_only_be_read_is_read(ground, monkeypatch):
    def refused(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "read-only")

    monkeypatch.setattr(shelf.os, "utime", refused)
    monkeypatch.setattr(shelf, "mkstemp", refused)
    assert all(one.held is not None for one in read_project(ground.folder).layers)


def test_it_is_nobody_elses_and_nothing_to_be_versioned(ground):
    folder = ground.folder / STORE
    assert (folder / ".gitignore").read_text("ascii") == "*\n"
    if os.name == "posix":
        assert folder.stat().st_mode & 0o077 == 0
        assert all(one.stat().st_mode & 0o077 == 0 for one in entries(ground))


def test_it_may_lie_elsewhere(ground):
    there = ground.folder / "there"
    read_project(ground.folder, store=there)
    assert len(list(there.glob("*.layer"))) == 2
    read_project(ground.folder, store=Path("beside"))
    assert len(list((ground.folder / "beside").glob("*.layer"))) == 2


# What is not used goes, the oldest first.


def some(size: int) -> Entry:
    return Entry({}, {"a": np.zeros(size, np.uint8)})


def test_as_many_unused_entries_stay_as_are_used(tmp_path):
    one = Shelf(tmp_path / "s")
    for at, name in enumerate("abcde"):
        one.put(name, some(1000))
        os.utime(tmp_path / "s" / f"{name}.layer", (at, at))
    one.clean({"a", "b"})
    assert sorted(path.stem for path in (tmp_path / "s").glob("*.layer")) == ["a", "b", "d", "e"]
    assert one.find("d") is not None
    one.clean({"a"})
    assert sorted(path.stem for path in (tmp_path / "s").glob("*.layer")) == ["a", "d"]
    one.clean({"not", "there"})
    assert sorted(path.stem for path in (tmp_path / "s").glob("*.layer")) == ["a", "d"]


def test_what_was_used_last_stays(tmp_path):
    one = Shelf(tmp_path / "s")
    for at, name in enumerate("abcd"):
        one.put(name, some(1000))
        os.utime(tmp_path / "s" / f"{name}.layer", (at, at))
    told = (tmp_path / "s" / "a.layer").stat()
    assert one.find("a") is not None
    after = (tmp_path / "s" / "a.layer").stat()
    assert (after.st_mtime_ns, after.st_ctime_ns) == (told.st_mtime_ns, told.st_ctime_ns)
    one.clean({"d"})
    assert sorted(path.name for path in (tmp_path / "s").glob("?.*")) == [
        "a.layer",
        "a.layer.used",
        "d.layer",
    ]
    (tmp_path / "s" / "a.layer").unlink()
    one.beside(".bounds").clean(set())
    assert (tmp_path / "s" / "a.layer.used").exists()
    one.clean(set())
    assert not (tmp_path / "s" / "a.layer.used").exists()


def test_files_that_were_never_finished_go_in_the_end(tmp_path):
    one = Shelf(tmp_path / "s")
    one.put("a", some(10))
    now = (tmp_path / "s" / "a.layer").stat().st_mtime_ns
    for name, age in (("old.part", 2 * shelf.ABANDONED_NS), ("new.part", 10)):
        (tmp_path / "s" / name).write_bytes(b"x")
        os.utime(tmp_path / "s" / name, ns=(now - age, now - age))
    one.clean({"a"})
    assert not (tmp_path / "s" / "old.part").exists()
    assert (tmp_path / "s" / "new.part").exists()


def test_a_changed_project_keeps_the_last_state_and_no_more(ground, make):
    path = ground.folder / "pbf.gpkg"
    for at in range(1, 6):
        make["frame"]([make["square"](at * 10)]).to_file(path)
        read_project(ground.folder)
    assert 2 < len(entries(ground)) <= 4


# Several at once.


def test_threads_that_write_and_read_see_whole_entries_only(tmp_path):
    one = Shelf(tmp_path / "s")

    def work(at: int) -> None:
        for _ in range(20):
            one.put(KEY, some(5000))
            found = one.find(KEY)
            assert found is None or found.arrays["a"].shape == (5000,)
            one.clean({KEY} if at % 2 else {OTHER})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert not list((tmp_path / "s").glob("*.part"))


def test_processes_that_open_at_once_agree(ground):
    fresh = [one.wkb for layer in read_project(ground.folder).layers for one in layer.shapes]
    shutil.rmtree(ground.folder / STORE)
    script = (
        "import sys\n"
        "from geozone.land.project import read_project\n"
        "layers = read_project(sys.argv[1]).layers\n"
        "print([one.wkb_hex for each in layers for one in each.shapes])\n"
    )
    asked = [sys.executable, "-c", script, str(ground.folder)]
    running = [subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = {one.communicate(timeout=120)[0].strip() for one in running}
    assert said == {str([shapely.from_wkb(one).wkb_hex for one in fresh])}
    assert len(entries(ground)) == 2
