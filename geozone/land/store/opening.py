"""The layers of a project: from the store where it knows them, else read, checked and kept."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from geozone.land.coordinates.shiftfile import with_shift
from geozone.land.faults import Faults
from geozone.land.layers.layer import Layer, read_layer
from geozone.land.layers.sheet import Frame
from geozone.land.store.entry import Entry
from geozone.land.store.kept import entry_of, layer_of
from geozone.land.store.keys import THREADS, Keys, Site, Wanted
from geozone.land.store.shelf import Shelf

Layers = tuple[Layer | None, ...]


def open_layers(
    wanted: Sequence[Wanted], site: Site, shelf: Shelf | None, faults: Faults
) -> Layers:
    """The layers in their order, ``None`` where too much is wrong to go on.

    Everything wrong goes to ``faults``; a layer that comes back beside faults is not for use.
    Only layers that passed every check are kept.
    """
    if shelf is None or site.frame is None:
        return tuple(_read(one, site, faults) for one in wanted)
    keeper = Keeper(Keys.of(wanted, site, site.frame, shelf.digests), site.frame, shelf)
    keys = keeper.keys.now(wanted)
    found = keeper.all_found(keys)
    layers = _completed(wanted, list(zip(keys, found, strict=True)), keeper, site, faults)
    if not all(found):
        shelf.clean({key for key in keys if key})
    shelf.digests.keep()
    return layers


def _completed(
    wanted: Sequence[Wanted],
    found: Sequence[tuple[str | None, Entry | None]],
    keeper: Keeper,
    site: Site,
    faults: Faults,
) -> Layers:
    """The layers from their entries; others are read, and kept while the next is being read."""
    with ThreadPoolExecutor(1) as beside:
        layers: list[Layer | Future[Layer] | None] = []
        for one, (key, entry) in zip(wanted, found, strict=True):
            if entry is not None:
                layers.append(keeper.layer(entry, one))
                continue
            before = len(faults.found)
            layer = _read(one, site, faults)
            if layer is None or key is None or len(faults.found) > before:
                layers.append(layer)
            else:
                layers.append(beside.submit(keeper.kept, layer, one, key))
            del layer  # one that is kept needs no second copy
        return tuple(one.result() if isinstance(one, Future) else one for one in layers)


@dataclass(frozen=True, eq=False)
class Keeper:
    """What finds layers on a shelf and puts them there."""

    keys: Keys
    frame: Frame
    shelf: Shelf

    def all_found(self, keys: Sequence[str | None]) -> list[Entry | None]:
        """The entry of each key."""
        every = {key for key in keys if key}
        slow = sorted(key for key in every if not self.shelf.is_sure(key))
        with ThreadPoolExecutor(THREADS) as pool:
            made = dict(zip(slow, pool.map(self.shelf.find, slow), strict=True))
        made |= {key: self.shelf.find(key) for key in every - made.keys()}
        return [made[key] if key else None for key in keys]

    def layer(self, entry: Entry, one: Wanted) -> Layer:
        """The layer of an entry."""
        return layer_of(entry, one.spec, one.name, frame=self.frame, coverage=one.coverage)

    def kept(self, layer: Layer, one: Wanted, key: str) -> Layer:
        """The layer, kept if its files are still those of the key; if so, as it was kept."""
        entry = entry_of(layer, one.coverage)
        if entry is None or self.keys.now([one]) != [key]:
            return layer
        self.shelf.put(key, entry)
        kept = self.shelf.find(key)
        return layer if kept is None else self.layer(kept, one)


def _read(one: Wanted, site: Site, faults: Faults) -> Layer | None:
    return read_layer(
        with_shift(one.spec, site.folder, site.frame, faults),
        one.name,
        site.folder,
        frame=site.frame,
        coverage=one.coverage,
        faults=faults,
    )
