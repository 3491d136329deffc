"""A surface as one picture: values, standard errors, the variogram, and points told from others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geozone.answers.suitability.kriging import Shape, Variogram
from geozone.engine.outline import Bounds
from geozone.pages.scorecharts import DPI, INK, chart_settings, check_charts
from geozone.pages.scorefont import chinese_font
from geozone.pages.text import SYNTHETIC, Text, text

Json = Mapping[str, Any]  # JSON of the contract
Cells = NDArray[np.float32]

WIDE = 9.2
CHART = 0.75
"""Inches of the whole; height of the charts as a share of the width of one."""
KM = 1000.0
VALUES = text("插值", "estimate")
ERRORS = text("标准误", "standard error")
VARIOGRAM = text("变差函数", "variogram")
LEFT_OUT = text("逐点留一", "each point from all others")
DISTANCE = text("距离 km", "distance, km")
HALF = text("半方差", "semivariance")
MEASURED = text("实测", "measured")
ESTIMATED = text("估计 ± 标准误", "estimate ± standard error")
_ALL = (VALUES, ERRORS, VARIOGRAM, LEFT_OUT, DISTANCE, HALF, MEASURED, ESTIMATED, SYNTHETIC)


@dataclass(frozen=True, eq=False)
class Sheet:
    """Values and standard errors of some cells within ``bounds``, the places, the study area."""

    maps: tuple[Cells, Cells]
    bounds: Bounds
    places: NDArray[np.float64]
    area: BaseGeometry


def surface_picture(told: Json, sheet: Sheet) -> bytes:
    """The picture of a surface's summary as PNG; the same content gives the same bytes.

    Raises ``Refused`` without matplotlib.
    """
    check_charts()
    font = chinese_font("".join(sorted({letter for one in _ALL for letter in one["zh"]})))
    with chart_settings(font):
        from matplotlib.figure import Figure  # noqa: PLC0415 - only charts need it

        left, low, right, top = sheet.bounds
        share = min(max((top - low) / (right - left), 0.4), 1.4)
        size = (WIDE, WIDE / 2 * (share + CHART) + 0.8)
        figure = Figure(figsize=size, dpi=DPI, layout="constrained")
        axes = figure.subplots(2, 2, height_ratios=(share, CHART))
        draw = _Drawer(told, sheet, has_font=font is not None)
        draw.map(axes[0, 0], 0, VALUES, "viridis")
        draw.map(axes[0, 1], 1, ERRORS, "magma_r")
        draw.variogram(axes[1, 0])
        draw.left_out(axes[1, 1])
        if told["synthetic"]:
            figure.supxlabel(draw.say(SYNTHETIC), fontsize=7, color="#8a6d00")
        out = BytesIO()
        figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


@dataclass(frozen=True)
class _Drawer:
    told: Json
    sheet: Sheet
    has_font: bool

    def say(self, words: Text) -> str:
        """Both languages, or English alone."""
        return f"{words['zh']} {words['en']}" if self.has_font else words["en"]

    def map(self, axes: Any, number: int, title: Text, colours: str) -> None:  # of matplotlib
        """One of the two grids with the points and the outline of the study area."""
        left, low, right, top = self.sheet.bounds
        extent = (0.0, (right - left) / KM, 0.0, (top - low) / KM)
        cells = np.ma.masked_invalid(self.sheet.maps[number])
        shown = axes.imshow(cells, extent=extent, cmap=colours, interpolation="nearest")
        bar = axes.figure.colorbar(shown, ax=axes, shrink=0.9, aspect=16)
        bar.set_label(self.told["unit"], fontsize=8)
        for ring in shapely.get_rings(shapely.get_parts(self.sheet.area)):
            x, y = (shapely.get_coordinates(ring) - [left, low]).T / KM
            axes.plot(x, y, color=INK, linewidth=0.8)
        x, y = (self.sheet.places - [left, low]).T / KM
        axes.scatter(x, y, s=9, facecolors="white", edgecolors="black", linewidths=0.7)
        axes.set_xlim(0, extent[1])
        axes.set_ylim(0, extent[3])
        axes.set_xlabel("km")
        axes.set_title(self.say(title), fontsize=10)

    def variogram(self, axes: Any) -> None:
        """Semivariances of the lags, and the model through them."""
        given = self.told["variogram"]
        model = Variogram(Shape(given["model"]), given["sill"], given["range_m"], given["nugget"])
        lags = np.array([[one["metres"], one["semivariance"]] for one in given["lags"]])
        far = max(given["range_m"] * 1.2, lags[:, 0].max() if len(lags) else 0.0)
        steps = np.linspace(far / 500, far, 300)
        axes.plot(steps / KM, model.semivariance(steps), color="#3b6ea5")
        if len(lags):
            axes.scatter(lags[:, 0] / KM, lags[:, 1], s=16, color=INK)
        axes.set_xlim(0, far / KM)
        axes.set_ylim(bottom=0)
        axes.set_xlabel(self.say(DISTANCE))
        axes.set_ylabel(self.say(HALF))
        axes.set_title(f"{self.say(VARIOGRAM)} ({given['model']})", fontsize=10)

    def left_out(self, axes: Any) -> None:
        """Every point as measured, beside what all others say of it."""
        rows = self.told["left_out"]["points"]
        value, estimate, error = (
            np.array([one[name] for one in rows])
            for name in ("value", "estimate", "standard_error")
        )
        ends = [min(value.min(), estimate.min()), max(value.max(), estimate.max())]
        axes.plot(ends, ends, color="#c9ced4", linewidth=1)
        axes.errorbar(value, estimate, yerr=error, fmt="o", markersize=3, linewidth=0.6,
                      color="#3b6ea5")  # fmt: skip
        axes.set_xlabel(self.say(MEASURED))
        axes.set_ylabel(self.say(ESTIMATED))
        axes.set_title(f"{self.say(LEFT_OUT)}: RMSE {self.told['left_out']['rmse']:.3g}",
                       fontsize=10)  # fmt: skip
