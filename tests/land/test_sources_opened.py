"""What a path names: found, refused unseen, unpacked, or copied, and gone afterwards."""

from __future__ import annotations

import hashlib
import zipfile
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from geozone.land import sources
from geozone.land.formats.features import UnreadableError
from geozone.land.sources import source
from geozone.land.sources.copies import copied
from geozone.land.sources.source import Source, opened


def fault_of(written, folder, **options):
    with pytest.raises(UnreadableError) as refused, opened(written, folder, **options):
        raise AssertionError("opened")
    return refused.value


@pytest.mark.parametrize(
    "written",
    [
        "https://example.org/a.gpkg",
        "http://user:secret@example.org/a.gpkg",
        "HTTPS://example.org/a.zip",
        "file:///etc/passwd",
        "gs://bucket/a.gpkg",
        "zip://a.zip!b.shp",
        "postgresql://user:secret@host/db",
        "/vsicurl/http://example.org/a.gpkg",
        "/vsizip/a.zip/b.shp",
        " /VSIMEM/a",
        "vsis3/bucket/a.gpkg",
        "data\\vsizip\\a.zip",
        "s3://bucket/vsizip/a.zip",
        "PG:dbname=x password=secret",
        "GPKG:a.gpkg:roads",
        "MVT:a",
        "GTIFF_DIR:1:a.tif",
        "a.vrt",
        "A.VRT",
        "s3://bucket/a.vrt",
        "a.rar",
        "a.7z",
        "a.tar.gz",
        "a.tgz",
        "s3://bucket/a.RAR",
        "",
        " ",
        "a\x00.gpkg",
        "a\n.gpkg",
    ],
)
@pytest.mark.parametrize("stranger", [False, True])
def test_paths_refused_unseen_cannot_be_waived(written, tmp_path, stranger):
    error = fault_of(written, tmp_path, stranger=stranger)
    assert error.problem is None
    assert "secret" not in error.what + error.todo


@pytest.mark.parametrize(
    ("written", "says"), [("a.rar", "make it a zip"), ("a.vrt", "VRT is not read")]
)
def test_it_says_what_to_do(written, says, tmp_path):
    (tmp_path / written).touch()
    error = fault_of(written, tmp_path)
    assert says in error.what + error.todo


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("a.gpkg", "missing"),
        ("b.gdb", "missing"),
        ("c.gpkg", "unreadable"),
        ("d.gdb", "unreadable"),
    ],
)
def test_what_is_not_there(written, problem, tmp_path):
    (tmp_path / "c.gpkg").mkdir()
    (tmp_path / "d.gdb").touch()
    assert fault_of(written, tmp_path).problem == problem


def test_a_local_file_is_read_where_it_is(tmp_path):
    (tmp_path / "a.gpkg").write_bytes(b"x")
    (tmp_path / "link.gpkg").symlink_to(tmp_path / "a.gpkg")
    for name in ("a.gpkg", "link.gpkg"):
        with opened(name, tmp_path) as found:
            assert found.path == tmp_path / name
            assert [one.name for one in found.files] == [name]
            assert found.files[0].sha256 == hashlib.sha256(b"x").hexdigest()


def test_a_geodatabase_is_hashed_file_by_file_without_locks(tmp_path):
    folder = tmp_path / "x.gdb"
    folder.mkdir()
    for name in ("gdb", "a00000001.gdbtable", "u.sr.lock"):
        (folder / name).touch()
    with opened("x.gdb", tmp_path) as found:
        assert [one.name for one in found.files] == ["x.gdb/a00000001.gdbtable", "x.gdb/gdb"]


# Archives


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "路.shp.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("路.shp", b"shape")
        made.writestr("图.pdf", b"")
    return path


def test_an_archive_is_unpacked_for_the_while_and_named_as_one_file(archive):
    with opened(archive.name, archive.parent) as found:
        assert found.path.read_bytes() == b"shape"
        assert found.path.parent.stat().st_mode & 0o077 == 0
        assert [one.name for one in found.files] == [archive.name]
        assert found.files[0].sha256 == hashlib.sha256(archive.read_bytes()).hexdigest()
        assert "图.pdf" in found.notes[0]
    assert not found.path.parent.exists()


def test_what_was_unpacked_goes_after_a_fault_which_names_the_path_as_written(archive):
    with (
        pytest.raises(UnreadableError, match=archive.name) as told,
        opened(archive.name, archive.parent) as found,
    ):
        raise UnreadableError(f"cannot open {found.path}", "todo", problem="missing")
    assert not found.path.parent.exists()
    assert str(found.path) not in told.value.what
    assert (told.value.todo, told.value.problem) == ("todo", "missing")


def fail(told):
    raise UnreadableError(told, "todo")


def test_no_name_of_the_folder_made_for_it_is_told(archive):
    said = "'{0}/unpacked/data.shp': no; {0}/data.zip: {0}/data.gdb/gdb, too"
    with (
        pytest.raises(UnreadableError) as told,
        opened(archive.name, archive.parent, stranger=True) as found,
    ):
        fail(said.format(found.path.parent))
    name = archive.name
    assert told.value.what == f"'{name}': no; {name}: {name}, too"


