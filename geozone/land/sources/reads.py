"""Which local files a path names: what is read must never be written over."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from geozone.land.receipt import files_of
from geozone.land.sources.written import SCHEMES


def local_files(written: Iterable[str], folder: Path) -> tuple[Path, ...]:
    """The files on this machine that paths of a project or of the command line name.

    Side files count, and a folder that is one data set. Addresses name none.
    """
    plain = [one for one in written if not one.strip().lower().startswith(_ADDRESSES)]
    return tuple(file for one in plain for file in files_of(folder / one))


_ADDRESSES = tuple(f"{scheme}:" for scheme in SCHEMES)
