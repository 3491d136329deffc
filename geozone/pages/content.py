"""What the web map and the parcel notice are made of: frozen values, no law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geozone.pages.text import Text

if TYPE_CHECKING:
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

Json = Mapping[str, Any]  # JSON values of mixed types

GeoJson = Json
"""A GeoJSON geometry, longitude and latitude in CGCS2000 degrees."""


@dataclass(frozen=True)
class Projection:
    """A transverse Mercator projection: what the page needs to find a cell.

    Degrees and metres; ``a`` and ``f`` are the ellipsoid's axis and flattening.
    """

    lon_0: float
    x_0: float
    a: float
    f: float
    y_0: float = 0.0
    lat_0: float = 0.0
    k: float = 1.0
    name: str = ""

    @classmethod
    def of(cls, crs: CRS) -> Projection:
        """The projection of a CRS. Raises ``ValueError`` if it is not transverse Mercator."""
        operation, ellipsoid = crs.coordinate_operation, crs.ellipsoid
        if (
            operation is None
            or ellipsoid is None
            or "Transverse Mercator" not in (operation.method_name)
        ):
            raise ValueError(f"{crs.name} is not a transverse Mercator CRS; choose a zone as crs")
        values = {one.name: float(one.value) for one in operation.params}
        return cls(
            lon_0=values["Longitude of natural origin"],
            x_0=values["False easting"],
            a=ellipsoid.semi_major_metre,
            f=1.0 / ellipsoid.inverse_flattening,
            y_0=values["False northing"],
            lat_0=values["Latitude of natural origin"],
            k=values["Scale factor at natural origin"],
            name=crs.name,
        )


@dataclass(frozen=True)
class MapGrid:
    """Where the cells lie: left and top edge in metres of the projection, square cells."""

    projection: Projection
    left: float
    top: float
    resolution_m: float
    rows: int
    cols: int


@dataclass(frozen=True)
class RowReason:
    """What is said of a row; ``causes``: code or code:theme, ``needs``: fact or rule:fact."""

    verdict: str
    rules: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class MapActivity:
    """One activity: its reasons by evidence row, and ellipsoidal hectares per verdict."""

    key: str
    name: Text
    rows: tuple[RowReason, ...]
    hectares: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class MapRule:
    """What the page tells of a rule: statement, citation, office."""

    says: Text
    cite: str
    office: Text = field(default_factory=dict)


@dataclass(frozen=True)
class MapPolicy:
    """A document that the verdicts rest on."""

    id: str
    title: Text
    number: str = ""


@dataclass(frozen=True)
class MapFinding:
    """A rule that a proposal meets, with its measures; ``None`` where nothing was measured."""

    rule: str
    verdict: str
    theme: str | None
    says: Text
    cite: str
    distance_m: float | None = None
    limit_m: float | None = None
    overlap_m2: float | None = None


@dataclass(frozen=True)
class MapGap:
    """Something that keeps a proposal's verdict open."""

    cause: str
    rule: str | None = None
    theme: str | None = None
    fact: str | None = None
    margin_m: float | None = None


@dataclass(frozen=True)
class MapProposal:
    """A judged proposal; ``activity`` is a ``TECH:OBJ`` key, ``verdict`` and ``ground`` codes."""

    id: str
    name: str
    activity: str
    activity_name: Text
    verdict: str
    ground: str
    geometry: GeoJson
    findings: tuple[MapFinding, ...] = ()
    gaps: tuple[MapGap, ...] = ()


@dataclass(frozen=True)
class MapClass:
    """A class of suitability in the legend: its value in the grid, code, words and colour."""

    value: int
    code: str
    name: Text
    colour: str
    hectares: float


@dataclass(frozen=True, eq=False)
class MapScore:
    """A grid of classes, ``codes`` (rows, cols) uint8 by their values, 255 outside."""

    title: Text
    grid: MapGrid
    codes: NDArray[np.uint8]
    classes: tuple[MapClass, ...]
    notes: tuple[Text, ...]


