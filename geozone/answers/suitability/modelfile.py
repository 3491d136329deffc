"""One file of a model as it is written, and the files that it extends."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePath
from typing import Any

from geozone.answers.suitability import modelkeys as keys
from geozone.answers.suitability.model import Chance, Cite, Classes, Label, Membership
from geozone.land.faults import Faults, did_you_mean
from geozone.land.keys import Key, read_table

Table = dict[str, Any]  # checked values of mixed types
MOST_FILES = 8
"""How many files may extend one another."""


@dataclass(frozen=True)
class WrittenFactor:
    """A ``[[factor]]`` table; ``data`` is what the model itself says of the factor's data.

    What has a fault is empty, so that everything else can be held against the rest of the file.
    """

    id: str
    label: Label
    group: str
    unit: str
    membership: Membership | None
    cite: Cite
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Written:
    """A file's tables, checked by themselves; ``weights`` and ``ahp`` as they stand."""

    file: str
    extends: str | None
    leave_out: tuple[str, ...]
    model: Table
    groups: tuple[tuple[str, Label], ...]
    factors: tuple[WrittenFactor, ...]
    memberships: Mapping[str, tuple[Membership, Cite]]
    data: Mapping[str, Table]
    classes: Classes | None
    chance: Chance | None
    weights: object = None
    ahp: object = None

    @property
    def weighs(self) -> bool:
        """Whether it says how factors are weighed."""
        return self.weights is not None or self.ahp is not None


def shipped_models() -> tuple[str, ...]:
    """Ids of the models that come with geozone, sorted."""
    found = (entry.name for entry in files("geozone.models").iterdir())
    return tuple(sorted(one.removesuffix(".toml") for one in found if one.endswith(".toml")))


def written_files(path: Path, faults: Faults) -> list[Written]:
    """The file and all that it extends, the one that extends nothing first.

    Every fault of every file goes to ``faults``; what has one is left out. Raises ``Refused`` with
    all of them where a file is not there or no TOML: then nothing else can be held against it.
    """
    found: list[Written] = []
    here: Traversable = path
    while len(found) < MOST_FILES:
        at_home = faults if not found else faults.of(str(here))
        written = _written(_toml(here, at_home), at_home)
        found.insert(0, written)
        if written.extends is None:
            return found
        here = _base(written.extends, path.parent, at_home.at("extends"))
    faults.at("extends").add(
        f"超过 {MOST_FILES} 个文件相互引用 / more than {MOST_FILES} files extend one another",
        "删去循环 / remove the circle",
    )
    faults.settle()
    return found


def _base(name: str, folder: Path, faults: Faults) -> Traversable:
    """A shipped model by its id, or a file in the same folder."""
    if name in shipped_models():
        return files("geozone.models") / f"{name}.toml"
    if name.endswith(".toml") and PurePath(name).name == name and "\\" not in name:
        return folder / name
    known = (*shipped_models(), "FILE.toml")
    faults.add(
        f"没有这个模型 / no such model: {name!r}；同一文件夹内的文件写 FILE.toml / a file of the "
        "same folder is written FILE.toml",
        did_you_mean(name, known),
    )
    faults.settle()
    return folder


def _toml(file: Traversable, faults: Faults) -> Table:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        what = f"读不了 / cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        what = "不是 UTF-8 / is not UTF-8"
    except (ValueError, RecursionError) as error:  # also of endless digits and nesting
        what = f"不是有效的 TOML / is not valid TOML: {error}"
    faults.add(what, "改正后重试 / correct it and try again")
    faults.settle()
    return {}


def _written(raw: Table, faults: Faults) -> Written:
    top = read_table(raw, keys.TOP_KEYS, faults)
    extends = top.get("extends")
    return Written(
        file=faults.file,
        extends=extends,
        leave_out=top.get("leave_out", ()),
        model=_model(top, extends is not None, faults.at("model")),
        groups=_groups(top, faults),
        factors=_factors(top, faults),
        memberships=_memberships(top, faults),
        data={
            name: read_table(one, keys.DATA_KEYS, faults.at(f"data.{name}"))
            for name, one in top.get("data", {}).items()
        },
        classes=keys.classes(top["classes"], faults.at("classes")) if "classes" in top else None,
        chance=keys.chance(top["chance"], faults.at("chance")) if "chance" in top else None,
        weights=top.get("weights"),
        ahp=top.get("ahp"),
    )


def _model(top: Table, has_base: bool, faults: Faults) -> Table:
    """The ``[model]`` table; who extends another model need not repeat what that says.

    A file that weighs or divides into classes says where its numbers come from.
    """
    weighs = {"weights", "ahp", "classes"} & set(top)
    needed = {
        name: Key(key.check, key.required and (not has_base or (name == "source" and bool(weighs))))
        for name, key in keys.MODEL_KEYS.items()
    }
    return read_table(top.get("model", {}), needed, faults)


def _groups(top: Table, faults: Faults) -> tuple[tuple[str, Label], ...]:
    read = [
        read_table(one, keys.GROUP_KEYS, faults.at(_place("group", number, one)))
        for number, one in enumerate(top.get("group", ()), 1)
    ]
    return tuple((one["id"], _label(one)) for one in read if "id" in one)


def _factors(top: Table, faults: Faults) -> tuple[WrittenFactor, ...]:
    found = (
        _factor(one, faults.at(_place("factor", number, one)))
        for number, one in enumerate(top.get("factor", ()), 1)
    )
    return tuple(one for one in found if one is not None)


def _factor(raw: object, faults: Faults) -> WrittenFactor | None:
    values = read_table(raw, keys.FACTOR_KEYS, faults)
    here = faults.at("membership")
    curve = read_table(values.get("membership", {}), keys.CURVE_KEYS, here)
    if "id" not in values:
        return None
    return WrittenFactor(
        id=values["id"],
        label=_label(values),
        group=values.get("group", ""),
        unit=values.get("unit", ""),
        membership=keys.membership(curve, here),
        cite=Cite(values.get("source", ""), values.get("verify", False)),
        data={one: values[one] for one in ("measure", "reach_m") if one in values},
    )


def _label(values: Table) -> Label:
    return Label(values.get("zh", ""), values.get("en", ""))


def _memberships(top: Table, faults: Faults) -> dict[str, tuple[Membership, Cite]]:
    found: dict[str, tuple[Membership, Cite]] = {}
    for name, raw in top.get("membership", {}).items():
        here = faults.at(f"membership.{name}")
        values = read_table(raw, keys.OVERRIDE_KEYS, here)
        worth = keys.membership(values, here)
        if worth is not None and "source" in values:
            found[name] = (worth, Cite(values["source"], values.get("verify", False)))
    return found


def _place(kind: str, number: int, raw: object) -> str:
    known = raw.get("id") if isinstance(raw, dict) else None
    return f"{kind} {number}" + (f" ({known})" if known else "")
