"""The shipped figures: what is printed is kept, and what does not agree is found, no more."""

from __future__ import annotations

import doctest
from decimal import Decimal

import pytest

import geozone.figures
from geozone.figures import (
    Book,
    Bound,
    Role,
    compare,
    figure_at,
    figures_at,
    lint,
    load,
    names_at,
    totals,
)
from geozone.law.errors import Refused

KNOWN = [  # check, row, printed, computed, difference (printed minus computed)
    ("HB21.table1.done", "合计", "3174", "3692", "-518"),
    ("HB21.coal.heat", "coal", "1138.2", "683.44", "454.76"),
    ("HB21.coal.heat_plain", "coal_plain", "1127", "672.18", "454.82"),
    ("SX23.table1-1.conversion", "太原市", "183.08", "29.0539", "154.0261"),
    ("SX23.table1-1.conversion", "大同市", "249.34", "27.4553", "221.8847"),
    ("SX23.table1-1.conversion", "朔州市", "467.17", "55.9957", "411.1743"),
    ("SX23.table1-1.conversion", "忻州市", "191.40", "31.7614", "159.6386"),
    ("SX23.table1-1.conversion", "晋中市", "182.78", "20.6175", "162.1625"),
    ("SX23.table1-1.conversion", "临汾市", "104.23", "10.9603", "93.2697"),
    ("SX23.table1-1.conversion", "运城市", "109.89", "13.1382", "96.7518"),
    ("SX23.table1-1.conversion", "长治市", "66.14", "6.9733", "59.1667"),
    ("SX23.table1-1.conversion", "合计", "1554.00", "195.956", "1358.044"),
    ("SX23.middeep_coal", "middeep_coal", "1.35", "0.5636", "0.7864"),
    ("SX23.growth", "growth", "50", "48.15", "1.85"),
    ("SX23.dongfang", "盐湖区东方华城小区浅层地热能供暖（制冷）项目", "32", "30", "2"),
    (
        "SX23.new_town",
        "new_town_box",
        "太盂产业新城",
        "大盂产业新城",
        "+太盂产业新城、-大盂产业新城",
    ),
    (
        "SX26.shallow.cities",
        "",
        "大同、忻州、太原、晋中、临汾、运城、长治",
        "太原、忻州、晋中、大同、运城、朔州、长治、临汾",
        "-朔州",
    ),
]

TOTALS = [  # table, column, group, printed or None, computed
    ("HB21.table1", "cap", "", "22070", "22070"),
    ("HB21.table1", "done", "", "3174", "3692"),
    ("HB21.table5", "blocks", "", "145", "145"),
    ("HB21.table5", "guantao", "", "90", "90"),
    ("HB21.table5", "bedrock", "", "54", "54"),
    ("HB21.table5", "double", "", "1", "1"),
    ("SX23.table1-1", "area", "", "4464.00", "4463.90"),
    ("SX23.table1-1", "heat", "", "5743.00", "5742.99"),
    ("SX23.table1-1", "coal", "", "1554.00", "1554.03"),
    ("SX23.table1-1", "heated", "", "6.70", "6.70"),
    ("SX23.table1-2", "heat", "", "16.51", "16.52"),
    ("SX23.table1-2", "coal", "", "5.63", "5.63"),
    ("SX23.box3-1", "area", "", None, "4417"),
    ("SX23.box3-2", "area", "", None, "958.6"),
    ("SX23.box3-2", "area", "taiyuan", None, "728.6"),
    ("SX23.box3-3", "area", "", None, "311.3"),
    ("SX23.box3-3", "area", "yuncheng", None, "191.3"),
    ("BJ19.areas", "area", "", None, "2000"),
]

