"""Receipts of a proposals file and of the files read with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from pyproj import CRS

from geozone.land.coordinates.crs import label
from geozone.land.coordinates.crsways import Ways
from geozone.land.coordinates.shift import Shift
from geozone.land.proposals.factstable import FactsTable
from geozone.land.proposals.rows import Given, Row
from geozone.land.receipt import NO_RECEIPT, HashedFile, Input, Receipt, content_hash
from geozone.land.shapes.repairs import joined_repairs
from geozone.land.shapes.sound import Sound
from geozone.land.versions import stranger_versions


@dataclass(frozen=True, eq=False)
class Points:
    """Points of a large table, all in one system: how many there are."""

    count: int
    crs: CRS | None


NO_POINTS = Points(0, None)


def receipt_of(
    files: Sequence[HashedFile],
    rows: Sequence[Row],
    placed: Sequence[Sound | None],
    ways: Ways,
    more: Points = NO_POINTS,
) -> Receipt:
    """What was read of the file itself; its remarks are those of ``Proposals.notes``.

    ``more`` are points beside the rows, of which none was repaired or left out.
    """
    kept = [one for one in placed if one is not None]
    mended = joined_repairs(each for one in kept for each in one.repairs)
    systems = {label(row.crs) for row in rows if row.crs is not None}
    systems |= {label(more.crs)} if more.crs is not None and more.count else set()
    ending = PurePath(files[0].name).suffix if len(files) == 1 else ".shp"
    return Receipt(
        sha256=content_hash(files),
        files=tuple(files),
        read=len(rows) + more.count,
        kept=len(kept) + more.count,
        nulls=sum(row.shape is None for row in rows),
        repairs=tuple((one.what, one.count) for one in mended),
        mended=mended,
        crs=", ".join(sorted(systems)),
        operation=ways.says(),
        versions=stranger_versions(ending),
    )


def inputs_beside(table: FactsTable | None, given: Given, shift: Shift | None) -> list[Input]:
    """The files that were read with the proposals; of a datum shift no more than its kind."""
    found = []
    if table is not None:
        receipt = Receipt(content_hash(table.files), table.files, read=len(table.by_id))
        found.append(Input.of("facts", table.name, receipt))
    if shift is not None:
        receipt = replace(NO_RECEIPT, operation=shift.told)
        found.append(Input.of("datum_shift", str(given.datum_shift), receipt))
    return found
