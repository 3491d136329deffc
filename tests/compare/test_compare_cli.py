"""The command: what it prints, what it writes, and with which code it ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geozone.cli.compare import compare
from geozone.land.project import STORE

A, B = "old.toml", "wide.toml@2024-06-01"


@pytest.fixture
def run() -> Callable[..., Result]:
    """The command; what it is given is written as text."""

    def call(*arguments: object) -> Result:
        done = CliRunner().invoke(compare, [str(one) for one in arguments])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return call


def test_without_out_it_prints_the_table(folder: Path, run: Callable[..., Result]) -> None:
    before = set(folder.iterdir())
    done = run(folder, A, B, "--on", "2024-06-01")
    assert done.exit_code == 0
    assert "允许 allowed → 禁止 prohibited  240.00" in done.stdout
    assert "written" not in done.stdout
    assert done.stderr == ""
    assert set(folder.iterdir()) - before <= {folder / STORE}


def test_with_out_it_writes_four_files(
    folder: Path, run: Callable[..., Result], tmp_path: Path
) -> None:
    done = run(folder, A, B, "--on", "2024-06-01", "--rules", "--out", tmp_path / "out")
    assert done.exit_code == 0
    assert f"成果 / written: {tmp_path / 'out'}" in done.stdout
    assert "依据改变 / rules change 160.00" in done.stdout
    assert len(list((tmp_path / "out").iterdir())) == 4


def test_quiet_says_nothing(folder: Path, run: Callable[..., Result]) -> None:
    done = run(folder, "2024-06-01", "2025-06-01", "--quiet")
    assert (done.exit_code, done.output) == (0, "")


def test_activities_may_be_chosen(folder: Path, run: Callable[..., Result]) -> None:
    chosen = "shallow_closed_loop:project"
    done = run(folder, "2024-06-01", "2025-06-01", "--activity", chosen)
    assert done.exit_code == 0
    assert chosen in done.stdout.splitlines()
    assert "middeep_reinjection:well_production" not in done.stdout


def test_every_fault_at_once_code_2_and_nothing_written(
    folder: Path, run: Callable[..., Result], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = run(folder, "HB2", "2024-02-30", "--activity", "well", "--out", out)
    assert done.exit_code == 2
    assert done.stderr.startswith("已拒绝 / refused: 4\n")
    for part in ("[well]", "A [HB2]: 没有决定日期", "A [HB2]: 未知政策", "B [2024-02-30]"):
        assert part in done.stderr
    assert not out.exists()


def test_help_tells_what_a_side_is(run: Callable[..., Result]) -> None:
    done = run("--help")
    assert done.exit_code == 0
    for word in ("2025-12-31", "SX26@2026-06-01", "draft.toml", "changes.gpkg"):
        assert word in done.stdout
