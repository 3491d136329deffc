"""Reading FlatGeobuf and FileGDB with GDAL's drivers, counted and without silent repair."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from geozone.land.formats.aliases import places_of
from geozone.land.formats.counts import Counts
from geozone.land.formats.features import Features, Wanted
from geozone.land.formats.filegdb import filegdb_counts
from geozone.land.formats.flatgeobuf import flatgeobuf_counts
from geozone.land.formats.ogr import field_names, layer_name, numbers_from, read_raw, telling


@dataclass(frozen=True)
class Format:
    """A vector format: its driver, how its files begin, and how its features are counted."""

    driver: str
    begins: re.Pattern[bytes]
    count: Callable[[Path, str], Counts]


FORMATS = {
    ".fgb": Format("FlatGeobuf", re.compile(rb"fgb\x03fgb"), flatgeobuf_counts),
    ".gdb": Format("OpenFileGDB", re.compile(rb"[\x03\x04]\x00\x00\x00"), filegdb_counts),
}


def read_vectors(path: Path, wanted: Wanted) -> Features:
    """The features of one container layer.

    Raises ``UnreadableError`` where the file, its layer or a field cannot be read.
    """
    form = FORMATS[path.suffix.lower()]
    with telling():
        _check_beginning(path, form)
        return _read(path, wanted, form)


def _check_beginning(path: Path, form: Format) -> None:
    with (path / "a00000001.gdbtable" if path.is_dir() else path).open("rb") as stream:
        if not form.begins.match(stream.read(64)):
            raise ValueError(f"内容不是 {form.driver} / the content is not {form.driver}")


def _read(path: Path, wanted: Wanted, form: Format) -> Features:
    layer = layer_name(path, wanted.layer)
    stored = field_names(path, layer, form.driver)
    places = places_of(stored, wanted.fields)
    raw = read_raw(path, layer, [stored[at] for at in places.values()])
    counts = form.count(path, layer)
    return Features(
        shapes=raw.shapes,
        columns={name: raw.columns[stored[at]] for name, at in places.items()},
        fids=numbers_from(raw.fids),
        crs=raw.crs,
        driver=form.driver,
        layer=layer,
        declared=counts.declared,
        scanned=counts.scanned,
        unclosed=raw.unclosed,
        encoding="utf-8",
        warnings=raw.warnings,
    )
