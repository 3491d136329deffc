"""The facts of the documents' tables: figures as printed with unit and source, and their lint.

One TOML file per document (HB21, SX23, SX26, BJ19; LC25 prints no table). ``load()`` gives a
``Book`` of tables; a ``Figure`` keeps the printed text beside its number (``Decimal``, in
``unit``) and names document, section and lines (``L12``: line 12 of the document's text).
``lint(book)`` makes the declared checks and returns an ``Inconsistency`` wherever printed and
computed figures do not agree; ``compare`` gives every check, ``totals`` the printed total of a
column beside the sum of its parts. Nothing is corrected. A figures file that is wrong is refused
with every fault (``geozone.law.errors.Refused``).

    >>> book = load()
    >>> done = totals(book, "HB21.table1", "done")
    >>> done.printed.value, done.computed
    (Decimal('3174'), Decimal('3692'))
"""

from geozone.figures.address import figure_at, figures_at, names_at
from geozone.figures.lint import compare, lint, totals
from geozone.figures.reader import parse
from geozone.figures.shipped import load
from geozone.figures.values import (
    Book,
    Bound,
    Check,
    Comparison,
    Figure,
    Inconsistency,
    Role,
    Row,
    Source,
    Table,
    Total,
    Unit,
)

__all__ = [
    "Book",
    "Bound",
    "Check",
    "Comparison",
    "Figure",
    "Inconsistency",
    "Role",
    "Row",
    "Source",
    "Table",
    "Total",
    "Unit",
    "compare",
    "figure_at",
    "figures_at",
    "lint",
    "load",
    "names_at",
    "parse",
    "totals",
]
