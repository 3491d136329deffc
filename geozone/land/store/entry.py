"""A file of arrays that is whole or not believed: every byte of it is covered by a hash."""

from __future__ import annotations

import hashlib
import json
import mmap
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from geozone.land.store.digests import Digests, Stamp

MAGIC = b"geozone store 1\n"
ALIGNED = 64
PIECE = 16 << 20
"""Bytes of the body that are hashed as one."""
TAIL = 40
"""Bytes behind the table: its length, then the hash of all but the body."""
KINDS = "biuf"
"""Kinds of numbers that are stored; objects never are."""

Json = Any  # JSON values of mixed types
Arrays = Mapping[str, NDArray[Any]]  # numbers of whatever type


class DamagedError(Exception):
    """A stored file that is not as it was written, or not what was asked for."""


@dataclass(frozen=True, eq=False)
class Entry:
    """What was stored under a key: ``told`` is JSON, ``arrays`` are mapped from the file.

    The arrays may be written to; the file never changes.
    """

    told: Json
    arrays: Arrays


def write_entry(stream: BinaryIO, key: str, entry: Entry) -> None:
    """Writes an entry and its hashes to an empty file."""
    body = _Hashed(stream)
    table = []
    stream.write(MAGIC)
    for name, array in entry.arrays.items():
        if array.dtype.kind not in KINDS:
            raise TypeError(f"{name}: {array.dtype} is not stored")
        table.append([name, array.dtype.str, list(array.shape), body.size])
        body.write(np.ascontiguousarray(array).reshape(-1).view(np.uint8))
        body.write(np.zeros(-body.size % ALIGNED, np.uint8))
    told = {"key": key, "told": entry.told, "arrays": table, "pieces": body.hashes()}
    head = json.dumps(told).encode("ascii")
    length = len(head).to_bytes(8, "little")
    stream.write(head + length + _seal(head, length))


def read_entry(path: Path, key: str, digests: Digests | None = None) -> Entry:
    """The entry of a file. Raises ``DamagedError`` unless every byte is as it was written.

    Also where the file is of another key; ``OSError`` where it cannot be read. The body of a file
    that ``digests`` know by its seal is not hashed again.
    """
    with path.open("rb") as stream:
        before = Stamp.of(os.fstat(stream.fileno()))
        try:
            whole = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_COPY))
        except ValueError as error:  # an empty file
            raise DamagedError(path.name) from error
        told, body, seal = _head(whole, path)
        if told["key"] != key:
            raise DamagedError(path.name)
        if digests is None or digests.known(path, before) != seal:
            if digests:
                digests.begin()
            if told["pieces"] != [_hash([one]) for one in _pieces(body)]:
                raise DamagedError(path.name)
            if digests:
                digests.note(path, before, Stamp.of(os.fstat(stream.fileno())), seal)
    return Entry(told["told"], {one[0]: _array(body, *one[1:]) for one in told["arrays"]})


def _head(whole: memoryview, path: Path) -> tuple[Json, memoryview, str]:
    """What the head of a file says, its body, and the seal on its head."""
    length, seal = bytes(whole[-TAIL:-32]), bytes(whole[-32:])
    end = len(whole) - TAIL - int.from_bytes(length, "little")
    if end < len(MAGIC) or whole[: len(MAGIC)] != MAGIC:
        raise DamagedError(path.name)
    head, body = bytes(whole[end:-TAIL]), whole[len(MAGIC) : end]
    if _seal(head, length) != seal:
        raise DamagedError(path.name)
    return json.loads(head), body, seal.hex()


def _array(body: memoryview, kind: str, shape: list[int], at: int) -> NDArray[Any]:
    dtype = np.dtype(kind)
    count = int(np.prod(shape))
    found = np.frombuffer(body[at : at + count * dtype.itemsize], dtype)
    return found.reshape(shape)


def _pieces(body: memoryview) -> Iterator[memoryview]:
    return (body[at : at + PIECE] for at in range(0, len(body), PIECE))


def _hash(parts: Iterable[bytes | memoryview]) -> str:
    digest = hashlib.sha256()
    for one in parts:
        digest.update(one)
    return digest.hexdigest()


def _seal(head: bytes, length: bytes) -> bytes:
    return bytes.fromhex(_hash([MAGIC, head, length]))


class _Hashed:
    """A body on its way to a file, hashed piece by piece."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.size = stream, 0
        self.done: list[str] = []
        self.digest = hashlib.sha256()

    def write(self, content: NDArray[np.uint8]) -> None:
        """Writes bytes, in pieces that end where ``_pieces`` ends them."""
        left = content.data
        while left:
            room = PIECE - self.size % PIECE
            self.stream.write(left[:room])
            self.digest.update(left[:room])
            self.size += len(left[:room])
            left = left[room:]
            if self.size % PIECE == 0:
                self._close()

    def hashes(self) -> list[str]:
        """The hashes of all pieces; nothing is written any more."""
        if self.size % PIECE:
            self._close()
        return self.done

    def _close(self) -> None:
        self.done.append(self.digest.hexdigest())
        self.digest = hashlib.sha256()
