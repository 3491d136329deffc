"""Which data set an archive holds: one file, or files that belong together, of one format."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from geozone.land.formats.features import UnreadableError
from geozone.land.sources.written import ARCHIVES, OTHER_ARCHIVES
from geozone.land.sources.zipfiles import Entry

STEM = "data"
"""The name that every unpacked data set gets."""
READ = (
    ".gpkg",
    ".shp",
    ".geojson",
    ".geojsonl",
    ".json",
    ".fgb",
    ".parquet",
    ".geoparquet",
    ".kml",
    ".csv",
    ".tsv",
    ".xlsx",
    ".dxf",
    ".tif",
    ".tiff",
)
"""Endings of data sets; a ``.gdb`` folder is one too."""
NOT_READ = (
    ".mdb",
    ".accdb",
    ".dwg",
    ".dgn",
    ".tab",
    ".mif",
    ".gml",
    ".gpx",
    ".e00",
    ".sqlite",
    ".img",
    ".xls",
)
"""Endings of data sets that are not read; they count, so that none is passed over."""
SIDES = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg"),
    ".gpkg": (".gpkg-wal", ".gpkg-journal"),
    ".tif": (".tif.msk",),
    ".tiff": (".tiff.msk",),
}
"""Endings that take the place of the data set's own, by format; all others are left."""
TEXT = ".txt"
REMARKS = ("readme", "read_me", "license", "licence", "metadata", "说明", "声明", "备注", "目录")
"""How the names of text files begin that are not data."""
LITTER = (".ds_store", "thumbs.db", "desktop.ini")
GDB_TABLE = "a00000001.gdbtable"
GDB_FILE = re.compile(r"(a[0-9a-f]{8}\..+|gdb|timestamps)", re.IGNORECASE)
LOCK = ".lock"
SHOWN = 8


@dataclass(frozen=True)
class DataSet:
    """Where each file of the data set goes, by generated name; ``main`` is what is read."""

    main: str
    files: Mapping[str, Entry]
    left: tuple[str, ...]
    """Names of what is not used."""


def only_data_set(entries: Sequence[Entry], *, is_kmz: bool, texts: bool) -> DataSet:
    """The one data set of an archive; with ``texts``, text files may be one.

    Raises ``UnreadableError``: none, several, an archive inside, a VRT.
    """
    ours = [one for one in entries if not _is_litter(one)]
    _check_inner(ours)
    endings = (".kml",) if is_kmz else (READ + NOT_READ + ((TEXT,) if texts else ()))
    folders = [] if is_kmz else _geodatabases(ours)
    found = [
        one
        for one in ours
        if _ending(one) in endings and not _is_remark(one) and _folder(one) not in folders
    ]
    names = sorted([*folders, *(one.name for one in found)])
    if len(names) != 1:
        raise _not_one(names, is_kmz=is_kmz)
    if folders:
        main, files = f"{STEM}.gdb", _in_geodatabase(ours, folders[0])
    else:
        main, files = _with_sides(ours, found[0])
    used = set(files.values())
    return DataSet(main, files, tuple(one.name for one in entries if one not in used))


def _ending(entry: Entry) -> str:
    return PurePosixPath(entry.name.lower()).suffix


def _folder(entry: Entry) -> str:
    return "/".join(entry.parts[:-1])


def _is_litter(entry: Entry) -> bool:
    """What systems leave behind in archives."""
    last = entry.parts[-1].lower()
    return entry.parts[0] == "__MACOSX" or last in LITTER or last.startswith("._")


def _is_remark(entry: Entry) -> bool:
    return _ending(entry) == TEXT and entry.parts[-1].lower().startswith(REMARKS)


def _check_inner(entries: Sequence[Entry]) -> None:
    wrong = {
        "压缩包内还有压缩包 / the archive holds an archive": (*ARCHIVES, *OTHER_ARCHIVES),
        "压缩包内有 VRT，不读 / the archive holds a VRT, which is never read": (".vrt",),
    }
    for what, endings in wrong.items():
        names = [one.name for one in entries if _ending(one) in endings]
        if names:
            raise UnreadableError(
                f"{what}: {_listed(names)}", "解压后重新打包 / unpack it, pack again", problem=None
            )


def _geodatabases(entries: Sequence[Entry]) -> list[str]:
    """The folders that hold the first table of a FileGDB, or are called one."""
    found = {
        _folder(one)
        for one in entries
        if one.parts[-1].lower() == GDB_TABLE or _folder(one).lower().endswith(".gdb")
    }
    return sorted(found)


def _in_geodatabase(entries: Sequence[Entry], folder: str) -> dict[str, Entry]:
    inside = [one for one in entries if _folder(one) == folder]
    return {
        f"{STEM}.gdb/{one.parts[-1]}": one
        for one in inside
        if GDB_FILE.fullmatch(one.parts[-1]) and not one.name.lower().endswith(LOCK)
    }


def _with_sides(entries: Sequence[Entry], main: Entry) -> tuple[str, dict[str, Entry]]:
    """A file with its side files, which differ from it in nothing but the ending."""
    ending = _ending(main)
    stem = main.name[: -len(ending)].casefold()
    files = {f"{STEM}{ending}": main}
    for side in SIDES.get(ending, ()):
        files.update(
            {f"{STEM}{side}": one for one in entries if one.name.casefold() == stem + side}
        )
    return f"{STEM}{ending}", files


def _not_one(names: Sequence[str], *, is_kmz: bool) -> UnreadableError:
    if not names:
        known = ".kml" if is_kmz else ", ".join((*READ, ".gdb"))
        return UnreadableError(
            "压缩包内没有可读的数据 / the archive holds no data that are read",
            f"放入一个数据集 / put one data set in: {known}",
            problem=None,
        )
    return UnreadableError(
        f"压缩包内有 {len(names)} 个数据集 / the archive holds {len(names)} data sets: "
        f"{_listed(names)}",
        "每个压缩包只放一个 / one data set per archive",
        problem=None,
    )


def _listed(names: Sequence[str]) -> str:
    more = f" … (+{len(names) - SHOWN})" if len(names) > SHOWN else ""
    return "、".join(names[:SHOWN]) + more
