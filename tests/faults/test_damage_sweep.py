"""Files cut and bits turned over: no reader dies, and a declared hash refuses every one."""

from __future__ import annotations

import pytest
import sweep
from corpus.samples import KINDS, files_of, write


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("damaged")
    write(made)
    return made


def test_what_is_cut_is_refused_or_seen(folder):
    swept = sweep.sweep(folder, [*sweep.cuts(folder)])
    assert not swept.crashes
    assert not swept.accepted_against_their_hash
    unseen = [
        one
        for one, (said, _) in zip(swept.damages, swept.found, strict=True)
        if said not in ("refused", "seen")
    ]
    assert not unseen


def test_bits_turned_over_bring_no_reader_down(folder):
    swept = sweep.sweep(folder, [*sweep.flips(folder, 104)])
    assert not swept.crashes
    assert not swept.accepted_against_their_hash


def test_the_same_bits_each_time(folder, tmp_path):
    write(tmp_path)
    names = [name for kind in KINDS for name in files_of(kind)]
    assert [(tmp_path / name).read_bytes() for name in names] == [
        (folder / name).read_bytes() for name in names
    ]
    assert [*sweep.flips(folder, 40)] == [*sweep.flips(tmp_path, 40)]
