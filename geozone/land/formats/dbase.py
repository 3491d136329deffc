"""Reading dBASE tables, which carry the attributes of shapefiles: exact texts, deleted rows."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geozone.land.formats.aliases import DBF_NAME_BYTES
from geozone.land.formats.decode import cut_text
from geozone.land.formats.features import Texts, UnreadableError, canonical_text

HEAD_BYTES, FIELD_BYTES = 32, 32
HEAD_ENDS = 0x0D
DELETED, LIVE = 0x2A, 0x20
ENDS = b"\x1a"
TRUE, FALSE = frozenset(b"YyTt"), frozenset(b"NnFf")
DAY = slice(0, 4), slice(4, 6), slice(6, 8)


@dataclass(frozen=True)
class Field:
    """A field: its name as stored, its kind (``C N F D L …``), and where its bytes stand."""

    name: bytes
    kind: str
    start: int
    width: int


@dataclass(frozen=True, eq=False)
class Table:
    """A dBASE table: its fields, and the bytes of its n rows that are not marked as deleted.

    ``live`` (n,) are their positions among the ``count`` rows of the file, from 0.
    """

    fields: tuple[Field, ...]
    cells: NDArray[np.uint8]
    live: NDArray[np.intp]
    count: int

    @property
    def names(self) -> tuple[bytes, ...]:
        """The names of the fields, as stored."""
        return tuple(one.name for one in self.fields)

    def raw(self, at: int) -> list[bytes]:
        """The bytes of one field, blanks and zero bytes at both ends taken off."""
        field = self.fields[at]
        part = np.ascontiguousarray(self.cells[:, field.start : field.start + field.width])
        flat: list[bytes] = part.view(f"S{field.width}").ravel().tolist()
        return [one.split(b"\x00", 1)[0].strip(b" ") for one in flat]

    def texts(self, at: int, encoding: str) -> Texts:
        """The values of one field as text; null where blank. Raises ``ValueError``."""
        read = _READ.get(self.fields[at].kind)
        if read is None:
            kind = self.fields[at].kind
            raise ValueError(f"字段类型 / field type {kind!r} 不支持 / is not read")
        known: dict[bytes, str | None] = {}
        values = self.raw(at)
        for one in set(values):
            known[one] = read(one, encoding)
        return tuple(known[one] for one in values)


def read_table(path: Path) -> Table:
    """The table of a ``.dbf``.

    Raises ``ValueError`` where it is damaged, ``UnreadableError`` where rows are missing.
    """
    content = path.read_bytes()
    if len(content) < HEAD_BYTES:
        raise ValueError(f"{path.name} 不完整 / is cut")
    count, starts, width = struct.unpack_from("<IHH", content, 4)
    ways = (_fields(content[:starts], long=long) for long in (False, True))
    fields = next((one for one in ways if one and one[-1].start + one[-1].width == width), None)
    if fields is None:
        raise ValueError(f"{path.name} 表头损坏 / has a damaged head")
    there, ends = (len(content) - starts) // width, starts + count * width
    if there < count or (there > count and content[ends : ends + 1] != ENDS):
        raise UnreadableError(
            f"{path.name} 载明 {count} 条记录，实有 {there} 条 / states {count} records, has "
            f"{there}",
            "重新导出 / export it again",
            problem="count-mismatch",
        )
    rows = np.frombuffer(content, np.uint8, count * width, starts).reshape(count, width)
    strange = np.flatnonzero(~np.isin(rows[:, 0], (DELETED, LIVE))) + 1
    if len(strange):
        raise ValueError(f"{path.name} 第 {strange[0]} 条记录损坏 / record {strange[0]} is damaged")
    live = np.flatnonzero(rows[:, 0] == LIVE)
    return Table(fields, rows if len(live) == count else rows[live], live, count)


def _fields(head: bytes, *, long: bool) -> tuple[Field, ...]:
    """The fields of a head; their bytes follow one another behind the mark of a row.

    ``long``: texts keep the high byte of their width where numbers have their decimals.
    """
    found: list[Field] = []
    start = 1
    for at in range(HEAD_BYTES, len(head) - FIELD_BYTES + 1, FIELD_BYTES):
        if head[at] == HEAD_ENDS:
            break
        name, kind, width, decimals = struct.unpack_from("<11sc4xBB", head, at)
        if long and kind == b"C":
            width += decimals << 8
        found.append(Field(name.split(b"\x00", 1)[0].strip(), kind.decode("latin-1"), start, width))
        start += width
    return tuple(found)


def name_texts(names: Sequence[bytes], encoding: str) -> list[str]:
    """The names of fields as text; a letter that was cut at the last byte is left out.

    Raises ``ValueError`` where a name is not in that encoding.
    """
    return [
        cut_text(one, encoding) if len(one) == DBF_NAME_BYTES else one.decode(encoding)
        for one in names
    ]


def _text(value: bytes, encoding: str) -> str | None:
    return canonical_text(value.decode(encoding))


def _number(value: bytes, _encoding: str) -> str | None:
    """Digits as they stand; decimals as the number that they write, ``3.00`` as ``3``."""
    text = value.decode("ascii").strip()
    if not text or set(text) == {"*"}:
        return None
    number = float(text)
    digits = text.lstrip("+")
    return digits if digits.lstrip("-").isdigit() else canonical_text(number)


def _day(value: bytes, _encoding: str) -> str | None:
    text = value.decode("ascii").strip()
    if not text or not text.strip("0"):
        return None
    return "-".join(text[part] for part in DAY) if len(text) == 8 and text.isdigit() else text


def _truth(value: bytes, _encoding: str) -> str | None:
    if value in (b"", b"?"):
        return None
    if value[0] in TRUE or value[0] in FALSE:
        return str(value[0] in TRUE)
    raise ValueError(f"不是真假值 / neither true nor false: {value!r}")


_READ = {"C": _text, "N": _number, "F": _number, "D": _day, "L": _truth}
