"""The commands about the documents: list them, show one, find what is wrong with packs."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from geozone.cli.options import ON, REFUSED, refusing, say


@click.group()
def policy() -> None:
    """政策文件：清单、时间轴与条文、检查。

    The policy documents as data: list them, show one with its timeline, find faults in packs.
    """


@policy.command("list")
@ON
@click.option("--cases", is_flag=True, help="Every rule with the number of its cases.")
@refusing
def list_packs(on: date | None, cases: bool) -> None:
    """随附的政策文件：日期、规则数、案例数。

    Every shipped pack: dates, how it stands --on a day, rules by effect, cases by kind.
    """
    from geozone.pages.policytext import list_lines  # noqa: PLC0415 - keeps --help light
    from geozone.rules.lint import shipped_books  # noqa: PLC0415

    say(list_lines(shipped_books(), on, rules=cases))


@policy.command()
@click.argument("pack", metavar="ID")
@ON
@click.option("--rule", metavar="RULE", help="This rule alone.")
@refusing
def show(pack: str, on: date | None, rule: str | None) -> None:
    """一个文件的时间轴、参数和全部规则。ID 也可以是 .toml 文件。

    The timeline of a pack, its parameters and every rule with its source. ID may be a pack file;
    --on marks a day and says what holds on it.
    """
    from geozone.pages.policyshow import show_lines  # noqa: PLC0415 - keeps --help light
    from geozone.rules.lint_source import find_source  # noqa: PLC0415

    say(show_lines(find_source(pack), on, rule))


@policy.command()
@click.argument("file", required=False)
@click.option(
    "--project",
    type=click.Path(path_type=Path),
    help="List the themes that this project's rules wait for.",
)
@click.option(
    "--cases",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the pack's cases; default: cases/ID beside FILE.",
)
@ON
@refusing
def lint(file: str | None, project: Path | None, cases: Path | None, on: date | None) -> None:
    """检查规则：矛盾、被遮蔽、从不触发、重复、缺案例、案例不符、数据欠账。

    Find contradictory, hidden, never-binding and repeated rules, unused parameters, missing and
    failing cases; with --project the themes that nothing supplies. FILE: a pack file or an id;
    without it every shipped pack, and the figures of the documents. Exit 2: something has to be
    mended; 0: nothing but notes.
    """
    from geozone.pages.policytext import lint_lines, total_line  # noqa: PLC0415 - light --help
    from geozone.rules.lint import lint_named, lint_shipped  # noqa: PLC0415

    if cases and not file:
        raise click.UsageError("--cases 须与 FILE 同用 / --cases goes with FILE")
    found = (lint_named(file, cases),) if file else lint_shipped()
    lines = [*lint_lines(found), *([] if file else _figures())]
    lines += _debt(project, on) if project else []
    say([*lines, "", total_line(found)])
    if any(one.errors for one in found):
        sys.exit(REFUSED)


def _figures() -> list[str]:
    """Where the figures of the shipped documents do not agree, in lines."""
    from geozone import figures  # noqa: PLC0415 - not needed for a file
    from geozone.pages.policytext import figure_lines  # noqa: PLC0415

    return figure_lines(figures.lint(figures.load()))


def _debt(project: Path, on: date | None) -> list[str]:
    """The data debt of a project, in lines."""
    from geozone.answers.site import decision_date  # noqa: PLC0415 - keeps --help light
    from geozone.api import open as open_project  # noqa: PLC0415
    from geozone.pages.policytext import debt_lines  # noqa: PLC0415

    workspace = open_project(project)
    return debt_lines(workspace.debts(on=on), decision_date(workspace.project, on))
