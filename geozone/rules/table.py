"""Typed reading of one TOML table, gathering a fault for everything that does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

from geozone.law.errors import Fault

_KINDS: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "date": (date,),
    "list": (list,),
    "table": (dict,),
}


def suggestion(word: str, known: Iterable[str]) -> str:
    """What to write instead of a word that is not known."""
    choices = sorted(known)
    near = get_close_matches(word, choices, n=1)
    return f"did you mean {near[0]!r}?" if near else f"use one of: {', '.join(choices)}"


@dataclass
class Table:
    """A table being read: what is taken is checked, what is left over is a fault."""

    raw: Mapping[str, Any]  # TOML tables are untyped
    file: str
    place: str
    faults: list[Fault]
    _taken: set[str] = field(default_factory=set)

    def fault(self, key: str, what: str, todo: str) -> None:
        """Note something wrong at a key of this table."""
        place = f"{self.place}.{key}" if self.place and key else self.place or key
        self.faults.append(Fault(self.file, place, what, todo))

    def take(self, key: str, kind: str, default: Any = None, *, needed: bool = False) -> Any:
        """The value of a key if it is of the kind; otherwise the default, with a fault."""
        self._taken.add(key)
        if key not in self.raw:
            if needed:
                self.fault(key, "missing key", f"add {key} ({kind})")
            return default
        value = self.raw[key]
        fits = isinstance(value, _KINDS[kind]) and (kind == "boolean") == isinstance(value, bool)
        if not fits:
            self.fault(key, f"{value!r} is not a {kind}", f"write a {kind}")
            return default
        return value

    def untyped(self, key: str) -> Any:  # whatever stands there; the caller checks it
        """The value of a key as it stands."""
        self._taken.add(key)
        return self.raw.get(key)

    def texts(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of texts."""
        values = self.take(key, "list", [], needed=needed)
        wrong = [value for value in values if not isinstance(value, str)]
        for value in wrong:
            self.fault(key, f"{value!r} is not a text", "write texts only")
        return tuple(value for value in values if isinstance(value, str))

    def among(self, key: str, known: Iterable[str], default: str) -> str:
        """A text out of a closed list; needed when the default is empty."""
        choices = tuple(known)
        value = str(self.take(key, "text", default, needed=not default))
        if key in self.raw and value not in choices:
            self.fault(key, f"unknown {key} {value!r}", suggestion(value, choices))
            return default or choices[0]
        return value or choices[0]

    def bilingual(self, key: str, *, needed: bool = False) -> dict[str, str]:
        """A text in Chinese and English: ``{ zh = …, en = … }``."""
        raw = self.take(key, "table", {}, needed=needed)
        if raw and (set(raw) != {"zh", "en"} or not all(isinstance(v, str) for v in raw.values())):
            self.fault(key, "needs exactly the texts zh and en", 'write { zh = "…", en = "…" }')
            return {"zh": "", "en": ""}
        return dict(raw)

    def child(self, raw: Mapping[str, Any], place: str) -> Table:
        """A table inside this one."""
        return Table(raw, self.file, f"{self.place}.{place}" if self.place else place, self.faults)

    def children(self, key: str) -> list[Table]:
        """The tables of an array of tables."""
        found = []
        for number, raw in enumerate(self.take(key, "list", []), start=1):
            name = raw.get("id", number) if isinstance(raw, dict) else number
            if isinstance(raw, dict):
                found.append(self.child(raw, f"{key}[{name}]"))
            else:
                self.fault(f"{key}[{name}]", f"{raw!r} is not a table", "write a table")
        return found

    def close(self) -> None:
        """Fault every key that nobody asked for: a typo must not become a permission."""
        for key in self.raw:
            if key not in self._taken:
                self.fault(key, "unknown key", suggestion(key, self._taken))
