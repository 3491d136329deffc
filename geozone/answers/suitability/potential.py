"""Geothermal potential by area: the volume method, or area times unit heat; never a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from geozone.answers.suitability.model import Cite, Class
from geozone.answers.zoning import SQUARE_METRES_PER_HECTARE
from geozone.figures import Book, Figure, figures_at
from geozone.law.errors import Fault, Refused
from geozone.law.verdict import Verdict

JOULES_PER_GJ = 1e9
UNITS = ("GJ", "GJ/a")
BEST = (Class.SUITABLE, Class.MODERATE)


@dataclass(frozen=True)
class Stated:
    """A number with the limits between which it may lie, and where it comes from."""

    value: float
    low: float
    high: float
    cite: Cite

    @classmethod
    def exactly(cls, value: float, cite: Cite) -> Stated:
        """A number that is taken as it stands."""
        return cls(value, value, value, cite)


@dataclass(frozen=True)
class Ground:
    """Ground that counts, in square metres; ``unknown_m2`` cannot be told and does not count.

    Of what counts ``restricted_m2`` is open only where the listed conditions are shown.
    """

    name: str
    square_m: float
    unknown_m2: float = 0.0
    restricted_m2: float = 0.0


@dataclass(frozen=True)
class Volume:
    """Heat stored in a reservoir, and the share of it that can be had.

    ``rock_heat`` and ``water_heat`` are joules per cubic metre and kelvin. With ``years`` the
    heat is spread evenly over them, without it is the whole.
    """

    thickness_m: Stated
    porosity: Stated
    rock_heat: Stated
    water_heat: Stated
    reservoir_degc: Stated
    reference_degc: Stated
    recovery: Stated
    years: Stated | None = None

    @property
    def unit(self) -> str:
        """The base unit of the heat."""
        return "GJ/a" if self.years else "GJ"

    @property
    def numbers(self) -> tuple[Stated, ...]:
        """All that it rests on, in the order of its fields."""
        found = (
            self.thickness_m, self.porosity, self.rock_heat, self.water_heat,
            self.reservoir_degc, self.reference_degc, self.recovery,
        )  # fmt: skip
        return (*found, self.years) if self.years else found

    def __post_init__(self) -> None:
        """Refuses numbers that cannot be, every one at once."""
        limits = {
            "thickness_m": (self.thickness_m, 0.0, None),
            "porosity": (self.porosity, 0.0, 1.0),
            "rock_heat": (self.rock_heat, 0.0, None),
            "water_heat": (self.water_heat, 0.0, None),
            "reservoir_degc": (self.reservoir_degc, self.reference_degc.high, None),
            "recovery": (self.recovery, 0.0, 1.0),
            "years": (self.years, 0.0, None),
        }
        faults = [
            fault
            for name, (one, least, most) in limits.items()
            if one is not None
            for fault in _outside(name, one, least, most)
        ]
        faults += _outside("reference_degc", self.reference_degc, None, None)
        if faults:
            raise Refused(faults)

    def per_m2(self) -> tuple[float, float, float]:
        """The heat under a square metre in ``unit``, and the least and most it may be.

        It is linear, or one over, in every number: its extremes lie where all stand at a limit.
        """
        one = self.numbers
        corners = product(*((number.low, number.high) for number in one))
        found = [_stored(numbers) for numbers in corners]
        return (_stored([number.value for number in one]), min(found), max(found))


def _stored(numbers: Sequence[float]) -> float:
    """GJ under a square metre that can be had, of so many years a year; as ``Volume.numbers``."""
    thickness, porosity, rock, water, reservoir, reference, recovery, *years = numbers
    heat = rock * (1 - porosity) + water * porosity
    stored = thickness * heat * (reservoir - reference) / JOULES_PER_GJ
    return stored * recovery / (years[0] if years else 1.0)


def _outside(name: str, one: Stated, least: float | None, most: float | None) -> list[Fault]:
    """What is wrong with a number: its limits out of order, or beyond what can be."""
    wrong = not one.low <= one.value <= one.high < float("inf")  # also of what is no number
    wrong |= one.low == -float("inf") or (least is not None and one.low < least)
    wrong |= (most is not None and one.high > most) or (name == "years" and one.low <= 0)
    if not wrong:
        return []
    what = f"{one.low:g} ≤ {one.value:g} ≤ {one.high:g} 不成立或越界 / is out of order or of bounds"
    bounds = f"{'' if least is None else f'{least:g} … '}{'' if most is None else f'{most:g}'}"
    return [Fault("potential", name, what, f"改正 / correct it: {bounds}".rstrip(": "))]


@dataclass(frozen=True)
class UnitHeat:
    """Heat of a square metre in ``unit``, as an estimate elsewhere, or a document, has it."""

    heat: Stated
    unit: str

    def __post_init__(self) -> None:
        """Refuses a number that cannot be, and a unit that is none of heat."""
        faults = _outside("unit_heat", self.heat, 0.0, None)
        if self.unit not in UNITS:
            what = f"单位 {self.unit!r} 不是热量 / the unit {self.unit!r} is none of heat here"
            faults.append(Fault("potential", "unit", what, f"用 / take {', '.join(UNITS)}"))
        if faults:
            raise Refused(faults)

    def per_m2(self) -> tuple[float, float, float]:
        """The heat of a square metre, and the least and most it may be."""
        return (self.heat.value, self.heat.low, self.heat.high)

    @classmethod
    def of_figures(cls, book: Book, table: str, *, heat: str, area: str, row: str) -> UnitHeat:
        """What a table's columns come to in one row, such as its total.

        The least and most are those of the table's parts. Raises ``Refused`` where the figures are
        not there, or are no heat and no area.
        """
        tops, bottoms = (figures_at(book, f"{table}/{row}/{one}") for one in (heat, area))
        parts = (figures_at(book, f"{table}/*/{one}") for one in (heat, area))
        ratios = [one for one in map(_ratio, *parts) if one is not None]
        value = _ratio(tops[0], bottoms[0]) if len(tops) == len(bottoms) == 1 else None
        if value is None:
            what = f"{table}/{row}：没有可用的数 / has no figures to divide"
            raise Refused([Fault("figures", table, what, "另选一行 / choose another row")])
        source = tops[0].source.place["zh"]
        cite = Cite(f"{source}：{tops[0].printed} {tops[0].unit.zh} / {bottoms[0].printed} "
                    f"{bottoms[0].unit.zh}")  # fmt: skip
        low, high = min([value, *ratios]), max([value, *ratios])
        return cls(Stated(value, low, high, cite), tops[0].unit.base)


def _ratio(heat: Figure, area: Figure) -> float | None:
    """Heat a square metre; none where a figure is blank, or is no area."""
    top, bottom = heat.base_value, area.base_value
    if top is None or not bottom or area.unit.base != "m²":
        return None
    return float(top / bottom)


Method = Volume | UnitHeat


@dataclass(frozen=True)
class Potential:
    """The heat of one ground in ``unit``, with the least and most it may be."""

    ground: Ground
    value: float
    low: float
    high: float
    unit: str

    def to_dict(self) -> dict[str, Any]:  # JSON values of mixed types
        """The estimate as JSON values."""
        return {
            "name": self.ground.name,
            "area_m2": round(self.ground.square_m, 2),
            "restricted_m2": round(self.ground.restricted_m2, 2),
            "unknown_m2": round(self.ground.unknown_m2, 2),
            "heat": self.value,
            "low": self.low,
            "high": self.high,
            "unit": self.unit,
        }


Parts = Mapping[tuple[Class, Verdict | None], float]
"""Hectares by class, as the zones leave it, and verdict."""


def ground_of(
    name: str, parts: Parts, classes: Sequence[Class] = BEST, *, unseen_ha: float = 0.0
) -> Ground:
    """The ground of some classes; what is undetermined is told as unknown, whatever is asked.

    ``unseen_ha`` are hectares that were not looked at: they are unknown too.
    """
    wanted = [one for one in classes if one is not Class.UNDETERMINED]
    counted = sum(size for (of, _), size in parts.items() if of in wanted)
    held = sum(
        size
        for (of, verdict), size in parts.items()
        if of in wanted and verdict is Verdict.RESTRICTED
    )
    unknown = unseen_ha + sum(size for (of, _), size in parts.items() if of is Class.UNDETERMINED)
    scale = SQUARE_METRES_PER_HECTARE
    return Ground(name, counted * scale, unknown * scale, held * scale)


def potentials(ground: Iterable[Ground], method: Method) -> tuple[Potential, ...]:
    """The heat of every ground, by one method and one set of numbers for all."""
    value, low, high = method.per_m2()
    return tuple(
        Potential(one, value * one.square_m, low * one.square_m, high * one.square_m, method.unit)
        for one in ground
    )
