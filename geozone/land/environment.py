"""Settings of another installation's PROJ and GDAL, taken out before any of ours is loaded."""

from __future__ import annotations

from collections.abc import MutableMapping

PREFIXES = (
    "PROJ_",
    "GDAL_",
    "OGR_",
    "OSR_",
    "CPL_",
    "VSI_",
    "SHAPE_",
    "GTIFF_",
    "GEOTIFF_",
    "DXF_",
    "GML_",
    "KML_",
    "LIBKML_",
    "OPENFILEGDB_",
    "SQLITE_",
)
"""How the variables begin that tell PROJ and GDAL where their data lies and how to read.

QGIS and OSGeo4W set them for their own versions; with ours they break reading, or change it
without a word (half a pixel, an encoding, an axis order).
"""

KEPT = ("_CURL_CA_BUNDLE",)
"""Endings of settings that say nothing of data."""


def cleared(environ: MutableMapping[str, str]) -> tuple[str, ...]:
    """The names of the settings taken out of ``environ``, sorted; their values are dropped."""
    names = sorted(
        name
        for name in environ
        if name.upper().startswith(PREFIXES) and not name.upper().endswith(KEPT)
    )
    for name in names:
        del environ[name]
    return tuple(names)


def said(names: tuple[str, ...]) -> list[str]:
    """What the user should hear of the settings that were taken out."""
    if not names:
        return []
    shown = ", ".join(names)
    return [
        f"已忽略其他软件的 PROJ/GDAL 环境变量 / settings of another installation of PROJ and GDAL "
        f"are ignored: {shown}"
    ]
