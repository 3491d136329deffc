"""Rasters of classes: values lost, masked, misplaced, or never written."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from corpus.ground import CRS, FIELD, Ground, cases

CELL = 100.0
AT = Affine(CELL, 0, 509_000, 0, -CELL, 4_218_000)
SHAPE = (220, 220)
CELLS = np.zeros(SHAPE, "uint8")
CELLS[105:115, 105:115] = 1
"""The field: ten by ten cells, 10,500 m from the north-west corner."""
VALUES = {"0": "none", "1": "present"}


def tif(cells: Any = CELLS, *, name: str = "pbf.tif", then: Any = None, **profile: Any):
    """The field as cells of 1 among 0, over the area and a kilometre around, 100 m a cell."""

    def make(g: Ground) -> None:
        layer(name)(g)
        written = np.atleast_3d(cells).transpose(2, 0, 1)
        known = {"crs": CRS, "transform": AT, "dtype": written.dtype, "driver": "GTiff"}
        shape = {"count": len(written), "height": written.shape[1], "width": written.shape[2]}
        with rasterio.open(g.folder / name, "w", **{**known, **shape, **profile}) as out:
            out.write(written)
            if then:
                then(out)

    return make


def layer(name: str = "pbf.tif", **keys: Any):
    table = {"class": {"values": VALUES}, "coverage": None, **keys}
    return lambda g: g.layer(name, **table)


def keyed(**keys: Any):
    def make(g: Ground) -> None:
        tif()(g)
        g.layers[0].update(keys)
        g.layers[0] = {k: v for k, v in g.layers[0].items() if v is not None}

    return make


def after(change: Any, **profile: Any):
    def make(g: Ground) -> None:
        tif(**profile)(g)
        change(g)

    return make


def beside(name: str, content: str | bytes):
    return after(lambda g: g.file(name, content))


def raw(content: bytes):
    return lambda g: (layer()(g), g.file("pbf.tif", content))


def sparse(g: Ground) -> None:
    """Tiles that were never written: the field's is left out."""
    layer()(g)
    options = {"tiled": True, "blockxsize": 16, "blockysize": 16, "sparse_ok": True}
    kind = {"crs": CRS, "transform": AT, "dtype": "uint8", "count": 1, "height": 220, "width": 220}
    with rasterio.open(g.folder / "pbf.tif", "w", driver="GTiff", **kind, **options) as out:
        out.write(np.full((1, 16, 16), 1, np.uint8), window=((0, 16), (0, 16)))


def huge(g: Ground) -> None:
    """A few bytes that declare 400,000 by 400,000 cells."""
    tags = [(256, 4, 400_000), (257, 4, 400_000), (258, 3, 8), (259, 3, 1), (262, 3, 1)]
    tags += [(273, 4, 8), (277, 3, 1), (278, 4, 400_000), (279, 4, 1)]
    body = b"II*\x00" + struct.pack("<I", 8) + struct.pack("<H", len(tags))
    for tag, kind, value in tags:
        body += struct.pack("<HHII", tag, kind, 1, value)
    raw(body + bytes(4))(g)


def cut(share: float, **profile: Any):
    def change(g: Ground) -> None:
        path = g.folder / "pbf.tif"
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    return after(change, **profile)


def scaled(out: Any) -> None:
    out.scales, out.offsets = (0.5,), (0.0,)


def masked(out: Any) -> None:
    out.write_mask(np.where(CELLS == 1, 0, 255).astype("uint8"))


def holes(value: float, dtype: str = "float32") -> Any:
    return np.where(CELLS == 1, value, 0).astype(dtype)


PAM = (
    "<PAMDataset><PAMRasterBand band='1'><NoDataValue>1</NoDataValue></PAMRasterBand></PAMDataset>"
)
PAM_AT = "<PAMDataset><GeoTransform>0,100,0,0,0,-100</GeoTransform></PAMDataset>"
VRT = """<VRTDataset rasterXSize="220" rasterYSize="220"><SRS>EPSG:4547</SRS>
<GeoTransform>509000,100,0,4218000,0,-100</GeoTransform><VRTRasterBand dataType="Byte" band="1">
<SimpleSource><SourceFilename>/etc/hostname</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"""
OPEN = "prohibited, rest open"

