"""Evidence of a grid that is kept: only what changed is burned again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.engine.bandnames import BandNames
from geozone.engine.bandtables import keep_tables, known_tables
from geozone.engine.burn import BAND_ROWS
from geozone.engine.burner import Burner, Chosen
from geozone.engine.edition import edition
from geozone.engine.fields import Field
from geozone.engine.grid import Grid, Shape2d
from geozone.engine.keptfile import (
    Arrays,
    name_of,
    peek_kept,
    read_kept,
    sweep_drafts,
    write_kept,
    written_s,
)
from geozone.engine.runner import Progress, ahead, reported
from geozone.engine.runs import Runs, Words, merged, packed, words_of
from geozone.engine.scalefit import ScaleFit

FORMAT = "2"
SALT = "salt"
SALT_BYTES = 16
SALT_HEADER = {"kind": "salt"}
DIGEST_HEX = 32
"""Letters of the digest of a band."""

MOST_GRIDS = 3
"""Grids that are kept beside the one in use."""

MOST_CHOICES = 8
"""Sets of fields that are made ready apart."""

MOST_FIELDS = 128
"""Fields of a band that are kept: those asked now, and of those asked before the latest."""


class KeptBands:
    """The bands of a grid, burned where a folder does not keep their answers.

    Kept answers are found by the coordinates that they depend on, band by band. A file that is
    not whole is burned again; where none can be written, nothing is kept.
    """

    def __init__(
        self,
        fields: Sequence[Field],
        grid: Grid,
        scale: ScaleFit,
        folder: Path | None,
        *,
        jobs: int = 1,
    ) -> None:
        self._fields = tuple(range(len(fields)))
        self._burner = Burner(fields, grid, scale, BAND_ROWS)
        self._folder: Path | None = None
        self.names: tuple[str, ...] = ()
        """By band, what its answers depend on; nothing where none are kept."""
        if folder is not None:
            self._remember(fields, grid, scale, folder, jobs)

    def _remember(
        self, fields: Sequence[Field], grid: Grid, scale: ScaleFit, folder: Path, jobs: int
    ) -> None:
        frame = (grid.bounds, grid.resolution_m, scale.x0, scale.y0, scale.half)
        parts = (FORMAT, edition(), grid.crs.to_wkt(), repr(frame), scale.coefs.tobytes().hex())
        name = name_of(*parts)
        self._folder = folder / f"grid-{name}"
        self._told = [name_of(name, f"{one.reach_m!r} {one.solid}") for one in fields]
        digests = BandNames(grid, _salt(folder), self._folder).of(fields, jobs)
        self._digests = [one.tobytes().hex() for one in digests]
        self.names = tuple(name_of(*self._keys(band)) for band in range(self.count))

    @property
    def count(self) -> int:
        """How many bands there are."""
        return self._burner.count

    @property
    def folder(self) -> Path | None:
        """Where what belongs to this grid alone is kept."""
        return self._folder

    def tables(self) -> dict[int, Words]:
        """By number, the tables of those bands of which they are kept as they are asked for."""
        if self._folder is None:
            return {}
        return known_tables(self._folder, self.names, words_of(len(self._fields)))

    def keep_tables(self, tables: Mapping[int, Words]) -> None:
        """Keep the tables of all bands."""
        if self._folder is not None:
            keep_tables(self._folder, self.names, tables)

    def runs(
        self, bands: Sequence[int], *, jobs: int = 1, progress: Progress | None = None
    ) -> Iterator[Runs]:
        """What ``burn_runs`` gives for bands, byte for byte, in the order of their numbers.

        ``jobs`` threads share the bands. Raises ``ValueError`` for coordinates that are not
        finite.
        """
        with ThreadPoolExecutor(max(jobs, 1)) as pool:
            work = self._work(bands, pool)
            yield from reported(ahead(pool, work, range(len(bands)), jobs), len(bands), progress)

    def _work(self, bands: Sequence[int], pool: ThreadPoolExecutor) -> Callable[[int], Runs]:
        """What to do for each of the bands, by place."""
        folder = self._folder
        if folder is None:
            self._burner.prepare(self._fields, pool.map)
            return lambda at: self._burner.runs(bands[at], self._fields)
        paths = {band: folder / f"{band:06d}.band" for band in bands}
        keys = {band: self._keys(band) for band in bands}
        choices = _choices(paths, keys)
        if any(choices.values()):
            _tidy(folder)
        for one in sorted(set(choices.values()) - {()}):
            self._burner.prepare(one, pool.map)

        def work(at: int) -> Runs:
            band = bands[at]
            return self._band(band, paths[band], keys[band], choices[band])

        return work

    def _keys(self, band: int) -> tuple[str, ...]:
        """By field, the key of its answers in a band: of all that they depend on."""
        own = slice(band * DIGEST_HEX, (band + 1) * DIGEST_HEX)
        return tuple(
            what + every[own] for what, every in zip(self._told, self._digests, strict=True)
        )

    def _band(self, band: int, path: Path, keys: tuple[str, ...], missing: Chosen) -> Runs:
        """The runs of a band, from what is kept and what has to be burned."""
        every = self._fields
        old = None if missing == every else _read(path, band, self._burner.shape(band))
        if old is not None and old.keys == keys:
            return old.runs
        known = {} if old is None else {key: place for place, key in enumerate(old.keys)}
        if old is None or any(keys[place] not in known for place in set(every) - set(missing)):
            old, missing = None, every  # a file that is not whole after all
        if old is None:
            fresh = self._burner.runs(band, missing)
        else:
            fresh = renumbered(old.runs, [known.get(key, -1) for key in keys])
            if missing:
                fresh = merged(fresh, self._burner.runs(band, missing), missing)
        if missing:
            _write(path, _grown(fresh, keys, old))
        return fresh


def _choices(paths: Mapping[int, Path], keys: Mapping[int, tuple[str, ...]]) -> dict[int, Chosen]:
    """By band, the fields to burn: what is not kept there, or a little more."""
    found = {}
    for band, wanted in keys.items():
        known = set((peek_kept(paths[band]) or {}).get("keys", ()))
        found[band] = tuple(place for place, key in enumerate(wanted) if key not in known)
    if len(set(found.values())) > MOST_CHOICES:
        every = tuple(sorted({place for one in found.values() for place in one}))
        return {band: every if one else one for band, one in found.items()}
    return found


def _tidy(used: Path) -> None:
    """Remove the grids beside one that were not written to for longest, all but the latest few."""
    sweep_drafts(used.parent)
    found = [one for one in used.parent.glob("grid-*") if one != used]
    for one in sorted(found, key=written_s, reverse=True)[MOST_GRIDS:]:
        shutil.rmtree(one, ignore_errors=True)


def _salt(folder: Path) -> NDArray[np.uint64]:
    """A secret of the folder, so that nobody can make two grounds of one digest."""
    found = read_kept(folder / SALT)
    if found is not None and found[0] == SALT_HEADER:
        return found[1]["salt"]
    salt = np.frombuffer(os.urandom(SALT_BYTES), np.uint64)
    try:
        write_kept(folder / SALT, SALT_HEADER, {"salt": salt})
    except OSError:
        return salt
    return salt


@dataclass(frozen=True, eq=False)
class Entry:
    """What a file keeps of a band: runs, the keys of their fields, and how long unasked."""

    runs: Runs
    keys: tuple[str, ...]
    ages: tuple[int, ...]


def _grown(fresh: Runs, keys: tuple[str, ...], old: Entry | None) -> Entry:
    """The answers of now with those that were asked before, the latest of them."""
    if old is None:
        return Entry(fresh, keys, (0,) * len(keys))
    asked = set(keys)
    rest = sorted(
        (age, place) for place, age in enumerate(old.ages) if old.keys[place] not in asked
    )
    places = [place for _, place in rest[: max(MOST_FIELDS - len(keys), 0)]]
    count = len(keys) + len(places)
    ahead_, after = range(len(keys)), range(len(keys), count)
    now = renumbered(fresh, [*ahead_, *(-1 for _ in after)])
    before = renumbered(old.runs, [*(-1 for _ in ahead_), *places])
    ages = (*(0 for _ in ahead_), *(old.ages[place] + 1 for place in places))
    return Entry(merged(now, before, after), (*keys, *(old.keys[one] for one in places)), ages)


def renumbered(runs: Runs, places: Sequence[int]) -> Runs:
    """The runs with field ``places[f]`` as field f; -1 answers no everywhere. Canonical."""
    if tuple(places) == tuple(range(runs.fields)):
        return runs
    from geozone.engine.kernels.rows_bands import Lines  # noqa: PLC0415 - loads numba

    bits, fields = runs.bits, len(places)
    picked = np.zeros((len(bits), fields), bool)
    for number, place in enumerate(places):
        if place >= 0:
            picked[:, number] = bits[:, place]
    lines = Lines(runs.starts, runs.cols.copy(), runs.ids.copy())
    return lines.canonical(runs.row, runs.shape, packed(picked), fields)


def _read(path: Path, band: int, shape: Shape2d) -> Entry | None:
    found = read_kept(path)
    if found is None:
        return None
    told, arrays = found
    if "keys" not in told:
        return None  # a file of another kind, copied
    keys, ages = tuple(told["keys"]), tuple(told["ages"])
    place = (told["row"], told["rows"], told["cols"])
    if place != (band * BAND_ROWS, shape.rows, shape.cols) or len(keys) != len(ages):
        return None
    cols, ids = arrays["cols"].astype(np.int32), arrays["ids"].astype(np.int32)
    runs = Runs(told["row"], shape, arrays["starts"], cols, ids, arrays["table"], len(keys))
    return Entry(runs, keys, ages)


def _write(path: Path, entry: Entry) -> None:
    runs = entry.runs
    told = {
        "keys": entry.keys,
        "ages": entry.ages,
        "row": runs.row,
        "rows": runs.shape.rows,
        "cols": runs.shape.cols,
    }
    arrays: Arrays = {
        "starts": runs.starts,
        "cols": _narrow(runs.cols),
        "ids": _narrow(runs.ids),
        "table": runs.table,
    }
    try:
        write_kept(path, told, arrays)
    except OSError:
        return  # what cannot be kept is burned again


def _narrow(numbers: NDArray[np.int32]) -> NDArray[np.unsignedinteger[Any]]:
    """Numbers that are not negative, in the narrowest type that holds them."""
    return numbers.astype(np.min_scalar_type(numbers.max(initial=0)))
