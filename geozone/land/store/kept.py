"""A checked layer as an entry of arrays, and the same layer from its entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.land.coordinates.crs import Operation
from geozone.land.layers.cells import Affine, Raster
from geozone.land.layers.coverage import Polygons
from geozone.land.layers.later import Later
from geozone.land.layers.layer import Layer
from geozone.land.layers.sheet import Frame
from geozone.land.receipt import HashedFile, Receipt
from geozone.land.shapes.flat import Flat
from geozone.land.shapes.repairs import Repair
from geozone.land.spec import LayerSpec
from geozone.land.store.columns import Column, Names
from geozone.land.store.content import content_of, with_content
from geozone.land.store.entry import Arrays, Entry, Json
from geozone.land.store.held import Held
from geozone.land.store.key import crs_text
from geozone.land.store.packed import Packed, packed


def entry_of(layer: Layer, coverage: Polygons | None) -> Entry | None:
    """A layer as an entry; ``None`` where it could not be made again exactly.

    ``coverage`` is what was declared for it.
    """
    shapes = packed(layer.shapes)
    if shapes is None or (layer.raster is not None and not _is_plain(layer.raster)):
        return None
    classes = Column.of(layer.classes)
    columns = {name: Column.of(texts) for name, texts in layer.attributes.items()}
    told = {
        "receipt": asdict(layer.receipt),
        "flat": content_of(shapes.flat).hex(),
        "classes": classes.words,
        "attributes": {name: column.words for name, column in columns.items()},
        "declared": coverage is not None and layer.coverage is coverage.shape,
        "raster": None if layer.raster is None else _raster_told(layer.raster),
    }
    arrays: dict[str, NDArray[Any]] = {
        "xy": shapes.flat.xy,
        "starts": shapes.flat.starts,
        "sign": shapes.flat.sign,
        "owner": shapes.flat.owner,
        "kinds": shapes.kinds,
        "parts": shapes.parts,
        "firsts": shapes.firsts,
        "bounds": shapes.bounds,
        "classes": classes.codes,
    }
    names = Names.of(layer.ids)
    arrays |= {f"attribute {name}": column.codes for name, column in columns.items()}
    arrays |= {"ids": names.utf8, "id starts": names.starts}
    if not told["declared"]:
        arrays["coverage"] = np.frombuffer(shapely.to_wkb(layer.coverage), np.uint8)
    if layer.raster is not None:
        arrays |= {"values": layer.raster.values, "valid": layer.raster.valid}
    return Entry(told, arrays)


def layer_of(
    entry: Entry, spec: LayerSpec, name: str, *, frame: Frame, coverage: Polygons | None
) -> Layer:
    """The layer of an entry, whose shapes and texts are made when they are asked for."""
    told, held = entry.told, held_of(entry)
    return Layer(
        theme=spec.theme,
        name=name,
        shapes=Later(held.shapes.all),
        classes=Later(held.class_texts),
        attributes=Later(held.attribute_texts),
        ids=Later(held.names),
        coverage=_coverage(entry, coverage),
        complete_for=spec.complete_for,
        accuracy_m=spec.accuracy_m,
        half_width_m=spec.half_width_m or 0.0,
        raster=_raster(told["raster"], entry.arrays, frame.crs) if told["raster"] else None,
        receipt=_receipt(told["receipt"]),
        spec=spec,
        held=held,
    )


def entry_of_polygons(polygons: Polygons) -> Entry | None:
    """Placed polygons as an entry; ``None`` where they could not be made again exactly."""
    crs = crs_text(polygons.crs)
    if shapely.has_z(polygons.shape) or CRS.from_user_input(crs) != polygons.crs or polygons.mends:
        return None
    told = {"receipt": asdict(polygons.receipt), "crs": crs}
    return Entry(told, {"shape": np.frombuffer(shapely.to_wkb(polygons.shape), np.uint8)})


def polygons_of(entry: Entry, crs: CRS | None) -> Polygons:
    """The polygons of an entry, in the CRS that they were kept in, if that is at hand."""
    shape: BaseGeometry = shapely.from_wkb(entry.arrays["shape"].tobytes())
    shapely.prepare(shape)
    told = entry.told
    there = CRS.from_user_input(told["crs"]) if crs is None else crs
    return Polygons(shape, there, _receipt(told["receipt"]))


def held_of(entry: Entry) -> Held:
    """What an entry holds of each feature, as arrays."""
    arrays, told = entry.arrays, entry.told
    flat = Flat(arrays["xy"], arrays["starts"], arrays["sign"], arrays["owner"])
    known = with_content(flat, bytes.fromhex(told["flat"]))
    parts, firsts, bounds = arrays["parts"], arrays["firsts"], arrays["bounds"]
    if len(bounds) == len(known.owner):  # a chain a shape
        vars(known)["bounds"] = bounds
    return Held(
        shapes=Packed(known, arrays["kinds"], parts, firsts, bounds),
        classes=Column(arrays["classes"], tuple(told["classes"])),
        attributes={
            name: Column(arrays[f"attribute {name}"], tuple(words))
            for name, words in told["attributes"].items()
        },
        ids=Names(arrays["ids"], arrays["id starts"]),
    )


def _coverage(entry: Entry, declared: Polygons | None) -> BaseGeometry:
    if entry.told["declared"] and declared is not None:
        return declared.shape
    whole: BaseGeometry = shapely.from_wkb(entry.arrays["coverage"].tobytes())
    return whole


def _is_plain(raster: Raster) -> bool:
    """Whether the way from its cells to the ground can be told in words and found again."""
    way = raster.operation
    return way.shift is None and CRS.from_user_input(crs_text(way.source)) == way.source


def _raster_told(raster: Raster) -> Json:
    return {"affine": asdict(raster.affine), "source": crs_text(raster.operation.source)}


def _raster(told: Mapping[str, Any], arrays: Arrays, crs: CRS) -> Raster:
    operation = Operation(CRS.from_user_input(told["source"]), crs)
    return Raster(arrays["values"], arrays["valid"], Affine(**told["affine"]), operation)


def _receipt(told: Mapping[str, Any]) -> Receipt:
    return Receipt(
        **{
            **told,
            "files": tuple(HashedFile(**one) for one in told["files"]),
            "mended": tuple(
                Repair(**{**one, "features": tuple(one["features"])}) for one in told["mended"]
            ),
            "repairs": tuple((what, count) for what, count in told["repairs"]),
            "remarks": tuple(told["remarks"]),
            "waived": tuple(told["waived"]),
            "versions": tuple((name, version) for name, version in told["versions"]),
        }
    )
