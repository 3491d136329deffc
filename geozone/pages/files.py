"""Writing outputs beside, synced and renamed, so that a broken run leaves the old ones whole."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from geozone.law.errors import Fault, Refused
from geozone.pages.locks import holder, release, take
from geozone.pages.swap import recover, swap, sync_folder

ANOTHER_NAME = "换一个名称 / choose another name"
LOCK = ".geozone.lock"
SET, ONE = ".geozone-set-", ".geozone-one-"
"""How the folders of drafts begin: of sets, made under the folder's lock, and of single files."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DISK = _FULL | {errno.EIO, errno.EROFS}
"""What a disk says when it does not take what is written."""


def spare(targets: Iterable[Path], reads: Iterable[Path]) -> None:
    """Raises ``Refused`` where an output would take the place of a file that was read.

    Links count as what they lead to, and files in a folder that is one data set as that.
    """
    held = {at for path in reads for at in _same(path)}
    taken = [one for one in targets if held & (_same(one) | {one.resolve().parent})]
    what = "这是输入文件 / this is a file that the result rests on"
    if taken:
        raise Refused([Fault(str(one), "--out", what, ANOTHER_NAME) for one in taken])


def _same(path: Path) -> set[Path | tuple[int, int]]:
    """A path as resolved, and the file behind it, by which hard links are told."""
    names: set[Path | tuple[int, int]] = {path.resolve()}
    if path.is_file():
        told = path.stat()
        names.add((told.st_dev, told.st_ino))
    return names


def write_text(path: Path, text: str) -> None:
    """Write a text file in one step."""
    with beside(path) as draft:
        draft.write_bytes(text.encode("utf-8"))


@dataclass(frozen=True)
class Held:
    """A folder that no other run writes a set of files to."""

    folder: Path

    def __fspath__(self) -> str:
        return str(self.folder)


@contextmanager
def held(folder: str | Path | Held) -> Iterator[Held]:
    """Keep a folder for the set of files that this run will write; made where it is missing.

    One that this run holds already stays with who holds it. Brings to an end what a run that was
    killed left behind. Raises ``Refused`` at once where another run holds the folder, or where it
    cannot be written to.
    """
    if isinstance(folder, Held):
        yield folder
        return
    folder = Path(folder)
    with _made(folder):
        with _refusing(folder):
            lock = take(folder / LOCK)
        if lock is None:
            raise Refused([_busy(folder)])
        try:
            with _refusing(folder):
                recover(folder)
            _sweep(folder)
            yield Held(folder)
        finally:
            release(folder / LOCK, lock)


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """A folder that is there; if it was not and nothing came into it, it goes again."""
    made = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        with _refusing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        for one in made:
            with suppress(OSError):  # not empty: something was written
                one.rmdir()


