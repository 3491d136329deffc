"""The command ``policy compare``: where verdicts change between two sides of the law."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from geozone.cli.options import ON, PROJECT, QUIET, effort, refusing, say, working


@click.command()
@PROJECT
@click.argument("a")
@click.argument("b")
@click.option("--activity", multiple=True, metavar="TECH:OBJECT", help="Repeat for several.")
@ON
@click.option("--rules", is_flag=True, help="Also ground where only the rules change.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write.")
@effort
@QUIET
@refusing
def compare(  # noqa: PLR0917 - click passes every option
    project: Path,
    a: str,
    b: str,
    activity: tuple[str, ...],
    on: date | None,
    rules: bool,
    out: Path | None,
    jobs: int,
    memory: float,
    fresh: bool,
    quiet: bool,
) -> None:
    """结论在两侧之间改变的地块：公顷数及引起改变的规定。

    The ground where verdicts change from A to B, in hectares, with the rules that cause it.
    A and B are each a date (2025-12-31), packs (SX26 or SX23,SX26 or draft.toml), or packs on a
    date (SX26@2026-06-01). --out writes changes.csv, changes.json, changes.gpkg, changes.html.
    """
    from geozone.api import open as open_project  # noqa: PLC0415 - keeps --help light
    from geozone.pages.changefiles import check_drawable  # noqa: PLC0415
    from geozone.pages.changelines import compare_lines  # noqa: PLC0415

    with working(jobs, memory, fresh, quiet) as options:
        workspace = open_project(project, options)
        if out:
            check_drawable(workspace.project)
        found = workspace.compare(a, b, *activity, on=on, rules=rules)
        if out:
            found.save(out)
    if not quiet:
        say(compare_lines(found.comparison, out))
