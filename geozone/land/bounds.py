"""The polygons that bound a project, its study area and coverages: kept, else read and placed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyproj import CRS

from geozone.land.coordinates.crs import is_metric, label, parse_crs, working_crs
from geozone.land.coordinates.scale import MOST_STRETCH, is_conformal, is_true_to_scale
from geozone.land.faults import Faults
from geozone.land.layers.coverage import Polygons, read_coverage, read_polygons
from geozone.land.layers.sheet import Frame
from geozone.land.spec import LayerSpec, ProjectSpec
from geozone.land.store.entry import Entry, Json
from geozone.land.store.kept import entry_of_polygons, polygons_of
from geozone.land.store.key import bounds_key, ground_told
from geozone.land.store.keys import contents
from geozone.land.store.shelf import Shelf

AREA = "area"
"""What ``coverage`` says of a layer that was surveyed over the whole study area."""
ENDING = ".bounds"


@dataclass(frozen=True, eq=False)
class Bounds:
    """Reads the polygons of a project's folder, and keeps those that passed every check."""

    folder: Path
    shelf: Shelf | None
    """Where they are kept, under ``ENDING``; ``None``: nowhere."""
    used: set[str] = field(default_factory=set)

    def area(self, spec: ProjectSpec, faults: Faults) -> Polygons | None:
        """The study area in the working CRS; ``None`` with faults where something is wrong."""
        told, here = ["area", spec.crs], faults.of(spec.area).at("project, area")
        found = self._found(spec.area, told)
        if found is not None:
            return polygons_of(found, parse_crs(spec.crs) if spec.crs else None)

        def read() -> Polygons | None:
            area = read_polygons(spec.area, self.folder, here) if spec.area else None
            return _placed(spec, area, faults)

        return self._kept(spec.area, told, read, faults)

    def coverages(
        self, specs: Sequence[LayerSpec], frame: Frame | None, sha256: str, faults: Faults
    ) -> dict[str, Polygons]:
        """The coverage polygons by what the project file writes, each file read once.

        ``sha256`` is that of the area's file.
        """
        users: dict[str, str] = {}
        for spec in specs:
            if spec.coverage:
                users.setdefault(spec.coverage, spec.place)
        found: dict[str, Polygons] = {}
        for written, place in users.items():
            here = faults.of(written).at(f"{place}, coverage")
            polygons = self._coverage(written, frame, sha256, here)
            if polygons is not None:
                found[written] = polygons
        return found

    def _coverage(
        self, written: str, frame: Frame | None, sha256: str, faults: Faults
    ) -> Polygons | None:
        if written == AREA:
            return None if frame is None else Polygons(frame.area, frame.crs)
        if frame is None:
            return read_coverage(written, self.folder, frame, faults)
        told = ["coverage", ground_told(frame, sha256)]
        found = self._found(written, told)
        if found is not None:
            return polygons_of(found, frame.crs)
        return self._kept(
            written, told, lambda: read_coverage(written, self.folder, frame, faults), faults
        )

    def _found(self, written: str, told: Json) -> Entry | None:
        key = self._key(written, told)
        return self.shelf.find(key) if self.shelf and key else None

    def _kept(
        self, written: str, told: Json, read: Callable[[], Polygons | None], faults: Faults
    ) -> Polygons | None:
        """What is read, kept if nothing was wrong and its files are still the same."""
        key, before = self._key(written, told), len(faults.found)
        found = read()
        if self.shelf is None or key is None or found is None or len(faults.found) > before:
            return found
        entry = entry_of_polygons(found)
        if entry is not None and self._key(written, told) == key:
            self.shelf.put(key, entry)
            self.shelf.clean(self.used)
        return found

    def _key(self, written: str, told: Json) -> str | None:
        """What polygons rest on; ``None`` where they are never kept."""
        if self.shelf is None or not written:
            return None
        content = contents(written, self.folder, self.shelf.digests)
        if content is None:
            return None
        key = bounds_key(written, content, told)
        self.used.add(key)
        return key


def _placed(spec: ProjectSpec, area: Polygons | None, faults: Faults) -> Polygons | None:
    """The study area in the working CRS."""
    here = faults.at("project, crs")
    try:
        crs = parse_crs(spec.crs) if spec.crs else None
        if crs is not None and not is_metric(crs):
            raise ValueError(f"{spec.crs} 不是以米为单位的投影 / is not a projection in metres")
        if area is None:
            return None
        crs = crs or working_crs(area.longitude)
        _check_conformal(crs, area)
    except ValueError as error:
        here.add(str(error), 'crs = "EPSG:4547"')
        return None
    return area.onto(crs, faults.of(spec.area).at("project, area"))


def _check_conformal(crs: CRS, area: Polygons) -> None:
    if not is_conformal(crs, area.degrees):
        raise ValueError(
            f"{label(crs)} 在研究区不等角，距离因方向而异 / {label(crs)} is not conformal in "
            "the study area: its distances depend on direction"
        )
    if not is_true_to_scale(crs, area.degrees):
        raise ValueError(
            f"{label(crs)} 在研究区长度变形超过 {MOST_STRETCH:.1%} / {label(crs)} stretches "
            f"lengths by more than {MOST_STRETCH:.1%} in the study area: take a nearer meridian"
        )
