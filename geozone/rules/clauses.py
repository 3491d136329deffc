"""Reading the parts of a rule: fact tests, conditions and bindings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from geozone.law.activity import Activity
from geozone.law.condition import Condition
from geozone.law.counting import COMPARISONS, comparison, counting_words
from geozone.law.fact import NAMED, OPERATIONS, FactTest, Scalar
from geozone.law.rule import Ask, Binding, Tests
from geozone.rules import vocabulary
from geozone.rules.table import Table, suggestion
from geozone.rules.vocabulary import Theme

_DOCUMENTS = {"shown": "document", NAMED: "approvals"}
_ORDERED_KINDS = ("number", "count", "date")


@dataclass(frozen=True)
class ClauseReader:
    """Reads clauses of one pack; ``parameters`` are the declared numbers of the pack."""

    parameters: Mapping[str, Scalar]

    def value(self, table: Table, key: str) -> Any:  # of the fact's own type
        """A value, or the declared parameter that it refers to."""
        raw = table.untyped(key)
        if not isinstance(raw, dict):
            return tuple(raw) if isinstance(raw, list) else raw
        name = str(raw.get("parameter"))
        if set(raw) != {"parameter"} or name not in self.parameters:
            table.fault(key, f"unknown parameter {name!r}", suggestion(name, self.parameters))
            return 0.0
        return self.parameters[name]

    def test(self, table: Table) -> FactTest:
        """One fact test, its operator and value checked against the fact's type."""
        fact = table.among("fact", vocabulary.facts(), "")
        op = comparison(table.among("op", [*OPERATIONS, *counting_words()], ""))
        value = None if op == "shown" else self.value(table, "value")
        table.close()
        wrong = _wrong_value(fact, op, value)
        if wrong:
            table.fault("value", wrong, f"fit the value to the fact {fact}")
        return FactTest(fact, op, value)

    def all_of(self, table: Table, key: str) -> tuple[FactTest, ...]:
        """A list of fact tests that must all hold."""
        return tuple(self.test(child) for child in table.children(key))

    def any_of(self, table: Table, key: str) -> Tests:
        """Any of all of; a plain list of tests is one alternative."""
        raw = table.take(key, "list", [])
        if not raw:
            return ()
        groups = raw if all(isinstance(one, list) for one in raw) else [raw]
        return tuple(
            self.all_of(table.child({key: group}, f"{key}[{number}]"), key)
            for number, group in enumerate(groups, start=1)
        )

    def asks(self, table: Table, key: str) -> tuple[tuple[Ask, ...], ...]:
        """The conditions of a rule: any of all of."""
        alternatives = []
        for number, group in enumerate(table.take(key, "list", []), start=1):
            if not isinstance(group, list) or not group:
                table.fault(f"{key}[{number}]", "is not a list of conditions", "write [[{…}], …]")
                continue
            inner = table.child({key: group}, f"{key}[{number}]")
            alternatives.append(tuple(self.ask(child) for child in inner.children(key)))
        return tuple(alternatives)

    def ask(self, table: Table) -> Ask:
        """One condition, checked against its theme."""
        theme = vocabulary.themes()[table.among("theme", vocabulary.themes(), "")]
        classes = table.texts("class")
        for one in classes:
            if one not in theme.classes:
                table.fault("class", f"{theme.id} has no class {one!r}", _listing(theme.classes))
        attributes = read_where(table, "where", theme)
        within = self.value(table, "within_m") or 0.0
        condition = Condition(
            theme.id,
            tuple(sorted(classes)),
            attributes,
            float(within),
            table.take("above", "number"),
            table.take("below", "number"),
        )
        outside = bool(table.take("outside", "boolean", False))
        table.close()
        return Ask(condition, outside)

    def activities(self, table: Table) -> frozenset[Activity]:
        """The sensible pairs of the technologies (or groups) and objects named."""
        known = {*vocabulary.technologies(), *vocabulary.groups()}
        names = table.texts("technologies", needed=True)
        things = table.texts("objects", needed=True)
        for key, given, choices in (
            ("technologies", names, known),
            ("objects", things, {*vocabulary.objects()}),
        ):
            for one in given:
                if one not in choices:
                    table.fault(key, f"unknown word {one!r}", suggestion(one, choices))
        wanted = vocabulary.expand(names)
        found = frozenset(
            one
            for one in vocabulary.activities()
            if one.technology in wanted and one.object in things
        )
        if not found:
            table.fault("", "binds no activity that makes sense", "name technologies and objects")
        return found

    def bindings(self, table: Table) -> tuple[Binding, ...]:
        """Whom a rule binds."""
        found = []
        for child in table.children("binds"):
            found.append(Binding(self.activities(child), self.any_of(child, "when")))
            child.close()
        if not found:
            table.fault("binds", "binds nobody", "name at least one group of activities")
        return tuple(found)


def read_where(table: Table, key: str, theme: Theme) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The attributes, by name, that a table asks of a theme's features."""
    attributes = []
    for name, values in sorted(table.take(key, "table", {}).items()):
        known = theme.attributes.get(name)
        if known is None or (known and not set(values) <= set(known)):
            table.fault(key, f"{theme.id} has no {name} {values!r}", _listing(known or ()))
        attributes.append((name, tuple(sorted(values))))
    return tuple(attributes)


def _listing(words: tuple[str, ...]) -> str:
    return f"use one of: {', '.join(words)}" if words else "leave it out"


_FITS: dict[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "date": (date,),
    "number": (int, float),
    "count": (int, float),
}


def _wrong_value(fact: str, op: str, value: object) -> str:
    kind = vocabulary.facts()[fact]
    if op in _DOCUMENTS:
        asked = op == "shown" or value
        return "" if kind.type == _DOCUMENTS[op] and asked else f"{fact} cannot be {op}"
    if op in COMPARISONS and kind.type not in _ORDERED_KINDS:
        return f"{fact} is a {kind.type}: it cannot be compared"
    if value is None:
        return "the test has no value"
    values = value if isinstance(value, tuple) else (value,)
    if kind.choices and not all(one in kind.choices for one in values):
        return f"{value!r} is not among the choices of {fact}"
    fits = _FITS.get(kind.type, (str, bool))
    return "" if all(isinstance(one, fits) for one in values) else f"{value!r} is no {kind.type}"
