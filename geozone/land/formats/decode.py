"""Bytes to text: the encodings that Chinese desktop programs write, always checked."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from pathlib import Path

LATIN = "ISO-8859-1"
"""Carries bytes through a driver unchanged."""
CHINESE_DBF = 0x4D
NAMES = {"936": "GB18030", "GBK": "GB18030", "GB2312": "GB18030", "CP936": "GB18030"}
LIKELY = ("utf-8-sig", "GB18030")


def known_encoding(name: str) -> str:
    """The codec for an encoding's name; GBK and its kin are read as GB18030.

    Raises ``ValueError`` where there is none.
    """
    short = name.strip().upper().removeprefix("ANSI").strip()
    try:
        return codecs.lookup(NAMES.get(short, short)).name
    except LookupError as error:
        raise ValueError(f"未知的编码 {name!r} / unknown encoding {name!r}") from error


def decode(content: bytes) -> tuple[str, str]:
    """The text of a file, and the encoding: UTF-8 (with or without mark), else GB18030.

    Raises ``ValueError`` where it is neither.
    """
    for name in LIKELY:
        try:
            return content.decode(name), name
        except UnicodeDecodeError:
            continue
    raise ValueError("既非 UTF-8 也非 GB18030 / neither UTF-8 nor GB18030")


def recoded(texts: Iterable[str | None], encoding: str) -> tuple[str | None, ...]:
    """Texts that a driver passed on as Latin-1 bytes, decoded strictly.

    Raises ``ValueError`` (``UnicodeDecodeError``) where one is not in that encoding.
    """
    return tuple(one and one.encode(LATIN).decode(encoding) for one in texts)


def shapefile_encoding(path: Path) -> str | None:
    """What a shapefile says of its encoding: its ``.cpg``, else the language byte of its table.

    Raises ``ValueError`` where the ``.cpg`` names an unknown one.
    """
    for suffix in (".cpg", ".CPG"):
        note = path.with_suffix(suffix)
        if note.is_file():
            return known_encoding(note.read_text(LATIN))
    table = path.with_suffix(".dbf")
    if not table.is_file():
        return None
    with table.open("rb") as stream:
        head = stream.read(32)
    return "gb18030" if len(head) == 32 and head[29] == CHINESE_DBF else None
