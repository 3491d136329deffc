"""The known datums, as data: which are taken, which only with their error, which are old."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from geozone.rules.compiled import compiled

TAKEN, OFFSET, OLD = "taken", "offset", "old"
SIZE_TOLERANCE_M, FLATTENING_TOLERANCE = 1e-3, 1e-6


@dataclass(frozen=True)
class Datum:
    """A datum: how files and users call it, its ellipsoid, and how it may be used.

    ``error_m`` is how far places of an offset datum may be off; ``epsg`` its geographic CRS.
    """

    id: str
    zh: str
    en: str
    kind: str
    semi_major_m: float
    inverse_flattening: float
    datums: tuple[str, ...]
    names: tuple[str, ...]
    marks: tuple[str, ...]
    sources: tuple[str, ...] = ()
    epsg: int | None = None
    error_m: float = 0.0
    source: str = ""

    def has_ellipsoid(self, semi_major_m: float, inverse_flattening: float) -> bool:
        """Whether this is the datum's ellipsoid."""
        return (
            abs(semi_major_m - self.semi_major_m) < SIZE_TOLERANCE_M
            and abs(inverse_flattening - self.inverse_flattening) < FLATTENING_TOLERANCE
        )


@dataclass(frozen=True)
class Named:
    """A named operation: what the receipt says of it, and its accuracy where that is fixed."""

    says: str
    accuracy_m: float | None = None


@cache
def _data() -> dict[str, Any]:  # TOML tables are untyped
    found: dict[str, Any] = compiled(files("geozone.vocabulary") / "datums.toml", tomllib.loads)
    return found


@cache
def datums() -> dict[str, Datum]:
    """Every known datum by its id."""
    found = {}
    for key, table in _data()["datum"].items():
        values: dict[str, Any] = {  # of mixed types
            name: tuple(value) if isinstance(value, list) else value
            for name, value in table.items()
        }
        found[key] = Datum(id=key, **values)
    return found


@cache
def operations() -> dict[str, Named]:
    """The only operations that are ever done, by id."""
    return {key: Named(**table) for key, table in _data()["operation"].items()}


def folded(name: str) -> str:
    """A name without case, prefixes, hyphens, underscores and what stands in brackets."""
    plain = re.sub(r"[_\-\s]+", " ", name.casefold()).strip()
    plain = re.sub(r"^(d|gcs) ", "", plain)
    return re.sub(r"\s*\(g\d+\)$", "", plain)


@cache
def _by_datum() -> dict[str, Datum]:
    return {folded(name): one for one in datums().values() for name in one.datums}


@cache
def _by_name() -> dict[str, Datum]:
    return {folded(name): one for one in datums().values() for name in one.names}


def datum_called(name: str) -> Datum | None:
    """The datum that a file calls so."""
    return _by_datum().get(folded(name))


def named_datum(text: str) -> Datum | None:
    """The datum that a user calls so, as the name of a CRS in degrees."""
    return _by_name().get(folded(text))


def source_datum(text: str) -> Datum | None:
    """The offset datum of the web map that a layer's source names; the worst of several."""
    words = folded(text)
    named = [one for one in datums().values() if any(mark in words for mark in one.sources)]
    return max(named, key=lambda one: one.error_m, default=None)


def claimed(name: str) -> tuple[Datum, ...]:
    """The datums that the name of a CRS claims by its words."""
    words = folded(name)
    return tuple(one for one in datums().values() if any(mark in words for mark in one.marks))
