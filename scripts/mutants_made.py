"""The mutants of a module: its text with one small change each.

The changes are mutmut's, made everywhere in the module rather than in plain functions only:
the law also stands in tables, in properties and in the defaults of frozen values. To them come
changes of what the law is written in: an entry of a table dropped, the values of two neighbours
exchanged, and a truth, state, verdict or other named value turned into the next of its kind.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import libcst as cst
from mutmut.mutation.mutators import mutation_operators

UNTOUCHED = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom, cst.AssignTarget)
UNTOUCHED_CALLS = ("len", "isinstance")
ENUMS = ("IntEnum", "StrEnum")
DISPLAYS = (cst.Tuple, cst.List, cst.Set, cst.Dict)


@dataclass(frozen=True)
class Mutant:
    """A module with one change; ``was`` and ``now`` are the changed lines, without indent."""

    module: str
    line: int
    was: str
    now: str
    text: str


Members = Mapping[str, Sequence[str]]
"""Names of the values of each enumeration."""


def members(texts: Iterable[str]) -> Members:
    """The enumerations that these modules define."""
    classes = [
        one for text in texts for one in ast.parse(text).body if isinstance(one, ast.ClassDef)
    ]
    return {
        one.name: [each.targets[0].id for each in one.body if isinstance(each, ast.Assign)]
        for one in classes
        if any(isinstance(base, ast.Name) and base.id in ENUMS for base in one.bases)
    }


def mutants(module: str, text: str, enums: Members) -> tuple[Mutant, ...]:
    """Every mutant of the module's text, each different text once."""
    tree = cst.parse_module(text)
    maker = _Maker(enums)
    tree.visit(maker)
    found: dict[str, Mutant] = {}
    for old, new in maker.changes:
        changed = tree.deep_replace(old, new).code  # type: ignore[attr-defined]
        if changed != text and changed not in found:
            found[changed] = _told(module, text, changed)
    return tuple(sorted(found.values(), key=lambda one: (one.line, one.now)))


class _Maker(cst.CSTVisitor):
    """Walks a module and gathers pairs of a node and what stands in its place."""

    def __init__(self, enums: Members) -> None:
        self.enums = enums
        self.changes: list[tuple[cst.CSTNode, cst.CSTNode]] = []
        self._bound: list[cst.CSTNode] = []  # ``for a, b in``: names, not a table

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, UNTOUCHED) or _is_alias(node) or _is_untouched_call(node):
            return False
        if isinstance(node, (cst.CompFor, cst.For)):
            self._bound.append(node.target)
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                self.changes += [(node, one) for one in operator(node)]
        if isinstance(node, DISPLAYS) and not any(node is one for one in self._bound):
            self.changes += [(node, one) for one in _of_table(node)]
        if isinstance(node, cst.Attribute):
            self.changes += [(node, one) for one in _of_kind(node, self.enums)]
        return True


def _is_untouched_call(node: cst.CSTNode) -> bool:
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Name)
        and node.func.value in UNTOUCHED_CALLS
    )


def _is_alias(node: cst.CSTNode) -> bool:
    """Whether this only names a type: ``Row = tuple[State, ...]``, ``Doubt = Cause | None``."""
    if not isinstance(node, cst.Assign):
        return False
    value = node.value
    union = isinstance(value, cst.BinaryOperation) and isinstance(value.operator, cst.BitOr)
    return union or isinstance(value, cst.Subscript)


def _of_table(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    elements: Sequence[cst.CSTNode] = node.elements  # type: ignore[attr-defined]
    if len(elements) > 1:
        for i in range(len(elements)):
            yield node.with_changes(elements=[*elements[:i], *elements[i + 1 :]])
    if isinstance(node, cst.Dict):
        for i, (one, other) in enumerate(pairwise(elements)):
            if isinstance(one, cst.DictElement) and isinstance(other, cst.DictElement):
                pair = (one.with_changes(value=other.value), other.with_changes(value=one.value))
                yield node.with_changes(elements=[*elements[:i], *pair, *elements[i + 2 :]])


def _of_kind(node: cst.Attribute, enums: Members) -> Iterator[cst.CSTNode]:
    names = enums.get(node.value.value, ()) if isinstance(node.value, cst.Name) else ()
    if node.attr.value in names:
        later = names[(names.index(node.attr.value) + 1) % len(names)]
        yield node.with_changes(attr=cst.Name(later))


def _told(module: str, text: str, changed: str) -> Mutant:
    """The mutant, told by the lines from the first to the last that differ."""
    before, after = text.splitlines(), changed.splitlines()
    first = _alike(before, after)
    last = _alike(before[first:][::-1], after[first:][::-1])
    was, now = before[first : len(before) - last], after[first : len(after) - last]
    return Mutant(module, first + 1, _joined(was), _joined(now), changed)


def _alike(before: Sequence[str], after: Sequence[str]) -> int:
    """How many lines the two begin with in common."""
    pairs = zip(before, after, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(before), len(after)))


def _joined(lines: Sequence[str]) -> str:
    return " ".join(line.strip() for line in lines)
