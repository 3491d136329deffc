"""The layers of a project: from the store where it knows them, else read, checked and kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from geozone.land.coordinates.shiftfile import with_shift
from geozone.land.faults import Faults
from geozone.land.layers.layer import Layer, read_layer
from geozone.land.layers.sheet import Frame
from geozone.land.sources.room import at_once, free_bytes
from geozone.land.store.apart import CAN_FORK, done_apart
from geozone.land.store.entry import Entry
from geozone.land.store.kept import entry_of, layer_of
from geozone.land.store.keys import THREADS, Keys, Site, Wanted
from geozone.land.store.shelf import Shelf
from geozone.law.errors import Refused

Layers = tuple[Layer | None, ...]

MOST = 4
"""Processes that read layers at the same time: each holds all of one, so there may be fewer."""


@dataclass(frozen=True)
class Ways:
    """How layers are read; nothing of it changes them.

    ``processes`` of their own read layers that can be kept, where there are several and the
    program has no other thread that does more than show progress. ``meanwhile`` is done in a
    thread, which begins when those have begun, and told the folder of what is kept.
    """

    processes: int = 0
    meanwhile: Callable[[Path | None], None] | None = None

    def begin(self, store: Path | None) -> None:
        """Begins what is done meanwhile."""
        if self.meanwhile is not None:
            Thread(target=self.meanwhile, args=(store,)).start()


PLAIN = Ways()


def open_layers(
    wanted: Sequence[Wanted], site: Site, shelf: Shelf | None, faults: Faults, ways: Ways = PLAIN
) -> Layers:
    """The layers in their order, ``None`` where too much is wrong to go on.

    Everything wrong goes to ``faults``; a layer that comes back beside faults is not for use.
    Only layers that passed every check are kept.
    """
    if shelf is None or site.frame is None:
        ways.begin(None if shelf is None else shelf.folder)
        return tuple(_read(one, site, faults) for one in wanted)
    keeper = Keeper(Keys.of(wanted, site, site.frame, shelf.digests), site.frame, shelf)
    keys = keeper.keys.now(wanted)
    before = keeper.all_found(keys)
    found = _read_apart(wanted, list(zip(keys, before, strict=True)), keeper, site, ways)
    layers = _completed(wanted, list(zip(keys, found, strict=True)), keeper, site, faults)
    if not all(before):
        shelf.clean({key for key in keys if key})
    shelf.digests.keep()
    return layers


def _read_apart(
    wanted: Sequence[Wanted],
    known: Sequence[tuple[str | None, Entry | None]],
    keeper: Keeper,
    site: Site,
    ways: Ways,
) -> list[Entry | None]:
    """The entries, with those of layers that were read and kept by other processes meanwhile.

    A layer with faults stays without one: it is read again here, where they are told.
    """
    found = [entry for _, entry in known]
    missing = [at for at, (key, entry) in enumerate(known) if key and entry is None]

    def keep(at: int) -> None:
        faults = Faults("")
        with suppress(Refused):
            layer = _read(wanted[at], site, faults)
            if layer is not None and not faults.found:
                keeper.keep(layer, wanted[at], str(known[at][0]))

    with ExitStack() as stack:
        is_apart = bool(missing) and ways.processes > 1 and CAN_FORK and keeper.shelf.takes()
        if is_apart:
            files = [site.folder / path for at in missing for path in wanted[at].spec.paths]
            most = at_once(files, free_bytes(), min(ways.processes, MOST))
            stack.enter_context(done_apart(missing, keep, most))
        ways.begin(keeper.shelf.folder)
    if is_apart:
        for at in missing:
            found[at] = keeper.shelf.find(str(known[at][0]))
    return found


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
        kept = self.shelf.find(key) if self.keep(layer, one, key) else None
        return layer if kept is None else self.layer(kept, one)

    def keep(self, layer: Layer, one: Wanted, key: str) -> bool:
        """Whether a layer was put on the shelf: not where its files are no longer the key's."""
        entry = entry_of(layer, one.coverage)
        if entry is None or self.keys.now([one]) != [key]:
            return False
        self.shelf.put(key, entry)
        return True


def _read(one: Wanted, site: Site, faults: Faults) -> Layer | None:
    return read_layer(
        with_shift(one.spec, site.folder, site.frame, faults),
        one.name,
        site.folder,
        frame=site.frame,
        coverage=one.coverage,
        faults=faults,
    )
