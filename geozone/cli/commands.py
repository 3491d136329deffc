"""The command line: each command asks the Python door one thing and prints it."""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path

import click

from geozone.cli.boundary import boundary
from geozone.cli.check import check
from geozone.cli.compare import compare
from geozone.cli.options import (
    ON,
    OUT_FILE,
    PROJECT,
    QUIET,
    effort,
    reading,
    refusing,
    say,
    working,
)
from geozone.cli.policy import policy
from geozone.cli.score import score
from geozone.cli.surface import surface
from geozone.law.verdict import Verdict
from geozone.version import VERSION

PROHIBITED = 1
OPEN = 3
SELDOM = 1_000_000
"""New objects between two searches for cycles: results are many values, and hold none."""
AT_MOST_S = 0.0005
"""Seconds that a thread whose kernel is done waits for one that runs plain code."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="geozone")
def main() -> None:
    """地热选址：图层与政策文件叠加，给出禁止、需核实、限制、允许及理由。

    Geothermal siting in China: where the documents prohibit, leave open, restrict or allow.
    PROJECT is a geozone.toml or its folder.
    """
    gc.set_threshold(SELDOM)
    atexit.register(gc.freeze)  # all goes with the process: to search it for cycles takes long
    sys.setswitchinterval(AT_MOST_S)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a console of GBK lacks letters that we print
            stream.reconfigure(errors="backslashreplace")


def _load_zoning(store: Path | None) -> None:
    """Load what zones are made with, while layers are read."""
    from geozone.engine.loading import load  # noqa: PLC0415 - keeps --help light

    load(store)
    for name in ("answers.zoning", "answers.grids", "pages.evidence", "pages.zonefiles"):
        import_module(f"geozone.{name}")


@main.command()
@PROJECT
@click.option("--activity", multiple=True, metavar="TECH:OBJECT", help="Repeat for several.")
@ON
@click.option("--resolution", type=click.FloatRange(min=0, min_open=True), help="Cell size in m.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write.")
@click.option(
    "--also",
    multiple=True,
    type=click.Choice(["fgb", "parquet"]),
    help="Zones in this format too, a file an activity. Repeat for both.",
)
@click.option("--verdict-grids", is_flag=True, help="A small coloured GeoTIFF an activity too.")
@effort
@QUIET
@refusing
def zone(  # noqa: PLR0917 - click passes every option
    project: Path,
    activity: tuple[str, ...],
    on: date | None,
    resolution: float | None,
    out: Path,
    also: tuple[str, ...],
    verdict_grids: bool,
    jobs: int,
    memory: float,
    fresh: bool,
    quiet: bool,
) -> None:
    """Zones of a study area: zones.gpkg, evidence.tif, evidence.json, summary.json."""
    from geozone.api import open as open_project  # noqa: PLC0415 - keeps --help light
    from geozone.engine.loading import note  # noqa: PLC0415
    from geozone.pages.files import held  # noqa: PLC0415
    from geozone.pages.report import zone_lines  # noqa: PLC0415

    with held(out) as place, working(jobs, memory, fresh, quiet) as options:
        ways = replace(options.ways, meanwhile=_load_zoning if jobs > 1 else None)
        workspace = open_project(project, replace(options, ways=ways))
        run = workspace.zone(*activity, on=on, resolution_m=resolution)
        run.save(place, also=[f".{one}" for one in also], verdict_grids=verdict_grids)
        if workspace.project.store:
            note(workspace.project.store)
    if not quiet:
        say(zone_lines(run.summary(), out))


@main.command()
@PROJECT
@click.argument("proposals")
@click.option("--activity", metavar="TECH:OBJECT", help="For proposals that state none.")
@reading
@click.option("--facts", type=click.Path(path_type=Path), help="CSV of facts by parcel id.")
@ON
@click.option("--keep-going", is_flag=True, help="Judge the good rows, list the refused ones.")
@OUT_FILE
@effort
@QUIET
@refusing
def assess(  # noqa: PLR0917 - click passes every option
    project: Path,
    proposals: str,
    activity: str | None,
    crs: str | None,
    datum_shift: Path | None,
    trust: bool,
    layer: str | None,
    facts: Path | None,
    on: date | None,
    keep_going: bool,
    out: Path,
    jobs: int,
    memory: float,
    fresh: bool,
    quiet: bool,
) -> None:
    """Judge wells, blocks, rights and parcels; exit 1 prohibited, 3 something open, 0 fine."""
    from geozone.api import open as open_project  # noqa: PLC0415 - keeps --help light
    from geozone.pages.report import assess_lines  # noqa: PLC0415
    from geozone.pages.tables import known_ending  # noqa: PLC0415

    known_ending(out)
    with working(jobs, memory, fresh, quiet) as options:
        judged = open_project(project, options).assess(
            proposals,
            activity=activity,
            on=on,
            crs=crs,
            facts=facts,
            keep_going=keep_going,
            datum_shift=datum_shift,
            trust=trust,
            layer=layer,
        )
    judged.save(out)
    if not quiet:
        say(assess_lines(judged, judged.verdicts, out))
        for line in (*judged.proposals.notes, *map(str, judged.proposals.faults)):
            say([line], err=True)
    sys.exit(exit_code(judged.verdicts, bool(judged.proposals.faults)))


def exit_code(verdicts: Iterable[Verdict], refused: bool) -> int:
    """1 where something is prohibited, 3 where something stays open or was refused, else 0."""
    found = set(verdicts)
    if Verdict.PROHIBITED in found:
        return PROHIBITED
    unsettled = {Verdict.UNDETERMINED, Verdict.NO_RULE} & found
    return OPEN if unsettled or refused else 0


@main.command()
@PROJECT
@click.argument("lon", type=float)
@click.argument("lat", type=float)
@ON
@refusing
def explain(project: Path, lon: float, lat: float, on: date | None) -> None:
    """Every activity at one place (degrees), with reasons."""
    from geozone.api import open as open_project  # noqa: PLC0415 - keeps --help light
    from geozone.pages.report import explain_lines  # noqa: PLC0415

    say(explain_lines(open_project(project).explain(lon, lat, on=on)))


@main.command()
@PROJECT
@click.argument("parcel")
@reading
@ON
@click.option("--supply", type=click.Choice(["allocation", "transfer"]), help="划拨 / 出让")
@click.option("--lang", type=click.Choice(["zh", "en", "both"]), default="both")
@OUT_FILE
@QUIET
@refusing
def notice(  # noqa: PLR0917 - click passes every option
    project: Path,
    parcel: str,
    crs: str | None,
    datum_shift: Path | None,
    trust: bool,
    layer: str | None,
    on: date | None,
    supply: str | None,
    lang: str,
    out: Path,
    quiet: bool,
) -> None:
    """A parcel's 地热能开发利用条件告知书 (conditions notice), .html or .json."""
    from geozone.api import open as open_project  # noqa: PLC0415 - keeps --help light
    from geozone.pages.parcel import notice_ending  # noqa: PLC0415

    notice_ending(out)
    made = open_project(project).notice(
        parcel,
        on=on,
        supply=supply,
        lang=lang,
        crs=crs,
        datum_shift=datum_shift,
        trust=trust,
        layer=layer,
    )
    made.save(out)
    if not quiet:
        say([*made.notes, f"告知书 / notice: {out}"])


