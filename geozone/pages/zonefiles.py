"""Zones as files: GeoPackage with styles, evidence grid with its table, and a summary."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from geozone.answers.site import Site
from geozone.answers.zoning import Zoning, judge_rows, not_judged
from geozone.law.activity import Activity
from geozone.law.judgement import Judgement
from geozone.law.verdict import Verdict
from geozone.pages.cog import write_cog
from geozone.pages.cogtiles import Painted
from geozone.pages.evidence import EvidenceBands
from geozone.pages.files import Held, staged
from geozone.pages.geopackage import write_geopackage
from geozone.pages.onelayer import ONE_LAYER
from geozone.pages.receipts import inputs, receipts, versions
from geozone.pages.style import rgb
from geozone.pages.tables import json_text
from geozone.pages.text import VERDICT_COLOURS
from geozone.pages.zonelayers import zone_layers
from geozone.rules import vocabulary
from geozone.version import VERSION

ZONE_FILES = ("zones.gpkg", "evidence.tif", "evidence.json", "summary.json")
_FAMILY = ("verdict_*__*.tif", *(f"zones_*__*{ending}" for ending in ONE_LAYER))
"""Further files that a run may write: those of a run before must not stay beside its own."""

PAINTED_OUTSIDE = 255
"""In grids of verdicts, cells outside the area."""


@dataclass(frozen=True)
class ZoneOptions:
    """How zones are written.

    ``verdict_grids`` adds a small coloured grid per activity, ``verdict_TECH__OBJECT.tif``;
    ``also`` adds the polygons in formats of one layer a file, by ending; ``split`` makes the
    polygons of zones of many vertices features of their own; ``jobs`` threads compress; what
    is made of any zones may be ``kept`` in a folder.
    """

    verdict_grids: bool = False
    also: tuple[str, ...] = ()
    split: bool = True
    jobs: int = 1
    kept: Path | None = None

    def names(self, activities: Iterable[Activity]) -> tuple[str, ...]:
        """The files that will be written, the summary last."""
        layers = [activity.layer_name for activity in activities]
        grids = [f"verdict_{name}.tif" for name in layers if self.verdict_grids]
        more = [f"zones_{name}{ending}" for ending in self.also for name in layers]
        return (*grids, *more, *ZONE_FILES)


def write_zone_files(
    folder: Path | Held,
    zoning: Zoning,
    gather: Callable[[], EvidenceBands],
    options: ZoneOptions | None = None,
) -> None:
    """Write the zones and the evidence behind them, layer by layer and band by band.

    ``gather`` gives the grid's evidence; with more than one thread the polygons are written
    meanwhile. The files take the place of those of an earlier run together. Raises ``Refused``
    where they cannot, or where another run writes there; then the earlier files stand as they
    did.
    """
    how = options or ZoneOptions()
    with staged(folder, last="summary.json", family=_FAMILY) as drafts:
        beside = ThreadPoolExecutor(1) if how.jobs > 1 else nullcontext()
        with beside as pool:
            finish = _started(pool, lambda: _write_polygons(drafts, zoning, how))
            _write_grids(drafts, zoning, gather(), how)
            finish()
        _write_json(drafts / "summary.json", summary(zoning))


def _started(pool: ThreadPoolExecutor | None, work: Callable[[], None]) -> Callable[[], None]:
    """Begin work in a pool, to be called for its end; without a pool it is done at once."""
    if pool is not None:
        return pool.submit(work).result
    work()
    return lambda: None


def _write_polygons(drafts: Path, zoning: Zoning, how: ZoneOptions) -> None:
    site = zoning.site
    layers = zone_layers(zoning, split=how.split)
    if how.jobs > 1:
        # The first layer is drawn while its tables are made, which loads slowly.
        layers = [one.ahead(begun=at == 0) for at, one in enumerate(layers)]
    path = drafts / "zones.gpkg"
    write_geopackage(path, layers, crs=site.project.crs, on=site.on, kept=how.kept)
    for ending in how.also:
        for layer in zone_layers(zoning, split=how.split):
            path = drafts / f"zones_{layer.name}{ending}"
            ONE_LAYER[ending](path, layer, crs=site.project.crs)


def _write_grids(drafts: Path, zoning: Zoning, evidence: EvidenceBands, how: ZoneOptions) -> None:
    site = zoning.site
    judged = judge_rows(site, evidence.evidence, zoning)
    painted = _painted(drafts, judged) if how.verdict_grids else []
    write_cog(drafts / "evidence.tif", evidence.bands(), painted, jobs=how.jobs)
    rows = ([int(state) for state in row] for row in evidence.evidence.rows)
    table = _line_by_line(_evidence_table(site, evidence, judged), "rows", rows)
    (drafts / "evidence.json").write_bytes(table.encode("utf-8"))


def _painted(drafts: Path, judged: Mapping[Activity, tuple[Judgement, ...]]) -> list[Painted]:
    """A grid of verdicts in their colours for each activity."""
    colours = [rgb(VERDICT_COLOURS[verdict.code]) for verdict in Verdict]
    return [
        Painted(
            drafts / f"verdict_{activity.layer_name}.tif",
            np.array([one.verdict for one in rows], np.uint8),
            PAINTED_OUTSIDE,
            colours,
        )
        for activity, rows in judged.items()
    ]


def _line_by_line(told: dict[str, Any], name: str, long: Iterable[Any]) -> str:
    """JSON as everywhere, but for a long list at its end: each of its members takes one line."""
    lines = ",\n    ".join(json.dumps(one) for one in long)
    return json_text(told).removesuffix("\n}\n") + f',\n  "{name}": [\n    {lines}\n  ]\n}}\n'


def _write_json(draft: Path, told: dict[str, Any]) -> None:
    draft.write_bytes(json_text(told).encode("utf-8"))


def summary(zoning: Zoning) -> dict[str, Any]:  # JSON of the contract
    """Hectares per activity and verdict, and what they rest on."""
    site = zoning.site
    return {
        "schema": 1,
        "project": site.project.name,
        "on": site.on.isoformat(),
        "policies": [policy.id for policy in site.policies],
        "engine": f"geozone {VERSION}",
        "area": "ellipsoidal",
        "hectares": zoning.summary(),
        "limits": {
            "zh": "允许仅以所列文件为限。",
            "en": "Allowed only as far as the listed documents go.",
        },
        "not_judged": not_judged(site),
        "layers": receipts(site),
        "inputs": inputs(site),
        "versions": versions(site),
        "synthetic": any(layer.spec.synthetic for layer in site.project.layers),
    }


def _evidence_table(
    site: Site, evidence: EvidenceBands, judged: Mapping[Activity, tuple[Judgement, ...]]
) -> dict[str, Any]:
    table = evidence.evidence
    return {
        "schema": 1,
        "on": site.on.isoformat(),
        "engine": f"geozone {VERSION}",
        "resolution_m": evidence.grid.resolution_m,
        "outside": evidence.outside,
        "conditions": [one.key for one in table.conditions],
        "states": ["clear", "near_outside", "near_inside", "holds", "unseen"],
        "verdicts": {
            str(activity): [one.verdict.code for one in rows] for activity, rows in judged.items()
        },
        "colours": {verdict.code: VERDICT_COLOURS[verdict.code] for verdict in reversed(Verdict)},
        "themes": _themes(site),
    }


def _themes(site: Site) -> Mapping[str, dict[str, str]]:
    used = {region.condition.theme for region in site.regions}
    return {
        name: {"zh": theme.zh, "en": theme.en}
        for name, theme in vocabulary.themes().items()
        if name in used
    }
