"""Reading KML: every Placemark of every folder, by our own reader, which loses none unseen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from pyproj import CRS

from geozone.land.faults import did_you_mean
from geozone.land.formats.features import Features, UnreadableError, Wanted
from geozone.land.formats.kmlshapes import GEOMETRIES, shape_of
from geozone.land.formats.records import Record, Records
from geozone.land.formats.xmlguard import plain_xml, tally

CONTAINERS = ("kml", "Document", "Folder")
NOT_VECTOR = {
    "NetworkLink": "数据在别处 / its data are elsewhere",
    "GroundOverlay": "影像 / an image",
    "PhotoOverlay": "影像 / an image",
    "Model": "三维模型 / a model",
    "Track": "轨迹 / a track",
    "MultiTrack": "轨迹 / tracks",
    "Update": "更新指令 / an update of another file",
}
"""What a KML may hold that is no feature, and would be left out: refused."""
DEGREES = CRS.from_epsg(4326)

Element = ElementTree.Element


def read_kml(path: Path, wanted: Wanted) -> Features:
    """The Placemarks as features, numbered in the order of the file; WGS 84 degrees.

    ``wanted.layer`` names one folder; without it all are read as one layer. Raises
    ``UnreadableError``.
    """
    return kml_records(path, wanted.layer).features(wanted)


def kml_records(path: Path, folder: str | None) -> Records:
    """The Placemarks of all folders, or of those of one name. Raises ``UnreadableError``."""
    try:
        content = plain_xml(path.read_bytes())
        counts = tally(content)
        root = ElementTree.fromstring(content)  # noqa: S314 - tally refuses what is not plain
    except (OSError, ValueError, ElementTree.ParseError) as error:
        raise UnreadableError(
            f"无法读取 / cannot be read: {error}", "检查文件 / check it"
        ) from error
    _refuse_others(root, counts)
    _refuse_strays(root)
    if folder is not None:
        roots, scanned = _folders(root, folder), None
    else:
        roots, scanned = [root], counts.get("Placemark", 0)
    read = [_record(one) for top in roots for one in _placemarks(top)]
    return Records(
        records=tuple(one.record for one in read),
        crs=DEGREES,
        driver="KML",
        layer=folder or "",
        scanned=scanned,
        unclosed=sum(one.unclosed for one in read),
    )


def local(element: Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _refuse_others(root: Element, counts: Mapping[str, int]) -> None:
    if local(root) not in (*CONTAINERS, "Placemark"):
        raise UnreadableError(
            f"内容不是 KML，根元素为 / not KML, the root is {local(root)!r}", "检查文件 / check it"
        )
    strange = [
        f"{counts[name]} {name}: {why}" for name, why in NOT_VECTOR.items() if counts.get(name)
    ]
    if strange:
        raise UnreadableError(
            f"含有非矢量内容 / holds what is no vector: {'; '.join(strange)}",
            "只留点线面地标 / keep Placemarks with points, lines and polygons only",
        )


def _refuse_strays(root: Element) -> None:
    """Raises ``UnreadableError`` where positions stand outside every Placemark that is read."""
    inside = sum(_position_lists(one) for one in _placemarks(root))
    stray = _position_lists(root) - inside
    if stray:
        raise UnreadableError(
            f"{stray} 处坐标不在地标（Placemark）中 / {stray} lists of positions stand in no "
            "Placemark",
            "检查元素名与层次 / check the names and nesting of elements",
        )


def _position_lists(element: Element) -> int:
    return sum(local(one).casefold() == "coordinates" for one in element.iter())


def _placemarks(element: Element) -> Iterator[Element]:
    """The Placemarks that stand in folders, in the order of the file."""
    if local(element) == "Placemark":
        yield element
    elif local(element) in CONTAINERS:
        for one in element:
            yield from _placemarks(one)


def _folders(root: Element, name: str) -> list[Element]:
    """The outermost folders of that name. Raises ``UnreadableError`` where there is none."""
    named = {one: _child_text(one, "name") for one in root.iter() if local(one) in CONTAINERS}
    found = [one for one, called in named.items() if called == name]
    if not found:
        known = [called for called in named.values() if called]
        raise UnreadableError(
            f"没有文件夹 {name!r} / there is no folder {name!r}",
            did_you_mean(name, known or ["—"]),
            problem=None,
        )
    inner = {id(one) for outer in found for one in outer.iter() if one is not outer}
    return [one for one in found if id(one) not in inner]


@dataclass(frozen=True, eq=False)
class Read:
    """A Placemark as read, and how many of its rings had to be closed."""

    record: Record
    unclosed: int


def _record(placemark: Element) -> Read:
    values = _values(placemark)
    drawn = [one for one in placemark if local(one) in GEOMETRIES]
    name = f"{values.get('name') or ''}: "
    if len(drawn) > 1:
        fault = f"{name}一个地标有多个几何 / more than one geometry"
        return Read(Record(None, values, fault), 0)
    if not drawn:
        return Read(Record(None, values), 0)
    try:
        drawing = shape_of(drawn[0])
        if drawing.lists != _position_lists(drawn[0]):
            raise ValueError("含不认识的部分 / holds parts that are not known")
    except ValueError as error:
        return Read(Record(None, values, f"{name}{error}"), 0)
    return Read(Record(drawing.shape, values), drawing.unclosed)


def _values(placemark: Element) -> dict[str, str | None]:
    """The fields of a Placemark: its extended data, else its own name and description."""
    values: dict[str, str | None] = {}
    for one in placemark.iter():
        if local(one) == "SimpleData":
            values[one.get("name", "")] = _plain(one.text)
        elif local(one) == "Data":
            values[one.get("name", "")] = _child_text(one, "value")
    taken = {name.casefold() for name in values}
    for name in ("name", "description"):
        text = _child_text(placemark, name)
        if text is not None and name not in taken:
            values[name] = text
    return values


def _child_text(element: Element, name: str) -> str | None:
    found = next((one for one in element if local(one) == name), None)
    return None if found is None else _plain(found.text)


def _plain(text: str | None) -> str | None:
    return (text or "").strip() or None
