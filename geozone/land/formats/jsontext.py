"""Walking through the text of a GeoJSON feature by feature, by the letter of JSON."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from geozone.land.formats.decode import known_encoding

SPACE = re.compile(r"[ \t\r\n]*")
MANY = "features"
OTHER_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
RECORD = "\x1e"
"""Begins each record of a JSON text sequence."""

Json = Any  # JSON values of mixed types


@dataclass(frozen=True)
class Text:
    """The text of a file, its encoding, and what the user should know of it."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def json_text(content: bytes, declared: str | None) -> Text:
    """The text of a GeoJSON, which must be UTF-8 unless the project declares another encoding.

    Raises ``ValueError``.
    """
    if content.startswith(OTHER_MARKS):
        raise ValueError("为 UTF-16 或 UTF-32，GeoJSON 须为 UTF-8 / is UTF-16 or 32, not UTF-8")
    asked = known_encoding(declared) if declared else "utf-8"
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if asked == "utf-8":
            raise ValueError(
                '不是 UTF-8（GeoJSON 须为 UTF-8；若为 GBK，写 encoding = "GB18030"） / is not '
                f'UTF-8, as GeoJSON must be; if it is GBK, write encoding = "GB18030": {error}'
            ) from error
        return Text(content.decode(asked), asked)
    if asked == "utf-8" or content.isascii():
        return Text(text, "utf-8")
    return Text(text, "utf-8", (f"按 UTF-8 读取，非 {asked} / read as UTF-8, not {asked}",))


def walk(text: str, take: Callable[[Json], None]) -> dict[str, Json]:
    """The members of the object that the text is; of ``features`` each goes to ``take`` instead.

    Raises ``ValueError`` for anything that JSON does not allow, and for a member written twice.
    """
    members: dict[str, Json] = {}
    at = _expect(text, 0, "{")
    if text[at : at + 1] == "}":
        _ends(text, at + 1)
        return members
    while True:
        name, at = _value(text, at)
        if not isinstance(name, str):
            _broken("应为名称 / a name is expected", text, at)
        if name in members:
            _broken(f"成员 {name!r} 重复 / {name!r} is written twice", text, at)
        at = _expect(text, at, ":")
        if name == MANY and text[at : at + 1] == "[":
            members[name] = []
            at = _each(text, at, take)
        else:
            members[name], at = _value(text, at)
        at, ends = _next(text, at, "}")
        if ends:
            _ends(text, at)
            return members


def lines(text: str) -> Iterator[Json]:
    """The objects of a text that has one in each line. Raises ``ValueError``."""
    for number, line in enumerate(text.split("\n"), 1):
        plain = line.strip().removeprefix(RECORD)
        if plain:
            try:
                value, at = _value(plain, 0)
                _ends(plain, at)
            except ValueError as error:
                raise ValueError(f"第 {number} 行 / line {number}: {error}") from error
            yield value


def _each(text: str, at: int, take: Callable[[Json], None]) -> int:
    """Hands on every element of the array that begins at ``at``; where it ends."""
    at = _expect(text, at, "[")
    if text[at : at + 1] == "]":
        return at + 1
    while True:
        value, at = _value(text, at)
        take(value)
        at, ends = _next(text, at, "]")
        if ends:
            return at


def _next(text: str, at: int, end: str) -> tuple[int, bool]:
    """Behind the comma or the end that must come next, and whether it was the end."""
    at = _spaced(text, at)
    if text[at : at + 1] == end:
        return at + 1, True
    return _expect(text, at, ","), False


def _expect(text: str, at: int, mark: str) -> int:
    """The first letter behind a mark that must come next, and behind the spaces after it."""
    at = _spaced(text, at)
    if text[at : at + 1] != mark:
        _broken(f"应为 / expected: {mark!r}", text, at)
    return _spaced(text, at + 1)


def _spaced(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at


def _value(text: str, at: int) -> tuple[Json, int]:
    try:
        return _DECODER.raw_decode(text, _spaced(text, at))
    except RecursionError as error:
        raise ValueError("嵌套过深 / nested too deeply") from error


def _ends(text: str, at: int) -> None:
    """Raises ``ValueError`` where something stands behind the value that ends here."""
    at = _spaced(text, at)
    if text[at : at + 1] == "{":
        _broken(
            "每行一个要素的文件应改名为 .geojsonl / one object a line: name it .geojsonl", text, at
        )
    if at != len(text):
        _broken("结尾之后还有内容 / there is something behind the end", text, at)


def _broken(what: str, text: str, at: int) -> NoReturn:
    raise json.JSONDecodeError(what, text, at)


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        again = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"成员 {again!r} 重复 / {again!r} is written twice")
    return members


def _refuse(token: str) -> NoReturn:
    raise ValueError(f"{token} 不是 JSON 数值 / {token} is no number of JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse)
