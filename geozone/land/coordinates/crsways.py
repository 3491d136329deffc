"""The ways from the systems of a proposals file to the working CRS, each asked for once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pyproj import CRS

from geozone.land.coordinates.crs import Operation, datum_key, label
from geozone.land.coordinates.shift import Shift
from geozone.land.coordinates.terms import Refusal, Terms, refusal
from geozone.land.faults import Faults

ACCURACY = "position_accuracy_m"


@dataclass(frozen=True, eq=False)
class Ways:
    """The ways to ``target``; ``shift`` is what was declared for an old datum."""

    target: CRS
    shift: Shift | None = None
    known: dict[tuple[str, float], Refusal | Operation] = field(default_factory=dict)

    def way(self, crs: CRS, accuracy_m: float, faults: Faults) -> Operation | None:
        """The way of places of so stated an accuracy; ``None`` with a fault where there is none."""
        key = (crs.srs, accuracy_m)
        if key not in self.known:
            shift = self._shift(crs)
            refused = refusal(crs, Terms(accuracy_m, shift, ACCURACY))
            self.known[key] = refused or Operation(crs, self.target, shift)
        found = self.known[key]
        if isinstance(found, Operation):
            return found
        faults.at("crs").add(found.what, found.todo)
        return None

    def _shift(self, crs: CRS) -> Shift | None:
        wanted = self.shift is not None and self.shift.datum == datum_key(crs)
        return self.shift if wanted else None

    def added_m(self, crs: CRS | None) -> float:
        """What the way adds to the accuracy of places in a CRS, in metres."""
        shift = self._shift(crs) if crs is not None else None
        return shift.accuracy_m if shift is not None else 0.0

    def says(self) -> str:
        """The ways that were gone, in words, for the receipt."""
        gone = {one.says for one in self.known.values() if isinstance(one, Operation)}
        return ", ".join(sorted(gone))

    def check_use(self, systems: Iterable[CRS], faults: Faults) -> None:
        """A shift that serves no row at all was declared by mistake: a fault."""
        if self.shift is None or any(self._shift(one) is not None for one in systems):
            return
        faults.add(
            f"没有 {label(self.shift.frame)} 基准的坐标 / no coordinates are on the datum of "
            f"{label(self.shift.frame)}",
            "去掉 --datum-shift 或改正坐标系 / leave --datum-shift out or correct the CRS",
        )
