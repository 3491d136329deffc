"""Runs as tables of Markdown: best seconds, ratios, memory, difference to the exact answer."""

from __future__ import annotations

import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contestants import Contestant
from measured import Run

TRUTH_OF = {"burn": "cells", "partition": "area", "wells": "wells", "zonal": "blocks"}
TINY = 1e-6
HEAD = "| who | engine s | ratio | reading s | whole s | CPU s | peak MB | off the exact answer |"

Truth = Mapping[str, Any]


@dataclass(frozen=True)
class Shown:
    """One contestant's row: its best run and how far it is from the exact answer."""

    contestant: Contestant
    best: Run
    runs: int
    off: str

    @property
    def name(self) -> str:
        """What it calls itself."""
        return str(self.best.line.get("peer", self.contestant.name))

    @property
    def engine_s(self) -> float | None:
        """Seconds of its own work, without reading."""
        value = self.best.line.get("engine_s")
        return None if value is None else float(value)


def shown(task: str, one: Contestant, runs: Sequence[Run], truth: Truth) -> Shown:
    """The best of several runs."""
    good = [run for run in runs if run.is_good]
    if not good:
        return Shown(one, runs[0], len(runs), "")
    best = min(good, key=lambda run: float(run.line.get("engine_s", run.wall_s)))
    return Shown(one, best, len(good), difference(task, best.line, truth))


def difference(task: str, line: Mapping[str, Any], truth: Truth) -> str:
    """The largest share by which a condition is off, and which; and all conditions together."""
    held = line.get("result", {}).get("held")
    exact = truth.get(TRUTH_OF.get(task, ""), {})
    if not held or not exact or line.get("result", {}).get("places") == 0:
        return ""
    offs = {key: abs(held.get(key, 0.0) - value) / value for key, value in exact.items() if value}
    if not offs:
        return ""
    worst = max(offs, key=lambda key: offs[key])
    total = sum(abs(held.get(key, 0.0) - value) for key, value in exact.items())
    whole = total / sum(exact.values())
    return f"{_share(whole)} (worst: {worst} {_share(offs[worst])})" if offs[worst] else "0"


def _share(value: float) -> str:
    return f"{value:.1e}" if value < TINY else f"{value * 100:.4f} %"


def table(task: str, rows: Sequence[Shown]) -> str:
    """A task's table; ratios are against geozone's fastest run."""
    ours = [row.engine_s for row in rows if row.contestant.is_ours and row.engine_s]
    base = min(ours) if ours else None
    head = (
        "| who | engine s | ratio | reading s | whole s | CPU s | peak MB | off the exact answer |"
    )
    lines = [f"## {task}", "", head, "|---|---|---|---|---|---|---|---|"]
    lines += [_row(row, base) for row in rows]
    notes = [f"- {row.name}: {row.best.line['note']}" for row in rows if row.best.line.get("note")]
    return "\n".join([*lines, "", *notes, ""])


def _row(row: Shown, base: float | None) -> str:
    run = row.best
    if not run.is_good:
        why = run.failed or f"absent: {run.line.get('absent')}"
        return f"| {row.name} | – | – | – | {run.wall_s:.1f} | – | – | {why} |"
    told = row.engine_s
    few = f" (first {row.contestant.most:,})" if row.contestant.most else ""
    ratio = f"{told / base:.1f}" if told and base and not row.contestant.most else ""
    cells = [
        row.name + few,
        "" if told is None else f"{told:.2f}",
        ratio,
        f"{run.line.get('read_s', 0.0):.2f}",
        f"{run.wall_s:.2f}",
        f"{run.cpu_s:.2f}",
        f"{run.peak_mb:,.0f}",
        row.off,
    ]
    return "| " + " | ".join(cells) + " |"


def commands_table(rows: Mapping[str, Sequence[Run]]) -> str:
    """Whole commands: best and median of their wall seconds."""
    lines = ["## whole commands", "", "| what | best s | median s | CPU s | peak MB | |"]
    lines.append("|---|---|---|---|---|---|")
    for name, runs in rows.items():
        walls = sorted(run.wall_s for run in runs)
        best = min(runs, key=lambda run: run.wall_s)
        cells = [name, f"{walls[0]:.2f}", f"{statistics.median(walls):.2f}", f"{best.cpu_s:.2f}"]
        cells += [f"{best.peak_mb:,.0f}", best.failed]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def machine() -> str:
    """Processor, cores, memory and system of this machine."""
    told = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    named = [line.partition(":")[2].strip() for line in told if line.startswith("model name")]
    model = named[0] if named else platform.processor()
    cores = sum(line.startswith("processor") for line in told)
    memory_kb = int(Path("/proc/meminfo").read_text("utf-8").split()[1])
    return (
        f"{model}, {cores} cores, {memory_kb / 1e6:.0f} GB, {platform.system()}"
        f" {platform.release()}, Python {platform.python_version()}"
    )


def versions(rows: Sequence[Shown]) -> str:
    """Every package that took part."""
    found: dict[str, str] = {}
    for row in rows:
        found |= row.best.line.get("version", {})
    return ", ".join(f"{name} {found[name]}" for name in sorted(found))
