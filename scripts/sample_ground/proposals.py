"""The proposals of each sample project."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sample_ground import (
    beijing_proposals,
    hebei_proposals,
    liaocheng_proposals,
    shanxi_proposals,
)
from sample_ground.base import Base
from sample_ground.sheet import Sheet
from sample_ground.siting import Siting, siting_of

WRITERS: Mapping[str, Callable[[Path, Siting], None]] = {
    "hebei-demo": hebei_proposals.write,
    "shanxi": shanxi_proposals.write,
    "liaocheng": liaocheng_proposals.write,
    "beijing": beijing_proposals.write,
}


def write_proposals(folder: Path, base: Base, sheets: Sequence[Sheet]) -> None:
    """Every proposal file of one project."""
    WRITERS[base.name](folder, siting_of(base, sheets))
