"""Unpacking archives: one data set, under limits, under generated names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from geozone.land.sources.dataset import SHOWN, DataSet, only_data_set
from geozone.land.sources.zipfiles import BROKEN, ZipLimits, broken, entries_of, extract

FOR_LAYERS = ZipLimits(entries=5_000, unpacked_bytes=2 << 30, ratio=1_000)
"""A project's own files: a FileGDB has thousands, an even raster packs a thousandfold."""
FOR_PROPOSALS = ZipLimits(entries=1_000, unpacked_bytes=512 << 20, ratio=200)


@dataclass(frozen=True)
class Unpacked:
    """What came out: the path to be read, and remarks for the user."""

    path: Path
    notes: tuple[str, ...]


def unpack(archive: Path, into: Path, limits: ZipLimits, *, texts: bool = False) -> Unpacked:
    """Writes the only data set of a ``.zip`` or ``.kmz`` into an empty folder.

    Side files keep together under one generated name. With ``texts``, a text file may be the
    data set. Raises ``UnreadableError``.
    """
    try:
        with archive.open("rb") as stream:
            entries = entries_of(stream, limits)
            is_kmz = archive.suffix.lower() == ".kmz"
            found = only_data_set(entries, is_kmz=is_kmz, texts=texts)
            for name in sorted(found.files):
                to = into / name
                to.parent.mkdir(mode=0o700, exist_ok=True)
                extract(stream, found.files[name], to)
    except BROKEN as error:
        raise broken(error) from error
    return Unpacked(into / found.main, _notes(found))


def _notes(found: DataSet) -> tuple[str, ...]:
    return (_left(found.left),) if found.left else ()


def _left(names: Sequence[str]) -> str:
    more = f" … (+{len(names) - SHOWN})" if len(names) > SHOWN else ""
    shown = "、".join(names[:SHOWN])
    return f"压缩包中未使用的文件 / files of the archive that are not used: {shown}{more}"
