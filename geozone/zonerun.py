"""The zones of a project, and how they are saved."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from geozone.options import BURNING, CUTTING, WRITING, Options

if TYPE_CHECKING:  # loaded when they are needed
    from geozone.answers.site import Site
    from geozone.answers.zoning import Zoning
    from geozone.gridahead import GridAhead
    from geozone.pages.evidence import EvidenceBands
    from geozone.pages.files import Held
    from geozone.pages.zonefiles import ZoneOptions


@dataclass(frozen=True, eq=False)
class ZoneRun:
    """The zones of a project, ready to be summed or saved."""

    zoning: Zoning
    options: Options
    resolution_m: float | None = None
    ahead: GridAhead | None = None
    """The grid's evidence, where it is drawn already; the first to save has it."""

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
        from geozone.pages.files import spare  # noqa: PLC0415 - late
        from geozone.pages.zonefiles import ZoneOptions  # noqa: PLC0415 - late

        with ExitStack() as stack:
            if self.ahead:
                stack.enter_context(closing(self.ahead))
            site = self.zoning.site
            files = ZoneOptions(verdict_grids, tuple(also), jobs=self.options.jobs)
            names = [Path(folder) / one for one in files.names(site.programs)]
            spare(names, site.project.reads)
            self._write(folder, files, stack)

    def _write(self, folder: str | Path | Held, files: ZoneOptions, stack: ExitStack) -> None:
        from geozone.pages.files import held  # noqa: PLC0415 - late
        from geozone.pages.zonefiles import write_zone_files  # noqa: PLC0415 - late

        def gather() -> EvidenceBands:
            found = self._evidence()
            stack.enter_context(self.options.during(WRITING))
            return found

        write_zone_files(stack.enter_context(held(folder)), self.zoning, gather, files)

    def _evidence(self) -> EvidenceBands:
        """What is drawn already, else what is gathered now."""
        from geozone.answers.grids import grid_evidence  # noqa: PLC0415 - late
        from geozone.pages.evidence import EvidenceBands  # noqa: PLC0415 - late

        evidence = self.ahead.result() if self.ahead else None
        if evidence is not None:
            return evidence
        site = self.zoning.site
        found = grid_evidence(site, self.resolution_m, self.options.working(site.project, BURNING))
        return EvidenceBands.of_runs(found.grid, found.runs, found.told)


def zone_run(
    site: Site, options: Options, resolution_m: float | None, saving: Held | None
) -> ZoneRun:
    """The zones of a site; with ``saving`` its grid may be drawn meanwhile, in that folder."""
    from geozone.answers.zoning import zone  # noqa: PLC0415 - late

    with ExitStack() as stack:
        ahead = None
        if saving and options.jobs > 1:
            from geozone.gridahead import GridAhead  # noqa: PLC0415 - late

            how = options.working(site.project, BURNING)
            ahead = GridAhead(site, resolution_m, how, saving.folder)
            stack.enter_context(closing(ahead))
        zoning = zone(site, options.working(site.project, CUTTING))
        stack.pop_all()  # who saves closes it
    return ZoneRun(zoning, options, resolution_m, ahead)
