"""Object storage: what is fetched, what is refused, and that nothing hangs or tells a secret."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import geopandas
import pytest

from geozone.land.formats.features import UnreadableError
from geozone.land.sources import objects
from geozone.land.sources.objects import fetched
from geozone.land.sources.store import settings_from


def refused(written: str) -> UnreadableError:
    """The refusal of an address."""
    with pytest.raises(UnreadableError) as caught, fetched(written):
        pass
    return caught.value


@pytest.mark.parametrize(
    "name", ["railway.gpkg", "铁路 1.gpkg", "deep/er/a=1/x.gpkg", "a%20b.gpkg"]
)
def test_an_object_comes_whole_and_goes_again(store: Any, name: str) -> None:
    content = bytes(range(256)) * 40_000
    with fetched(store.put(name, content)) as source:
        folder = source.path.parent
        assert source.path.name == Path(name).name
        assert source.path.read_bytes() == content
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()


def test_an_object_in_parts_comes_whole(store: Any) -> None:
    part = bytes(5 << 20)
    asked = {"Bucket": "ground", "Key": "parts.gpkg"}
    upload = store.client.create_multipart_upload(**asked)["UploadId"]
    tags = [
        store.client.upload_part(**asked, UploadId=upload, PartNumber=i, Body=part)["ETag"]
        for i in (1, 2)
    ]
    parts = [{"ETag": tag, "PartNumber": i} for i, tag in enumerate(tags, 1)]
    store.client.complete_multipart_upload(
        **asked, UploadId=upload, MultipartUpload={"Parts": parts}
    )
    with fetched("s3://ground/parts.gpkg") as source:
        assert (
            hashlib.sha256(source.path.read_bytes()).digest() == hashlib.sha256(part * 2).digest()
        )


@pytest.mark.parametrize("upper", [False, True])
def test_side_files_of_a_shapefile_come_along(
    store: Any, ground: Any, tmp_path: Path, upper: bool
) -> None:
    ground.made([ground.square()], name=["铁路"]).to_file(tmp_path / "a.shp", encoding="UTF-8")
    for one in sorted(tmp_path.iterdir()):
        suffix = one.suffix if one.suffix == ".shp" or not upper else one.suffix.upper()
        store.put(f"x/{one.stem}{suffix}", one)
    store.put("x/a.txt", b"no")
    store.put("x/ab.dbf", b"no")
    with fetched("s3://ground/x/a.shp") as source:
        names = {one.name.lower() for one in source.path.parent.iterdir()}
        assert names == {"a.shp", "a.shx", "a.dbf", "a.prj", "a.cpg"}
        assert list(geopandas.read_file(source.path)["name"]) == ["铁路"]


@pytest.mark.parametrize(
    ("main", "side"),
    [
        ("a.gpkg", "a.gpkg-wal"),
        ("a.GPKG", "a.GPKG-wal"),
        ("a.tif", "a.tif.msk"),
        ("a.tiff", "a.tiff.msk"),
    ],
)
def test_what_changes_the_meaning_of_a_file_comes_along(store: Any, main: str, side: str) -> None:
    store.put(side, b"side")
    with fetched(store.put(main, b"main")) as source:
        assert {one.name for one in source.path.parent.iterdir()} == {main, side}


@pytest.mark.parametrize("written", ["s3://ground/x/a.gdb", "s3://ground/x/a.gdb/"])
def test_a_filegdb_comes_as_a_folder(store: Any, ground: Any, tmp_path: Path, written: str) -> None:
    ground.made([ground.square()]).to_file(tmp_path / "a.gdb", driver="OpenFileGDB", layer="a")
    store.put("x/a.gdb", tmp_path / "a.gdb")
    store.put("x/a.gdb2/other", b"no")
    with fetched(written) as source:
        assert len(geopandas.read_file(source.path)) == 1


@pytest.mark.parametrize(
    "written",
    [
        "s3://ground/none.gpkg",
        "s3://no-such-bucket/a.gpkg",
        "s3://ground/none.gdb",
        "s3://ground/x",
    ],
)
def test_a_missing_object_is_missing(store: Any, written: str) -> None:
    store.put("x/a.gpkg", b"main")
    assert refused(written).problem == "missing"


ADDRESSES = {
    "secret": "s3://key:geheim@ground/a.gpkg",
    "user": "s3://key@ground/a.gpkg",
    "parameters": "s3://ground/a.gpkg?endpoint_override=host&secret_key=geheim",
    "no key": "s3://ground",
    "nothing": "s3://",
    "empty part": "s3://ground//a.gpkg",
    "upwards": "s3://ground/../a.gpkg",
    "backslash": "s3://ground/a\\b.gpkg",
    "line break": "s3://ground/a\nb.gpkg",
    "bucket": "s3://Grou_nd/a.gpkg",
    "long": f"s3://ground/{'a' * 300}.gpkg",
}


@pytest.mark.parametrize("case", ADDRESSES)
def test_what_is_no_address_is_refused(case: str) -> None:
    error = refused(ADDRESSES[case])
    assert error.problem is None
    assert "geheim" not in f"{error.what}{error.todo}"


def test_too_large_is_refused_before_it_is_fetched(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = store.put("a.gpkg", b"12345")
    monkeypatch.setattr(objects, "MOST_BYTES", 4)
    assert "过大" in refused(written).what
    monkeypatch.setattr(objects, "MOST_BYTES", 5)
    monkeypatch.setattr(objects, "SPARE_BYTES", 1 << 62)
    assert "磁盘" in refused(written).what


def test_too_many_files_are_refused(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "ab":
        store.put(f"a.gdb/{name}", b"1")
    monkeypatch.setattr(objects, "MOST_FILES", 1)
    assert "1" in refused("s3://ground/a.gdb").what


def test_a_changed_object_is_noticed(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    written = store.put("a.gpkg", b"12345")
    fetch = objects._fetch

    def changing(*given: Any) -> None:
        fetch(*given)
        store.put("a.gpkg", b"123456")

    monkeypatch.setattr(objects, "_fetch", changing)
    assert "改变" in refused(written).what


def test_without_credentials_the_store_is_asked_anonymously(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = store.put("a.geojson", b"1")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "ACCESS_DENIED" in refused(written).what
    store.client.put_object_acl(Bucket="ground", Key="a.geojson", ACL="public-read")
    with fetched(written) as source:
        assert source.path.read_bytes() == b"1"


def test_a_profile_serves_and_proxies_do_not(
    store: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written = store.put("a.gpkg", b"1")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "keys"))
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    keys = "[mine]\naws_access_key_id = k\naws_secret_access_key = s\n"
    (tmp_path / "keys").write_text(keys)
    monkeypatch.setenv("AWS_REGION", "cn-north-1")
    with fetched(written) as source:
        assert source.path.read_bytes() == b"1"


SETTINGS = {
    "nothing": ({}, ("https", None, "us-east-1", True)),
    "keys": ({"AWS_ACCESS_KEY_ID": "k"}, ("https", None, "us-east-1", False)),
    "anonymous": (
        {"AWS_ACCESS_KEY_ID": "k", "GEOZONE_S3_ANONYMOUS": "1"},
        ("https", None, "us-east-1", True),
    ),
    "anonymous off": (
        {"AWS_ACCESS_KEY_ID": "k", "GEOZONE_S3_ANONYMOUS": "0"},
        ("https", None, "us-east-1", False),
    ),
    "region": ({"AWS_DEFAULT_REGION": "cn-north-1"}, ("https", None, "cn-north-1", True)),
    "endpoint": (
        {"AWS_ENDPOINT_URL": "http://localhost:9000/"},
        ("http", "localhost:9000", "us-east-1", True),
    ),
    "endpoint of s3": (
        {"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_S3": "https://b"},
        ("https", "b", "us-east-1", True),
    ),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_settings_come_from_the_environment(case: str, tmp_path: Path) -> None:
    environ, expected = SETTINGS[case]
    found = settings_from({"HOME": str(tmp_path), **environ})
    assert (found.scheme, found.host, found.region, found.anonymous) == expected


@pytest.mark.parametrize("url", ["localhost:9000", "ftp://a", "http://u:geheim@a", "http://a/b"])
def test_a_wrong_endpoint_is_refused(url: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        settings_from({"AWS_ENDPOINT_URL": url, "HOME": "/nowhere"})
    assert "geheim" not in f"{caught.value.what}{caught.value.todo}"


Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """The endpoint of a server of this machine that gives the same answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        do_HEAD = do_GET  # noqa: N815 - as the library names it

        def log_message(self, *_: Any) -> None:
            return

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_address[1]}"
    finally:
        running.shutdown()
        thread.join()
        running.server_close()


