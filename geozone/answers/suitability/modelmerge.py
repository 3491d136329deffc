"""What a model's file and those that it extends say together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from geozone.answers.suitability.model import Chance, Classes, Label
from geozone.answers.suitability.modelfile import Written, WrittenFactor
from geozone.answers.suitability.modelweights import Weighed, weighed
from geozone.land.faults import Faults, did_you_mean


@dataclass(frozen=True)
class Merged:
    """A model as its files say it, factors in the order of their ids; ``data`` by factor."""

    model: Mapping[str, Any]
    groups: Mapping[str, Label]
    factors: tuple[WrittenFactor, ...]
    data: Mapping[str, Mapping[str, Any]]
    classes: Classes | None
    chance: Chance
    weights: Weighed


def merged(chain: Sequence[Written], faults: Faults) -> Merged:
    """Files joined, the one that extends nothing first; what does not fit goes to ``faults``."""
    root = chain[0]
    for written in chain:
        _check_kind(written, faults.of(written.file))
    groups = dict(root.groups)
    _check_once([name for name, _ in root.groups], "group", faults.of(root.file))
    _check_once([one.id for one in root.factors], "factor", faults.of(root.file))
    factors = _changed(_kept(root, chain, groups, faults), chain, faults)
    data = {name: table for written in chain for name, table in written.data.items()}
    _check_known(chain, factors, faults)
    return Merged(
        model=_model(chain),
        groups=groups,
        factors=tuple(sorted(factors, key=lambda one: one.id)),
        data=data,
        classes=next((one.classes for one in reversed(chain) if one.classes), None),
        chance=next((one.chance for one in reversed(chain) if one.chance), Chance()),
        weights=_weights(chain, factors, faults),
    )


def _model(chain: Sequence[Written]) -> dict[str, Any]:
    """Later files change what earlier ones say; whoever names a source vouches for it anew."""
    found: dict[str, Any] = {}
    for written in chain:
        if "source" in written.model:
            found.pop("verify", None)
        found |= written.model
    return found


def _check_kind(written: Written, faults: Faults) -> None:
    """What only a file that extends another may say, and what only one that does not."""
    has = {"group": bool(written.groups), "factor": bool(written.factors)}
    late = {"leave_out": bool(written.leave_out), "membership": bool(written.memberships)}
    if written.extends is None:
        strange, what = late, "只用于 extends 的文件 / only a file with extends has it"
        for name in (one for one, is_there in has.items() if not is_there):
            faults.at(name).add(f"没有 {name} / there is no {name}", f"[[{name}]]")
    else:
        strange, what = has, "有 extends 的文件不用 / a file with extends has none"
    for name in (one for one, is_there in strange.items() if is_there):
        faults.at(name).add(what, "删去 / remove it")


def _check_once(names: Sequence[str], kind: str, faults: Faults) -> None:
    for name in sorted({one for one in names if names.count(one) > 1}):
        faults.at(f"{kind} ({name})").add("id 重复 / the id is written twice", "改名 / rename one")


def _kept(
    root: Written, chain: Sequence[Written], groups: Mapping[str, Label], faults: Faults
) -> list[WrittenFactor]:
    """The factors that are not left out and whose group is known."""
    ids = [one.id for one in root.factors]
    for written in chain:
        for name in sorted(set(written.leave_out) - set(ids)):
            faults.of(written.file).at("leave_out").add(
                f"没有这个因子 / no such factor: {name!r}", did_you_mean(name, ids)
            )
    for one in root.factors:
        if one.group and one.group not in groups:
            faults.of(root.file).at(f"factor ({one.id}), group").add(
                f"没有这个组 / no such group: {one.group!r}", did_you_mean(one.group, groups)
            )
    for name in sorted(set(groups) - {one.group for one in root.factors}):
        faults.of(root.file).at(f"group ({name})").add(
            "组内没有因子 / no factor is in this group", "删去 / remove it"
        )
    left_out = {name for written in chain for name in written.leave_out}
    return [one for one in root.factors if one.id not in left_out]


def _changed(
    factors: Iterable[WrittenFactor], chain: Sequence[Written], faults: Faults
) -> list[WrittenFactor]:
    """The factors with the memberships that later files give them."""
    found = {one.id: one for one in factors}
    for written in chain[1:]:
        for name, (membership, cite) in written.memberships.items():
            if name in found:
                found[name] = replace(found[name], membership=membership, cite=cite)
            else:
                faults.of(written.file).at(f"membership.{name}").add(
                    f"没有这个因子 / no such factor: {name!r}", did_you_mean(name, found)
                )
    return list(found.values())


def _check_known(
    chain: Sequence[Written], factors: Sequence[WrittenFactor], faults: Faults
) -> None:
    """Data for factors that are there, and for all of them."""
    ids = [one.id for one in factors]
    for written in chain:
        for name in sorted(set(written.data) - set(ids)):
            faults.of(written.file).at(f"data.{name}").add(
                f"没有这个因子，或已省去 / no such factor, or it is left out: {name!r}",
                did_you_mean(name, ids),
            )
    given = {name for written in chain for name in written.data}
    for one in factors:
        if one.id not in given:
            faults.at(f"data.{one.id}").add(
                f"因子没有数据：{one.label.zh} / the factor has no data: {one.label.en}",
                f'[data.{one.id}] path = "…"；或写 leave_out 并重新给出权重 / '
                f"or leave it out and state the weights anew",
            )


def _weights(chain: Sequence[Written], factors: Sequence[WrittenFactor], faults: Faults) -> Weighed:
    """The weights of the last file that states any; none may be older than what is left out."""
    weighing = [number for number, one in enumerate(chain) if one.weighs]
    leaving = [number for number, one in enumerate(chain) if one.leave_out]
    if leaving and (not weighing or weighing[-1] < leaving[-1]):
        here = faults.of(chain[leaving[-1]].file)
        here.at("leave_out").add(
            "省去因子后须重新给出权重；不自动归一 / "
            "with factors left out the weights must be stated anew; they are never scaled silently",
            "[weights] 或 / or [ahp]",
        )
        return Weighed()
    if not weighing:
        faults.at("weights").add("没有权重 / there are no weights", "[weights] 或 / or [ahp]")
        return Weighed()
    last = chain[weighing[-1]]
    return weighed(last, factors, faults.of(last.file))
