"""A project scored by a model: from the model's file to files of results."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geozone.answers.grids import check_size
from geozone.answers.site import open_site
from geozone.answers.suitability.model import Curve, Model
from geozone.answers.suitability.modelfile import shipped_models
from geozone.answers.suitability.modelreader import read_model
from geozone.answers.suitability.scoring import Scored
from geozone.land.bounds import AREA
from geozone.land.factors.source import open_factor
from geozone.land.factors.use import Use
from geozone.land.factors.window import FactorTiles
from geozone.land.faults import Faults, did_you_mean
from geozone.land.project import Project
from geozone.law.errors import Fault, Refused
from geozone.options import READING, SCORING, WRITING, Options
from geozone.pages.scorecontent import summary
from geozone.pages.scorefiles import SCORE_FILES, write_score_files

if TYPE_CHECKING:
    from geozone.land.receipt import Receipt
    from geozone.pages.files import Held


@dataclass(frozen=True, eq=False)
class ScoreRun:
    """A study area ready to be scored; scores are worked out when they are first asked for."""

    scored: Scored
    data: Mapping[str, Receipt]
    """Receipts of the data by factor."""
    reads: tuple[Path, ...]
    options: Options

    def summary(self) -> dict[str, Any]:  # JSON of the contract
        """What ``summary.json`` says: hectares, model, receipts. Raises ``Refused``."""
        return summary(self.scored, self.data)

    def save(self, folder: str | Path | Held) -> dict[str, Any]:  # JSON of the contract
        """Write ``SCORE_FILES`` into a folder, and give the summary.

        Raises ``Refused`` where one of them would replace a file that was read, where the folder
        cannot be written to, and without the library that draws charts.
        """
        from geozone.pages.files import Held, held, spare  # noqa: PLC0415 - late
        from geozone.pages.scorecharts import check_charts  # noqa: PLC0415 - late

        check_charts()
        target = folder.folder if isinstance(folder, Held) else Path(folder)
        project = self.scored.site.project
        spare([target / one for one in SCORE_FILES], (*project.reads, *self.reads))
        with nullcontext(folder) if isinstance(folder, Held) else held(target) as place:
            _ = self.scored.found
            with self.options.during(WRITING):
                return write_score_files(place, self.scored, self.data, jobs=self.options.jobs)


def score(
    project: Project,
    file: Path,
    *,
    on: date | None = None,
    resolution_m: float | None = None,
    options: Options,
) -> ScoreRun:
    """The project on a day, scored by the model of a ``MODEL.toml``.

    Raises ``Refused`` with every fault of the model, and of all data behind it.
    """
    _check_file(file)
    model = read_model(file)
    if resolution_m is not None:
        model = replace(model, resolution_m=resolution_m)
    site = open_site(project, (model.activity,), on)
    size = check_size(site, model.resolution_m)
    with options.during(READING):
        tiles = _tiles(project, model, file, size)
    reads = [file, *(file.parent / one.source.path for one in model.factors)]
    reads += [
        file.parent / one.source.coverage
        for one in model.factors
        if one.source.coverage not in (None, AREA)
    ]
    scored = Scored(site, model, tiles, options.working(project, SCORING))
    return ScoreRun(
        scored, {name: one.receipt for name, one in tiles.items()}, tuple(reads), options
    )


def _tiles(project: Project, model: Model, file: Path, size_m: float) -> dict[str, FactorTiles]:
    """The opened data of every factor. Raises ``Refused`` with all of their faults."""
    faults = Faults(str(file))
    found = {
        one.id: open_factor(
            one.source,
            file.parent,
            project.area,
            project.crs,
            faults.at(f"data.{one.id}"),
            use=Use((size_m,), one.membership.curve is Curve.CLASSES),
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
