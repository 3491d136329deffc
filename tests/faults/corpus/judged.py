"""What geozone answers to a case: refused, or the verdicts at the two places."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from click.testing import CliRunner
from corpus.ground import OWED, WELLS, Case, Ground

from geozone.cli.commands import main
from geozone.land.project import STORE

MILD = ("no_rule", "allowed", "restricted")
ORDER = ("no_rule", "allowed", "restricted", "undetermined", "prohibited")


@dataclass(frozen=True)
class Got:
    """The outcome of a case, and all that was said."""

    outcome: str
    said: str
    left: tuple[str, ...] = ()
    """What a refusal wrote nevertheless."""

    @property
    def is_wrong_permission(self) -> bool:
        return self.outcome.partition("/")[0] in MILD


def judged(case: Case, folder: Path, shared: Path) -> Got:
    """The answer to a case; what spoils a layer is first read alone, which is quick to refuse."""
    ground = case.build(folder, shared)
    before = _files(ground)
    got = _run(ground, alone=ground.proposals == WELLS)
    if got.outcome != "refused":
        return _run(ground, alone=False) if ground.proposals == WELLS else got
    left = tuple(sorted(_files(ground) - before - {"geozone.toml"}))
    return Got(got.outcome, got.said, left)


def wrong(case: Case, got: Got) -> str:
    """What is wrong with an answer; empty where it is what the case owes."""
    if not any(fnmatch(got.outcome, one) for one in OWED[case.owes]):
        return f"owes {case.owes}, got {got.outcome}: {got.said}"
    if got.outcome == "refused" and case.word not in got.said:
        return f"the refusal does not say {case.word!r}: {got.said}"
    return f"a refusal wrote {', '.join(got.left)}" if got.left else ""


def _files(ground: Ground) -> set[str]:
    """All files but those of the store, where good layers of a refused project stay too."""
    found = {one.relative_to(ground.folder) for one in ground.folder.rglob("*")}
    return {str(one) for one in found if one.parts[0] != str(STORE)}


def _run(ground: Ground, *, alone: bool) -> Got:
    ground.finish(alone=alone)
    out = ground.folder / "out.json"
    given = ground.proposals
    proposals = given if "://" in given or given.startswith("/") else str(ground.folder / given)
    asked = ["assess", str(ground.folder), proposals, "--out", str(out), "--quiet"]
    done = CliRunner().invoke(main, [*asked, *ground.options])
    said = done.output[:2000]
    if done.exit_code == 2:
        return Got("refused", said)
    if done.exit_code not in (0, 1, 3) or not out.is_file():
        return Got("crashed", f"{done.exit_code} {done.exception!r} {said}")
    verdicts = json.loads(out.read_text("utf-8"))["assessments"]
    inside = [one["verdict"] for one in verdicts if one["id"] != "out"]
    outside = [one["verdict"] for one in verdicts if one["id"] == "out"]
    return Got(f"{_mildest(inside)}/{_mildest(outside)}", said)


def _mildest(verdicts: list[str]) -> str:
    return min(verdicts, key=ORDER.index, default="none")
