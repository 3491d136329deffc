"""What a vector file holds, as read and before any check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

Texts = tuple[str | None, ...]
STALE_COPY = "stale-copy"
"""The problem of a copy that may lack the newest rows; a declared hash or count settles it."""


@dataclass(frozen=True, eq=False)
class Features:
    """Features of one container layer, n of them, in the CRS of the file.

    ``shapes`` (n,) holds shapely geometries or ``None``; ``columns`` the wanted fields as
    text by their name as asked for; ``fids`` the number of each feature as stored, 1-based
    rows where the format stores none. ``crs`` is ``None`` where the file states none.
    """

    shapes: NDArray[np.object_]
    columns: Mapping[str, Texts]
    fids: tuple[int, ...]
    crs: CRS | None
    driver: str
    layer: str = ""
    declared: int | None = None
    scanned: int | None = None
    unclosed: int = 0
    encoding: str = ""
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What the user should know of the reading, and may let pass."""
    doubts: tuple[tuple[str, str], ...] = ()
    """Problems by their code, which stop the run unless waived, and what is wrong."""


@dataclass(frozen=True)
class Wanted:
    """What is asked of a file: the container layer, its fields, and the encoding it may lack.

    ``fields`` are ``None`` where every field is wanted, by its own name.
    """

    layer: str | None = None
    fields: tuple[str, ...] | None = ()
    encoding: str | None = None


class UnreadableError(Exception):
    """A file that cannot be read: what is wrong, what to do, and the code of the problem.

    ``problem`` is ``None`` where it may not be waived.
    """

    def __init__(self, what: str, todo: str, *, problem: str | None = "unreadable") -> None:
        self.what, self.todo, self.problem = what, todo, problem
        super().__init__(what)


def canonical_text(value: object) -> str | None:
    """A field's value as text; empty, null and NaN are ``None``, whole floats lose ``.0``."""
    if value is None or value != value:  # noqa: PLR0124 - only NaN differs from itself
        return None
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        value = value.date()
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None
