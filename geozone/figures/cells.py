"""A printed cell, read as a number and the limit that its wording sets."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from geozone.figures.values import Bound

BLANKS = frozenset({"", "/", "-"})
"""What the documents print, or leave out, where there is no figure."""

_NUMBER = re.compile(r"(?P<before>约|＜|≥|超)?(?P<digits>\d+(\.\d+)?)(?P<after>左右|以上)?")
_BOUNDS = {
    "约": Bound.ABOUT,
    "左右": Bound.ABOUT,
    "＜": Bound.BELOW,
    "超": Bound.ABOVE,
    "≥": Bound.AT_LEAST,
    "以上": Bound.AT_LEAST,
}


def bound_of(printed: str) -> Bound:
    """The limit that a printed number's wording sets; exact where it has none, and for words."""
    found = _NUMBER.fullmatch(printed)
    mark = (found["before"] or found["after"]) if found else None
    return _BOUNDS[mark] if mark else Bound.EXACT


def value_of(printed: str) -> Decimal | None:
    """The number in a printed cell, ``None`` if it does not read as one number."""
    found = _NUMBER.fullmatch(printed)
    return Decimal(found["digits"]) if found else None


def number(text: str) -> Decimal | None:
    """A finite number written in a data file, such as ``0.5`` or ``1.651e9``."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