@contextmanager
def staged(
    folder: Path | Held, *, last: str | None = None, family: Sequence[str] = ()
) -> Iterator[Path]:
    """A draft folder whose files all take their place in ``folder`` when all went well.

    ``last`` is the file without which the set does not count as whole (default: the newest); it
    leaves first and comes last. Files of an older set whose names match a pattern of ``family``
    and that this set does not have go. Raises ``Refused`` where another run writes there, the
    folder cannot be written to, a file cannot be replaced, or the disk is full; then the old
    files stand as they did.
    """
    if isinstance(folder, Path):
        with held(folder) as kept, staged(kept, last=last, family=family) as drafts:
            yield drafts
        return
    place = folder.folder
    with _drafts(place, SET) as drafts:
        with _refusing(place, drafts):
            yield drafts
        _refuse_folders(place, drafts)
        files = sorted(_files(drafts), key=lambda one: (one.name == last, one.stat().st_mtime_ns))
        retired = {one.name for pattern in family for one in place.glob(pattern) if one.is_file()}
        if files:
            with _refusing(place):
                swap(place, drafts, [one.name for one in files], retired)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A draft path in the same folder that takes the place of ``path`` when all went well.

    Raises ``Refused`` where the folder cannot be written to or the disk is full.
    """
    folder = path.parent
    with _made(folder), _drafts(folder, ONE) as drafts:
        lock_file = drafts.with_name(f"{drafts.name}.lock")
        lock = None
        with suppress(OSError):  # a file system without locks: then nobody sweeps the draft
            lock = take(lock_file)
        _sweep_ones(folder)
        try:
            with _refusing(folder, drafts):
                yield drafts / path.name
            _refuse_folders(folder, drafts)
            with _refusing(folder):
                _move(drafts / path.name, path)
        finally:
            if lock is not None:
                release(lock_file, lock)
            else:
                lock_file.unlink(missing_ok=True)


def _move(draft: Path, path: Path) -> None:
    with draft.open("r+b") as handle:  # Windows syncs only what may be written
        os.fsync(handle.fileno())
    os.replace(draft, path)
    sync_folder(path.parent)


@contextmanager
def _drafts(folder: Path, prefix: str) -> Iterator[Path]:
    """A new folder for drafts, gone at the end with all that is still in it."""
    with _refusing(folder):
        drafts = Path(tempfile.mkdtemp(prefix=prefix, dir=folder))
    try:
        yield drafts
    finally:
        shutil.rmtree(drafts, ignore_errors=True)


def _files(drafts: Path) -> list[Path]:
    return sorted(one for one in drafts.iterdir() if not one.name.startswith("."))


def _sweep(folder: Path) -> None:
    """Take away what killed runs left; only the holder of the folder's lock may ask it."""
    for drafts in folder.glob(f"{SET}*"):
        shutil.rmtree(drafts, ignore_errors=True)
    _sweep_ones(folder)


def _sweep_ones(folder: Path) -> None:
    """Take away drafts of single files whose runs were killed: nobody holds their locks."""
    for lock_file in folder.glob(f"{ONE}*.lock"):
        with suppress(OSError):  # another run sweeps it too
            lock = take(lock_file)
            if lock is not None:
                shutil.rmtree(lock_file.with_suffix(""), ignore_errors=True)
                release(lock_file, lock)


def _refuse_folders(folder: Path, drafts: Path) -> None:
    """Raise ``Refused`` where a folder stands in the place of an output, before any is moved."""
    what, todo = "此处是文件夹 / a folder stands here", ANOTHER_NAME
    blocked = [folder / one.name for one in _files(drafts) if (folder / one.name).is_dir()]
    if blocked:
        raise Refused([Fault(str(path), "--out", what, todo) for path in blocked])


@contextmanager
def _refusing(folder: Path, drafts: Path | None = None) -> Iterator[None]:
    """Turn what the disk says into ``Refused``; with ``drafts`` only what concerns the drafts."""
    try:
        yield
    except OSError as error:
        named = str(error.filename or "")
        ours = error.errno in _DISK or (drafts is not None and named.startswith(str(drafts)))
        if drafts is not None and not ours:
            raise
        raise Refused([_fault(folder, error)]) from error


def _fault(folder: Path, error: OSError) -> Fault:
    said = error.strerror or str(error)
    if error.errno in _FULL:
        todo = "腾出磁盘空间，或换一个文件夹 / free some space or choose another folder"
        return Fault(str(folder), "--out", f"磁盘已满 / the disk is full: {said}", todo)
    what = f"无法写入 / cannot be written: {said}"
    todo = "换一个可写的文件夹 / choose a folder that you may write to"
    moved = error.filename and error.filename2
    if moved and isinstance(error, PermissionError):
        what = f"无法替换 / cannot be replaced: {Path(error.filename).name}: {said}"
        todo = "关闭正在使用该文件的程序 / close the program that has it open"
    return Fault(str(folder), "--out", what, todo)


def _busy(folder: Path) -> Fault:
    number = holder(folder / LOCK) or "?"
    what = f"另一进程正在写入此处（{number}） / process {number} is writing here"
    todo = "等待其结束，或换一个文件夹 / wait until it ends or choose another folder"
    return Fault(str(folder), "--out", what, todo)
