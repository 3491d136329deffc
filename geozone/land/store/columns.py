"""Texts of many features as arrays: few words that many share, or names that differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Texts = tuple[str | None, ...]
Indices = NDArray[np.intp]
NONE = -1
"""The code of a value that is not known."""


@dataclass(frozen=True, eq=False)
class Column:
    """A text or ``None`` for each of n features: ``codes`` (n,) are places in ``words``."""

    codes: NDArray[np.int32]
    words: tuple[str, ...]

    @classmethod
    def of(cls, texts: Sequence[str | None]) -> Column:
        """The column of n texts; words in the order in which they first come."""
        known: dict[str | None, int] = {None: NONE}
        codes = [known.setdefault(one, len(known) - 1) for one in texts]
        words = tuple(one for one in known if one is not None)
        return cls(np.array(codes, np.int32), words)

    @cached_property
    def texts(self) -> Texts:
        """The n texts."""
        words = (*self.words, None)  # the last one is at NONE
        return tuple([words[code] for code in self.codes.tolist()])

    def mapped(self, to: Callable[[str], int], none: int) -> NDArray[np.int_]:
        """A number for each feature (n,): that of its word, or ``none`` where it has no text."""
        numbers = np.array([*(to(one) for one in self.words), none], np.int_)
        found: NDArray[np.int_] = numbers[self.codes]
        return found


@dataclass(frozen=True, eq=False)
class Names:
    """n texts, one behind the other in ``utf8`` (b,), text k from ``starts[k]`` on; (n + 1,)."""

    utf8: NDArray[np.uint8]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Names:
        """The names of n texts."""
        coded = [one.encode("utf-8", "surrogatepass") for one in texts]
        starts = np.cumsum([0, *map(len, coded)], dtype=np.int64)
        return cls(np.frombuffer(b"".join(coded), np.uint8), starts)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """All n texts."""
        return self.some(slice(None))

    def some(self, wanted: Indices | slice) -> tuple[str, ...]:
        """The texts at some places, in their order."""
        firsts, lasts = self.starts[:-1][wanted].tolist(), self.starts[1:][wanted].tolist()
        utf8 = self.utf8.data
        pairs = zip(firsts, lasts, strict=True)
        return tuple([str(utf8[one:end], "utf-8", "surrogatepass") for one, end in pairs])
