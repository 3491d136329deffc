"""Made-up ground that the tests of this folder share."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

LAYERS = Path(__file__).parents[2] / "layers"

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Copies samples of ground into a new folder; gives the first of them."""

    def copied(*names: str) -> Path:
        folder = tmp_path_factory.mktemp("samples")
        for name in names:
            shutil.copytree(LAYERS / name, folder / name)
        return folder / names[0]

    return copied


@pytest.fixture
def narrow_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bands of 32 rows, so that a small grid has several."""
    for place in (
        "engine.kept",
        "engine.bandnames",
        "answers.suitability.constraints",
        "answers.suitability.openground",
        "answers.suitability.borders",
    ):
        monkeypatch.setattr(f"geozone.{place}.BAND_ROWS", 32)
