"""What is read from the shipped texts, kept where Python keeps its compiled modules."""

from __future__ import annotations

import hashlib
import os
import pickle
import platform
from collections.abc import Callable
from contextlib import suppress
from importlib.resources.abc import Traversable
from importlib.util import cache_from_source
from pathlib import Path
from tempfile import mkstemp
from typing import Any

from geozone.rules.edition import text_of

FORMAT = 1
PROGRAM = ("law", "rules", "vocabulary")
"""The parts of this package that decide what is made of a text."""
ENDING, UNFINISHED = ".kept", ".part"
SEAL = hashlib.sha256().digest_size


def compiled(source: Traversable, make: Callable[[str], Any]) -> Any:  # whatever ``make`` gives
    """What ``make`` gives for the text of a shipped file, always the same for the same program.

    It is as trusted as the compiled modules beside it: who can write there can write those.
    Raises what ``make`` raises; of that nothing is kept.
    """
    text = source.read_text("utf-8")
    place = _place(source)
    if place is None:
        return make(text)
    key = _key(source.name, text)
    found = _read(place, key)
    if found is not None:
        return found
    made = make(text)
    with suppress(OSError):
        _write(place, key, made)
    return made


def _place(source: Traversable) -> Path | None:
    """Where it is kept; nowhere for a package that is no folder."""
    if not isinstance(source, Path):
        return None
    try:
        return Path(cache_from_source(str(source))).with_suffix(ENDING)
    except NotImplementedError:
        return None


def _key(name: str, text: str) -> bytes:
    told = (FORMAT, platform.python_version(), *map(text_of, PROGRAM), name, text)
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).digest()


def _read(place: Path, key: bytes) -> Any:  # as ``compiled``
    """What is kept under a key; ``None`` where nothing is, or not all of it."""
    try:
        whole = place.read_bytes()
    except OSError:
        return None
    body = whole[SEAL:]
    if whole[:SEAL] != hashlib.sha256(key + body).digest():
        return None
    return pickle.loads(body)  # noqa: S301 - as trusted as the compiled modules beside it


def _write(place: Path, key: bytes, made: object) -> None:
    body = pickle.dumps(made, pickle.HIGHEST_PROTOCOL)
    place.parent.mkdir(exist_ok=True)
    handle, name = mkstemp(UNFINISHED, "", place.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(hashlib.sha256(key + body).digest() + body)
        draft.chmod(0o644)
        draft.replace(place)
    finally:
        with suppress(OSError):
            draft.unlink()
