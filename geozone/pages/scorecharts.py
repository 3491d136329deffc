"""Charts of a score as PNG: histogram, weights, and what moves the result most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.answers.suitability.library import library
from geozone.answers.suitability.model import Class
from geozone.pages.scorefont import chinese_font
from geozone.pages.scorewords import CLASS_COLOURS, CLASS_NAMES, CLASSES, code_of
from geozone.pages.text import SYNTHETIC, Text, text

PACKAGE = "matplotlib>=3.11"
INCHES, DPI = (7.2, 3.6), 150
INK, PALE = "#2b3138", "#c9ced4"
LESS, MORE = "#b06a2c", "#2f7f93"
FALLBACK = "DejaVu Sans"
NO_FONT = text(
    "图中文字为英文：本机没有可用的中文字体",
    "labels are in English: no Chinese font was found on this machine",
)
_SETTINGS = {
    "font.size": 9, "axes.edgecolor": PALE, "axes.labelcolor": INK, "text.color": INK,
    "xtick.color": INK, "ytick.color": INK, "axes.spines.top": False, "axes.spines.right": False,
    "axes.unicode_minus": False, "text.parse_math": False,
}  # fmt: skip

Json = Mapping[str, Any]  # the summary


def check_charts() -> None:
    """Raise ``Refused`` where charts cannot be drawn: matplotlib is missing."""
    library("matplotlib.figure", PACKAGE)


@dataclass(frozen=True)
class Charts:
    """PNG files by name, and what has to be said of them, if anything."""

    files: Mapping[str, bytes]
    remark: Text | None


def charts(told: Json, classes: NDArray[np.uint8]) -> Charts:
    """Every chart of a summary, and a small picture of the ``classes`` (rows, cols).

    The same content gives the same bytes on the same machine. Raises ``Refused`` without
    matplotlib.
    """
    check_charts()
    font = chinese_font("".join(sorted(set(_letters(told)))))
    draw = _Drawer(told, "both" if font else "en", font)
    files = {
        "histogram.png": draw.png(draw.histogram),
        "weights.png": draw.png(draw.weights, rows=len(told["factors"])),
        "map.png": draw.picture(classes),
    }
    if told.get("sensitivity", {}).get("rows"):
        files["tornado.png"] = draw.png(draw.tornado, rows=len(tornado_bars(told)))
    return Charts(files, None if font else NO_FONT)


MOST_BARS = 16
"""Bars of the tornado chart: those that move the most."""


@dataclass(frozen=True)
class Bar:
    """All changes of one kind of one factor: rows of the sensitivity table."""

    changed: str
    rows: tuple[Json, ...]

    def is_wider(self, row: Json) -> bool:
        """Whether a smaller step of the same kind is drawn over it."""
        return bool(abs(row["step"]) > min(abs(one["step"]) for one in self.rows))


def tornado_bars(told: Json) -> list[Bar]:
    """The bars of the chart, those of most effect first, as the table has them."""
    found: dict[tuple[str, str], list[Json]] = {}
    for row in told["sensitivity"]["rows"]:
        found.setdefault((row["factor"], row["changed"]), []).append(row)
    return [Bar(changed, tuple(rows)) for (_, changed), rows in found.items()][:MOST_BARS]


def _letters(told: Json) -> Iterator[str]:
    yield from "适宜性得分允许与限制地块的单元数各指标权重误差平均公顷变化增减大小较不需核实禁止“”"
    yield from SYNTHETIC["zh"]
    for row in told.get("sensitivity", {}).get("rows", ()):
        yield from row["zh"]
    for one in told["factors"]:
        yield from one["zh"]
    yield from told["model"]["zh"]


class _Drawer:
    """Draws the charts of one summary in one language and font."""

    def __init__(self, told: Json, lang: str, font: Any) -> None:  # a path of matplotlib's
        self.told, self.lang, self.font = told, lang, font

    def say(self, words: Mapping[str, Any], *, split: str = "\n") -> str:
        """Both languages, or English alone."""
        en = str(words.get("en") or words.get("id") or "")
        return f"{words['zh']}{split}{en}" if self.lang == "both" else en

    def png(
        self, fill: Callable[[Any], None], *, rows: int = 0, high: float | None = None
    ) -> bytes:
        """A chart as PNG; ``rows`` bars lie one below the other, or it is ``high`` inches."""
        with chart_settings(self.font):
            from matplotlib.figure import Figure  # noqa: PLC0415 - only charts need it

            size = (INCHES[0], high or max(INCHES[1], 1.2 + 0.42 * rows))
            figure = Figure(figsize=size, dpi=DPI, layout="constrained")
            fill(figure.add_subplot())
            if self.told["synthetic"]:
                figure.supxlabel(self.say(SYNTHETIC, split="  "), fontsize=7, color="#8a6d00")
            out = BytesIO()
            figure.savefig(out, format="png", metadata={"Software": None})
        return out.getvalue()

    def histogram(self, axes: Any) -> None:  # matplotlib's axes have no types of use here
        """Cells of open ground by score, in the colours of their classes."""
        counts = np.array(self.told["histogram"], dtype=np.float64)
        middles = (np.arange(len(counts)) + 0.5) / len(counts)
        limits = self.told["classes"]["limits"]
        kinds = [Class.UNSUITABLE, Class.MODERATE, Class.SUITABLE]
        places = np.searchsorted(limits, middles) if limits else np.zeros(len(counts), int)
        axes.bar(
            middles, counts, width=1 / len(counts), color=[CLASS_COLOURS[kinds[k]] for k in places]
        )
        for limit in limits or ():
            axes.axvline(limit, color=INK, linewidth=0.8, linestyle="--")
            axes.annotate(
                f"{limit:.3g}", (limit, 1), (3, -2), xycoords=("data", "axes fraction"),
                textcoords="offset points", va="top", fontsize=8,
            )  # fmt: skip
        axes.set_xlim(0, 1)
        axes.set_title(
            self.say(text("允许与限制地块的得分", "scores of allowed and restricted ground")),
            fontsize=11,
        )
        axes.set_xlabel(self.say(text("得分", "score"), split=" "))
        axes.set_ylabel(self.say(text("单元数", "cells"), split=" "))
        axes.ticklabel_format(axis="y", style="plain")
        self._legend(axes, kinds[::-1])

    def weights(self, axes: Any) -> None:
        """The weight of every factor, the heaviest on top."""
        factors = sorted(self.told["factors"], key=lambda one: (one["weight"], one["id"]))
        bars = axes.barh(
            [self.say(one) for one in factors], [one["weight"] for one in factors], color="#3b6ea5"
        )
        axes.bar_label(bars, [f"{one['weight']:.3f}" for one in factors], padding=3, fontsize=8)
        axes.margins(x=0.12)
        axes.set_title(self.say(text("各指标权重", "weights"), split="  "), fontsize=11)

    def tornado(self, axes: Any) -> None:
        """How far suitable hectares (else the mean score) move by one change, the largest on top.

        The larger of two steps is drawn paler, behind the smaller one.
        """
        bars = tornado_bars(self.told)[::-1]
        key = "mean" if bars and bars[0].rows[0]["suitable_ha"] is None else "suitable_ha"
        for at, bar in enumerate(bars):
            for row in sorted(bar.rows, key=lambda one: -abs(one["step"])):
                colour, up = (LESS, 0.18) if row["step"] < 0 else (MORE, -0.18)
                pale = 0.45 if bar.is_wider(row) else 1.0
                axes.barh(at + up, row[key], color=colour, alpha=pale, height=0.34)
        labels = [f"{self.say(bar.rows[0])}\n{self.changed(bar)}" for bar in bars]
        axes.set_yticks(range(len(bars)), labels, fontsize=7)
        axes.axvline(0, color=INK, linewidth=0.8)
        signs = {LESS: text("减小", "decrease"), MORE: text("增大", "increase")}
        self._legend_of(axes, {hue: self.say(one, split=" ") for hue, one in signs.items()})
        said = text("“适宜”公顷数的变化", "change of suitable hectares")
        if key == "mean":
            said = text("平均得分的变化", "change of the mean score")
        axes.set_title(self.say(said, split="  "), fontsize=11)

    def changed(self, bar: Bar) -> str:
        """What a bar changes, and by how much."""
        steps = sorted({abs(row["step"]) for row in bar.rows})
        if bar.changed == "error":
            return self.say(text("误差", "error"), split=" ") + " ±1 σ"
        shown = " / ".join(f"{step:.0%}" for step in steps)
        return self.say(text("权重", "weight"), split=" ") + f" ±{shown}"

    def picture(self, classes: NDArray[np.uint8]) -> bytes:
        """The classes as a small picture with a legend and a bar of kilometres."""
        grid = self.told["grid"]
        share = min(max(grid["rows"] / grid["cols"], 0.35), 1.6)
        return self.png(lambda axes: self._picture(axes, classes), high=0.7 + 5.0 * share)

    def _picture(self, axes: Any, classes: NDArray[np.uint8]) -> None:
        from matplotlib.colors import to_rgba  # noqa: PLC0415 - only charts need it

        colours = np.zeros((256, 4))
        for one in CLASSES:
            colours[one.value] = to_rgba(CLASS_COLOURS[one])
        grid = self.told["grid"]
        wide = grid["cols"] * grid["resolution_m"] / 1000
        high = grid["rows"] * grid["resolution_m"] / 1000
        axes.imshow(colours[classes], extent=(0, wide, 0, high), interpolation="nearest")
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
        length = 10 ** np.floor(np.log10(max(wide / 3, 1e-3)))
        length *= max(k for k in (1, 2, 5) if k * length <= max(wide / 3, 1e-3))
        axes.plot([0, length], [-0.04 * high] * 2, color=INK, linewidth=2, clip_on=False)
        axes.annotate(f"{length:g} km", (length, -0.04 * high), (4, -3), fontsize=8,
                      textcoords="offset points", annotation_clip=False)  # fmt: skip
        self._legend(axes, CLASSES, sizes=self.told["left"])

    def _legend(
        self, axes: Any, kinds: Sequence[Class], sizes: Mapping[str, float] | None = None
    ) -> None:
        tails = {one: f"  {sizes[code_of(one)]:,.0f} ha" if sizes else "" for one in kinds}
        named = {one: self.say(CLASS_NAMES[one], split=" ") + tails[one] for one in kinds}
        self._legend_of(axes, {CLASS_COLOURS[one]: name for one, name in named.items()})

    def _legend_of(self, axes: Any, names: Mapping[str, str]) -> None:
        """A legend beside the chart, names by colour."""
        from matplotlib.patches import Patch  # noqa: PLC0415 - only charts need it

        patches = [Patch(color=colour, label=name) for colour, name in names.items()]
        axes.figure.legend(handles=patches, frameon=False, fontsize=8, loc="outside right center")


@contextmanager
def chart_settings(font: Any) -> Iterator[None]:  # a path of matplotlib's
    """Our own settings, whatever those of the machine are, and nothing of them left behind."""
    matplotlib: Any = library("matplotlib", PACKAGE)  # the names of settings are no concern here
    font_manager: Any = library("matplotlib.font_manager", PACKAGE)
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        family = [FALLBACK]
        if font is not None:
            family = [font_manager.get_font(font).family_name, FALLBACK]
            if family[0] not in font_manager.get_font_names():
                font_manager.fontManager.addfont(font)
        matplotlib.rcParams.update({**_SETTINGS, "font.family": family})
        yield
