"""wells, parcels: PostGIS in a throwaway cluster: ``postgis_join.py wells --data DIR``.

The cluster lives in a temporary folder, listens on this machine only, and is gone afterwards.
Loading and indexing count as reading.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
from common import AbsentError, Clock, Given, Told, answer
from duck import union_of_files
from near import parcels_shared, wells_near

OWNER = "bench"
PATIENCE_S = 30.0


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found or not list(Path("/usr/share/postgresql").glob("*/extension/postgis.control")):
        raise AbsentError("PostgreSQL with PostGIS (Debian: postgresql-15-postgis-3)")
    return found[-1].parent


@contextmanager
def cluster() -> Iterator[str]:
    """The connection string of a server of its own."""
    binaries = _binaries()
    user: dict[str, Any] = {"user": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    with tempfile.TemporaryDirectory(prefix="bench-postgis-") as made:
        if user:
            shutil.chown(made, "postgres")
        data = Path(made) / "data"
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        create = [binaries / "initdb", "-D", data, "-U", OWNER, "-A", "trust", "--no-sync"]
        subprocess.run([*create, "-E", "UTF8", "--locale=C"], check=True, cwd=made, **quiet, **user)
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": made,
            "fsync": "off",
            "synchronous_commit": "off",
            "shared_buffers": "1GB",
            "work_mem": "256MB",
            "maintenance_work_mem": "512MB",
            "max_wal_size": "4GB",
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        start = [binaries / "postgres", "-D", data, "-p", str(port), *options]
        server = subprocess.Popen(start, cwd=made, **quiet, **user)
        try:
            _await(port)
            yield f"host=127.0.0.1 port={port} dbname=postgres user={OWNER}"
        finally:
            server.terminate()
            server.wait()


def _await(port: int) -> None:
    import psycopg  # noqa: PLC0415 - absent is an answer

    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} dbname=postgres user={OWNER}").close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _load(base: Any, name: str, frame: gpd.GeoDataFrame) -> None:  # psycopg's own types
    columns = [one for one in frame.columns if one != "geometry"]
    listed = "".join(f', "{one}" text' for one in columns)
    base.execute(f'CREATE TABLE "{name}" (geometry geometry{listed})')
    cells = [frame[one].tolist() for one in columns]
    with base.cursor().copy(f'COPY "{name}" FROM STDIN') as copy:
        for row in zip(frame.geometry.to_wkb(hex=True), *cells, strict=True):
            copy.write_row(row)


def work(task: str, given: Given) -> Told:
    """The answers to one of the two tasks."""
    import psycopg  # noqa: PLC0415 - absent is an answer

    clock = Clock()
    with cluster() as address, psycopg.connect(address, autocommit=True) as base:
        base.execute("CREATE EXTENSION postgis")
        with clock("read"):
            for name, frame in given.read().items():
                _load(base, name, frame)
            _load(base, task, given.proposals(task))
            base.execute(f"CREATE INDEX ON {task} USING gist (geometry)")
            for k, one in enumerate(given.questions):
                base.execute(f"CREATE TABLE q{k} AS {union_of_files(one, 'geometry')}")
                base.execute(f"CREATE INDEX ON q{k} USING gist (geometry)")
            base.execute("VACUUM ANALYZE")
        asked = wells_near if task == "wells" else parcels_shared
        with clock("engine"):
            result = asked(lambda sql: base.execute(sql).fetchone(), given.questions)
        row = base.execute("SELECT postgis_lib_version()").fetchone()
    return clock.told(result, ["psycopg"], f"PostGIS {row[0] if row else '?'}")


if __name__ == "__main__":
    task = sys.argv.pop(1)
    answer(task, "PostGIS", partial(work, task))
