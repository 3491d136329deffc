"""Metres of very many rows: each rounded and written as Python does one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geozone.pages.shownmetres import rounded, texts

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


def together(values: list[float]) -> list[bytes]:
    found: list[bytes] = texts(rounded(np.array(values, float))).to_pylist()
    return found


@pytest.mark.parametrize("value", VALUES)
def test_a_value_alone(value: float) -> None:
    assert together([value]) == one_by_one([value])


def test_values_together() -> None:
    assert together(VALUES) == one_by_one(VALUES)
    assert together([]) == []


@given(st.lists(st.floats(-1e10, 1e10) | st.integers(-(10**7), 10**7).map(lambda one: one / 2000)))
def test_any_values(values: list[float]) -> None:
    assert together(values) == one_by_one(values)
