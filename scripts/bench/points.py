"""Random places, told by the partition and by distance: ``python scripts/bench/points.py DIR …``.

Every place in the study area is in exactly one face, and has the states of its evidence row;
one half of the places lie anywhere, the other 2 to 10 cm beside an edge. Places within 2 cm of
an edge are not asked. Cracks of less than a millimetre close: a place in one has the states of
places within 2 cm of it, and is counted apart. Ends with 1 if a single place is told otherwise,
and shows the first few.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

import geozone as gz
from geozone.answers.site import Site, open_site
from geozone.engine.outlines.edges import Edges
from geozone.engine.outlines.faces import to_shapely
from geozone.engine.partition import Partition, partition
from geozone.engine.states import states_at

EDGE_M = 0.02
FAR_M = 0.10
CHUNK = 100_000
SHOWN = 10
AROUND = 16
MM_PER_M = 1000.0

Places = NDArray[np.float64]
Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Count:
    """Places that were asked, told wrongly, in no face or in several, and in cracks."""

    asked: int = 0
    wrong: int = 0
    lost: int = 0
    cracks: int = 0


def main() -> None:
    """Read the command line, ask, print counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    found = [_ground(folder, args.points, args.seed) for folder in args.data]
    sys.exit(any(one.wrong or one.lost for one in found))


def _ground(folder: Path, count: int, seed: int) -> Count:
    began = time.monotonic()
    project = gz.open(folder).project
    site = open_site(project, project.activities)
    cut = partition(site.regions, project.area)
    known = _Known.of(site, cut)
    print(f"{folder}: {len(known.faces)} faces, {len(site.regions)} conditions", flush=True)
    total = Count()
    for name, places in (("anywhere", _anywhere), ("beside edges", _beside)):
        draw, part = np.random.default_rng(seed), Count()
        while part.asked < count // 2:
            part = _sum(part, known.asked(places(draw, project.area, cut.edges)))
        spent = time.monotonic() - began
        print(f"  {name}: {part} ({spent:.0f} s)", flush=True)
        total = _sum(total, part)
    return total


def _sum(one: Count, other: Count) -> Count:
    pairs = zip(astuple(one), astuple(other), strict=True)
    return Count(*(mine + yours for mine, yours in pairs))


def _anywhere(draw: np.random.Generator, area: shapely.Geometry, _: Edges) -> Places:
    west, south, east, north = area.bounds
    return draw.uniform((west, south), (east, north), (CHUNK, 2))


def _beside(draw: np.random.Generator, _: shapely.Geometry, edges: Edges) -> Places:
    """Places 2 to 10 cm beside edges: one third of them at their ends."""
    ends = edges.ends[draw.integers(0, len(edges), CHUNK)].astype(np.float64)
    along = np.clip(draw.uniform(-0.25, 1.25, CHUNK), 0, 1)[:, None]
    on = (ends[:, :2] * (1 - along) + ends[:, 2:] * along + edges.origin) / MM_PER_M
    turn, far = draw.uniform(0, 2 * np.pi, CHUNK), draw.uniform(EDGE_M, FAR_M, CHUNK)
    return on + np.column_stack([np.cos(turn) * far, np.sin(turn) * far])


@dataclass(frozen=True, eq=False)
class _Known:
    """What a partition says, ready to be asked at many places."""

    site: Site
    faces: Shapes
    row: NDArray[np.intp]
    rows: NDArray[np.uint8]
    edges: shapely.STRtree

    @classmethod
    def of(cls, site: Site, cut: Partition) -> _Known:
        faces = to_shapely(cut.faces)
        shapely.prepare(faces)
        shapely.prepare(site.project.area)
        ends = (cut.edges.ends.reshape(-1, 2, 2) + cut.edges.origin) / MM_PER_M
        rows = np.array(cut.evidence.rows, np.uint8)
        return cls(site, faces, cut.faces.label, rows, shapely.STRtree(shapely.linestrings(ends)))

    def asked(self, places: Places) -> Count:
        """What is found of the places that lie in the area, away from edges."""
        near = np.unique(self.edges.query(shapely.points(places), "dwithin", EDGE_M)[0])
        places = np.delete(places, near, axis=0)
        inside = shapely.intersects_xy(self.site.project.area, places)
        face, place = shapely.STRtree(shapely.points(places)).query(self.faces, "intersects")
        times = np.bincount(place, minlength=len(places))
        lost = times != inside
        told = np.zeros(len(places), np.intp)
        told[place] = self.row[face]
        sure = np.flatnonzero(inside & ~lost)
        said, wanted = self.rows[told[sure]], states_at(self.site.regions, places[sure])
        differs = np.flatnonzero((said != wanted).any(axis=1))
        wrong = differs[[not self._beside(places[sure[at]], said[at]) for at in differs]]
        for line in self._shown(places[sure][wrong], said[wrong], wanted[wrong]):
            print(line, flush=True)
        for x, y in places[lost][:SHOWN]:
            print(f"  lost: {x:.4f} {y:.4f}", flush=True)
        return Count(int(inside.sum()), len(wrong), int(lost.sum()), len(differs) - len(wrong))

    def _beside(self, place: Places, said: NDArray[np.uint8]) -> bool:
        """Whether every state is that of some place within 2 cm."""
        turn = np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
        around = place + EDGE_M * np.column_stack([np.cos(turn), np.sin(turn)])
        return bool((states_at(self.site.regions, around) == said).any(axis=0).all())

    def _shown(
        self, places: Places, said: NDArray[np.uint8], wanted: NDArray[np.uint8]
    ) -> Iterator[str]:
        for (x, y), one, other in list(zip(places, said, wanted, strict=True))[:SHOWN]:
            for k in np.flatnonzero(one != other):
                key = self.site.regions[k].condition.key
                yield f"  wrong: {x:.4f} {y:.4f} {key}: {one[k]}, not {other[k]}"


if __name__ == "__main__":
    main()
