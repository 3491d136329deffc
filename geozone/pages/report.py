"""What commands print: plain lines, Chinese beside English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from geozone.law.verdict import Verdict
from geozone.pages.text import VERDICT_NAMES

if TYPE_CHECKING:  # of signatures alone: what judges proposals is heavy
    from geozone.answers.assess import Assessment
    from geozone.answers.explain import Explained

MANY, SHOWN = 200, 20
"""Of more proposals than ``MANY`` only the first ``SHOWN`` are printed: nobody reads on."""


def verdict_name(verdict: Verdict | str) -> str:
    """A verdict in both languages: ``禁止 prohibited``."""
    code = verdict.code if isinstance(verdict, Verdict) else verdict
    return f"{VERDICT_NAMES[code]['zh']} {code}"


def zone_lines(summary: dict[str, dict[str, float]], out: Path) -> list[str]:
    """Hectares per activity and verdict."""
    lines = ["面积（公顷，椭球面积）/ hectares, ellipsoidal:"]
    for activity, areas in summary.items():
        shown = "  ".join(
            f"{verdict_name(code)} {area:,.2f}" for code, area in areas.items() if area
        )
        lines.append(f"  {activity}: {shown}")
    return [*lines, f"成果 / written: {out}"]


def assess_lines(
    assessments: Sequence[Assessment], counts: Mapping[Verdict, int], out: Path
) -> list[str]:
    """One line per proposal, of very many the first ones; then the count per verdict."""
    shown = assessments[:SHOWN] if len(assessments) > MANY else assessments
    lines = [f"  {one.proposal.id:12} {_tail(one)}" for one in shown]
    more = len(assessments) - len(lines)
    if more:
        lines.append(f"  … 其余 {more} 项见成果 / {more} more are in the file")
    total = "  ".join(f"{verdict_name(one)} {counts[one]}" for one in sorted(counts, reverse=True))
    return [*lines, f"合计 / total: {total}", f"成果 / written: {out}"]


def _tail(one: Assessment) -> str:
    """What the line of a proposal says after its id."""
    why = " ".join([*sorted({found.rule for found in one.findings}), *_open(one)])
    ground = "" if one.ground is one.verdict else f" [选址 ground: {one.ground.code}]"
    return f"{verdict_name(one.verdict)}{ground}  {one.proposal.activity}  {why}"


def _open(one: Assessment) -> list[str]:
    """What is left open, as ``RULE(cause:fact or theme)``, each once."""
    gaps = [each.gap for each in one.gaps]
    return sorted({f"{g.rule or ''}({g.cause.value}:{g.fact or g.theme or ''})" for g in gaps})


def explain_lines(explained: Sequence[Explained]) -> list[str]:
    """Every activity at one place: verdict, rules, causes, needs; then what the rules say."""
    lines, says = [], {}
    for one in explained:
        judged = one.judgement
        why = [*judged.rules, *(f"({cause})" for cause in judged.causes)]
        needs = [f"{rule}:{fact}" for rule, fact in judged.needs]
        lines.append(f"{verdict_name(judged.verdict)}  {one.activity}  {' '.join(why)}".rstrip())
        lines += [f"    需出示 / to show: {', '.join(needs)}"] if needs else []
        for found in one.findings:
            says[found.rule] = found.held.rule
        for gap in one.gaps:
            if gap.source:
                says[gap.source.id] = gap.source
    lines += ["", "规则 / rules:"]
    for name in sorted(says):
        rule = says[name]
        lines += [
            f"  {name}  {rule.says.get('zh', '')}",
            f"      {rule.says.get('en', '')}  [{rule.cite.document} {rule.cite.place}]",
        ]
    return [*lines, "", "以所列文件为限 / as far as the listed documents go"]
