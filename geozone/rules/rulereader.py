"""Reading one rule of a pack: its parts, and the keys that its effect gives a meaning."""

from __future__ import annotations

from geozone.law.rule import Asks, Cite, Effect, Permits, Rule, Text
from geozone.law.span import Span
from geozone.law.verdict import Verdict
from geozone.rules import vocabulary
from geozone.rules.clauses import ClauseReader
from geozone.rules.numbers import read_span
from geozone.rules.planreader import read_plan
from geozone.rules.table import Table, suggestion

_PLANNED = (Effect.PROHIBITS, Effect.QUESTIONS, Effect.DUTY, Effect.PROCEDURE)
_WAITING = (Effect.QUESTIONS, Effect.RESTRICTS)
_ELSE = {"prohibited": Verdict.PROHIBITED, "undetermined": Verdict.UNDETERMINED}


def read_rule(table: Table, pack: str, reader: ClauseReader) -> Rule:
    """One rule with one effect; what does not fit is noted on the table."""
    valid, ends_with = _valid(table)
    rule = Rule(
        id=str(table.take("id", "text", "", needed=True)),
        says=table.bilingual("says", needed=True),
        cite=Cite(
            pack,
            str(table.take("place", "text", "", needed=True)),
            str(table.take("lines", "text", "")),
        ),
        office=table.bilingual("office", needed=True),
        asks=Asks(table.among("asks", list(Asks), "")),
        effect=Effect(table.among("effect", list(Effect), "")),
        binds=reader.bindings(table),
        any=reader.asks(table, "any"),
        when=reader.any_of(table, "when"),
        spares=reader.all_of(table, "spares"),
        unless=reader.all_of(table, "unless"),
        otherwise=_ELSE[table.among("else", _ELSE, "prohibited")],
        names=table.texts("names"),
        in_principle=bool(table.take("in_principle", "boolean", False)),
        note=table.bilingual("note"),
        reading=table.bilingual("reading"),
        only_if_stated=bool(table.take("only_if_stated", "boolean", False)),
        territory=table.texts("territory"),
        valid=valid,
        ends_with=ends_with,
        permits=_permits(table),
        dossier=_dossier(table),
        plan=read_plan(table, reader),
    )
    _check_rule(table, rule)
    table.close()
    return rule


def _check_rule(table: Table, rule: Rule) -> None:
    """A key that an effect does not use would be silently ignored: refuse it."""
    allowed = {
        "unless": rule.effect in (Effect.RESTRICTS, Effect.DUTY),
        "else": bool(rule.unless),
        "names": rule.effect is Effect.EXEMPTS and rule.asks in (Asks.GROUND, Asks.PROPOSAL),
        "spares": rule.effect is not Effect.EXEMPTS,
        "in_principle": rule.effect is Effect.PROHIBITS,
        "plan": rule.asks is Asks.PLAN,
        "only_if_stated": rule.effect in _WAITING and bool(rule.when),
        "any": rule.asks is not Asks.PLAN,
    }
    for key, fits in allowed.items():
        if key in table.raw and not fits:
            table.fault(key, f"has no meaning with effect {rule.effect}", f"leave {key} out")
    if rule.asks is Asks.PLAN and rule.plan is None:
        table.fault("plan", "missing key", "say what the plan rule checks")
    if rule.asks is Asks.PLAN and rule.effect not in _PLANNED:
        what = f"a plan rule cannot have the effect {rule.effect}"
        table.fault("effect", what, f"use one of: {', '.join(_PLANNED)}")
    if rule.effect is Effect.EXEMPTS and not rule.names and rule.asks is Asks.GROUND:
        table.fault("names", "an exemption of ground names no rule", "name the rules it cancels")


def _valid(table: Table) -> tuple[Span | None, str]:
    raw = table.take("valid", "table")
    if raw is None:
        return None, ""
    child = table.child(raw, "valid")
    span, ends_with = read_span(child), str(child.take("ends_with", "text", ""))
    child.close()
    return span, ends_with


def _permits(table: Table) -> Permits:
    child = table.child(table.take("permits", "table", {}), "permits")
    found = Permits(child.texts("needs"), child.texts("waives"))
    for key, names in (("needs", found.needs), ("waives", found.waives)):
        for name in names:
            if name not in vocabulary.permits():
                todo = suggestion(name, vocabulary.permits())
                child.fault(key, f"unknown permit {name!r}", todo)
    child.close()
    return found


def _dossier(table: Table) -> tuple[Text, ...]:
    listed = table.take("dossier", "list", [])
    wrap = table.child({str(number): one for number, one in enumerate(listed, 1)}, "dossier")
    return tuple(wrap.bilingual(key) for key in wrap.raw)
