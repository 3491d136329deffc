"""Made rules, documents and programs, of which a test says only what it is about."""

from __future__ import annotations

from datetime import date
from typing import Any

from geozone.law.activity import Activity
from geozone.law.condition import Condition
from geozone.law.fact import Facts, FactTest
from geozone.law.judgement import Judgement
from geozone.law.rule import AfterEnd, Ask, Asks, Binding, Cite, Effect, Policy, Rule
from geozone.law.span import Span
from geozone.law.state import Polarity, State, Truth
from geozone.rules.judge import judge, judge_ground
from geozone.rules.program import Clause, Document, Program, Term
from geozone.rules.weigh import Scales

C, NO, NI, H, X = State
F, U, T = Truth

ON = date(2024, 6, 1)
WELL = Activity("middeep_reinjection", "well_production")
BLOCK = Activity("middeep_reinjection", "block_mining")

RAIL, BLOCKS, PLAIN = Condition("railway"), Condition("planned_block"), Condition("landform")
GROUND = (RAIL, BLOCKS, PLAIN)
"""The conditions of a made row, in its order."""
ON_RAIL, ON_BLOCKS = Term(0, Polarity.BINDS), Term(1, Polarity.BINDS)
ON_PLAIN = Term(2, Polarity.BORDER)

HEATING = FactTest("use", "is", "heating")
DEEP = FactTest("depth_m", "gt", 200.0)
PROOF = FactTest("expert_proof", "shown")
NEW = FactTest("stage", "is", "new")


def rule(name: str = "R", effect: Effect = Effect.PROHIBITS, **more: Any) -> Rule:
    """A rule that binds the well on all ground, but for what is said of it."""
    plain: dict[str, Any] = {
        "says": {},
        "cite": Cite("D", "1"),
        "office": {},
        "asks": Asks.GROUND,
        "binds": (Binding(frozenset({WELL})),),
    }
    return Rule(id=name, effect=effect, **(plain | more))


def on(*themes: str) -> tuple[tuple[Ask, ...], ...]:
    """What a rule asks that looks at any of the themes."""
    return tuple((Ask(Condition(theme)),) for theme in themes)


def clause(made: Rule, *alternatives: tuple[Term, ...], **more: Any) -> Clause:
    """The rule as it binds the well, in the first document."""
    when = more.pop("when", made.when)
    return Clause(made, more.pop("document", 0), alternatives, when, **more)


def scales(*row: State, **more: Any) -> Scales:
    """Scales over made ground; conditions that are not said are clear."""
    full = (*row, *[C] * (len(GROUND) - len(row)))
    return Scales(GROUND, full, more.pop("facts", {}), **more)


def program(*clauses: Clause, **more: Any) -> Program:
    """A program over made ground with one document in force everywhere."""
    plain: dict[str, Any] = {
        "activity": WELL,
        "on": ON,
        "conditions": GROUND,
        "documents": (Document("D", T),),
        "clauses": clauses,
        "guards": (),
        "silences": (),
        "predecessors": (),
        "masks": (),
        "history": (),
        "implied": {"stage": "new"},
        "contradicted_by": (),
    }
    return Program(**(plain | more))


def judged(made: Program, *row: State, facts: Facts | None = None, **more: Any) -> Judgement:
    """The judgement of a proposal with the facts, or of the ground where there are none."""
    full = (*row, *[C] * (len(made.conditions) - len(row)))
    if facts is None:
        return judge_ground(made, full, **more)
    return judge(made, full, facts, **more)


def span(first: str, last: str | None = None, *, certain: str = "", until: str = "") -> Span:
    """A span by its days; the uncertain ones only where they are said."""
    end = date.fromisoformat(last) if last else None
    return Span(
        date.fromisoformat(first),
        date.fromisoformat(certain or first),
        date.fromisoformat(until) if until else end,
        end,
    )


def policy(name: str, *rules: Rule, **more: Any) -> Policy:
    """A document of Shanxi, in force from 2020 to 2025, but for what is said of it."""
    plain: dict[str, Any] = {
        "title": {},
        "number": "",
        "territory": ("14",),
        "span": span("2020-01-01", "2025-12-31"),
        "after_end": AfterEnd.UNDETERMINED,
    }
    return Policy(id=name, rules=rules, **(plain | more))
