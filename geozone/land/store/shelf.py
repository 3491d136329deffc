"""The folder that entries are kept in: found by key, written beside and renamed, bounded."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp

from geozone.land.store.entry import DamagedError, Entry, read_entry, write_entry

ENDING, UNFINISHED = ".layer", ".part"
IGNORED = ".gitignore"
ABANDONED_NS = 3600 * 10**9
"""A file still being written that is this much older than a new entry belongs to nobody."""


@dataclass(frozen=True)
class Shelf:
    """A folder of entries, which may be missing, read-only, damaged or used by others.

    Nothing here raises ``OSError``: what cannot be kept is not kept.
    """

    folder: Path

    def find(self, key: str) -> Entry | None:
        """What was kept under a key; a damaged entry is thrown away, and counts as none."""
        path = self._path(key)
        try:
            found = read_entry(path, key)
        except DamagedError:
            _remove(path)
            return None
        except OSError:
            return None
        with suppress(OSError):
            os.utime(path)  # what is used stays longest
        return found

    def put(self, key: str, entry: Entry) -> None:
        """Keeps an entry, if the folder takes it."""
        with suppress(OSError):
            self._make()
            self._write(key, entry)

    def clean(self, used: Collection[str]) -> None:
        """Throws away what was used longest ago, but for as many entries again as are used."""
        with suppress(OSError):
            mine = {self._path(key) for key in used}
            found = {one: one.stat().st_mtime_ns for one in self.folder.glob(f"*{ENDING}")}
            others = sorted(found.keys() - mine, key=lambda path: (-found[path], path))
            for path in others[len(mine) :]:
                _remove(path)
            newest = max(found.values(), default=0)
            for path in self.folder.glob(f"*{UNFINISHED}"):
                if path.stat().st_mtime_ns < newest - ABANDONED_NS:
                    _remove(path)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{ENDING}"

    def _make(self) -> None:
        """The folder, for its owner only, with a note that it is nothing to be versioned."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        mark = self.folder / IGNORED
        if not mark.exists():
            mark.write_text("*\n", "ascii")

    def _write(self, key: str, entry: Entry) -> None:
        handle, name = mkstemp(UNFINISHED, f"{key[:16]}-", self.folder)
        made = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                write_entry(stream, key, entry)
            made.replace(self._path(key))
        finally:
            _remove(made)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
