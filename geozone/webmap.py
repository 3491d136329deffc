"""A web map, ready to be saved as one file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from geozone.law.errors import Fault, Refused


def map_path(path: Path) -> Path:
    """The path if a map can be written to it. Raises ``Refused`` for an ending but .html."""
    if path.suffix.lower() != ".html":
        what = f"未知格式 / unknown format {path.suffix!r}"
        raise Refused([Fault(str(path), "--out", what, "改用 .html / use .html")])
    return path


@dataclass(frozen=True, eq=False)
class WebMap:
    """A web map, one HTML text that asks nothing of the network."""

    html: str
    reads: tuple[Path, ...] = ()

    def save(self, path: str | Path) -> None:
        """Write the map to a file. Raises ``Refused`` for an ending other than .html."""
        from geozone.pages.files import spare, write_text  # noqa: PLC0415 - late

        target = map_path(Path(path))
        spare([target], self.reads)
        write_text(target, self.html)
