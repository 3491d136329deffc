"""Locks that end with the process that holds them, however it ends."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_BEYOND = 1 << 30
"""Where Windows locks a byte: beyond what is written, so that others may read it."""

_TAKEN = frozenset({errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK})


def take(path: Path) -> IO[bytes] | None:
    """A lock file, locked and holding the number of this process; None while another holds it.

    Raises ``OSError`` where the folder cannot be written to or its file system has no locks.
    """
    while True:
        file = path.open("a+b")
        try:
            is_ours = _lock(file)
        except OSError:
            file.close()
            _gone(path)
            raise
        if not is_ours:
            file.close()
            return None
        if _is_at(path, file):
            file.truncate(0)
            file.write(b"%d\n" % os.getpid())
            file.flush()
            return file
        file.close()  # its holder took it away while we waited for it to open


def release(path: Path, file: IO[bytes]) -> None:
    """Give a lock back and take its file away."""
    try:
        path.unlink(missing_ok=True)  # while it is held, where the system lets us
    except OSError:
        file.close()
        _gone(path)
    file.close()


def holder(path: Path) -> str:
    """The number of the process that holds a lock; empty where it cannot be read."""
    try:
        return path.read_text("ascii", errors="replace").strip()
    except OSError:
        return ""


def _gone(path: Path) -> None:
    """Take a lock's file away, unless another run has taken it."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


def _is_at(path: Path, file: IO[bytes]) -> bool:
    """Whether an open file is still what stands at a path."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _lock(file: IO[bytes]) -> bool:
    """Lock an open file, or say that another has."""
    try:
        if sys.platform == "win32":
            file.seek(_BEYOND)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _TAKEN:
            return False
        raise
    return True
