"""Reading GeoJSON by the letter: every feature counted, texts as they stand, the stated CRS."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from geozone.land.coordinates.crs import plain
from geozone.land.formats.aliases import aliases, places_met
from geozone.land.formats.features import Features, UnreadableError, Wanted, canonical_text
from geozone.land.formats.geojsonshapes import Drawn, drawn
from geozone.land.formats.jsontext import json_text, lines, walk
from geozone.land.formats.ogr import numbers_from, telling

LINES = (".geojsonl", ".geojsons", ".ndjson")
"""Endings of files with one feature a line."""
DEGREES = CRS.from_epsg(4326)
"""What GeoJSON is in where it states no CRS: longitude, latitude of WGS 84."""
REGISTERED = re.compile(r"(?:urn:(?:x-)?ogc:def:crs:)?EPSG:(?:[\d.]*:)?(\d+)", re.IGNORECASE)
LONGITUDE_FIRST = re.compile(r"(?:urn:ogc:def:crs:)?OGC:(?:[\d.]*:)?CRS84", re.IGNORECASE)
TOTALS = ("numberMatched", "totalFeatures", "numberReturned")
SHOWN = 5

Json = Any  # JSON values of mixed types


def read_geojson(path: Path, wanted: Wanted) -> Features:
    """The features of a GeoJSON, numbered by their own ``id`` or by row. Raises
    ``UnreadableError``."""
    if wanted.layer is not None and wanted.layer != path.stem:
        raise UnreadableError(
            f"没有图层 {wanted.layer!r} / there is no layer {wanted.layer!r}",
            "删去 layer / remove layer",
            problem=None,
        )
    with telling():
        return _read(path, wanted)


def _read(path: Path, wanted: Wanted) -> Features:
    found = json_text(path.read_bytes(), wanted.encoding)
    rows = _Rows(_asked(wanted.fields))
    if path.suffix.lower() in LINES:
        members: dict[str, Json] = {"type": "FeatureCollection", "features": []}
        for one in lines(found.text):
            rows.take(one)
    else:
        members = walk(found.text, rows.take)
        _take_whole(members, rows)
    rows.settle()
    places = places_met(list(rows.names), wanted.fields, len(rows.shapes))
    names = list(rows.names)
    return Features(
        shapes=np.array([*(one.shape for one in rows.shapes), None], object)[:-1],
        columns={
            name: tuple(_text(row.get(names[at])) for row in rows.values)
            for name, at in places.items()
        },
        fids=_fids(rows.ids),
        crs=_crs(members),
        driver="GeoJSON",
        layer=path.stem,
        scanned=len(rows.shapes),
        unclosed=sum(one.unclosed > 0 for one in rows.shapes),
        encoding=found.encoding,
        notes=found.notes,
        doubts=_doubts(members, len(rows.shapes)),
    )


def _asked(fields: Sequence[str] | None) -> frozenset[str] | None:
    """All names, casefolded, under which the wanted fields may stand; ``None``: every name."""
    if fields is None:
        return None
    plain_names = [name.strip().casefold() for name in fields]
    others = (aliases().get(one, frozenset()) for one in plain_names)
    return frozenset(plain_names).union(*others)


@dataclass(eq=False)
class _Rows:
    """What was taken of the features so far: a gatherer that grows by each."""

    asked: frozenset[str] | None
    names: dict[str, None] = field(default_factory=dict)
    shapes: list[Drawn] = field(default_factory=list)
    values: list[dict[str, Json]] = field(default_factory=list)
    ids: list[Json] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def take(self, feature: Json) -> None:
        """Adds a feature; what is wrong with it is gathered."""
        try:
            shape, values = _drawn(feature), _properties(feature)
        except ValueError as error:
            number = len(self.shapes) + 1
            self.faults.append(f"要素 {number} / feature {number}: {error}")
            shape, values = Drawn(None), {}
        self.names.update(dict.fromkeys(values))
        self.shapes.append(shape)
        self.values.append(
            {
                name: one
                for name, one in values.items()
                if self.asked is None or name.strip().casefold() in self.asked
            }
        )
        self.ids.append(feature.get("id") if isinstance(feature, dict) else None)

    def settle(self) -> None:
        """Raises ``ValueError`` with all that is wrong, if anything is."""
        if self.faults:
            more = f" … ({len(self.faults)})" if len(self.faults) > SHOWN else ""
            raise ValueError("; ".join(self.faults[:SHOWN]) + more)


def _drawn(feature: Json) -> Drawn:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        kind = feature.get("type") if isinstance(feature, dict) else feature
        raise ValueError(f"不是 Feature / is no Feature: {kind!r:.60}")
    if "geometry" not in feature:
        raise ValueError("缺 geometry / has no geometry member")
    if "crs" in feature:
        raise ValueError("要素内另有 crs / the feature has a crs of its own")
    return drawn(feature["geometry"])


def _properties(feature: Json) -> dict[str, Json]:
    values = feature.get("properties")
    if values is not None and not isinstance(values, dict):
        raise ValueError("properties 不是对象 / properties is no object")
    return values or {}


def _take_whole(members: dict[str, Json], rows: _Rows) -> None:
    """Checks what kind of object it is; a lone feature or geometry is one feature."""
    kind = members.get("type")
    if kind == "FeatureCollection":
        if not isinstance(members.get("features"), list):
            raise ValueError("缺 features 数组 / the array features is missing")
    elif kind == "Feature":
        rows.take(members)
    elif kind == "Topology":
        raise ValueError("是 TopoJSON，请转 GeoJSON / is TopoJSON: convert it to GeoJSON")
    elif kind is None and {"geometryType", "spatialReference", "fields"} & members.keys():
        raise ValueError("是 Esri JSON，请转 GeoJSON / is Esri JSON: convert it to GeoJSON")
    else:
        shape = {name: one for name, one in members.items() if name != "crs"}
        rows.take({"type": "Feature", "properties": None, "geometry": shape})


def _crs(members: dict[str, Json]) -> CRS | None:
    """The CRS: by the old ``crs`` member, WGS 84 without it. Raises ``ValueError``."""
    if "crs" not in members:
        return DEGREES
    said = members["crs"]
    if said is None:
        return None
    about = said.get("properties") if isinstance(said, dict) else None
    if not isinstance(about, dict):
        raise ValueError(f"无法识别 crs / crs cannot be read: {said!r:.80}")
    name = f"EPSG:{about.get('code')}" if said.get("type") == "EPSG" else str(about.get("name"))
    if LONGITUDE_FIRST.fullmatch(name.strip()):
        return DEGREES
    code = REGISTERED.fullmatch(name.strip())
    if not code:
        raise ValueError(f"无法识别 crs / crs cannot be read: {name!r:.80}")
    try:
        return plain(CRS.from_epsg(int(code[1])))
    except CRSError as error:
        raise ValueError(f"没有坐标系 EPSG:{code[1]} / there is no EPSG:{code[1]}") from error


def _fids(ids: Sequence[Json]) -> tuple[int, ...]:
    """The ids of the features where all are distinct whole numbers, else rows from 1."""
    whole = [one for one in ids if isinstance(one, int) and not isinstance(one, bool) and one >= 0]
    if len(whole) == len(ids) == len(set(whole)) and all(one < 1 << 62 for one in whole):
        return numbers_from(np.array(whole, np.int64))
    return tuple(range(1, len(ids) + 1))


def _doubts(members: dict[str, Json], count: int) -> tuple[tuple[str, str], ...]:
    """What the file says of features that a service held back."""
    found = [
        f"{name} = {members[name]}"
        for name in TOTALS
        if isinstance(members.get(name), int) and members[name] != count
    ]
    about = members.get("properties")
    held = about if isinstance(about, dict) else {}
    if True in (members.get("exceededTransferLimit"), held.get("exceededTransferLimit")):
        found.append("exceededTransferLimit")
    if not found:
        return ()
    what = (
        f"下载不全：文件载明 {', '.join(found)}，实有 {count} 个 / the download is not whole: "
        f"{', '.join(found)} is stated, {count} are there"
    )
    return (("count-mismatch", what),)


def _text(value: Json) -> str | None:
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return canonical_text(value)
