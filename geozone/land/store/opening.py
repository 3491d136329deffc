"""The layers of a project: from the store where it knows them, else read, checked and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from geozone.land.coordinates.shiftfile import with_shift
from geozone.land.faults import Faults
from geozone.land.layers.coverage import Polygons
from geozone.land.layers.layer import Layer, read_layer
from geozone.land.layers.sheet import Frame
from geozone.land.spec import LayerSpec
from geozone.land.store.beside import Bytes, bytes_of, files_beside
from geozone.land.store.entry import Entry, Json
from geozone.land.store.kept import entry_of, layer_of
from geozone.land.store.key import coverage_told, ground_told, layer_key
from geozone.land.store.shelf import Shelf

THREADS = 4
"""Files that are hashed at the same time: hashing and reading run beside each other."""


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


def open_layers(
    wanted: Sequence[Wanted], site: Site, shelf: Shelf | None, faults: Faults
) -> tuple[Layer | None, ...]:
    """The layers in their order, ``None`` where too much is wrong to go on.

    Everything wrong goes to ``faults``; a layer that comes back beside faults is not for use.
    Only layers that passed every check are kept.
    """
    if shelf is None or site.frame is None:
        return tuple(_read(one, site, faults) for one in wanted)
    keys = layer_keys(wanted, site)
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(lambda key: shelf.find(key) if key else None, keys))
    opened = Opened(site, site.frame, shelf, faults)
    layers = tuple(map(opened.layer, wanted, keys, found))
    if not all(found):
        shelf.clean({key for key in keys if key})
    return layers


@dataclass(frozen=True, eq=False)
class Opened:
    """A project that is being opened with a store."""

    site: Site
    frame: Frame
    shelf: Shelf
    faults: Faults

    def layer(self, one: Wanted, key: str | None, found: Entry | None) -> Layer | None:
        """A layer from its entry; else it is read, and kept if nothing is wrong with it."""
        if found is not None:
            return self._of(found, one)
        before = len(self.faults.found)
        layer = _read(one, self.site, self.faults)
        if layer is None or key is None or len(self.faults.found) > before:
            return layer
        entry = entry_of(layer, one.coverage)
        if entry is None or layer_keys([one], self.site) != [key]:
            return layer  # a file may have changed while it was read
        self.shelf.put(key, entry)
        kept = self.shelf.find(key)
        return layer if kept is None else self._of(kept, one)

    def _of(self, entry: Entry, one: Wanted) -> Layer:
        return layer_of(entry, one.spec, one.name, frame=self.frame, coverage=one.coverage)


def _read(one: Wanted, site: Site, faults: Faults) -> Layer | None:
    return read_layer(
        with_shift(one.spec, site.folder, site.frame, faults),
        one.name,
        site.folder,
        frame=site.frame,
        coverage=one.coverage,
        faults=faults,
    )


def layer_keys(wanted: Sequence[Wanted], site: Site) -> list[str | None]:
    """The key of each layer by the present bytes of its files; ``None`` where it is never kept.

    That is so for addresses, for files that cannot be read, and beside a declared shift: from
    a hash its few digits could be found by trying.
    """
    paths = [_paths(one, site.folder) for one in wanted]
    every = sorted({file for each in paths for files in each or () for file in files})
    with ThreadPoolExecutor(THREADS) as pool:
        known = dict(zip(every, pool.map(_bytes, every), strict=True))
    if site.frame is None:
        return [None] * len(wanted)
    ground = ground_told(site.frame, site.area_sha256)
    told = {id(one.coverage): coverage_told(one.coverage) for one in wanted}
    return [
        _key(one, each, known, ground=ground, coverage=told[id(one.coverage)])
        for one, each in zip(wanted, paths, strict=True)
    ]


def _key(
    one: Wanted,
    paths: list[tuple[Path, ...]] | None,
    known: Mapping[Path, Bytes | None],
    *,
    ground: Json,
    coverage: Json,
) -> str | None:
    if paths is None or any(known[file] is None for files in paths for file in files):
        return None
    content = [[known[file] for file in files] for files in paths]
    return layer_key(one.spec, one.name, content, ground=ground, coverage=coverage)


def _paths(one: Wanted, folder: Path) -> list[tuple[Path, ...]] | None:
    """The files of each path of a layer."""
    if one.spec.datum_shift is not None:
        return None
    try:
        found = [files_beside(written, folder) for written in one.spec.paths]
    except OSError:
        return None
    return None if None in found else [files for files in found if files is not None]


def _bytes(path: Path) -> Bytes | None:
    try:
        return bytes_of(path)
    except OSError:
        return None
