"""What a path in a project file, or on the command line, names: files ready to be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from geozone.land.formats.features import UnreadableError
from geozone.land.receipt import HashedFile, hashed, hashed_file
from geozone.land.sources.archive import FOR_LAYERS, unpack
from geozone.land.sources.copies import copied
from geozone.land.sources.dataset import LOCK
from geozone.land.sources.room import check_room, free_bytes
from geozone.land.sources.written import is_archive, scheme_of

FOLDERS = (".gdb",)
"""Endings of formats that are folders."""


@dataclass(frozen=True, eq=False)
class Source:
    """What is to be read: ``path`` is a local file, or the folder of a FileGDB.

    ``files`` are what the receipt names: the files as supplied, an archive as one. ``notes``
    are remarks for the user.
    """

    written: str
    path: Path
    files: tuple[HashedFile, ...]
    notes: tuple[str, ...] = ()


@contextmanager
def opened(
    written: str, folder: Path, layer: str | None = None, *, stranger: bool = False
) -> Iterator[Source]:
    """The source that ``written`` names, relative to ``folder``; what was made for it goes again.

    ``layer`` is the table of a database. A ``stranger``'s file may not be a link; it is handed
    on as a private copy under a generated name, alone in its folder but for its known side
    files, and an archive is left for the confined reader to unpack.
    Raises ``UnreadableError``, with the problem ``missing`` where there is nothing; a fault
    of the reader names the path as written.
    """
    with ExitStack() as stack:
        source = _ready(written, folder, layer, stack, stranger=stranger)
        try:
            check_room(source.path, free_bytes())
            yield source
        except UnreadableError as error:
            if source.path == folder / written:
                raise
            raise _retold(error, source) from error


def _ready(
    written: str, folder: Path, layer: str | None, stack: ExitStack, *, stranger: bool
) -> Source:
    """What is named, unpacked or copied where needed, and hashed."""
    try:
        source = _found(written, folder, layer, stack)
        if stranger:
            return _private(source, stack)
        if is_archive(source.path.name):
            return _unpacked(source, stack)
        return source if source.files else replace(source, files=_hashed(source.path))
    except OSError as error:
        what = f"无法读取 / cannot be read: {error.strerror or type(error).__name__}"
        raise UnreadableError(what, "检查文件与权限 / check the file and its rights") from error


def _found(written: str, folder: Path, layer: str | None, stack: ExitStack) -> Source:
    """What is named; without files where they are still to be hashed."""
    scheme = scheme_of(written)
    if scheme == "s3":
        objects = import_module("geozone.land.sources.objects")  # slow, and few projects need it
        fetched: Source = stack.enter_context(objects.fetched(written))
        return fetched
    if scheme == "postgis":
        database = import_module("geozone.land.sources.database")  # an extra, not always there
        exported: Source = stack.enter_context(database.exported(written, layer))
        return exported
    path = folder / written
    _check_there(path)
    return Source(written, path, ())


def _check_there(path: Path) -> None:
    is_folder = path.suffix.lower() in FOLDERS
    if path.is_dir() if is_folder else path.is_file():
        return
    if path.exists():
        kind = "文件夹 / a folder" if is_folder else "文件 / a file"
        raise UnreadableError(f"应为{kind} is expected", "改正路径 / correct the path")
    raise UnreadableError(
        "文件不存在 / the file does not exist", _right_path(path.name), problem="missing"
    )


def _right_path(name: str) -> str:
    """What to do about a path that names nothing: ways in which other programs write it."""
    if "|" in name:
        return '图层名另写：layer = "…" / name the layer apart: layer = "…"'
    if "\\" in name:
        return "路径用 / 分隔 / part folders with /"
    return "改正路径 / correct the path"


def _hashed(path: Path) -> tuple[HashedFile, ...]:
    """The files of a path, hashed; those of a folder are named with it, without locks."""
    if not path.is_dir():
        return hashed([path])
    inside = sorted(one for one in path.iterdir() if one.is_file() and one.suffix != LOCK)
    return tuple(replace(hashed_file(one), name=f"{path.name}/{one.name}") for one in inside)


def _folder(stack: ExitStack) -> Path:
    """A new folder that only this user can enter, gone when the source is closed."""
    return Path(stack.enter_context(TemporaryDirectory(prefix="geozone-")))


def _unpacked(source: Source, stack: ExitStack) -> Source:
    """The data set in an archive; the receipt names the archive."""
    found = unpack(source.path, _folder(stack), FOR_LAYERS)
    files = source.files or (hashed_file(source.path),)
    return replace(source, path=found.path, files=files, notes=(*source.notes, *found.notes))


def _private(source: Source, stack: ExitStack) -> Source:
    """A copy of a stranger's file: what is hashed is what is read, whatever happens to it."""
    made = copied(source.path, _folder(stack))
    files = [replace(hashed_file(copy), name=name) for copy, name in made.names.items()]
    by_name = tuple(sorted(files, key=lambda one: (one.name, one.sha256)))
    return replace(source, path=made.main, files=source.files or by_name)


def _retold(error: UnreadableError, source: Source) -> UnreadableError:
    """The same fault without names from the folder that was made for the reader only."""
    made = re.escape(str(source.path.parent)) + r"[^\s'\",:;，：；]*"
    what = re.sub(made, lambda _: source.written, error.what)
    return UnreadableError(what, error.todo, problem=error.problem)
