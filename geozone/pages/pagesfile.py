"""Pages of a file, gathered and written many at once, past the system's cache where that is."""

from __future__ import annotations

import errno
import mmap
import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from io import FileIO
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

_DIRECT: int = getattr(os, "O_DIRECT", 0)
"""What is written so takes no memory besides. It is at the disk at once, as it has to be anyway
before files of results take their places."""

_NOT_DIRECT = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)
"""What systems and places say that cannot do that, or want other sizes."""


class PagesFile:
    """A file that others may have open, to be written to at multiples of a page's size.

    Raises ``OSError`` where the disk does not take it.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._is_direct = path, bool(_DIRECT)
        self._file = self._opened()
        self._pool = ThreadPoolExecutor(1)
        self._begun: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._pool.shutdown()
        self._file.close()

    def begin(self, parts: Sequence[tuple[int, NDArray[np.uint8]]]) -> None:
        """Begin to write whole pages, each part from its offset on, when those before are written.

        They begin where ``room_for`` lets memory begin, and stay as they are until ``settle`` or
        the next ``begin`` returns, which raise what went wrong.
        """
        self.settle()
        self._begun = self._pool.submit(self._write_all, parts)

    def settle(self) -> None:
        """Wait for what was begun."""
        begun, self._begun = self._begun, None
        if begun:
            begun.result()

    def _write_all(self, parts: Sequence[tuple[int, NDArray[np.uint8]]]) -> None:
        for offset, content in parts:
            try:
                self._write(offset, content.data)
            except OSError as error:
                if not self._is_direct or error.errno not in _NOT_DIRECT:
                    raise
                self._file.close()
                self._is_direct = False
                self._file = self._opened()
                self._write(offset, content.data)

    def _opened(self) -> FileIO:
        try:
            return self._raw(_DIRECT if self._is_direct else 0)
        except OSError as error:
            if not self._is_direct or error.errno not in _NOT_DIRECT:
                raise
        self._is_direct = False
        return self._raw(0)

    def _raw(self, more: int) -> FileIO:
        return FileIO(self._path, "r+b", opener=lambda path, flags: os.open(path, flags | more))

    def _write(self, offset: int, content: memoryview) -> None:
        self._file.seek(offset)
        while len(content):
            content = content[self._file.write(content) :]


def room_for(size: int) -> NDArray[np.uint8]:
    """So many bytes, zero, where a page of the system begins."""
    return np.frombuffer(mmap.mmap(-1, size), np.uint8)
