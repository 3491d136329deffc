"""The figures that geozone ships."""

from __future__ import annotations

from importlib.resources import files

from geozone.figures.reader import parse
from geozone.figures.values import Book

_UNITS = "units.toml"


def load() -> Book:
    """The tables and checks of every document that comes with geozone."""
    folder = files("geozone.figures")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    texts = {name: folder.joinpath(name).read_text("utf-8") for name in names}
    units = texts.pop(_UNITS)
    return parse(texts, units)