TABLE = {
    "no_crs": (tif(crs=None), "no CRS"),
    "no_place": (tif(transform=None), ""),
    "crs_of_an_old_datum": (tif(crs="EPSG:2435"), "Beijing"),
    "crs_of_another_zone": (tif(crs="EPSG:4548"), "far-from-area"),
    "crs_in_degrees": (tif(crs="EPSG:4490"), "not degrees"),
    "crs_declared_against_the_file": (keyed(crs="EPSG:4548"), "EPSG:4547"),
    "rotated": (tif(transform=AT @ Affine.rotation(5)), "rotated"),
    "sheared": (tif(transform=AT @ Affine.shear(3)), "rotated"),
    "mirrored": (
        tif(np.fliplr(CELLS), transform=Affine(-CELL, 0, 531_000, 0, -CELL, 4_218_000)),
        "",
        "refused or prohibited",
    ),
    "cells_of_no_width": (tif(transform=Affine(0, 0, 509_000, 0, -CELL, 4_218_000)), ""),
    "placed_by_a_world_file": (
        after(lambda g: g.file("pbf.tfw", "100\n0\n0\n-100\n509050\n4217950\n"), transform=None),
        "",
    ),
    "placed_by_side_metadata": (
        after(lambda g: g.file("pbf.tif.aux.xml", PAM_AT), transform=None),
        "",
    ),
    "world_file_moves_it": (
        beside("pbf.tfw", "100\n0\n0\n-100\n609050\n4317950\n"),
        "",
        "refused or prohibited",
    ),
    "side_metadata_hides_the_field": (beside("pbf.tif.aux.xml", PAM), "", "refused or prohibited"),
    "mask_beside": (
        lambda g: (tif()(g), tif(np.zeros(SHAPE, "uint8"), name="pbf.tif.msk")(g), g.layers.pop()),
        "msk",
    ),
    "overviews_beside": (
        lambda g: (tif()(g), tif(np.zeros(SHAPE, "uint8"), name="pbf.tif.ovr")(g), g.layers.pop()),
        "",
        "refused or prohibited",
    ),
    "field_is_nodata": (tif(nodata=1), "", "open"),
    "rest_is_nodata": (tif(nodata=0), "", OPEN),
    "field_is_nan": (tif(holes(np.nan)), "", "refused or held"),
    "field_is_minus_9999_and_undeclared": (tif(holes(-9999)), "unknown-class"),
    "field_is_255_and_undeclared": (tif(holes(255, "uint8")), "unknown-class"),
    "field_is_masked_inside": (tif(then=masked), "", "open"),
    "tiles_never_written": (sparse, "", "refused or held"),
    "value_unmapped": (tif(holes(2, "uint8")), "unknown-class"),
    "value_almost_mapped": (tif(holes(0.999)), "unknown-class"),
    "value_declared_unknown": (
        lambda g: (
            tif(holes(2, "uint8"))(g),
            g.layers[0].update({"class": {"values": {**VALUES, "2": "unknown"}}}),
        ),
        "",
        "refused or held",
    ),
    "values_of_complex_numbers": (tif(CELLS.astype("complex64")), "complex"),
    "scale_stated": (tif(then=scaled), "scale"),
    "band_not_there": (keyed(band=2), "band"),
    "band_zero": (keyed(band=0), "band"),
    "class_words_wrong": (keyed(**{"class": {"values": {"0": "none", "1": "yes"}}}), "present"),
    "class_key_no_number": (keyed(**{"class": {"values": {"a": "present"}}}), "values"),
    "class_of_a_field": (keyed(**{"class": {"field": "v", "map": {"1": "present"}}}), "class"),
    "class_left_out": (keyed(**{"class": None}), "", "refused or held"),
    "class_backwards": (keyed(**{"class": {"values": {"0": "none"}}}), "unknown-class"),
    "keys_of_vectors": (keyed(encoding="UTF-8"), "encoding"),
    "declares_400_000_by_400_000": (huge, "pbf.tif"),
    "cut_in_the_head": (cut(0.01), "pbf.tif"),
    "cut_in_the_middle": (cut(0.5), "pbf.tif"),
    "cut_at_the_end": (cut(0.97), "", "refused or prohibited"),
    "cut_and_compressed": (
        cut(0.6, compress="deflate", tiled=True, blockxsize=64, blockysize=64),
        "pbf.tif",
    ),
    "lossy": (
        tif(np.stack([CELLS] * 3, axis=2), compress="jpeg", photometric="rgb"),
        "",
        "refused or held",
    ),
    "is_text": (raw(b"no raster"), "pbf.tif"),
    "is_empty": (raw(b""), "pbf.tif"),
    "is_a_vrt": (raw(VRT.encode()), "pbf.tif"),
    "is_a_png": (after(lambda g: None, driver="PNG", crs=None, transform=None), "pbf.tif"),
    "is_a_vector": (
        lambda g: (layer()(g), g.vector("x.gpkg", [FIELD]).rename(g.folder / "pbf.tif")),
        "pbf.tif",
    ),
    "vrt_ending": (lambda g: (layer("pbf.vrt")(g), g.file("pbf.vrt", VRT)), ""),
    "image_ending": (lambda g: (layer("pbf.img")(g), g.file("pbf.img", "x")), ""),
    "covers_half": (
        tif(CELLS[:, :130]),
        "",
        OPEN,
    ),
    "covers_another_county": (
        tif(transform=Affine(CELL, 0, 609_000, 0, -CELL, 4_218_000)),
        "far-from-area",
    ),
    "two_of_the_same_theme_one_lost": (
        lambda g: (layer(None, paths=["a.tif", "b.tif"])(g), tif(name="a.tif")(g), g.layers.pop()),
        "b.tif",
    ),
    "hash_differs": (keyed(sha256="0" * 64), "sha256"),
}
DEGREES = Affine(0.001, 0, 114.1, 0, -0.001, 38.12)
GOOD = {
    "plain": (tif(),),
    "tiff_ending": (tif(name="pbf.tiff"),),
    "compressed_in_tiles": (tif(compress="deflate", tiled=True, blockxsize=64, blockysize=64),),
    "lzw_with_a_predictor": (tif(compress="lzw", predictor=2),),
    "zstandard": (tif(compress="zstd"),),
    "big_tiff": (tif(BIGTIFF="YES"),),
    "big_endian": (tif(holes(1, "uint16"), ENDIANNESS="BIG"),),
    "floats": (tif(holes(1)),),
    "signed": (tif(holes(1, "int16")),),
    "nodata_that_does_not_occur": (tif(nodata=255),),
    "nodata_outside_the_area": (
        tif(
            np.pad(CELLS, 20, constant_values=255),
            nodata=255,
            transform=AT @ Affine.translation(-20, -20),
        ),
    ),
    "south_at_the_top": (
        tif(np.flipud(CELLS), transform=Affine(CELL, 0, 509_000, 0, CELL, 4_196_000)),
    ),
    "in_degrees": (
        tif(
            np.pad(np.ones((12, 12), "uint8"), ((114, 154), (122, 246))),
            crs="EPSG:4490",
            transform=DEGREES,
        ),
    ),
    "one_bit_a_cell": (tif(nbits=1),),
    "with_a_palette": (
        tif(then=lambda out: out.write_colormap(1, {0: (0, 0, 0), 1: (255, 0, 0)})),
    ),
    "second_band": (
        lambda g: (tif(np.stack([CELLS * 0, CELLS], axis=2))(g), g.layers[0].update(band=2)),
    ),
    "chinese_name": (tif(name="永久基本农田.tif"),),
    "coverage_declared": (keyed(coverage="area"),),
}
CASES = [*cases("raster", TABLE), *cases("raster", GOOD, "good")]
