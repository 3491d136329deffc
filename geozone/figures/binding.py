"""Whether a declared check can be made: what it points at, how much of it, in which units."""

from __future__ import annotations

from collections.abc import Iterator

from geozone.figures.address import ROW, figures_at
from geozone.figures.comparing import comparisons, rows_of
from geozone.figures.kinds import KINDS
from geozone.figures.values import Book, Check
from geozone.law.errors import Refused
from geozone.rules.table import suggestion

Complaint = tuple[str, str, str]
"""The key at fault, what is wrong, what to do."""


def unbound(book: Book, check: Check) -> list[Complaint]:
    """What keeps a check from being made; empty if it can be."""
    return list(_shape(book, check)) or list(_outcome(book, check))


def _shape(book: Book, check: Check) -> Iterator[Complaint]:
    kind = KINDS[check.kind]
    if len(check.of) not in kind.addresses:
        what = f"{check.kind} does not take {len(check.of)} addresses"
        yield "of", what, f"write {kind.addresses.start} of them, or choose another kind"
    if check.increase and len(check.increase) != 2:
        yield "increase", "is no pair", "write the earlier and the later figure"
    constants = [one.id for one in book.constants]
    if check.per and check.per not in constants:
        yield "per", f"unknown constant {check.per!r}", suggestion(check.per, constants)


def _outcome(book: Book, check: Check) -> Iterator[Complaint]:
    """Tries the check: a figure that is not there or a blank must not make it pass."""
    try:
        if not comparisons(book, check):
            yield "printed", "nothing is compared: figures are blank", "point at figures"
        elif not _same_base(book, check):
            yield "of", f"{check.kind} mixes base units", "compare like with like"
    except Refused as refused:
        for fault in refused.faults:
            yield "", f"{fault.place!r}: {fault.what}", fault.todo
    except ArithmeticError:
        yield "of", "divides by zero", "divide by a figure that is not zero"


def _same_base(book: Book, check: Check) -> bool:
    if not KINDS[check.kind].same_base:
        return True
    addresses = (check.printed, *check.of, *check.less)
    on_rows = (one.replace(ROW, row) for row in rows_of(book, check) for one in addresses)
    return len({one.unit.base for each in on_rows for one in figures_at(book, each)}) == 1
