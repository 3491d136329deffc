"""Very many rows of a table as text, with metres as a table writes each: to the millimetre, in the
fewest digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Metres = NDArray[np.float64]
Places = NDArray[np.int64]
Letters = NDArray[np.uint8]
"""Text in UTF-8."""
Names = tuple[Places, Letters]
"""Where each of n texts begins (n + 1,), and their letters."""

DECIMALS = 3


@dataclass(frozen=True, eq=False)
class Kinds:
    """What rows of each kind tell: letters, with the metres of a row between any two pieces.

    Piece p of a kind stands from ``begins[kind, p]`` to ``begins[kind, p + 1]`` of ``letters``;
    after it comes the value at ``slots[kind, p]``, where that is not negative.
    """

    begins: Places
    letters: Letters
    slots: Places

    @classmethod
    def of(cls, pieces: Sequence[Sequence[bytes]], slots: Places) -> Kinds:
        """The kinds of their pieces, and of the slots between these."""
        most = max(map(len, pieces), default=0)
        sizes = np.zeros((len(pieces), most + 1), np.int64)
        for size, each in zip(sizes, pieces, strict=True):
            size[1 : len(each) + 1] = [len(one) for one in each]
        begins = np.cumsum(sizes).reshape(sizes.shape)
        letters = b"".join(one for each in pieces for one in each)
        return cls(begins, np.frombuffer(letters, np.uint8), slots)

    def followed(self, more: Kinds) -> Kinds:
        """These kinds, and after them more."""
        wide = max(self.begins.shape[1], more.begins.shape[1])
        begins = [
            np.pad(one, ((0, 0), (0, wide - one.shape[1])), mode="edge")
            for one in (self.begins, more.begins + len(self.letters))
        ]
        letters = np.concatenate([self.letters, more.letters])
        return Kinds(np.vstack(begins), letters, below(self.slots, more.slots))


def table_of(places: Sequence[Sequence[int]]) -> Places:
    """Lists of places as rows of one table, filled up with -1."""
    found = np.full((len(places), max(map(len, places), default=0)), -1, np.int64)
    for row, each in zip(found, places, strict=True):
        row[: len(each)] = each
    return found


def below(table: Places, more: Places) -> Places:
    """The rows of a table of ``table_of``, and below them those of another."""
    wide = max(table.shape[1], more.shape[1])
    both = [
        np.pad(one, ((0, 0), (0, wide - one.shape[1])), constant_values=-1) for one in (table, more)
    ]
    return np.vstack(both)


def rounded(kinds: Places, asked: Places, limits: Metres, metres: Metres) -> Metres:
    """Rounds metres (m, n) as ``round`` does to the millimetre; what they exceed limits (m,) by.

    Of row k only those places are told that its kind has in ``asked`` (kinds, most); -1 ends them.
    """
    from geozone.engine.kernels import bulkrows  # noqa: PLC0415 - numba loads slowly

    margins, odd = np.empty_like(metres), np.zeros(metres.shape, bool)
    if bulkrows.rounded(kinds, asked, limits, metres, margins, odd):
        for place, row in np.argwhere(odd).tolist():
            value = float(metres[place, row])
            metres[place, row] = round(value, DECIMALS)
            margins[place, row] = round(value - float(limits[place]), DECIMALS)
    return margins


def most_letters(codes: Places, names: Names, kinds: Kinds) -> int:
    """More letters than the rows (n,) of kinds have, with their names."""
    from geozone.engine.kernels.bulkrows import WIDEST  # noqa: PLC0415 - as above

    sizes = (kinds.begins[:, -1] - kinds.begins[:, 0] + WIDEST * kinds.slots.shape[1])[codes]
    return int(sizes.sum() + names[0][-1] - names[0][0])


def rows_of(codes: Places, names: Names, kinds: Kinds, metres: Metres, out: Letters) -> Letters:
    """The rows (n,) of kinds, one after the other, each with its name before it.

    ``metres`` (places, n) are rounded, and written as ``repr`` gives them; ``out`` has room for
    ``most_letters``, and holds what is found.
    """
    from geozone.engine.kernels.bulkrows import rows_text  # noqa: PLC0415 - as above

    pieces = (kinds.begins, kinds.letters)
    used = int(rows_text(codes, names, pieces, kinds.slots, metres, out))
    return out[:used] if used >= 0 else _plainly(codes, names, kinds, metres)


def _plainly(codes: Places, names: Names, kinds: Kinds, metres: Metres) -> Letters:
    """The same of values of any size."""
    (ends, own), text = names, list[bytes]()
    for row, kind in enumerate(codes.tolist()):
        text.append(own[ends[row] : ends[row + 1]].tobytes())
        for at, begin in enumerate(kinds.begins[kind, :-1].tolist()):
            text.append(kinds.letters[begin : kinds.begins[kind, at + 1]].tobytes())
            place = int(kinds.slots[kind, at]) if at < kinds.slots.shape[1] else -1
            if place >= 0:
                text.append(repr(float(metres[place, row])).encode())
    return np.frombuffer(b"".join(text), np.uint8)
