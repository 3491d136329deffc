"""How sure a score is, as grids, JSON and pages: chances of classes, and what moves scores."""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geozone.answers.suitability.borders import NOTHING
from geozone.answers.suitability.chance import CLASSES, NO_FACTOR, Chances, ChanceStrip
from geozone.answers.suitability.draws import without_error
from geozone.answers.suitability.model import OUTSIDE, Model
from geozone.answers.suitability.sensitivity import Changed, Level, Table
from geozone.pages.categories import ENDING, write_categories
from geozone.pages.cog import write_cog
from geozone.pages.cogtiles import Band, Bands, Colour, Legend
from geozone.pages.markup import Html, joined, tag
from geozone.pages.scoreborders import borders_part, borders_told
from geozone.pages.scoretable import NUMBER, Head, number, table
from geozone.pages.scorewords import CLASS_NAMES, code_of, colour_legend
from geozone.pages.text import Text, text
from geozone.pages.tongue import Tongue

Json = Mapping[str, Any]  # JSON of the contract
Cells = NDArray[np.uint8]

CHANCE_GRIDS = (
    "chance_suitable.tif", "chance_moderate.tif", "chance_unsuitable.tif", "chance_class.tif",
    "chance_sure.tif", "deciding.tif", "limiting.tif", "chance_open.tif",
)  # fmt: skip
CHANCE_FILES = (
    *CHANCE_GRIDS,
    *(
        name + ENDING
        for name in ("chance_class.tif", "deciding.tif", "limiting.tif", "chance_open.tif")
    ),
)
SAYS: Mapping[str, Text] = {
    "chance_suitable.tif": text(
        "为“适宜”的概率（%）", "percent of draws in which a cell is suitable"
    ),
    "chance_moderate.tif": text(
        "为“较适宜”的概率（%）", "percent of draws in which a cell is moderately suitable"
    ),
    "chance_unsuitable.tif": text(
        "为“不适宜”的概率（%）", "percent of draws in which a cell is unsuitable"
    ),
    "chance_class.tif": text("最可能的类别", "the most probable class"),
    "chance_sure.tif": text("最可能类别的概率（%）", "percent of draws in which that class holds"),
    "deciding.tif": text(
        "不确定性对得分影响最大的指标", "the factor whose uncertainty moves the score most"
    ),
    "limiting.tif": text("扣分最多的指标", "the factor that costs most of the score"),
    "chance_open.tif": text(
        "仅限是否开放取决于管控边界精度的单元：开放的概率（%）；不是许可",
        "only where being open hangs on the accuracy of the zones' boundaries: percent of draws "
        "of these in which a cell is open; no permission",
    ),
}
NOTES = (
    text(
        "每次抽样同时改变全部权重与各指标误差；同一次抽样中，一项指标的误差全区相同，"
        "因此面积之和的不确定性偏于谨慎。",
        "Every draw changes all weights and all factors' errors; within a draw an error is the "
        "same everywhere, which is cautious for sums over ground.",
    ),
)
_GREY: Colour = (200, 204, 210)


def write_chances(folder: Path, chances: Chances, *, jobs: int = 1) -> None:
    """Write ``CHANCE_GRIDS`` and the names of their values.

    They are uint8, of the resolution of the draws; 255 is nothing told.
    """
    factors = _factor_legend(chances)
    sheets: Mapping[str, tuple[Callable[[ChanceStrip], Cells], Legend | None]] = {
        "chance_suitable.tif": (lambda one: one.percent[2], None),
        "chance_moderate.tif": (lambda one: one.percent[1], None),
        "chance_unsuitable.tif": (lambda one: one.percent[0], None),
        "chance_class.tif": (lambda one: one.codes, colour_legend()),
        "chance_sure.tif": (lambda one: one.sure, None),
        "deciding.tif": (lambda one: one.deciding, factors),
        "limiting.tif": (lambda one: one.limiting, factors),
        "chance_open.tif": (lambda one: one.opened, _open_legend()),
    }
    for name, (cells, legend) in sheets.items():
        parts = (Band(one.row, cells(one)) for one in chances.strips())
        nodata = OUTSIDE if name == "chance_class.tif" else NOTHING
        bands = Bands(chances.grid, nodata, np.dtype(np.uint8), parts, legend)
        write_cog(folder / name, bands, jobs=jobs)
        if legend is not None:
            write_categories(folder / name, legend)


def _factor_legend(chances: Chances) -> Legend:
    """A colour for every factor by its number, grey for none."""
    legend = chances.legend
    labels = {one.id: f"{one.label.zh} / {one.label.en}" for one in chances.model.factors}
    names = {number: labels[name] for number, name in legend.items()}
    return Legend(list(_colours(len(legend))), {**names, NO_FACTOR: "无 / none"})


