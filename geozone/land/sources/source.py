"""What a path in a project file, or on the command line, names: files ready to be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from geozone.land.formats.features import UnreadableError
from geozone.land.receipt import HashedFile, hashed

FOLDERS = (".gdb",)
"""Endings of formats that are folders."""


@dataclass(frozen=True, eq=False)
class Source:
    """What is to be read: ``path`` is a local file, or the folder of a FileGDB.

    ``files`` are what the receipt names: the files as supplied, an archive as one.
    """

    written: str
    path: Path
    files: tuple[HashedFile, ...]


@contextmanager
def opened(written: str, folder: Path) -> Iterator[Source]:
    """The source that ``written`` names, relative to ``folder``; what was unpacked goes again.

    Raises ``UnreadableError``, with the problem ``missing`` where there is nothing.
    """
    yield _local(written, folder)


def _local(written: str, folder: Path) -> Source:
    path = folder / written
    there = path.is_dir() if path.suffix.lower() in FOLDERS else path.is_file()
    if not there:
        raise UnreadableError(
            "文件不存在 / the file does not exist",
            "改正路径 / correct the path",
            problem="missing",
        )
    return Source(written, path, hashed([path]))
