"""Proposals: wells, blocks, rights and parcels that somebody wants judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from geozone.land.coordinates.crsways import Ways
from geozone.land.coordinates.shiftfile import declared_shift
from geozone.land.faults import Faults
from geozone.land.layers.sheet import Frame
from geozone.land.project import Project
from geozone.land.proposals.factstable import read_facts, unused, with_facts
from geozone.land.proposals.heads import ACTIVITY, Heads, read_heads
from geozone.land.proposals.making import NO_ACTIVITY, Asked, made_of
from geozone.land.proposals.places import located
from geozone.land.proposals.proposed import Proposal, Proposals
from geozone.land.proposals.receipts import inputs_beside, receipt_of
from geozone.land.proposals.rowfiles import read_rows
from geozone.land.proposals.rows import Given
from geozone.land.proposals.tables import is_large_table
from geozone.land.receipt import Input
from geozone.land.sources.reads import local_files
from geozone.land.survey.pairs import coarse_words
from geozone.law.activity import Activity
from geozone.law.errors import Refused

__all__ = ["NOTHING_GIVEN", "NO_ACTIVITY", "Proposal", "Proposals", "read_proposals"]

NOTHING_GIVEN = Given()


def read_proposals(
    path: Path | str,
    project: Project,
    *,
    activity: Activity | None = None,
    given: Given = NOTHING_GIVEN,
    facts_file: Path | None = None,
    keep_going: bool = False,
    activity_needed: bool = True,
    jobs: int = 1,
) -> Proposals:
    """The proposals of a CSV, XLSX, vector file or 界址点 TXT.

    ``activity`` serves rows that state none; ``given`` tells what the file does not;
    ``facts_file`` is a table of facts by the same ids. With ``activity_needed`` false,
    activities are ignored (``NO_ACTIVITY``). ``jobs`` threads read a large table. Raises
    ``Refused`` with every fault; with ``keep_going`` faulty rows are left out, unless none is
    left.
    """
    is_plain = activity_needed and facts_file is None and given.datum_shift is None
    is_plain = is_plain and given.layer is None
    if is_plain and is_large_table(path):
        from geozone.land.proposals.bulkread import Wanted, read_points  # noqa: PLC0415 - heavy

        wanted = Wanted(activity, given.crs, keep_going)
        points = read_points(path, project, wanted, threads=jobs)
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
    alone = replace(given, layer=None)  # the layer is that of the proposals
    table = read_facts(facts_file, alone, faults) if facts_file is not None else None
    if table is not None:
        notes.extend(unused(table.heads))
        rows, heads = with_facts(rows, heads, table, faults)
    if not rows:
        faults.add("没有提案 / there are no proposals", "补充行 / add rows")
    frame = Frame(project.area, project.crs)
    ways = Ways(project.crs, declared_shift(given.datum_shift, frame, faults))
    ways.check_use((row.crs for row in rows if row.crs is not None), faults)
    made = made_of(rows, heads, asked, project=project, ways=ways)
    receipt = receipt_of(files, made.rows, made.placed, ways)
    wrong, items = made.faults, tuple(made.kept.values())
    if faults.found or (wrong and not (keep_going and items)):
        raise Refused([*faults.found, *wrong])
    inputs = [Input.of("proposals", str(path), receipt), *inputs_beside(table, given, ways.shift)]
    notes.extend(receipt.done)
    beside = [str(one) for one in (facts_file, given.datum_shift) if one is not None]
    return Proposals(
        items=items,
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
