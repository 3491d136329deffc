"""Reading text DXF: straight entities of model space, each one read or accounted for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shapely.errors import ShapelyError

from geozone.land.faults import did_you_mean
from geozone.land.formats.decode import LATIN, WESTERN, decode, known_encoding
from geozone.land.formats.dxfshapes import SHAPES, Entity, Group, dxf_shape
from geozone.land.formats.features import Features, UnreadableError, Wanted
from geozone.land.formats.records import Record, Records

BINARY, DWG = b"AutoCAD Binary DXF", re.compile(rb"AC10\d\d")
UNICODE_SINCE = "AC1021"
"""Drawings of this version and later are UTF-8."""
NOTES = ("TEXT", "MTEXT", "ATTDEF", "ATTRIB", "DIMENSION", "LEADER", "MULTILEADER", "MLEADER")
BESIDE = (*NOTES, "VIEWPORT", "TOLERANCE", "ARC_DIMENSION", "LARGE_RADIAL_DIMENSION")
"""Lettering and frames: no features of the ground; counted in a note."""
CURVED = ("ARC", "CIRCLE", "ELLIPSE", "SPLINE", "HELIX")
ESCAPE = re.compile(r"\\U\+([0-9A-Fa-f]{4})")
FIELDS = {"Layer": 8, "EntityHandle": 5, "Linetype": 6, "Color": 62}
UTF_8 = "utf-8-sig"
"""UTF-8 with or without a mark."""
TODO = "另存为文本 DXF（R2007 或以上） / save it as text DXF (R2007 or later)"


def read_dxf(path: Path, wanted: Wanted) -> Features:
    """The entities as features, numbered in the order of the file, without a CRS.

    ``wanted.layer`` names one drawing layer; without it all are read, and the field ``Layer``
    tells them apart. Lines stay lines, also closed ones. Raises ``UnreadableError``.
    """
    return dxf_records(path, wanted.layer, wanted.encoding).features(wanted)


def dxf_records(path: Path, layer: str | None, encoding: str | None) -> Records:
    """The entities of model space, or of one drawing layer. Raises ``UnreadableError``."""
    try:
        drawing = _drawing(path.read_bytes(), encoding)
    except (OSError, ValueError) as error:
        raise UnreadableError(f"无法读取 / cannot be read: {error}", TODO) from error
    entities = [one for one in drawing.entities if one.whole(67) == 0]
    paper = len(drawing.entities) - len(entities)
    if layer is not None:
        entities = _of_layer(entities, layer)
    records = [_record(one) for one in entities if one.kind in SHAPES]
    beside = Counter(one.kind for one in entities if one.kind in BESIDE)
    beside |= Counter({"paper space": paper} if paper else {})
    strange = Counter(one.kind for one in entities if one.kind not in (*SHAPES, *BESIDE))
    return Records(
        records=tuple(records),
        crs=None,
        driver="DXF",
        layer=layer or "",
        encoding=drawing.encoding,
        notes=(f"未读的注记等 / lettering and frames left out: {_listed(beside)}",)
        if beside
        else (),
        doubts=tuple(_doubt(kind, count) for kind, count in sorted(strange.items())),
    )


@dataclass(frozen=True)
class Drawing:
    """The entities of a drawing, and the encoding of its texts."""

    entities: tuple[Entity, ...]
    encoding: str


def _drawing(content: bytes, declared: str | None) -> Drawing:
    if content.startswith(BINARY):
        raise ValueError("二进制 DXF / a binary DXF")
    if DWG.match(content):
        raise ValueError("内容是 DWG / the content is DWG")
    encoding = _encoding(content, declared)
    groups = list(_groups(content.decode(encoding)))
    if not groups or groups[-1] != (0, "EOF"):
        raise ValueError("文件不完整，没有 EOF / the file is cut: no EOF")
    return Drawing(tuple(_entities(groups)), encoding)


def _encoding(content: bytes, declared: str | None) -> str:
    """The encoding: by version, else by code page, else declared, else what fits.

    A Western code page says nothing: programs write it beside Chinese text.
    """
    head = content[: content.find(b"ENDSEC")].decode(LATIN)
    version = re.search(r"\$ACADVER\s+1\s+(\w+)", head)
    page = re.search(r"\$DWGCODEPAGE\s+3\s+(\w+)", head)
    stated = None
    if version and version[1] >= UNICODE_SINCE:
        stated = "utf-8"
    elif page and known_encoding(_page(page[1])) not in WESTERN:
        stated = known_encoding(_page(page[1]))
    asked = known_encoding(declared) if declared else None
    if stated and asked and stated != asked:
        raise ValueError(
            f"文件声明编码 {stated}，项目写 {asked} / it states {stated}, the project {asked}"
        )
    found = stated or asked or decode(content)[1]
    return UTF_8 if found == "utf-8" else found


def _page(written: str) -> str:
    return written.upper().replace("ANSI_", "CP")


def _groups(text: str) -> Iterator[Group]:
    """Pairs of a group code and its value. Raises ``ValueError`` where they do not pair."""
    lines = text.rstrip().split("\n")
    if len(lines) % 2:
        raise ValueError("组码与值不成对 / group codes and values do not pair")
    for at in range(0, len(lines), 2):
        try:
            yield int(lines[at]), lines[at + 1].strip()
        except ValueError as error:
            raise ValueError(f"第 {at + 1} 行不是组码 / line {at + 1} is no group code") from error


def _entities(groups: Sequence[Group]) -> Iterator[Entity]:
    """The entities of the ENTITIES section, vertices within their polyline."""
    starts = [at for at, one in enumerate(groups) if one == (2, "ENTITIES")]
    starts = [at for at in starts if groups[at - 1] == (0, "SECTION")]
    if len(starts) != 1:
        raise ValueError("没有 ENTITIES 段 / there is no ENTITIES section")
    held: Entity | None = None
    for one in _split(groups, starts[0] + 1):
        if held is not None and one.kind in ("VERTEX", "ATTRIB"):
            held = replace(held, parts=(*held.parts, one))
            continue
        if held is not None:
            yield held
            held = None
        if one.kind == "POLYLINE" or (one.kind == "INSERT" and one.whole(66)):
            held = one
        elif one.kind != "SEQEND":
            yield one
    if held is not None:
        yield held


def _split(groups: Sequence[Group], at: int) -> Iterator[Entity]:
    """The entities one after the other, up to the end of the section."""
    begin = at
    while groups[at] != (0, "ENDSEC"):
        at += 1
        if at == len(groups):
            raise ValueError("ENTITIES 段没有结束 / the ENTITIES section has no end")
        if groups[at][0] == 0:
            yield Entity(groups[begin][1], tuple(groups[begin + 1 : at]))
            begin = at


def _of_layer(entities: Sequence[Entity], layer: str) -> list[Entity]:
    known = dict.fromkeys(_plain(one.text(8)) or "0" for one in entities)
    if layer not in known:
        raise UnreadableError(
            f"没有图层 {layer!r} / there is no layer {layer!r}",
            did_you_mean(layer, known or ["—"]),
            problem=None,
        )
    return [one for one in entities if (_plain(one.text(8)) or "0") == layer]


def _record(entity: Entity) -> Record:
    values = {name: _plain(entity.text(code)) for name, code in FIELDS.items()}
    try:
        return Record(dxf_shape(entity), values)
    except (ValueError, ShapelyError) as error:
        handle = f" {values['EntityHandle']}" if values["EntityHandle"] else ""
        return Record(None, values, f"{entity.kind}{handle}: {error}")


def _plain(text: str | None) -> str | None:
    return ESCAPE.sub(lambda found: chr(int(found[1], 16)), text or "").strip() or None


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))


def _doubt(kind: str, count: int) -> tuple[str, str]:
    if kind in CURVED:
        why = "曲线，请先增密为折线 / curved: convert to straight segments"
    elif kind == "INSERT":
        why = "块参照，请先炸开 / block references: explode them"
    else:
        why = "不能读取 / not read"
    return "driver-warning", f"{count} {kind}: {why}"
