"""The command ``score``: where ground is best, of what the zones leave open."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from geozone.cli.options import ON, PROJECT, QUIET, effort, reading, refusing, say, working


@click.command()
@PROJECT
@click.argument("model", type=click.Path(path_type=Path))
@ON
@click.option("--resolution", type=click.FloatRange(min=0, min_open=True), help="Cell size in m.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write.")
@click.option("--blocks", type=click.Path(path_type=Path), help="Candidate blocks to rank.")
@click.option("--areas", type=click.Path(path_type=Path), help="Polygons to sum, as counties.")
@click.option("--potential", type=click.Path(path_type=Path), help="POTENTIAL.toml: heat by area.")
@reading
@click.option("--areas-layer", help="Layer of --areas; --layer is that of --blocks.")
@click.option("--no-chance", is_flag=True, help="Leave out chances and sensitivity.")
@click.option("--init", type=click.Path(path_type=Path), help="Write a MODEL.toml to fill in.")
@effort
@QUIET
@refusing
def score(  # noqa: PLR0917 - click passes every option
    project: Path,
    model: Path,
    on: date | None,
    resolution: float | None,
    out: Path | None,
    blocks: Path | None,
    areas: Path | None,
    potential: Path | None,
    crs: str | None,
    datum_shift: Path | None,
    trust: bool,
    layer: str | None,
    areas_layer: str | None,
    no_chance: bool,
    init: Path | None,
    jobs: int,
    memory: float,
    fresh: bool,
    quiet: bool,
) -> None:
    """适宜性：在管控允许或限制的地块上比较优劣；适宜性不是许可。

    Suitability of a study area by MODEL.toml: score.tif, classes.tif, classes.gpkg, charts,
    report.html, summary.json; chances and sensitivity unless --no-chance; blocks.csv, areas.csv and
    potential.csv where asked for. With --init, MODEL is the id of a model that ships
    (shallow_closed_loop, shallow_groundwater, middeep_hydrothermal), and a file is written that
    names the data it needs.
    """
    if init is not None and out is None:
        _write_skeleton(str(model), init, quiet)
        return
    if out is None or init is not None:
        raise click.UsageError("--out DIR 或 / or --init FILE")
    from geozone.api import open as open_project  # noqa: PLC0415 - keeps --help light
    from geozone.pages.files import held  # noqa: PLC0415
    from geozone.pages.scorecontent import score_lines  # noqa: PLC0415
    from geozone.scorerun import Polygons  # noqa: PLC0415

    with held(out) as place, working(jobs, memory, fresh, quiet) as options:
        polygons = Polygons(blocks, areas, crs, datum_shift, trust, layer, areas_layer)
        run = open_project(project, options).score(
            model,
            on=on,
            resolution_m=resolution,
            polygons=polygons,
            potential=potential,
            draws=not no_chance,
        )
        told = run.save(place)
    if not quiet:
        say(score_lines(told, out))


def _write_skeleton(model: str, file: Path, quiet: bool) -> None:
    from geozone.pages.files import write_text  # noqa: PLC0415 - late
    from geozone.pages.scoreskeleton import skeleton  # noqa: PLC0415

    text = skeleton(model, file)
    write_text(file, text)
    if not quiet:
        say([f"模型文件 / model: {file}", "填写各 [data.*] 的 path / fill in the paths of data"])
