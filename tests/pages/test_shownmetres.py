"""Metres of very many rows: each rounded and written as Python does one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geozone.pages.shownmetres import Kinds, most_letters, rounded, rows_of, table_of

TIES = [half + step for half in (0.0005, 1.0005, 199.9995, 2.6755) for step in (0.0, 1e-12, -1e-12)]
ODD = [
    0.0,
    0.0004,
    0.001,
    1.0,
    94.025,
    100.1,
    1e3 - 1e-9,
    123456.7895,
    999_999_999.9996,
    1e9,
    1e15,
    1e16,
    1e300,
]
VALUES = [sign * one for one in (*TIES, *ODD) for sign in (1.0, -1.0)]


def one_by_one(values: list[float]) -> list[bytes]:
    return [repr(round(one, 3)).encode() for one in values]


KINDS = Kinds.of([[b"", b",", b"\n"], [b" ", b"\n"], [b"\n"]], table_of([[0, 1], [1], []]))
"""Rows that tell two values, one, and none."""


def together(values: list[float]) -> list[bytes]:
    codes, shown = np.zeros(len(values), np.int64), np.array([values, values], float)
    rounded(codes, np.array([[0, 1]]), np.zeros(2), shown)
    names = np.zeros(len(values) + 1, np.int64), np.empty(0, np.uint8)
    out = np.empty(most_letters(codes, names, KINDS), np.uint8)
    lines = bytes(rows_of(codes, names, KINDS, shown, out)).split(b"\n")[:-1]
    assert all(one.partition(b",")[0] == one.partition(b",")[2] for one in lines)
    return [one.partition(b",")[0] for one in lines]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_alone(value: float) -> None:
    assert together([value]) == one_by_one([value])


def test_values_together() -> None:
    assert together(VALUES) == one_by_one(VALUES)
    assert together([]) == []


@given(st.lists(st.floats(-1e10, 1e10) | st.integers(-(10**7), 10**7).map(lambda one: one / 2000)))
def test_any_values(values: list[float]) -> None:
    assert together(values) == one_by_one(values)


@pytest.mark.parametrize("large", [1.0, 1e9, 1e20])
def test_rows_of_several_kinds(large: float) -> None:
    codes, metres = (
        np.array([1, 0, 2, 0]),
        np.array([[1.0, 2.5, 3.0, large], [-4.0, 5.0, 6.0, 7.0]]),
    )
    names = np.array([1, 3, 3, 4, 5]), np.frombuffer(b"xABCD", np.uint8)
    out = np.empty(most_letters(codes, names, KINDS), np.uint8)
    expected = f"AB -4.0\n2.5,5.0\nC\nD{large!r},7.0\n"
    assert bytes(rows_of(codes, names, KINDS, metres, out)).decode() == expected


@pytest.mark.parametrize("less", [0.0, 200.0, 0.1])
def test_less_a_limit(less: float) -> None:
    kinds, metres = np.arange(len(VALUES)) % 2, np.array([VALUES, VALUES])
    margins = rounded(kinds, table_of([[1], [1, 0]]), np.array([1.0, less]), metres)
    assert margins[1].tolist() == [round(one - less, 3) for one in VALUES]
    assert metres[1].tolist() == [round(one, 3) for one in VALUES]
    assert margins[0, 1::2].tolist() == [round(one - 1.0, 3) for one in VALUES[1::2]]
    assert metres[0, ::2].tolist() == VALUES[::2]
