"""What tells this program from another: the text of its parts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

COMPILED = "__pycache__"


@cache
def text_of(part: str) -> str:
    """The hash of every file of a part of this package: a version may be worked on."""
    return hashed_text(files("geozone") / part)


def hashed_text(folder: Traversable) -> str:
    """The hash of every file in a folder and those in it, but for what was compiled."""
    digest = hashlib.sha256()
    for place, content in _texts(folder, ""):
        digest.update(f"{place}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _texts(folder: Traversable, place: str) -> Iterator[tuple[str, bytes]]:
    for one in sorted(folder.iterdir(), key=lambda each: each.name):
        if not one.is_dir():
            yield f"{place}/{one.name}", one.read_bytes()
        elif one.name != COMPILED:
            yield from _texts(one, f"{place}/{one.name}")
