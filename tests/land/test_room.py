"""Given a file and free memory, whether it is read; what is too large is told with its numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from geozone.land.formats.features import UnreadableError
from geozone.land.sources import room
from geozone.land.sources.source import opened


@pytest.mark.parametrize(
    ("name", "free", "fits"),
    [
        ("a.gpkg", 6000.0, True),
        ("a.gpkg", 5999.0, False),
        ("a.PARQUET", 11_999.0, False),
        ("a.tif", 0.0, True),
        ("a.gpkg", None, True),
    ],
)
def test_what_takes_more_than_there_is_is_refused(
    tmp_path: Path, name: str, free: float | None, fits: bool
) -> None:
    path = tmp_path / name
    path.write_bytes(b"x" * 1000)
    if fits:
        room.check_room(path, free)
        return
    with pytest.raises(UnreadableError, match="GB of memory to read"):
        room.check_room(path, free)


def test_a_folder_counts_its_files(tmp_path: Path) -> None:
    base = tmp_path / "a.gdb"
    (base / "deep").mkdir(parents=True)
    for name in ("a.gdbtable", "deep/b.gdbtable"):
        (base / name).write_bytes(b"x" * 500)
    room.check_room(base, 6000.0)
    with pytest.raises(UnreadableError):
        room.check_room(base, 5999.0)


def test_free_memory_is_told_or_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = tmp_path / "meminfo"
    found.write_text("MemTotal: 9 kB\nMemAvailable:   3 kB\n")
    monkeypatch.setattr(room, "MEMORY", found)
    monkeypatch.setattr(room, "_limit_bytes", lambda: None)
    assert room.free_bytes() == 3 * 1024
    monkeypatch.setattr(room, "MEMORY", tmp_path / "none")
    assert room.free_bytes() is None


def test_every_source_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.gpkg").write_bytes(b"x" * 1000)
    monkeypatch.setattr("geozone.land.sources.source.free_bytes", lambda: 10.0)
    with pytest.raises(UnreadableError, match=r"现有 0\.0 GB"), opened("a.gpkg", tmp_path):
        pass


@pytest.mark.parametrize(
    ("free", "most", "wanted"),
    [(None, 4, 4), (1e9, 4, 4), (1e9, 2, 2), (36_000.0, 4, 2), (35_999.0, 4, 1), (1.0, 4, 1)],
)
def test_as_many_are_read_at_once_as_half_of_what_is_free_takes(
    tmp_path: Path, free: float | None, most: int, wanted: int
) -> None:
    files = [tmp_path / name for name in ("a.gpkg", "b.parquet", "c.shp", "d.tif", "gone.gpkg")]
    for path, size in zip(files, (1000, 1000, 333, 9999), strict=False):
        path.write_bytes(b"x" * size)  # 6,000 and 12,000, then 1,998 bytes of memory
    files.append(tmp_path / ("a" * 300 + ".gpkg"))  # longer than a name may be
    assert room.at_once(files, free, most) == wanted
