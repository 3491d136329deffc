"""Tables of the report of a score."""

from __future__ import annotations

from collections.abc import Sequence

from geozone.pages.markup import Html, tag
from geozone.pages.tongue import Tongue

NUMBER = "number"
Head = tuple[str, str] | tuple[str, str, str]
"""A column in both languages, and how its cells are set: ``number`` or as text."""


def table(heads: Sequence[Head], rows: Sequence[Html], tongue: Tongue) -> Html:
    """A table of rows under its heads."""
    top = (tag("th", tongue.line(one[0], one[1]), class_="".join(one[2:]) or None) for one in heads)
    return tag("table", tag("thead", tag("tr", *top)), tag("tbody", *rows))


def number(shown: str) -> Html:
    """A cell of a number."""
    return tag("td", shown, class_=NUMBER)


def checked(verify: bool) -> Html | None:
    """A mark where nobody has held a number against its source yet."""
    return tag("span", "待核对 to be verified", class_="check") if verify else None
