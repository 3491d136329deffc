"""Silence never frees: lapsed documents, doubtful territory, protected ground unspoken of."""

from __future__ import annotations

from geozone.law.judgement import Cause, Gap
from geozone.law.state import Polarity, State, Truth, truth
from geozone.rules.outcome import trigger
from geozone.rules.program import SPEAKING, Clause, Document, Guard, Program
from geozone.rules.weigh import Scales

Here = list[tuple[Clause, Truth]]
"""The clauses that may apply at a place, with the reach of their documents."""


def reach(document: Document, scales: Scales, *, frees: bool = False) -> Truth:
    """Whether the document's law holds here; near a border both sides' law does."""
    if document.reach is not None:
        return document.reach
    states = {scales.row[index] for index in document.territory}
    if State.HOLDS in states:
        return Truth.TRUE
    if states & {State.NEAR_INSIDE, State.NEAR_OUTSIDE}:
        return Truth.UNKNOWN if frees else Truth.TRUE
    return Truth.UNKNOWN if State.UNSEEN in states else Truth.FALSE


def certain(program: Program, clause: Clause, scales: Scales) -> bool:
    """Whether the clause's document is in force here beyond doubt: near a border it is not."""
    far = reach(program.documents[clause.document], scales, frees=True)
    return clause.doubt is None and far is Truth.TRUE


def governs(program: Program, here: Here, scales: Scales) -> bool:
    """Whether a document in force surely governs the activity here."""
    return any(clause.acts and certain(program, clause, scales) for clause, _ in here)


def document_gaps(program: Program, here: Here, scales: Scales) -> list[Gap]:
    """Gaps of whole documents that governed, or may govern, the activity here."""
    gaps = [
        Gap(clause.doubt, clause.rule.id)
        for clause, _ in here
        if clause.acts and clause.doubt is not None and not clause.only_where_held
    ]
    if any(clause.acts and far is Truth.UNKNOWN for clause, far in here):
        gaps.append(Gap(scales.unseen("jurisdiction"), theme="jurisdiction"))
    near = any(clause.acts and clause.doubt is None and far is Truth.TRUE for clause, far in here)
    if near and not governs(program, here, scales):
        gaps.append(Gap(Cause.WITHIN_ACCURACY, theme="jurisdiction"))
    gaps += [
        Gap(Cause.TEXT_NOT_SUPPLIED, earlier.id)
        for number, earlier in program.predecessors
        if reach(program.documents[number], scales) is not Truth.FALSE
    ]
    return gaps


def guard_gap(program: Program, guard: Guard, scales: Scales, *, governed: bool) -> tuple[Gap, ...]:
    """The gap of a protected theme that holds, or cannot be said, if no rule in force speaks."""
    if not _matters(scales.row[guard.index], governed) or _is_spoken(program, guard.theme, scales):
        return ()
    condition = program.conditions[guard.index]
    return (Gap(Cause.OUTSIDE_DOCUMENTS, theme=guard.theme, condition=condition),)


def _is_spoken(program: Program, theme: str, scales: Scales) -> bool:
    """Whether a rule in force speaks to a theme, or a document is silent on it on purpose."""
    return any(
        _speaks(program, clause, scales) and theme in _asked_here(clause, scales)
        for clause in program.asking.get(theme, ())
    ) or any(
        theme in silence.themes
        and reach(program.documents[number], scales, frees=True) is Truth.TRUE
        for number, silence in program.silences
    )


def _matters(state: State, governed: bool) -> bool:
    found = truth(state, Polarity.BINDS)
    return found is Truth.TRUE or (governed and found is Truth.UNKNOWN)


def _speaks(program: Program, clause: Clause, scales: Scales) -> bool:
    """Whether the clause certainly binds this activity here."""
    if clause.rule.effect not in SPEAKING or not certain(program, clause, scales):
        return False
    return trigger(clause, scales).truth is Truth.TRUE


def _asked_here(clause: Clause, scales: Scales) -> set[str]:
    """The themes of which the clause speaks here: those whose ground it asks about is not clear.

    A feature of a class that the clause does not name is not spoken of.
    """
    return {
        scales.conditions[term.index].theme
        for group in clause.alternatives
        if scales.group(group) is not Truth.FALSE
        for term in group
    }
