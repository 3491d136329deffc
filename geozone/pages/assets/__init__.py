"""Scripts, styles and page skeletons that are put into pages, with the vendored Leaflet."""

from __future__ import annotations

from importlib.resources import files


def asset(name: str) -> str:
    """The text of a file that ships with the pages."""
    return files(__name__).joinpath(name).read_text("utf-8")
