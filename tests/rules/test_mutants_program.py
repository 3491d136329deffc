"""Compiling documents for an activity on a day: what is asked, who speaks, and where."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from made_rules import (
    BLOCK,
    DEEP,
    HEATING,
    NEW,
    ON,
    ON_BLOCKS,
    ON_RAIL,
    PROOF,
    WELL,
    F,
    T,
    U,
    clause,
    on,
    policy,
    rule,
    span,
)

from geozone.law.activity import Activity
from geozone.law.condition import Condition
from geozone.law.fact import Below
from geozone.law.judgement import Cause
from geozone.law.rule import (
    AfterEnd,
    Ask,
    Asks,
    Binding,
    Effect,
    Policy,
    Predecessor,
    Rule,
    Silence,
    Superseded,
    Tests,
)
from geozone.law.state import Polarity
from geozone.rules.compiling import compile_programs
from geozone.rules.program import (
    ACTING,
    SITING,
    SPEAKING,
    Clause,
    Document,
    Guard,
    Mask,
    Program,
    Term,
    bound,
)
from geozone.rules.vocabulary import technologies, themes

ENDED = date(2026, 1, 1)


def compiled(
    *policies: Policy, day: date = ON, adcode: str | None = "14", activity: Activity = WELL
) -> Program:
    return compile_programs(iter(policies), iter([activity]), on=day, adcode=adcode)[0]


def keys(found: Program) -> set[str]:
    """The keys of the conditions that are asked beside those of protected ground."""
    bare = compiled(activity=found.activity)
    return {one.key for one in found.conditions} - {one.key for one in bare.conditions}


def read(found: Program, alternatives: tuple[tuple[Term, ...], ...]) -> list[list[Any]]:
    """The terms of a clause or mask, with the key in the place of the index."""
    return [
        [(found.conditions[one.index].key, one.polarity, one.outside) for one in group]
        for group in alternatives
    ]


def ids(clauses: tuple[Clause, ...]) -> list[str]:
    return [one.rule.id for one in clauses]


def test_effects_by_what_they_do() -> None:
    assert ACTING == (Effect.PROHIBITS, Effect.RESTRICTS)
    assert (*ACTING, Effect.QUESTIONS, Effect.EXEMPTS) == SPEAKING
    assert SITING == (Asks.GROUND, Asks.PROPOSAL)


def bind(*whens: Tests, activity: Activity = WELL) -> tuple[Binding, ...]:
    return tuple(Binding(frozenset({activity}), when) for when in whens)


@pytest.mark.parametrize(
    ("binds", "when", "expected"),
    [
        ((), (), None),
        (bind((), activity=BLOCK), ((DEEP,),), None),
        (bind(()), (), ()),
        (bind(()), ((DEEP,), (HEATING,)), ((DEEP,), (HEATING,))),
        (bind(((NEW,),)), (), ((NEW,),)),
        (bind(((NEW,),)), ((DEEP,), (HEATING,)), ((NEW, DEEP), (NEW, HEATING))),
        (bind(((NEW,),), ((PROOF,), (NEW,))), ((DEEP,),), ((NEW, DEEP), (PROOF, DEEP))),
        (bind(((NEW,),), ()), (), ()),
        (bind(((NEW,),), ()), ((DEEP,),), ((NEW, DEEP), (DEEP,))),
        ((*bind(((NEW,),), activity=BLOCK), *bind(((PROOF,),))), (), ((PROOF,),)),
    ],
)
def test_the_facts_under_which_a_rule_binds(
    binds: tuple[Binding, ...], when: Tests, expected: Tests | None
) -> None:
    made = rule(binds=binds, when=when)
    assert bound(made, WELL) == expected
    found = compiled(policy("D", made))
    assert [one.when for one in found.clauses] == ([] if expected is None else [expected])


PROTECTED_FROM_WELLS = {"railway@200m", "expressway@200m"}
PROTECTED_FROM_ALL = {"spring_zone[key]", "permanent_basic_farmland", "scenic_area"}


def test_protected_ground_is_always_asked() -> None:
    for activity in (WELL, BLOCK):
        found = compiled(activity=activity)
        asked = {found.conditions[one.index].key: one.theme for one in found.guards}
        assert set(asked) >= PROTECTED_FROM_ALL
        assert PROTECTED_FROM_WELLS & set(asked) == (
            PROTECTED_FROM_WELLS if activity == WELL else set()
        )
        assert all(key.startswith(theme) for key, theme in asked.items())
        assert {one.key for one in found.conditions} == set(asked)
        assert set(asked.values()) == {
            one.id
            for one in themes().values()
            if one.protected
            and (activity.object in one.protected_objects or not one.protected_objects)
        }
        assert found.guards[0] == Guard(found.guards[0].theme, found.guards[0].index)


def test_programs_share_one_sorted_tuple_of_conditions() -> None:
    made = policy("D", rule(any=on("suitable_zone", "geothermal_field")))
    found = compile_programs([made], [WELL, BLOCK], on=ON, adcode="14")
    assert [one.activity for one in found] == [WELL, BLOCK]
    assert found[0].conditions == found[1].conditions
    assert list(found[0].conditions) == sorted(set(found[0].conditions), key=lambda c: c.sort_key)
    assert keys(found[0]) == {"suitable_zone", "geothermal_field"}
    assert [len(one.clauses) for one in found] == [1, 0]
    assert found[0].on == ON


OWN = {"valid": span("2021-01-01", "2022-12-31")}


@pytest.mark.parametrize(
    ("made", "day", "adcode", "asked"),
    [
        (policy("D", rule(any=on("forest_land"))), ON, "14", True),
        (policy("D", rule(any=on("forest_land"))), ON, "1408", True),
        (policy("D", rule(any=on("forest_land"))), ON, "13", False),
        (policy("D", rule(any=on("forest_land"))), date(2019, 12, 31), "14", False),
        (policy("D", rule(any=on("forest_land"))), ENDED, "14", True),
        (
            policy("D", rule(any=on("forest_land")), after_end=AfterEnd.HISTORY),
            ENDED,
            "14",
            False,
        ),
        (policy("D", rule(any=on("forest_land"), binds=())), ON, "14", False),
        (policy("D", rule(any=on("forest_land"), **OWN)), date(2022, 1, 1), "14", True),
        (policy("D", rule(any=on("forest_land"), **OWN)), ON, "14", False),
    ],
)
def test_ground_is_asked_only_for_rules_that_bear_on_the_case(
    made: Policy, day: date, adcode: str, asked: bool
) -> None:
    found = compiled(made, day=day, adcode=adcode)
    assert keys(found) == ({"forest_land"} if asked else set())
    assert ids(found.clauses) == ["R"] * asked


def test_how_terms_are_read() -> None:
    ground = ((Ask(Condition("landform", ("plain",))), Ask(Condition("railway"), outside=True)),)
    found = compiled(
        policy("D", rule("A", any=ground), rule("B", Effect.EXEMPTS, any=ground, names=("A",)))
    )
    border, outside = ("landform[plain]", Polarity.BORDER, False), True
    told = [read(found, one.alternatives) for one in found.clauses]
    assert told == [
        [[border, ("railway", Polarity.BINDS, outside)]],
        [[border, ("railway", Polarity.FREES, outside)]],
    ]
    assert [one.themes(found.conditions) for one in found.clauses] == [{"landform", "railway"}] * 2
    assert Term(0, Polarity.BINDS) == Term(0, Polarity.BINDS, outside=False)


def test_a_clause_asks_about_the_themes_of_every_alternative() -> None:
    conditions = (Condition("railway"), Condition("planned_block"))
    either = clause(rule(), (ON_RAIL,), (ON_BLOCKS, ON_RAIL))
    assert either.themes(conditions) == {"railway", "planned_block"}
    assert clause(rule(), (ON_BLOCKS,)).themes(conditions) == {"planned_block"}
    assert repr((Clause(rule(), 0, (), ()).doubt, Clause(rule(), 0, (), ()).only_where_held)) == (
        repr((None, False))
    )


LATER = Superseded("D2", span("2026-01-01"), ("R",))


@pytest.mark.parametrize(
    ("made", "day", "doubt", "only_where_held"),
    [
        (policy("D", rule()), ON, None, False),
        (policy("D", rule()), ENDED, Cause.RULE_LAPSED, False),
        (policy("D", rule(), superseded=LATER), ENDED, Cause.RULE_LAPSED, True),
        (
            policy("D", rule(), span=span("2020-01-01", "2024-12-31", until="2024-01-01")),
            ON,
            Cause.BETWEEN_POLICIES,
            False,
        ),
        (
            policy("D", rule(valid=span("2021-01-01", "2024-12-31", until="2024-01-01"))),
            ON,
            Cause.TEXT_AMBIGUOUS,
            True,
        ),
        (
            policy("D", rule(valid=span("2024-01-01", certain="2024-06-02"))),
            ON,
            Cause.TEXT_AMBIGUOUS,
            True,
        ),
        (
            policy(
                "D",
                rule(valid=span("2024-01-01", certain="2024-06-02")),
                span=span("2024-01-01", certain="2024-06-02"),
            ),
            ON,
            Cause.BETWEEN_POLICIES,
            False,
        ),
        (policy("D", rule(valid=span("2024-06-01"))), ON, None, False),
    ],
)
def test_the_doubt_of_a_clause(
    made: Policy, day: date, doubt: Cause | None, only_where_held: bool
) -> None:
    (found,) = compiled(made, day=day).clauses
    assert (found.doubt, found.only_where_held) == (doubt, only_where_held)


@pytest.mark.parametrize(
    ("made", "day"),
    [
        (rule("GONE"), ENDED),
        (rule("R", valid=span("2020-01-01", "2020-12-31")), ON),
        (rule("R", valid=span("2024-06-02")), ON),
        (rule("R", binds=()), ON),
    ],
)
def test_rules_that_are_no_clause(made: Rule, day: date) -> None:
    beside = rule("A", valid=span("2020-01-01"))
    found = compiled(policy("D", made, superseded=LATER), policy("E", beside), day=day)
    assert ids(found.clauses) == ["A"]


def test_documents_in_the_order_of_their_ids_and_then_the_territories_of_rules() -> None:
    near, far = rule("N", territory=("1408",)), rule("F", territory=("1401", "1402"))
    made = (
        policy("B", rule("R", any=on("forest_land")), far),
        policy("A", near, replace(near, id="M"), territory=("13",)),
    )
    found = compiled(*made, adcode="1408")
    assert found.documents == (
        Document("A", F),
        Document("B", T),
        Document("", T),
        Document("", F),
    )
    assert [(one.rule.id, one.document) for one in found.clauses] == [("R", 1), ("F", 3)]
    told = compiled(*made, adcode=None)
    assert [(one.policy, one.reach) for one in told.documents] == [
        ("A", None),
        ("B", None),
        ("", None),
        ("", None),
    ]
    assert [[told.conditions[i].key for i in one.territory] for one in told.documents] == [
        ["jurisdiction{adcode=13}"],
        ["jurisdiction{adcode=14}"],
        ["jurisdiction{adcode=1408}"],
        ["jurisdiction{adcode=1401}", "jurisdiction{adcode=1402}"],
    ]
    assert {one.rule.id: one.document for one in told.clauses} == {"N": 2, "M": 2, "R": 1, "F": 3}
    assert Document("D", U) == Document("D", U, ())
    assert keys(told) - {"forest_land"} == {
        f"jurisdiction{{adcode={code}}}" for code in ("13", "14", "1408", "1401", "1402")
    }


SILENT = Silence(frozenset({WELL}), frozenset({"railway"}), {}, ("B", "A"))
ELSEWHERE = Silence(frozenset({BLOCK}), frozenset({"scenic_area"}), {}, ("C",))
GROUNDS = (
    rule("B", any=on("forest_land"), binds=()),
    rule("A", any=on("public_green"), binds=()),
    rule("C", any=on("built_up_area"), binds=()),
)


def test_silence_on_purpose_and_its_masks() -> None:
    other = policy("A", rule("X", any=on("heating_network_area"), binds=()))
    made = policy("D", *GROUNDS, silences=(ELSEWHERE, SILENT))
    found = compiled(made, other)
    assert found.silences == ((1, SILENT),)
    assert keys(found) == {"forest_land", "public_green"}
    masks = [(one.rule, one.document, read(found, one.alternatives)) for one in found.masks]
    assert masks == [
        ("A", 1, [[("public_green", Polarity.BINDS, False)]]),
        ("B", 1, [[("forest_land", Polarity.BINDS, False)]]),
    ]
    assert found.masks[0] == Mask("A", 1, found.masks[0].alternatives)
    block = compiled(made, other, activity=BLOCK)
    assert block.silences == ((1, ELSEWHERE),)
    assert [one.rule for one in block.masks] == ["C"]


def test_masks_of_several_documents() -> None:
    silent = replace(SILENT, masks=("A",))
    later = replace(SILENT, masks=("B",))
    made = (policy("D", *GROUNDS, silences=(silent,)), policy("C", *GROUNDS, silences=(later,)))
    found = compiled(*made)
    assert [(one.rule, one.document) for one in found.masks] == [("A", 1), ("B", 0)]


@pytest.mark.parametrize(
    ("day", "adcode", "speaks"),
    [(ON, "14", True), (ENDED, "14", False), (ON, "13", False), (date(2019, 1, 1), "14", False)],
)
def test_a_document_that_is_not_in_force_is_not_silent_on_purpose(
    day: date, adcode: str, speaks: bool
) -> None:
    found = compiled(policy("D", *GROUNDS, silences=(SILENT,)), day=day, adcode=adcode)
    assert [one for _, one in found.silences] == [SILENT] * speaks
    assert [one.rule for one in found.masks] == ["A", "B"] * speaks


EARLIER = Predecessor("D0", {}, span("2015-01-01", "2019-12-31"))


@pytest.mark.parametrize(
    ("made", "day", "told"),
    [
        (rule(), date(2019, 12, 31), True),
        (rule(effect=Effect.RESTRICTS), date(2019, 12, 31), True),
        (rule(effect=Effect.SCOPE), date(2019, 12, 31), False),
        (rule(binds=bind((), activity=BLOCK)), date(2019, 12, 31), False),
        (rule(), ON, False),
    ],
)
def test_an_earlier_document_matters_to_activities_that_the_later_one_binds(
    made: Rule, day: date, told: bool
) -> None:
    later = policy("D", made, predecessors=(EARLIER,))
    found = compiled(policy("A"), later, day=day)
    assert found.predecessors == (((1, EARLIER),) if told else ())


def test_rules_that_are_over_are_history() -> None:
    was = rule("W", any=on("forest_land"), when=((DEEP,),), **OWN)
    other = rule("O", binds=(), **OWN)
    local = rule("L", territory=("1408",), **OWN)
    made = policy("B", was, other, local, rule("R"))
    found = compiled(policy("A"), made, adcode="1401")
    assert [(one.rule.id, one.document, one.alternatives, one.when) for one in found.history] == [
        ("W", 1, (), ((DEEP,),)),
        ("L", 2, (), ()),
    ]
    assert keys(found) == set()
    assert compiled(made, day=date(2022, 1, 1)).history == ()


@pytest.mark.parametrize(
    ("technology", "implied"),
    [
        ("waste_heat", {}),
        ("bathing", {"takes_water": True, "use": "bathing"}),
        ("middeep_no_reinjection", {"takes_water": True, "reinjection_ratio": Below(1.0)}),
    ],
)
def test_what_the_name_of_a_technology_implies(technology: str, implied: Any) -> None:
    found = compiled(activity=Activity(technology, "project"))
    assert found.implied == {"stage": "new", **implied}
    assert found.contradicted_by == technologies()[technology].contradicted_by
    assert bool(found.contradicted_by) is bool(implied)
