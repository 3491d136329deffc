"""Arrays in a file that is either whole or not believed."""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"geozone-kept-3\n"
DIGEST = 32
LENGTH = 8
ALIGNED = 16
"""Arrays begin at multiples of so many bytes, as kernels want them."""

DRAFT = ".draft-"
WHOLE = "whole"
NAME_BYTES = 16
HOUR_S = 3600.0
MOST_HEADER = 1 << 24
Arrays = Mapping[str, NDArray[Any]]  # of any number type


def write_kept(
    path: Path,
    header: Mapping[str, Any],  # JSON values
    arrays: Arrays,
    *,
    packs: bool = True,
) -> None:
    """Write a file beside and put it in its place in one step.

    Numbers that hardly repeat are better not packed.
    Raises ``OSError`` where it cannot be written; then nothing is left behind.
    """
    told = {
        "header": dict(header),
        "arrays": [(name, one.dtype.str, one.shape) for name, one in arrays.items()],
        "packed": packs,
    }
    head = json.dumps(told, sort_keys=True).encode("utf-8")
    before = len(MAGIC) + DIGEST + 2 * LENGTH + len(head)
    head += b" " * (-before % ALIGNED)
    raw = b"".join(one.tobytes() + bytes(-one.nbytes % ALIGNED) for one in arrays.values())
    packed = _codec().compress(raw, asbytes=True) if raw and packs else raw
    parts = (_number(len(head)), _number(len(raw)), head, packed)
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    path.parent.mkdir(parents=True, exist_ok=True)
    number, draft = tempfile.mkstemp(prefix=DRAFT, dir=path.parent)
    try:
        with os.fdopen(number, "wb") as handle:
            handle.writelines((MAGIC, digest.digest(), *parts))
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def read_kept(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]] | None:
    """The header and the arrays of a file; ``None`` where it is not there or not whole.

    Arrays that are not packed stay in the file, which is replaced and never written to.
    """
    import pyarrow as pa  # noqa: PLC0415 - loads late

    try:
        with path.open("rb") as handle:
            whole = memoryview(mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError):  # an empty file
        return None
    start = len(MAGIC) + DIGEST
    body = whole[start:]
    if len(body) < 2 * LENGTH or whole[: len(MAGIC)] != MAGIC:
        return None
    if hashlib.sha256(body).digest() != whole[len(MAGIC) : start]:
        return None
    size, length = _read_number(body[:LENGTH]), _read_number(body[LENGTH : 2 * LENGTH])
    told = json.loads(bytes(body[2 * LENGTH : 2 * LENGTH + size]))
    raw = body[2 * LENGTH + size :]
    if told["packed"] and length:
        raw = _codec().decompress(pa.py_buffer(raw), decompressed_size=length)
    return told["header"], _arrays(told["arrays"], memoryview(raw))


def kept_bytes(place: Path | None, told: Mapping[str, Any], make: Callable[[], bytes]) -> bytes:
    """What was made before and kept in a place, ``told`` being all that it depends on; else made.

    What cannot be kept is made again.
    """
    found = read_kept(place) if place else None
    if found is not None and found[0] == told and WHOLE in found[1]:
        return found[1][WHOLE].tobytes()
    made = make()
    if place:
        with suppress(OSError):
            write_kept(place, told, {WHOLE: np.frombuffer(made, np.uint8)})
    return made


def name_of(*parts: str) -> str:
    """A name for what is kept, by all that it depends on."""
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=NAME_BYTES).hexdigest()


def sweep_drafts(folder: Path) -> None:
    """Remove what killed runs left half written: drafts an hour older than the newest file."""
    found = {one: written_s(one) for one in folder.rglob("*") if one.is_file()}
    newest = max(found.values(), default=0.0)
    for one, when in found.items():
        if one.name.startswith(DRAFT) and when < newest - HOUR_S:
            with suppress(OSError):
                one.unlink()


def written_s(path: Path) -> float:
    """When a file was last written to; 0 where it is gone."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def peek_kept(path: Path) -> dict[str, Any] | None:
    """The header of a file, of which it is not known yet whether it is whole."""
    start = len(MAGIC) + DIGEST
    try:
        with path.open("rb") as handle:
            begin = handle.read(start + 2 * LENGTH)
            size = _read_number(memoryview(begin)[start : start + LENGTH])
            found = json.loads(handle.read(min(size, MOST_HEADER)))["header"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _arrays(told: Sequence[Any], raw: memoryview) -> dict[str, NDArray[Any]]:
    found, at = {}, 0
    for name, kind, shape in told:
        dtype = np.dtype(kind)
        size = int(np.prod(shape)) * dtype.itemsize
        found[name] = np.frombuffer(raw[at : at + size], dtype).reshape(shape)
        at += size + -size % ALIGNED
    return found


def _codec() -> Any:  # a pyarrow codec
    import pyarrow as pa  # noqa: PLC0415 - loads late

    return pa.Codec("zstd", compression_level=1)


def _number(value: int) -> bytes:
    return value.to_bytes(LENGTH, "little")


def _read_number(given: memoryview) -> int:
    return int.from_bytes(given, "little")
