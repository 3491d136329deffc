"""What a project says is the same to the byte whether its layers were read or kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geozone.answers.site import decision_date
from geozone.api import Workspace
from geozone.land.project import read_project
from geozone.land.store import opening
from geozone.pages.checkreport import check_lines, check_result
from geozone.pages.tables import json_text

LAYERS = Path(__file__).parents[2] / "layers"
SAMPLES = sorted(one.parent.name for one in LAYERS.glob("*/geozone.toml"))


def checked(project: Workspace, out: Path) -> None:
    day = decision_date(project.project, None)
    owed = project.debts(on=day)
    (out / "check.txt").write_text("\n".join(check_lines(project.project, owed, day)), "utf-8")
    told = check_result(project.project, owed, day)
    (out / "check.json").write_text(json_text(told), "utf-8")


def assessed(project: Workspace, out: Path) -> None:
    found = project.assess(project.project.file.parent / "wells.csv")
    for ending in ("json", "csv", "html"):
        found.save(out / f"wells.{ending}")


def noticed(project: Workspace, out: Path) -> None:
    (parcel,) = project.project.file.parent.glob("parcel.*")
    notice = project.notice(parcel)
    for ending in ("html", "json"):
        notice.save(out / f"notice.{ending}")


def zoned(project: Workspace, out: Path) -> None:
    project.zone(resolution_m=500).save(out)


ASKED: dict[str, Callable[[Workspace, Path], None]] = {
    "assess": assessed,
    "notice": noticed,
    "zone": zoned,
}
CASES = [(name, "check") for name in SAMPLES] + [("hebei-demo", one) for one in ASKED]


@pytest.mark.parametrize(("name", "what"), CASES, ids=["-".join(one) for one in CASES])
def test_fresh_and_kept_say_the_same(tmp_path, monkeypatch, name, what):
    ask = {"check": checked, **ASKED}[what]

    def said(out: str, store: Path | None) -> dict[str, bytes]:
        (tmp_path / out).mkdir()
        ask(Workspace(read_project(LAYERS / name, store=store)), tmp_path / out)
        return {one.name: one.read_bytes() for one in (tmp_path / out).iterdir()}

    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("a layer was read that the store knows")

    fresh = said("fresh", None)
    assert fresh
    assert said("first", tmp_path / "store") == fresh
    monkeypatch.setattr(opening, "read_layer", refused)
    assert said("again", tmp_path / "store") == fresh
