"""Which reader reads a vector file of a layer, by its ending."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from geozone.land.formats.features import Features, UnreadableError, Wanted
from geozone.land.formats.points import read_points
from geozone.land.formats.vectors import FORMATS, read_vectors

Reader = Callable[[Path, Wanted], Features]
READERS: dict[str, Reader] = {**dict.fromkeys(FORMATS, read_vectors), ".csv": read_points}


def read_features(path: Path, wanted: Wanted) -> Features:
    """The features of a vector file. Raises ``UnreadableError``, also for unknown endings."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join([*READERS, ".tif"])
        raise UnreadableError(
            f"不支持的格式 {path.suffix!r} / format {path.suffix!r} is not read",
            f"转为 / convert it to: {known}",
        )
    return reader(path, wanted)
