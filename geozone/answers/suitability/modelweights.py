"""From ``[weights]`` or ``[ahp]`` to the weight of every factor and group."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from geozone.answers.suitability import modelkeys as keys
from geozone.answers.suitability.modelfile import Written, WrittenFactor
from geozone.answers.suitability.weights import (
    SUM_TOLERANCE,
    Pairwise,
    faults_of,
    inconsistency,
    pairwise,
)
from geozone.land.faults import Faults, did_you_mean
from geozone.land.keys import read_table

_MEND = "改正后重试 / correct it and try again"


@dataclass(frozen=True)
class Weighed:
    """Shares of the whole by factor and group; consistency ratios where there are matrices."""

    factors: Mapping[str, float] = field(default_factory=dict)
    groups: Mapping[str, float] = field(default_factory=dict)
    ratios: Mapping[str, float] = field(default_factory=dict)
    ratio: float | None = None
    """Of the matrix between groups."""


def weighed(written: Written, factors: Sequence[WrittenFactor], faults: Faults) -> Weighed:
    """The weights that a file states for these factors; empty with faults where it does not."""
    if written.weights is not None and written.ahp is not None:
        faults.at("weights").add(
            "weights 与 ahp 只能写一个 / weights and ahp cannot both be written",
            "删去一个 / remove one",
        )
        return Weighed()
    if written.ahp is not None:
        return _by_pairs(written.ahp, factors, faults.at("ahp"))
    return _direct(written.weights, factors, faults.at("weights"))


def _direct(raw: object, factors: Sequence[WrittenFactor], faults: Faults) -> Weighed:
    try:
        shares: dict[str, float] = keys.WEIGHTS(raw)
    except ValueError as error:
        faults.add(str(error), "FACTOR = 0.25")
        return Weighed()
    ids = [one.id for one in factors]
    if not _same_names(list(shares), ids, faults):
        return Weighed()
    total = math.fsum(shares.values())
    if abs(total - 1) > SUM_TOLERANCE:
        faults.add(
            f"权重之和为 {total:.9g}，应为 1；不自动归一 / "
            f"the weights sum to {total:.9g}, not 1; they are never scaled silently",
            _MEND,
        )
        return Weighed()
    groups = {
        group: math.fsum(shares[one.id] for one in factors if one.group == group)
        for group in {one.group for one in factors}
    }
    return Weighed(shares, groups)


def _by_pairs(raw: object, factors: Sequence[WrittenFactor], faults: Faults) -> Weighed:
    values = read_table(raw, keys.AHP_KEYS, faults)
    members: dict[str, list[str]] = {}
    for one in factors:
        members.setdefault(one.group, []).append(one.id)
    before = len(faults.found)
    within = dict(values.get("within", {}))
    found = {
        group: _matrix(within.pop(group, None), ids, faults.at(f"within.{group}"))
        for group, ids in members.items()
    }
    for strange in within:
        faults.at(f"within.{strange}").add(
            f"没有这个组 / no such group: {strange!r}", did_you_mean(strange, members)
        )
    between = _matrix(values.get("between"), list(members), faults.at("between"))
    if len(faults.found) > before:
        return Weighed()
    return Weighed(
        factors={
            name: between.weights[group] * share
            for group, matrix in found.items()
            for name, share in matrix.weights.items()
        },
        groups=between.weights,
        ratios={group: one.ratio for group, one in found.items()},
        ratio=between.ratio,
    )


@dataclass(frozen=True)
class _Shares:
    weights: Mapping[str, float] = field(default_factory=dict)
    ratio: float = 0.0


def _matrix(raw: object, ids: Sequence[str], faults: Faults) -> _Shares:
    """The weights of a matrix over exactly these names; one name alone needs no matrix.

    Names are put in order first, so that the order in which they are written changes nothing.
    """
    if raw is None and len(ids) == 1:
        return _Shares({ids[0]: 1.0})
    if raw is None:
        faults.add(
            f"缺少判断矩阵 / the matrix is missing: {', '.join(ids)}",
            'of = […], rows = [[1, 3], ["1/3", 1]]',
        )
        return _Shares()
    values = read_table(raw, keys.MATRIX_KEYS, faults)
    if set(values) != set(keys.MATRIX_KEYS) or not _same_names(values["of"], ids, faults.at("of")):
        return _Shares()
    names, rows = list(values["of"]), values["rows"]
    told = faults_of(rows, names)
    for what in told:
        faults.at("rows").add(what, _MEND)
    if told:
        return _Shares()
    order = sorted(range(len(names)), key=names.__getitem__)
    names = [names[i] for i in order]
    return _weights_of(pairwise([[rows[i][j] for j in order] for i in order]), names, faults)


def _weights_of(found: Pairwise, names: Sequence[str], faults: Faults) -> _Shares:
    if not found.is_consistent:
        faults.at("rows").add(
            inconsistency(found, names),
            "先复核该判断，再逐个复核 / look at that judgement again first, then at the others",
        )
        return _Shares()
    return _Shares(dict(zip(names, found.weights, strict=True)), found.ratio)


def _same_names(written: Sequence[str], ids: Sequence[str], faults: Faults) -> bool:
    """Whether each of the names is written once and nothing else is; else faults."""
    before = len(faults.found)
    for name in sorted({one for one in written if list(written).count(one) > 1}):
        faults.add(f"写了两次 / written twice: {name!r}", "删去一个 / remove one")
    for name in sorted(set(written) - set(ids)):
        faults.add(f"没有这一项 / no such name: {name!r}", did_you_mean(name, ids))
    missing = sorted(set(ids) - set(written))
    if missing:
        faults.add(f"缺少 / missing: {', '.join(missing)}", "补写 / add them")
    return len(faults.found) == before
