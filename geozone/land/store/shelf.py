"""The folder that entries are kept in: found by key, written beside and renamed, bounded."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import mkstemp

from geozone.land.store.digests import Digests
from geozone.land.store.entry import DamagedError, Entry, read_entry, write_entry

ENDING, USED, UNFINISHED = ".layer", ".used", ".part"
IGNORED = ".gitignore"
ABANDONED_NS = 3600 * 10**9
"""A file still being written that is this much older than a new entry belongs to nobody."""


@dataclass(frozen=True)
class Shelf:
    """A folder of entries, which may be missing, read-only, damaged or used by others.

    Nothing here raises ``OSError``: what cannot be kept is not kept.
    """

    folder: Path
    ending: str = ENDING
    known: Digests | None = None

    def beside(self, ending: str) -> Shelf:
        """Entries of another kind in the same folder."""
        return Shelf(self.folder, ending, self.digests)

    @cached_property
    def digests(self) -> Digests:
        """What is known of files, those of the folder too."""
        return self.known or Digests(self.folder)

    def is_sure(self, key: str) -> bool:
        """Whether the entry of a key is believed without hashing all of it."""
        return self.digests.is_known(self._path(key))

    def find(self, key: str) -> Entry | None:
        """What was kept under a key; a damaged entry is thrown away, and counts as none."""
        path = self._path(key)
        try:
            found = read_entry(path, key, self.digests)
        except DamagedError:
            _remove(path)
            return None
        except OSError:
            return None
        with suppress(OSError):
            _used(path)  # what is used stays longest
        return found

    def takes(self) -> bool:
        """Whether the folder takes entries, as far as can be told before."""
        with suppress(OSError):
            self._make()
            return os.access(self.folder, os.W_OK)
        return False

    def put(self, key: str, entry: Entry) -> None:
        """Keeps an entry, if the folder takes it."""
        with suppress(OSError):
            self._make()
            self._write(key, entry)

    def clean(self, used: Collection[str]) -> None:
        """Throws away what was used longest ago, but for as many entries again as are used."""
        with suppress(OSError):
            mine = {self._path(key) for key in used}
            found = {one: _last_used(one) for one in self.folder.glob(f"*{self.ending}")}
            others = sorted(found.keys() - mine, key=lambda path: (-found[path], path))
            for path in others[len(mine) :]:
                _remove(path)
            for mark in self.folder.glob(f"*{self.ending}{USED}"):
                if not mark.with_name(mark.name.removesuffix(USED)).exists():
                    _remove(mark)
            newest = max(found.values(), default=0)
            for path in self.folder.glob(f"*{UNFINISHED}"):
                if path.stat().st_mtime_ns < newest - ABANDONED_NS:
                    _remove(path)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{self.ending}"

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


def _used(path: Path) -> None:
    """Marks an entry as used now, beside it: its own times tell whether it has changed."""
    mark = _mark(path)
    try:
        os.utime(mark)
    except FileNotFoundError:
        mark.write_bytes(b"\n")


def _last_used(path: Path) -> int:
    """When an entry was last used, else made; nanoseconds."""
    return max(one.stat().st_mtime_ns for one in (path, _mark(path)) if one.exists())


def _mark(path: Path) -> Path:
    return path.with_name(path.name + USED)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
