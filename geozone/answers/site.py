"""A project on a decision date: its ground, its law and the questions between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from geozone.engine.region import Region, survey
from geozone.land.layers.ground import Ground, ground
from geozone.land.project import Project
from geozone.law.activity import Activity
from geozone.law.condition import Condition
from geozone.law.errors import Fault, Refused
from geozone.law.judgement import Cause
from geozone.law.rule import Policy, Rule
from geozone.rules import vocabulary
from geozone.rules.compiling import compile_programs
from geozone.rules.program import Clause, Program
from geozone.rules.shipped import load_policies


@dataclass(frozen=True, eq=False)
class Site:
    """Ground and law of a project on one day; every answer is drawn from one of these.

    ``regions`` stand in the order of the programs' shared conditions.
    """

    project: Project
    on: date
    ground: Ground
    policies: tuple[Policy, ...]
    programs: Mapping[Activity, Program]
    regions: tuple[Region, ...]

    @cached_property
    def causes(self) -> Mapping[str, Cause]:
        """Per theme, why it is unseen where that is the same everywhere."""
        found = {
            region.condition.theme: region.cause
            for region in self.regions
            if region.cause is not Cause.OUTSIDE_COVERAGE
        }
        borders = self.ground.theme("jurisdiction").cause
        return found if borders is None else {**found, "jurisdiction": borders}

    @cached_property
    def places(self) -> Mapping[Condition, int]:
        """The regions by their condition."""
        return {one.condition: at for at, one in enumerate(self.regions)}

    @cached_property
    def planning(self) -> Mapping[Activity, tuple[Clause, ...]]:
        """The plan rules that each activity's program asks, by id.

        Of a document that cannot be said to be in force only where it governs by nothing else.
        """
        return {activity: planning(program) for activity, program in self.programs.items()}

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """Every rule of the policies by its id."""
        return {rule.id: rule for policy in self.policies for rule in policy.rules}


def planning(program: Program) -> tuple[Clause, ...]:
    """The plan rules that a program asks, by id."""
    governs = {each.rule.cite.document for each in program.clauses if each.acts}
    asked = (
        each
        for each in program.clauses
        if each.rule.plan and not (is_doubtful(each) and each.rule.cite.document in governs)
    )
    return tuple(sorted(asked, key=lambda each: each.rule.id))


def is_doubtful(clause: Clause) -> bool:
    """Whether the clause's document cannot be said to be in force, whatever the place."""
    return clause.doubt is not None and not clause.only_where_held


def decision_date(project: Project, on: date | None) -> date:
    """The day to judge on: the one given, else the project's. Raises ``Refused``: no clock."""
    day = on or project.on
    if day is None:
        what = "没有决定日期 / no decision date"
        raise Refused([Fault(str(project.file), "project.on", what, "add on = …, or give --on")])
    return day


def policies_of(project: Project) -> tuple[Policy, ...]:
    """The policies that a project works under. Raises ``Refused`` with the packs' faults."""
    return load_policies(
        project.policies,
        folder=project.file.parent,
        file=str(project.file),
        parameters=project.parameters,
    )


def activities_of(project: Project, texts: Iterable[str] = ()) -> tuple[Activity, ...]:
    """The activities written as ``TECH:OBJECT``; without any, those of the project.

    Raises ``Refused`` with every text that is no activity, or where none is given at all.
    """
    found, faults = [], []
    for text in texts:
        try:
            found.append(vocabulary.parse_activity(text))
        except ValueError as error:
            faults.append(Fault("--activity", text, str(error), "write TECHNOLOGY:OBJECT"))
    if faults:
        raise Refused(faults)
    chosen = tuple(dict.fromkeys(found)) or project.activities
    if not chosen:
        what = "没有指定活动 / no activity given"
        todo = (
            "加 project.activities 或 --activity / "
            "add project.activities, or give --activity TECH:OBJECT"
        )
        raise Refused([Fault(str(project.file), "project.activities", what, todo)])
    return chosen


def open_site(
    project: Project,
    activities: Iterable[Activity],
    on: date | None = None,
    policies: tuple[Policy, ...] | None = None,
) -> Site:
    """The project's ground and law on a day, ready for the activities.

    ``policies`` stand in for those of the project. Raises ``Refused`` without a decision date
    or with faulty packs.
    """
    day = decision_date(project, on)
    policies = policies_of(project) if policies is None else policies
    wanted = tuple(dict.fromkeys(activities))
    here = ground(project, day)
    layered = bool(here.theme("jurisdiction").layers)
    programs = compile_programs(
        policies, wanted, on=day, adcode=None if layered else project.adcode
    )
    conditions = programs[0].conditions if programs else ()
    return Site(
        project,
        day,
        here,
        policies,
        dict(zip(wanted, programs, strict=True)),
        survey(here, conditions),
    )
