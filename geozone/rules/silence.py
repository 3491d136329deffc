"""Silence never frees: lapsed documents, doubtful territory, protected ground unspoken of."""

from __future__ import annotations

from geozone.law.judgement import Cause, Gap
from geozone.law.state import Polarity, State, Truth, truth
from geozone.rules.outcome import trigger
from geozone.rules.program import SPEAKING, Clause, Document, Program
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


def guard_gaps(program: Program, here: Here, scales: Scales, *, governed: bool) -> list[Gap]:
    """Protected themes that hold, or cannot be said, and to which no rule in force speaks."""
    open_ = [one for one in program.guards if _matters(scales.row[one.index], governed)]
    spoken = _spoken(program, here, scales) if open_ else set()
    return [
        Gap(
            Cause.OUTSIDE_DOCUMENTS,
            theme=guard.theme,
            condition=program.conditions[guard.index],
        )
        for guard in open_
        if guard.theme not in spoken
    ]


def _spoken(program: Program, here: Here, scales: Scales) -> set[str]:
    """Themes to which a rule in force speaks, or on which a document is silent on purpose."""
    ruled = {
        theme
        for clause, _ in here
        if _speaks(program, clause, scales)
        for theme in _asked_here(clause, scales)
    }
    silent = {
        theme
        for number, silence in program.silences
        if reach(program.documents[number], scales, frees=True) is Truth.TRUE
        for theme in silence.themes
    }
    return ruled | silent


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
