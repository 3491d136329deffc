"""The house rules: floors, types, style, size, and words that do not belong in the project."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
MOST_LINES = 330


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--no-cache", "--check", "."],
        ["mypy"],
        ["lint-imports", "--no-cache"],
    ],
    ids=["ruff", "format", "mypy", "floors"],
)
def test_tool_is_content(command: list[str]) -> None:
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_modules_stay_small() -> None:
    swollen = {
        str(file.relative_to(ROOT)): count
        for file in sorted((ROOT / "geozone").rglob("*.py"))
        if (count := len(file.read_text("utf-8").splitlines())) > MOST_LINES
    }
    assert swollen == {}


def test_floors_of_the_law_need_no_third_party() -> None:
    third_party = ("numpy", "shapely", "pyproj", "pandas", "rasterio", "fiona", "folium")
    code = (
        "import sys\n"
        "from geozone.figures import load\n"
        "from geozone.rules import judge, program, reader, shipped\n"
        f"loaded = [one for one in {third_party!r} if one in sys.modules]\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_judging_floors_are_covered_branch_by_branch(tmp_path: Path) -> None:
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/law", "tests/rules"]
    cover = ["--cov=geozone.law", "--cov=geozone.rules", "--cov-branch", "--cov-fail-under=100"]
    env = {**os.environ, "COVERAGE_FILE": str(tmp_path / "coverage")}
    done = subprocess.run(
        [sys.executable, *command, *cover, "--cov-report=term-missing:skip-covered"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
