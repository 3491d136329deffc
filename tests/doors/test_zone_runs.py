"""Runs of ``zone`` that are disturbed: by damaged or foreign files, by others, by signals."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import geozone as gz
from geozone.options import Options
from geozone.pages.files import held

RUN = "import sys; from geozone.cli import main; main(sys.argv[1:])"
FILES = {"zones.gpkg", "evidence.tif", "evidence.json", "summary.json"}


@pytest.fixture
def folder(ground):
    return ground.write()


def contents(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir()}


def zoned(folder: Path, out: Path, **how) -> dict[str, bytes]:
    gz.open(folder, Options(**how)).zone().save(out)
    found = contents(out)
    shutil.rmtree(out)
    return found


def kept_files(folder: Path) -> list[Path]:
    return sorted(one for one in (folder / ".geozone").rglob("*") if one.is_file())


def swapped(kept: list[Path]) -> None:
    """Every file takes the place of the next of its kind."""
    for kind in {one.suffix for one in kept}:
        same = [one for one in kept if one.suffix == kind]
        held_bytes = [one.read_bytes() for one in same]
        for one, other in zip(same, held_bytes[1:] + held_bytes[:1], strict=True):
            one.write_bytes(other)


def mixed(kept: list[Path]) -> None:
    """Every file takes the place of one of another kind."""
    held_bytes = [one.read_bytes() for one in kept]
    random.Random(1).shuffle(held_bytes)
    for one, other in zip(kept, held_bytes, strict=True):
        one.write_bytes(other)


def flipped(kept: list[Path]) -> None:
    draw = random.Random(2)
    for one in kept:
        found = bytearray(one.read_bytes())
        found[draw.randrange(len(found))] ^= 1 << draw.randrange(8)
        one.write_bytes(found)


def cut(kept: list[Path]) -> None:
    draw = random.Random(3)
    for one in kept:
        one.write_bytes(one.read_bytes()[: draw.randrange(one.stat().st_size)])


def folders(kept: list[Path]) -> None:
    """A folder stands where each file stood."""
    for one in kept:
        one.unlink()
        (one / "inner").mkdir(parents=True)


@pytest.mark.parametrize("harm", [swapped, mixed, flipped, cut, folders])
def test_kept_files_that_are_harmed_are_not_believed(folder, tmp_path, harm):
    fresh = zoned(folder, tmp_path / "out", keep=False)
    assert zoned(folder, tmp_path / "out") == fresh
    harm(kept_files(folder))
    assert zoned(folder, tmp_path / "out") == fresh
    assert zoned(folder, tmp_path / "out") == fresh


def test_cells_that_cannot_be_thrown_away_stay(folder, tmp_path):
    fresh = zoned(folder, tmp_path / "out", keep=False)
    for number in range(500):
        (folder / ".geozone/evidence/cells/00" / f"{number}.block").mkdir(parents=True)
    assert zoned(folder, tmp_path / "out") == fresh


@pytest.mark.parametrize("size", ["0.001", "nan", "inf", "1e12", "1e-300"])
def test_cells_of_no_use_are_refused_before_work_begins(folder, tmp_path, run, size, monkeypatch):
    monkeypatch.setattr("geozone.answers.zoning.partition", lambda *_, **__: pytest.fail("began"))
    told = run("zone", folder, "--out", tmp_path / "out", "--resolution", size)
    assert told.exit_code == 2, told.output
    assert "resolution_m / --resolution" in told.output
    assert not (tmp_path / "out").exists()


def test_a_folder_that_another_run_writes_to_is_refused_before_layers_are_read(
    folder, tmp_path, run, monkeypatch
):
    monkeypatch.setattr("geozone.api.read_project", lambda *_, **__: pytest.fail("began"))
    with held(tmp_path / "out"):
        told = run("zone", folder, "--out", tmp_path / "out")
    assert told.exit_code == 2
    assert f"process {os.getpid()} is writing here" in told.output


@pytest.mark.parametrize("again", [False, True])
def test_steps_are_told_from_reading_to_writing(folder, tmp_path, again):
    told: list[tuple[str, int, int]] = []
    if again:
        zoned(folder, tmp_path / "out")
    zoned(folder, tmp_path / "out", progress=lambda *one: told.append(one))
    steps = list(dict.fromkeys(what for what, _, _ in told))
    assert [one.split(" / ")[1] for one in steps] == [
        "reading layers",
        "cutting zones",
        "evidence grid",
        "writing results",
    ]
    for step in steps:
        assert [done == total for what, done, total in told if what == step][-1]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("at", ["geozone.answers.zoning.zone", "geozone.pages.zonefiles.summary"])
def test_a_run_that_is_told_to_stop_says_so_and_leaves_the_result_before(
    folder, tmp_path, number, at
):
    module, name = at.rsplit(".", 1)
    code = (
        f"import os, sys, {module} as place\n"
        f"place.{name} = lambda *_, **__: os.kill(os.getpid(), {int(number)})\n" + RUN
    )
    before = zoned(folder, tmp_path / "unused")
    out = tmp_path / "out"
    gz.open(folder).zone().save(out)
    told = [sys.executable, "-c", code, "zone", str(folder), "--out", str(out)]
    ran = subprocess.run(told, capture_output=True, text=True)
    assert ran.returncode == 128 + number
    assert ran.stderr.startswith("已中断")
    assert "Traceback" not in ran.stderr
    assert contents(out) == before


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_who_reads_no_further_does_not_stop_a_run(folder, tmp_path):
    read, write = os.pipe()
    os.close(read)
    told = [sys.executable, "-c", RUN, "zone", str(folder), "--out", str(tmp_path / "out")]
    ran = subprocess.run(told, stdout=write, stderr=subprocess.PIPE, text=True)
    os.close(write)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert set(contents(tmp_path / "out")) == FILES


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_what_cannot_be_printed_is_told(folder, tmp_path):
    told = [sys.executable, "-c", RUN, "zone", str(folder), "--out", str(tmp_path / "out")]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ran = subprocess.run(told, stdout=full, stderr=subprocess.PIPE, text=True)
    assert ran.returncode == 2
    assert "printing failed" in ran.stderr
    assert "Traceback" not in ran.stderr


NOTES = {
    "no-json": "junk",
    "not-utf8": b"\xff\xfe",
    "a-list": "[]",
    "no-names": "{}",
    "numbers": '{"names": [1], "retired": []}',
    "outside": '{"names": ["summary.json"], "retired": ["../kept.txt"]}',
    "absolute": '{"names": ["/etc/hosts"], "retired": []}',
}


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES)
@pytest.mark.parametrize("place", [".geozone-ready", ".geozone-old"])
def test_nothing_is_moved_on_the_word_of_a_foreign_note(folder, tmp_path, run, note, place):
    (tmp_path / "kept.txt").write_text("kept")
    waiting = tmp_path / "out" / place
    waiting.mkdir(parents=True)
    (waiting / ".swap").write_bytes(note if isinstance(note, bytes) else note.encode())
    told = run("zone", folder, "--out", tmp_path / "out")
    assert told.exit_code == 2, told.output
    assert f"{place}/.swap" in told.output
    assert (tmp_path / "kept.txt").read_text() == "kept"


def test_memory_is_a_number(folder, tmp_path, run):
    told = run("zone", folder, "--out", tmp_path / "out", "--memory", "nan")
    assert told.exit_code == 2
    assert "not a number" in told.output


def test_memory_that_has_run_out_is_told(folder, tmp_path, run, monkeypatch):
    def full(*_, **__):
        raise MemoryError("11.9 MiB")

    monkeypatch.setattr("geozone.pages.zonefiles.zone_layers", full)
    told = run("zone", folder, "--out", tmp_path / "out")
    assert told.exit_code == 2, told.output
    assert "内存不足 / memory has run out: 11.9 MiB" in told.output
    assert not (tmp_path / "out").exists()


def test_zones_in_other_formats_and_coloured_grids_are_written_when_asked(folder, tmp_path):
    out = tmp_path / "more"
    told = [str(folder), "--out", str(out), "--also", "fgb", "--also", "parquet", "--verdict-grids"]
    subprocess.run([sys.executable, "-c", RUN, "zone", *told], check=True, capture_output=True)
    names = {one.name for one in out.iterdir()}
    layers = {
        one.removeprefix("verdict_").removesuffix(".tif") for one in names if "verdict" in one
    }
    assert layers
    more = {f"zones_{layer}.{ending}" for layer in layers for ending in ("fgb", "parquet")}
    assert names - {f"verdict_{layer}.tif" for layer in layers} == FILES | more
    again = [str(folder), "--out", str(out)]
    subprocess.run([sys.executable, "-c", RUN, "zone", *again], check=True, capture_output=True)
    assert {one.name for one in out.iterdir()} == FILES
