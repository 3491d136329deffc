"""What a surface comes to: its summary, and the lines that are printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geozone.answers.suitability.surfaces import Surface
from geozone.land.project import Project
from geozone.land.receipt import Input
from geozone.pages.receipts import versions_of
from geozone.pages.text import Text, text
from geozone.version import VERSION

Json = Mapping[str, Any]  # JSON of the contract

IS_NOT: tuple[Text, ...] = (
    text(
        "插值面不是实测：离点越远标准误越大；超出变程之处不作估计。",
        "A surface is no measurement: standard errors grow with the distance from the points, and "
        "nothing is said beyond the range.",
    ),
    text(
        "标准误以变差函数为准，未计入其自身的不确定性、点的测量误差与偏性。",
        "Standard errors take the variogram as right: its own uncertainty, errors of measurement "
        "and bias are not in them.",
    ),
)


def summary(
    surface: Surface, project: Project, field: str, inputs: Sequence[Input]
) -> dict[str, Any]:  # JSON of the contract
    """How a surface was made and how well it tells its points, but for its cells.

    ``off_land`` is none where no land was given to hold points against.
    """
    grid, told = surface.grid, surface.to_dict()
    is_checked = any(one.role == "land" for one in inputs)
    return {
        "schema": 1,
        "project": project.name,
        "engine": f"geozone {VERSION}",
        "field": field,
        **told,
        "off_land": told["off_land"] if is_checked else None,
        "grid": {
            "crs": grid.crs.to_string(),
            "left": grid.left,
            "top": grid.top,
            "resolution_m": grid.resolution_m,
            "rows": grid.shape.rows,
            "cols": grid.shape.cols,
        },
        "is_not": [dict(one) for one in IS_NOT],
        "inputs": [one.to_dict() for one in inputs],
        "versions": versions_of(one.receipt for one in inputs),
        "synthetic": any(layer.spec.synthetic for layer in project.layers),
    }


def surface_lines(told: Json, out: object) -> list[str]:
    """What the command prints: the variogram, how good it is, and the data of a factor."""
    one, cells, errors = told["variogram"], told["cells"], told["left_out"]
    how = "拟合 / fitted" if one["fitted"] else "给定 / given"
    ratio = "—" if errors["ratio"] is None else f"{errors['ratio']:.2f}"
    value, error = cells["value"], cells["standard_error"]
    unit = f" {told['unit']}" if told["unit"] else ""
    shore = "未核对点是否在陆地上 / whether points lie on land was not checked (--land)"
    return [
        f"点 / points: {told['points']}",
        f"变差函数 / variogram ({how}): {one['model']}  变程 / range {one['range_m'] / 1000:.3g} km"
        f"  基台 / sill {one['sill']:.4g}  块金 / nugget {one['nugget']:.4g}",
        f"留一检验 / left out: 偏差 / bias {errors['bias']:+.3g}  RMSE {errors['rmse']:.3g}  "
        f"(误差/标准误)² / ratio {ratio}",
        f"研究区 / in the study area: {value['least']:.4g} … {value['most']:.4g}{unit}，"
        f"已知 / known {cells['known_share']:.1%}，"
        f"标准误（均方根） / standard error (rms) {error['root_mean_square']:.3g}{unit}",
        *(f"注意 / note: {note}" for note in told["notes"]),
        *([shore] if told["off_land"] is None else []),
        f'作为指标 / as a factor: path = "{out}/value.tif"  resampling = "bilinear"  '
        f"error = {error['root_mean_square']:.3g}",
        f"成果 / written: {out}",
    ]
