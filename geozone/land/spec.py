"""The project file as values: what stands in ``[project]`` and in each ``[[layer]]``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from geozone.land.coordinates.shift import Shift
from geozone.land.coordinates.terms import Terms
from geozone.law.activity import Activity

WAIVABLE = (
    "missing",
    "unreadable",
    "null-geometry",
    "empty-geometry",
    "invalid-geometry",
    "unknown-class",
    "count-mismatch",
    "driver-warning",
    "stale-copy",
    "far-from-area",
    "no-features",
)
"""Problems that may be waived in writing; everything else is refused whatever is written."""

RASTER_SUFFIXES = (".tif", ".tiff")
ARCHIVE_SUFFIXES = (".zip",)


def is_raster(path: str, has_cells: bool) -> bool:
    """Whether a path names a raster; an archive does where its table asks for cells."""
    ending = path.lower()
    return ending.endswith(RASTER_SUFFIXES) or (has_cells and ending.endswith(ARCHIVE_SUFFIXES))


@dataclass(frozen=True, eq=False)
class LayerSpec:
    """One ``[[layer]]`` table, checked.

    ``class_map`` gives the class of each value of ``class_field`` (``None``: class unknown);
    ``class_values`` gives the word for each raster value. Lengths in metres.
    """

    number: int
    """Place in the project file, from 1."""
    theme: str
    paths: tuple[str, ...]
    accuracy_m: float
    layer: str | None = None
    crs: str | None = None
    datum_shift: str | None = None
    """The file of declared parameters for an old datum."""
    shift: Shift | None = None
    """What that file declares; its accuracy is in ``accuracy_m``."""
    encoding: str | None = None
    class_field: str | None = None
    class_map: Mapping[str, str | None] | None = None
    class_values: Mapping[float, str] | None = None
    fields: Mapping[str, str] | None = None
    coverage: str | None = None
    empty_ok: bool = False
    complete_for: frozenset[str] | None = None
    as_of: date | None = None
    valid: tuple[date, date] | None = None
    max_age_days: int | None = None
    half_width_m: float | None = None
    band: int | None = None
    sha256: str | None = None
    features: int | None = None
    waive: Mapping[str, str] | None = None
    """Why each waived problem may pass, by problem."""
    synthetic: bool = False
    source: str | None = None
    licence: str | None = None

    @property
    def is_raster(self) -> bool:
        """Whether the files are rasters: by their ending, or in archives by ``band``."""
        return is_raster(self.paths[0], self.band is not None or self.class_values is not None)

    @property
    def terms(self) -> Terms:
        """On what terms its CRS may be used."""
        return Terms(self.accuracy_m, self.shift)

    @property
    def place(self) -> str:
        """How faults name this layer."""
        return f"layer {self.number} ({self.theme})"


@dataclass(frozen=True, eq=False)
class ProjectSpec:
    """The ``[project]`` table, checked; lengths in metres."""

    name: str
    area: str
    adcode: str | None
    on: date | None
    policies: tuple[str, ...] | None
    activities: tuple[Activity, ...]
    resolution_m: float
    crs: str | None
    proposal_accuracy_m: float
    parameters: Mapping[str, float | str]
    office: Mapping[str, str]