@dataclass(frozen=True, eq=False)
class MapContent:
    """All that the web map shows.

    ``index`` has shape (rows, cols), north up, uint16 or uint32: the evidence row of each cell;
    ``outside`` marks cells outside the area. ``on`` is an ISO date.
    """

    title: Text
    on: str
    grid: MapGrid
    index: NDArray[np.unsignedinteger[Any]]
    outside: int
    activities: tuple[MapActivity, ...]
    rules: Mapping[str, MapRule]
    outline: GeoJson
    policies: tuple[MapPolicy, ...] = ()
    proposals: tuple[MapProposal, ...] = ()
    themes: Mapping[str, Text] = field(default_factory=dict)
    facts: Mapping[str, Text] = field(default_factory=dict)
    places: Mapping[str, Text] = field(default_factory=dict)
    """Names of the administrative codes whose law governs."""
    attributions: tuple[str, ...] = ()
    receipts: tuple[Json, ...] = ()
    """Of every layer: theme, name, hash, number of features, date."""
    synthetic: bool = False
    engine: str = ""
    score: MapScore | None = None

    def __post_init__(self) -> None:
        if self.index.shape != (self.grid.rows, self.grid.cols):
            raise ValueError("the index must have the grid's rows and columns")
        inside = self.index[self.index != self.outside]
        needed = int(inside.max()) + 1 if inside.size else 0
        short = [one.key for one in self.activities if len(one.rows) < needed]
        if short:
            raise ValueError(f"activities without a reason for every row: {', '.join(short)}")


@dataclass(frozen=True)
class BoundaryPoint:
    """A boundary point as surveyed: x north, y east (with prefix where the CRS has one)."""

    name: str
    ring: int
    x_north: float
    y_east: float


@dataclass(frozen=True, eq=False)
class Parcel:
    """The parcel; ``shape`` in the working CRS, areas in square metres, the legal one as stated.

    ``zone`` is the number of the projection zone, ``central_meridian`` in degrees; boundary
    points are listed ring by ring, in their given order.
    """

    id: str
    name: str
    shape: BaseGeometry
    area_m2: float
    planar_area_m2: float
    crs: str
    zone: int | None
    central_meridian: float
    points: tuple[BoundaryPoint, ...] = ()
    legal_area_m2: float | None = None
    user: str = ""
    location: str = ""
    planned_use: str = ""
    supply: str = ""


@dataclass(frozen=True)
class MatrixCell:
    """The ground verdict of one activity on the parcel."""

    technology: str
    object: str
    ground: str
    rules: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class ParcelMeasure:
    """How the parcel lies to a theme: ground metres, ellipsoidal square metres, shares 0 to 1."""

    theme: str
    condition: str
    state: str
    distance_m: float | None = None
    nearest: str | None = None
    overlap_m2: float | None = None
    share: float | None = None
    limit_m: float | None = None
    share_low: float | None = None
    share_high: float | None = None


@dataclass(frozen=True)
class ClearTheme:
    """A theme that covers the parcel and does not touch it; ``None``: it has no feature."""

    theme: str
    distance_m: float | None = None
    nearest: str | None = None
    accuracy_m: float | None = None


@dataclass(frozen=True, eq=False)
class Nearby:
    """Features of a theme around the parcel, working CRS, for the location map."""

    theme: str
    shapes: tuple[BaseGeometry, ...]


@dataclass(frozen=True, eq=False)
class ParcelView:
    """All that the notice tells; lists of JSON values follow the contract.

    ``findings`` and ``gaps`` are the contract's entries with ``activities`` (``TECH:OBJ``)
    beside. ``changes``: policy, title, phase, date, says. ``duties``: rule, kind, technologies,
    applies, says, dossier, cite, validity. ``permits``: technology, permit, status, rules.
    ``history``: rule, says, cite, validity. ``resources``: theme, value, source.
    ``policies``: id, title, number, phase, validity (its four dates). ``on`` is an ISO date.
    """

    project: str
    on: str
    parcel: Parcel
    matrix: tuple[MatrixCell, ...]
    findings: tuple[Json, ...] = ()
    gaps: tuple[Json, ...] = ()
    measures: tuple[ParcelMeasure, ...] = ()
    clear: tuple[ClearTheme, ...] = ()
    changes: tuple[Json, ...] = ()
    resources: tuple[Json, ...] = ()
    duties: tuple[Json, ...] = ()
    permits: tuple[Json, ...] = ()
    history: tuple[Json, ...] = ()
    receipts: tuple[Json, ...] = ()
    inputs: tuple[Json, ...] = ()
    policies: tuple[Json, ...] = ()
    office: str = ""
    contact: str = ""
    adcode: str | None = None
    synthetic: bool = False
    engine: str = ""
    area: BaseGeometry | None = None
    nearby: tuple[Nearby, ...] = ()