def _open_legend() -> Legend:
    """Each percent says what it is not; darker is likelier, and of no verdict's colour."""
    colours = [(236 - at, 226 - at * 3 // 2, 240 - at // 2) for at in range(100)]
    names = {at: f"{at} %（不是许可 / no permission）" for at in range(100)}
    return Legend(colours, {**names, NOTHING: "不取决于边界精度 / hangs on no boundary"})


def _colours(count: int) -> Iterator[Colour]:
    """Colours up to the one of ``NO_FACTOR``: hues far apart, then grey."""
    for at in range(NO_FACTOR + 1):
        if at >= count:
            yield _GREY
            continue
        light = 0.42 + 0.16 * (at % 3)
        red, green, blue = colorsys.hls_to_rgb(at * 0.618034 % 1.0, light, 0.55)
        yield round(red * 255), round(green * 255), round(blue * 255)


def told_of(chances: Chances) -> dict[str, Any]:  # JSON of the contract
    """What the summary says of chances and sensitivity. Works all of it out; raises ``Refused``."""
    found, model = chances.found, chances.model
    odds = found.odds
    return {
        "chance": {
            "draws": model.chance.draws,
            "seed": model.chance.seed,
            "weight_spread": model.chance.weight_spread,
            "resolution_m": chances.grid.resolution_m,
            "hectares": None
            if odds is None
            else {
                code_of(one): {
                    "expected": round(odds[one].expected_ha, 4),
                    "probable": round(odds[one].probable_ha, 4),
                }
                for one in reversed(CLASSES)
            },
            "factors": {str(number): name for number, name in chances.legend.items()},
            "without_error": list(without_error(model)),
            "files": {name: dict(said) for name, said in SAYS.items()},
            "notes": [dict(one) for one in NOTES],
            "boundaries": borders_told(found.borders, has_limits=odds is not None),
        },
        "sensitivity": _told(found.sensitivity, model),
    }


def _told(table: Table, model: Model) -> dict[str, Any]:  # JSON of the contract
    labels = {one.id: one.label for one in model.factors}
    rows = [
        {**row.to_dict(), "zh": labels[row.change.factor].zh, "en": labels[row.change.factor].en}
        for row in table.rows
    ]
    return {"base": _level(table.base), "rows": rows}


def _level(one: Level) -> dict[str, Any]:  # JSON of the contract
    sizes = {name: getattr(one, name) for name in ("suitable_ha", "moderate_ha")}
    told = {name: None if size is None else round(size, 4) for name, size in sizes.items()}
    return {**told, "mean": None if one.mean is None else round(one.mean, 9)}


CHANGED = {
    Changed.WEIGHT.value: text("权重", "weight"),
    Changed.ERROR.value: text("误差", "error"),
}


def step_of(row: Json) -> str:
    """A change in signs: a weight's share, or standard errors."""
    if row["changed"] == Changed.WEIGHT.value:
        return f"{row['step']:+.0%}".replace("-", "−")
    return f"{row['step']:+.0f} σ".replace("-", "−")


def chance_table(told: Json, tongue: Tongue) -> Html:
    """Hectares as expected over the draws, beside the most probable ones."""
    chance = told["chance"]
    said = tongue.line(
        f"抽样 {chance['draws']} 次，种子 {chance['seed']}，权重相对标准差 "
        f"{chance['weight_spread']:.0%}，单元 {chance['resolution_m']:g} m。",
        f"{chance['draws']} draws, seed {chance['seed']}, relative standard error of weights "
        f"{chance['weight_spread']:.0%}, cells of {chance['resolution_m']:g} m.",
    )
    taken = ", ".join(chance["without_error"])
    right = tongue.line(
        f"未抽取误差（按准确处理）的指标：{taken}", f"taken as right, no error drawn: {taken}"
    )
    items = [*(tongue.say(one) for one in chance["notes"]), *([right] if taken else [])]
    notes = tag("ul", *(tag("li", one) for one in items), class_="note")
    about = joined(tag("p", said, class_="note"), notes, borders_part(chance["boundaries"], tongue))
    if chance["hectares"] is None:
        return about
    rows = []
    for one in reversed(CLASSES):
        sizes = chance["hectares"][code_of(one)]
        rows.append(
            tag(
                "tr",
                tag("th", tongue.say(CLASS_NAMES[one])),
                number(f"{sizes['expected']:,.1f}"),
                number(f"{sizes['probable']:,.1f}"),
            )
        )
    heads: tuple[Head, ...] = (
        ("类别", "class"), ("期望公顷", "expected ha", NUMBER),
        ("最可能公顷", "most probable ha", NUMBER),
    )  # fmt: skip
    return joined(table(heads, rows, tongue), about)


def sensitivity_table(told: Json, tongue: Tongue) -> Html:
    """One change at a time, those of most effect first."""
    heads: tuple[Head, ...] = (
        ("指标", "factor"), ("改变", "changed"), ("适宜公顷", "suitable ha", NUMBER),
        ("较适宜公顷", "moderate ha", NUMBER), ("平均得分", "mean score", NUMBER),
    )  # fmt: skip
    rows = [
        tag(
            "tr",
            tag("th", tongue.say(row)),
            tag("td", tongue.plain(CHANGED[row["changed"]]), " ", step_of(row)),
            _change(row["suitable_ha"]),
            _change(row["moderate_ha"]),
            number(f"{row['mean']:+.4f}"),
        )
        for row in told["sensitivity"]["rows"]
    ]
    return table(heads, rows, tongue)


def _change(size: float | None) -> Html:
    return number("—" if size is None else f"{size:+,.1f}")
