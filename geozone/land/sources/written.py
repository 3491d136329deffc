"""Paths as written in a project file or on the command line: what is refused unseen."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from geozone.land.formats.features import UnreadableError

SCHEMES = ("s3", "postgis")
"""Addresses that are read; everything else is a local path."""
ARCHIVES = (".zip", ".kmz")
OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".z", ".cab")

_ADDRESS = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*)://")
_PREFIX = re.compile(r"\s*[A-Za-z][A-Za-z0-9_+.-]+:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_LOCAL = "写本地文件的路径 / write the path of a local file"


def scheme_of(written: str) -> str:
    """``s3``, ``postgis``, or nothing for a local path.

    Raises ``UnreadableError``, never to be waived, for what is not read whatever it holds.
    The rest of an address is not repeated: it may carry a password.
    """
    if _CONTROL.search(written) or not written.strip():
        raise _refused("路径为空或含控制字符 / the path is empty or holds control characters")
    if "/vsi" in "/" + written.strip().lower().replace("\\", "/"):
        raise _refused("不读 /vsi 虚拟路径 / virtual paths (/vsi…) are not read")
    _check_ending(written)
    address = _ADDRESS.match(written)
    if address:
        scheme = address[1].lower()
        if scheme not in SCHEMES:
            raise _refused(f"不读网络地址 {scheme}:// / {scheme}:// addresses are not read")
        return scheme
    prefix = _PREFIX.match(written)
    if prefix:
        name = prefix[0].strip()
        raise _refused(f"不读驱动前缀 {name} / names of drivers ({name}) are not read")
    return ""


def _check_ending(written: str) -> None:
    ending = PurePosixPath(written.strip().rstrip("/\\").lower()).suffix
    if ending == ".vrt":
        raise _refused(
            "不读 VRT：它指向别的数据 / VRT is not read: it points at other data",
            "给出它所指的数据本身 / name the data that it points at",
        )
    if ending in OTHER_ARCHIVES:
        raise _refused(
            f"不读 {ending} 压缩包 / {ending} archives are not read",
            "请解压或改为 zip / unpack it or make it a zip",
        )


def is_archive(name: str) -> bool:
    """Whether a file is unpacked before it is read, by its ending."""
    return name.lower().endswith(ARCHIVES)


def _refused(what: str, todo: str = _LOCAL) -> UnreadableError:
    return UnreadableError(what, todo, problem=None)