FIGURES = [  # address, printed, value, bound, unit, lines
    ("HB21.table1/雄安新区/cap", "＜2530", "2530", "below", "10⁴ m³", "L19-129"),
    ("HB21.table2/供暖项目地热尾水同层回灌率/y2025", "≥95", "95", "at_least", "%", "L176-179"),
    ("HB21.table2/供暖项目地热尾水同层回灌率/nature", "约束性", None, "exact", "words", "L176-179"),
    ("HB21.table5/雄安新区/blocks", "35", "35", "exact", "items", "L231-321"),
    ("HB21.table5/雄安新区/bedrock", "/", None, "exact", "items", "L231-321"),
    ("HB21.text/fluid_mountain/value", "1680", "1680", "exact", "10⁴ m³/a", "L11"),
    ("HB21.text/extraction_km2/value", "1512.2", "1512.2", "exact", "km²", "L219"),
    ("SX23.table1-1/朔州市/heated", "1.60", "1.60", "exact", "10⁸ m²", "L21-98"),
    ("SX23.table1-2/合计/heat", "16.51", "16.51", "exact", "10⁸ GJ/a", "L111-140"),
    ("SX23.table2-1/市场主体规模/y2025", "50", "50", "exact", "market entities", "L275-282"),
    ("SX23.table2-1/地热能开发利用管理流程/y2025", "基本完善", None, "exact", "words", "L257-264"),
    ("SX23.box3-1/大同盆地重点地区（天镇-阳高）/key", "823", "823", "exact", "km²", "L344-364"),
    ("SX23.box3-1/云州区/key", "", None, "exact", "km²", "L344-364"),
    ("SX23.text/fluid_heat/value", "1.651×109", "1.651e9", "exact", "GJ/a", "L109"),
    ("SX23.investment/middeep/value", "约6.75", "6.75", "about", "10⁸ yuan", "L605"),
    ("SX26.targets/area_2028/value", "超5000", "5000", "above", "10⁴ m²", "L25"),
    ("SX26.targets/area_2030/value", "1以上", "1", "at_least", "10⁸ m²", "L25"),
    ("SX26.surveys/其余地区/month", "12", "12", "exact", "month", "L35"),
    ("BJ19.areas/北京城市副中心/area", "450左右", "450", "about", "10⁴ m²", "L239-246"),
    ("BJ19.areas/2019 年北京世园会/by", "2019", "2019", "exact", "year", "L256-262"),
]

LISTS = [  # address, how many, one of them
    ("HB21.table3/*", 48, "邢台柏乡"),
    ("HB21.table3/@bedrock", 37, "曲阳县邸村—定州赵村"),
    ("HB21.table3/@field", 3, "容城地热田"),
    ("HB21.table3/@mountain", 5, "遵化汤泉"),
    ("HB21.table3/@hot_dry_rock", 3, "张家口阳原"),
    ("HB21.table4/@plain", 6, "三河田辛庄—兴都"),
    ("HB21.table4/@mountain", 5, "怀来后郝窑及奚家堡"),
    ("SX23.box3-2/@taiyuan", 17, "太盂产业新城核心区地热利用项目"),
    ("SX23.box3-4/*", 16, "浑源县恒山风景名胜区汤头温泉疗养院改造工程项目"),
    ("SX23.box3-5/*", 5, "云州区零碳示范小镇农业产业园区"),
    ("SX26.shallow/*", 7, "长治"),
    ("SX26.uplift/*", 4, "盂县寺平安"),
]


@pytest.fixture(scope="module")
def book() -> Book:
    return load()


def test_every_known_inconsistency_is_found_and_no_other(book: Book) -> None:
    found = [(one.check, one.row, one.printed, one.computed, one.difference) for one in lint(book)]
    assert found == KNOWN


def test_an_inconsistency_says_what_where_and_in_which_unit(book: Book) -> None:
    for one in lint(book):
        assert one.id == "source_inconsistency"
        assert one.table.split(".")[0] in one.place["zh"]
        for words in (one.what, one.unit, one.place):
            assert set(words) == {"zh", "en"}
            assert all(words.values())
        assert one.sources[0].place == one.place
    done = lint(book)[0]
    assert done.place == {
        "zh": "HB21 一(二) 表1（L19-129）",
        "en": "HB21 1(2), table 1 (L19-129)",
    }
    assert done.unit == {"zh": "万立方米", "en": "10⁴ m³"}
    assert done.note is not None


def test_both_documents_of_a_disagreement_are_named(book: Book) -> None:
    cities = lint(book)[-1]
    assert [one.document for one in cities.sources] == ["SX26", "SX23"]


def test_rounding_within_tolerance_is_compared_and_holds(book: Book) -> None:
    found = {(one.check.id, one.row): one for one in compare(book)}
    heat = found["SX23.table1-2.heat", "合计"]
    assert (heat.printed, heat.computed, heat.holds) == ("16.51", "16.52", True)
    assert found["SX23.investment.building", "building"].computed == "14.75"
    assert found["HB21.coal.heat_mountain", "coal_mountain"].holds


