"""What the columns of a proposals file mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geozone.land.faults import Faults
from geozone.rules.vocabulary import facts

OWN = {
    "id": ("id", "编号", "地块编号"),
    "name": ("name", "名称", "地块名称"),
    "activity": ("activity", "活动"),
    "technology": ("technology", "技术", "利用技术"),
    "object": ("object", "对象"),
    "crs": ("crs", "坐标系"),
    "lon": ("lon", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "east": ("east",),
    "north": ("north",),
    "x_north": ("x_north",),
    "y_east": ("y_east",),
    "wkt": ("wkt",),
}
"""Columns that are no facts, and what else they are called."""
ACTIVITY = ("activity", "technology", "object")
PLACES = ("lon", "lat", "east", "north", "x_north", "y_east", "wkt", "crs")
SHORT = 10


@dataclass(frozen=True)
class Heads:
    """The head of each meaning (``id``, ``lon``, a fact's id, …), and heads without one."""

    by_meaning: Mapping[str, str]
    unknown: tuple[str, ...]

    def cell(self, cells: Mapping[str, str], meaning: str) -> str | None:
        """The cell of a meaning; ``None`` where there is no such column or it is empty."""
        head = self.by_meaning.get(meaning)
        return cells.get(head) if head is not None else None


def _meanings() -> dict[str, str]:
    """The meaning of every known head, casefolded."""
    known = {name.casefold(): meaning for meaning, names in OWN.items() for name in names}
    for kind in facts().values():
        for name in (kind.id, kind.zh, *kind.aliases):
            known.setdefault(name.casefold(), kind.id)
    return known


def read_heads(written: Sequence[str], faults: Faults, *, short: bool, places: bool) -> Heads:
    """What each head means; two heads of one meaning are a fault.

    ``short``: heads may be cut at ten characters. ``places``: coordinates stand in columns.
    """
    known = _meanings()
    by_meaning: dict[str, str] = {}
    unknown = []
    for head in written:
        meaning = known.get(head.casefold()) or (_uncut(head, known) if short else None)
        if meaning is None or (meaning in PLACES and not places):
            unknown.append(head)
        elif meaning in by_meaning:
            faults.add(
                f"两列同义 / two columns mean {meaning}: {by_meaning[meaning]!r}, {head!r}",
                "删去一列 / remove one",
            )
        else:
            by_meaning[meaning] = head
    return Heads(by_meaning, tuple(one for one in unknown if one))


def _uncut(head: str, known: Mapping[str, str]) -> str | None:
    """The only meaning whose name was cut to this head."""
    if len(head) != SHORT:
        return None
    found = {meaning for name, meaning in known.items() if name[:SHORT] == head.casefold()}
    return found.pop() if len(found) == 1 else None
