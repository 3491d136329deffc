"""Finding wanted fields among those that a file has: by name, by another name, or cut short."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files

from geozone.land.faults import did_you_mean
from geozone.land.formats.features import UnreadableError

DBF_NAME_BYTES = 10
"""A dBASE table keeps no more of a field's name."""


@cache
def aliases() -> Mapping[str, frozenset[str]]:
    """Every name of the vocabulary (casefolded), with all names of the same field.

    Raises ``ValueError`` where a name stands for two fields.
    """
    written = files("geozone.vocabulary").joinpath("fields.toml").read_text("utf-8")
    table: dict[str, list[str]] = tomllib.loads(written)["fields"]
    found: dict[str, frozenset[str]] = {}
    for name, others in table.items():
        alike = frozenset(one.casefold() for one in (name, *others))
        for one in alike:
            if one in found:
                raise ValueError(f"one name of two fields: {one}")
            found[one] = alike
    return found


def places_of(
    names: Sequence[str], wanted: Sequence[str] | None, *, cut: str = ""
) -> dict[str, int]:
    """The position of each wanted field among the names that a file has.

    Looked for as written, then without regard to case, then by its other names. ``cut`` is the
    encoding of a dBASE table, whose names may have been cut to 10 bytes. ``None`` wants every
    field. Raises ``UnreadableError`` where there is none, or more than one.
    """
    if wanted is None:
        return _every(names)
    return {name: _place(names, name, cut) for name in wanted}


def places_met(names: Sequence[str], wanted: Sequence[str] | None, features: int) -> dict[str, int]:
    """``places_of`` for formats that state no fields: a file without features lacks none."""
    if wanted is not None and not features:
        return dict.fromkeys(wanted, 0)
    return places_of(names, wanted)


def _every(names: Sequence[str]) -> dict[str, int]:
    """The position of every field by its own name."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise UnreadableError(
            f"字段重名 / fields of one name: {', '.join(twice)}", "改名 / rename one", problem=None
        )
    return {name: at for at, name in enumerate(names)}


def _place(names: Sequence[str], name: str, cut: str) -> int:
    """The position of one field, by the first way that finds any."""
    plain = name.strip().casefold()
    others = aliases().get(plain, frozenset())
    ways: list[Callable[[str], bool]] = [
        lambda one: one == name,
        lambda one: one.strip().casefold() == plain,
        lambda one: one.strip().casefold() in others,
    ]
    if cut:
        short = {_cut(one, cut) for one in (name.strip(), *others)}
        ways.append(lambda one: one.strip().casefold() in {text.casefold() for text in short})
    for way in ways:
        at = [i for i, one in enumerate(names) if way(one)]
        if len(at) == 1:
            return at[0]
        if at:
            shown = ", ".join(repr(names[i]) for i in at)
            raise UnreadableError(
                f"字段不唯一 / more than one field {name!r}: {shown}",
                "写出其中一个的全名 / write the name of one of them as it stands",
                problem=None,
            )
    raise UnreadableError(
        f"没有字段 / no field {name!r}", did_you_mean(name, names or ["—"]), problem=None
    )


def _cut(name: str, encoding: str) -> str:
    """A name as a dBASE table keeps it: the letters that fit into 10 bytes whole."""
    return name.encode(encoding, "ignore")[:DBF_NAME_BYTES].decode(encoding, "ignore")
