"""Proposals: wells, blocks, rights and parcels that somebody wants judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geozone.land.coordinates.crs import Operation
from geozone.land.coordinates.crshint import hint
from geozone.land.coordinates.crsways import ACCURACY, Ways
from geozone.land.coordinates.placing import whereabouts
from geozone.land.coordinates.shiftfile import declared_shift
from geozone.land.faults import Faults
from geozone.land.layers.sheet import Frame
from geozone.land.project import Project
from geozone.land.proposals.factstable import read_facts, unused, with_facts
from geozone.land.proposals.factvalues import number_from
from geozone.land.proposals.heads import ACTIVITY, Heads, read_heads
from geozone.land.proposals.places import located
from geozone.land.proposals.proposed import Proposal, Proposals
from geozone.land.proposals.receipts import inputs_beside, receipt_of
from geozone.land.proposals.rowfiles import read_rows
from geozone.land.proposals.rows import Given, Row
from geozone.land.proposals.stated import stated_activity, stated_facts
from geozone.land.proposals.tables import is_large_table
from geozone.land.receipt import Input
from geozone.land.shapes.geometry import KIND_OF, ZH
from geozone.land.shapes.sound import Sound, sound
from geozone.land.sources.reads import local_files
from geozone.land.survey.pairs import coarse_words
from geozone.law.activity import Activity
from geozone.law.errors import Refused
from geozone.rules.vocabulary import objects

__all__ = ["NOTHING_GIVEN", "NO_ACTIVITY", "Proposal", "Proposals", "read_proposals"]

NOTHING_GIVEN = Given()
NO_ACTIVITY = Activity("", "parcel")
"""Stands for the activity where none is asked for: a parcel, of which every activity is asked."""


@dataclass(frozen=True)
class Asked:
    """What the caller adds to a file: its activity, and whether activities count."""

    activity: Activity | None
    activity_needed: bool

    @property
    def kind(self) -> str | None:
        """The shape that a proposal must have: of a parcel where no activity is needed."""
        if not self.activity_needed:
            return "polygon"
        return objects()[self.activity.object].shape if self.activity else None


def read_proposals(
    path: Path | str,
    project: Project,
    *,
    activity: Activity | None = None,
    given: Given = NOTHING_GIVEN,
    facts_file: Path | None = None,
    keep_going: bool = False,
    activity_needed: bool = True,
) -> Proposals:
    """The proposals of a CSV, XLSX, vector file or 界址点 TXT.

    ``activity`` serves rows that state none; ``given`` tells what the file does not;
    ``facts_file`` is a table of facts by the same ids. With ``activity_needed`` false,
    activities are ignored (``NO_ACTIVITY``). Raises ``Refused`` with every fault; with
    ``keep_going`` faulty rows are left out, unless none is left.
    """
    is_plain = activity_needed and facts_file is None and given.datum_shift is None
    if is_plain and is_large_table(path):
        from geozone.land.proposals.bulkread import read_points  # noqa: PLC0415 - heavy, seldom

        points = read_points(path, project, activity=activity, crs=given.crs, threads=2)
        if points is not None:
            return points
    faults = Faults(str(path))
    asked = Asked(activity, activity_needed)
    found, files = read_rows(str(path), given, faults)
    heads = read_heads(found.heads, faults, short=found.short_heads, places=found.is_table)
    notes = [*found.notes, *_remarks(heads, asked)]
    rows = list(found.rows)
    if found.is_table:
        there = located(rows, heads, given.crs, faults, kind=asked.kind)
        rows, heads = list(there.rows), there.heads
        notes.extend(there.notes)
        if not project.proposal_accuracy_m:
            notes.extend(coarse_words(rows, heads))
    table = read_facts(facts_file, given, faults) if facts_file is not None else None
    if table is not None:
        notes.extend(unused(table.heads))
        rows, heads = with_facts(rows, heads, table, faults)
    if not rows:
        faults.add("没有提案 / there are no proposals", "补充行 / add rows")
    frame = Frame(project.area, project.crs)
    ways = Ways(project.crs, declared_shift(given.datum_shift, frame, faults))
    ways.check_use((row.crs for row in rows if row.crs is not None), faults)
    placed = _placed(rows, heads, ways, project)
    shapes = [one.shape if one else None for one in placed]
    receipt = receipt_of(files, rows, placed, ways)
    made = [
        _proposal(row, shape, heads, asked, number=i, project=project, ways=ways)
        for i, (row, shape) in enumerate(zip(rows, shapes, strict=True), 1)
    ]
    _check_ids(rows, made)
    wrong = [fault for row in rows for fault in row.faults.found]
    items = [one for one, row in zip(made, rows, strict=True) if one and not row.faults.found]
    if faults.found or (wrong and not (keep_going and items)):
        raise Refused([*faults.found, *wrong])
    inputs = [Input.of("proposals", str(path), receipt), *inputs_beside(table, given, ways.shift)]
    notes.extend(receipt.done)
    beside = [str(one) for one in (facts_file, given.datum_shift) if one is not None]
    return Proposals(
        items=tuple(items),
        faults=tuple(wrong),
        notes=tuple(notes),
        sha256=receipt.sha256,
        inputs=tuple(inputs),
        reads=local_files([str(path), *beside], Path()),
    )


def _remarks(heads: Heads, asked: Asked) -> list[str]:
    notes = unused(heads)
    if not asked.activity_needed and any(name in heads.by_meaning for name in ACTIVITY):
        notes.append("活动列未使用 / activity columns are ignored")
    return notes


def _placed(rows: Sequence[Row], heads: Heads, ways: Ways, project: Project) -> list[Sound | None]:
    """The shapes of the rows in the working CRS; ``None`` beside a fault."""
    placed: list[Sound | None] = []
    for row in rows:
        if row.shape is None or row.crs is None:
            placed.append(None)
            continue
        operation = ways.way(row.crs, _accuracy_m(row, heads, project), row.faults)
        found = sound(row.shape, row.crs, operation, row.faults) if operation else None
        inside = found is not None and _inside(found.shape, row, project)
        placed.append(found if inside else None)
    return placed


def _accuracy_m(row: Row, heads: Heads, project: Project) -> float:
    """The accuracy that a row states, else that of ``_unstated_m``; of a wrong one, none."""
    text = heads.cell(row.cells, ACCURACY)
    try:
        return _unstated_m(row, project) if text is None else number_from(text)
    except ValueError:
        return 0.0


def _unstated_m(row: Row, project: Project) -> float:
    """The project's accuracy; where it declares none, what the digits of the row allow."""
    return project.proposal_accuracy_m or row.coarse_m


