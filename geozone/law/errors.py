"""Faults of input, gathered so that a user sees every one of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with an input: where it is, what is wrong and what to do."""

    file: str
    place: str
    what: str
    todo: str

    def __str__(self) -> str:
        place = f" [{self.place}]" if self.place else ""
        return f"{self.file}{place}: {self.what} -> {self.todo}"


class Refused(Exception):  # noqa: N818 - what happened, said in one word
    """Input that geozone will not work on; carries every fault found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))
