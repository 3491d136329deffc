"""Private copies of strangers' files, under generated names, without links."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from geozone.land.formats.features import UnreadableError
from geozone.land.receipt import files_of
from geozone.land.sources.dataset import LOCK, STEM

MOST_BYTES = 512 << 20
"""Largest file of a stranger, side files counted; more is not a list of proposals."""
MOST_FILES = 1_000
JOURNAL = "-journal"
"""What SQLite leaves beside a file whose last change it must undo."""

_PLAIN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_OPEN = _PLAIN | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True)
class Copies:
    """The copy that is to be read, and every copied file with the name it had."""

    main: Path
    names: Mapping[Path, str]


def copied(path: Path, into: Path) -> Copies:
    """A file with its known side files, or a FileGDB, copied into an empty folder.

    Raises ``UnreadableError`` for links, for what is no regular file, and where it is too large.
    """
    _check_no_link(path)
    names: dict[Path, str] = {}
    left = MOST_BYTES
    pairs = _pairs(path, into)
    if len(pairs) > MOST_FILES:
        raise _refused(f"文件过多 / too many files: {path.name}")
    for given, copy in pairs.items():
        copy.parent.mkdir(mode=0o700, exist_ok=True)
        left -= _copy(given, copy, left)
        inside = given.parent == path
        names[copy] = f"{path.name}/{given.name}" if inside else given.name
    return Copies(into / f"{STEM}{path.suffix.lower()}", names)


def _pairs(path: Path, into: Path) -> dict[Path, Path]:
    """Each file that is to be copied, and where to."""
    if path.is_dir():
        to = into / f"{STEM}{path.suffix.lower()}"
        inside = sorted(one for one in path.iterdir() if one.suffix.lower() != LOCK)
        return {one: to / one.name for one in inside}
    beside = (*files_of(path), path.with_name(path.name + JOURNAL))
    return {
        one: into / f"{STEM}{one.name[len(path.stem) :].lower()}"
        for one in beside
        if one == path or one.is_file()
    }


def _check_no_link(path: Path) -> None:
    if path.is_symlink():
        raise _refused(f"是链接 / is a link: {path.name}")


def _copy(path: Path, to: Path, most: int) -> int:
    """Copies a regular file that is no link; its size in bytes."""
    _check_no_link(path)
    try:
        with os.fdopen(os.open(path, _OPEN), "rb") as given, to.open("xb") as copy:
            told = os.fstat(given.fileno())
            if not stat.S_ISREG(told.st_mode):
                raise _refused(f"不是普通文件 / is no regular file: {path.name}")
            if told.st_size > most:
                raise _refused(f"过大 / too large: {path.name} ({told.st_size} bytes)")
            shutil.copyfileobj(given, copy)
    except OSError as error:
        what = f"无法读取 / cannot be read: {path.name}: {error.strerror}"
        raise UnreadableError(what, "检查文件与权限 / check the file and its rights") from error
    return told.st_size


def _refused(what: str) -> UnreadableError:
    todo = "给出文件本身，一份提案清单 / name the file itself, a list of proposals"
    return UnreadableError(what, todo, problem=None)
