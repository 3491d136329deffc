"""Who runs what: the tasks, geozone's own runs and its peers, and up to which size each is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ORDER = ("tiny", "small", "medium", "full")
OURS = "ours.py"


@dataclass(frozen=True)
class Contestant:
    """A script with its first arguments; slow ones only up to a size, or with fewer proposals.

    ``resolution_m`` is its own, where it is not that of the page.
    """

    script: str
    args: tuple[str, ...] = ()
    up_to: str = "full"
    most: int = 0
    resolution_m: float = 0.0

    @property
    def is_ours(self) -> bool:
        """Whether it is geozone."""
        return self.script == OURS

    @property
    def name(self) -> str:
        """The script and its arguments."""
        return " ".join((self.script, *self.args))

    def takes(self, size: str) -> bool:
        """Whether it is run at a size; of grounds of other names everybody is."""
        return size not in ORDER or ORDER.index(size) <= ORDER.index(self.up_to)

    def command(self, python: str, data: Path, scratch: Path, resolution_m: float) -> list[str]:
        """The command line."""
        folder = HERE if self.is_ours else HERE / "peers"
        resolution = self.resolution_m or resolution_m
        options = ["--data", data, "--scratch", scratch, "--resolution", resolution]
        options += ["--most", self.most] if self.most else []
        return [python, str(folder / self.script), *self.args, *(str(one) for one in options)]


def _ours(task: str) -> list[Contestant]:
    return [Contestant(OURS, (task, jobs)) for jobs in ("1", "2")]


def _joins(task: str) -> list[Contestant]:
    scripts = ("sjoin.py", "duckdb_join.py", "sedona_join.py", "postgis_join.py")
    return [Contestant(one, (task,)) for one in scripts]


TASKS: Mapping[str, Sequence[Contestant]] = {
    "burn": [
        *_ours("burn"),
        Contestant("burn_rasterio.py"),
        Contestant("burn_rusterize.py"),
        Contestant("burn_atlite.py"),
        Contestant("burn_geocube.py", up_to="medium"),
        Contestant("burn_gdal.py", up_to="medium"),
    ],
    "file": [*_ours("file"), Contestant("burn_cog.py")],
    "burn, 5 m bands": [Contestant(OURS, ("bands", "2"))],
    "file, 10 m": [Contestant(OURS, ("file", "2"), resolution_m=10.0)],
    "partition": [
        *_ours("partition"),
        Contestant("partition_node.py"),
        Contestant("partition_duckdb.py"),
        Contestant("partition_overlay.py", up_to="medium"),
    ],
    "zonal": [Contestant("zonal.py", ("exactextract",)), Contestant("zonal.py", ("rasterstats",))],
    "wells": [*_ours("wells"), *_joins("wells")],
    "parcels": [*_ours("parcels"), *_joins("parcels")],
    "parcel": [Contestant(OURS, ("parcel", "1"), most=3000)],
}
