"""A parcel's conditions notice: the parcel read, judged and put on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from geozone.answers.parcel import answer_parcel, notice_activities
from geozone.answers.site import decision_date, open_site
from geozone.land.project import Project
from geozone.land.proposals.proposal import NOTHING_GIVEN, Proposals, read_proposals
from geozone.land.proposals.rows import Given
from geozone.law.errors import Fault, Refused
from geozone.pages.files import spare, write_text
from geozone.pages.markup import Html
from geozone.pages.notice_content import notice_content
from geozone.pages.notice_html import notice_html
from geozone.pages.parcelview import parcel_view
from geozone.pages.picture import location_picture
from geozone.pages.tables import json_text

FORMATS = (".html", ".json")


@dataclass(frozen=True, eq=False)
class Notice:
    """The content of a notice, the picture beside it, and remarks on the parcel's file."""

    content: Mapping[str, Any]  # JSON of the contract
    picture: Html
    lang: str
    notes: tuple[str, ...] = ()
    reads: tuple[Path, ...] = ()

    def save(self, path: str | Path) -> None:
        """Write the notice as .html or .json. Raises ``Refused`` for another ending."""
        target = Path(path)
        text = self._text(notice_ending(target))
        spare([target], self.reads)
        write_text(target, text)

    def _text(self, ending: str) -> str:
        if ending == ".json":
            return json_text(self.content)
        return notice_html(self.content, lang=self.lang, picture_svg=self.picture)


def notice_ending(path: Path) -> str:
    """The file's ending if a notice can be written with it. Raises ``Refused`` otherwise."""
    ending = path.suffix.lower()
    if ending not in FORMATS:
        what = f"未知格式 / unknown format {ending!r}"
        raise Refused([Fault(str(path), "--out", what, f"可用 / use one of: {', '.join(FORMATS)}")])
    return ending


def parcel_notice(
    project: Project,
    path: Path | str,
    *,
    on: date | None = None,
    supply: str | None = None,
    lang: str = "both",
    given: Given = NOTHING_GIVEN,
) -> Notice:
    """The notice of the one parcel in a file; activities in the file are ignored.

    ``supply`` is the way the land is supplied (allocation or transfer) where the file does not
    state it. Raises ``Refused`` for faulty files and for files of several parcels.
    """
    decision_date(project, on)
    read = _one_parcel(project, path, given)
    parcel = read.items[0]
    if supply and "land_supply" not in parcel.facts:
        parcel = replace(parcel, facts={**parcel.facts, "land_supply": supply})
    site = open_site(project, notice_activities(), on)
    view = parcel_view(answer_parcel(site, parcel), read.inputs)
    return Notice(
        content=notice_content(view),
        picture=location_picture(view, lang=lang),
        lang=lang,
        notes=read.notes,
        reads=(*project.reads, *read.reads),
    )


def _one_parcel(project: Project, path: Path | str, given: Given) -> Proposals:
    read = read_proposals(path, project, given=given, activity_needed=False)
    if len(read.items) != 1:
        names = ", ".join(one.id for one in read.items)
        what = f"有{len(read.items)}个地块 / {len(read.items)} parcels: {names}"
        todo = "每份告知书一个地块 / give one parcel per notice"
        raise Refused([Fault(str(path), "", what, todo)])
    return read
