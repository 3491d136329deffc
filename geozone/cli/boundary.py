"""The command that writes 界址点 TXT."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from geozone.cli.options import OUT_FILE, QUIET, refusing, say


@click.command()
@click.argument("parcels")
@click.option("--crs", help="CRS of a file that states none, such as EPSG:4526.")
@click.option(
    "--encoding",
    type=click.Choice(["gbk", "gb18030", "utf-8"]),
    default="gbk",
    help="Encoding of the text (default: gbk).",
)
@click.option("--maker", default="", help="数据产生单位 / who made the data.")
@click.option(
    "--made-on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="数据产生日期 / the day it was made, YYYY-MM-DD.",
)
@click.option("--trust", is_flag=True, help="Read it even where it cannot be confined.")
@click.option("--layer", help="Layer or sheet, where the file has several.")
@OUT_FILE
@QUIET
@refusing
def boundary(  # noqa: PLR0917 - click passes every option
    parcels: str,
    crs: str | None,
    encoding: str,
    maker: str,
    made_on: date | None,
    trust: bool,
    layer: str | None,
    out: Path,
    quiet: bool,
) -> None:
    """Write the polygons of a file as 界址点 TXT: rings from the north-west, planar areas."""
    from geozone.land.proposals.rows import Given  # noqa: PLC0415 - keeps --help light
    from geozone.land.sources.reads import local_files  # noqa: PLC0415
    from geozone.land.survey.boundary import boundary as made_of  # noqa: PLC0415
    from geozone.land.survey.boundary import text_path  # noqa: PLC0415
    from geozone.land.survey.txtwrite import Heading  # noqa: PLC0415
    from geozone.pages.files import beside, spare  # noqa: PLC0415

    text_path(out)
    heading = Heading(maker, f"{made_on:%Y-%m-%d}" if made_on else "")
    given = Given(crs=crs, trust=trust, layer=layer)
    made = made_of(parcels, given, heading=heading, encoding=encoding)
    spare([out], local_files([parcels], Path()))
    with beside(out) as draft:
        draft.write_bytes(made.content)
    if not quiet:
        say([*made.lines(), f"界址点 / boundary points: {out}"])
        for note in made.notes:
            say([note], err=True)
