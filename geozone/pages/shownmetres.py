"""Very many metres as a table writes each: to the millimetre, in the fewest digits."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geozone.land.arrowed import of_numbers, of_texts

Metres = NDArray[np.float64]

DECIMALS = 3
STEPS = 10**DECIMALS
TEXT = pa.large_binary()
NOTHING = of_texts([b""], TEXT)[0]
LARGEST_M = 1e9
"""Below it thousandths of a metre are told apart far more finely than ``NEAR_TIE``."""
NEAR_TIE = 1e-3
"""In thousandths: a value this near to the middle of two is rounded by itself."""
FRACTIONS = of_texts([repr(one / STEPS)[1:].encode() for one in range(STEPS)], TEXT)
SIGNS = of_texts([b"", b"-"], TEXT)


def rounded(metres: Metres) -> Metres:
    """Each value as ``round`` gives it to the millimetre, shape (n,)."""
    steps = metres * STEPS
    found: Metres = np.rint(steps) / STEPS
    with np.errstate(invalid="ignore"):
        is_plain = np.abs(np.abs(steps - np.floor(steps)) - 0.5) > NEAR_TIE
        is_plain &= np.abs(metres) < LARGEST_M
    odd = np.flatnonzero(~is_plain)
    found[odd] = [round(one, DECIMALS) for one in metres[odd].tolist()]
    return found


def texts(shown: Metres) -> pa.Array:
    """The text of each rounded value, as ``repr`` gives it, shape (n,)."""
    if not (np.abs(shown) < LARGEST_M).all():
        return of_texts([repr(one).encode() for one in shown.tolist()], TEXT)
    whole, steps = np.divmod(np.rint(np.abs(shown) * STEPS).astype(np.int64), STEPS)
    return pc.binary_join_element_wise(
        SIGNS.take(of_numbers(np.signbit(shown).astype(np.int8))),
        pc.cast(pc.cast(of_numbers(whole), pa.large_string()), TEXT),
        FRACTIONS.take(of_numbers(steps)),
        NOTHING,
    )
