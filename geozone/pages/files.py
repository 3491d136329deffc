"""Writing outputs beside, synced and renamed, so that a broken run leaves the old ones whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from geozone.law.errors import Fault, Refused

ANOTHER_NAME = "换一个名称 / choose another name"


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


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A draft path in the same folder that takes the place of ``path`` when all went well.

    Raises ``Refused`` where the folder cannot be written to.
    """
    with staged(path.parent) as drafts:
        yield drafts / path.name


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A draft folder whose files all move into ``folder`` when all went well, the newest last.

    Raises ``Refused`` where the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        drafts = Path(tempfile.mkdtemp(prefix=".geozone-", dir=folder))
    except OSError as error:
        what = f"无法写入 / cannot be written: {error.strerror}"
        todo = "换一个可写的文件夹 / choose a folder that you may write to"
        raise Refused([Fault(str(folder), "--out", what, todo)]) from error
    try:
        yield drafts
        _refuse_folders(folder, drafts)
        for draft in sorted(drafts.iterdir(), key=lambda one: one.stat().st_mtime_ns):
            _sync(draft)
            os.replace(draft, folder / draft.name)
    finally:
        shutil.rmtree(drafts, ignore_errors=True)


def _refuse_folders(folder: Path, drafts: Path) -> None:
    """Raise ``Refused`` where a folder stands in the place of an output, before any is moved."""
    what, todo = "此处是文件夹 / a folder stands here", ANOTHER_NAME
    names = sorted(draft.name for draft in drafts.iterdir())
    blocked = [folder / name for name in names if (folder / name).is_dir()]
    if blocked:
        raise Refused([Fault(str(path), "--out", what, todo) for path in blocked])


def _sync(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
