"""The command that tells what a project holds: receipts, problems, and what is missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from geozone.cli.options import ON, PROJECT, QUIET, refusing


@click.command()
@PROJECT
@ON
@QUIET
@refusing
def check(project: Path, on: date | None, quiet: bool) -> None:
    """Receipts of all layers, problems, and what is missing for which rule."""
    from geozone.answers.site import decision_date  # noqa: PLC0415 - keeps --help light
    from geozone.api import open as open_project  # noqa: PLC0415
    from geozone.pages.report import check_lines  # noqa: PLC0415

    workspace = open_project(project)
    day = decision_date(workspace.project, on)
    lines = check_lines(workspace.project, workspace.debts(on=day), day)
    if not quiet:
        click.echo("\n".join(lines))
