"""How a side is written: dates, packs, packs on a date; and every fault of both at once."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from geozone.answers.sides import read_sides
from geozone.land.project import Project, read_project
from geozone.law.errors import Refused

JUNE, JULY = date(2024, 6, 1), date(2024, 7, 1)


@pytest.fixture(scope="module")
def project(folder: Path) -> Project:
    return read_project(folder)


@pytest.fixture(scope="module")
def dated(made: Any, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project with a date of its own."""
    folder = tmp_path_factory.mktemp("dated") / "project"
    return read_project(made.write(folder, made.Land(project_keys="on = 2024-06-01")))


SIDES: dict[str, tuple[str, date | None, date, tuple[str, ...]]] = {
    "a date": ("2024-07-01", None, JULY, ("T1", "T2")),
    "a date goes before --on": ("2024-07-01", JUNE, JULY, ("T1", "T2")),
    "only a date after @": ("@2024-07-01", None, JULY, ("T1", "T2")),
    "a shipped pack on a date": ("SX26@2024-07-01", None, JULY, ("SX26",)),
    "a pack takes --on": ("HB21", JULY, JULY, ("HB21",)),
    "a pack takes the project's date": ("HB21", None, JUNE, ("HB21",)),
    "several packs, sorted": ("later.toml,SX26,HB21@2024-07-01", None, JULY,
                              ("HB21", "SX26", "T2")),
    "spaces around": (" old.toml , later.toml@2024-07-01", None, JULY, ("T1", "T2")),
}  # fmt: skip


@pytest.mark.parametrize(("given", "on", "day", "packs"), SIDES.values(), ids=SIDES)
def test_sides(dated: Project, given: str, on: date | None, day: date, packs: Any) -> None:
    side, other = read_sides(dated, given, "2024-06-01", on)
    assert (side.on, tuple(one.id for one in side.policies)) == (day, packs)
    assert (side.given, other.given, other.on) == (given, "2024-06-01", JUNE)


def test_pack_files_lie_beside_the_project_or_where_the_path_says(
    project: Project, folder: Path, tmp_path: Path
) -> None:
    shutil.copy(folder / "later.toml", tmp_path / "a@b.toml")
    beside, elsewhere = read_sides(project, "old.toml", f"{tmp_path / 'a@b.toml'}", JUNE)
    assert [one.policies[0].id for one in (beside, elsewhere)] == ["T1", "T2"]


def test_two_files_of_one_name_are_refused(
    project: Project, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert read_sides(project, "old.toml", "old.toml", JUNE)[0].policies[0].id == "T1"
    shutil.copy(folder / "later.toml", tmp_path / "old.toml")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refused, match="two files"):
        read_sides(project, "old.toml", "2024-06-01", JUNE)


FAULTS: dict[str, tuple[str, str, list[tuple[str, str, str]]]] = {
    "no date anywhere, on both sides": (
        "HB21", "old.toml",
        [("A", "HB21", "no decision date"), ("B", "old.toml", "no decision date")],
    ),
    "unknown packs, each told": (
        "HB2,SX99@2024-06-01", "2024-06-01",
        [("A", "HB2", "unknown pack"), ("A", "SX99", "unknown pack")],
    ),
    "a pack and a date are wrong at once": (
        "HB2@2024-6-1", "none.toml@2024-06-01",
        [("A", "HB2@2024-6-1", "no date"), ("A", "HB2", "unknown pack"),
         ("B", "none.toml", "no such pack file")],
    ),
    "no such day": ("2024-02-30", "@", [("A", "2024-02-30", "no date"), ("B", "@", "no date")]),
    "empty": ("", " ", [("A", "", "empty"), ("B", " ", "empty")]),
    "an empty name among packs": ("HB21,,@2024-06-01", "2024-06-01", [("A", "", "empty")]),
    "one pack twice": ("SX26,SX26@2024-06-01", "2024-06-01", [("A", "SX26,SX26", "named 2 times")]),
    "two packs of one id": (
        "old.toml,wide.toml@2024-06-01", "2024-06-01",
        [("A", "old.toml,wide.toml", "named 2 times")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("a", "b", "expected"), FAULTS.values(), ids=FAULTS)
def test_faults_all_at_once(
    project: Project, a: str, b: str, expected: list[tuple[str, str, str]]
) -> None:
    with pytest.raises(Refused) as refused:
        read_sides(project, a, b)
    faults = refused.value.faults
    assert [(one.file, one.place) for one in faults] == [each[:2] for each in expected]
    for fault, (_, _, what) in zip(faults, expected, strict=True):
        assert what in fault.what
        assert fault.todo


def test_a_broken_pack_file_is_told_with_its_own_faults(project: Project, folder: Path) -> None:
    (folder / "broken.toml").write_text('schema = 1\nid = "T1"\ntypo = 1\n', "utf-8")
    with pytest.raises(Refused) as refused:
        read_sides(project, "broken.toml@2024-06-01", "NOPE@2024-06-01")
    files = [one.file for one in refused.value.faults]
    assert files.count("broken.toml") > 1
    assert files[-1] == "B"
