"""The rights that count: those of the register and those that the file proposes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geozone.answers.plan.claims import NEW, claims, disagree
from geozone.answers.plan.meeting import Meeting, local_scale, meeting
from geozone.answers.plan.told import Doubt
from geozone.engine.outline import TOLERANCE_M, Shapes, shapes_array
from geozone.engine.region import SCALE_SLACK
from geozone.land.layers.ground import ThemeGround
from geozone.land.layers.layer import Layer
from geozone.land.proposals.proposal import Proposal
from geozone.law.judgement import Cause
from geozone.law.state import Truth


@dataclass(frozen=True, eq=False)
class Piece:
    """One area of a right, known to ``accuracy_m``, with the days and the stage stated of it.

    ``feature`` is its id in the register, empty for a proposal.
    """

    shape: BaseGeometry
    accuracy_m: float
    feature: str = ""
    granted_on: date | None = None
    stage: str | None = None
    right_id: str | None = None


@dataclass(frozen=True, order=True)
class Met:
    """How a right lies to a shape; ``accuracy_m`` is that of both together."""

    lies: Meeting
    accuracy_m: float


@dataclass(frozen=True, eq=False)
class Right:
    """One right: what the register and the proposals say of the same ``right_id``.

    ``doubt``: why it may be the same right as another one; ``disputed``: the proposals that
    state its id cannot all speak of one right.
    """

    key: tuple[str, str]
    pieces: tuple[Piece, ...]
    doubt: Doubt | None = None
    disputed: bool = False

    @property
    def label(self) -> str:
        """What the right is called: its right id, else the feature's or the proposal's id."""
        return self.key[1]

    @property
    def contradicts(self) -> bool:
        """Whether it is disputed, or the register holds what is proposed as a new one."""
        stages = {one.stage for one in self.pieces}
        return self.disputed or (NEW in stages and any(one.feature for one in self.pieces))

    def contradiction(self, theme: str) -> Doubt:
        """What is open about a right whose id is stated of what cannot be one right."""
        return Doubt(Cause.FACTS_CONTRADICT, theme, "right_id", (self.label,))

    def is_new(self, theme: str, since: date) -> tuple[Truth, tuple[Doubt, ...]]:
        """Whether it was added on or after a day, and what is not stated where that is open."""
        days = [one.granted_on for one in self.pieces if one.granted_on is not None]
        stages = [one.stage for one in self.pieces if not one.feature]
        if NEW in stages or any(day >= since for day in days):
            return Truth.TRUE, ()
        if days:
            return Truth.FALSE, ()
        fact = "stage" if None in stages else "granted_on"
        return Truth.UNKNOWN, (Doubt(Cause.FACT_NOT_STATED, theme, fact, (self.label,)),)


@dataclass(frozen=True, eq=False)
class Rights:
    """All rights of one theme, sorted by their keys."""

    theme: str
    crs: CRS
    items: tuple[Right, ...]

    @cached_property
    def _pieces(self) -> tuple[tuple[int, Piece], ...]:
        return tuple((at, piece) for at, one in enumerate(self.items) for piece in one.pieces)

    @cached_property
    def _shapes(self) -> Shapes:
        return shapes_array([piece.shape for _, piece in self._pieces])

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._shapes)

    @cached_property
    def _accuracy_m(self) -> float:
        return max((piece.accuracy_m for _, piece in self._pieces), default=0.0)

    @cached_property
    def _by_key(self) -> Mapping[tuple[str, str], Right]:
        return {one.key: one for one in self.items}

    def of(self, proposal: Proposal) -> Right:
        """The right that a proposal of the theme stands for."""
        return self._by_key[key_of(proposal)]

    def met(self, shape: BaseGeometry, accuracy_m: float) -> dict[int, Met]:
        """How each right that meets a shape lies to it, by its place in ``items``."""
        wide = (accuracy_m + self._accuracy_m) * SCALE_SLACK + TOLERANCE_M
        near: NDArray[np.intp] = self._tree.query(shape, predicate="dwithin", distance=wide)
        scale = local_scale(self.crs, shape)
        found: dict[int, list[Met]] = {}
        for index in np.sort(near):
            at, piece = self._pieces[index]
            both = piece.accuracy_m + accuracy_m
            lies = meeting(piece.shape, shape, both, scale)
            found.setdefault(at, []).append(Met(lies, both))
        return {at: self._together(at, each) for at, each in found.items()}

    def _together(self, at: int, met: list[Met]) -> Met:
        """A right lies inside only with all its pieces."""
        most = max(met)
        inside = [one.lies for one in met].count(Meeting.INSIDE)
        if most.lies is Meeting.INSIDE and inside < len(self.items[at].pieces):
            return replace(most, lies=Meeting.SHARES)
        return most


def key_of(proposal: Proposal) -> tuple[str, str]:
    """What tells a proposed right from others: its right id, else the proposal's own id."""
    stated = proposal.facts.get("right_id")
    return ("right", str(stated)) if stated is not None else ("proposal", proposal.id)


def rights_of(register: ThemeGround, proposals: Iterable[Proposal], crs: CRS) -> Rights:
    """The rights of a register and of the proposals, the same ``right_id`` once."""
    theme, every = register.theme, tuple(proposals)
    pieces: dict[tuple[str, str], list[Piece]] = {}
    for layer in register.layers:
        for piece in _registered(layer):
            name = ("right", piece.right_id) if piece.right_id else ("feature", piece.feature)
            pieces.setdefault(name, []).append(piece)
    for one in sorted((each for each in every if each.activity.object == theme), key=_id):
        pieces.setdefault(key_of(one), []).append(_proposed(one))
    disputed = {("right", name) for name, same in claims(every).items() if disagree(same, crs)}
    rights = [Right(key, tuple(pieces[key]), disputed=key in disputed) for key in sorted(pieces)]
    whole = Rights(theme, crs, tuple(rights))
    doubted = (_doubted(one, at, whole) for at, one in enumerate(rights))
    return Rights(theme, crs, tuple(doubted))


def _id(proposal: Proposal) -> str:
    return proposal.id


def _registered(layer: Layer) -> Iterator[Piece]:
    unknown = (None,) * len(layer.shapes)
    names = layer.attributes.get("right_id", unknown)
    days = layer.attributes.get("granted_on", unknown)
    for shape, feature, name, day in zip(layer.shapes, layer.ids, names, days, strict=True):
        granted = date.fromisoformat(day) if day else None
        yield Piece(shape, layer.accuracy_m, feature, granted, right_id=name or None)


def _proposed(one: Proposal) -> Piece:
    granted, stage = one.facts.get("granted_on"), one.facts.get("stage")
    return Piece(
        one.shape,
        one.accuracy_m,
        granted_on=granted if isinstance(granted, date) else None,
        stage=str(stage) if stage is not None else None,
        right_id=key_of(one)[1] if key_of(one)[0] == "right" else None,
    )


def _doubted(right: Right, at: int, whole: Rights) -> Right:
    """The right, with a doubt where a register's right on the same ground may be the same."""
    if any(one.feature or one.stage == NEW for one in right.pieces):
        return right
    named = right.key[0] == "right"
    same = {
        whole.items[other].label
        for piece in right.pieces
        for other, met in whole.met(piece.shape, piece.accuracy_m).items()
        if other != at
        and met.lies > Meeting.EDGE
        and any(
            each.feature and not (named and each.right_id) for each in whole.items[other].pieces
        )
    }
    if not same:
        return right
    doubt = Doubt(Cause.FACT_NOT_STATED, whole.theme, "right_id", tuple(sorted(same)))
    return replace(right, doubt=doubt)
