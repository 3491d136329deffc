"""Facts in cells: words that name no document, and what a spreadsheet writes for a failure."""

from __future__ import annotations

import pytest

from geozone.land.proposals.factvalues import fact_value
from geozone.rules.vocabulary import facts


@pytest.mark.parametrize("text", ["办理中", "待定", "TBD", "?", "——", "nan", "未知"])
def test_a_document_to_come_is_none(text):
    with pytest.raises(ValueError, match="names no document"):
        fact_value(facts()["expert_proof"], text)
    with pytest.raises(ValueError, match="names none"):
        fact_value(facts()["approvals"], f"HB-11={text}")


@pytest.mark.parametrize("name", ["expert_proof", "depth_m", "stage", "holder", "granted_on"])
def test_failed_formulas_state_nothing(name):
    with pytest.raises(ValueError, match="error value"):
        fact_value(facts()[name], " #N/A ")


@pytest.mark.parametrize("text", ["无", "否", "暂无", "N/A", "-"])
def test_no_document(text):
    assert fact_value(facts()["expert_proof"], text) is False


@pytest.mark.parametrize("text", ["论证〔2024〕1号", "冀地热评字-12"])
def test_documents(text):
    assert fact_value(facts()["expert_proof"], text) == text
