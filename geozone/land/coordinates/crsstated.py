"""Which CRS counts: what the file states, or what is declared where it states none."""

from __future__ import annotations

from pyproj import CRS

from geozone.land.coordinates.crs import datum_key, datum_of, is_taken, label, named_crs, plain
from geozone.land.coordinates.datums import OFFSET, datums
from geozone.land.coordinates.terms import same_places, same_projection


class UnclearCrsError(Exception):
    """A file whose CRS cannot be told: what is wrong, and what to do."""

    def __init__(self, what: str, todo: str) -> None:
        self.what, self.todo = what, todo
        super().__init__(what)


def stated_crs(stored: CRS | None, declared: str | None) -> CRS:
    """The CRS of a file, of any datum: ``refusal`` says whether it may be used.

    A declared one counts where the file states none, where it means the same coordinates,
    where the file leaves the datum open, or where it names an offset (GCJ-02) behind plain
    degrees. Raises ``UnclearCrsError``.
    """
    try:
        asked = named_crs(declared) if declared is not None else None
    except ValueError as error:
        raise UnclearCrsError(str(error), 'crs = "EPSG:4490"') from error
    own = plain(stored) if stored is not None else None
    if own is None and asked is None:
        raise UnclearCrsError(
            "没有坐标系 / no CRS is stated",
            'crs = "EPSG:…" / --crs，勿猜测 / declare it, do not guess',
        )
    if own is None or asked is None:
        return own or asked  # type: ignore[return-value]  # one of them is there
    if _is_offset(asked, own) or _fills_gap(asked, own):
        return asked
    if same_places(own, asked):
        return own
    raise UnclearCrsError(
        f"文件坐标系 {label(own)}，声明 {label(asked)} / the file states {label(own)}, "
        f"{label(asked)} is declared",
        "删去 crs（或 --crs）或改正文件 / remove crs (or --crs) or correct the file",
    )


def _is_offset(asked: CRS, own: CRS) -> bool:
    """Whether the declared datum says what plain degrees hide: they are of a shifted map."""
    datum = datum_of(asked)
    return datum is not None and datum.kind == OFFSET and own.is_geographic and is_taken(own)


def _fills_gap(asked: CRS, own: CRS) -> bool:
    """Whether the file leaves its datum open, and the declared one fits all else it says."""
    if not datum_key(own).startswith("unknown") or not is_taken(asked):
        return False
    ellipsoid, datum = own.ellipsoid, datums()[datum_key(asked)]
    fits = ellipsoid is not None and datum.has_ellipsoid(
        ellipsoid.semi_major_metre, ellipsoid.inverse_flattening
    )
    return fits and same_projection(own, asked)
