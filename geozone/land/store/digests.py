"""SHA-256 of files, taken once for as long as nothing about a file changes."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from tempfile import mkstemp
from typing import NamedTuple

from geozone.land.receipt import CHUNK
from geozone.land.store.mounts import believed_devices, boot

NAME, UNFINISHED = "digests", ".part"
FORMAT = 1
MARGIN_NS = 60 * 10**9
"""A file that changed so shortly before it was hashed may have changed after, and not tell.

A system notes writing through mapped memory once, until it has put the page on the disk: that
takes half a minute. It also covers every step of its clock.
"""
COARSE_NS = 10**6
"""Change times in whole steps of this come from file systems that do not know them better."""
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class Stamp(NamedTuple):
    """What the system tells of a file; no change of its content leaves all of it as it was."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    device: int

    @classmethod
    def of(cls, told: os.stat_result) -> Stamp:
        """The stamp of what ``stat`` told."""
        times = (told.st_mtime_ns, told.st_ctime_ns)
        return cls(told.st_size, *times, told.st_ino, told.st_dev)

    def told_before(self, moment: Moment) -> bool:
        """Whether a change after the moment would surely show in the stamp."""
        if self.device not in believed_devices() or not self.inode:
            return False
        if self.device != moment.device or not self.ctime_ns % COARSE_NS:
            return False
        return max(self.mtime_ns, self.ctime_ns) + MARGIN_NS < moment.ns


class Moment(NamedTuple):
    """A time by the clock of a device: that of a file which was written then."""

    ns: int
    device: int


class _Record(NamedTuple):
    stamp: Stamp
    moment: Moment
    digest: str


class Digests:
    """What is known of files from earlier runs, kept in a folder, and what is learned in this one.

    Believed only in the same run of the system, of the same file as far as size, both times,
    number and device tell, on file systems that tell all changes; and only from a record that
    nobody else could write. All else is hashed. Nothing here raises ``OSError`` for the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._beside = f"{folder.parent}{os.sep}"
        self._known = _read(folder / NAME)
        self._learned = False

    def of(self, path: Path) -> str:
        """The SHA-256 of a file. Raises ``OSError``."""
        known = self.known(path, Stamp.of(path.stat()))
        return self._hashed(path) if known is None else known

    def is_known(self, path: Path) -> bool:
        """Whether a digest of the file is believed."""
        try:
            return self.known(path, Stamp.of(path.stat())) is not None
        except OSError:
            return False

    def known(self, path: Path, stamp: Stamp) -> str | None:
        """The digest that was noted for a file, if it is believed of one with this stamp."""
        found = self._known.get(self._name(path))
        if found is None or found.stamp != stamp or not stamp.told_before(found.moment):
            return None
        return found.digest

    def begin(self) -> None:
        """To be called before the first byte of a file is read that is to be noted."""
        self._moment  # noqa: B018 - the clock is read once

    @cached_property
    def _moment(self) -> Moment | None:
        """When hashing began, by the clock of the folder's device."""
        with suppress(OSError):
            handle, name = mkstemp(UNFINISHED, f"{NAME}-", self._folder)
            told = os.fstat(handle)
            os.close(handle)
            Path(name).unlink()
            return Moment(told.st_mtime_ns, told.st_dev)
        return None

    def note(self, path: Path, before: Stamp, after: Stamp, digest: str) -> None:
        """Remembers what was taken of a file since ``begin``, whose stamp was asked around that.

        Nothing is noted of a file that changes meanwhile, or changed shortly before.
        """
        if before == after and self._moment is not None and before.told_before(self._moment):
            self._known[self._name(path)] = _Record(before, self._moment, digest)
            self._learned = True

    def keep(self) -> None:
        """Writes what was learned, if anything, and if the folder takes it."""
        if self._learned:
            self._learned = False
            with suppress(OSError):
                _write(self._folder, {name: self._known[name] for name in self._present()})

    def _present(self) -> list[str]:
        """The names of files that are as they were."""
        paths = [(name, Path(self._beside, name)) for name in sorted(self._known)]
        return [name for name, path in paths if self.is_known(path)]

    def _name(self, path: Path) -> str:
        return str(path).removeprefix(self._beside)

    def _hashed(self, path: Path) -> str:
        self.begin()
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            before = Stamp.of(os.fstat(stream.fileno()))
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
            after = Stamp.of(os.fstat(stream.fileno()))
        found = digest.hexdigest()
        self.note(path, before, after, found)
        return found


def _read(path: Path) -> dict[str, _Record]:
    """The records of a file; none where it is not whole, of another run, or not ours alone."""
    try:
        with path.open("rb") as stream:
            told = os.fstat(stream.fileno())
            seal, _, body = stream.read().partition(b"\n")
    except OSError:
        return {}
    if not _is_ours(told) or _seal(body) != seal:
        return {}
    found = json.loads(body)
    if found["format"] != FORMAT or not boot() or found["boot"] != boot():
        return {}
    return {
        name: _Record(Stamp(*stamp), Moment(*moment), digest)
        for name, (stamp, moment, digest) in found["files"].items()
    }


def _is_ours(told: os.stat_result) -> bool:
    """Whether nobody else could write a file; not where that cannot be told."""
    return (
        hasattr(os, "geteuid") and told.st_uid == os.geteuid() and not told.st_mode & OTHERS_WRITE
    )


def _write(folder: Path, records: Mapping[str, _Record]) -> None:
    told = {"format": FORMAT, "boot": boot(), "files": records}
    body = json.dumps(told, sort_keys=True).encode("ascii")
    handle, name = mkstemp(UNFINISHED, f"{NAME}-", folder)
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(_seal(body) + b"\n" + body)
        made.replace(folder / NAME)
    finally:
        with suppress(OSError):
            made.unlink()


def _seal(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode("ascii")
