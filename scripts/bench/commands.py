"""Whole commands as an office runs them, each in a process of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[2] / "layers" / "hebei-demo"
DOOR = "import sys; from geozone.cli import main; sys.exit(main())"
CHANGED = "relics"
"""The layer of a made province that loses a feature between two runs."""


@dataclass(frozen=True)
class Command:
    """Arguments of ``geozone``; ``changes`` names a project whose layer changes before."""

    args: tuple[str, ...]
    changes: Path | None = None

    @property
    def line(self) -> list[str]:
        """The whole command line, with this interpreter."""
        return [sys.executable, "-c", DOOR, *self.args]

    def prepare(self) -> None:
        """Change the layer: its last feature goes, or all come back."""
        if self.changes is None:
            return
        drop = Path(__file__).with_name("drop.py")
        layer = self.changes / f"{CHANGED}.parquet"
        subprocess.run([sys.executable, str(drop), str(layer)], check=True)


def commands(data: Path, scratch: Path) -> Mapping[str, Command]:
    """By what they are; the project in ``data`` is copied before a layer of it changes."""
    well = _one(scratch / "well.csv", (SAMPLE / "wells.csv").read_text("utf-8-sig"))
    copy = scratch / "changed"
    if not copy.exists():
        shutil.copytree(data, copy, ignore=shutil.ignore_patterns("*.gpkg", "wells*", "parcels*"))
    parcel = next(SAMPLE.glob("parcel.*"))
    name = data.name
    crs = tomllib.loads((data / "geozone.toml").read_text("utf-8"))["project"]["crs"]
    wells = ("--activity", "middeep_reinjection:well_production", "--crs", crs)
    return {
        "geozone --help": Command(("--help",)),
        "assess one well, sample project": Command(
            ("assess", str(SAMPLE), str(well), "--out", str(scratch / "well.json"))
        ),
        "notice of one parcel, sample project": Command(
            ("notice", str(SAMPLE), str(parcel), "--out", str(scratch / "notice.html"))
        ),
        "zone at 30 m, sample project": Command(
            ("zone", str(SAMPLE), "--resolution", "30", "--out", str(scratch / "zones-sample"))
        ),
        f"assess all wells, {name}": Command(
            ("assess", str(data), str(data / "wells.csv"), *wells, "--out", str(scratch / "w.csv"))
        ),
        f"zone at 30 m, {name}, again": Command(
            ("zone", str(copy), "--resolution", "30", "--out", str(scratch / "zones"))
        ),
        f"zone at 30 m, {name}, one layer changed": Command(
            ("zone", str(copy), "--resolution", "30", "--out", str(scratch / "zones")), copy
        ),
    }


def fresh(command: Command, target: Path) -> Command:
    """The same command into a folder that holds nothing yet."""
    shutil.rmtree(target, ignore_errors=True)
    return Command((*command.args[:-1], str(target)), command.changes)


def _one(path: Path, text: str) -> Path:
    """A file of the first well of a table."""
    path.write_text("\n".join(text.splitlines()[:2]) + "\n", encoding="utf-8")
    return path
