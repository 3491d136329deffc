"""Potential by hand, its limits, and our numbers beside the document's: nothing hard-coded."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

import geozone.answers.suitability as package
from geozone.answers.suitability.crosscheck import Beside, Told, beside, told_tables
from geozone.answers.suitability.model import Cite, Class
from geozone.answers.suitability.potential import (
    Ground,
    Method,
    Potential,
    Stated,
    UnitHeat,
    Volume,
    ground_of,
    potentials,
)
from geozone.figures import Book, load
from geozone.law.errors import Refused
from geozone.law.verdict import Verdict
from geozone.rules.vocabulary import activities

CITE = Cite("a table", verify=True)


def exactly(value: float) -> Stated:
    return Stated.exactly(value, CITE)


VOLUME = Volume(
    thickness_m=exactly(200.0),
    porosity=exactly(0.25),
    rock_heat=exactly(2.0e6),
    water_heat=exactly(4.0e6),
    reservoir_degc=exactly(75.0),
    reference_degc=exactly(15.0),
    recovery=exactly(0.25),
)
"""By hand: 200 m x (2e6 x 0.75 + 4e6 x 0.25 = 2.5e6 J/m3K) x 60 K = 3.0e10 J/m2 = 30 GJ/m2, of
which a quarter: 7.5 GJ/m2."""


@pytest.fixture(scope="module")
def book() -> Book:
    return load()


def of(method: Method, square_m: float = 1e6, name: str = "A") -> Potential:
    return potentials([Ground(name, square_m)], method)[0]


def test_the_volume_method_by_hand() -> None:
    found = of(VOLUME)
    assert (found.value, found.low, found.high) == pytest.approx((7.5e6, 7.5e6, 7.5e6))
    assert found.unit == "GJ"
    a_year = of(replace(VOLUME, years=exactly(100.0)))
    assert (a_year.value, a_year.unit) == (pytest.approx(7.5e4), "GJ/a")
    assert of(VOLUME, 0.0).value == 0


def test_limits_are_those_of_all_corners() -> None:
    """Thickness 100 … 300 and recovery 0.2 … 0.3: 3.0 … 13.5 GJ/m2."""
    wide = replace(
        VOLUME, thickness_m=Stated(200, 100, 300, CITE), recovery=Stated(0.25, 0.2, 0.3, CITE)
    )
    assert wide.per_m2() == pytest.approx((7.5, 3.0, 13.5))
    cooler = replace(wide, reference_degc=Stated(15, 10, 20, CITE))
    assert cooler.per_m2() == pytest.approx((7.5, 3.0 * 55 / 60, 13.5 * 65 / 60))


@examples(30)
@given(data=st.data())
def test_nothing_between_the_limits_lies_beyond_them(data: st.DataObject) -> None:
    share = st.floats(0, 1)
    wide = Volume(
        Stated(200, 100, 300, CITE), Stated(0.2, 0.05, 0.4, CITE), Stated(2e6, 1e6, 5e6, CITE),
        Stated(4.1e6, 4e6, 4.2e6, CITE), Stated(70, 50, 90, CITE), Stated(15, 10, 20, CITE),
        Stated(0.2, 0.1, 0.3, CITE), Stated(100, 50, 150, CITE),
    )  # fmt: skip
    _, low, high = wide.per_m2()
    numbers = [one.low + data.draw(share) * (one.high - one.low) for one in wide.numbers]
    inside = Volume(*(exactly(one) for one in numbers)).per_m2()[0]
    assert low * (1 - 1e-12) <= inside <= high * (1 + 1e-12)


WRONG = [
    ({"thickness_m": Stated(200, 300, 100, CITE)}, ["thickness_m"]),
    ({"thickness_m": exactly(-1.0)}, ["thickness_m"]),
    ({"porosity": exactly(25.0), "recovery": exactly(1.1)}, ["porosity", "recovery"]),
    ({"reservoir_degc": exactly(10.0)}, ["reservoir_degc"]),
    ({"reference_degc": Stated(15, 5, 80, CITE)}, ["reservoir_degc"]),
    ({"years": exactly(0.0)}, ["years"]),
    (
        {"rock_heat": exactly(float("nan")), "water_heat": exactly(float("inf"))},
        ["rock_heat", "water_heat"],
    ),
    ({"reference_degc": exactly(-float("inf"))}, ["reference_degc"]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "places"), WRONG)
def test_numbers_that_cannot_be_are_refused_together(
    change: dict[str, Stated], places: list[str]
) -> None:
    with pytest.raises(Refused) as told:
        replace(VOLUME, **change)
    assert [one.place for one in told.value.faults] == places


def test_unit_heat_is_what_the_document_divides_to(book: Book) -> None:
    """5743.00 x 10^4 GJ over 4464.00 km2 = 0.012865 GJ/m2; least Changzhi, most Shuozhou."""
    found = UnitHeat.of_figures(book, "SX23.table1-1", heat="heat", area="area", row="合计")
    assert found.heat.value == pytest.approx(5743.00e4 / 4464.00e6)
    assert found.heat.low == pytest.approx(204.37e4 / 285.20e6)
    assert found.heat.high == pytest.approx(1641.10e4 / 1030.33e6)
    assert found.unit == "GJ"
    assert "SX23" in found.heat.cite.source
    assert "5743.00" in found.heat.cite.source
    ours = of(found, 634.81e6, "太原市")
    assert ours.value == pytest.approx(634.81e6 * 5743.00e4 / 4464.00e6)


def test_unit_heat_that_is_none_is_refused() -> None:
    for bad in (exactly(-1.0), exactly(float("nan")), Stated(1, 2, 3, CITE)):
        with pytest.raises(Refused, match="unit_heat"):
            UnitHeat(bad, "GJ")
    with pytest.raises(Refused, match="kWh"):
        UnitHeat(exactly(1.0), "kWh")


def test_unit_heat_without_figures_is_refused(book: Book) -> None:
    with pytest.raises(Refused, match="no figures to divide"):
        UnitHeat.of_figures(book, "SX23.table1-1", heat="heat", area="coal", row="合计")
    with pytest.raises(Refused, match="no row"):
        UnitHeat.of_figures(book, "SX23.table1-1", heat="heat", area="area", row="吕梁市")
    with pytest.raises(Refused):
        UnitHeat.of_figures(book, "SX23.table1-2", heat="heat", area="area", row="合计")


def told(table: str) -> Told:
    return next(one for one in told_tables() if one.table == table)


def by_what(found: tuple[Beside, ...]) -> dict[str, Beside]:
    return {one.what: one for one in found}


def test_beside_a_city(book: Book) -> None:
    """600 km2 at 0.02 GJ/m2: 1200 x 10^4 GJ beside 851.50; as coal 40.945 beside 183.08."""
    ours = of(UnitHeat(exactly(0.02), "GJ"), 600e6, "太原市")
    found = by_what(beside([ours], told("SX23.table1-1"), book))
    area, heat, coal = found["area"], found["heat"], found["coal"]
    assert (area.ours, area.printed, area.unit) == (pytest.approx(600), "634.81", "平方公里")
    assert area.difference == pytest.approx(-34.81)
    assert area.doubts == ()
    assert (heat.ours, heat.printed, heat.unit) == (pytest.approx(1200), "851.50", "万吉焦")
    assert heat.difference == pytest.approx(348.5)
    assert "表1-1" in heat.source
    assert coal.ours == pytest.approx(1200 / 29.3076)
    assert coal.difference == pytest.approx(1200 / 29.3076 - 183.08)
    assert [one.check for one in heat.doubts] == ["SX23.table1-1.conversion"]
    assert heat.doubts == coal.doubts


def test_what_the_document_does_not_give_is_said(book: Book) -> None:
    ours = of(UnitHeat(exactly(0.02), "GJ"), 600e6, "吕梁市")
    for one in beside([ours], told("SX23.table1-1"), book):
        assert (one.printed, one.value, one.difference) == (None, None, None)
        assert one.why == {"zh": "文件未给出", "en": "the document does not give it"}
        assert one.unit == ("m²" if one.what == "area" else "GJ")
        assert one.to_dict()["ours"] == (600e6 if one.what == "area" else pytest.approx(1.2e7))
    for each in told_tables():
        assert each.not_given
        assert all(set(one) == {"zh", "en"} for one in each.not_given)


def test_a_year_is_not_compared_with_the_whole(book: Book) -> None:
    """Table 1-2 is a year's heat: heat without years stands beside it, without a difference."""
    whole = by_what(beside([of(VOLUME, 1e9, "合计")], told("SX23.table1-2"), book))
    assert whole["heat"].difference is None
    assert whole["heat"].printed == "16.51"
    assert whole["heat"].why is not None
    assert "not compared" in whole["heat"].why["en"]
    assert whole["coal"].difference is None
    a_year = of(replace(VOLUME, years=exactly(100.0)), 1e9, "合计")  # 7.5e7 GJ/a
    found = by_what(beside([a_year], told("SX23.table1-2"), book))
    assert found["heat"].difference == pytest.approx(0.75 - 16.51)
    assert found["coal"].difference == pytest.approx(7.5e7 / 29.3076 / 1e7 - 5.63)


