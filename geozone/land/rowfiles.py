"""Which reader reads a proposals file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from geozone.land.confined import ENDINGS, read_vector_rows
from geozone.land.faults import Faults
from geozone.land.formats.features import UnreadableError
from geozone.land.receipt import HashedFile
from geozone.land.rows import Given, RowFile
from geozone.land.sources.source import opened
from geozone.land.survey.txt import is_boundary_text, read_txt
from geozone.land.tables import read_csv, read_xlsx


def read_rows(written: str, given: Given, faults: Faults) -> tuple[RowFile, tuple[HashedFile, ...]]:
    """The rows of what a path names, and its files, hashed. Raises ``Refused``."""
    try:
        with opened(written, Path()) as source:
            return _read(source.path, given, faults), source.files
    except UnreadableError as error:
        faults.add(error.what, error.todo)
    faults.settle()
    raise AssertionError("a fault was added")


def _read(path: Path, given: Given, faults: Faults) -> RowFile:
    """The rows of a file by its ending. Raises ``UnreadableError``."""
    readers: dict[str, Callable[[], RowFile]] = {
        ".csv": lambda: read_csv(path, faults),
        ".xlsx": lambda: read_xlsx(path, faults),
        ".txt": lambda: (read_txt if is_boundary_text(path) else read_csv)(path, faults),
        **dict.fromkeys(ENDINGS, lambda: read_vector_rows(path, given, faults)),
    }
    ending = path.suffix.lower()
    if ending not in readers:
        known = ", ".join(readers)
        raise UnreadableError(
            f"不支持的格式 / format is not read: {ending!r}", f"转为 / convert to: {known}"
        )
    return readers[ending]()