@main.command("map")
@PROJECT
@ON
@click.option("--proposals", help="Wells or blocks to show.")
@click.option("--score", type=click.Path(path_type=Path), help="Folder of a score to show.")
@reading
@OUT_FILE
@effort
@QUIET
@refusing
def web_map(  # noqa: PLR0917 - click passes every option
    project: Path,
    on: date | None,
    proposals: str | None,
    score: Path | None,
    crs: str | None,
    datum_shift: Path | None,
    trust: bool,
    layer: str | None,
    out: Path,
    jobs: int,
    memory: float,
    fresh: bool,
    quiet: bool,
) -> None:
    """A web map in one HTML file that asks nothing of the network."""
    from geozone.api import open as open_project  # noqa: PLC0415 - keeps --help light
    from geozone.webmap import map_path  # noqa: PLC0415

    map_path(out)
    with working(jobs, memory, fresh, quiet) as options:
        workspace = open_project(project, options)
        judged = (
            workspace.assess(
                proposals, on=on, crs=crs, datum_shift=datum_shift, trust=trust, layer=layer
            )
            if proposals
            else ()
        )
        workspace.map(judged, on=on, score=score).save(out)
    if not quiet:
        say([f"地图 / map: {out}"])


policy.add_command(compare)
main.add_command(boundary)
main.add_command(check)
main.add_command(policy)
main.add_command(score)
main.add_command(surface)
