"""The demo that the README begins with, sample by sample."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLES = sorted(one.parent for one in (ROOT / "layers").glob("*/geozone.toml"))


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda one: one.name)
def test_every_sample_runs(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = importlib.util.spec_from_file_location("demo", ROOT / "scripts" / "demo.py")
    assert spec
    assert spec.loader
    demo = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(demo)
    assert demo.run(folder, tmp_path)
    wanted = {"notice.html", "notice.json", "map.html", "wells.json", "wells.csv", "zones"}
    assert wanted <= {one.name for one in tmp_path.iterdir()}
    assert (tmp_path / "score" / "report.html").exists() == (folder / "score.toml").exists()
    assert str(tmp_path / "wells.json") in capsys.readouterr().out
