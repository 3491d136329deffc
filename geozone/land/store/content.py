"""What bare coordinates are told apart by: a hash of all of them, taken once."""

from __future__ import annotations

import hashlib

import numpy as np

from geozone.land.shapes.flat import Flat

TOLD = "content"
"""Stands beside the fields of chains, so that copies with other arrays do not have it."""


def content_of(flat: Flat) -> bytes:
    """A SHA-256 of every bit of the arrays of chains: the same only where all of them are."""
    told = vars(flat)
    if TOLD not in told:
        told[TOLD] = _hashed(flat)
    found: bytes = told[TOLD]
    return found


def with_content(flat: Flat, content: bytes) -> Flat:
    """Chains of which is known what ``content_of`` gave of them when they were kept."""
    vars(flat)[TOLD] = content
    return flat


def _hashed(flat: Flat) -> bytes:
    found = hashlib.sha256()
    for part in (flat.xy, flat.starts, flat.sign, flat.owner):
        found.update(len(part).to_bytes(8, "little"))
        found.update(np.ascontiguousarray(part).data)
    return found.digest()
