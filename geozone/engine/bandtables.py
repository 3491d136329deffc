"""The answers that occur in the bands of a kept grid, all in one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from geozone.engine.keptfile import read_kept, write_kept
from geozone.engine.runs import Words

FILE = "answers"


def known_tables(folder: Path, names: Sequence[str], width: int) -> dict[int, Words]:
    """By number, the tables (k, ``width``) of those of the named bands that have one in a folder.

    Names tell all that the answers of a band depend on.
    """
    found = read_kept(folder / FILE)
    if found is None or not {"names", "counts", "words"} <= {*found[0], *found[1]}:
        return {}
    words, ends = found[1]["words"], np.cumsum(found[1]["counts"]).tolist()
    if words.ndim != 2 or words.shape[1] != width or len(ends) != len(found[0]["names"]):
        return {}
    spans = zip(found[0]["names"], [0, *ends], ends, strict=False)
    kept = {name: words[first:end] for name, first, end in spans}
    return {number: kept[name] for number, name in enumerate(names) if name in kept}


def keep_tables(folder: Path, names: Sequence[str], tables: Mapping[int, Words]) -> None:
    """Keep the tables of all named bands in place of those before."""
    every = [tables[number] for number in range(len(names))]
    counts = np.array([len(one) for one in every], np.int64)
    with suppress(OSError, ValueError):  # what cannot be kept is worked out again
        arrays = {"counts": counts, "words": np.concatenate(every)}
        write_kept(folder / FILE, {"names": list(names)}, arrays)
