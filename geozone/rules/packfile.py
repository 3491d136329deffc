"""Opening a pack file: what no pack may hold is refused before anything of it is read."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from geozone.law.errors import Fault, Refused

MOST_BYTES = 8_000_000
"""No document of law is longer."""

_CONTROLS = ("Cc", "Cf", "Cs", "Co")
"""Characters that steer a terminal or turn the reading direction."""


def pack_text(path: Path) -> str:
    """The text of a pack file, with or without a byte order mark.

    Raises ``Refused`` for what is no regular UTF-8 file of a sensible size.
    """
    try:
        if not path.is_file():
            raise _refused(path, "cannot be read: is no file", "give a TOML file")
        if path.stat().st_size > MOST_BYTES:
            raise _refused(path, f"is larger than {MOST_BYTES} bytes", "give one document a file")
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(path, f"cannot be read: {error}", "give a readable UTF-8 file") from error


def _refused(path: Path, what: str, todo: str) -> Refused:
    return Refused([Fault(str(path), "", what, todo)])


def pack_table(text: str, file: str) -> Mapping[str, Any]:
    """The TOML table of a pack. Raises ``Refused`` for broken TOML and for control characters."""
    try:
        raw = tomllib.loads(text)
        hidden = sorted({place for place, one in _texts(raw, "") if _steers(one)})
    except tomllib.TOMLDecodeError as error:
        raise Refused([Fault(file, "", f"is not TOML: {error}", "mend the syntax")]) from error
    except RecursionError as error:
        raise Refused([Fault(file, "", "is nested too deeply", "write plain tables")]) from error
    if hidden:
        what, todo = "holds control characters", "write visible characters only"
        raise Refused([Fault(file, place, what, todo) for place in hidden])
    return raw


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:  # a TOML value of any type
    """Every text of a TOML value, keys included, with its place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield place, key
            yield from _texts(one, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for number, one in enumerate(value, start=1):
            yield from _texts(one, f"{place}[{number}]")


def _steers(text: str) -> bool:
    if text.isprintable():  # as nearly all are
        return False
    return any(unicodedata.category(one) in _CONTROLS and one not in "\n\t" for one in text)
