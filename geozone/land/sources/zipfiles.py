"""Zip containers of any origin: their entries checked by name, inflated under limits."""

from __future__ import annotations

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from geozone.land.formats.features import UnreadableError

CHUNK = 1 << 20
BEGINS = b"PK\x03\x04"
END = b"PK\x05\x06"
END_BYTES = 22
LONGEST_COMMENT = 0xFFFF
LOCAL = struct.Struct("<4s5H3L2H")
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
UTF8_NAME = 0x800
ENCRYPTED = 0x2041
"""Bits of the flags: encrypted, strongly encrypted, masked headers."""
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
)
"""What a damaged archive has been seen to raise; a name that cannot be decoded included."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class ZipLimits:
    """The most that an archive may hold: entries, bytes unpacked, and bytes out per byte in.

    The ratio is only asked of entries of more than ``ratio_from`` bytes: small ones of
    padded text do no harm.
    """

    entries: int
    unpacked_bytes: int
    ratio: int
    ratio_from: int = 64 << 20


@dataclass(frozen=True)
class Entry:
    """A file in an archive: its name, decoded, parts joined by ``/``, and its directory entry."""

    name: str
    info: zipfile.ZipInfo

    @property
    def parts(self) -> tuple[str, ...]:
        """Folders and file name."""
        return tuple(self.name.split("/"))


def entries_of(stream: BinaryIO, limits: ZipLimits) -> tuple[Entry, ...]:
    """The files of an archive, in its order. Raises ``UnreadableError``, also for bad names."""
    try:
        infos = _directory(stream)
        for info in infos:
            _to_content(stream, info)
        named = [one for one in (Entry(_name(info), info) for info in infos) if one.name]
    except BROKEN as error:
        raise broken(error) from error
    for what, wrong in _faults(named, limits).items():
        if wrong:
            names = "、".join(repr(one) for one in wrong[:5])
            raise UnreadableError(
                f"压缩包{what}: {names}", "重新打包 / pack it again", problem=None
            )
    return tuple(one for one in named if not one.info.is_dir())


def broken(error: object) -> UnreadableError:
    """What is said of a damaged archive."""
    return UnreadableError(
        f"压缩包损坏 / the archive is damaged: {error}", "重新打包 / pack it again"
    )


def _directory(stream: BinaryIO) -> list[zipfile.ZipInfo]:
    """The central directory, which must be as long as its end states."""
    if stream.read(4) != BEGINS:
        raise ValueError("不是 zip 或为空 / it is no zip, or empty")
    size = stream.seek(0, 2)
    stream.seek(max(0, size - END_BYTES - LONGEST_COMMENT))
    tail = stream.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < END_BYTES:
        raise ValueError("不完整 / it is cut short")
    disk, start, here, total = struct.unpack_from("<4H", tail, at + 4)
    with zipfile.ZipFile(stream) as archive:
        infos = archive.infolist()
    if (disk, start) != (0, 0) and (disk, start) != (0xFFFF, 0xFFFF):
        raise ValueError("分卷压缩 / it is one of several volumes")
    if total != 0xFFFF and not here == total == len(infos):
        raise ValueError(f"目录载明 {total} 项，实有 {len(infos)} / {total} entries are stated")
    _check_apart(infos)
    return infos


def _check_apart(infos: Sequence[zipfile.ZipInfo]) -> None:
    """Entries that share bytes are how small archives inflate without end."""
    end = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        if info.header_offset < end:
            raise ValueError(f"条目重叠 / entries overlap: {info.filename!r}")
        end = info.header_offset + LOCAL.size + len(_raw_name(info)) + info.compress_size


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    """The name's bytes as stored; the module decodes them as CP437 unless marked UTF-8."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & UTF8_NAME else "cp437")


def _name(info: zipfile.ZipInfo) -> str:
    """The name: UTF-8 where marked, else UTF-8 if it is that, else GB18030."""
    raw = _raw_name(info)
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        name = raw.decode("gb18030")
    parts = name.split("/")
    return "/".join(one for i, one in enumerate(parts) if one != "." or i == len(parts) - 1)


