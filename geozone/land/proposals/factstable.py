"""A table of facts beside the proposals, joined by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from geozone.land.faults import Faults
from geozone.land.proposals.heads import Heads, read_heads
from geozone.land.proposals.rowfiles import read_rows
from geozone.land.proposals.rows import Given, Row
from geozone.land.receipt import HashedFile


@dataclass(frozen=True, eq=False)
class FactsTable:
    """The rows of a facts table by id, and what its columns mean."""

    name: str
    heads: Heads
    by_id: Mapping[str, Row]
    files: tuple[HashedFile, ...] = ()


def read_facts(path: Path, given: Given, faults: Faults) -> FactsTable:
    """The facts table at ``path``; rows without an id of their own are faults."""
    here = Faults(str(path), found=faults.found)
    table, files = read_rows(str(path), replace(given, crs=None), here)
    heads = read_heads(table.heads, here, short=False, places=True)
    by_id: dict[str, Row] = {}
    for row in table.rows:
        name = heads.cell(row.cells, "id") or ""
        if name in by_id or not name:
            what = f"id 重复或缺失 / id is missing or repeated: {name!r}"
            here.at(row.faults.place).add(what, "改正 / correct it")
        by_id[name] = row
    return FactsTable(str(path), heads, by_id, files)


def unused(heads: Heads) -> list[str]:
    """A remark on columns that mean nothing here."""
    if not heads.unknown:
        return []
    return [f"未知的列，未使用 / unknown columns, not used: {', '.join(heads.unknown)}"]


def with_facts(
    rows: Sequence[Row], heads: Heads, table: FactsTable, faults: Faults
) -> tuple[list[Row], Heads]:
    """The rows with the facts of their ids, and the heads of both; the rows' own cells win.

    A row without match, on either side, is a fault.
    """
    news = {
        meaning: f"{head} ({table.name})"
        for meaning, head in table.heads.by_meaning.items()
        if meaning not in heads.by_meaning
    }
    joined = [_joined(row, heads, table, news) for row in rows]
    used = {heads.cell(row.cells, "id") for row in rows}
    for name, row in table.by_id.items():
        if name not in used:
            here = Faults(table.name, row.faults.place, faults.found)
            here.add(f"没有提案 {name!r} / there is no proposal {name!r}", "核对 / check it")
    return joined, Heads({**news, **heads.by_meaning}, heads.unknown)


def _joined(row: Row, heads: Heads, table: FactsTable, news: Mapping[str, str]) -> Row:
    name = heads.cell(row.cells, "id") or ""
    match = table.by_id.get(name)
    if match is None:
        what = f"事实表中没有 {name!r} / {name!r} is not in {table.name}"
        row.faults.add(what, "补一行 / add a row")
        return row
    found = {head: table.heads.cell(match.cells, meaning) for meaning, head in news.items()}
    return replace(row, cells={**row.cells, **{k: text for k, text in found.items() if text}})
