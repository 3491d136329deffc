"""Methods of potential from files: every number with its source, every fault at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from geozone.answers.suitability.model import Cite, Class
from geozone.answers.suitability.potential import BEST, Stated, UnitHeat, Volume
from geozone.answers.suitability.potentialreader import read_potential
from geozone.figures import Book, load
from geozone.law.errors import Refused


@pytest.fixture(scope="module")
def book() -> Book:
    return load()


VOLUME = """schema = 1
classes = ["suitable"]
[volume]
thickness_m = { value = 200, low = 100, high = 300, source = "survey 12", verify = true }
porosity = { value = 0.25, source = "survey 12" }
rock_heat = { value = 2.0e6, source = "a handbook" }
water_heat = { value = 4.0e6, source = "a handbook" }
reservoir_degc = { value = 75, source = "well 3" }
reference_degc = { value = 15, source = "yearly mean" }
recovery = { value = 0.25, source = "a standard", verify = true }
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "potential.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_volume(tmp_path: Path, book: Book) -> None:
    asked = read_potential(write(tmp_path, VOLUME), book)
    assert asked.classes == (Class.SUITABLE,)
    assert isinstance(asked.method, Volume)
    assert asked.method.thickness_m == Stated(200, 100, 300, Cite("survey 12", verify=True))
    assert asked.method.per_m2() == pytest.approx((7.5, 3.75, 11.25))
    years = VOLUME + 'years = { value = 100, source = "a standard" }\n'
    assert read_potential(write(tmp_path, years), book).method.per_m2()[0] == pytest.approx(0.075)


def test_a_unit_heat(tmp_path: Path, book: Book) -> None:
    text = 'schema = 1\n[unit_heat]\nunit = "GJ"\nheat = { value = 0.02, source = "a report" }\n'
    asked = read_potential(write(tmp_path, text), book)
    assert asked.method == UnitHeat(Stated.exactly(0.02, Cite("a report")), "GJ")
    assert (asked.classes, asked.whole, asked.synthetic) == (BEST, None, False)


def test_what_else_a_file_says(tmp_path: Path, book: Book) -> None:
    more = 'schema = 1\nwhole = "合计"\nsynthetic = true\n'
    asked = read_potential(write(tmp_path, VOLUME.replace("schema = 1\n", more)), book)
    assert (asked.whole, asked.synthetic) == ("合计", True)


FIGURES = """schema = 1
[figures]
table = "SX23.table1-1"
row = "合计"
heat = "heat"
area = "area"
"""


def test_a_document_s_own_figures(tmp_path: Path, book: Book) -> None:
    asked = read_potential(write(tmp_path, FIGURES), book)
    wanted = UnitHeat.of_figures(book, "SX23.table1-1", heat="heat", area="area", row="合计")
    assert asked.method == wanted


FAULTS = [  # text, places
    ("", ["schema"]),
    ("schema = 2\n" + FIGURES.partition("\n")[2], ["schema"]),
    ("schema = 1\n", [""]),
    (VOLUME + FIGURES.partition("\n")[2], [""]),
    ('schema = 1\nclasses = ["closed"]\n', ["classes"]),
    ('schema = 1\nclasses = ["undetermined"]\n', ["classes"]),
    ("schema = 1\nsynthetic = 1\nwhole = 2\n", ["synthetic", "whole"]),
    (FIGURES.replace("table1-1", "table9"), ["figures, SX23.table9"]),
    (FIGURES.replace("合计", "吕梁市"), ["figures, SX23.table1-1/吕梁市/heat"]),
    (
        FIGURES.replace('row = "合计"\n', "").replace("heat =", "hat ="),
        ["figures, hat", "figures, row", "figures, heat"],
    ),
    (
        VOLUME.replace('source = "well 3"', "wells = 3"),
        ["volume, reservoir_degc, wells", "volume, reservoir_degc, source"],
    ),
    (VOLUME.replace("{ value = 0.25, source = \"survey 12\" }", "0.25"), ["volume, porosity"]),
    (VOLUME.replace("value = 0.25", "value = 25"), ["volume, porosity", "volume, recovery"]),
    (VOLUME.replace("recovery", "recovered"), ["volume, recovered", "volume, recovery"]),
    (VOLUME.replace("low = 100, high = 300", "low = 300, high = 100"), ["volume, thickness_m"]),
    (
        'schema = 1\n[unit_heat]\nunit = "kWh"\nheat = { value = 1, source = "x" }\n',
        ["unit_heat, unit"],
    ),
    ("schema = 1\n[[", [""]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "places"), FAULTS)
def test_faults(tmp_path: Path, book: Book, text: str, places: list[str]) -> None:
    path = write(tmp_path, text)
    with pytest.raises(Refused) as told:
        read_potential(path, book)
    assert [one.place for one in told.value.faults] == places
    assert {one.file for one in told.value.faults} == {str(path)}
    assert all(one.todo for one in told.value.faults)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path, book: Book) -> None:
    path = tmp_path / "potential.toml"
    path.write_bytes(b"\xef\xbb\xbf" + VOLUME.encode("utf-8"))
    assert isinstance(read_potential(path, book).method, Volume)
    for content in (VOLUME.encode("gb18030") + "依据".encode("gb18030"), b"x = " + b"[" * 20_000):
        path.write_bytes(content)
        with pytest.raises(Refused, match="cannot be read"):
            read_potential(path, book)


def test_a_file_that_is_not_there(tmp_path: Path, book: Book) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        read_potential(tmp_path / "none.toml", book)
