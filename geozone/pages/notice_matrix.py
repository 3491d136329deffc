"""Part two of the notice: one ground verdict per technology and object."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from geozone.pages import text as words
from geozone.pages.markup import Html, joined, tag
from geozone.pages.notice_cells import NOTHING, Json, Writer

WELLS_AND_BLOCKS = (
    "well_exploration",
    "well_production",
    "well_reinjection",
    "block_exploration",
    "block_mining",
)


def matrix_part(content: Json, write: Writer) -> Html:
    """Part two: one ground verdict per technology and object, with the deciding rules."""
    cells = {(one["technology"], one["object"]): one for one in content["matrix"]}
    technologies = list(dict.fromkeys(one["technology"] for one in content["matrix"]))
    others = [one["object"] for one in content["matrix"] if one["object"] not in WELLS_AND_BLOCKS]
    objects = [*WELLS_AND_BLOCKS, *dict.fromkeys(others)]
    table = write.by_technology(
        technologies,
        [words.object_name(one) for one in objects],
        lambda one: [_matrix_cell(cells.get((one, siting)), write) for siting in objects],
        "matrix",
    )
    return joined(
        table,
        _matrix_notes(write),
        _reasons(content["matrix"], write),
    )


def _matrix_cell(cell: Json | None, write: Writer) -> Html:
    if cell is None:
        return tag("td", NOTHING, class_="void")
    rules = tag("p", " ".join(cell["rules"]), class_="rules") if cell["rules"] else None
    return tag("td", write.chip(cell["ground"]), rules, data_verdict=cell["ground"])


def _matrix_notes(write: Writer) -> Html:
    return tag(
        "p",
        write.tongue.line(
            "选址层面的结论：新建项目出示全部可出示的条件后，该处最好可达到的结论；"
            "不代替任何审批。“—”表示该组合不适用。",
            "Ground verdicts: the best that a new project could reach here once it has shown "
            "all it can; they presume no approval. “—”: the combination makes no sense.",
        ),
        " ",
        write.tongue.say(words.LIMITS),
        class_="note",
    )


def _reasons(matrix: Iterable[Json], write: Writer) -> Html:
    """What must be shown and why a verdict is open, cells of the same reasons together."""
    groups: dict[tuple[Any, ...], list[str]] = {}
    for one in matrix:
        if one["causes"] or one["needs"]:
            key = (one["ground"], tuple(one["rules"]), tuple(one["causes"]), tuple(one["needs"]))
            groups.setdefault(key, []).append(f"{one['technology']}:{one['object']}")
    rows = [
        (
            write.activities(members),
            write.chip(ground),
            " ".join(rules),
            joined(
                *(write.small(words.name_of(words.CAUSE_NAMES, one)) for one in causes),
                write.needs(needs if ground != "prohibited" else ()),
            ),
        )
        for (ground, rules, causes, needs), members in groups.items()
    ]
    heads = (
        ("活动", "Activity"),
        ("结论", "Verdict"),
        ("规则", "Rules"),
        ("原因；须出示", "Causes; to be shown"),
    )
    return write.table(heads, rows, "reasons") if rows else Html("")
