"""Gathering faults, so that one run tells everything that is wrong with an input."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from geozone.law.errors import Fault, Refused


@dataclass(frozen=True)
class Faults:
    """The faults found so far, and the file and place that are being looked at."""

    file: str
    place: str = ""
    found: list[Fault] = field(default_factory=list)

    def add(self, what: str, todo: str) -> None:
        """Notes a fault at the present place."""
        self.found.append(Fault(shown(self.file), self.place, what, todo))

    def at(self, place: str) -> Faults:
        """The same list, one place further in."""
        return Faults(self.file, f"{self.place}, {place}" if self.place else place, self.found)

    def of(self, file: str) -> Faults:
        """The same list and place, for another file."""
        return Faults(file, self.place, self.found)

    def settle(self) -> None:
        """Raises ``Refused`` with every fault, if there is any."""
        if self.found:
            raise Refused(self.found)


_ADDRESS = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]+):")


def shown(written: str) -> str:
    """A path as faults name it: of an address that may carry a secret only how it begins."""
    address = _ADDRESS.match(written)
    if address is None:
        return written
    bucket = written[address.end() :].lstrip("/").partition("/")[0]
    is_plain = address[1].lower() == "s3" and "@" not in bucket and "?" not in written
    is_name = re.fullmatch(r"[\w/]*", written[address.end() :]) is not None
    return written if is_plain or is_name else f"{address[0]}…"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """What to write instead of an unknown word: the nearest known ones, else all of them."""
    names = list(known)
    near = get_close_matches(word, names, n=3, cutoff=0.6)
    if near:
        return f"是否想写 {'、'.join(near)}？ / did you mean {', '.join(near)}?"
    return f"可用：{'、'.join(names)} / known: {', '.join(names)}"
