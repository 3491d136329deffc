"""What tells kept evidence of one program from that of another."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from geozone.land.versions import installed
from geozone.version import VERSION

LIBRARIES = ("numba", "numpy", "pyproj", "shapely")
ENDING = ".py"


@cache
def edition() -> str:
    """The hash of all that works evidence out: this floor's text, and the libraries under it.

    A version may be worked on, so its number alone does not do.
    """
    digest = hashlib.sha256(VERSION.encode())
    for name in LIBRARIES:
        digest.update(f"\n{name} {installed(name)}".encode())
    for place, content in sorted(_texts(files("geozone.engine"), "")):
        digest.update(f"\n{place} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


@cache
def text_hash(package: str, *names: str) -> str:
    """The hash of some texts of a package, for what is kept of what they make."""
    digest = hashlib.sha256(VERSION.encode())
    for name in names:
        digest.update((files(package) / name).read_bytes())
    return digest.hexdigest()


def _texts(folder: Traversable, place: str) -> list[tuple[str, bytes]]:
    """The texts of a folder and those in it, by place."""
    found = []
    for one in folder.iterdir():
        if one.is_dir():
            found += _texts(one, f"{place}/{one.name}")
        elif one.name.endswith(ENDING):
            found.append((f"{place}/{one.name}", one.read_bytes()))
    return found