@pytest.mark.parametrize("stranger", [False, True])
def test_what_the_system_says_of_a_path_is_a_fault(tmp_path, stranger):
    error = fault_of("a" * 300 + ".gpkg", tmp_path, stranger=stranger)
    assert "name too long" in error.what


def test_a_file_that_cannot_be_opened_is_a_fault(tmp_path, monkeypatch):
    def closed(path):
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "a.gpkg").touch()
    monkeypatch.setattr(source, "_hashed", closed)
    assert "Permission denied" in fault_of("a.gpkg", tmp_path).what


@pytest.mark.parametrize(
    ("written", "module"), [("s3://b/a.zip", "objects"), ("postgis://", "database")]
)
def test_addresses_go_to_their_own_rooms(written, module, archive, monkeypatch):
    asked = []

    @contextmanager
    def room(*given):
        asked.append(given)
        yield Source(given[0], archive, ())

    made = SimpleNamespace(fetched=room, exported=room)
    monkeypatch.setattr(source, "import_module", {f"{sources.__name__}.{module}": made}.get)
    with opened(written, Path("nowhere"), "public.roads") as found:
        assert found.path.read_bytes() == b"shape"
    assert asked == [(written,) if module == "objects" else (written, "public.roads")]


# Strangers


def test_a_strangers_file_is_a_copy_alone_with_its_side_files(tmp_path):
    for name in ("路.shp", "路.DBF", "路.qix", "路.shp.xml", "路.vrt", "other.prj"):
        (tmp_path / name).write_bytes(name.encode())
    with opened("路.shp", tmp_path, stranger=True) as found:
        assert {one.name for one in found.path.parent.iterdir()} == {"data.shp", "data.dbf"}
        assert [one.name for one in found.files] == ["路.DBF", "路.shp"]
        assert found.path.read_bytes() == "路.shp".encode()
        assert found.path.parent.stat().st_mode & 0o077 == 0
    assert not found.path.parent.exists()


def test_logs_of_a_geopackage_come_along(tmp_path):
    for name in ("a.gpkg", "a.gpkg-wal", "a.gpkg-shm", "a.gpkg-journal", "a.gpkg.aux.xml"):
        (tmp_path / name).write_bytes(b"x")
    with opened("a.gpkg", tmp_path, stranger=True) as found:
        names = {one.name for one in found.path.parent.iterdir()}
    assert names == {"data.gpkg", "data.gpkg-wal", "data.gpkg-journal"}


def test_a_strangers_archive_is_left_packed(archive):
    with opened(archive.name, archive.parent, stranger=True) as found:
        assert found.path.name == "data.zip"
        assert found.path.read_bytes() == archive.read_bytes()


@pytest.mark.parametrize("name", ["a.csv", "a.shp", "a.gdb"])
def test_a_strangers_link_is_refused(name, tmp_path):
    real = tmp_path / f"real{Path(name).suffix}"
    if name.endswith(".gdb"):
        real.mkdir()
    else:
        real.touch()
    (tmp_path / name).symlink_to(real)
    assert "is a link" in fault_of(name, tmp_path, stranger=True).what


@pytest.mark.parametrize(("main", "side"), [("a.shp", "a.dbf"), ("a.gdb", "a.gdb/gdb")])
def test_a_link_beside_a_strangers_file_is_refused(main, side, tmp_path):
    if main.endswith(".gdb"):
        (tmp_path / main).mkdir()
    else:
        (tmp_path / main).touch()
    (tmp_path / "secret").touch()
    (tmp_path / side).symlink_to(tmp_path / "secret")
    assert "is a link" in fault_of(main, tmp_path, stranger=True).what


def test_a_folder_within_a_geodatabase_is_refused(tmp_path):
    (tmp_path / "a.gdb" / "more").mkdir(parents=True)
    assert "cannot be read: more" in fault_of("a.gdb", tmp_path, stranger=True).what


def test_a_strangers_file_may_not_be_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr("geozone.land.sources.copies.MOST_BYTES", 10)
    (tmp_path / "a.shp").write_bytes(b"123456")
    (tmp_path / "a.dbf").write_bytes(b"12345")
    into = tmp_path / "into"
    into.mkdir()
    with pytest.raises(UnreadableError, match="too large"):
        copied(tmp_path / "a.shp", into)


@pytest.mark.parametrize(
    ("written", "todo"),
    [("x.gpkg|layername=x", "layer ="), ("data\\x.gpkg", "with /"), ("x.gpkg", "correct the path")],
)
def test_paths_of_other_programs_are_told_apart(tmp_path, written, todo):
    with pytest.raises(UnreadableError) as refused, source.opened(written, tmp_path):
        pass
    assert refused.value.problem == "missing"
    assert todo in refused.value.todo


def test_a_name_that_is_no_utf_8_is_refused(tmp_path):
    with (
        pytest.raises(UnreadableError, match="control characters"),
        opened("a\udcb8.csv", tmp_path),
    ):
        pass
