"""A digest is believed of the very bytes it was taken of, and where that is certain."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geozone.land.project import STORE, read_project
from geozone.land.store import digests, mounts, opening
from geozone.land.store.digests import NAME, Digests, Moment, Stamp
from geozone.law.errors import Refused

HOUR_NS = 3600 * 10**9
ONE, TWO = b"the first content", b"another content .."
assert len(ONE) + 1 == len(TWO)


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files were written long ago, on a file system that is believed, in one run of the system."""
    here = frozenset({tmp_path.stat().st_dev})
    monkeypatch.setattr(digests, "believed_devices", lambda: here)
    monkeypatch.setattr(digests, "MARGIN_NS", -HOUR_NS)
    monkeypatch.setattr(digests, "boot", lambda: "one")


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of files that are hashed, as they are."""
    found: list[str] = []
    work = Digests._hashed

    def told(self: Digests, path: Path) -> str:
        found.append(path.name)
        return work(self, path)

    monkeypatch.setattr(Digests, "_hashed", told)
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of a project whose store is there."""
    (tmp_path / STORE).mkdir()
    path = tmp_path / "x.gpkg"
    path.write_bytes(ONE)
    return path


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def asked(path: Path) -> str:
    """The digest that a new run gives, and remembers."""
    known = Digests(path.parent / STORE)
    found = known.of(path)
    known.keep()
    return found


def same_size_and_time(path: Path) -> None:
    told = path.stat()
    path.write_bytes(ONE[::-1])
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))


def replaced(path: Path) -> None:
    told = path.stat()
    other = path.with_name("other")
    other.write_bytes(ONE[::-1])
    os.utime(other, ns=(told.st_atime_ns, told.st_mtime_ns))
    other.replace(path)