def test_every_check_compares_something(book: Book) -> None:
    assert {one.check.id for one in compare(book)} == {one.id for one in book.checks}


@pytest.mark.parametrize(("table", "column", "group", "printed", "computed"), TOTALS)
def test_printed_and_computed_totals_are_both_kept(
    book: Book, table: str, column: str, group: str, printed: str | None, computed: str
) -> None:
    total = totals(book, table, column, group=group)
    assert (total.printed and str(total.printed.value)) == printed
    assert str(total.computed) == computed


def test_every_printed_total_is_a_row(book: Book) -> None:
    rows = [(one.id, row.name) for one in book.tables for row in one.rows if row.role is Role.TOTAL]
    assert rows == [
        ("HB21.table1", "合计"),
        ("HB21.table5", "合计（除雄安）"),
        ("SX23.table1-1", "合计"),
        ("SX23.table1-2", "合计"),
    ]


@pytest.mark.parametrize(("address", "printed", "value", "bound", "unit", "lines"), FIGURES)
def test_a_figure_is_as_printed(
    book: Book, address: str, printed: str, value: str | None, bound: str, unit: str, lines: str
) -> None:
    figure = figure_at(book, address)
    assert figure.printed == printed
    assert figure.value == (None if value is None else Decimal(value))
    assert figure.bound is Bound(bound)
    assert figure.unit.en == unit
    assert figure.source.lines == lines
    assert (figure.at, figure.table) == (address, address.split("/")[0])


@pytest.mark.parametrize(("address", "count", "one"), LISTS)
def test_a_list_has_its_names(book: Book, address: str, count: int, one: str) -> None:
    names = names_at(book, address)
    assert len(names) == count
    assert one in names


def test_unit_and_source_stand_everywhere(book: Book) -> None:
    for table in book.tables:
        assert set(table.title) == set(table.source.section) == {"zh", "en"}
        for row in table.rows:
            assert len(row.figures) == len(table.columns)
            for figure in row.figures:
                assert figure.unit.zh
                assert figure.unit.en
                assert figure.source.document == table.id.split(".")[0]
                assert figure.source.lines.startswith("L")
                assert all(figure.source.section.values())
                assert (figure.value is None) <= (
                    not figure.unit.base or figure.printed in {"", "/", "-"}
                )


def test_documents_and_tables_are_all_there(book: Book) -> None:
    assert [one.id for one in book.tables] == [
        *("BJ19.stages", "BJ19.areas"),
        *(f"HB21.{name}" for name in ("table1", "table2", "table3", "table4", "table5", "text")),
        *(f"SX23.{name}" for name in ("table1-1", "table1-2", "table2-1")),
        *(f"SX23.box3-{number}" for number in range(1, 6)),
        *(f"SX23.{name}" for name in ("investment", "benefits", "shallow_cities")),
        *(f"SX23.{name}" for name in ("shallow_surveys", "basins", "text")),
        *(f"SX26.{name}" for name in ("targets", "shallow", "middeep", "uplift", "hot", "surveys")),
    ]


def test_loading_twice_gives_the_same(book: Book) -> None:
    assert load() == book
    assert lint(load()) == lint(book)


@pytest.mark.parametrize(
    "address",
    [
        "HB21.table9/合计/done",
        "HB21.table1/合计/undone",
        "HB21.table1/太原市/done",
        "HB21.table3/@nowhere",
        "HB21.table1/*/done",
    ],
)
def test_an_address_of_nothing_is_refused(book: Book, address: str) -> None:
    with pytest.raises(Refused):
        figure_at(book, address)


@pytest.mark.parametrize(
    ("table", "column"), [("HB21.table2", "nature"), ("SX23.table2-1", "y2025")]
)
def test_words_and_mixed_units_do_not_add_up(book: Book, table: str, column: str) -> None:
    with pytest.raises(Refused, match="does not add up"):
        totals(book, table, column)


def test_a_range_of_figures_comes_in_printed_order(book: Book) -> None:
    found = [one.printed for one in figures_at(book, "SX23.box3-3/@yuncheng/area")]
    assert found == ["30", "25", "18.8", "76", "32", "8.3", "1.2"]


def test_the_examples_of_the_package_run() -> None:
    assert doctest.testmod(geozone.figures).failed == 0
