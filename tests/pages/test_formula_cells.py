"""Cells of tables: texts that a spreadsheet would run are made plain, all else stays."""

from __future__ import annotations

import pytest

from geozone.pages.tables import neutral


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_text_that_begins_like_a_formula_is_made_plain(start):
    assert neutral(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("value", ["W-1", "1=1", "", "井＝1", -1, -0.5, 0, None, True])
def test_other_cells_stay_as_they_are(value):
    assert neutral(value) is value
