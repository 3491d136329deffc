"""Mutation testing of the judging floor: is every small change of the law's code noticed?

Each mutant is planted in a fresh process in the place of its module, and the tests of the judging
floors run until the first fails. A mutant under which all pass has survived. Everything happens
in a copy of the project, so that edits meanwhile change nothing.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.util
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest
from mutants_made import Mutant, members, mutants

ROOT = Path(__file__).parents[1]
RULES = (
    "judge",
    "outcome",
    "weigh",
    "silence",
    "exempt",
    "standing",
    "program",
    "compiling",
    "manyrows",
)
COPIED = ("geozone", "tests/law", "tests/rules", "tests/conftest.py", "pyproject.toml")
STAGES = (  # the quick tests first: under most mutants one of them fails
    ("tests/law", "tests/rules/test_mutants_*.py", "tests/rules/test_rule_standing.py"),
    (
        "tests/rules/test_judge_laws.py",
        "tests/rules/test_rule_cases.py",
        "tests/rules/test_many_rows.py",
    ),
    ("tests/rules/test_pack_reading.py",),
)
PRELOADED = ("hypothesis", "jsonschema")
OPTIONS = (
    *("-x", "-q", "--tb=no", "-p", "no:cacheprovider"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # of what is preloaded
)
ALIKE = Path(__file__).parent / "mutants_alike.toml"
PASSED, FAILED, TOO_LONG, NOT_RUN = 0, (1, 2, 3), -signal.SIGALRM, 99
LONGEST_S = 120


class _Planted(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module, and gives it a text that is not the file's."""

    def __init__(self, module: str, text: str, file: Path) -> None:
        self.module, self.text, self.file = module, text, file
        self.used = False

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        if name != self.module:
            return None
        return importlib.util.spec_from_file_location(name, self.file, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        self.used = True
        exec(compile(self.text, self.file, "exec"), module.__dict__)


def main() -> int:
    """Try every mutant, tell the figures per module, fail below the least percentage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--least", type=float, default=90.0, help="percentage to reach")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", nargs="*", default=[], help="modules: geozone.rules.weigh ...")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "mutants.json")
    asked = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        here = _copied(Path(folder))
        texts = {name: _text(here, name) for name in _modules(here)}
        enums = members(texts.values())
        names = asked.only or list(texts)
        tried = [one for name in names for one in mutants(name, texts[name], enums)]
        _must_tell_right_from_wrong(here)
        ends = _run(here, tried, asked.workers)
    survivors = [one for one, end in zip(tried, ends, strict=True) if end == PASSED]
    _save(asked.out, survivors)
    percentage = _tell(tried, survivors)
    print(f"{ends.count(TOO_LONG)} of the killed did not end within {LONGEST_S} s")
    print(f"took {time.monotonic() - began:.0f} s")
    return 0 if percentage >= asked.least else 1


def _copied(folder: Path) -> Path:
    """A copy of what is tried, made the place that tests run in and import from."""
    for name in COPIED:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    for name in PRELOADED:
        importlib.import_module(name)
    return folder


def _modules(folder: Path) -> list[str]:
    law = sorted(one.stem for one in (folder / "geozone/law").glob("*.py"))
    return [
        *(f"geozone.law.{one}" for one in law if one != "__init__"),
        *(f"geozone.rules.{one}" for one in RULES),
    ]


def _file(folder: Path, module: str) -> Path:
    return folder / (module.replace(".", "/") + ".py")


def _text(folder: Path, module: str) -> str:
    return _file(folder, module).read_text("utf-8")


def _must_tell_right_from_wrong(folder: Path) -> None:
    """The unchanged text passes when planted, and a broken one fails: else no figure is true."""
    name = "geozone.rules.judge"
    text = _text(folder, name)
    broken = f"{text}\n\ndef summed(*_):\n    raise ValueError\n"
    for planted, due in ((text, (PASSED,)), (broken, FAILED)):
        (end,) = _run(folder, [Mutant(name, 0, "", "", planted)], 1)
        if end not in due:
            raise SystemExit(f"the tests ended with {end} where {due} was due")


def _run(folder: Path, tried: Sequence[Mutant], workers: int) -> list[int]:
    """How the tests ended under each mutant."""
    ends: dict[int, int] = {}
    running: dict[int, int] = {}
    for number, mutant in enumerate(tried):
        if len(running) >= workers:
            _reap(running, ends)
        running[_started(folder, mutant)] = number
        if number and number % 100 == 0:
            print(f"{number} of {len(tried)}", flush=True)
    while running:
        _reap(running, ends)
    return [ends[number] for number in range(len(tried))]


def _reap(running: dict[int, int], ends: dict[int, int]) -> None:
    pid, status = os.wait()
    end = os.waitstatus_to_exitcode(status)
    if end not in (PASSED, *FAILED, TOO_LONG):
        raise SystemExit(f"the tests could not be run: they ended with {end}")
    ends[running.pop(pid)] = end


def _started(folder: Path, mutant: Mutant) -> int:
    """The id of a process that runs the tests with the mutant in its module's place."""
    pid = os.fork()
    if pid:
        return pid
    end = NOT_RUN
    try:
        end = _tested(folder, mutant)
    finally:
        os._exit(end)


def _tested(folder: Path, mutant: Mutant) -> int:
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    signal.alarm(LONGEST_S)
    planted = _Planted(mutant.module, mutant.text, _file(folder, mutant.module))
    sys.meta_path.insert(0, planted)
    end = NOT_RUN
    for stage in STAGES:
        files = [str(one) for pattern in stage for one in sorted(folder.glob(pattern))]
        end = int(pytest.main([*OPTIONS, *files]))
        if end != PASSED:
            break
    return end if planted.used else NOT_RUN


def _save(file: Path, survivors: Iterable[Mutant]) -> None:
    told = [[one.module, one.line, one.was, one.now] for one in survivors]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")


def _tell(tried: Sequence[Mutant], survivors: Sequence[Mutant]) -> float:
    """Prints the survivors and the figures; the percentage killed."""
    reasons = _reasons()
    for one in survivors:
        why = reasons.get((one.module, one.was, one.now), "not explained")
        print(f"\n{one.module}:{one.line}\n - {one.was}\n + {one.now}\n = {why}")
    names = tuple(dict.fromkeys(one.module for one in tried))
    for module, _, now in reasons.keys() - {(one.module, one.was, one.now) for one in survivors}:
        if module in names:
            print(f"\n{ALIKE.name}: does not survive, or is not made: {module}: {now}")
    print(f"\n{'module':<28}{'killed':>8}{'survived':>10}{'total':>8}{'%':>8}")
    for name in names:
        _line(name, [one for one in tried if one.module == name], survivors)
    return _line("all", tried, survivors)


def _line(name: str, tried: Sequence[Mutant], survivors: Sequence[Mutant]) -> float:
    survived = sum(one in survivors for one in tried)
    percentage = 100 * (len(tried) - survived) / len(tried)
    print(f"{name:<28}{len(tried) - survived:>8}{survived:>10}{len(tried):>8}{percentage:>8.1f}")
    return percentage


def _reasons() -> dict[tuple[str, str, str], str]:
    """Why a survivor cannot be told from the original, by module, old lines and new lines."""
    table = tomllib.loads(ALIKE.read_text("utf-8"))["alike"]
    return {(one["module"], one["was"], now): one["why"] for one in table for now in one["now"]}


if __name__ == "__main__":
    raise SystemExit(main())