def test_our_sum_over_the_document_s_own_areas_comes_back(book: Book) -> None:
    """Its areas times its own unit heat are its total: the chain of units holds."""
    unit = UnitHeat.of_figures(book, "SX23.table1-1", heat="heat", area="area", row="合计")
    ours = of(unit, 4464.00e6, "合计")
    found = by_what(beside([ours], told("SX23.table1-1"), book))
    assert found["area"].difference == pytest.approx(0, abs=1e-9)
    assert found["heat"].difference == pytest.approx(0, abs=1e-9)


def test_every_told_column_is_there(book: Book) -> None:
    for one in told_tables():
        table = book.table(one.table)
        assert one.row in {row.name for row in table.rows}
        assert all(table.column(column) is not None for column in one.columns.values())


def test_ground_that_counts() -> None:
    parts = {
        (Class.SUITABLE, Verdict.ALLOWED): 10.0,
        (Class.MODERATE, Verdict.RESTRICTED): 5.0,
        (Class.UNSUITABLE, Verdict.ALLOWED): 3.0,
        (Class.UNDETERMINED, Verdict.UNDETERMINED): 2.0,
        (Class.CLOSED, Verdict.PROHIBITED): 7.0,
    }
    assert ground_of("A", parts, unseen_ha=3.0) == Ground("A", 15e4, 5e4, 5e4)
    assert ground_of("A", parts) == Ground("A", 15e4, 2e4, 5e4)
    asked = (Class.SUITABLE, Class.UNDETERMINED, Class.CLOSED)
    assert ground_of("A", parts, asked[:2]) == Ground("A", 10e4, 2e4, 0.0)
    told_apart = {(one, None): size for (one, _), size in parts.items()}
    assert ground_of("A", told_apart, asked[:1]) == Ground("A", 10e4, 2e4, 0.0)


