"""Reading a pack: one document of law, from TOML to a frozen ``Policy``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from geozone.law.errors import Fault, Refused
from geozone.law.fact import Scalar
from geozone.law.rule import (
    AfterEnd,
    Asks,
    Cite,
    Effect,
    Policy,
    Predecessor,
    Rule,
    Silence,
    Superseded,
)
from geozone.law.span import Span
from geozone.law.verdict import Verdict
from geozone.rules import vocabulary
from geozone.rules.clauses import ClauseReader
from geozone.rules.table import Table

_ELSE = {"prohibited": Verdict.PROHIBITED, "undetermined": Verdict.UNDETERMINED}


def read_pack(path: Path, parameters: Mapping[str, Scalar] | None = None) -> Policy:
    """The policy in a pack file. Raises ``Refused`` with every fault of the file."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fault = Fault(str(path), "", f"cannot be read: {error}", "give a readable UTF-8 TOML file")
        raise Refused([fault]) from error
    return parse_pack(text, path.name, parameters)


def parse_pack(text: str, file: str, parameters: Mapping[str, Scalar] | None = None) -> Policy:
    """The policy in a pack's text; ``parameters`` override the pack's declared ones.

    Raises ``Refused`` with every fault of the text.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused([Fault(file, "", f"is not TOML: {error}", "mend the syntax")]) from error
    faults: list[Fault] = []
    policy = _policy(Table(raw, file, "", faults), parameters or {})
    if faults:
        raise Refused(faults)
    return policy


def _policy(table: Table, overrides: Mapping[str, Scalar]) -> Policy:
    if table.take("schema", "number", 0, needed=True) != 1:
        table.fault("schema", "is not a schema that this version reads", "write schema = 1")
    reader = ClauseReader(_parameters(table, overrides))
    pack = str(table.take("id", "text", "", needed=True))
    valid = table.child(table.take("valid", "table", {}, needed=True), "valid")
    span = _span(valid)
    valid.close()
    rules = tuple(_rule(child, pack, reader) for child in table.children("rule"))
    policy = Policy(
        id=pack,
        title=table.bilingual("title", needed=True),
        number=str(table.take("number", "text", "")),
        territory=table.texts("territory", needed=True),
        span=span,
        after_end=AfterEnd(table.among("after_end", list(AfterEnd), "undetermined")),
        rules=rules,
        predecessors=tuple(_predecessor(child) for child in table.children("predecessor")),
        silences=tuple(_silence(child, reader) for child in table.children("silent")),
        superseded=_superseded(table),
        advisory=bool(table.take("advisory", "boolean", False)),
        parameters=tuple(sorted(reader.parameters)),
    )
    _check_whole(table, policy)
    table.close()
    return policy


def _parameters(table: Table, overrides: Mapping[str, Scalar]) -> dict[str, Scalar]:
    found: dict[str, Scalar] = {}
    for name, raw in table.take("parameters", "table", {}).items():
        child = table.child(raw, f"parameters.{name}")
        found[name] = overrides.get(name, child.take("value", "number", 0.0, needed=True))
        child.take("unit", "text", "")
        child.bilingual("note", needed=True)
        child.close()
    return found


def _span(table: Table) -> Span:
    earliest = table.take("earliest", "date", None, needed=True)
    certain = table.take("certain", "date", earliest)
    until = table.take("certain_until", "date")
    latest = table.take("latest", "date", until)
    if earliest is None:
        return Span(date.max, date.max)
    try:
        return Span(earliest, certain, until, latest)
    except ValueError as error:
        table.fault("", str(error), "order the four dates")
        return Span(earliest, earliest)


def _rule(table: Table, pack: str, reader: ClauseReader) -> Rule:
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
        plan=table.take("plan", "table", {}),
    )
    _check_rule(table, rule)
    table.close()
    return rule


def _check_rule(table: Table, rule: Rule) -> None:
    """A key that an effect does not use would be silently ignored: refuse it."""
    allowed = {
        "unless": rule.effect in (Effect.RESTRICTS, Effect.DUTY),
        "else": bool(rule.unless),
        "names": rule.effect is Effect.EXEMPTS,
        "spares": rule.effect is not Effect.EXEMPTS,
        "in_principle": rule.effect is Effect.PROHIBITS,
        "plan": rule.asks is Asks.PLAN,
    }
    for key, fits in allowed.items():
        if key in table.raw and not fits:
            table.fault(key, f"has no meaning with effect {rule.effect}", f"leave {key} out")
    if rule.effect is Effect.EXEMPTS and not rule.names and rule.asks is Asks.GROUND:
        table.fault("names", "an exemption of ground names no rule", "name the rules it cancels")


def _predecessor(table: Table) -> Predecessor:
    found = Predecessor(
        str(table.take("id", "text", "", needed=True)),
        table.bilingual("title", needed=True),
        _span(table),
    )
    table.close()
    return found


def _silence(table: Table, reader: ClauseReader) -> Silence:
    themes = table.texts("themes", needed=True)
    for theme in themes:
        if theme not in vocabulary.themes():
            table.fault("themes", f"unknown theme {theme!r}", "use a theme of the vocabulary")
    found = Silence(
        reader.activities(table),
        frozenset(themes),
        table.bilingual("reason", needed=True),
        table.texts("masks"),
    )
    table.close()
    return found


def _superseded(table: Table) -> Superseded | None:
    raw = table.take("superseded", "table")
    if raw is None:
        return None
    child = table.child(raw, "superseded")
    found = Superseded(
        str(child.take("by", "text", "", needed=True)), _span(child), child.texts("leaves")
    )
    child.close()
    return found


def _check_whole(table: Table, policy: Policy) -> None:
    ids = [rule.id for rule in policy.rules]
    for one in sorted({one for one in ids if ids.count(one) > 1}):
        table.fault(f"rule[{one}]", "the id stands twice", "give every rule its own id")
    leaves = policy.superseded.leaves if policy.superseded else ()
    references = {
        **{f"rule[{rule.id}].names": rule.names for rule in policy.rules},
        "silent.masks": tuple(mask for one in policy.silences for mask in one.masks),
        "superseded.leaves": leaves,
    }
    for place, names in references.items():
        for name in names:
            if name not in ids:
                table.fault(place, f"names {name!r}, which is no rule here", "name a rule's id")
    ended = policy.span.certain_until is not None
    if ended and "after_end" not in table.raw:
        table.fault("after_end", "missing key", "say what holds afterwards: undetermined, history")
