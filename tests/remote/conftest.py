"""Servers of this machine, made for the tests and gone after them: PostGIS, object storage."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import geopandas
import psycopg
import pytest
import shapely

CRS = "EPSG:4547"
CENTRE = (520_000.0, 4_207_000.0)
AREA = shapely.box(510_000, 4_197_000, 530_000, 4_217_000)
OWNER, PASSWORD = "gz_owner", "Geheim-42%/@:"
PATIENCE_S, STEP_S = 30.0, 0.02


@dataclass(frozen=True)
class Database:
    """A throwaway PostGIS server."""

    port: int

    def connection(self, **other: Any) -> str:
        """The connection string of the owner, or of another."""
        values = {
            "host": "127.0.0.1",
            "port": self.port,
            "dbname": "postgres",
            "user": OWNER,
            "password": PASSWORD,
            **other,
        }
        return psycopg.conninfo.make_conninfo(**values)

    def run(self, *commands: str) -> None:
        """Runs SQL as the owner."""
        with psycopg.connect(self.connection(), autocommit=True) as base:
            for one in commands:
                base.execute(one)  # type: ignore[arg-type]  # written in the tests

    def load(self, table: str, frame: Any) -> None:
        """Writes a GeoDataFrame as a table with a ``geom`` column and a key ``gid`` from 1."""
        srid = frame.crs.to_epsg() if frame.crs is not None else 0
        columns = [one for one in frame.columns if one != frame.geometry.name]
        listed = "".join(f', "{one}" text' for one in columns)
        self.run(f"CREATE TABLE {table} (gid serial PRIMARY KEY, geom geometry{listed})")
        marks = ", ".join(["%s"] * len(columns))
        names = ", ".join(["geom", *(f'"{one}"' for one in columns)])
        values = ", ".join([f"ST_GeomFromWKB(%s, {srid})", *([marks] if marks else [])])
        with psycopg.connect(self.connection()) as base, base.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {table} ({names}) VALUES ({values})",  # type: ignore[arg-type]
                [
                    (shapely.to_wkb(shape), *row)
                    for shape, row in zip(
                        frame.geometry, frame[columns].itertuples(index=False), strict=True
                    )
                ],
            )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(is_ready: Callable[[], bool], server: subprocess.Popen[bytes]) -> None:
    """Waits until a server answers; fails where it ends or stays silent."""
    for _ in range(int(PATIENCE_S / STEP_S)):
        if is_ready():
            return
        assert server.poll() is None, "the server has ended"
        time.sleep(STEP_S)
    raise AssertionError("the server does not answer")


def _binaries() -> Path:
    """The folder of ``initdb``; skips, or fails where the machine promised to have one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    has_postgis = list(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))
    if found and has_postgis:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    if os.environ.get("GEOZONE_REQUIRE_DATABASE"):
        pytest.fail("no PostgreSQL server with PostGIS on the machine")
    pytest.skip("no PostgreSQL server with PostGIS on the machine")


@pytest.fixture(scope="session")
def server() -> Iterator[Database]:
    """A PostGIS server of its own, in a temporary folder, on a free port of this machine."""
    binaries = _binaries()
    as_user: dict[str, Any] = {}
    if os.getuid() == 0:  # the server refuses to run as root
        as_user = {"user": "postgres", "group": "postgres", "extra_groups": []}
    with tempfile.TemporaryDirectory(prefix="geozone-postgis-") as made:
        folder, port = Path(made), free_port()
        (folder / "password").write_text(PASSWORD)
        if as_user:
            shutil.chown(folder, "postgres")
        create = ["-U", OWNER, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(
            [binaries / "initdb", "-D", folder / "data", "--pwfile", folder / "password", *create],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            **as_user,
        )
        settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"]
        running = subprocess.Popen(
            [binaries / "postgres", "-D", folder / "data", "-p", str(port)]
            + [word for one in settings for word in ("-c", one)],
            cwd=folder,
            stderr=subprocess.DEVNULL,
            **as_user,
        )
        try:
            database = Database(port)
            wait_for(lambda: _answers(database), running)
            database.run("CREATE EXTENSION postgis")
            yield database
        finally:
            running.terminate()
            running.wait(PATIENCE_S)


def _answers(database: Database) -> bool:
    try:
        psycopg.connect(database.connection()).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture
def database(server: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The server with an empty schema ``ground``; GEOZONE_POSTGIS leads to it."""
    server.run("CREATE SCHEMA ground")
    monkeypatch.setenv("GEOZONE_POSTGIS", server.connection())
    yield server
    server.run("DROP SCHEMA ground CASCADE")


@dataclass(frozen=True)
class Store:
    """An object store with one bucket, ``ground``."""

    port: int
    client: Any  # boto3 is untyped

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"http://127.0.0.1:{self.port}"

    def put(self, key: str, content: Path | bytes) -> str:
        """Stores a file, or every file of a folder; its address."""
        if isinstance(content, bytes):
            self.client.put_object(Bucket="ground", Key=key, Body=content)
        elif content.is_dir():
            for one in content.iterdir():
                self.put(f"{key}/{one.name}", one)
        else:
            self.put(key, content.read_bytes())
        return f"s3://ground/{key}"


@pytest.fixture(scope="session")
def store_server() -> Iterator[Store]:
    """``moto_server`` as a process of its own, on a free port of this machine."""
    port = free_port()
    running = subprocess.Popen(
        [Path(sys.executable).parent / "moto_server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: _listens(port), running)
        client = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )
        yield Store(port, client)
        client.close()
    finally:
        running.terminate()
        running.wait(PATIENCE_S)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@pytest.fixture
def store(store_server: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Store]:
    """The store with an empty bucket; the AWS variables lead to it, and to no file."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "GEOZONE_S3")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", store_server.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    store_server.client.create_bucket(Bucket="ground")
    yield store_server
    listed = store_server.client.list_objects_v2(Bucket="ground").get("Contents", [])
    for one in listed:
        store_server.client.delete_object(Bucket="ground", Key=one["Key"])
    store_server.client.delete_bucket(Bucket="ground")


def made(shapes: Sequence[Any], crs: str | None = CRS, **columns: Sequence[Any]) -> Any:
    """Shapes with columns, ready to be written."""
    return geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


def square(east_m: float = 0.0, north_m: float = 0.0, half_m: float = 500.0) -> shapely.Polygon:
    """A square around a place relative to the middle of the area."""
    x, y = CENTRE[0] + east_m, CENTRE[1] + north_m
    return shapely.box(x - half_m, y - half_m, x + half_m, y + half_m)


class Makers:
    """The makers of this file, for tests that cannot import it."""

    made, square = staticmethod(made), staticmethod(square)
    crs, area, centre, password, owner = CRS, AREA, CENTRE, PASSWORD, OWNER


@pytest.fixture(scope="session")
def ground() -> type[Makers]:
    """The makers of this file."""
    return Makers
