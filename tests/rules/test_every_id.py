"""Every id of the rule matrix is a rule of its pack, and no pack holds an id of its own making."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path

import pytest

from geozone.rules.shipped import shipped, shipped_ids

MATRIX: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent / "matrix_ids.toml").read_text("utf-8")
)
LETTERS = string.ascii_lowercase
CONFLICT = re.compile(r"^\w+-C\d+$")


@pytest.mark.parametrize("pack", sorted(MATRIX))
def test_every_id_of_the_matrix_is_in_its_pack(pack: str) -> None:
    rules = [rule.id for rule in shipped(pack).rules]
    missing = [
        one
        for one in MATRIX[pack]
        if not any(re.fullmatch(re.escape(one) + "[a-z]*", rule) for rule in rules)
    ]
    assert missing == []


@pytest.mark.parametrize("pack", sorted(MATRIX))
def test_every_rule_of_a_pack_goes_back_to_the_matrix(pack: str) -> None:
    strangers = [
        rule.id
        for rule in shipped(pack).rules
        if not CONFLICT.match(rule.id)
        and rule.id.rstrip(LETTERS) not in {one.rstrip(LETTERS) for one in MATRIX[pack]}
    ]
    assert strangers == []


def test_the_matrix_names_every_pack_that_decides() -> None:
    assert sorted(MATRIX) == [one for one in shipped_ids() if not shipped(one).advisory]
