"""Run geozone and its peers side by side: ``python scripts/bench/run.py --size medium``.

Makes the data where they are missing (``--data``), then runs every contestant of every task in
turn, ``--repeats`` times over, each in a process of its own: one run after the other, on the same
files, so that only ratios within one page are to be compared. ``--peers-python`` names the
interpreter that has the peers installed (``pip install 'geozone[bench]'`` in an environment of
its own); what is not installed is listed as absent. ``--out RESULTS.md`` keeps the page.

Engine seconds leave out reading the files; whole seconds are those of the process. Memory is the
highest resident set of any one process. The exact answer comes from truth.py.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from commands import commands, fresh
from contestants import HERE, TASKS, Contestant
from making.sizes import SIZES
from measured import Run, run
from report import Shown, commands_table, machine, shown, table, versions

COMMANDS = "commands"
REAL = "real"


def main() -> None:
    """Read the command line, run, and print the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--size", choices=[*SIZES, REAL], default="small")
    parser.add_argument("--data", type=Path, help="folder of the ground; made where it is missing")
    parser.add_argument(
        "--tasks", nargs="+", choices=[*TASKS, COMMANDS], default=[*TASKS, COMMANDS]
    )
    parser.add_argument("--who", nargs="+", help="only whose script contains a word")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--resolution", type=float, default=30.0)
    parser.add_argument("--timeout", type=float, default=900.0, help="seconds for one run")
    parser.add_argument("--python", "--peers-python", dest="python", default=sys.executable)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    data = given.data or Path(tempfile.gettempdir()) / "bench" / given.size
    _make(given.size, data)
    _truth(data, given.resolution)
    page = _page(given, data)
    print(page)
    if given.out:
        given.out.write_text(page, encoding="utf-8")


def _make(size: str, data: Path) -> None:
    if not (data / "conditions.json").exists():
        if size == REAL:
            sys.exit(
                f"{data}: make it first: python scripts/bench/china.py --source … --out {data}"
            )
        command = [sys.executable, str(HERE / "province.py"), "--size", size, "--out", str(data)]
        subprocess.run(command, check=True)


def _truth(data: Path, resolution_m: float) -> None:
    file = data / "truth.json"
    if file.exists() and json.loads(file.read_text("utf-8"))["resolution_m"] == resolution_m:
        return
    options = ["--data", str(data), "--resolution", str(resolution_m)]
    subprocess.run([sys.executable, str(HERE / "truth.py"), *options], check=True)


def _page(given: argparse.Namespace, data: Path) -> str:
    with tempfile.TemporaryDirectory(prefix="bench-") as made:
        scratch = Path(made)
        tasks = [one for one in given.tasks if one != COMMANDS]
        found = _side_by_side(given, tasks, data, scratch)
        parts = [_head(given, data, [row for rows in found.values() for row in rows])]
        parts += [table(task, rows) for task, rows in found.items() if rows]
        if COMMANDS in given.tasks:
            parts.append(_whole_commands(given, data, scratch))
    return "\n".join(parts)


def _side_by_side(
    given: argparse.Namespace, tasks: Sequence[str], data: Path, scratch: Path
) -> dict[str, list[Shown]]:
    """Every contestant in turn, the whole round ``repeats`` times."""
    truth = json.loads((data / "truth.json").read_text("utf-8"))
    runs: dict[tuple[str, Contestant], list[Run]] = {}
    for turn in range(given.repeats):
        for task, one in _chosen(given, tasks):
            before = runs.setdefault((task, one), [])
            if before and not before[0].is_good:
                continue
            python = sys.executable if one.is_ours else given.python
            command = one.command(python, data, scratch, given.resolution)
            before.append(run(command, timeout_s=given.timeout))
            _say(turn, task, one, before[-1])
    found: dict[str, list[Shown]] = {task: [] for task in tasks}
    for (task, one), several in runs.items():
        found[task].append(shown(task, one, several, truth))
    return found


def _chosen(given: argparse.Namespace, tasks: Sequence[str]) -> list[tuple[str, Contestant]]:
    return [
        (task, one)
        for task in tasks
        for one in TASKS[task]
        if one.takes(given.size) and (not given.who or any(w in one.name for w in given.who))
    ]


def _say(turn: int, task: str, one: Contestant, told: Run) -> None:
    engine = told.line.get("engine_s", "–")
    why = told.failed or told.line.get("absent", "")
    said = f"{turn + 1}  {task:<10}{one.name:<32}engine {engine:>8} s  whole {told.wall_s:8.2f} s"
    print(f"{said}  {told.peak_mb:7,.0f} MB  {why}", file=sys.stderr, flush=True)


def _whole_commands(given: argparse.Namespace, data: Path, scratch: Path) -> str:
    found: dict[str, list[Run]] = {}
    for turn in range(given.repeats):
        for name, command in commands(data, scratch).items():
            command.prepare()
            told = run(command.line, timeout_s=given.timeout)
            found.setdefault(name, []).append(_judged(told))
            if command.changes is not None:
                anew = fresh(command, scratch / "zones-fresh")
                told = run(anew.line, timeout_s=given.timeout)
                found.setdefault(f"{name}, from nothing", []).append(_judged(told))
            print(f"{turn + 1}  {name}: {told.wall_s:.2f} s", file=sys.stderr, flush=True)
    return commands_table(found)


def _judged(told: Run) -> Run:
    """Commands end with 1 or 3 where something is prohibited or cannot be said: no failure."""
    good = told.code in (0, 1, 3)
    failed = "" if good else told.failed
    return Run(told.wall_s, told.cpu_s, told.peak_mb, told.line, failed, told.code)


def _head(given: argparse.Namespace, data: Path, rows: Sequence[Shown]) -> str:
    truth = json.loads((data / "truth.json").read_text("utf-8"))
    places = truth["places"]
    options = " ".join(sys.argv[1:])
    return "\n".join(
        [
            f"# {given.size}: {places['area'] / 1e6:,.0f} km2, {places['cells']:,} cells of"
            f" {given.resolution:g} m, {len(truth['area'])} conditions, {places['wells']:,} wells",
            "",
            f"`python scripts/bench/run.py {options}`, best of {given.repeats} runs in turn.",
            "",
            f"Machine: {machine()}.",
            "",
            f"Versions: {versions(rows)}.",
            "",
            "Seconds of one page are to be compared with each other only. Ratio: engine seconds by"
            " those of geozone's fastest run.",
            "",
        ]
    )


if __name__ == "__main__":
    main()