def linked(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(ONE[::-1])
    path.unlink()
    path.symlink_to(other)


CHANGES: dict[str, Callable[[Path], object]] = {
    "another size": lambda path: path.write_bytes(TWO),
    "one more byte": lambda path: path.write_bytes(ONE + b"."),
    "same size and time": same_size_and_time,
    "another file of the same size and time": replaced,
    "a link in its place": linked,
}


@pytest.mark.usefixtures("later")
def test_a_file_is_hashed_once(file, hashed):
    assert asked(file) == asked(file) == sha(file)
    assert hashed == ["x.gpkg"]


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_file_is_hashed_again(file, change):
    before = asked(file)
    change(file)
    assert asked(file) == sha(file) != before
    assert asked(file) == sha(file)


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("part", Stamp._fields)
def test_every_part_of_a_stamp_counts(file, hashed, monkeypatch, part):
    asked(file)
    told = Stamp.of

    def other(stat: os.stat_result) -> Stamp:
        found = told(stat)
        return found._replace(**{part: getattr(found, part) + 1})

    monkeypatch.setattr(Stamp, "of", other)
    asked(file)
    assert hashed == ["x.gpkg"] * 2


def copied(path: Path) -> Path:
    shutil.copytree(path.parent, path.parent.with_name("copy"), copy_function=shutil.copy2)
    return path.parent.with_name("copy") / path.name


@pytest.mark.usefixtures("later")
def test_a_copied_project_is_hashed_again(file, hashed):
    asked(file)
    copy = copied(file)
    assert (copy.parent / STORE / NAME).read_bytes() == (file.parent / STORE / NAME).read_bytes()
    assert copy.stat().st_mtime_ns == file.stat().st_mtime_ns
    asked(copy)
    assert hashed == ["x.gpkg"] * 2


@pytest.mark.usefixtures("later")
def test_a_moved_project_is_not(file, hashed):
    asked(file)
    folder = file.parent.rename(file.parent.with_name("moved"))
    asked(folder / file.name)
    assert hashed == ["x.gpkg"]


# Where nothing is remembered: the file has just changed, or its file system does not tell all.

STAMP = Stamp(17, 10**18, 10**18 + 3, 5, 7)
PAST = STAMP.ctime_ns + digests.MARGIN_NS


@pytest.mark.parametrize(
    ("stamp", "moment", "sure"),
    [
        (STAMP, Moment(PAST + 1, 7), True),
        (STAMP, Moment(PAST, 7), False),
        (STAMP, Moment(STAMP.ctime_ns - 1, 7), False),  # the clock was set back
        (STAMP._replace(mtime_ns=PAST), Moment(PAST + 1, 7), False),
        (STAMP._replace(mtime_ns=0), Moment(PAST + 1, 7), True),
        (STAMP._replace(ctime_ns=10**18), Moment(PAST + 1, 7), False),  # whole seconds
        (STAMP._replace(ctime_ns=0, mtime_ns=0), Moment(PAST + 1, 7), False),
        (STAMP._replace(inode=0), Moment(PAST + 1, 7), False),
        (STAMP, Moment(PAST + 1, 8), False),  # the clock of another device
        (STAMP._replace(device=8), Moment(PAST + 1, 8), False),  # no device that is believed
    ],
)
def test_a_stamp_is_believed_if_changes_after_the_moment_would_show(
    monkeypatch, stamp, moment, sure
):
    monkeypatch.setattr(digests, "believed_devices", lambda: frozenset({7}))
    assert stamp.told_before(moment) is sure


def test_a_file_that_has_just_changed_is_hashed_again(file, hashed, monkeypatch):
    here = frozenset({file.stat().st_dev})
    monkeypatch.setattr(digests, "believed_devices", lambda: here)
    asked(file)
    asked(file)
    assert hashed == ["x.gpkg"] * 2
    assert [one.name for one in (file.parent / STORE).iterdir()] == []


@pytest.mark.usefixtures("later")
def test_a_file_that_changes_while_it_is_hashed_is_hashed_again(file, monkeypatch):
    told, times = Stamp.of, []

    def meanwhile(stat: os.stat_result) -> Stamp:
        times.append(1)
        return told(stat)._replace(ctime_ns=len(times))

    monkeypatch.setattr(Stamp, "of", meanwhile)
    asked(file)
    monkeypatch.setattr(Stamp, "of", told)
    assert not (file.parent / STORE / NAME).exists()


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize(
    ("name", "value"),
    [("believed_devices", frozenset[int]), ("boot", lambda: "two"), ("boot", lambda: "")],
    ids=["another file system", "another run of the system", "no name of the run"],
)
def test_elsewhere_a_record_is_not_believed(file, hashed, monkeypatch, name, value):
    asked(file)
    monkeypatch.setattr(digests, name, value)
    asked(file)
    assert hashed == ["x.gpkg"] * 2


@pytest.mark.usefixtures("later")
@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_record_that_others_may_write_is_not_believed(file, hashed, mode):
    asked(file)
    (file.parent / STORE / NAME).chmod(mode)
    asked(file)
    assert hashed == ["x.gpkg"] * 2


@pytest.mark.usefixtures("later")
def test_a_record_of_another_user_is_not_believed(file, hashed, monkeypatch):
    asked(file)
    monkeypatch.setattr(digests.os, "geteuid", lambda: os.getuid() + 1)
    asked(file)
    assert hashed == ["x.gpkg"] * 2


@pytest.mark.usefixtures("later")
def test_a_damaged_record_is_not_believed(file, hashed):
    asked(file)
    record = file.parent / STORE / NAME
    content = record.read_bytes()
    wrong = [content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :] for at in range(90)]
    wrong += [content[:at] for at in range(0, len(content), 7)] + [content + b" "]
    for one in wrong:
        record.write_bytes(one)
        hashed.clear()
        assert Digests(record.parent).of(file) == sha(file)
        assert hashed == ["x.gpkg"]


@pytest.mark.usefixtures("later")
def test_what_is_gone_or_has_changed_leaves_the_record(file):
    other = file.with_name("y.gpkg")
    other.write_bytes(TWO)
    asked(file)
    asked(other)
    record = file.parent / STORE / NAME
    assert sorted(json.loads(record.read_bytes().split(b"\n")[1])["files"]) == ["x.gpkg", "y.gpkg"]
    file.unlink()
    other.write_bytes(ONE)
    asked(other)
    assert sorted(json.loads(record.read_bytes().split(b"\n")[1])["files"]) == ["y.gpkg"]