def test_no_figure_stands_in_the_code() -> None:
    """Numbers of potential come from files: the modules hold only units and bounds."""
    folder = Path(package.__file__).parent
    allowed = {"0.0", "1.0", "1e9", "0", "1", "2", "3"}
    for name in ("potential.py", "crosscheck.py"):
        code = re.sub(r'"""[\s\S]*?"""|"[^"\n]*"|#.*', "", (folder / name).read_text("utf-8"))
        numbers = set(re.findall(r"(?<![\w.])\d[\d._]*(?:e\d+)?", code))
        assert numbers <= allowed, name


def test_told_as_json(book: Book) -> None:
    said = of(replace(VOLUME, years=exactly(50.0))).to_dict()
    assert said == {
        "name": "A", "area_m2": 1e6, "restricted_m2": 0.0, "unknown_m2": 0.0, "heat": 150_000.0,
        "low": 150_000.0, "high": 150_000.0, "unit": "GJ/a",
    }  # fmt: skip
    found = beside(
        [of(UnitHeat(exactly(0.02), "GJ"), 600e6, "太原市")], told("SX23.table1-1"), book
    )
    heat = found[1].to_dict()
    assert (heat["name"], heat["what"], heat["printed"]) == ("太原市", "heat", "851.50")
    assert [one["printed"] for one in heat["doubts"]] == ["183.08"]


def test_limits_stand_in_the_unit_of_the_number(book: Book) -> None:
    """600 km2 at 0.01 … 0.02 … 0.03 GJ/m2: 600 … 1200 … 1800 x 10^4 GJ; areas have none."""
    unit = UnitHeat(Stated(0.02, 0.01, 0.03, CITE), "GJ")
    found = by_what(beside([of(unit, 600e6, "太原市")], told("SX23.table1-1"), book))
    assert found["heat"].limits == pytest.approx((600, 1800))
    assert found["coal"].limits == pytest.approx((600 / 29.3076, 1800 / 29.3076))
    assert found["area"].limits is None
    nowhere = by_what(beside([of(unit, 600e6, "吕梁市")], told("SX23.table1-1"), book))
    assert nowhere["heat"].limits == pytest.approx((6e6, 18e6))


SPEAKS = [
    ("SX23.table1-1", "shallow_closed_loop", "1401", True),
    ("SX23.table1-1", "shallow_closed_loop", "14", True),
    ("SX23.table1-1", "shallow_closed_loop", None, True),
    ("SX23.table1-1", "shallow_closed_loop", "13", False),
    ("SX23.table1-1", "middeep_reinjection", "14", False),
    ("SX23.table1-2", "middeep_reinjection", "14", True),
    ("SX23.table1-2", "shallow_groundwater", "14", False),
]


@pytest.mark.parametrize(("table", "technology", "adcode", "wanted"), SPEAKS)
def test_a_table_speaks_of_its_technology_and_ground(
    table: str, technology: str, adcode: str | None, wanted: bool
) -> None:
    assert told(table).speaks_of(technology, adcode) is wanted


def test_tables_name_technologies_that_are_there() -> None:
    named = {name for one in told_tables() for name in one.technologies}
    assert named <= {one.technology for one in activities()}


@examples(60)
@given(
    sizes=st.dictionaries(
        st.tuples(st.sampled_from(list(Class)), st.sampled_from([*Verdict, None])),
        st.floats(0, 1e6),
    ),
    classes=st.lists(st.sampled_from(list(Class)), unique=True),
    unseen=st.floats(0, 1e6),
)
def test_ground_that_is_not_known_never_counts(
    sizes: dict[tuple[Class, Verdict | None], float], classes: list[Class], unseen: float
) -> None:
    """Whatever is asked for: more of it changes what is unknown, and nothing else."""
    found = ground_of("A", sizes, classes, unseen_ha=unseen)
    less = {key: size for key, size in sizes.items() if key[0] is not Class.UNDETERMINED}
    known = ground_of("A", less, classes)
    assert (found.square_m, found.restricted_m2) == (known.square_m, known.restricted_m2)
    assert known.unknown_m2 == 0
    assert found.restricted_m2 <= found.square_m
    gone = sum(size for key, size in sizes.items() if key[0] is Class.UNDETERMINED)
    assert found.unknown_m2 == pytest.approx((gone + unseen) * 1e4)
