"""What the columns of a proposals file mean."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from geozone.land.coordinates.datums import TAKEN, named_datum
from geozone.land.faults import Faults
from geozone.land.survey.angles import Writing, writing_of
from geozone.land.survey.numbers import half_width
from geozone.rules.vocabulary import facts

ACTIVITY = ("activity", "technology", "object")
POINTS = ("lon", "lat", "east", "north", "x_north", "y_east", "x", "y")
RECTANGLE = ("lon_from", "lon_to", "lat_from", "lat_to")
CORNERS = ("corner", "part", "ring", "hole", "area_km2")
PLACES = (*POINTS, *RECTANGLE, *CORNERS, "wkt", "crs", "angle_format", "serialised")
SHORT = 10
BRACKET = re.compile(r"(.+?)\s*[(\[](.+)[)\]]")
UNITS = frozenset(("m", "米", "metre", "meter"))
RUNS = {("x", "north"): "x_north", ("y", "east"): "y_east", ("x", "east"): "east"}
RUNS |= {("y", "north"): "north"}
WINDS = {"北": "north", "n": "north", "north": "north", "东": "east", "e": "east", "east": "east"}


@dataclass(frozen=True)
class Heads:
    """The head of each meaning (``id``, ``lon``, a fact's id, …), and heads without one.

    ``writings`` tells how columns of angles are declared to be written, by meaning.
    """

    by_meaning: Mapping[str, str]
    unknown: tuple[str, ...]
    writings: Mapping[str, Writing] = field(default_factory=dict)

    def cell(self, cells: Mapping[str, str], meaning: str) -> str | None:
        """The cell of a meaning; ``None`` where there is no such column or it is empty."""
        head = self.by_meaning.get(meaning)
        return cells.get(head) if head is not None else None

    def has(self, *meanings: str) -> bool:
        """Whether there are columns of all these meanings."""
        return all(one in self.by_meaning for one in meanings)


@cache
def own_heads() -> Mapping[str, tuple[str, ...]]:
    """Columns that are no facts, and what they are called."""
    text = (files("geozone.vocabulary") / "heads.toml").read_text("utf-8")
    return {meaning: tuple(names) for meaning, names in tomllib.loads(text).items()}


def _even(head: str) -> str:
    """A head without case, blanks and full-width characters."""
    return "".join(half_width(head).casefold().split())


@cache
def _meanings() -> Mapping[str, str]:
    """The meaning of every known head."""
    known = {_even(name): meaning for meaning, names in own_heads().items() for name in names}
    for kind in facts().values():
        for name in (kind.id, kind.zh, *kind.aliases):
            known.setdefault(_even(name), kind.id)
    return known


def read_heads(written: Sequence[str], faults: Faults, *, short: bool, places: bool) -> Heads:
    """What each head means; two heads of one meaning are a fault.

    ``short``: heads may be cut at ten characters. ``places``: coordinates stand in columns.
    """
    by_meaning: dict[str, str] = {}
    writings: dict[str, Writing] = {}
    unknown = []
    for head in written:
        meaning, writing = _meaning(head, short=short)
        if meaning is None or (meaning in PLACES and not places):
            unknown.append(head)
        elif meaning in by_meaning:
            faults.add(
                f"两列同义 / two columns mean {meaning}: {by_meaning[meaning]!r}, {head!r}",
                "删去一列 / remove one",
            )
        else:
            by_meaning[meaning] = head
            writings |= {meaning: writing} if writing else {}
    return Heads(by_meaning, tuple(one for one in unknown if one), writings)


def is_place(head: str) -> bool:
    """Whether a column of this head holds coordinates."""
    meaning, _ = _meaning(head, short=False)
    return meaning in (*POINTS, *RECTANGLE, "corner", "wkt")


def _meaning(head: str, *, short: bool) -> tuple[str | None, Writing | None]:
    """What a head means, and the writing of angles that it declares."""
    known = _meanings()
    found = known.get(_even(head))
    if found is not None:
        return found, None
    bracket = BRACKET.fullmatch(half_width(head).strip())
    if bracket is not None:
        return _bracketed(known.get(_even(bracket.group(1))), _even(bracket.group(2)))
    return (_uncut(head, known) if short else None), None


def _bracketed(meaning: str | None, inside: str) -> tuple[str | None, Writing | None]:
    """The meaning of a coordinate's head that ends in a bracket; none where that is not known."""
    if meaning in ("lon", "lat", *RECTANGLE):
        if inside in ("°", "度"):
            return meaning, None
        try:
            return meaning, writing_of(inside)
        except ValueError:
            return (meaning if inside in WINDS or _is_taken(inside) else None), None
    if meaning in ("x", "y") and inside in WINDS:
        return RUNS[meaning, WINDS[inside]], None
    return (meaning if meaning in POINTS and inside in UNITS else None), None


def _is_taken(inside: str) -> bool:
    """Whether a bracket names a datum of which degrees are taken as they stand."""
    datum = named_datum(inside)
    return datum is not None and datum.kind == TAKEN


def _uncut(head: str, known: Mapping[str, str]) -> str | None:
    """The only meaning whose name was cut to this head."""
    if len(head) != SHORT:
        return None
    found = {meaning for name, meaning in known.items() if name[:SHORT] == head.casefold()}
    return found.pop() if len(found) == 1 else None
