"""Reading a pack: one document of law, from TOML to a frozen ``Policy``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from geozone.law.errors import Fault, Refused
from geozone.law.fact import Scalar
from geozone.law.rule import AfterEnd, Effect, Policy, Predecessor, Silence, Superseded
from geozone.rules import vocabulary
from geozone.rules.clauses import ClauseReader
from geozone.rules.numbers import read_parameters, read_span
from geozone.rules.packfile import pack_table, pack_text
from geozone.rules.rulereader import read_rule
from geozone.rules.table import Table

_NAME = re.compile(r"^\w[\w.-]{0,63}$")
_HINTS = (Effect.NOTES, Effect.INFO)


def read_pack(path: Path, parameters: Mapping[str, Scalar] | None = None) -> Policy:
    """The policy in a pack file. Raises ``Refused`` with every fault of the file."""
    return parse_pack(pack_text(path), path.name, parameters)


def parse_pack(text: str, file: str, parameters: Mapping[str, Scalar] | None = None) -> Policy:
    """The policy in a pack's text; ``parameters`` override the pack's declared ones.

    Raises ``Refused`` with every fault of the text.
    """
    raw = pack_table(text, file)
    faults: list[Fault] = []
    policy = _policy(Table(raw, file, "", faults), parameters or {})
    if faults:
        raise Refused(faults)
    return policy


def _policy(table: Table, overrides: Mapping[str, Scalar]) -> Policy:
    if table.take("schema", "number", 0, needed=True) != 1:
        table.fault("schema", "is not a schema that this version reads", "write schema = 1")
    reader = ClauseReader(read_parameters(table, overrides))
    pack = str(table.take("id", "text", "", needed=True))
    valid = table.child(table.take("valid", "table", {}, needed=True), "valid")
    span = read_span(valid)
    valid.close()
    rules = tuple(read_rule(child, pack, reader) for child in table.children("rule"))
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


def _predecessor(table: Table) -> Predecessor:
    found = Predecessor(
        str(table.take("id", "text", "", needed=True)),
        table.bilingual("title", needed=True),
        read_span(table),
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
        str(child.take("by", "text", "", needed=True)), read_span(child), child.texts("leaves")
    )
    child.close()
    return found


def _check_whole(table: Table, policy: Policy) -> None:
    ids = [rule.id for rule in policy.rules]
    for key, name in (("id", policy.id), *((f"rule[{one}].id", one) for one in ids)):
        if not _NAME.match(name):
            table.fault(key, f"{name!r} is no id", "write letters, digits, '-', '_' and '.' only")
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
    for rule in policy.rules if policy.advisory else ():
        if rule.effect not in _HINTS:
            what = f"an advisory pack decides nothing, but the effect is {rule.effect}"
            table.fault(f"rule[{rule.id}].effect", what, f"use one of: {', '.join(_HINTS)}")
    ended = policy.span.certain_until is not None
    if ended and "after_end" not in table.raw:
        table.fault("after_end", "missing key", "say what holds afterwards: undetermined, history")
