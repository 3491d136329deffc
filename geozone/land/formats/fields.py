"""Finding wanted fields among those that a file has."""

from __future__ import annotations

from collections.abc import Sequence

from geozone.land.formats.vectors import _places


def places_of(names: Sequence[str], wanted: Sequence[str]) -> dict[str, int]:
    """The position of each wanted field. Raises ``UnreadableError``."""
    return _places(names, wanted, is_dbf=False)
