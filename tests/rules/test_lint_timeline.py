"""What holds of a document in every stretch of its time."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from geozone.law.judgement import Cause
from geozone.law.rule import Policy
from geozone.rules.reader import parse_pack
from geozone.rules.shipped import shipped, shipped_ids
from geozone.rules.standing import doubt, over
from geozone.rules.timeline import Holds, holds, stretches

HEAD = """
schema = 1
id = "T1"
title = { zh = "测试", en = "test" }
territory = ["13"]
"""
VALID = """
[valid]
earliest = 2020-01-01
certain = 2020-02-01
certain_until = 2024-11-30
latest = 2024-12-31
"""
EARLIER = """
[[predecessor]]
id = "T0"
title = { zh = "旧", en = "old" }
earliest = 2018-01-01
certain_until = 2019-06-30
"""
LATER = """
[superseded]
by = "T2"
earliest = 2025-03-01
certain = 2025-04-01
"""
OPEN, PAST = 'after_end = "undetermined"\n', 'after_end = "history"\n'


def drawn(text: str) -> list[str]:
    policy = parse_pack(text, "made.toml")
    return [
        f"{one.first}..{one.last or ''} {one.holds}{''.join(f' {each}' for each in one.earlier)}"
        for one in stretches(policy)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            HEAD + "[valid]\nearliest = 2020-01-01\n",
            ["2020-01-01.. in_force"],
        ),
        (
            HEAD + PAST + "[valid]\nearliest = 2020-01-01\ncertain_until = 9999-12-31\n",
            ["2020-01-01.. in_force"],
        ),
        (
            HEAD + PAST + VALID,
            [
                "2020-01-01..2020-01-31 starting",
                "2020-02-01..2024-11-30 in_force",
                "2024-12-01..2024-12-31 ending",
                "2025-01-01.. history",
            ],
        ),
        (
            HEAD + OPEN + VALID + EARLIER,
            [
                "2018-01-01..2019-06-30 earlier T0",
                "2019-07-01..2019-12-31 not_begun",
                "2020-01-01..2020-01-31 starting",
                "2020-02-01..2024-11-30 in_force",
                "2024-12-01..2024-12-31 ending",
                "2025-01-01.. lapsed",
            ],
        ),
        (
            HEAD + OPEN + VALID + EARLIER.replace("2019-06-30", "2020-01-15") + LATER,
            [
                "2018-01-01..2019-12-31 earlier T0",
                "2020-01-01..2020-01-15 starting T0",
                "2020-01-16..2020-01-31 starting",
                "2020-02-01..2024-11-30 in_force",
                "2024-12-01..2024-12-31 ending",
                "2025-01-01..2025-03-31 between",
                "2025-04-01.. history",
            ],
        ),
    ],
)
def test_stretches(text: str, expected: list[str]) -> None:
    assert drawn(text) == expected


def days(policy: Policy) -> list[date]:
    edges = [one.first for one in stretches(policy)]
    return [edge + timedelta(days=step) for edge in edges for step in (-1, 0, 1)]


@pytest.mark.parametrize("pack", shipped_ids())
def test_the_timeline_says_what_judging_does(pack: str) -> None:
    policy = shipped(pack)
    for on in days(policy):
        stands = holds(policy, on)
        assert (stands is Holds.IN_FORCE) == (doubt(policy, on) is None)
        if stands is Holds.HISTORY:
            leaves = policy.superseded.leaves if policy.superseded else ()
            assert all(over(policy, one, on) or one.id in leaves for one in policy.rules)
        if stands is Holds.LAPSED:
            assert doubt(policy, on) is Cause.RULE_LAPSED
        if stands in (Holds.STARTING, Holds.ENDING, Holds.BETWEEN):
            assert doubt(policy, on) is Cause.BETWEEN_POLICIES


@pytest.mark.parametrize("pack", shipped_ids())
def test_the_stretches_leave_no_day_out(pack: str) -> None:
    policy = shipped(pack)
    found = stretches(policy)
    for one, other in pairwise(found):
        assert one.last is not None
        assert one.last + timedelta(days=1) == other.first
    assert found[-1].last is None
    for on in days(policy)[1:]:
        here = [one for one in found if one.first <= on and (one.last is None or on <= one.last)]
        assert [one.holds for one in here] == [holds(policy, on)]
