"""The bytes that the reading of a path may rest on: its files, and whatever lies beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from geozone.land.formats.features import UnreadableError
from geozone.land.formats.reading import READERS
from geozone.land.sources.source import FOLDERS
from geozone.land.sources.written import ARCHIVES, scheme_of
from geozone.land.spec import RASTER_SUFFIXES
from geozone.land.store.digests import Digests

OTHERS = (*READERS, *RASTER_SUFFIXES, *ARCHIVES)
"""Endings of data sets of their own, which no reader of another one looks at."""

Bytes = tuple[str, str]
"""A file's name and its SHA-256."""


def files_beside(written: str, folder: Path) -> tuple[Path, ...] | None:
    """Every file that may matter to a reader of a path, sorted; ``None`` for an address.

    More than a receipt names: whatever shares the stem of the path, and all of a folder.
    Raises ``OSError`` where they cannot be listed.
    """
    try:
        if scheme_of(written):
            return None
    except UnreadableError:
        return None
    path = folder / written
    if path.suffix.lower() in FOLDERS and path.is_dir():
        return tuple(sorted(path.iterdir()))
    return tuple(sorted(_alike(path))) if path.parent.is_dir() else ()


def _alike(path: Path) -> Iterator[Path]:
    whole, stem = path.name.casefold(), path.stem.casefold() + "."
    for name in os.listdir(path.parent):
        told = name.casefold()
        if told.startswith((whole, stem)):
            one = path.with_name(name)
            if told.startswith(whole) or one.suffix.lower() not in OTHERS:
                yield one


def bytes_of(path: Path, digests: Digests) -> Bytes:
    """The name and hash of a file; a folder has none. Raises ``OSError``."""
    return (path.name, digests.of(path) if path.is_file() else "")
