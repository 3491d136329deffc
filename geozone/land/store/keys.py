"""The keys of a project's layers, by the present bytes of their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from geozone.land.layers.coverage import Polygons
from geozone.land.layers.sheet import Frame
from geozone.land.spec import LayerSpec
from geozone.land.store.beside import Bytes, bytes_of, files_beside
from geozone.land.store.digests import Digests
from geozone.land.store.entry import Json
from geozone.land.store.key import coverage_told, ground_told, layer_key

THREADS = 4
"""Files that are hashed or checked at the same time: none of it holds the interpreter."""


@dataclass(frozen=True, eq=False)
class Wanted:
    """A layer as the project file asks for it, with the coverage that was declared."""

    spec: LayerSpec
    name: str
    coverage: Polygons | None


@dataclass(frozen=True, eq=False)
class Site:
    """Where layers are read: the project's folder, its ground, and the hash of the area's file."""

    folder: Path
    frame: Frame | None
    area_sha256: str = ""


@dataclass(frozen=True, eq=False)
class Keys:
    """What the keys of a project's layers share: its folder, its ground, told coverages."""

    folder: Path
    ground: Json
    coverages: Mapping[str | None, Json]
    """By what the project file writes."""
    digests: Digests

    @classmethod
    def of(cls, wanted: Sequence[Wanted], site: Site, frame: Frame, digests: Digests) -> Keys:
        """For the layers of a site."""
        shared = {one.spec.coverage: one.coverage for one in wanted}
        told = {written: coverage_told(one) for written, one in shared.items()}
        return cls(site.folder, ground_told(frame, site.area_sha256), told, digests)

    def now(self, wanted: Sequence[Wanted]) -> list[str | None]:
        """The key of each layer; ``None`` where it is never kept.

        That is so for addresses, for files that cannot be read, and beside a declared shift:
        from a hash its few digits could be found by trying.
        """
        paths = [self._paths(one) for one in wanted]
        every = sorted({file for each in paths for files in each or () for file in files})
        slow = [file for file in every if not self.digests.is_known(file)]
        with ThreadPoolExecutor(THREADS) as pool:
            known = dict(zip(slow, pool.map(self._bytes, slow), strict=True))
        known |= {file: self._bytes(file) for file in every if file not in known}
        return [self._key(one, each, known) for one, each in zip(wanted, paths, strict=True)]

    def _paths(self, one: Wanted) -> list[tuple[Path, ...]] | None:
        """The files of each path of a layer."""
        if one.spec.datum_shift is not None:
            return None
        try:
            found = [files_beside(written, self.folder) for written in one.spec.paths]
        except OSError:
            return None
        return None if None in found else [files for files in found if files is not None]

    def _key(
        self,
        one: Wanted,
        paths: list[tuple[Path, ...]] | None,
        known: Mapping[Path, Bytes | None],
    ) -> str | None:
        if paths is None or any(known[file] is None for files in paths for file in files):
            return None
        content = [[known[file] for file in files] for files in paths]
        coverage = self.coverages[one.spec.coverage]
        return layer_key(one.spec, one.name, content, ground=self.ground, coverage=coverage)

    def _bytes(self, path: Path) -> Bytes | None:
        try:
            return bytes_of(path, self.digests)
        except OSError:
            return None


def contents(written: str, folder: Path, digests: Digests) -> list[Bytes] | None:
    """Names and hashes of all files that may matter to a reader of a path.

    ``None`` for an address, and for files that cannot be read.
    """
    try:
        files = files_beside(written, folder)
        return None if files is None else [bytes_of(file, digests) for file in files]
    except OSError:
        return None