def status(code: int, body: bytes = b"") -> Answer:
    """An answer without content."""

    def answer(asked: BaseHTTPRequestHandler) -> None:
        asked.send_response(code)
        asked.send_header("Content-Length", str(len(body)))
        asked.end_headers()
        if asked.command == "GET":
            asked.wfile.write(body)

    return answer


def content(sent: bytes, *, size: int | None = None, tag: str = "parts-2") -> Answer:
    """An answer with content that may not be what its heads say."""

    def answer(asked: BaseHTTPRequestHandler) -> None:
        asked.send_response(200 if asked.command == "HEAD" else 206)
        asked.send_header("Content-Length", str(len(sent) if size is None else size))
        asked.send_header("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT")
        asked.send_header("ETag", f'"{tag}"')
        asked.end_headers()
        if asked.command == "GET":
            asked.wfile.write(sent)
            asked.wfile.flush()
        asked.close_connection = True

    return answer


ANSWERS = {
    "forbidden": (status(403), "ACCESS_DENIED"),
    "failing": (status(500), "500"),
    "moved": (status(301), "301"),
    "no store": (status(200, b"<html>"), "ETag"),
    "short": (content(b"12345", size=50), ""),
    "wrong content": (content(b"12345", tag="0" * 32), "ETag"),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_a_store_that_does_not_give_the_object_is_refused(
    store: Any, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    answer, word = ANSWERS[case]
    monkeypatch.setattr(objects, "ATTEMPTS", 1)
    monkeypatch.setattr(objects, "STALL_S", 1.0)
    with answering(answer) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        error = refused("s3://ground/a.geojson")
    assert error.problem == "unreadable"
    assert word in error.what
    assert "secret" not in error.what


def test_side_files_that_may_not_be_looked_for_are_not_taken_as_absent(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(asked: BaseHTTPRequestHandler) -> None:
        (content(b"1") if asked.path.endswith("a.tif") else status(403))(asked)

    monkeypatch.setattr(objects, "ATTEMPTS", 1)
    with answering(answer) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        error = refused("s3://ground/a.tif")
    assert error.problem == "unreadable"
    assert "ListBucket" in error.todo


def test_an_etag_may_be_declared_to_be_no_md5(monkeypatch: pytest.MonkeyPatch, store: Any) -> None:
    monkeypatch.setenv("GEOZONE_S3_ETAG", "opaque")
    with answering(content(b"12345", tag="0" * 32)) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        with fetched("s3://ground/a.geojson") as source:
            assert source.path.read_bytes() == b"12345"


def test_nothing_hangs_where_nobody_answers(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "ATTEMPTS", 1)
    monkeypatch.setattr(objects, "STALL_S", 1.0)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert "NETWORK_CONNECTION" in refused("s3://ground/a.geojson").what


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:1", "http://no-such-host.invalid"])
def test_an_unreachable_store_is_told(
    store: Any, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    monkeypatch.setattr(objects, "ATTEMPTS", 1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    assert "NETWORK_CONNECTION" in refused("s3://ground/a.gpkg").what
