"""Assessments as files: JSON, CSV, XLSX, GeoPackage and GeoJSON with the same content."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geozone.answers.site import Site
from geozone.land.receipt import Input
from geozone.law.errors import Fault, Refused
from geozone.law.rule import Asks
from geozone.pages.assessed import write_html
from geozone.pages.files import beside, write_text
from geozone.pages.flatrow import flat_row, neutral
from geozone.pages.receipts import inputs, receipts, versions
from geozone.pages.stamp import finish_geopackage
from geozone.version import VERSION

if TYPE_CHECKING:  # of signatures alone: what judges proposals is heavy
    from geozone.answers.assess import Assessment

__all__ = ["WRITERS", "json_text", "known_ending", "neutral", "result"]

DEGREES = "EPSG:4490"


def result(
    site: Site,
    assessments: Sequence[Assessment],
    refused: Sequence[Fault] = (),
    more: Sequence[Input] = (),
) -> dict[str, Any]:  # JSON of the contract
    """The result document of the contract; ``refused`` rows stand in it under keep-going.

    ``more`` are the files of the proposals.
    """
    from geozone.answers.zoning import not_judged  # noqa: PLC0415 - heavy, tables go without

    return {
        "schema": 1,
        "on": site.on.isoformat(),
        "policies": [policy.id for policy in site.policies],
        "engine": f"geozone {VERSION}",
        "layers": receipts(site),
        "inputs": inputs(site, more),
        "versions": versions(site, more),
        "not_judged": [one for one in not_judged(site) if one["asks"] == Asks.OPERATION],
        "refused": [
            {"file": one.file, "place": one.place, "what": one.what, "todo": one.todo}
            for one in refused
        ],
        "assessments": [one.to_dict() for one in assessments],
    }


def write_json(path: Path, site: Site, told: dict[str, Any], _: Sequence[Assessment]) -> None:
    """The result document itself."""
    write_text(path, json_text(told))


def json_text(told: object) -> str:
    """JSON with Chinese as it is, two spaces deep."""
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def write_csv(
    path: Path, site: Site, told: dict[str, Any], assessments: Sequence[Assessment]
) -> None:
    """A UTF-8 table with byte order mark, so that spreadsheets read the Chinese."""
    rows = [flat_row(one) for one in told["assessments"]]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if rows:
        writer.writerow(rows[0])
    writer.writerows([neutral(value) for value in row.values()] for row in rows)
    write_text(path, "\ufeff" + text.getvalue())


def write_xlsx(
    path: Path, site: Site, told: dict[str, Any], assessments: Sequence[Assessment]
) -> None:
    """A workbook with one row per proposal; its stamps carry the decision date."""
    from openpyxl import Workbook  # noqa: PLC0415 - heavy, and this format is one of six

    book = Workbook()
    stamp = datetime.combine(site.on, datetime.min.time())
    book.properties.created = book.properties.modified = stamp
    sheet = book.active
    sheet.title = "assessments"
    rows = [flat_row(one) for one in told["assessments"]]
    for row in [list(rows[0])] if rows else []:
        sheet.append(row)
    for each in rows:
        sheet.append([neutral(value) for value in each.values()])
    with beside(path) as draft:
        raw = io.BytesIO()
        book.save(raw)
        draft.write_bytes(_stamped(raw.getvalue(), site.on, stamp))


def _stamped(raw: bytes, on: date, stamp: datetime) -> bytes:
    """The zip container again with the decision date in every entry."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as given, zipfile.ZipFile(out, "w") as wanted:
        for name in sorted(given.namelist()):
            entry = zipfile.ZipInfo(name, (on.year, on.month, on.day, 0, 0, 0))
            data = given.read(name)
            if name == "docProps/core.xml":
                data = _core(data, stamp)
            wanted.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _core(data: bytes, stamp: datetime) -> bytes:
    """The document properties with every time set to the decision date."""
    import re  # noqa: PLC0415 - used for this one line

    return re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", f"{stamp.isoformat()}Z".encode(), data)


def _frame(
    site: Site, told: dict[str, Any], assessments: Sequence[Assessment], crs: str | None
) -> Any:  # a GeoDataFrame
    import geopandas  # noqa: PLC0415 - heavy, and only vector formats need it

    frame = geopandas.GeoDataFrame(
        [
            {key: neutral(value) for key, value in flat_row(one).items()}
            for one in told["assessments"]
        ],
        geometry=[one.proposal.shape for one in assessments],
        crs=site.project.crs,
    )
    return frame.to_crs(crs) if crs else frame


def write_gpkg(
    path: Path, site: Site, told: dict[str, Any], assessments: Sequence[Assessment]
) -> None:
    """A GeoPackage layer ``assessments`` in the working CRS."""
    with beside(path) as draft:
        _frame(site, told, assessments, None).to_file(draft, layer="assessments", driver="GPKG")
        finish_geopackage(draft, site.on, {})


def write_geojson(
    path: Path, site: Site, told: dict[str, Any], assessments: Sequence[Assessment]
) -> None:
    """GeoJSON in CGCS2000 degrees, each feature with its full assessment."""
    shapes = _frame(site, told, assessments, DEGREES).geometry
    features = [
        {"type": "Feature", "properties": one, "geometry": shape.__geo_interface__}
        for one, shape in zip(told["assessments"], shapes, strict=True)
    ]
    collection = {"type": "FeatureCollection", **told, "features": features}
    del collection["assessments"]
    write_text(path, json_text(collection))


WRITERS = {
    ".json": write_json,
    ".csv": write_csv,
    ".xlsx": write_xlsx,
    ".gpkg": write_gpkg,
    ".geojson": write_geojson,
    ".html": write_html,
}


def known_ending(path: Path) -> str:
    """The file's ending if assessments can be written with it. Raises ``Refused`` otherwise."""
    ending = path.suffix.lower()
    if ending not in WRITERS:
        what = f"未知格式 / unknown format {ending!r}"
        raise Refused([Fault(str(path), "--out", what, f"可用 / use one of: {', '.join(WRITERS)}")])
    return ending