def test_a_folder_that_takes_nothing_stops_nothing(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(ONE)
    assert asked(path) == sha(path)
    (tmp_path / STORE).write_text("a file", "utf-8")
    assert asked(path) == sha(path)


TABLE = """\
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
28 27 0:25 / /share rw,relatime shared:1 master:2 - nfs4 server:/x rw,vers=4.2
29 27 8:17 / /usb rw,relatime - vfat /dev/sdb1 rw
30 27 0:31 / /tmp rw - tmpfs tmpfs rw
31 27 259:300 / /data rw - xfs /dev/nvme0n1p3 rw,attr2
32 27 8:1 / /late rw - ext4 /dev/sda1 rw,lazytime
33 27 8:2 / /also rw,lazytime - ext4 /dev/sda2 rw
34 27 8:3 / /twice rw - ext4 /dev/sda3 rw
35 27 8:3 / /again rw - ext4 /dev/sda3 rw,lazytime

broken
"""


def test_only_local_disks_that_tell_every_change_are_believed():
    assert mounts._believed(TABLE) == {os.makedev(254, 0), os.makedev(259, 300)}
    assert mounts._believed("") == frozenset()


def test_without_a_table_of_mounts_nothing_is_believed(tmp_path, monkeypatch):
    monkeypatch.setattr(mounts, "MOUNTS", tmp_path / "none")
    assert mounts.believed_devices.__wrapped__() == frozenset()
    monkeypatch.setattr(mounts, "BOOT", tmp_path / "none")
    assert mounts.boot.__wrapped__() == ""


# Projects: what is remembered never passes for other bytes.


@pytest.fixture
def ground(case: Any, make: Any) -> Any:
    """A project of one layer, opened twice, so that all of it is remembered."""
    case.add("pbf.gpkg", [make["square"]()], coverage="area")
    read_project(case.write())
    read_project(case.folder)
    return case


def restored(path: Path, content: bytes) -> None:
    """Another content with the old times."""
    told = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))


@pytest.mark.usefixtures("later")
def test_nothing_of_a_project_is_hashed_twice(ground, hashed, monkeypatch):
    bodies: list[Any] = []
    monkeypatch.setattr("geozone.land.store.entry._pieces", lambda body: bodies.append(body) or ())
    hashed.clear()
    assert read_project(ground.folder).layers[0].count == 1
    assert (hashed, bodies) == ([], [])


@pytest.mark.usefixtures("later")
def test_a_declared_hash_is_of_the_bytes_that_are_there(ground):
    path = ground.folder / "pbf.gpkg"
    ground.layers[0]["sha256"] = sha(path)
    ground.write()
    for _ in range(2):
        assert read_project(ground.folder).layers[0].receipt.sha256 == sha(path)
    content = path.read_bytes()
    at = 99  # which SQLite wrote the file last; no reader cares
    restored(path, content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    with pytest.raises(Refused, match="sha256"):
        read_project(ground.folder)


@pytest.mark.usefixtures("later")
def test_a_receipt_is_of_the_bytes_that_are_there(ground, make):
    path = ground.folder / "pbf.gpkg"
    other = ground.folder / "other.gpkg"
    make["frame"]([make["square"](40)]).to_file(other)
    restored(path, other.read_bytes())
    layer = read_project(ground.folder).layers[0]
    fresh = read_project(ground.folder, store=None).layers[0]
    assert layer.receipt == fresh.receipt
    assert layer.receipt.sha256 == sha(path)
    assert [one.wkb for one in layer.shapes] == [one.wkb for one in fresh.shapes]


@pytest.mark.usefixtures("later")
def test_an_entry_that_is_damaged_after_it_was_believed_is_not_any_more(ground):
    (path,) = (ground.folder / STORE).glob("*.layer")
    fresh = read_project(ground.folder, store=None).layers[0]
    content = path.read_bytes()
    restored(path, content[:40] + bytes([content[40] ^ 1]) + content[41:])
    layer = read_project(ground.folder).layers[0]
    assert [one.wkb for one in layer.shapes] == [one.wkb for one in fresh.shapes]
    assert path.read_bytes() == content


@pytest.mark.usefixtures("later")
def test_fresh_neither_reads_nor_remembers(ground, monkeypatch):
    def stop(*_: Any) -> None:
        raise AssertionError("the store was asked")

    monkeypatch.setattr(opening, "Keys", stop)
    monkeypatch.setattr(digests, "_read", stop)
    monkeypatch.setattr(digests, "_write", stop)
    before = sorted((ground.folder / STORE).iterdir())
    read_project(ground.folder, store=None)
    assert sorted((ground.folder / STORE).iterdir()) == before
