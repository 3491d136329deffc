"""The laws of judging, as properties over every shipped pack."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from geozone.law.activity import Activity
from geozone.law.evidence import Row
from geozone.law.fact import FactValue
from geozone.law.judgement import Judgement
from geozone.law.rule import Effect, Policy
from geozone.law.state import State
from geozone.law.verdict import Verdict
from geozone.rules.compiling import compile_programs
from geozone.rules.judge import judge, judge_ground
from geozone.rules.program import SITING, Program
from geozone.rules.shipped import shipped, shipped_ids
from geozone.rules.vocabulary import activities, facts, parse_activity

PLACES = [
    ("13", date(2024, 6, 1)),
    ("13", date(2026, 6, 1)),
    ("14", date(2024, 6, 1)),
    ("14", date(2026, 3, 1)),
    ("14", date(2026, 6, 1)),
    ("3715", date(2026, 6, 1)),
    ("3715", date(2025, 6, 1)),
    ("37", date(2026, 6, 1)),
    (None, date(2026, 6, 1)),
    (None, date(2024, 6, 1)),
]

SHOWN: dict[str, FactValue] = {
    "stage": "new",
    "reservoir": ("bedrock",),
    "use": "heating",
    "takes_water": True,
    "reinjection_same_layer": True,
    "reinjection_ratio": 1.0,
    "abstraction_capacity_m3h": 80.0,
    "reinjection_capacity_m3h": 80.0,
    "capacity_is_natural": True,
    "aquifer": "unconfined",
    "within_groundwater_quota": True,
    "approved_abstraction": "取水批复〔2024〕1号",
    "design_scale_m3a": 250_000.0,
    "exploration_stage": "feasibility",
    "exploration_period": "3",
    "holders": 1.0,
    "heat_balance": True,
    "expert_proof": "论证〔2024〕1号",
    "reinjection_scheme": "回灌方案-1",
    "reinjection_credit": "ok",
    "mining_licence": False,
    "loop_closed": True,
    "undamaged_land": "不损毁证明-1",
    "metering_online": True,
    "well_sealing": True,
    "occupation": "temporary",
}


@cache
def policies() -> tuple[Policy, ...]:
    return tuple(shipped(one) for one in shipped_ids())


@cache
def program(activity: Activity, place: int) -> Program:
    adcode, on = PLACES[place]
    return compile_programs(policies(), [activity], on=on, adcode=adcode)[0]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Program, Row]:
    found = program(draw(st.sampled_from(activities())), draw(st.integers(0, len(PLACES) - 1)))
    size = len(found.conditions)
    row = draw(st.lists(st.sampled_from(list(State)), min_size=size, max_size=size))
    clear = draw(st.booleans())
    if clear:  # mostly clear ground, so that allowed and restricted occur as well
        kept = draw(st.sets(st.integers(0, max(size - 1, 0)), max_size=2))
        row = [one if i in kept else State.CLEAR for i, one in enumerate(row)]
    return found, tuple(row)


@st.composite
def stated(draw: st.DrawFn) -> dict[str, FactValue]:
    names = draw(st.sets(st.sampled_from(sorted(SHOWN))))
    found = {name: SHOWN[name] for name in sorted(names)} | {"stage": "new"}
    for name in names - {"stage"}:
        kind = facts()[name]
        if kind.type == "choice":
            found[name] = draw(st.sampled_from(sorted(kind.choices)))
        elif kind.type == "choices":
            found[name] = (draw(st.sampled_from(sorted(kind.choices))),)
        elif kind.type == "boolean":
            found[name] = draw(st.booleans())
        elif kind.type == "number":
            found[name] = draw(st.sampled_from([0.0, 0.94, 1.0, 24.9, 25.0, 200_000.0]))
    return found


def test_every_verdict_occurs_on_the_ground() -> None:
    rng = random.Random(20260601)
    seen = set()
    for place in range(len(PLACES)):
        for activity in activities():
            found = program(activity, place)
            rows = [tuple(State.CLEAR for _ in found.conditions)]
            rows += [
                tuple(rng.choices(list(State), [30, 1, 1, 1, 1], k=len(rows[0]))) for _ in range(9)
            ]
            seen |= {judge_ground(found, row).verdict for row in rows}
    assert seen == set(Verdict)


@given(cases(), st.data())
def test_order_of_rules_never_matters(case: tuple[Program, Row], data: st.DataObject) -> None:
    found, row = case
    shuffled = replace(found, clauses=tuple(data.draw(st.permutations(found.clauses))))
    for judged in (judge_ground, lambda one, here: judge(one, here, SHOWN)):
        one, other = judged(found, row), judged(shuffled, row)
        assert one.verdict is other.verdict
        assert set(one.held) == set(other.held)
        assert set(one.gaps) == set(other.gaps)


@given(cases(), st.data())
def test_what_is_unseen_never_frees(case: tuple[Program, Row], data: st.DataObject) -> None:
    """A layer taken away never yields allowed: every theme asked keeps the verdict open."""
    found, row = case
    asked = {
        theme
        for clause in found.clauses
        if clause.rule.effect in (Effect.PROHIBITS, Effect.RESTRICTS, Effect.QUESTIONS)
        and clause.rule.asks in SITING
        and clause.when == ()
        for theme in clause.themes(found.conditions)
    } | {guard.theme for guard in found.guards}
    theme = data.draw(st.sampled_from(sorted(asked)))
    blind = tuple(
        State.UNSEEN if condition.theme == theme else state
        for condition, state in zip(found.conditions, row, strict=True)
    )
    assert judge(found, blind, SHOWN).verdict is not Verdict.ALLOWED
    if any(guard.theme == theme for guard in found.guards):
        assert judge_ground(found, blind).verdict is not Verdict.ALLOWED


@given(cases(), stated())
def test_a_new_proposal_is_never_milder_than_the_ground(
    case: tuple[Program, Row], facts: dict[str, FactValue]
) -> None:
    found, row = case
    assert judge(found, row, facts).verdict >= judge_ground(found, row).verdict


@given(cases(), st.data())
def test_adding_a_prohibiting_feature_never_enlarges_the_allowed_ground(
    case: tuple[Program, Row], data: st.DataObject
) -> None:
    found, row = case
    place = data.draw(st.integers(0, len(row) - 1))
    exempt = {
        term.index
        for clause in found.clauses
        if clause.rule.effect is Effect.EXEMPTS
        for group in clause.alternatives
        for term in group
    } | {
        term.index
        for clause in found.clauses
        for group in clause.alternatives
        for term in group
        if term.outside
    }
    if place in exempt or found.conditions[place].theme == "jurisdiction":
        return
    more = tuple(State.HOLDS if i == place else state for i, state in enumerate(row))
    if judge_ground(found, more).verdict is Verdict.ALLOWED:
        assert judge_ground(found, row).verdict in (Verdict.ALLOWED, Verdict.UNDETERMINED)
        assert row[place] is not State.CLEAR or judge_ground(found, row).verdict is Verdict.ALLOWED


@given(cases(), stated())
def test_allowed_has_no_open_question(
    case: tuple[Program, Row], facts: dict[str, FactValue]
) -> None:
    found, row = case
    for judged in (judge_ground(found, row), judge(found, row, facts)):
        if judged.verdict in (Verdict.ALLOWED, Verdict.NO_RULE):
            assert not judged.gaps
            assert not judged.held
        if judged.verdict is Verdict.UNDETERMINED:
            assert judged.causes


@given(cases())
def test_every_need_shown_gives_the_ground(case: tuple[Program, Row]) -> None:
    found, row = case
    technology = found.activity.technology
    shown = dict(SHOWN)
    shown["use"] = found.implied.get("use", "heating")
    if technology == "middeep_no_reinjection":
        shown["reinjection_ratio"] = 0.96
    if found.implied.get("takes_water") is False or technology == "hot_dry_rock":
        shown["takes_water"] = False  # the best that hot dry rock can show
    best = judge_ground(found, row)
    shown["approvals"] = ("SX23-04=A1", "SX26-15=A2")
    needed = {fact for _, fact in best.needs} | {"stage"}
    told = judge(found, row, {name: shown[name] for name in sorted(needed)})
    assert told.verdict is best.verdict, (told.held, told.gaps, best.held, best.gaps)


def test_a_program_prints_as_its_question() -> None:
    assert repr(program(activities()[0], 0)) == f"<Program {activities()[0]} on 2024-06-01>"


def judged_where(activity: str, place: int, states: dict[str, State]) -> Judgement:
    """The ground verdict with these states by condition key, everything else clear."""
    found = program(parse_activity(activity), place)
    assert set(states) <= {one.key for one in found.conditions}
    row = tuple(states.get(one.key, State.CLEAR) for one in found.conditions)
    return judge_ground(found, row)


def test_near_a_border_no_law_governs_or_frees_for_certain() -> None:
    inside, near = "jurisdiction{adcode=14}", State.NEAR_OUTSIDE
    well = "middeep_reinjection:well_production"
    assert judged_where(well, 8, {inside: State.HOLDS}).verdict is Verdict.ALLOWED
    assert judged_where(well, 8, {inside: near}).verdict is Verdict.UNDETERMINED
    held = {inside: near, "spring_zone[key]": State.HOLDS}
    assert judged_where(well, 8, held).verdict is Verdict.PROHIBITED


def test_a_question_speaks_only_of_the_ground_it_asks_about() -> None:
    """A surface-water source is not spoken to by a question about groundwater sources."""
    found = judged_where(
        "surface_or_reclaimed_water:project", 4, {"drinking_water_zone": State.HOLDS}
    )
    assert found.verdict is Verdict.UNDETERMINED
    assert found.causes == ("outside_documents",)


def test_masks_stay_inside_their_territory() -> None:
    block, farmland = "middeep_reinjection:block_exploration", "permanent_basic_farmland"
    for state, masks in ((State.HOLDS, ("HB-02a",)), (State.CLEAR, ())):
        found = judged_where(block, 9, {"jurisdiction{adcode=13}": state, farmland: State.HOLDS})
        assert found.masks == masks


def test_a_rule_speaks_only_of_the_classes_that_it_names() -> None:
    """A river that is not an important one: the ban on blocks is silent, other law may forbid."""
    block, river = "middeep_reinjection:block_mining", "river_lake_management"
    found = judged_where(block, 0, {river: State.HOLDS})
    assert (found.verdict, found.causes) == (Verdict.UNDETERMINED, ("outside_documents",))
    held = {river: State.HOLDS, f"{river}[important]": State.HOLDS}
    assert judged_where(block, 0, held).verdict is Verdict.PROHIBITED
    beside = {river: State.HOLDS, "scenic_area": State.HOLDS}
    assert "outside_documents" in {str(one.cause) for one in judged_where(block, 0, beside).gaps}
