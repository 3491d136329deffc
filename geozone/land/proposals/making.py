"""Proposals made of rows that are already located, whatever the format of their file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geozone.land.coordinates.crs import Operation
from geozone.land.coordinates.crshint import hint
from geozone.land.coordinates.crsways import ACCURACY, Ways
from geozone.land.coordinates.placing import whereabouts
from geozone.land.faults import Faults
from geozone.land.project import Project
from geozone.land.proposals.factvalues import number_from
from geozone.land.proposals.heads import Heads
from geozone.land.proposals.proposed import Proposal
from geozone.land.proposals.rows import Row
from geozone.land.proposals.stated import stated_activity, stated_facts
from geozone.land.shapes.geometry import KIND_OF, ZH
from geozone.land.shapes.sound import Sound, sound
from geozone.law.activity import Activity
from geozone.law.errors import Fault
from geozone.rules.vocabulary import objects

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


@dataclass(frozen=True, eq=False)
class Made:
    """What became of rows: their shapes in the working CRS, their proposals, each in its place.

    ``None`` stands where there is a fault; rows of ids that stand twice have a fault beside
    their proposals.
    """

    rows: tuple[Row, ...]
    placed: tuple[Sound | None, ...]
    proposals: tuple[Proposal | None, ...]

    @property
    def faults(self) -> list[Fault]:
        """What is wrong with the rows, in their order."""
        return [fault for row in self.rows for fault in row.faults.found]

    @property
    def kept(self) -> dict[int, Proposal]:
        """The proposals of the rows without fault, by the place of their row."""
        pairs = enumerate(zip(self.rows, self.proposals, strict=True))
        return {at: one for at, (row, one) in pairs if one and not row.faults.found}


def made_of(
    rows: Sequence[Row],
    heads: Heads,
    asked: Asked,
    *,
    project: Project,
    ways: Ways,
    numbers: Sequence[int] | None = None,
) -> Made:
    """The proposals of located rows; what is wrong with a row goes to its faults.

    ``numbers`` are the rows' places among all of their file, from 1, where they are not all.
    """
    placed = _placed(rows, heads, ways, project)
    shapes = [one.shape if one else None for one in placed]
    made = [
        _proposal(row, shape, heads, asked, number=number, project=project, ways=ways)
        for number, row, shape in zip(numbers or range(1, len(rows) + 1), rows, shapes, strict=True)
    ]
    _check_ids(rows, made)
    return Made(tuple(rows), tuple(placed), tuple(made))


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
