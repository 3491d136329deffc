"""From any file of polygons to a normal 界址点 TXT."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geozone.land.coordinates.crs import GEOGRAPHIC, label, working_crs
from geozone.land.coordinates.crsways import Ways
from geozone.land.coordinates.scale import ellipsoidal_area
from geozone.land.faults import Faults
from geozone.land.proposals.heads import Heads, read_heads
from geozone.land.proposals.places import located
from geozone.land.proposals.rowfiles import read_rows
from geozone.land.proposals.rows import Given, Row
from geozone.land.shapes.geometry import KIND_OF
from geozone.land.shapes.sound import sound
from geozone.land.survey.txtwrite import Heading, Lot, encoded, write_txt
from geozone.land.survey.zones import Zone, zone_of_crs
from geozone.law.errors import Fault, Refused

MU_M2 = Decimal(10_000) / 15
KEPT = {"sheet": "图幅号", "use": "地块用途", "land_class": "地类编码"}
NO_HEADING = Heading()


@dataclass(frozen=True, eq=False)
class Boundary:
    """A 界址点 TXT ready to be saved: its bytes, its zone, and areas in square metres by id."""

    content: bytes
    zone: Zone
    lots: tuple[Lot, ...]
    planar_m2: tuple[Decimal, ...]
    ellipsoidal_m2: tuple[float, ...]
    notes: tuple[str, ...]

    def lines(self) -> list[str]:
        """What was written, one line a parcel: planar and ellipsoidal area."""
        crs = self.zone.crs(prefixed=True)
        head = f"{crs.name} ({label(crs)})，{len(self.lots)} 个地块 / parcels"
        return [head, *map(_line, self.lots, self.planar_m2, self.ellipsoidal_m2)]


def _line(lot: Lot, planar_m2: Decimal, ellipsoidal_m2: float) -> str:
    return (
        f"{lot.id} {lot.name}".strip() + f"：平面 / planar {planar_m2 / 10_000:.4f} ha"
        f" = {planar_m2 / MU_M2:.2f} 亩；椭球 / ellipsoidal {ellipsoidal_m2 / 10_000:.4f} ha"
    )


def boundary(
    written: str, given: Given, *, heading: Heading = NO_HEADING, encoding: str = "gbk"
) -> Boundary:
    """The polygons of a file as 界址点 TXT, in their own CGCS2000 zone or else the nearest.

    Reads what ``assess`` reads; ``given.crs`` serves a file that states none. Areas in the text
    are planar, as surveys of land state them. Raises ``Refused`` with every fault.
    """
    faults = Faults(written)
    found, _ = read_rows(written, given, faults)
    heads = read_heads(found.heads, faults, short=found.short_heads, places=found.is_table)
    rows, notes = list(found.rows), list(found.notes)
    if found.is_table:
        there = located(rows, heads, given.crs, faults, kind="polygon")
        rows, heads = list(there.rows), there.heads
        notes.extend(there.notes)
    if not rows:
        faults.add("没有地块 / there are no parcels", "补充 / add some")
    zone = _zone(rows, faults)
    lots = _lots(rows, heads, zone)
    _check_ids(lots, faults)
    _settle(rows, faults)
    text = write_txt(lots, zone, heading, faults)
    content = encoded(text.text, encoding, faults)
    faults.settle()
    crs = zone.crs(prefixed=True)
    areas = tuple(ellipsoidal_area(lot.shape, crs) for lot in lots)
    return Boundary(content, zone, tuple(lots), text.areas_m2, areas, tuple(notes))


def text_path(path: Path) -> Path:
    """The path if 界址点 TXT can be written to it. Raises ``Refused`` for an ending but .txt."""
    if path.suffix.lower() != ".txt":
        what = f"未知格式 / unknown format {path.suffix!r}"
        raise Refused([Fault(str(path), "--out", what, "use .txt")])
    return path


def _settle(rows: Sequence[Row], faults: Faults) -> None:
    wrong = [*faults.found, *(fault for row in rows for fault in row.faults.found)]
    if wrong:
        raise Refused(wrong)


def _zone(rows: Sequence[Row], faults: Faults) -> Zone:
    """The zone that all rows are in, else the 3-degree one nearest their middle."""
    stated = {zone_of_crs(row.crs) for row in rows if row.crs is not None}
    if len(stated) == 1 and (only := stated.pop()) is not None:
        return only
    ways = Ways(GEOGRAPHIC)
    shapes = [_moved(row, ways) for row in rows]
    _settle(rows, faults)
    west, _, east, _ = shapely.total_bounds(np.array(shapes, object))
    try:
        nearest = zone_of_crs(working_crs((west + east) / 2))
    except ValueError as error:
        faults.add(str(error), "核对坐标 / check the coordinates")
        nearest = None
    if nearest is None:
        faults.settle()
        raise AssertionError("a fault was added")
    return nearest


def _moved(row: Row, ways: Ways) -> BaseGeometry | None:
    """The polygon of a row, checked and moved; ``None`` beside a fault."""
    if row.shape is None or row.crs is None:
        return None
    if KIND_OF.get(row.shape.geom_type) != "polygon":
        row.faults.add(
            f"应为面 / must be polygon, not {row.shape.geom_type}", "改为面 / draw areas"
        )
        return None
    operation = ways.way(row.crs, 0.0, row.faults)
    found = sound(row.shape, row.crs, operation, row.faults) if operation else None
    return found.shape if found else None


def _lots(rows: Sequence[Row], heads: Heads, zone: Zone) -> list[Lot]:
    ways, lots = Ways(zone.crs(prefixed=True)), []
    for number, row in enumerate(rows, 1):
        shape = _moved(row, ways)
        if shape is None:
            continue
        name = heads.cell(row.cells, "name") or ""
        kept = {key: row.cells.get(head, "") for key, head in KEPT.items()}
        lots.append(Lot(heads.cell(row.cells, "id") or str(number), shape, name, **kept))
    return lots


def _check_ids(lots: Sequence[Lot], faults: Faults) -> None:
    for name, count in Counter(lot.id for lot in lots).items():
        if count > 1:
            faults.at("id").add(f"id 重复 / id is repeated: {name!r}", "改名 / rename it")
