"""Archives of layers: names that climb out, bombs, several data sets, parts that are missing."""

from __future__ import annotations

import gzip
import io
import shutil
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

from corpus.ground import FAR, FIELD, Ground, cases, degrees, features, frame, write_layers

JSON = features(degrees(FAR), degrees(FIELD))
SMALL = features(degrees(FAR))


def zipped(*entries: tuple[Any, Any], name: str = "pbf.zip", then: Any = None, **keys: Any):
    """An archive of entries (name or ``ZipInfo``, content) as the layer under test."""

    def make(g: Ground) -> None:
        g.layer(name, **keys)
        content = packed(*entries)
        g.file(name, then(content) if then else content)

    return make


def packed(*entries: tuple[Any, Any]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out:
        for at, content in entries:
            out.writestr(at, content)
    return held.getvalue()


def shapefile(folder: str = "", *, left_out: str = "", name: str = "pbf", twice: bool = False):
    """A zipped shapefile, in a folder of the archive, with one of its files left out."""

    def make(g: Ground) -> None:
        made = g.folder / "made"
        made.mkdir()
        frame([FAR, FIELD]).to_file(made / f"{name}.shp", encoding="utf-8")
        entries = [(f"{folder}{one.name}", one.read_bytes()) for one in sorted(made.iterdir())]
        entries = [one for one in entries if not (left_out and one[0].endswith(left_out))]
        if twice:
            entries += [(at.replace(name, "second"), content) for at, content in entries]
        shutil.rmtree(made)
        zipped(*entries)(g)

    return make


def filegdb(g: Ground) -> None:
    write_layers(g.folder / "land.gdb", {"pbf": frame([FAR, FIELD])})
    entries = [
        (f"land.gdb/{one.name}", one.read_bytes()) for one in (g.folder / "land.gdb").iterdir()
    ]
    shutil.rmtree(g.folder / "land.gdb")
    zipped(*entries)(g)


def geopackage(g: Ground) -> None:
    made = g.vector("made.gpkg", [FAR, FIELD])
    zipped(("land/pbf.gpkg", made.read_bytes()))(g)
    made.unlink()


def link(target: str) -> tuple[zipfile.ZipInfo, str]:
    info = zipfile.ZipInfo("pbf.geojson")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return info, target


def entry(name: str, *, flags: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.flag_bits |= flags
    return info


def gbk(name: str, content: str) -> bytes:
    """An archive whose name is stored in GBK without saying so, as Windows does."""
    raw = name.encode("gb18030")
    data = packed(("x" * len(raw), content))
    return data.replace(b"x" * len(raw), raw)


def encrypted(data: bytes) -> bytes:
    """The flag of encryption in both heads."""
    changed = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[changed.index(mark) + at] |= 1
    return bytes(changed)


def lies(data: bytes) -> bytes:
    """Sizes in both heads that say ten bytes."""
    changed = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", changed, changed.index(mark) + at, 10)
    return bytes(changed)


def wrong_crc(data: bytes) -> bytes:
    changed = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        struct.pack_into("<I", changed, changed.index(mark) + at, 7)
    return bytes(changed)


def spoiled(data: bytes) -> bytes:
    changed = bytearray(data)
    changed[len(changed) // 3] ^= 0xFF
    return bytes(changed)


def two_heads(data: bytes) -> bytes:
    """An archive whose local head names another file than its directory."""
    return data.replace(b"pbf.geojson", b"xxx.geojson", 1)


def other(name: str, content: bytes):
    return lambda g: (g.layer(name), g.file(name, content))


def tar(kind: str) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=kind) as out:
        info = tarfile.TarInfo("pbf.geojson")
        info.size = len(JSON)
        out.addfile(info, io.BytesIO(JSON.encode()))
    return held.getvalue()


def proposed(*entries: tuple[Any, Any], then: Any = None):
    """An archive as the proposals file."""

    def make(g: Ground) -> None:
        content = packed(*entries)
        g.propose("wells.zip", then(content) if then else content)

    return make


GOOD_ENTRY = ("pbf.geojson", JSON)
VRT = "<OGRVRTDataSource/>"
NAME = "pbf.zip"


def bomb(g: Ground) -> None:
    zipped(("pbf.geojson", JSON + " " * (120 << 20)))(g)


def many(g: Ground) -> None:
    zipped(*((f"n{i}.txt", "") for i in range(20_000)), GOOD_ENTRY)(g)


TABLE = {
    "empty_archive": (zipped(), NAME),
    "no_data_set": (zipped(("readme.txt", "x"), ("plan.pdf", "x")), NAME),
    "two_data_sets": (zipped(("old.geojson", SMALL), ("new.geojson", JSON)), "new.geojson"),
    "two_data_sets_of_two_kinds": (zipped(GOOD_ENTRY, ("pbf.csv", "id\n")), "pbf.csv"),
    "two_shapefiles": (shapefile(twice=True), "second"),
    "shapefile_without_its_index": (shapefile(left_out=".shx"), "", "refused or prohibited"),
    "shapefile_without_its_table": (shapefile(left_out=".dbf"), "", "refused or prohibited"),
    "shapefile_without_its_crs": (shapefile(left_out=".prj"), "no CRS"),
    "shapefile_without_its_shapes": (shapefile(left_out=".shp"), NAME),
    "name_that_climbs_out": (zipped(("../pbf.geojson", JSON)), NAME),
    "name_that_climbs_out_behind_a_folder": (zipped(("a/../../pbf.geojson", JSON)), NAME),
    "name_that_is_absolute": (zipped(("/tmp/pbf.geojson", JSON)), NAME),
    "name_with_a_drive": (zipped(("C:/pbf.geojson", JSON)), NAME),
    "name_with_backslashes": (zipped(("..\\pbf.geojson", JSON)), NAME),
    "name_with_a_nul": (
        zipped(("pbfX.geojson", JSON), then=lambda d: d.replace(b"pbfX", b"pbf\x00")),
        NAME,
    ),
    "name_twice": (zipped(("pbf.geojson", SMALL), GOOD_ENTRY), NAME),
    "name_twice_in_other_case": (zipped(("PBF.GeoJSON", SMALL), GOOD_ENTRY), NAME),
    "link_inside": (zipped(link("/etc/passwd")), NAME),
    "archive_in_an_archive": (zipped(("pbf.zip", packed(GOOD_ENTRY))), NAME),
    "data_set_beside_an_archive": (
        zipped(GOOD_ENTRY, ("more.zip", packed(GOOD_ENTRY))),
        "",
        "refused or prohibited",
    ),
    "vrt_inside": (zipped(("pbf.vrt", VRT)), NAME),
    "vrt_beside_the_data_set": (zipped(GOOD_ENTRY, ("pbf.vrt", VRT)), "", "refused or prohibited"),
    "encrypted": (zipped(GOOD_ENTRY, then=encrypted), NAME),
    "bomb": (bomb, NAME),
    "sizes_that_lie": (zipped(("pbf.geojson", JSON), then=lies), NAME),
    "twenty_thousand_entries": (many, NAME),
    "checksum_wrong": (zipped(GOOD_ENTRY, then=wrong_crc), NAME),
    "one_bit_wrong": (zipped(GOOD_ENTRY, then=spoiled), NAME),
    "cut_in_half": (zipped(GOOD_ENTRY, then=lambda d: d[: len(d) // 2]), NAME),
    "cut_in_its_directory": (zipped(GOOD_ENTRY, then=lambda d: d[:-30]), NAME),
    "heads_that_differ": (zipped(GOOD_ENTRY, then=two_heads), NAME),
    "is_text": (other(NAME, b"no archive"), NAME),
    "is_empty": (other(NAME, b""), NAME),
    "is_geojson": (other(NAME, JSON.encode()), NAME),
    "is_a_tar": (other(NAME, tar("w")), NAME),
    "rar": (other("pbf.rar", b"Rar!\x1a\x07\x00"), "zip"),
    "seven_zip": (other("pbf.7z", b"7z\xbc\xaf\x27\x1c"), "zip"),
    "tar_gz": (other("pbf.tar.gz", tar("w:gz")), "zip"),
    "gz": (other("pbf.geojson.gz", gzip.compress(JSON.encode())), "zip"),
    "geopackage_is_an_archive": (other("pbf.gpkg", packed(GOOD_ENTRY)), "pbf.gpkg"),
    "geojson_is_an_archive": (other("pbf.geojson", packed(GOOD_ENTRY)), "pbf.geojson"),
    "raw_deflate": (other(NAME, zlib.compress(JSON.encode())), NAME),
    "proposals_that_climb_out": (proposed(("../wells.csv", "id\n")), "wells.zip"),
    "proposals_linked": (proposed(link("/etc/passwd")), "wells.zip"),
    "proposals_encrypted": (proposed(("wells.csv", "id\n"), then=encrypted), "wells.zip"),
    "proposals_bomb": (proposed(("wells.csv", "id\n" + " " * (90 << 20))), "wells.zip"),
    "proposals_of_two_files": (proposed(("a.csv", "id\n"), ("b.csv", "id\n")), "wells.zip"),
    "part_of_a_path_in_it": (
        lambda g: (zipped(GOOD_ENTRY)(g), g.layers[0].update(path="pbf.zip/pbf.geojson")),
        "",
    ),
}


def wells(g: Ground) -> None:
    proposed(("wells.csv", Path(g.folder / "wells.csv").read_text("utf-8")))(g)


GOOD = {
    "geojson": (zipped(GOOD_ENTRY),),
    "shapefile": (shapefile(),),
    "shapefile_in_a_folder": (shapefile("land/2023/"),),
    "shapefile_with_a_chinese_name": (shapefile(name="永久基本农田"),),
    "geopackage": (geopackage,),
    "filegdb": (filegdb,),
    "name_in_gbk": (lambda g: (g.layer(NAME), g.file(NAME, gbk("永久基本农田.geojson", JSON))),),
    "name_in_utf8": (zipped(("永久基本农田.geojson", JSON)),),
    "with_papers": (
        zipped(GOOD_ENTRY, ("说明.pdf", "x"), ("readme.txt", "x"), ("pbf.qml", "<x/>")),
    ),
    "with_what_a_mac_adds": (
        zipped(GOOD_ENTRY, ("__MACOSX/._pbf.geojson", "x"), (".DS_Store", "x"), ("Thumbs.db", "x")),
    ),
    "with_a_comment": (zipped(GOOD_ENTRY, then=lambda d: d[:-2] + b"\x02\x00hi"),),
    "upper_case_ending": (zipped(GOOD_ENTRY, name="PBF.ZIP"),),
    "proposals": (wells,),
}
CASES = [*cases("archive", TABLE), *cases("archive", GOOD, "good")]
