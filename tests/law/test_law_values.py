"""The frozen values of the law: order, truth, time and facts."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from geozone.law.activity import Activity
from geozone.law.condition import Condition
from geozone.law.errors import Fault, Refused
from geozone.law.evidence import Evidence
from geozone.law.fact import Below, FactTest
from geozone.law.judgement import Cause, Gap, Judgement
from geozone.law.span import Phase, Span
from geozone.law.state import Polarity, State, Truth, truth
from geozone.law.verdict import Verdict, severest

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
C, NO, NI, H, X = State


def test_severity_order_is_the_law() -> None:
    order = ["prohibited", "undetermined", "restricted", "allowed", "no_rule"]
    assert [one.code for one in sorted(Verdict, reverse=True)] == order
    assert all(severest([a, b]) is b for a, b in pairwise(sorted(Verdict)))
    assert severest([]) is Verdict.NO_RULE
    assert str(Verdict.NO_RULE) == "no_rule"


@pytest.mark.parametrize(
    ("polarity", "outside", "expected"),
    [
        (Polarity.BINDS, False, {C: F, NO: U, NI: T, H: T, X: U}),
        (Polarity.FREES, False, {C: F, NO: F, NI: U, H: T, X: U}),
        (Polarity.BORDER, False, {C: F, NO: U, NI: U, H: T, X: U}),
        (Polarity.BINDS, True, {C: T, NO: T, NI: U, H: F, X: U}),
        (Polarity.FREES, True, {C: T, NO: U, NI: F, H: F, X: U}),
        (Polarity.BORDER, True, {C: T, NO: U, NI: U, H: F, X: U}),
    ],
)
def test_truth_of_states(polarity: Polarity, outside: bool, expected: dict[State, Truth]) -> None:
    assert {one: truth(one, polarity, outside=outside) for one in State} == expected


@pytest.mark.parametrize("value", list(Truth))
def test_negation_is_its_own_inverse(value: Truth) -> None:
    assert value.negated().negated() is value
    assert U.negated() is U


PLAN = Span(date(2022, 10, 23), date(2023, 1, 1), date(2025, 12, 31), date(2026, 1, 4))
OPEN = Span(date(2025, 12, 29), date(2025, 12, 29))


@pytest.mark.parametrize(
    ("span", "on", "phase"),
    [
        (PLAN, date(2022, 10, 22), Phase.BEFORE),
        (PLAN, date(2022, 10, 23), Phase.STARTING),
        (PLAN, date(2022, 12, 31), Phase.STARTING),
        (PLAN, date(2023, 1, 1), Phase.IN_FORCE),
        (PLAN, date(2025, 12, 31), Phase.IN_FORCE),
        (PLAN, date(2026, 1, 1), Phase.ENDING),
        (PLAN, date(2026, 1, 4), Phase.ENDING),
        (PLAN, date(2026, 1, 5), Phase.ENDED),
        (OPEN, date(2025, 12, 28), Phase.BEFORE),
        (OPEN, date(2999, 1, 1), Phase.IN_FORCE),
    ],
)
def test_phases_include_their_days(span: Span, on: date, phase: Phase) -> None:
    assert span.phase(on) is phase


@pytest.mark.parametrize(
    "dates",
    [
        (date(2023, 1, 2), date(2023, 1, 1), None, None),
        (date(2023, 1, 1), date(2023, 1, 1), date(2022, 1, 1), date(2022, 1, 1)),
        (date(2023, 1, 1), date(2023, 1, 1), date(2024, 1, 1), None),
        (date(2023, 1, 1), date(2023, 1, 1), None, date(2024, 1, 1)),
    ],
)
def test_a_span_out_of_order_is_refused(dates: tuple[date, date, date | None, date | None]) -> None:
    with pytest.raises(ValueError, match="span"):
        Span(*dates)


@pytest.mark.parametrize(
    ("test", "facts", "expected"),
    [
        (FactTest("stage", "is", "new"), {"stage": "new"}, T),
        (FactTest("stage", "is", "new"), {"stage": "existing"}, F),
        (FactTest("stage", "is", "new"), {}, U),
        (FactTest("stage", "is_not", "new"), {"stage": "existing"}, T),
        (FactTest("reservoir", "in", ("guantao",)), {"reservoir": ("bedrock", "guantao")}, T),
        (FactTest("reservoir", "not_in", ("guantao",)), {"reservoir": ("bedrock",)}, T),
        (FactTest("reservoir", "in", ("guantao",)), {"reservoir": ("other",)}, F),
        # 不足 excludes, 不低于 and 以上 include
        (FactTest("abstraction_capacity_m3h", "lt", 25.0), {"abstraction_capacity_m3h": 24.9}, T),
        (FactTest("abstraction_capacity_m3h", "lt", 25.0), {"abstraction_capacity_m3h": 25.0}, F),
        (FactTest("reinjection_ratio", "ge", 0.95), {"reinjection_ratio": 0.95}, T),
        (FactTest("reinjection_ratio", "ge", 0.95), {"reinjection_ratio": 0.9499}, F),
        (FactTest("depth_m", "gt", 200), {"depth_m": 200.0}, F),
        (FactTest("depth_m", "le", 200), {"depth_m": 200.0}, T),
        (FactTest("expert_proof", "shown"), {"expert_proof": "论证〔2024〕1号"}, T),
        (FactTest("expert_proof", "shown"), {"expert_proof": False}, F),
        (FactTest("expert_proof", "shown"), {"expert_proof": "no"}, F),
        (FactTest("expert_proof", "shown"), {}, U),
        (FactTest("approvals", "named", "R-1"), {"approvals": ("R-2=b", "R-1 = a")}, T),
        (FactTest("approvals", "named", "R-1"), {"approvals": "R-1=a"}, T),
        (FactTest("approvals", "named", "R-1"), {"approvals": ("R-10=a", "R-1=")}, U),
        (FactTest("approvals", "named", "R-1"), {"approvals": ("R-1=否", "R-1 = NO")}, U),
        (FactTest("approvals", "named", "R-1"), {}, U),
        # a technology that implies "below 1.0" can never show 1.0, and may show 0.95
        (FactTest("reinjection_ratio", "ge", 1.0), {"reinjection_ratio": Below(1.0)}, F),
        (FactTest("reinjection_ratio", "gt", 1.0), {"reinjection_ratio": Below(1.0)}, F),
        (FactTest("reinjection_ratio", "ge", 0.95), {"reinjection_ratio": Below(1.0)}, U),
        (FactTest("reinjection_ratio", "lt", 1.0), {"reinjection_ratio": Below(1.0)}, T),
        (FactTest("reinjection_ratio", "le", 0.5), {"reinjection_ratio": Below(1.0)}, U),
    ],
)
def test_fact_tests(test: FactTest, facts: dict[str, object], expected: Truth) -> None:
    assert test.truth(facts) is expected  # type: ignore[arg-type]


def test_condition_keys_are_stable_and_sortable() -> None:
    full = Condition("drinking_water_zone", ("primary",), (("source", ("groundwater",)),), 50.0)
    assert full.key == "drinking_water_zone[primary]{source=groundwater}@50m"
    low = Condition("overdraft_zone", above=1.5, below=3.0)
    assert low.key == "overdraft_zone>1.5<3"
    both = [low, full, Condition("overdraft_zone")]
    assert [one.key for one in sorted(both, key=lambda one: one.sort_key)] == [
        full.key,
        "overdraft_zone",
        low.key,
    ]


def test_evidence_is_canonical() -> None:
    conditions = (Condition("railway"), Condition("scenic_area"))
    table = Evidence.of(conditions, [(H, C), (C, C), (H, C)])
    assert table.rows == ((C, C), (H, C))
    assert table.index((H, C)) == 1
    with pytest.raises(ValueError, match="one state per condition"):
        Evidence(conditions, ((C,),))
    with pytest.raises(ValueError, match="sorted"):
        Evidence(conditions, ((H, C), (C, C)))


def test_faults_are_told_once_and_all() -> None:
    first = Fault("a.toml", "project.on", "missing", "add it")
    bare = Fault("b.toml", "", "is not TOML", "mend it")
    refused = Refused([first, bare, first])
    assert refused.faults == (first, bare)
    assert str(refused) == "a.toml [project.on]: missing -> add it\nb.toml: is not TOML -> mend it"


def test_an_activity_has_a_name_and_a_layer_name() -> None:
    one = Activity("hot_dry_rock", "project")
    assert (str(one), one.layer_name) == ("hot_dry_rock:project", "hot_dry_rock__project")


def test_a_judgement_names_its_rules_and_causes() -> None:
    gaps = (Gap(Cause.NO_LAYER, "R-2"), Gap(Cause.OUTSIDE_DOCUMENTS, theme="scenic_area"))
    open_ = Judgement(Verdict.UNDETERMINED, gaps=gaps)
    assert (open_.rules, open_.causes) == (("R-2",), ("no_layer", "outside_documents"))
    shut = Judgement(Verdict.PROHIBITED, gaps=gaps)
    assert (shut.rules, shut.causes) == ((), ())
