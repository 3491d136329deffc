"""Polygons from surveyed rings: closed, and put inside or beside each other by what they cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from geozone.land.faults import Faults


@dataclass(frozen=True)
class Corner:
    """A surveyed point: ``x`` east and ``y`` north (or degrees), and where the file has it."""

    name: str
    x: float
    y: float
    place: str

    def at(self, other: Corner) -> bool:
        """Whether both stand on one spot."""
        return (self.x, self.y) == (other.x, other.y)


@dataclass(frozen=True)
class Ring:
    """The corners of one ring as written.

    ``hole``: whether it is declared as one; ``None`` leaves it to what lies around it.
    """

    label: str
    corners: tuple[Corner, ...]
    hole: bool | None = None


@dataclass(frozen=True)
class Loop:
    """A closed ring without repeated corners; what was put right is counted."""

    ring: Ring
    corners: tuple[Corner, ...]
    closed: bool
    dropped: int

    @property
    def face(self) -> shapely.Polygon:
        """The ground that the loop goes round."""
        return shapely.Polygon([(one.x, one.y) for one in self.corners])


def closed_loop(ring: Ring, notes: list[str], faults: Faults) -> Loop | None:
    """The ring as a loop of at least three corners; ``None`` with faults.

    Repeated neighbours are dropped and said; a ring that goes on after it has closed, or whose
    last corner is named as the first but stands elsewhere, is a fault.
    """
    kept = [one for i, one in enumerate(ring.corners) if i == 0 or not one.at(ring.corners[i - 1])]
    dropped = len(ring.corners) - len(kept)
    if dropped:
        notes.append(f"{ring.label}：{dropped} 个重复点已去除 / {dropped} repeated points dropped")
    first, last = kept[0], kept[-1]
    early = next((one for one in kept[1:-1] if one.at(first)), None)
    if early is not None:
        faults.at(early.place).add(
            f"{ring.label} 在此闭合后仍有点 / the ring closes here, yet more points follow",
            "每圈一个圈号 / give each ring a number of its own",
        )
        return None
    closed = len(kept) > 1 and last.at(first)
    if not closed and len(kept) > 1 and last.name and last.name == first.name:
        faults.at(last.place).add(
            f"{ring.label} 闭合点 {last.name!r} 与首点坐标不同 / "
            "the closing point is named as the first but stands elsewhere",
            "核对坐标 / check the coordinates",
        )
        return None
    if closed and last.name != first.name:
        notes.append(
            f"{ring.label}：闭合点 {last.name!r} 与首点 {first.name!r} 点号不同 / "
            "the closing point has another name than the first"
        )
    corners = kept[:-1] if closed else kept
    if len(corners) < 3:
        faults.at(last.place).add(
            f"{ring.label} 的点数不足 / the ring has too few points",
            "至少 3 个界址点 / 3 points at least",
        )
        return None
    return Loop(ring, tuple(corners), closed, dropped)


def assembled(loops: Sequence[Loop], notes: list[str], faults: Faults) -> BaseGeometry | None:
    """One polygon or several of the loops; ``None`` with faults.

    A loop inside another is its hole, one inside a hole an island. Loops that cross, that are
    declared otherwise than they lie, or that make no valid polygon, are faults.
    """
    before = len(faults.found)
    faces = [one.face for one in loops]
    for loop, face in zip(loops, faces, strict=True):
        if not face.is_valid:
            faults.add(
                f"{loop.ring.label} 无效 / the ring is invalid: {shapely.is_valid_reason(face)}",
                "改正点位或顺序 / correct the points or their order",
            )
    if len(faults.found) > before:
        return None
    around = _around(loops, faces, faults)
    _check_declared(loops, around, faults)
    if len(faults.found) > before:
        return None
    return _built(loops, around, notes, faults)


def _around(
    loops: Sequence[Loop], faces: Sequence[shapely.Polygon], faults: Faults
) -> list[list[int]]:
    """For each loop those that it lies in, smallest first; loops that cross are faults."""
    around: list[list[int]] = [[] for _ in loops]
    pairs = shapely.STRtree(faces).query(faces, predicate="intersects").T
    for one, other in sorted(map(tuple, pairs.tolist())):
        if one == other:
            continue
        if shapely.covers(faces[other], faces[one]) and not shapely.equals(
            faces[one], faces[other]
        ):
            around[one].append(other)
        elif one < other and not shapely.covers(faces[one], faces[other]):
            _check_apart(loops[one], loops[other], faces[one], faces[other], faults)
        elif one < other and shapely.equals(faces[one], faces[other]):
            _cross(loops[one], loops[other], faults)
    return [sorted(one, key=lambda at: faces[at].area) for one in around]


def _check_apart(
    one: Loop, other: Loop, face: shapely.Polygon, next_face: shapely.Polygon, faults: Faults
) -> None:
    if not shapely.touches(face, next_face):
        _cross(one, other, faults)


def _cross(one: Loop, other: Loop, faults: Faults) -> None:
    faults.add(
        f"{one.ring.label} 与 {other.ring.label} 重叠 / the rings overlap",
        "改正点位 / correct the points",
    )


def _check_declared(loops: Sequence[Loop], around: Sequence[Sequence[int]], faults: Faults) -> None:
    for loop, within in zip(loops, around, strict=True):
        is_hole = len(within) % 2 == 1
        if loop.ring.hole is not None and loop.ring.hole != is_hole:
            says = (
                "声明为挖空，却不在任何圈内 / is declared a hole but lies in no ring"
                if loop.ring.hole
                else "在另一圈内，却未声明为挖空 / lies in another ring but is not declared a hole"
            )
            faults.add(f"{loop.ring.label} {says}", "核对圈号与坐标 / check rings and points")


def _built(
    loops: Sequence[Loop], around: Sequence[Sequence[int]], notes: list[str], faults: Faults
) -> BaseGeometry | None:
    shells = [at for at, within in enumerate(around) if len(within) % 2 == 0]
    for at in (one for one in shells[1:] if loops[one].ring.hole is None):
        where = "圈内挖空中的岛 / an island in a hole" if around[at] else "在外 / outside"
        notes.append(f"{loops[at].ring.label}：{where}，作为另一部分 / taken as another part")
    polygons = [
        shapely.Polygon(
            loops[at].face.exterior,
            [
                loops[inner].face.exterior
                for inner, within in enumerate(around)
                if len(within) == len(around[at]) + 1 and within[0] == at
            ],
        )
        for at in shells
    ]
    shape: BaseGeometry = polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
    if not shape.is_valid:
        faults.add(
            f"各圈合不成有效的面 / the rings make no valid polygon: "
            f"{shapely.is_valid_reason(shape)}",
            "改正点位 / correct the points",
        )
        return None
    return shape
