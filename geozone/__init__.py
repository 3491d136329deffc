"""geozone: geothermal siting in China, from layers and dated policies to verdicts with reasons.

Imports go down the floors: doors (api, cli) -> pages -> answers -> engine -> land -> rules -> law.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "open": "geozone.api",
    "Workspace": "geozone.api",
    "Activity": "geozone.law.activity",
    "Verdict": "geozone.law.verdict",
    "State": "geozone.law.state",
    "Condition": "geozone.law.condition",
    "Cause": "geozone.law.judgement",
    "Fault": "geozone.law.errors",
    "Refused": "geozone.law.errors",
    "Assessment": "geozone.answers.assess",
    "Zoning": "geozone.answers.zoning",
}

__all__ = [  # noqa: PLE0604 - every name has a home above
    *_HOMES
]


def __getattr__(name: str) -> Any:  # a public name of any type
    """Load a public name when it is first asked for, so that light commands stay light."""
    if name not in _HOMES:
        raise AttributeError(f"module 'geozone' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
