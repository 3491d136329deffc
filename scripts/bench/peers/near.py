"""Joins in SQL that DuckDB, SedonaDB and PostGIS all understand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from common import Question

Ask = Callable[[str], Sequence[float]]
"""Runs a query and gives the numbers of its only row."""


def test(question: Question, one: str, other: str) -> str:
    """Whether two shapes are within the question's distance."""
    if question.within_m:
        return f"ST_DWithin({one}, {other}, {question.within_m})"
    return f"ST_Intersects({one}, {other})"


def wells_near(ask: Ask, questions: Sequence[Question]) -> dict[str, object]:
    """Wells for which each condition holds, from tables ``wells`` and ``q0``, ``q1`` …"""
    held = {}
    for k, one in enumerate(questions):
        (count,) = ask(
            f"SELECT count(DISTINCT wells.id) FROM wells JOIN q{k}"
            f" ON {test(one, 'wells.geometry', f'q{k}.geometry')}"
        )
        held[one.key] = int(count)
    return {"held": held}


def parcels_shared(ask: Ask, questions: Sequence[Question]) -> dict[str, object]:
    """Pairs of parcel and feature, and the area they share where no distance is asked."""
    pairs, shared = {}, {}
    for k, one in enumerate(questions):
        area = (
            "0.0" if one.within_m else f"ST_Area(ST_Intersection(parcels.geometry, q{k}.geometry))"
        )
        count, square = ask(
            f"SELECT count(*), coalesce(sum({area}), 0.0) FROM parcels JOIN q{k}"
            f" ON {test(one, 'parcels.geometry', f'q{k}.geometry')}"
        )
        pairs[one.key], shared[one.key] = int(count), round(float(square), 3)
    return {"pairs": pairs, "shared": shared}
