"""Finding fields by name, by a Chinese or Latin alias, and by names that a dBASE table cut."""

from __future__ import annotations

import pytest

from geozone.land.faults import Faults
from geozone.land.formats.aliases import aliases, places_of
from geozone.land.formats.features import UnreadableError
from geozone.land.layers.columns import classes_of
from geozone.land.problems import Problems
from geozone.land.spec import LayerSpec

FOUND = {
    "as_written": (["DLBM", "BZ"], "DLBM", "", 0),
    "as_written_beside_its_other_case": (["dlbm", "DLBM"], "DLBM", "", 1),
    "in_another_case": (["BZ", "dlbm"], "DLBM", "", 1),
    "by_its_chinese_name": (["备注", "地类编码"], "DLBM", "", 1),
    "by_its_latin_name": (["KQR", "BZ"], "采矿权人", "", 0),
    "by_another_chinese_name": (["行政区划代码"], "行政区代码", "", 0),
    "name_before_alias": (["地类编码", "DLBM"], "dlbm", "", 1),
    "blanks_around": ([" DLBM "], "dlbm", "", 0),
    "cut_latin": (["LONG_NAME_", "B"], "long_name_of_a_field", "gb18030", 0),
    "cut_in_gbk": (["行政区划代", "B"], "行政区划代码", "gb18030", 0),
    "cut_in_utf8": (["行政区", "B"], "行政区划代码", "utf-8", 0),
    "cut_alias_in_gbk": (["行政区划代", "B"], "XZQDM", "gb18030", 0),
    "not_cut_where_whole_names_are_kept": (["LONG_NAME_", "B"], "B", "", 1),
}


@pytest.mark.parametrize("name", FOUND)
def test_found(name):
    names, wanted, cut, at = FOUND[name]
    assert places_of(names, [wanted], cut=cut) == {wanted: at}


REFUSED = {
    "none": (["A"], "DLBM", "", "no field 'DLBM'"),
    "no_field_at_all": ([], "DLBM", "", "no field"),
    "two_in_other_cases": (["dlbm", "Dlbm"], "DLBM", "", "more than one field 'DLBM': 'dlbm'"),
    "two_by_alias": (["采矿权人", "探矿权人"], "KQR", "", "more than one"),
    "not_cut_in_other_formats": (["LONG_NAME_"], "LONG_NAME_OF", "", "no field"),
    "part_of_a_name": (["DLBM2"], "DLBM", "gb18030", "no field"),
    "two_cut_alike": (["行政区", "行政区"], "行政区划代码", "utf-8", "more than one"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    names, wanted, cut, part = REFUSED[name]
    with pytest.raises(UnreadableError, match=part) as refused:
        places_of(names, [wanted], cut=cut)
    assert refused.value.problem is None


HINTS = {
    "full_width": ("０１０１", "0101", "'０１０１' differs from '0101'"),
    "case": ("a1", "A1", "only in width, case or blanks"),
    "blanks_within": ("重 要", "重要", "'重 要' differs from '重要'"),
}


@pytest.mark.parametrize("name", HINTS)
def test_classes_that_are_nearly_mapped_are_refused_with_a_hint(name):
    value, mapped, part = HINTS[name]
    spec = LayerSpec(1, "railway", ("a",), 0.0, class_field="L", class_map={mapped: "line"})
    faults = Faults("a")
    assert classes_of(spec, (value, mapped), Problems(faults, {})) == (None, "line")
    assert [part in str(one) for one in faults.found] == [True]


def test_classes_that_are_not_nearly_mapped_have_no_hint():
    spec = LayerSpec(
        1, "railway", ("a",), 0.0, class_field="L", class_map={"": "line", "x": "line"}
    )
    faults = Faults("a")
    classes_of(spec, ("y", None), Problems(faults, {}))
    assert ["differs" in str(one) for one in faults.found] == [False]


def test_no_name_stands_for_two_fields():
    assert aliases()["地类编码"] == aliases()["dlbm"]
    assert all(name in alike for name, alike in aliases().items())
