"""Which reader reads a proposals file."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from geozone.land.faults import Faults
from geozone.land.formats.features import UnreadableError
from geozone.land.formats.strange import refuse_ending
from geozone.land.proposals.rows import Given, RowFile
from geozone.land.proposals.tables import read_csv
from geozone.land.receipt import HashedFile
from geozone.land.sources.source import opened
from geozone.land.sources.written import ARCHIVES, is_archive
from geozone.land.strangers.child import TEXTS, VECTORS, WORKBOOKS
from geozone.land.strangers.confined import read_confined
from geozone.land.survey.txt import is_boundary_text, read_txt

MOST_TEXT_BYTES = 64 << 20
"""Largest table or 界址点 TXT; more is not a list of proposals."""
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""What no name or value has: control codes, marks that turn text around, halves of letters."""


def read_rows(written: str, given: Given, faults: Faults) -> tuple[RowFile, tuple[HashedFile, ...]]:
    """The rows of what a path names, and its files, hashed. Raises ``Refused``."""
    try:
        with opened(written, Path(), stranger=True) as source:
            found = _read(source.path, given, faults)
            check_text(found, faults)
            return replace(found, notes=(*source.notes, *found.notes)), source.files
    except UnreadableError as error:
        faults.add(error.what, error.todo)
    faults.settle()
    raise AssertionError("a fault was added")


def _read(path: Path, given: Given, faults: Faults) -> RowFile:
    """The rows of a file by its ending. Raises ``UnreadableError``."""
    ending = path.suffix.lower()
    if ending in TEXTS:
        return _read_text(path, given, faults)
    if ending not in (*VECTORS, *WORKBOOKS) and not is_archive(path.name):
        refuse_ending(path.suffix, (*TEXTS, *WORKBOOKS, *VECTORS, *ARCHIVES))
    found = read_confined(path, given, faults)
    return _read_text(found, given, faults) if isinstance(found, Path) else found


def _read_text(path: Path, given: Given, faults: Faults) -> RowFile:
    """A text is read here: it needs no driver. Raises ``UnreadableError``."""
    if given.layer is not None:
        raise UnreadableError(
            f"没有图层 / has no layers: {path.suffix}", "去掉 --layer / leave --layer out"
        )
    size = path.stat().st_size
    if size > MOST_TEXT_BYTES:
        raise UnreadableError(f"过大 / too large: {size} bytes", "拆分 / split it")
    if path.suffix.lower() == ".txt" and is_boundary_text(path):
        return read_txt(path, faults, given)
    return read_csv(path, faults)


def check_text(found: RowFile, faults: Faults) -> None:
    """A control character in a head or a cell is a fault, named by row and column."""
    for head in found.heads:
        _check_cell(head, head, faults)
    for row in found.rows:
        for head, text in row.cells.items():
            _check_cell(text, head, row.faults)


def _check_cell(text: str, head: str, faults: Faults) -> None:
    found = sorted(set(CONTROL.findall(text)))
    if found:
        codes = ", ".join(f"U+{ord(one):04X}" for one in found)
        faults.at(CONTROL.sub("?", head)).add(
            f"含控制字符 {codes} / holds control characters", "删去 / remove them"
        )
