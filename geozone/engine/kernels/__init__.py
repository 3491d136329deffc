"""Loops compiled by numba; loaded only by what asks whole grounds, not single proposals."""

from __future__ import annotations

from geozone.engine.linking import link_late

link_late()
