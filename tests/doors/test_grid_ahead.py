"""A grid that is kept is drawn while the zones are cut: the same files, or the same refusal."""

from __future__ import annotations

import errno
import threading
import time
from pathlib import Path

import pytest

import geozone as gz
from geozone.law.errors import Fault, Refused
from geozone.options import BURNING, Options
from geozone.pages.files import held

FILES = {"zones.gpkg", "evidence.tif", "evidence.json", "summary.json"}


@pytest.fixture
def folder(ground):
    return ground.write()


def contents(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir()}


def zoned(folder: Path, out: Path, *, jobs: int = 2, progress=None, **how) -> dict[str, bytes]:
    with held(out) as place:
        run = gz.open(folder, Options(jobs, progress)).zone(saving=place, resolution_m=10.0)
        run.save(place, **how)
    return contents(out)


def never(*_args, **_options):
    pytest.fail("was gathered again")


@pytest.mark.parametrize("how", [{}, {"verdict_grids": True, "also": [".fgb"]}])
def test_what_is_drawn_ahead_is_the_same(folder, tmp_path, how, monkeypatch):
    fresh = zoned(folder, tmp_path / "a", jobs=1, **how)
    assert fresh.keys() >= FILES
    monkeypatch.setattr("geozone.answers.grids.grid_evidence", never)
    before = threading.active_count()
    assert zoned(folder, tmp_path / "b", **how) == fresh
    assert threading.active_count() == before


def test_a_change_of_little_is_burned_ahead(folder, ground, tmp_path, monkeypatch):
    zoned(folder, tmp_path / "a", jobs=1)
    sheet = ground.layers["settlement"]
    sheet.shapes = [one.buffer(30) for one in sheet.shapes]
    ground.write()
    with monkeypatch.context() as patch:
        patch.setattr("geozone.gridahead.LEAST_KEPT", 0.0)
        patch.setattr("geozone.answers.grids.grid_evidence", never)
        ahead = zoned(folder, tmp_path / "b")
    gz.open(folder, Options(keep=False)).zone(resolution_m=10.0).save(tmp_path / "c")
    assert ahead == contents(tmp_path / "c")


@pytest.mark.parametrize("what", ["nothing kept", "one thread", "another grid", "no folder"])
def test_where_little_is_kept_the_grid_waits(folder, tmp_path, what, monkeypatch):
    fresh = zoned(folder, tmp_path / "a", jobs=1)
    if what == "nothing kept":
        for one in sorted((folder / ".geozone/evidence/bands").rglob("*.band")):
            one.unlink()
    elif what == "another grid":
        gz.open(folder).zone(resolution_m=25.0).save(tmp_path / "c")
        monkeypatch.setattr("geozone.engine.kept.edition", lambda: "another")
    monkeypatch.setattr("geozone.gridahead.draw_cog", never)
    if what == "no folder":
        gz.open(folder, Options(2)).zone(resolution_m=10.0).save(tmp_path / "b")
        assert contents(tmp_path / "b") == fresh
        return
    assert zoned(folder, tmp_path / "b", jobs=1 if what == "one thread" else 2) == fresh


def test_saving_twice_gathers_anew(folder, tmp_path):
    fresh = zoned(folder, tmp_path / "a", jobs=1)
    with held(tmp_path / "b") as place:
        run = gz.open(folder, Options(2)).zone(saving=place, resolution_m=10.0)
        run.save(place)
        run.save(tmp_path / "c")
    assert contents(tmp_path / "b") == contents(tmp_path / "c") == fresh


FAULT = Refused([Fault("here", "", "broken", "mend it")])
FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(("error", "said"), [(FAULT, "broken"), (FULL, "the disk is full")])
def test_a_failure_in_the_thread_is_told_and_earlier_files_stand(
    folder, tmp_path, error, said, monkeypatch
):
    fresh = zoned(folder, tmp_path / "a", jobs=1)

    def failing(*_args, **_options):
        raise error

    monkeypatch.setattr("geozone.gridahead.draw_cog", failing)
    before = threading.active_count()
    with pytest.raises(Refused, match=said):
        zoned(folder, tmp_path / "a")
    assert contents(tmp_path / "a") == fresh
    assert threading.active_count() == before


@pytest.mark.parametrize("error", [KeyboardInterrupt, Refused([])])
@pytest.mark.parametrize("at", ["geozone.answers.zoning.zone", "geozone.pages.files.spare"])
@pytest.mark.parametrize("drawn", [False, True])
def test_an_end_of_the_command_ends_the_thread(folder, tmp_path, error, at, drawn, monkeypatch):
    """While it gathers, and after it has drawn all; no band is begun after the end."""
    zoned(folder, tmp_path / "a", jobs=1)
    before = threading.active_count()
    told: list[int] = []

    def slow(what: str, done: int, total: int) -> None:
        if what == BURNING and not drawn:
            told.append(done)
            time.sleep(0.05)

    def ending(*_args, **_options):
        time.sleep(1.0 if drawn else 0.05)
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(at, ending)
        with pytest.raises(KeyboardInterrupt if error is KeyboardInterrupt else Refused):
            zoned(folder, tmp_path / "b", progress=slow)
    assert threading.active_count() == before
    assert len(told) <= 3
    assert not (tmp_path / "b").exists()


def test_steps_are_told_to_their_end(folder, tmp_path):
    zoned(folder, tmp_path / "a", jobs=1)
    told: list[tuple[str, int, int]] = []
    zoned(folder, tmp_path / "b", progress=lambda *one: told.append(one))
    steps = {what.split(" / ")[1]: (done, total) for what, done, total in told}
    assert steps.keys() >= {"reading layers", "evidence grid", "writing results"}
    assert all(done == total for done, total in steps.values())
