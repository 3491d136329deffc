"""A project scored by a model: from the model's file to files of results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geozone.answers.grids import check_size
from geozone.answers.site import open_site
from geozone.answers.suitability.chance import Chances
from geozone.answers.suitability.library import library
from geozone.answers.suitability.model import Curve, Model
from geozone.answers.suitability.modelfile import shipped_models
from geozone.answers.suitability.modelreader import read_model
from geozone.answers.suitability.openground import OpenGround
from geozone.answers.suitability.potentialreader import Asked, read_potential
from geozone.answers.suitability.scoring import Scored
from geozone.answers.suitability.statistics import Tract
from geozone.answers.suitability.zonal import PACKAGE
from geozone.figures import load
from geozone.land.bounds import AREA
from geozone.land.factors.source import open_factor
from geozone.land.factors.use import Use
from geozone.land.factors.window import FactorTiles
from geozone.land.faults import Faults, did_you_mean
from geozone.land.project import Project
from geozone.land.proposals.proposal import Proposal, read_proposals
from geozone.land.proposals.rows import Given
from geozone.land.receipt import Receipt
from geozone.law.errors import Fault, Refused
from geozone.options import DRAWING, READING, SCORING, WRITING, Options
from geozone.pages.scorechance import told_of
from geozone.pages.scorecontent import summary
from geozone.pages.scorefiles import SCORE_FILES, write_score_files
from geozone.pages.scorepotential import with_potential
from geozone.pages.scoretracts import Beside, told_beside

if TYPE_CHECKING:
    from geozone.pages.files import Held


@dataclass(frozen=True)
class Polygons:
    """Files of polygons to be told of, and what they do not say of themselves.

    ``blocks`` are judged for their own activities, or the model's, and ranked; ``areas`` are
    counties or others.
    """

    blocks: Path | None = None
    areas: Path | None = None
    crs: str | None = None
    datum_shift: Path | None = None
    trust: bool = False
    blocks_layer: str | None = None
    areas_layer: str | None = None


NO_POLYGONS = Polygons()


@dataclass(frozen=True, eq=False)
class ScoreRun:
    """A study area ready to be scored; what is asked for is worked out once, when it is asked.

    ``tiles`` are the data by factor, ``reads`` all files behind them; with ``draws`` chances and
    sensitivity are worked out too; ``asked`` is how potential is estimated, if it is; ``names``
    are those of areas by id.
    """

    scored: Scored
    tiles: Mapping[str, FactorTiles]
    beside: Beside
    reads: tuple[Path, ...]
    draws: bool
    options: Options
    asked: Asked | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> dict[str, Receipt]:
        """Receipts of the data by factor."""
        return {name: one.receipt for name, one in self.tiles.items()}

    @cached_property
    def ground(self) -> OpenGround | None:
        """The cells that are drawn over; none where not asked for. Raises ``Refused``."""
        site = self.scored.site
        how = self.options.working(site.project, DRAWING)
        return OpenGround(site, self.scored.model, self.tiles, how) if self.draws else None

    @cached_property
    def chances(self) -> Chances | None:
        """How sure classes are, and what moves them; none where not asked for."""
        return Chances(self.ground, self.scored.found.limits) if self.ground else None

    def summary(self) -> dict[str, Any]:  # JSON of the contract
        """What ``summary.json`` says, but of files. Raises ``Refused``."""
        return dict(self._told)

    @cached_property
    def _told(self) -> dict[str, Any]:  # JSON of the contract
        how = self.options.working(self.scored.site.project, SCORING)
        told = summary(self.scored, self.data)
        told |= told_of(self.chances) if self.chances else {}
        told |= told_beside(self.scored, self.beside, self.ground, how)
        if self.asked is not None:
            adcode = self.scored.site.project.adcode
            told = with_potential(told, self.asked, load(), adcode=adcode, names=self.names)
        return told

    def save(self, folder: str | Path | Held) -> dict[str, Any]:  # JSON of the contract
        """Write ``SCORE_FILES`` into a folder, and give the summary.

        Raises ``Refused`` where one of them would replace a file that was read, where the folder
        cannot be written to, and without the library that draws charts.
        """
        from geozone.pages.files import held, spare  # noqa: PLC0415 - late
        from geozone.pages.scorecharts import check_charts  # noqa: PLC0415 - late

        check_charts()
        target = Path(folder)
        project = self.scored.site.project
        spare([target / one for one in SCORE_FILES], (*project.reads, *self.reads))
        with held(folder) as place:
            told = self.summary()  # the work, with progress of its own
            with self.options.during(WRITING):
                jobs = self.options.jobs
                return write_score_files(place, self.scored, told, self.chances, jobs=jobs)


def score(
    project: Project,
    file: Path,
    *,
    on: date | None = None,
    resolution_m: float | None = None,
    polygons: Polygons = NO_POLYGONS,
    potential: Path | None = None,
    draws: bool = True,
    options: Options,
) -> ScoreRun:
    """The project on a day, scored by the model of a ``MODEL.toml``.

    ``potential`` is a file that says how the heat of its ground is estimated. Raises ``Refused``
    with every fault of the model and that file, of all data behind them, or of a file of polygons.
    """
    _check_file(file)
    model, asked = _asked(file, potential)
    if resolution_m is not None:
        model = replace(model, resolution_m=resolution_m)
    site = open_site(project, (model.activity,), on)
    sizes = [check_size(site, model.resolution_m)]
    if draws:
        sizes.append(check_size(site, model.chance.resolution_m))
    with options.during(READING):
        beside, given, names = _beside(project, polygons, model, options.jobs)
        tiles = _tiles(project, model, file, sizes)
    scored = Scored(site, model, tiles, options.working(project, SCORING))
    reads = (*given, *_reads(model, file), *([potential] if potential else []))
    return ScoreRun(scored, tiles, beside, reads, draws, options, asked, names)


def _asked(file: Path, potential: Path | None) -> tuple[Model, Asked | None]:
    """The model, and how potential is estimated; faults of both files are told together."""
    faults: list[Fault] = []
    model = asked = None
    try:
        model = read_model(file)
    except Refused as refused:
        faults += refused.faults
    try:
        asked = None if potential is None else read_potential(potential, load())
    except Refused as refused:
        faults += refused.faults
    if faults or model is None:
        raise Refused(faults)
    return model, asked


def _reads(model: Model, file: Path) -> tuple[Path, ...]:
    """The files of a model: its own, and those of its data."""
    sources = [one.source for one in model.factors]
    coverages = {one.coverage for one in sources if one.coverage} - {AREA}
    return (file, *(file.parent / one for one in {*coverages, *(one.path for one in sources)}))


def _beside(
    project: Project, polygons: Polygons, model: Model, jobs: int
) -> tuple[Beside, tuple[Path, ...], dict[str, str]]:
    """Blocks and areas, the files they come from, and names of areas by id. Raises ``Refused``."""
    given = Given(polygons.crs, polygons.datum_shift, polygons.trust, polygons.blocks_layer)
    blocks: tuple[Proposal, ...] = ()
    areas: tuple[Tract, ...] = ()
    reads: tuple[Path, ...] = ()
    names: dict[str, str] = {}
    if polygons.blocks is not None or polygons.areas is not None:
        library("exactextract", PACKAGE)
    if polygons.blocks is not None:
        activity = model.activity
        read = read_proposals(polygons.blocks, project, activity=activity, given=given, jobs=jobs)
        blocks, reads = tuple(read.items), (*reads, *read.reads)
    if polygons.areas is not None:
        given = replace(given, layer=polygons.areas_layer)
        read = read_proposals(polygons.areas, project, given=given, activity_needed=False)
        areas = tuple(Tract(one.id, one.shape) for one in read.items)
        names = {one.id: one.name for one in read.items if one.name}
        reads = (*reads, *read.reads)
    return Beside(blocks, areas), reads, names


def _tiles(
    project: Project, model: Model, file: Path, sizes_m: Sequence[float]
) -> dict[str, FactorTiles]:
    """The opened data of every factor. Raises ``Refused`` with all of their faults."""
    faults = Faults(str(file))
    found = {
        one.id: open_factor(
            one.source,
            file.parent,
            project.area,
            project.crs,
            faults.at(f"data.{one.id}"),
            use=Use(tuple(sizes_m), one.membership.curve is Curve.CLASSES),
        )
        for one in model.factors
    }
    faults.settle()
    return {name: one for name, one in found.items() if one is not None}


def _check_file(file: Path) -> None:
    """Raise ``Refused`` for the id of a shipped model, which has no data, and for no file."""
    if file.is_file():
        return
    known = shipped_models()
    if str(file) in known:
        what = "随附模型不含数据 / a model that ships has no data of its own"
        todo = (
            f"先生成模型文件并填写数据路径 / make a file and fill in paths of data: "
            f"geozone score PROJECT {file} --init {file}.toml"
        )
    else:
        what = "没有这个文件 / there is no such file"
        todo = f"{did_you_mean(str(file), known)}；随附模型 / models that ship: {', '.join(known)}"
    raise Refused([Fault(str(file), "MODEL", what, todo)])
