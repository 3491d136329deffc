"""Which reader reads a proposals file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from geozone.land.confined import ENDINGS, read_vector_rows
from geozone.land.faults import Faults
from geozone.land.features import UnreadableError
from geozone.land.rows import RowFile
from geozone.land.tables import read_csv, read_xlsx
from geozone.land.txt import is_boundary_text, read_txt


def read_rows(path: Path, crs: str | None, faults: Faults) -> RowFile:
    """The rows of a file by its ending. Raises ``Refused``."""
    readers: dict[str, Callable[[], RowFile]] = {
        ".csv": lambda: read_csv(path, faults),
        ".xlsx": lambda: read_xlsx(path, faults),
        ".txt": lambda: (read_txt if is_boundary_text(path) else read_csv)(path, faults),
        **dict.fromkeys(ENDINGS, lambda: read_vector_rows(path, crs, faults)),
    }
    ending = path.suffix.lower()
    if not path.is_file():
        faults.add("文件不存在 / the file does not exist", "改正路径 / correct the path")
    elif ending not in readers:
        known = ", ".join(readers)
        faults.add(f"不支持的格式 / format is not read: {ending!r}", f"转为 / convert to: {known}")
    faults.settle()
    try:
        return readers[ending]()
    except UnreadableError as error:
        faults.add(error.what, error.todo)
    faults.settle()
    raise AssertionError("a fault was added")
