"""Gathering faults, so that one run tells everything that is wrong with an input."""

from __future__ import annotations

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
        self.found.append(Fault(self.file, self.place, what, todo))

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


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """What to write instead of an unknown word: the nearest known ones, else all of them."""
    names = list(known)
    near = get_close_matches(word, names, n=3, cutoff=0.6)
    if near:
        return f"是否想写 {'、'.join(near)}？ / did you mean {', '.join(near)}?"
    return f"可用：{'、'.join(names)} / known: {', '.join(names)}"
