"""The receipt of a file: what was read, how much of it, and what was done to it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import Any

from geozone.land.shapes.repairs import Repair

SIDE_FILES = (".shp", ".shx", ".dbf", ".prj", ".cpg")
CHUNK = 1 << 20


@dataclass(frozen=True)
class HashedFile:
    """A file by name, with its content's SHA-256 and its size in bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Receipt:
    """What was read from a layer's files.

    ``sha256`` follows ``content_hash``. ``declared`` is the count that the files state,
    ``read`` the count found by scanning, ``kept`` what the layer holds of them. ``repairs``
    pairs each automatic repair with the number of features; ``mended`` tells of those that
    touched shapes which ones, and their area before and after. ``remarks`` are what the user
    should know of the reading.
    ``bend_m`` is how far the longest straight edge of the source would bend in the working
    CRS; edges are taken as straight there.
    """

    sha256: str
    files: tuple[HashedFile, ...]
    driver: str = ""
    layer: str = ""
    declared: int | None = None
    read: int = 0
    kept: int = 0
    nulls: int = 0
    repairs: tuple[tuple[str, int], ...] = ()
    mended: tuple[Repair, ...] = ()
    remarks: tuple[str, ...] = ()
    crs: str = ""
    operation: str = ""
    bend_m: float = 0.0
    encoding: str = ""
    coverage_sha256: str = ""
    waived: tuple[str, ...] = ()
    """Problems that occurred and were waived in writing."""
    versions: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(one.size for one in self.files)

    @property
    def done(self) -> tuple[str, ...]:
        """Repairs and remarks, in words."""
        told = {one.what: str(one) for one in self.mended}
        repaired = [told.get(what, f"{what}: {count}") for what, count in self.repairs]
        return (*(f"已自动修复 / repaired: {one}" for one in repaired), *self.remarks)

    @property
    def notes(self) -> tuple[str, ...]:
        """Repairs, remarks and waivers, in words."""
        return (*self.done, *(f"豁免 / waived: {problem}" for problem in self.waived))

    def brief(self) -> dict[str, Any]:  # JSON values of mixed types
        """The receipt without its hash and versions, which results state elsewhere."""
        told = self.to_dict()
        return {key: told[key] for key in told if key not in ("sha256", "versions")}

    def to_dict(self) -> dict[str, Any]:  # JSON values of mixed types
        """The receipt as JSON values, keys always in the same order."""
        return asdict(self) | {
            "size": self.size,
            "repairs": dict(self.repairs),
            "mended": [one.to_dict() for one in self.mended],
            "remarks": list(self.remarks),
            "waived": list(self.waived),
            "versions": dict(self.versions),
            "files": [asdict(one) for one in self.files],
        }


NO_RECEIPT = Receipt("", ())
"""Of what was not read from a file of its own."""


@dataclass(frozen=True)
class Input:
    """A file that is no layer but that results rest on, with its receipt.

    ``role`` is ``area``, ``coverage``, ``proposals``, ``facts`` or ``datum_shift`` (which has no
    hash: from it the few digits of its parameters could be found by trying); ``name``
    the file's name without folders.
    """

    role: str
    name: str
    receipt: Receipt

    @classmethod
    def of(cls, role: str, written: str, receipt: Receipt) -> Input:
        """The input that a path of a project file or of the command line names."""
        return cls(role, PurePath(written).name, receipt)

    def to_dict(self) -> dict[str, Any]:  # JSON values of mixed types
        """The input as JSON values; the versions are told of all inputs together."""
        receipt = self.receipt
        return {"role": self.role, "name": self.name, "sha256": receipt.sha256} | {
            "receipt": receipt.brief()
        }


def hashed_file(path: Path) -> HashedFile:
    """The name, hash and size of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return HashedFile(path.name, digest.hexdigest(), path.stat().st_size)


def content_hash(files: Sequence[HashedFile]) -> str:
    """The hash of a layer.

    Of one file it is the SHA-256 of the file. Of several (sheets, or a shapefile with its
    ``.shp .shx .dbf .prj .cpg``) it is the SHA-256 of the lines ``name hash``, sorted, each
    ended by a newline; names without folders.
    """
    if len(files) == 1:
        return files[0].sha256
    lines = sorted(f"{one.name} {one.sha256}\n" for one in files)
    return hashlib.sha256("".join(lines).encode("utf-8")).hexdigest()


def files_of(path: Path) -> tuple[Path, ...]:
    """The files that make up what is named by ``path``: side files and write-ahead logs too."""
    if path.suffix.lower() == ".shp":
        beside = {one.suffix.lower(): one for one in sorted(path.parent.glob(f"{_plain(path)}.*"))}
        return tuple(beside[suffix] for suffix in SIDE_FILES if suffix in beside)
    log = path.with_name(path.name + "-wal")
    return (path, log) if log.is_file() and log.stat().st_size else (path,)


def _plain(path: Path) -> str:
    """The stem with what ``glob`` would read as a pattern put in brackets."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in path.stem)


def hashed(paths: Iterable[Path]) -> tuple[HashedFile, ...]:
    """Every file of every path, hashed, in the order of their names."""
    files = [hashed_file(one) for path in paths for one in files_of(path)]
    return tuple(sorted(files, key=lambda one: (one.name, one.sha256)))