def _inside(shape: BaseGeometry, row: Row, project: Project) -> bool:
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        where = ""
    elif shapely.intersects(project.area, shape):
        return True
    else:
        shapes = np.array([shape], object)
        better = hint(shapes, project.area, crs=project.crs, source=row.crs) if row.crs else ""
        where = f"，{whereabouts(shapes, project.area)[1]}{better}"
    row.faults.add(
        f"完全在研究区外{where} / wholly outside the study area",
        "核对坐标与坐标系 / check coordinates and CRS",
    )
    return False


def _proposal(
    row: Row,
    shape: BaseGeometry | None,
    heads: Heads,
    asked: Asked,
    *,
    number: int,
    project: Project,
    ways: Ways,
) -> Proposal | None:
    """The proposal of a row; ``None`` where something is wrong with it."""
    activity: Activity | None = NO_ACTIVITY
    if asked.activity_needed:
        activity = stated_activity(row.cells, heads, asked.activity, row.faults)
    facts = stated_facts(row.cells, heads, row.faults)
    name = heads.cell(row.cells, "id")
    if name is None and "id" in heads.by_meaning:
        row.faults.at("id").add("没有 id / the id is missing", "补写 / add it")
    if activity is not None and row.shape is not None:
        _check_kind(row.shape, activity, row.faults)
    if shape is None or activity is None or row.faults.found:
        return None
    stated = facts.get(ACCURACY, _unstated_m(row, project))
    accuracy = float(stated) if isinstance(stated, (int, float)) else 0.0
    return Proposal(
        id=name or str(number),
        activity=activity,
        shape=_single(shape),
        accuracy_m=accuracy + ways.added_m(row.crs),
        facts=facts,
        place=row.faults.place,
        name=heads.cell(row.cells, "name") or "",
        other=_other(row, project, ways),
    )


def _other(row: Row, project: Project, ways: Ways) -> BaseGeometry | None:
    """The other place of a row in the working CRS, if it lies in the study area."""
    if row.other is None or row.crs is None:
        return None
    moved = shapely.transform(row.other, Operation(row.crs, project.crs, ways.shift))
    return moved if shapely.intersects(project.area, moved) else None


def _check_kind(shape: BaseGeometry, activity: Activity, faults: Faults) -> None:
    """Wells are points; blocks, rights and parcels are polygons."""
    wanted = objects()[activity.object].shape
    kind = KIND_OF.get(_single(shape).geom_type, "other")
    fits = kind in ("point", "polygon") if wanted == "any" else kind == wanted
    if not fits or _single(shape).geom_type == "MultiPoint":
        needed = "point, polygon" if wanted == "any" else wanted
        faults.add(
            f"{objects()[activity.object].zh}应为{ZH.get(wanted, '点或面')} / "
            f"{activity.object} must be {needed}, not {shape.geom_type}",
            "改正图形或活动 / correct the shape or the activity",
        )


def _single(shape: BaseGeometry) -> BaseGeometry:
    """The only part of a collection of one; else the shape itself."""
    parts = shapely.get_parts(shape)
    return parts[0] if len(parts) == 1 and KIND_OF.get(shape.geom_type) else shape


def _check_ids(rows: Sequence[Row], made: Sequence[Proposal | None]) -> None:
    """Every row of an id that occurs twice is at fault: none of them can be told apart."""
    counts = Counter(one.id for one in made if one is not None)
    for row, one in zip(rows, made, strict=True):
        if one is not None and counts[one.id] > 1:
            row.faults.at("id").add(f"id 重复 / id is repeated: {one.id!r}", "改名 / rename it")