def _faults(entries: Sequence[Entry], limits: ZipLimits) -> dict[str, list[str]]:
    """The names of entries that are refused, by what is wrong with them."""
    files = [one for one in entries if not one.info.is_dir()]
    counts = Counter(_key(one) for one in entries)
    total = sum(one.info.file_size for one in files)
    return {
        f"条目过多 / holds too many entries ({len(entries)} > {limits.entries})": (
            [] if len(entries) <= limits.entries else ["…"]
        ),
        "有不安全的路径 / holds unsafe paths": [one.name for one in entries if _is_unsafe(one)],
        "有链接或特殊文件 / holds links or special files": [
            one.name for one in entries if _is_special(one.info)
        ],
        "有重名文件 / holds files of the same name": [
            one.name for one in entries if counts[_key(one)] > 1
        ],
        "已加密 / is encrypted": [one.name for one in files if one.info.flag_bits & ENCRYPTED],
        "用了不支持的压缩方法 / uses a compression that is not read": [
            one.name for one in files if one.info.compress_type not in METHODS
        ],
        f"解压后过大 / is too large unpacked ({total} > {limits.unpacked_bytes} bytes)": (
            [] if total <= limits.unpacked_bytes else ["…"]
        ),
        "压缩比异常 / is compressed beyond belief": [
            one.name for one in files if _is_bomb(one.info, limits)
        ],
    }


def _key(entry: Entry) -> str:
    """What two names share if a file system could take them for one."""
    return unicodedata.normalize("NFC", entry.name).rstrip("/").casefold()


def _is_unsafe(entry: Entry) -> bool:
    parts = entry.name.removesuffix("/").split("/")
    return bool(
        _CONTROL.search(entry.name)
        or "\\" in entry.name
        or ":" in entry.name
        or any(part in ("", ".", "..") for part in parts)
    )


def _is_special(info: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(info.external_attr >> 16)
    return kind not in (0, stat.S_IFREG, stat.S_IFDIR) or (info.is_dir() and info.file_size > 0)


def _is_bomb(info: zipfile.ZipInfo, limits: ZipLimits) -> bool:
    return info.file_size > limits.ratio_from and info.file_size > limits.ratio * max(
        info.compress_size, 1
    )


def extract(stream: BinaryIO, entry: Entry, to: Path) -> None:
    """Writes an entry to a new file, counted and checked. Raises ``UnreadableError``."""
    try:
        _extract(stream, entry.info, to)
    except BROKEN as error:
        raise broken(f"{entry.name}: {error}" if str(error) else entry.name) from error


def _extract(stream: BinaryIO, info: zipfile.ZipInfo, to: Path) -> None:
    _to_content(stream, info)
    size = crc = 0
    with to.open("xb") as file:
        for piece in _pieces(stream, info):
            size += len(piece)
            if size > info.file_size:
                raise ValueError("比载明的大 / is larger than stated")
            crc = zlib.crc32(piece, crc)
            file.write(piece)
    if size != info.file_size or crc != info.CRC:
        raise ValueError("长度或校验和不符 / length or checksum differ")


def _to_content(stream: BinaryIO, info: zipfile.ZipInfo) -> None:
    """Goes to the first byte of an entry; its own head must say what the directory says."""
    stream.seek(info.header_offset)
    head = LOCAL.unpack(stream.read(LOCAL.size))
    begins, flags, method, name_bytes, extra_bytes = head[0], head[2], head[3], head[9], head[10]
    name = stream.read(name_bytes)
    stream.seek(extra_bytes, 1)
    agrees = (begins, method, name) == (BEGINS, info.compress_type, _raw_name(info))
    if not agrees or (flags ^ info.flag_bits) & ENCRYPTED:
        raise ValueError("条目与目录不符 / differs from the directory")


def _pieces(stream: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content piece by piece; at most a chunk is inflated at a time."""
    engine = zlib.decompressobj(-zlib.MAX_WBITS) if info.compress_type else None
    left = info.compress_size
    while left:
        raw = stream.read(min(CHUNK, left))
        if not raw:
            raise EOFError("不完整 / cut short")
        left -= len(raw)
        if engine is None:
            yield raw
            continue
        piece = engine.decompress(raw, CHUNK)
        while piece:
            yield piece
            piece = engine.decompress(engine.unconsumed_tail, CHUNK)
    if engine is not None and (not engine.eof or engine.unused_data):
        raise ValueError("压缩数据不完整 / the compressed data do not end where they should")
