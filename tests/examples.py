"""How many examples a law is tried on."""

from __future__ import annotations

from hypothesis import settings

MANY = 100
"""Profiles of more examples than this are for long runs."""


def examples(few: int, *, each: int = 1) -> settings:
    """So many examples in a short run, in a long one all that its profile says.

    Of a law whose examples hold that many cases ``each``, a long run takes as many fewer.
    """
    most = settings().max_examples
    return settings(deadline=None, max_examples=most // each if most > MANY else few)
