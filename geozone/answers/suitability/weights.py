"""Weights from pairwise judgements: Saaty's eigenvector and how consistent the judgements are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

RANDOM_INDEX = {
    **{3: 0.58, 4: 0.90, 5: 1.12, 6: 1.24, 7: 1.32, 8: 1.41, 9: 1.45},  # Saaty 1980
    **{10: 1.49, 11: 1.52, 12: 1.54, 13: 1.56, 14: 1.58, 15: 1.59},  # Saaty 2005, ANP, p. 31
}
"""Mean consistency index of random matrices, by their size."""
LARGEST = max(RANDOM_INDEX)
"""The most things that are weighed against one another; more are weighed in groups."""
CONSISTENT_BELOW = 0.10
"""Saaty's limit for the consistency ratio."""
SUM_TOLERANCE = 1e-6
"""How far the sum of weights may be from 1."""
_RECIPROCAL_TOLERANCE = 1e-9
_STRONGEST = 9.0
_FRACTION = re.compile(r"\s*\d{1,4}(/\d{1,4})?\s*")

Rows = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Judgement:
    """A pair of things: ``row`` was judged ``written`` times as important as ``column``.

    ``implied`` is what the weights of all judgements together make of it.
    """

    row: int
    column: int
    written: float
    implied: float


@dataclass(frozen=True)
class Pairwise:
    """What a matrix of judgements comes to. ``weights`` (n,) are above 0 and sum to 1.

    ``index`` is the consistency index, ``ratio`` that over the random index, 0 for two things or
    one. ``worst`` is the judgement that is farthest, as a ratio, from what the weights imply;
    none where a matrix has one row.
    """

    weights: tuple[float, ...]
    lambda_max: float
    index: float
    ratio: float
    worst: Judgement | None

    @property
    def is_consistent(self) -> bool:
        """Whether the judgements agree well enough to be used."""
        return self.ratio < CONSISTENT_BELOW


def pairwise(rows: Sequence[Sequence[float]]) -> Pairwise:
    """The weights of a matrix (n, n) in which ``faults_of`` finds nothing, by its eigenvector."""
    matrix = np.array(rows, dtype=np.float64)
    count = len(matrix)
    values, vectors = np.linalg.eig(matrix)
    largest = int(np.argmax(values.real))  # Perron: real, and alone the largest
    vector = np.abs(vectors[:, largest].real)
    weights = vector / vector.sum()
    lambda_max = float(values[largest].real)
    index = max(0.0, (lambda_max - count) / (count - 1)) if count > 2 else 0.0
    return Pairwise(
        weights=tuple(float(one) for one in weights),
        lambda_max=lambda_max,
        index=index,
        ratio=index / RANDOM_INDEX[count] if count > 2 else 0.0,
        worst=_worst(matrix, weights) if count > 1 else None,
    )


def _worst(matrix: np.ndarray, weights: np.ndarray) -> Judgement:
    """Of every pair the half that is written 1 or more, the first of equally bad ones."""
    implied = weights[:, None] / weights[None, :]
    off = np.round(np.abs(np.log(matrix / implied)), 9)
    off[matrix < 1] = -1.0
    np.fill_diagonal(off, -1.0)
    row, column = np.unravel_index(int(np.argmax(off)), off.shape)
    return Judgement(int(row), int(column), float(matrix[row, column]), float(implied[row, column]))


def entry(written: object) -> float:
    """A judgement written as a number from 1/9 to 9, or as a fraction such as ``"1/3"``.

    Raises ``ValueError`` for anything else.
    """
    what = '应为 1/9 到 9 的数或分数，如 "1/3" / must be a number of 1/9 to 9, or like "1/3"'
    if isinstance(written, bool) or not isinstance(written, (int, float, str)):
        raise ValueError(what)
    if isinstance(written, str) and not _FRACTION.fullmatch(written):
        raise ValueError(what)
    try:
        value = float(Fraction(written))
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise ValueError(what) from error
    if not 1 / _STRONGEST <= value <= _STRONGEST:
        raise ValueError(what)
    return value


def faults_of(rows: Rows, names: Sequence[str]) -> list[str]:
    """What is wrong with the shape of a matrix or with its pairs, one text each."""
    count = len(names)
    if len(rows) != count or any(len(row) != count for row in rows):
        shape = "、".join(str(len(row)) for row in rows)
        return [
            f"矩阵应为 {count}×{count}，现有 {len(rows)} 行，各行 {shape} 个数 / "
            f"the matrix must be {count} by {count}; it has {len(rows)} rows of {shape} numbers"
        ]
    if count > LARGEST:
        return [
            f"一次最多比较 {LARGEST} 项，现有 {count} 项；请分组 / "
            f"no more than {LARGEST} can be compared at once, here are {count}; make groups"
        ]
    told = [
        f"{name} 与自身的比较应为 1，现为 {rows[i][i]:.4g} / {name} against itself must be 1"
        for i, name in enumerate(names)
        if rows[i][i] != 1.0
    ]
    return told + [
        f"{names[i]}:{names[j]} = {rows[i][j]:.4g}，而 {names[j]}:{names[i]} = {rows[j][i]:.4g}，"
        f"不互为倒数 / not reciprocal, the second must be {1 / rows[i][j]:.4g}"
        for i in range(count)
        for j in range(i + 1, count)
        if abs(rows[i][j] * rows[j][i] - 1) > _RECIPROCAL_TOLERANCE
    ]


def inconsistency(found: Pairwise, names: Sequence[str]) -> str:
    """What to tell of judgements that do not agree: the numbers, and the one that is most off."""
    count, worst = len(names), found.worst
    if worst is None:
        raise AssertionError("one thing alone cannot be inconsistent")
    numbers = (
        f"λmax = {found.lambda_max:.3f}, CI = {found.index:.3f}, "
        f"RI = {RANDOM_INDEX[count]:.2f}, CR = {found.ratio:.3f}"
    )
    pair = f"{names[worst.row]}:{names[worst.column]}"
    alike = (
        "（三项互比时各判断偏离相同 / of three things all are equally off）" if count == 3 else ""
    )
    return (
        f"判断矩阵不一致，CR 应小于 {CONSISTENT_BELOW:.2f}：{numbers}；偏离最大的是 {pair} = "
        f"{worst.written:.4g}，按其余判断约为 {worst.implied:.3g} / the judgements are not "
        f"consistent: {numbers}; the one most off is {pair} = {worst.written:.4g}, while all "
        f"together imply about {worst.implied:.3g}{alike}"
    )
