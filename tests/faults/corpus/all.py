"""Every case of the corpus, and that no name stands twice."""

from __future__ import annotations

import importlib
from pathlib import Path

from corpus.ground import Case


def all_cases() -> list[Case]:
    """The cases of all modules of this folder whose names end in ``_cases``."""
    names = sorted(one.stem for one in Path(__file__).parent.glob("*_cases.py"))
    found = [case for name in names for case in importlib.import_module(f"corpus.{name}").CASES]
    keys = [f"{case.group}-{case.name}" for case in found]
    twice = sorted({one for one in keys if keys.count(one) > 1})
    if twice:
        raise ValueError(f"named twice: {', '.join(twice)}")
    return found
