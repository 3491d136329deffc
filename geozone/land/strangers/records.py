"""Opening vector files of strangers by the rules of layers, told as plain JSON.

Runs in a child process (see ``child``): a damaged file can bring a driver down. What only a
driver reads is first opened with that driver alone, which fiona can.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.formats.counts import Counts
from geozone.land.formats.dxf import dxf_records
from geozone.land.formats.features import UnreadableError, Wanted
from geozone.land.formats.kml import kml_records
from geozone.land.formats.reading import read_features
from geozone.land.formats.records import Records
from geozone.land.proposals.rows import cells_of

DRIVERS = {".shp": "ESRI Shapefile", ".fgb": "FlatGeobuf", ".gdb": "OpenFileGDB"}
"""Formats that drivers read; all others are read by our own code, or by pyarrow."""
TODO = "检查或重新导出 / check it or export it again"

Told = dict[str, Any]  # JSON values of mixed types
Reader = Callable[[Path, str | None], Told]
"""From a file and the layer of it that is asked for, if one is."""


def read_file(path: Path, layer: str | None = None) -> Told:
    """The records of a layer, else of the only one: heads, WKT of the CRS, cells as text, shapes
    as WKB.

    A record that cannot be read carries its ``fault``. Raises ``UnreadableError``.
    """
    try:
        return READERS.get(path.suffix.lower(), _from_layer)(path, layer)
    except (OSError, ValueError, RuntimeError) as error:
        what = f"无法读取 / cannot be read: {error}"
        raise UnreadableError(what, TODO) from error


def _from_layer(path: Path, layer: str | None) -> Told:
    """The features of a file, every field of theirs; what is in doubt is refused."""
    found = read_features(path, Wanted(layer, fields=None))
    _check_doubts([*found.doubts, *(("driver-warning", one) for one in found.warnings)])
    _check_count(len(found.fids), Counts(found.declared, found.scanned))
    if path.suffix.lower() in DRIVERS:
        _check_count(len(found.fids), Counts(None, _driven_count(path, found.layer)))
    heads = list(found.columns)
    lines = zip(*found.columns.values(), strict=True) if heads else (() for _ in found.fids)
    return {
        "crs": _wkt(found.crs),
        "heads": heads,
        "rows": [
            {"wkb": _hex(shape), "cells": cells_of(heads, _plain(line))}
            for shape, line in zip(found.shapes, lines, strict=True)
        ],
        "short_heads": path.suffix.lower() == ".shp",
        "notes": [*found.notes, *_closed(found.unclosed)],
    }


def _driven_count(path: Path, layer: str) -> int:
    """How many records the one driver that is allowed finds, one by one. Raises ``ValueError``."""
    import fiona  # noqa: PLC0415 - heavy, and only what a driver reads needs it
    from fiona._err import CPLE_BaseError  # noqa: PLC0415 - GDAL's own errors, which pass fiona
    from fiona.errors import FionaError  # noqa: PLC0415 - as fiona

    driver = DRIVERS[path.suffix.lower()]
    try:
        with fiona.open(path, layer=layer, enabled_drivers=[driver]) as source:
            return sum(1 for _ in source)
    except (FionaError, CPLE_BaseError) as error:
        raise ValueError(str(error)) from error


def _check_doubts(doubts: Sequence[tuple[str, str]]) -> None:
    if doubts:
        raise ValueError("; ".join(text for _, text in doubts))


def _check_count(read: int, counts: Counts) -> None:
    known = [one for one in (counts.declared, counts.scanned) if one is not None]
    if any(one != read for one in known):
        stated = " / ".join(str(one) for one in known)
        raise ValueError(f"读到 {read} 个，载明或扫描得 {stated} / {read} were read, not {stated}")


def _from_records(read: Callable[[Path, str | None], Records]) -> Reader:
    """A reader whose records carry their own faults."""

    def told(path: Path, layer: str | None) -> Told:
        found = read(path, layer)
        _check_doubts(found.doubts)
        _check_count(len(found.records), Counts(None, found.scanned))
        return {
            "crs": _wkt(found.crs),
            "heads": list(found.heads),
            "rows": [
                {
                    "wkb": _hex(one.shape),
                    **({"fault": one.fault} if one.fault else {}),
                    "cells": cells_of(list(one.values), list(one.values.values())),
                }
                for one in found.records
            ],
            "short_heads": False,
            "notes": [*found.notes, *_closed(found.unclosed)],
        }

    return told


READERS: dict[str, Reader] = {
    ".kml": _from_records(kml_records),
    ".dxf": _from_records(lambda path, layer: dxf_records(path, layer, None)),
}


def _closed(rings: int) -> list[str]:
    return [f"{rings} 个环已闭合 / {rings} rings were closed"] if rings else []


def _wkt(crs: CRS | None) -> str | None:
    return None if crs is None else str(crs.to_wkt())


def _hex(shape: BaseGeometry | None) -> str | None:
    return None if shape is None else str(shape.wkb_hex)


def _plain(texts: Sequence[str | None]) -> list[Any]:
    """Cells of which lists, which layers keep as JSON, are lists again."""
    return [_listed(one) if one and one.startswith("[") else one for one in texts]


def _listed(text: str) -> Any:
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if all(isinstance(one, (str, int, float)) for one in found) else text
