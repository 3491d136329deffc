"""One fault per case: never permission on prohibited ground, and no good input refused."""

from __future__ import annotations

import pytest
from corpus.all import all_cases
from corpus.ground import bed
from corpus.judged import judged, wrong

CASES = all_cases()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shared")
    bed(folder)
    return folder


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.group}-{case.name}")
def test_case(case, tmp_path, shared):
    got = judged(case, tmp_path / case.name[:40], shared)
    assert not got.is_wrong_permission, f"WRONG PERMISSION: {got.outcome}"
    assert not wrong(case, got)


def test_corpus_is_wide():
    good = [case for case in CASES if case.is_good]
    assert len(good) >= 200
    assert len(CASES) - len(good) >= 850
