"""Names of a grid's values where GIS programs look for them: beside the GeoTIFF."""

from __future__ import annotations

from html import escape
from itertools import count, takewhile
from pathlib import Path

from geozone.pages.cogtiles import Legend

ENDING = ".aux.xml"
"""After the name of the GeoTIFF, whose own format has no room for them."""


def write_categories(path: Path, legend: Legend) -> None:
    """Write the names of the values 0, 1, 2 and so on of the GeoTIFF at ``path``, up to a gap."""
    names = takewhile(bool, map(legend.names.get, count()))
    named = "".join(f"<Category>{escape(one or '')}</Category>" for one in names)
    content = (
        f'<PAMDataset><PAMRasterBand band="1"><CategoryNames>{named}</CategoryNames>'
        "</PAMRasterBand></PAMDataset>\n"
    )
    path.with_name(path.name + ENDING).write_bytes(content.encode("utf-8"))
