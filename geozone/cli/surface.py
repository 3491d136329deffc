"""The command ``surface``: measured points as a grid of values, with standard errors beside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from geozone.cli.options import PROJECT, QUIET, effort, refusing, say, working

if TYPE_CHECKING:
    from geozone.surfacerun import Preparation


def _variogram(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> tuple[float, ...] | None:
    if value is None:
        return None
    try:
        numbers = tuple(float(one) for one in value.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) not in (2, 3):
        raise click.BadParameter("SILL,RANGE_M[,NUGGET]")
    return numbers


@click.command()
@PROJECT
@click.argument("points")
@click.option("--value", required=True, help="Column of the values.")
@click.option("--name", help="Column of the points' names.")
@click.option("--unit", default="", help="Unit of the values, such as mW/m2.")
@click.option("--layer", help="Layer or sheet, where the file has several.")
@click.option("--crs", help="CRS of points that state none, such as EPSG:4547.")
@click.option("--resolution", type=click.FloatRange(min=0, min_open=True), help="Cell size in m.")
@click.option(
    "--model",
    type=click.Choice(["spherical", "exponential", "gaussian"]),
    default="spherical",
    show_default=True,
    help="Model of the variogram.",
)
@click.option(
    "--variogram",
    callback=_variogram,
    metavar="SILL,RANGE_M[,NUGGET]",
    help="A variogram of that model, instead of one fitted to the points.",
)
@click.option(
    "--duplicates",
    type=click.Choice(["refuse", "mean"]),
    default="refuse",
    show_default=True,
    help="Several points of one place (nearer than 1 m).",
)
@click.option(
    "--empty",
    type=click.Choice(["refuse", "leave-out"]),
    default="refuse",
    show_default=True,
    help="Rows without a value.",
)
@click.option("--land", help="Polygons of land: points beyond them are off land.")
@click.option(
    "--off-land",
    type=click.Choice(["refuse", "keep", "leave-out"]),
    default="refuse",
    show_default=True,
    help="Points off land.",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write.")
@effort
@QUIET
@refusing
def surface(  # noqa: PLR0917 - click passes every option
    project: Path,
    points: str,
    value: str,
    name: str | None,
    unit: str,
    layer: str | None,
    crs: str | None,
    resolution: float | None,
    model: str,
    variogram: tuple[float, ...] | None,
    duplicates: str,
    empty: str,
    land: str | None,
    off_land: str,
    out: Path,
    jobs: int,
    memory: float,
    fresh: bool,
    quiet: bool,
) -> None:
    """点插值成面：普通克里金，连同标准误。

    Points such as heat flow or gradients to a surface by ordinary kriging: value.tif,
    standard_error.tif, surface.png and surface.json, with the variogram and every point told from
    all the others. Needs the extra: pip install 'geozone[surfaces]'.
    """
    from geozone.api import open as open_project  # noqa: PLC0415 - keeps --help light
    from geozone.pages.files import held  # noqa: PLC0415
    from geozone.pages.surfacecontent import surface_lines  # noqa: PLC0415
    from geozone.surfacerun import Reading  # noqa: PLC0415

    reading = Reading(value, name, unit, layer, crs, skip_empty=empty == "leave-out")
    way = _preparation(model, variogram, duplicates, off_land)
    with held(out) as place, working(jobs, memory, fresh, quiet) as options:
        run = open_project(project, options).surface(
            points, reading, resolution_m=resolution, land=land, how=way
        )
        told = run.save(place)
    if not quiet:
        say(surface_lines(told, out))


def _preparation(
    model: str, variogram: tuple[float, ...] | None, duplicates: str, off_land: str
) -> Preparation:
    from geozone.surfacerun import (  # noqa: PLC0415 - late
        Duplicates,
        OffLand,
        Preparation,
        Settling,
        Shape,
        Variogram,
    )

    shape = Shape(model)
    given = None
    if variogram is not None:
        sill, range_m, nugget = (*variogram, 0.0)[:3]
        given = Variogram(shape, sill, range_m, nugget)
    return Preparation(given, shape, Settling(Duplicates(duplicates), OffLand(off_land)))
