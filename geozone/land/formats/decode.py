"""Bytes to text: the encodings that Chinese desktop programs write, always checked."""

from __future__ import annotations

import codecs
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from geozone.land.formats.features import UnreadableError

LATIN = "ISO-8859-1"
"""Carries bytes through a driver unchanged."""
NAMES = {"936": "GB18030", "GBK": "GB18030", "GB2312": "GB18030", "CP936": "GB18030"}
NAMES |= {
    "88591": LATIN,
    "8859_1": LATIN,
    "65001": "UTF-8",
    "BIG-5": "CP950",
    "BIG5": "CP950",
    "950": "CP950",
}
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
LIKELY = ("utf-8-sig", "GB18030")
LDID_AT = 29
LANGUAGES = {
    **dict.fromkeys((0x4D, 0x7A), "gb18030"),
    **dict.fromkeys((0x4F, 0x78), "cp950"),
    **dict.fromkeys((0x13, 0x7B), "cp932"),
    **dict.fromkeys((0x4E, 0x79), "cp949"),
    **dict.fromkeys((0x50, 0x7C), "cp874"),
}
"""Code pages by the language byte of a dBASE table. Western ones are left out, like 0x57 ("the
system's"): any bytes fit them, and programs write them beside Chinese text."""
WESTERN = frozenset(
    codecs.lookup(name).name
    for name in ("ascii", "latin-1", "iso8859-15", "cp1252", "cp1250", "cp437", "cp850")
)
FIRST_CJK = "\u2e80"
ODD = ("\u0100", "\u1fff")
"""Letters that no Chinese text has; two bytes of GBK may look like one of them in UTF-8."""


def known_encoding(name: str) -> str:
    """The codec for an encoding's name; GBK and its kin are read as GB18030.

    Raises ``ValueError`` where there is none.
    """
    short = name.strip().upper().removeprefix("ANSI").strip()
    if short.startswith("LDID/") and short[5:].isdigit():
        short = LANGUAGES.get(int(short[5:]), LATIN)
    try:
        return codecs.lookup(NAMES.get(short, short)).name
    except (LookupError, ValueError) as error:
        raise ValueError(f"未知的编码 {name!r} / unknown encoding {name!r}") from error


def decode(content: bytes) -> tuple[str, str]:
    """The text of a file, and the encoding: UTF-16 by its mark, UTF-8, else GB18030.

    Raises ``ValueError`` where it is none of these.
    """
    if content.startswith(WIDE):
        try:
            return content.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError as error:
            raise ValueError("UTF-16 不完整 / broken UTF-16") from error
    for name in LIKELY:
        try:
            return content.decode(name), name
        except UnicodeDecodeError:
            continue
    raise ValueError("既非 UTF-8 也非 GB18030 / neither UTF-8 nor GB18030")


def shapefile_encoding(path: Path) -> str | None:
    """What a shapefile says of its encoding: its ``.cpg``, else the language byte of its table.

    ``None`` where it says nothing, or names a Western code page, which any bytes fit. Raises
    ``ValueError`` where the ``.cpg`` names an unknown one.
    """
    beside = {one.name.removeprefix(path.stem).lower(): one for one in _beside(path)}
    written = beside[".cpg"].read_text(LATIN).strip() if ".cpg" in beside else ""
    if written:
        said = known_encoding(written)
        return None if said in WESTERN else said
    if ".dbf" not in beside:
        return None
    with beside[".dbf"].open("rb") as stream:
        head = stream.read(LDID_AT + 1)
    return LANGUAGES.get(head[LDID_AT]) if len(head) > LDID_AT else None


def _beside(path: Path) -> list[Path]:
    return [one for one in path.parent.iterdir() if one.stem == path.stem]


@dataclass(frozen=True)
class Fit:
    """The encoding that fits the texts of a file, and what the user should know of it."""

    encoding: str
    notes: tuple[str, ...] = ()


def cut_text(content: bytes, encoding: str) -> str:
    """A text whose last letter may have been cut; then it is left out.

    Raises ``ValueError`` (``UnicodeDecodeError``) where the rest is not in that encoding.
    """
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        if error.end < len(content):
            raise
        return content[: error.start].decode(encoding)


def fitting(
    texts: Collection[bytes],
    stated: str | None,
    declared: str | None,
    *,
    cut: Collection[bytes] = (),
) -> Fit:
    """The encoding of texts (bytes), by what their file states and the project declares.

    Bytes decide against a statement that they do not fit; a declaration stands where the file
    states nothing. The last letter of those in ``cut`` may have been cut. Raises
    ``UnreadableError`` where nothing fits or the two contradict.
    """
    if stated and declared and stated != declared:
        raise UnreadableError(
            f"文件声明编码 {stated}，项目写 {declared} / the file states {stated}, "
            f"the project {declared}",
            "删去 encoding 或改正 .cpg / remove encoding, or correct the .cpg",
            problem=None,
        )
    high = _High(*(frozenset(one for one in some if not one.isascii()) for some in (texts, cut)))
    if not high.whole and not high.cut:
        return Fit(stated or declared or "ascii")
    if declared and not stated:
        found = declared if high.fits(declared) else None
    else:
        found = _fitting(high, stated)
    if found is None:
        sample = min(high.whole or high.cut)
        raise UnreadableError(
            f"文字不是 {stated or declared or 'UTF-8 / GB18030'} / text is not "
            f"{stated or declared or 'UTF-8 or GB18030'}: {sample!r}",
            "改正 .cpg 或 encoding / correct the .cpg or encoding",
            problem=None,
        )
    return Fit(found, () if found == (stated or declared) else (_note(found, stated),))


@dataclass(frozen=True)
class _High:
    """Texts with more than ASCII: whole ones, and ones whose last letter may have been cut."""

    whole: frozenset[bytes]
    cut: frozenset[bytes]

    def text(self, encoding: str) -> str:
        """All of them together. Raises ``UnicodeDecodeError``."""
        whole = "".join(one.decode(encoding) for one in self.whole)
        return whole + "".join(cut_text(one, encoding) for one in self.cut)

    def fits(self, encoding: str) -> bool:
        """Whether all of them are in that encoding."""
        try:
            self.text(encoding)
        except UnicodeDecodeError:
            return False
        return True


def _fitting(high: _High, stated: str | None) -> str | None:
    """The first that fits: UTF-8 that makes Chinese, what is stated, GB18030, any UTF-8."""
    if high.fits("utf-8") and _is_chinese(high.text("utf-8")):
        return "utf-8"
    ways = [stated, "gb18030", "utf-8"] if stated else ["gb18030", "utf-8"]
    return next((one for one in ways if one and high.fits(one)), None)


def _is_chinese(text: str) -> bool:
    low, high = ODD
    return max(text, default="") >= FIRST_CJK and not any(low <= one <= high for one in text)


def _note(found: str, stated: str | None) -> str:
    if stated:
        return (
            f"文件声明编码 {stated}，与字节不符，按 {found} 读取 / the file states {stated}, which "
            f"its bytes do not fit; read as {found}"
        )
    return f"文件未声明编码，按 {found} 读取 / no encoding is stated; read as {found}"
