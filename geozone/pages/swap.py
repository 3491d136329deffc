"""A set of new files takes the place of an old one, such that no half of it looks whole.

The steps, each of which may be the last one before a crash:

1. The drafts are synced, with a note of their names, and their folder is renamed to READY. From
   here on the swap goes forward, in this run or at the start of the next.
2. The old files move to OLD, the mark (the file without which a set is not whole) first.
3. The new files move in, the mark last. OLD goes, its note first, then READY.

Where an old file cannot be moved (Windows keeps files that are open in another program), READY is
renamed back and the old files return, the mark last: OLD with its note and without READY means
going back.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

READY, OLD = ".geozone-ready", ".geozone-old"
NOTE = ".swap"


@dataclass(frozen=True)
class Swap:
    """Names of new files, the mark last, and of old files that have no successor."""

    names: tuple[str, ...]
    retired: tuple[str, ...]

    @property
    def leaving(self) -> tuple[str, ...]:
        """Names that old files may have, the mark first."""
        return (*reversed(self.names), *self.retired)


def swap(folder: Path, drafts: Path, names: Sequence[str], retired: Iterable[str] = ()) -> None:
    """Put the named drafts in the place of what stands in a folder, the last name last.

    ``retired`` files go. Raises ``OSError``; then the old files stand as they did, unless the
    disk itself fails half-way: the next ``recover`` goes on from there.
    """
    plan = Swap(tuple(names), tuple(sorted(set(retired) - set(names))))
    if (folder / OLD).exists():
        shutil.rmtree(folder / OLD)  # what could not go before, and must not come back
    for name in names:
        _sync(drafts / name)
    _write_note(drafts, plan)
    ready = folder / READY
    os.rename(drafts, ready)
    sync_folder(folder)
    try:
        _aside(folder, plan)
    except OSError:
        os.rename(ready, drafts)
        _back(folder)
        raise
    _forward(folder, plan)


def recover(folder: Path) -> None:
    """Bring a swap that was broken off to its end, or take it back.

    Only the holder of the folder's lock may call it. Raises ``OSError`` where files cannot be
    moved; then the folder stays as it is.
    """
    if (folder / READY).is_dir():
        plan = _read_note(folder / READY)
        if plan is not None:
            _aside(folder, plan)
        _forward(folder, plan or Swap((), ()))
    elif (folder / OLD / NOTE).exists():
        _back(folder)
    else:
        shutil.rmtree(folder / OLD, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last through a power failure, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _aside(folder: Path, plan: Swap) -> None:
    """Move old files whose successors wait to OLD."""
    ready, old = folder / READY, folder / OLD
    old.mkdir(exist_ok=True)
    if not (old / NOTE).exists():
        _write_note(old, plan)
    for number, name in enumerate(plan.leaving):
        waits = (ready / name).exists() or name in plan.retired
        if waits and os.path.lexists(folder / name):
            os.replace(folder / name, old / name)
        if number == 0:
            sync_folder(folder)  # no old file leaves before the mark has


def _forward(folder: Path, plan: Swap) -> None:
    """Move new files in, the mark last; then take away what the swap needed."""
    ready = folder / READY
    for name in plan.names:
        if name == plan.names[-1]:
            sync_folder(folder)
        if (ready / name).exists():
            os.replace(ready / name, folder / name)
    sync_folder(folder)
    _forget(folder / OLD)
    _forget(ready)


def _back(folder: Path) -> None:
    """Move old files back, the mark last."""
    old = folder / OLD
    plan = _read_note(old)
    for name in reversed(plan.leaving if plan else ()):
        if os.path.lexists(old / name):
            os.replace(old / name, folder / name)
    sync_folder(folder)
    _forget(old)


def _forget(folder: Path) -> None:
    """Take a folder of the swap away, its note first: without it nothing in it counts."""
    (folder / NOTE).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _write_note(folder: Path, plan: Swap) -> None:
    """The plan of a swap, in one step: a note is whole or not there."""
    draft = folder / f"{NOTE}-draft"
    draft.write_text(json.dumps(asdict(plan)), "utf-8")
    _sync(draft)
    os.replace(draft, folder / NOTE)
    sync_folder(folder)


def _read_note(folder: Path) -> Swap | None:
    """The plan that is noted in a folder.

    Raises ``OSError`` where the note is none of ours: nothing is moved on its word.
    """
    path = folder / NOTE
    try:
        told = json.loads(path.read_text("utf-8"))
        plan = Swap(tuple(told["names"]), tuple(told["retired"]))
        if all(_is_name(one) for one in (*plan.names, *plan.retired)):
            return plan
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    what = f"记录已损坏 / a damaged note of what has to be moved: {folder.name}/{NOTE}"
    raise OSError(errno.EBADMSG, what, str(path))


def _is_name(given: Any) -> bool:  # of JSON
    """Whether something is the name of a file in the folder itself."""
    return isinstance(given, str) and given not in {"", ".", ".."} and not set(given) & {"/", "\\"}


def _sync(path: Path) -> None:
    with path.open("r+b") as handle:  # Windows syncs only what may be written
        os.fsync(handle.fileno())
