"""Arrays between numpy and Arrow: the same values, and pandas is not loaded for them."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import geozone as gz
from geozone.land.arrowed import letters_of, numbers_of, of_numbers, of_texts

LAYERS = Path(__file__).parents[2] / "layers"


@pytest.mark.parametrize("kind", ["int8", "int32", "int64", "float64", "bool"])
@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 100])
def test_numbers_there_and_back(kind: str, count: int) -> None:
    values = (np.arange(count) * 37 % 5 - 1).astype(kind)
    found = of_numbers(values)
    assert found.equals(pa.array(values))
    assert numbers_of(found).dtype == values.dtype
    for start in range(min(count, 10)):
        assert numbers_of(found[start:]).tolist() == values[start:].tolist()
        assert numbers_of(found[start : start + 1]).tolist() == values[start : start + 1].tolist()
    assert of_numbers(values[::2]).equals(pa.array(values[::2].copy()))


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.large_binary()])
def test_texts(kind: pa.DataType) -> None:
    for texts in ([], [""], ["a", "", "井 1", "b,c"]):
        told = [one.encode() for one in texts]
        expected = pa.array(told, pa.binary()).cast(pa.string()).cast(kind)
        assert of_texts(told, kind).equals(expected)


def test_missing_values_are_no_numbers() -> None:
    with pytest.raises(ValueError, match="missing"):
        numbers_of(pa.array([1, None]))


ASSESSED = """
import sys
import geozone as gz
from geozone.land.proposals import proposal
proposal.is_large_table = lambda path: True
well = "middeep_reinjection:well_exploration"
judged = gz.open(sys.argv[1]).assess(sys.argv[2], activity=well, crs=sys.argv[4])
assert judged.bulk is not None
judged.save(sys.argv[3])
print([one for one in ("pandas", "geozone.answers.zoning") if one in sys.modules])
"""


def test_a_large_table_is_judged_without_pandas(tmp_path: Path) -> None:
    folder = LAYERS / "hebei-demo"
    middle = gz.open(folder).project.area.representative_point()
    crs = gz.open(folder).project.crs.to_string()
    wells, out = str(tmp_path / "wells.csv"), str(tmp_path / "out.csv")
    rows = [f"井{at},{middle.x + at:.3f},{middle.y:.3f},{at % 2}\n" for at in range(9)]
    Path(wells).write_text("".join(["id,east,north,holders\n", *rows]), "utf-8")
    for _ in range(2):  # layers that are checked for the first time may need it
        done = subprocess.run(
            [sys.executable, "-c", ASSESSED, str(folder), wells, out, crs],
            capture_output=True,
            check=True,
            timeout=120,
            text=True,
        )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
@pytest.mark.parametrize("part", [slice(0, 3), slice(1, 2), slice(1, 1)])
def test_letters_of_texts(kind: pa.DataType, part: slice) -> None:
    texts = ["井1", "", "W2"]
    array = pa.array(texts, kind)[part]
    begins, letters = letters_of(array)
    found = [bytes(letters[at:end]).decode() for at, end in itertools.pairwise(begins)]
    assert found == texts[part]


def test_letters_of_missing_texts() -> None:
    with pytest.raises(ValueError, match="missing"):
        letters_of(pa.array(["a", None]))
