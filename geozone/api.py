"""The Python door: open a project, ask it, save what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from geozone.answers.site import Site, activities_of, decision_date, open_site
from geozone.land.coordinates.crs import point_from_degrees
from geozone.land.project import STORE, Project, read_project
from geozone.options import ASSESSING, BURNING, COMPARING, CUTTING, READING, WRITING, Options
from geozone.rules import vocabulary

if TYPE_CHECKING:  # each is loaded by the questions that need it
    from geozone.answers.assess import Assessment
    from geozone.answers.debt import Debt
    from geozone.answers.explain import Explained
    from geozone.answers.suitability.measured import Reading
    from geozone.answers.suitability.surfaces import Preparation
    from geozone.answers.zoning import Zoning
    from geozone.compared import Compared
    from geozone.judged import Judged
    from geozone.land.proposals.proposal import Proposals
    from geozone.pages.files import Held
    from geozone.pages.parcel import Notice
    from geozone.scorerun import Polygons, ScoreRun
    from geozone.surfacerun import SurfaceRun
    from geozone.webmap import WebMap


@dataclass(frozen=True, eq=False)
class ZoneRun:
    """The zones of a project, ready to be summed or saved."""

    zoning: Zoning
    options: Options
    resolution_m: float | None = None

    def summary(self) -> dict[str, dict[str, float]]:
        """Hectares (ellipsoidal) per activity and verdict."""
        return self.zoning.summary()

    def save(
        self, folder: str | Path | Held, *, also: Sequence[str] = (), verdict_grids: bool = False
    ) -> None:
        """Write zones.gpkg, evidence.tif, evidence.json and summary.json into a folder.

        ``also`` adds the zones as ``.fgb`` or ``.parquet``, a file an activity;
        ``verdict_grids`` adds a small coloured GeoTIFF an activity.
        Raises ``Refused`` where one of them would replace a file of the project.
        """
        from geozone.answers.grids import grid_evidence  # noqa: PLC0415 - late
        from geozone.pages.evidence import EvidenceBands  # noqa: PLC0415 - late
        from geozone.pages.files import held, spare  # noqa: PLC0415 - late
        from geozone.pages.zonefiles import ZoneOptions, write_zone_files  # noqa: PLC0415 - late

        target = Path(folder)
        site = self.zoning.site
        how = self.options.working(site.project, BURNING)
        files = ZoneOptions(verdict_grids, tuple(also), jobs=how.jobs, kept=how.tables)
        spare([target / one for one in files.names(site.programs)], site.project.reads)
        with ExitStack() as stack:
            place = stack.enter_context(held(folder))

            def gather() -> EvidenceBands:
                found = grid_evidence(site, self.resolution_m, how)
                stack.enter_context(self.options.during(WRITING))
                return EvidenceBands.of(found)

            write_zone_files(place, self.zoning, gather, files)


@dataclass(frozen=True, eq=False)
class Workspace:
    """An open project: the questions one can ask of it, as on the command line."""

    project: Project
    options: Options = field(default_factory=Options)

    def zone(
        self,
        *activities: str,
        on: date | None = None,
        resolution_m: float | None = None,
    ) -> ZoneRun:
        """The exact zones of the activities (default: the project's), each ``TECH:OBJECT``.

        Raises ``Refused`` for unknown activities, without a decision date, and for cells of
        the grid that are too small, too large or no number.
        """
        from geozone.answers.grids import check_size  # noqa: PLC0415 - late
        from geozone.answers.zoning import zone  # noqa: PLC0415 - late

        site = open_site(self.project, activities_of(self.project, activities), on)
        check_size(site, resolution_m)
        zoning = zone(site, self.options.working(self.project, CUTTING))
        return ZoneRun(zoning, self.options, resolution_m)

    def assess(
        self,
        proposals: str | Path,
        *,
        activity: str | None = None,
        on: date | None = None,
        crs: str | None = None,
        facts: str | Path | None = None,
        keep_going: bool = False,
        datum_shift: str | Path | None = None,
        trust: bool = False,
        layer: str | None = None,
    ) -> Judged:
        """A file of wells, blocks, rights or parcels, judged one by one.

        ``crs`` serves projected coordinates that state none, ``datum_shift`` names a file of
        parameters for an old datum, ``trust`` reads drivers' formats where the system cannot
        confine the reader, ``layer`` is the layer or sheet of a file that has several.

        Raises ``Refused`` with every fault of the file (with ``keep_going``: only when nothing
        in it can be judged).
        """
        from geozone.answers.assess import strange_approvals  # noqa: PLC0415 - late
        from geozone.answers.together import load_beside  # noqa: PLC0415 - late
        from geozone.land.proposals.proposal import read_proposals  # noqa: PLC0415 - late
        from geozone.land.proposals.rows import Given  # noqa: PLC0415 - late

        decision_date(self.project, on)
        wanted = activities_of(self.project, [activity])[0] if activity else None
        load_beside(Path(proposals))
        read = read_proposals(
            proposals,
            self.project,
            activity=wanted,
            given=Given(crs, Path(datum_shift) if datum_shift else None, trust, layer),
            facts_file=Path(facts) if facts else None,
            keep_going=keep_going,
            jobs=self.options.jobs,
        )
        site = open_site(self.project, read.activities, on)
        notes = (*read.notes, *strange_approvals(site, read))
        return self._judged(site, replace(read, notes=notes))

    def _judged(self, site: Site, read: Proposals) -> Judged:
        from geozone.answers.assess import assess  # noqa: PLC0415 - late
        from geozone.judged import Judged  # noqa: PLC0415 - late
        from geozone.land.proposals.proposed import ByColumn  # noqa: PLC0415 - late

        if isinstance(read.items, ByColumn):
            from geozone.answers.bulk import bulk_of  # noqa: PLC0415 - late

            found = bulk_of(site, read.items, self.options.jobs)
            if found is not None:
                return Judged(site, read, found, found)
        step = self.options.step(ASSESSING)
        return Judged(
            site,
            read,
            assess(site, read.items, step, whole=not read.faults, jobs=self.options.jobs),
        )

    def explain(self, lon: float, lat: float, *, on: date | None = None) -> tuple[Explained, ...]:
        """Every activity at one place, given in CGCS2000 degrees."""
        from geozone.answers.explain import explain  # noqa: PLC0415 - late

        site = open_site(self.project, vocabulary.activities(), on)
        return explain(site, point_from_degrees(lon, lat, self.project.crs))

    def notice(
        self,
        parcel: str | Path,
        *,
        on: date | None = None,
        supply: str | None = None,
        lang: str = "both",
        crs: str | None = None,
        datum_shift: str | Path | None = None,
        trust: bool = False,
        layer: str | None = None,
    ) -> Notice:
        """The conditions notice of a parcel; activity columns of its file are ignored."""
        from geozone.land.proposals.rows import Given  # noqa: PLC0415 - late
        from geozone.pages.parcel import parcel_notice  # noqa: PLC0415 - late

        given = Given(crs, Path(datum_shift) if datum_shift else None, trust, layer)
        return parcel_notice(self.project, parcel, on=on, supply=supply, lang=lang, given=given)

    def map(
        self,
        proposals: Sequence[Assessment] = (),
        *,
        on: date | None = None,
        zones: ZoneRun | None = None,
        score: str | Path | None = None,
    ) -> WebMap:
        """A web map of the project's activities, with judged proposals on it.

        ``zones`` of the same date save working out the legend's hectares again; ``score`` is a
        folder of a ``ScoreRun``, shown as a layer that can be switched on.
        """
        from geozone.answers.grids import whole_grid  # noqa: PLC0415 - late
        from geozone.judged import Judged  # noqa: PLC0415 - late
        from geozone.pages.mapping import map_html  # noqa: PLC0415 - late
        from geozone.webmap import WebMap  # noqa: PLC0415 - late

        run = zones or self.zone(on=on)
        site = run.zoning.site
        beside = proposals.proposals.reads if isinstance(proposals, Judged) else ()
        layer = None
        if score is not None:
            from geozone.pages.scoremap import READ, map_score  # noqa: PLC0415 - late

            layer = map_score(Path(score), site)
            beside = (*beside, *(Path(score) / one for one in READ))
        how = self.options.working(site.project, BURNING)
        grid, burned = whole_grid(site, run.resolution_m, how)
        page = map_html(site, grid, burned, tuple(proposals), run.summary(), score=layer)
        return WebMap(page, (*self.project.reads, *beside))

    def compare(
        self, a: str, b: str, *activities: str, on: date | None = None, rules: bool = False
    ) -> Compared:
        """The ground where verdicts change from A to B: each a date, packs, or packs@date.

        ``rules`` adds ground where the verdict stays and its rules change. Raises ``Refused``
        with every fault of sides and activities.
        """
        from geozone.answers.compare import compare  # noqa: PLC0415 - late
        from geozone.compared import Compared  # noqa: PLC0415 - late

        found = compare(
            self.project,
            a,
            b,
            activities,
            on=on,
            rules=rules,
            how=self.options.working(self.project, COMPARING),
        )
        return Compared(found, self.options)

    def score(
        self,
        model: str | Path,
        *,
        on: date | None = None,
        resolution_m: float | None = None,
        polygons: Polygons | None = None,
        potential: str | Path | None = None,
        draws: bool = True,
    ) -> ScoreRun:
        """The study area scored by a ``MODEL.toml``, where the zones leave it open.

        ``polygons`` name files of blocks to rank and of areas to sum, ``potential`` one that says
        how the heat of their ground is estimated; without ``draws`` there is no uncertainty.
        Raises ``Refused`` with every fault of the model and its data.
        """
        from geozone import scorerun  # noqa: PLC0415 - late

        return scorerun.score(
            self.project,
            Path(model),
            on=on,
            resolution_m=resolution_m,
            polygons=polygons or scorerun.Polygons(),
            potential=Path(potential) if potential is not None else None,
            draws=draws,
            options=self.options,
        )

    def surface(
        self,
        points: str | Path,
        value: str | Reading,
        *,
        resolution_m: float | None = None,
        land: str | Path | None = None,
        how: Preparation | None = None,
    ) -> SurfaceRun:
        """Measured points as a surface over the study area, by ordinary kriging, with its errors.

        ``value`` is the column, or all that tells how the file is read; ``land`` names polygons
        beyond which points are off land; ``how`` is the variogram and what becomes of doubtful
        points. Raises ``Refused`` with every fault, and without the extra ``surfaces``.
        """
        from geozone import surfacerun  # noqa: PLC0415 - late

        return surfacerun.surface(
            self.project,
            str(points),
            value,
            how=how,
            land=str(land) if land is not None else None,
            resolution_m=resolution_m,
            options=self.options,
        )

    def debts(self, *, on: date | None = None) -> tuple[Debt, ...]:
        """Themes that rules wait for and no layer supplies, with the offices that own them."""
        from geozone.answers.debt import debts  # noqa: PLC0415 - late

        return debts(open_site(self.project, vocabulary.activities(), on))


def open(path: str | Path, options: Options | None = None) -> Workspace:
    """Open a project by its geozone.toml or its folder.

    Raises ``Refused`` with every fault of the project file and its layers.
    """
    how = options or Options()
    with how.during(READING):
        project = read_project(Path(path), store=STORE if how.keep else None, ways=how.ways)
    return Workspace(project, how)
