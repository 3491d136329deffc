"""The main job on every sample project: zones, judged proposals, a notice, scores and a web map."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date
from pathlib import Path

import geozone as gz
from geozone.law.verdict import Verdict
from geozone.pages.report import assess_lines, verdict_name, zone_lines
from geozone.pages.scorecontent import score_lines

LAYERS = Path(__file__).parents[1] / "layers"
PROPOSALS = ("wells.csv", "blocks.gpkg")
PARCEL = "parcel.*"
LOOK_BACK = {"beijing": date(2020, 6, 1)}
"""Samples where nothing is in force today, and a day on which something was."""


def main() -> int:
    """Run the samples and say where everything lies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/demo"))
    out = parser.parse_args().out
    began = time.monotonic()
    seen: set[Verdict] = set()
    for folder in sorted(one.parent for one in LAYERS.glob("*/geozone.toml")):
        seen |= run(folder, out / folder.name)
    print(f"\n用时 / took {time.monotonic() - began:.0f} s")
    print("出现的结论 / verdicts shown:", ", ".join(map(verdict_name, sorted(seen, reverse=True))))
    missing = set(Verdict) - seen
    if missing:
        print("没有出现 / not shown:", ", ".join(map(verdict_name, sorted(missing))))
    return 1 if missing else 0


def run(folder: Path, out: Path) -> set[Verdict]:
    """One sample project; the verdicts that occurred."""
    project = gz.open(folder)
    print(f"\n== {project.project.name}（合成示例数据 / synthetic sample）", flush=True)
    zones = project.zone()
    zones.save(out / "zones")
    print("\n".join(zone_lines(zones.summary(), out / "zones")), flush=True)
    judged = []
    for name in PROPOSALS:
        if (folder / name).exists():
            found = project.assess(folder / name)
            target = out / f"{Path(name).stem}.json"
            found.save(target)
            found.save(target.with_suffix(".csv"))
            print("\n".join(assess_lines(found, found.verdicts, target)), flush=True)
            judged += found.assessments
    if folder.name in LOOK_BACK:
        day = LOOK_BACK[folder.name]
        then, target = project.assess(folder / "wells.csv", on=day), out / f"wells-{day:%Y}.json"
        then.save(target)
        print(f"-- {day}")
        print("\n".join(assess_lines(then, then.verdicts, target)), flush=True)
    notice = project.notice(next(iter(sorted(folder.glob(PARCEL)))))
    notice.save(out / "notice.html")
    notice.save(out / "notice.json")
    print(f"告知书 / notice: {out / 'notice.html'}")
    scores = out / "score" if (folder / "score.toml").exists() else None
    if scores:
        told = project.score(folder / "score.toml").save(scores)
        print("\n".join(score_lines(told, scores)), flush=True)
    project.map(judged, zones=zones, score=scores).save(out / "map.html")
    print(f"地图 / map: {out / 'map.html'}", flush=True)
    on_map = {code for areas in zones.summary().values() for code, area in areas.items() if area}
    return {one for one in Verdict if one.code in on_map} | {one.verdict for one in judged}


if __name__ == "__main__":
    sys.exit(main())
