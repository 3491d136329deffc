"""The examples of the README run as they stand."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = re.findall(
    r"^geozone +((?:check|explain|zone|assess|notice|map|score|surface|policy) .+)$", README, re.M
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "layers", folder / "layers")
    return folder


def run(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=place,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_command_is_shown() -> None:
    assert len(COMMANDS) == 12


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: "-".join(one.split()[:2]))
def test_command(place: Path, command: str) -> None:
    words = command.split()
    done = run(place, "-c", "from geozone.cli import main; main()", *words)
    expected = 1 if words[0] == "assess" else 0  # some sample wells are prohibited
    assert done.returncode == expected, done.stderr
    if "--out" in words:
        assert (place / words[-1]).exists()


def test_python_example(place: Path) -> None:
    code = re.search(r"```python\n(.+?)```", README, re.S)
    assert code
    done = run(place, "-W", "error", "-c", code[1])
    assert done.returncode == 0, done.stderr
    assert "allowed" in done.stdout
    assert (place / "out" / "notice.html").exists()
