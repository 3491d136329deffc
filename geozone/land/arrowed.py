"""Arrays between numpy and Arrow by their bytes alone.

Arrow's own ways from and to Python load pandas, which takes longer than reading a large table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

OFFSETS = {pa.string(): np.int32, pa.large_string(): np.int64, pa.large_binary(): np.int64}
"""The types of text that are made here, and what tells where each of their texts begins."""


def of_numbers(values: NDArray[Any]) -> pa.Array:  # numbers of any width, or truths
    """Numbers, or truths, of shape (n,)."""
    if values.dtype == bool:
        bits = np.packbits(values, bitorder="little")
        return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(bits)])
    held = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, held])


def of_texts(texts: Sequence[bytes], kind: pa.DataType) -> pa.Array:
    """Texts in UTF-8 as an array of a type of ``OFFSETS``; ``kind`` must be able to hold them."""
    ends = np.zeros(len(texts) + 1, OFFSETS[kind])
    np.cumsum([len(one) for one in texts], out=ends[1:])
    held = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(texts))]
    return pa.Array.from_buffers(kind, len(texts), held)


def numbers_of(array: pa.Array) -> NDArray[Any]:  # as above
    """Numbers, or truths, of which none is missing, shape (n,); not to be written to."""
    if array.null_count:
        raise ValueError("some of the values are missing")
    _, held = array.buffers()
    start, end = array.offset, array.offset + len(array)
    if not len(array):
        return np.zeros(0, bool if array.type == pa.bool_() else array.type.to_pandas_dtype())
    if array.type == pa.bool_():
        bits = np.frombuffer(held, np.uint8)
        return np.unpackbits(bits, count=end, bitorder="little")[start:].astype(bool)
    return np.frombuffer(held, array.type.to_pandas_dtype())[start:end]


def letters_of(array: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Texts of a type of ``OFFSETS``, none of them missing: where each begins, and all letters.

    Text k is ``letters[begins[k] : begins[k + 1]]``, UTF-8; not to be written to.
    """
    if array.null_count:
        raise ValueError("some of the texts are missing")
    _, ends, letters = array.buffers()
    if not len(array):
        return np.zeros(1, np.int64), np.empty(0, np.uint8)
    begins = np.frombuffer(ends, OFFSETS[array.type])[array.offset :][: len(array) + 1]
    return begins.astype(np.int64), np.frombuffer(letters or b"", np.uint8)
