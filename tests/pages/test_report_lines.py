"""What a command prints of few and of very many proposals."""

from __future__ import annotations

from pathlib import Path

import pytest

import geozone as gz
from geozone.pages.report import MANY, SHOWN, assess_lines

HEBEI = Path(__file__).parents[2] / "layers" / "hebei-demo"
ACTIVITY = "middeep_reinjection:well_production"
OUT = Path("out.csv")


@pytest.mark.parametrize("count", [1, MANY, MANY + 1])
def test_of_very_many_the_first_are_printed(tmp_path: Path, count: int) -> None:
    table = tmp_path / "wells.csv"
    rows = [f"W{number},115.7012,39.0192" for number in range(count)]
    table.write_text("\n".join(["id,lon,lat", *rows]) + "\n", "utf-8")
    judged = gz.open(HEBEI).assess(table, activity=ACTIVITY)
    *lines, total, written = assess_lines(judged, judged.verdicts, OUT)
    assert written.endswith(str(OUT))
    assert f" {count}" in total
    if count <= MANY:
        assert [one.split()[0] for one in lines] == [f"W{number}" for number in range(count)]
        return
    *shown, more = lines
    assert [one.split()[0] for one in shown] == [f"W{number}" for number in range(SHOWN)]
    assert f"{count - SHOWN} more" in more
