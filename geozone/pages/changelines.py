"""What ``compare`` prints: per activity old and new verdict, hectares, and the rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from geozone.answers.compare import ChangedZone, Comparison, Half
from geozone.answers.sides import Side
from geozone.law.activity import Activity
from geozone.pages.comparison import from_to, hectares, is_synthetic, sums
from geozone.pages.report import verdict_name
from geozone.pages.text import LIMITS, PHASE_NAMES, SYNTHETIC


def compare_lines(found: Comparison, out: Path | None = None) -> list[str]:
    """Plain lines, Chinese beside English; the severest changes are not cut off."""
    lines = ["对比 / compare（公顷，椭球面积 / hectares, ellipsoidal）"]
    lines += [_side("A", found.side_a), _side("B", found.side_b)]
    if found.pair.differing:
        themes = ", ".join(sorted(found.pair.differing))
        lines.append(f"  两日图层不同 / layers differ between the days: {themes}")
    for activity in found.changes:
        lines += ["", str(activity), *_activity(found, activity)]
    lines += ["", f"{LIMITS['zh']} / {LIMITS['en']}"]
    if is_synthetic(found):
        lines.append(f"{SYNTHETIC['zh']} / {SYNTHETIC['en']}")
    return [*lines, f"成果 / written: {out}"] if out else lines


def _side(name: str, side: Side) -> str:
    phases = [(one.id, one.span.phase(side.on).value) for one in side.policies]
    packs = ", ".join(f"{pack}（{PHASE_NAMES[one]['zh']} {one}）" for pack, one in phases)
    given = "" if side.given == side.on.isoformat() else f"  {side.given}"
    return f"  {name}  {side.on.isoformat()}{given}  {packs}"


def _activity(found: Comparison, activity: Activity) -> Iterator[str]:
    zones = sorted(found.changes[activity], key=lambda one: -one.area_m2)
    for pair, area in from_to(found, activity).items():
        a, b = (verdict_name(one) for one in pair)
        yield f"  {a} → {b}  {hectares(area):,.2f}"
        yield from _zones([one for one in zones if _verdicts(one) == pair])
    others = [one for one in zones if not one.change.verdict_changes]
    if others:
        yield "  结论不变、依据改变 / same verdict, other rules"
        yield from _zones(others)
    yield _total(sums(found, activity), others)


def _verdicts(one: ChangedZone) -> tuple[object, object]:
    return one.change.a.verdict, one.change.b.verdict


def _zones(zones: Iterable[ChangedZone]) -> Iterator[str]:
    for one in zones:
        change = one.change
        parts = [
            f"    {hectares(one.area_m2):>14,.2f}",
            f"由 by {', '.join(change.by)}" if change.by else "",
            f"图层 layers {', '.join(change.layers)}" if change.layers else "",
            f"A: {_reason(change.a)} → B: {_reason(change.b)}",
        ]
        yield "  ".join(part for part in parts if part)


def _reason(half: Half) -> str:
    causes = [f"({one})" for one in half.causes]
    return " ".join([*half.rules, *causes]) or half.verdict.code


def _total(areas: dict[str, float], others: Sequence[ChangedZone]) -> str:
    shown = [("结论改变 / verdict changes", areas["verdict"])]
    shown += [("依据改变 / rules change", areas["rules"])] if others else []
    shown += [("未变化 / unchanged", areas["none"]), ("合计 / total", areas["all"])]
    return "  " + "  ".join(f"{name} {hectares(area):,.2f}" for name, area in shown)
