"""Compiled loops, loaded beside other work: those that the run before asked for."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

NAME = "loops"
"""The file in a project's store that tells which loops a run asked for."""

MOST = 1_000
"""No run asks for more loops; a file that tells more is not ours."""

_HOME = "geozone.engine.kernels"
_NUMBERS = {"bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"}
_SCALARS = _NUMBERS | {"float32", "float64"}
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Told = Any  # JSON: the module and the name of a loop, and the types of what it is called with


def load(store: Path | None = None) -> None:
    """Load numba, which takes half a second, then what is noted in a store, and what reads it.

    What the note names and this program does not have is left out; nothing else of it is believed.
    """
    import numpy as np  # noqa: PLC0415 - loads late, as the loops do

    from geozone.engine.kernels.tracenodes import count_parting  # noqa: PLC0415 - numba loads slowly

    nothing = np.empty(0, np.int32)
    count_parting(nothing, nothing, nothing)  # the first loop of all loads the most
    for module, name, kinds in _noted(store):
        loop = _loop(module, name)
        types = [_type(one) for one in kinds]
        if loop is not None and None not in types:
            loop.compile(tuple(types))
    if store is not None:
        import_module("pyarrow")  # unpacks what is kept


def note(store: Path) -> None:
    """Note in a store which loops were taken from numba's cache, for the next run to load."""
    told = [_edition(), *sorted(_asked(), key=repr)]
    text = json.dumps(told, separators=(",", ":"))
    path = store / NAME
    with suppress(OSError):  # as all that is kept: where it cannot be, it is not
        if not path.exists() or path.read_text("ascii", errors="replace") != text:
            path.write_text(text, "ascii")


def _edition() -> str:
    from geozone.engine.edition import edition  # noqa: PLC0415 - reads this floor's text

    return edition()


def _noted(store: Path | None) -> Iterator[tuple[str, str, list[Told]]]:
    """The loops of a note of this edition, if it is whole."""
    if store is None:
        return
    with suppress(OSError, ValueError, RecursionError):
        told = json.loads((store / NAME).read_text("ascii"))
        if not isinstance(told, list) or told[:1] != [_edition()] or len(told) > MOST:
            return
        for one in told[1:]:
            match one:
                case [str(module), str(name), list(kinds)] if _WORD.fullmatch(module):
                    yield module, name, kinds


def _loop(module: str, name: str) -> Any:
    """A loop of ours that is asked from outside; ``None`` where there is none of this name."""
    try:
        found = getattr(import_module(f"{_HOME}.{module}"), name, None)
    except ModuleNotFoundError:
        return None
    return found if _is_loop(found) else None


def _is_loop(found: Any) -> bool:
    import numba  # noqa: PLC0415 - loads slowly, and whole before its parts: see ``linking``

    return isinstance(found, numba.core.dispatcher.Dispatcher)


def _asked() -> Iterator[Told]:
    """The loops that were taken from the cache, with the types that can be told."""
    homes = {key for key in sys.modules if key.startswith(_HOME + ".")}
    for home in sorted(homes):
        for name, loop in vars(sys.modules[home]).items():
            if _is_loop(loop) and loop.py_func.__module__ == home:
                for signature in loop.stats.cache_hits:
                    kinds = [_told(one) for one in signature]
                    if None not in kinds:
                        yield [home.removeprefix(_HOME + "."), name, kinds]


def _told(kind: Any) -> Told:
    """A type of numba's as JSON; ``None`` where there is no telling."""
    from numba import types  # noqa: PLC0415 - as above

    if isinstance(kind, types.Array) and str(kind.dtype) in _SCALARS and kind.aligned:
        return [str(kind.dtype), kind.ndim, kind.layout, kind.mutable]
    if isinstance(kind, (types.Tuple, types.UniTuple)):
        parts = [_told(one) for one in kind.types]
        return None if None in parts else {"tuple": parts}
    return str(kind) if str(kind) in _SCALARS else None


def _type(told: Told) -> Any:
    """The type of what ``_told`` gave; ``None`` where it is none of these."""
    from numba import types  # noqa: PLC0415 - as above

    match told:
        case str(name) if name in _SCALARS:
            return types.boolean if name == "bool" else getattr(types, name)
        case [str(name), 1 | 2 | 3 as ndim, "C" | "F" | "A" as layout, bool(mutable)]:
            dtype = _type(name)
            return dtype and types.Array(dtype, ndim, layout, readonly=not mutable)
        case {"tuple": list(parts)}:
            found = [_type(one) for one in parts]
            return None if None in found else types.BaseTuple.from_types(found)
    return None
