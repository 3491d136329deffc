"""A few of the kills that ``make test-long`` tries many of."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from killing import sweep

PROJECT = Path(__file__).parents[2] / "layers" / "hebei-demo"


def test_killed_runs_leave_the_result_before_and_resume(tmp_path: Path) -> None:
    told = sweep(PROJECT, tmp_path, kills=4)
    assert sum(count for what, count in told.items() if what != "ended") == 4
