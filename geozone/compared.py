"""Two sides of the law compared, ready to be read or saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from geozone.answers.compare import Comparison
from geozone.options import BURNING, Options


@dataclass(frozen=True, eq=False)
class Compared:
    """Where verdicts change between two sides of the law, ready to be read or saved."""

    comparison: Comparison
    options: Options

    def save(self, folder: str | Path) -> None:
        """Write changes.csv, changes.json, changes.gpkg and changes.html into a folder.

        Raises ``Refused`` where one of them would replace a file of the project.
        """
        from geozone.pages.changefiles import (  # noqa: PLC0415 - late
            CHANGE_FILES,
            write_comparison,
        )
        from geozone.pages.files import spare  # noqa: PLC0415 - late

        reads = self.comparison.pair.a.project.reads
        spare([Path(folder) / one for one in CHANGE_FILES], reads)
        how = self.options.working(self.comparison.pair.a.project, BURNING)
        write_comparison(Path(folder), self.comparison, how)
